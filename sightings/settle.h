/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle: live hits wait here until it is known what their flow became: it
 * ended, cannot rise any more, or some seconds passed. Then each is counted in
 * its window; where its flow rises later still, it moves to the higher one
 * (contracts.md section 4). One thread.
 */
#pragma once

#include "sightings/window.h"

struct nrs_settle_options {
	struct nrs_windows *windows; /* borrowed */
	uint32_t held_max;	     /* hits; 0: 32,768 */
	int64_t wait_ns;	     /* 0: 10 s */
};

struct nrs_settle;

int nrs_settle_new(struct nrs_settle **out,
		   const struct nrs_settle_options *options);
void nrs_settle_free(struct nrs_settle *settle);

/* A hit, copied. When too many wait, the oldest is counted as it is; when too
 * many are remembered only because their flow may rise, the oldest is
 * forgotten. NRS_E_NOMEM: it is lost, counted. */
int nrs_settle_hit(struct nrs_settle *settle, const struct nrs_sighted *hit,
		   int64_t now_ns);

/* Its flow rose, or ended. */
void nrs_settle_flow(struct nrs_settle *settle,
		     const struct nrs_record_flow *flow);

/* Count what waited long enough; with @all, whatever waits. */
void nrs_settle_step(struct nrs_settle *settle, int64_t now_ns, bool all);

struct nrs_settle_figures {
	uint64_t held;	    /* hits that wait or may rise */
	uint64_t early;	    /* counted before their time, to make room */
	uint64_t forgotten; /* a rise of these will not be told */
	uint64_t lost;	    /* no memory */
};
void nrs_settle_figures(const struct nrs_settle *settle,
			struct nrs_settle_figures *out);
