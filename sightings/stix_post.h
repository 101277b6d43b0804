/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_post: one sighting as the objects that leave for one audience
 * (sharing-rules.md rules 12 to 18; specification section 4.5).
 *
 * Own hosts are omitted: no address of theirs is written, nor a port, nor a
 * value that names one; of an inbound flow no value of the server's side. The
 * envelope is self-contained: marking, reporter, what was observed, sighting.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/sco.h"
#include "sightings/disclose.h"
#include "sightings/window.h"

struct nrs_stix_post_options {
	const struct nrs_share_audience *audience;
	const struct nrs_home_nets *home;
	struct nrs_span sensor; /* its name, for ids alone; never written */
	enum nrs_tlp tlp;	/* of the verdict */
};

/* The reporter as @audience may know it: its identity, appended to @w, and that
 * object's id. NRS_E_NOMEM. */
int nrs_stix_reporter(const struct nrs_share_audience *audience,
		      char id[NRS_SCO_ID_LEN], struct nrs_jsonw *w);

/* JSON objects, a comma between. @bare is without observed-data: what is left
 * where room or the hub's limits want less. fini frees both. */
struct nrs_stix_post {
	char id[NRS_SCO_ID_LEN]; /* of the sighting */
	struct nrs_text whole, bare;
};
void nrs_stix_post_fini(struct nrs_stix_post *post);

/*
 * Write @window. The same window, audience and sensor give the same bytes and
 * the same ids. NRS_E_USAGE: an own address would have stood in it: nothing is
 * written. NRS_E_NOMEM.
 */
int nrs_stix_post(struct nrs_stix_post *out, const struct nrs_window *window,
		  const struct nrs_stix_post_options *options);
