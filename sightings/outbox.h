/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: from hits to the spool, in one: settle, aggregate, classify,
 * disclose, write. The emitter's thread gives hits and steps it; what leaves
 * is in the spool, which another thread sends (taxii_out).
 *
 * Survives kill -9 but for the hits of the last seconds that no window had
 * counted durably: those stand in hits.jsonl alone.
 */
#pragma once

#include "sightings/settle.h"
#include "sightings/spool.h"

#define NRS_OUTBOX_AUDIENCES_MAX 32u

/* Borrowed during the call. */
struct nrs_outbox_shown {
	const struct nrs_share_audience *to;
	const struct nrs_share_verdict *verdict;
	struct nrs_span id, objects; /* of the sighting; empty: refused */
};

/* Borrowed while the outbox lives; 0 means the defaults. */
struct nrs_outbox_options {
	struct nrs_store *store; /* opened with nrs_spool_schema */
	const struct nrs_share_policy *policy;
	const struct nrs_judge *judge; /* NULL: the shipped rules */
	const struct nrs_home_nets *home;
	struct nrs_span sensor; /* its name, for ids; never written */
	struct nrs_spool_limits limits;
	int64_t settle_ns; /* how long an outcome is waited for: 10 s */
	int64_t now_ns;	   /* wall time of the beginning */
	int64_t width_ns[NRS_WINDOW_STAGES]; /* see window.h */
	uint32_t keys_max;
	/* For what was found elsewhere, or before (noroshi report): */
	bool is_past; /* steps follow the hits' time, not the wall's:
		       * made, logged at now_ns; no window is kept */
	struct nrs_span audience; /* tell this one alone; empty: all */
	/* Given what would be put or refused, which then is not; or NULL. */
	void *ctx;
	int (*show)(void *ctx, const struct nrs_outbox_shown *shown);
};

struct nrs_outbox;

/* NRS_E_LIMIT: too many audiences; else as in store.h. */
int nrs_outbox_new(struct nrs_outbox **out,
		   const struct nrs_outbox_options *options,
		   struct nrs_diag *diag);
void nrs_outbox_free(struct nrs_outbox *outbox);

/* Another policy from now on; borrowed. What waits in the spool and is refused
 * by it is withheld, with a line in the release log. */
int nrs_outbox_adopt(struct nrs_outbox *outbox,
		     const struct nrs_share_policy *policy,
		     struct nrs_diag *diag);

/* Other assets or suppressions for what is counted from now on; borrowed. */
void nrs_outbox_judge(struct nrs_outbox *outbox, const struct nrs_judge *judge);

/* A hit, and the rise or end of a flow with hits: what the emitter gives with
 * at_once. @now_ns: wall time. All is copied. */
void nrs_outbox_hit(struct nrs_outbox *outbox, const struct nrs_sighted *hit,
		    int64_t now_ns);
void nrs_outbox_flow(struct nrs_outbox *outbox,
		     const struct nrs_record_flow *flow, int64_t now_ns);

/* A hit whose outcome is known for good; in the order of time. NRS_E_NOMEM. */
int nrs_outbox_witness(struct nrs_outbox *outbox, struct nrs_witness *witness,
		       enum nrs_outcome outcome);

/* What a live run found in its logs: the outcome is known at once. */
void nrs_outbox_found(struct nrs_outbox *outbox, const struct nrs_sighted *hit,
		      int64_t now_ns);

/*
 * Every second or so, and once with @is_end when the run ends: then all that
 * was seen is told. An error is of the store, with @diag: nothing is lost but
 * time, the next step tries again.
 */
int nrs_outbox_step(struct nrs_outbox *outbox, int64_t now_ns, bool is_end,
		    struct nrs_diag *diag);

struct nrs_outbox_figures {
	uint64_t classes[NRS_CLASS_URGENT + 1]; /* sightings by class */
	uint64_t put;				/* for all audiences */
	uint64_t refused;
	uint64_t withheld; /* that waited, and a tighter policy refuses */
	struct nrs_settle_figures settle;
	struct nrs_windows_figures windows;
};
void nrs_outbox_figures(const struct nrs_outbox *outbox,
			struct nrs_outbox_figures *out);
