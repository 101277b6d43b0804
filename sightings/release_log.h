/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release_log: every release and refusal as one line of JSON, with the rule
 * that decided (sharing-rules.md rule 21). Lines are chained: each holds the
 * digest of the one before, so that none can be changed or taken out unseen.
 * They stand in the spool's file, in the transaction of what they tell of.
 */
#pragma once

#include "engine/base/store.h"
#include "engine/base/text.h"
#include "sightings/disclose.h"

extern const char nrs_release_log_sql[];

/* The newest so many lines are kept; n of the first tells how many are gone. */
#define NRS_RELEASE_LOG_MAX 200000

struct nrs_release {
	const struct nrs_share_verdict *verdict;
	const struct nrs_share_audience *to;
	struct nrs_span object; /* id of the sighting; empty if refused */
	struct nrs_span posted; /* its objects, of which the digest is kept */
	struct nrs_span by;	/* the person who decided; empty: nobody did */
	enum nrs_tlp tlp_in;	/* the indicator's own */
	int64_t now_ns;
};

/* Append a line. Errors as in store.h. */
int nrs_release_log_add(struct nrs_store *store, const struct nrs_release *what,
			struct nrs_diag *diag);

/* All lines with a line feed each, appended to @out; *@broken: n of the first
 * that does not fit the one before, 0 if all do. */
int nrs_release_log_read(struct nrs_store *store, struct nrs_text *out,
			 int64_t *broken, struct nrs_diag *diag);
