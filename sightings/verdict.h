/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: a person says that a sighting, or an indicator, was false or true
 * (sharing-rules.md rule 20). False: each released sighting is posted again
 * as revoked, what still waits for a person stays here, and an audience that
 * takes opinions gets one. All in the spool's file, with a line in the release
 * log for each object and one row for the verdict itself.
 */
#pragma once

#include "sightings/spool.h"

extern const char nrs_verdict_sql[];

struct nrs_verdict {
	struct nrs_span id; /* a sighting of ours, or an indicator */
	bool is_false;
	struct nrs_span by, why; /* for the row; they leave with nothing */
	const struct nrs_share_policy *policy; /* of today */
	int64_t now_ns;
};

struct nrs_verdict_done {
	uint64_t revoked;  /* sightings, to be posted so */
	uint64_t withheld; /* that had not left */
	uint64_t gone;	   /* released, but their objects are not kept */
	uint64_t opinions; /* to be posted, or held */
	/* What it was about; empty and NRS_TIME_MAX: the spool knows of none.
	 */
	char indicator[128];
	int64_t version_ns;
};

/* All or nothing. NRS_E_NOTFOUND: the spool has no such sighting, nor one of
 * such an indicator; the verdict is kept all the same. Else as in store.h. */
int nrs_verdict_pass(struct nrs_store *store, const struct nrs_verdict *verdict,
		     struct nrs_verdict_done *done, struct nrs_diag *diag);

/* A verdict that was passed here; spans valid during the call. */
struct nrs_verdict_row {
	struct nrs_span id, by, why;
	bool is_false;
	int64_t time_ns;
};
typedef int nrs_verdict_row_fn(void *ctx, const struct nrs_verdict_row *row);
int nrs_verdict_list(struct nrs_store *store, nrs_verdict_row_fn *row,
		     void *ctx, struct nrs_diag *diag);
