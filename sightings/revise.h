/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revise: another version of what was posted, out of the very objects that
 * were: a sighting taken back, or an opinion in its place
 * (sharing-rules.md rule 20). Nothing is said that had not left before, but
 * the verdict itself.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/stamp.h"
#include "engine/base/text.h"

struct nrs_revision {
	struct nrs_span objects; /* of a row of the spool: a comma between */
	int64_t now_ns;
	int64_t grain_ns; /* times are cut to it; 0: as they are */
};

/* Append the same objects, the sighting with "revoked" and a later
 * "modified". NRS_E_NOTFOUND: there is no sighting in them, or it is taken
 * back already; NRS_E_FORMAT, NRS_E_NOMEM. */
int nrs_revise_revoked(struct nrs_text *out,
		       const struct nrs_revision *revision);

struct nrs_opinion {
	const char *id;	     /* opinion--UUID */
	const char *opinion; /* "strongly-disagree": STIX 2.1 section 10.17 */
	int64_t created_ns;  /* of its first version */
};

/* Append marking, reporter and an opinion on the indicator that the sighting
 * was of. Errors as above. */
int nrs_revise_opinion(struct nrs_text *out,
		       const struct nrs_revision *revision,
		       const struct nrs_opinion *opinion);
