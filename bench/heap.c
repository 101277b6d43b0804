/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap: a worker allocates no heap byte once it is warm.
 *
 * Every capture goes through one worker twice; the second time jemalloc's
 * count of bytes that this thread ever allocated is read before and after each
 * step. Reading the files and compiling the set are not the worker's.
 */
#include <jemalloc/jemalloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/reader.h"
#include "capture/worker.h"
#include "loaders/loader.h"

static struct nrs_block block;

static struct nrs_block *take_block(void *ctx)
{
	(void)ctx;
	return &block;
}

static void give_block(void *ctx, struct nrs_block *given)
{
	(void)ctx, (void)given;
}

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	(void)ctx, (void)path, (void)err, (void)diag;
}

/* Bytes that steps allocated over all captures, and how many steps there were.
 */
struct told {
	uint64_t allocated, steps;
};

static int pass(struct nrs_worker *worker,
		const struct nrs_reader_options *options, struct told *told)
{
	struct nrs_reader *reader = NULL;
	struct nrs_round round;
	uint64_t *counter = NULL;
	size_t len = sizeof(counter);
	int err = nrs_reader_new(&reader, options);

	*told = (struct told){0};
	if (err == NRS_OK)
		err = nrs_round_init(&round, 1);
	if (err != NRS_OK ||
	    mallctl("thread.allocatedp", &counter, &len, NULL, 0) != 0)
		return err != NRS_OK ? err : NRS_E_INTERNAL;
	while (nrs_reader_next(reader, &round, on_problem, NULL) == 1) {
		const uint64_t before = *counter;

		nrs_worker_step(worker, &round);
		told->allocated += *counter - before;
		told->steps++;
	}
	nrs_round_fini(&round);
	nrs_reader_free(reader);
	return NRS_OK;
}

/* Is the count alive? A malloc must show in it. */
static bool counts(void)
{
	volatile uint64_t *counter = NULL; /* malloc changes it */
	size_t len = sizeof(counter);

	if (mallctl("thread.allocatedp", &counter, &len, NULL, 0) != 0)
		return false;
	const uint64_t before = *counter;
	void *volatile some = malloc(1000);
	const bool moved = *counter >= before + 1000;
	free(some);
	return moved;
}

static int load(struct nrs_set **set, struct nrs_db **db, const char *path)
{
	const struct nrs_loader_options loading = {.subdomains = true};
	const struct nrs_build_options building = {
		.seats = 1, .generation = 1, .subdomains = true};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	int err = nrs_set_new(set);

	if (err == NRS_OK)
		err = nrs_load_file(*set, path, &loading, &result, &diag);
	if (err == NRS_OK)
		err = nrs_set_settle(*set);
	if (err == NRS_OK)
		err = nrs_db_build(db, *set, &building);
	return err;
}

int main(int argc, char **argv)
{
	struct told first, warm;
	struct nrs_worker *worker = NULL;
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	struct nrs_hash_key key;

	if (argc < 3) {
		fputs("usage: heap INDICATORS CAPTURE...\n", stderr);
		return 2;
	}
	nrs_hash_key_init(&key, 0);
	if (!counts())
		return 1;
	if (load(&set, &db, argv[1]) != NRS_OK)
		return 1;
	const struct nrs_worker_options options = {.workers = 1,
						   .db = db,
						   .key = &key,
						   .flows_total = 1u << 20,
						   .want_answers = true,
						   .take = take_block,
						   .give = give_block};
	const struct nrs_reader_options reading = {
		.paths = (const char *const *)argv + 2,
		.path_count = (unsigned int)argc - 2,
		.from_ns = NRS_TIME_MIN,
		.to_ns = NRS_TIME_MAX,
		.key = &key};
	if (nrs_worker_new(&worker, &options) != NRS_OK ||
	    pass(worker, &reading, &first) != NRS_OK ||
	    pass(worker, &reading, &warm) != NRS_OK)
		return 1;
	const uint64_t hits = nrs_worker_counters(worker)->value[NRS_C_HITS];
	printf("heap: %llu bytes in %llu warm steps over %u captures, %llu "
	       "hits (first pass: %llu bytes)\n",
	       (unsigned long long)warm.allocated,
	       (unsigned long long)warm.steps, reading.path_count,
	       (unsigned long long)hits, (unsigned long long)first.allocated);
	nrs_worker_free(worker);
	nrs_db_free(db);
	nrs_set_free(set);
	return warm.allocated == 0 && hits > 0 ? 0 : 1;
}
