/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replayed: a capture of questions replayed against indicators, and what was
 * told of it: the emitter's side of a run.
 */
#pragma once

#include "app/replay.h"
#include "tests/app/workshop.h"
#include "tests/capture/made_capture.h"
#include "tests/engine/empty_set.h"

#define REPLAYED_MAX 256

struct replayed {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_home_nets home;
	struct nrs_hash_key key;
	struct nrs_replay replay;
	int err;
	unsigned int hits, flows, problems, steps;
	uint64_t told[REPLAYED_MAX]; /* of each hit: its flow's last octet */
};

static inline int replayed_hit(void *ctx, const struct nrs_sighted *s)
{
	struct replayed *r = ctx;

	assert_true(r->hits < REPLAYED_MAX);
	r->told[r->hits++] = s->hit->flow.src.bytes[15];
	return NRS_OK;
}

static inline void replayed_flow(void *ctx, const struct nrs_record_flow *end)
{
	struct replayed *r = ctx;

	(void)end;
	r->flows++;
}

static inline void replayed_problem(void *ctx, const char *path, int err,
				    const struct nrs_diag *diag)
{
	struct replayed *r = ctx;

	assert_true(err != NRS_OK && diag->text[0] != '\0' && path[0] != '\0');
	r->problems++;
}

static inline void replayed_step(void *ctx)
{
	struct replayed *r = ctx;

	r->steps++;
}

/* A db of the one name @value. */
static inline void replayed_open(struct replayed *r, const char *value)
{
	const struct nrs_build_options options = {.seats = NRS_WORKERS_MAX,
						  .generation = 1};
	const struct nrs_indicator item = {.pattern = nrs_span_of(value),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .shape = NRS_SHAPE_NAME};

	memset(r, 0, sizeof(*r));
	nrs_hash_key_init(&r->key, 0);
	nrs_home_nets_default(&r->home);
	r->set = empty_set();
	assert_int_equal(nrs_set_add(r->set, &item), NRS_OK);
	assert_int_equal(nrs_set_settle(r->set), NRS_OK);
	assert_int_equal(nrs_db_build(&r->db, r->set, &options), NRS_OK);
}

static inline void replayed_close(struct replayed *r)
{
	nrs_db_free(r->db);
	nrs_set_free(r->set);
}

/* Replay @paths (NULL ends) with @workers. */
static inline void replayed_run(struct replayed *r, const char *const *paths,
				unsigned int workers)
{
	struct nrs_emitter_options emitting = {.workers = workers,
					       .set = r->set,
					       .home = &r->home,
					       .held_max = 1000,
					       .ctx = r,
					       .hit = replayed_hit,
					       .flow = replayed_flow};
	struct nrs_reader_options reading = {.paths = paths,
					     .from_ns = NRS_TIME_MIN,
					     .to_ns = NRS_TIME_MAX,
					     .key = &r->key};
	struct nrs_replay_options options = {.workers = workers,
					     .db = r->db,
					     .key = &r->key,
					     .problem = replayed_problem,
					     .progress = replayed_step,
					     .ctx = r};

	while (paths[reading.path_count] != NULL)
		reading.path_count++;
	r->hits = r->flows = r->problems = r->steps = 0;
	assert_int_equal(nrs_emitter_new(&options.emitter, &emitting), NRS_OK);
	assert_int_equal(nrs_reader_new(&options.reader, &reading), NRS_OK);
	r->err = nrs_replay_run(&r->replay, &options);
	nrs_reader_free(options.reader);
	nrs_emitter_free(options.emitter);
}
