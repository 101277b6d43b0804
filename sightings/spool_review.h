/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_review: what people see of the spool, and decide. What was held leaves
 * when a person says so, and only if the policy of today lets it: a policy that
 * became tighter is asked again (sharing-rules.md rules 1 and 21).
 *
 * Works on the file beside a sensor that runs: decisions are transactions of
 * some hundred rows each, with a line in the release log for every row.
 */
#pragma once

#include "sightings/spool.h"

/* A row, its spans valid during the call. */
struct nrs_spool_row {
	struct nrs_span audience, id;
	enum nrs_spool_state state;
	int64_t made_ns;
	struct nrs_span objects; /* exactly what leaves: a comma between */
	struct nrs_span message; /* of a hub, or of the policy; or empty */
	struct nrs_share_item item;
	enum nrs_tlp tlp; /* of the sighting */
};

/* Which rows; empty spans: any. */
struct nrs_spool_which {
	enum nrs_spool_state state;
	struct nrs_span audience, id;
};

/* Give each to @row, the oldest first; what it returns but NRS_OK ends it. */
typedef int nrs_spool_row_fn(void *ctx, const struct nrs_spool_row *row);
int nrs_spool_list(struct nrs_store *store, const struct nrs_spool_which *which,
		   nrs_spool_row_fn *row, void *ctx, struct nrs_diag *diag);

/* A person's decision on held ones. */
struct nrs_spool_decision {
	struct nrs_span audience, id; /* empty: any */
	bool release;
	struct nrs_span by;		       /* who decides, for the log */
	const struct nrs_share_policy *policy; /* of today */
	int64_t now_ns;
};

struct nrs_spool_decided {
	uint64_t released, refused;
	uint64_t kept; /* to be released, but the policy refuses today */
	char why[240]; /* of the last of these */
};
int nrs_spool_decide(struct nrs_store *store,
		     const struct nrs_spool_decision *decision,
		     struct nrs_spool_decided *decided, struct nrs_diag *diag);

/*
 * What is held or queued, and @policy refuses now, is withheld with the reason;
 * *@withheld counts. An audience that the policy does not know is left alone:
 * nothing is sent to it.
 */
int nrs_spool_screen(struct nrs_store *store,
		     const struct nrs_share_policy *policy, int64_t now_ns,
		     uint64_t *withheld, struct nrs_diag *diag);
