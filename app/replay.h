/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: recorded captures through reader, workers and emitter, inline or
 * with threads: the same steps either way.
 */
#pragma once

#include "app/logging.h"
#include "capture/reader.h"
#include "capture/worker.h"
#include "sightings/emitter.h"

#define NRS_WORKERS_MAX 64

struct nrs_replay_options {
	struct nrs_reader *reader;
	unsigned int workers;	 /* 1: inline */
	const struct nrs_db *db; /* NULL: observe only */
	const struct nrs_hash_key *key;
	unsigned int logs; /* bits of enum nrs_keep, with an emitter */
	const struct nrs_match_sink *observer; /* inline only; or NULL */
	struct nrs_emitter *emitter;	       /* NULL without a db */
	nrs_reader_problem_fn *problem;
	void (*progress)(void *ctx); /* after each round; or NULL */
	void *ctx;		     /* of both */
};

/* All workers of a run; borrowed by the threads. */
struct nrs_replay {
	struct nrs_replay_options options;
	struct nrs_worker *workers[NRS_WORKERS_MAX];
	struct nrs_counters counters; /* summed at the end */
};

/* Until the last capture is read. 0, or NRS_E_NOMEM and the like. */
int nrs_replay_run(struct nrs_replay *replay,
		   const struct nrs_replay_options *options);

/* With several workers (replay_crew.c). */
int nrs_replay_crew_run(struct nrs_replay *replay);
