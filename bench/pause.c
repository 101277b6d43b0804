/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pause: what a swap of the set costs the worker that meets it.
 *
 * One worker walks a few rounds of a capture again and again, in memory; the
 * main thread swaps two prebuilt sets under it, 1,000 times. The pause is the
 * thread's CPU time of the first round after a swap, less the median of that
 * same round without one: taking the other set up, and what each of the round's
 * flows looks up again in it. In turn with that the main thread wakes, waits
 * out the worker's round and swaps nothing: what that alone costs (caches,
 * where both share a core) is no part of the swap.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/preload.h"
#include "capture/worker.h"
#include "engine/publish.h"
#include "loaders/loader.h"

#define SWAPS 1000u
#define ROUNDS 16u
#define ROUND_PACKETS 256u
#define SAMPLES 401u /* of each round, for its median */
#define SWAP_EVERY_NS 3000000
#define BAR_NS 50000.0

static struct nrs_track lane;
static struct nrs_hash_key key;
static struct nrs_set *sets[2];
static struct nrs_db *dbs[2];
static struct nrs_publisher *publisher;
static struct nrs_block block;

struct sums {
	double samples[ROUNDS][SAMPLES];
	double medians[ROUNDS];
	double pauses[SWAPS], others[SWAPS];
	unsigned int pause_count, other_count;
};

static struct sums sums;
static _Atomic(bool) is_learned, is_over;
static _Atomic(unsigned int) wakes; /* odd: nothing was swapped */

static struct nrs_block *take_block(void *ctx)
{
	(void)ctx;
	return &block;
}

static void give_block(void *ctx, struct nrs_block *given)
{
	(void)ctx, (void)given;
}

static double cpu_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static double rank(double *values, unsigned int count, double share)
{
	qsort(values, count, sizeof(*values), compare);
	return values[(unsigned int)((count - 1) * share)];
}

static int load(unsigned int which, const char *path)
{
	const struct nrs_loader_options loading = {.subdomains = true};
	const struct nrs_build_options building = {
		.seats = 1, .generation = which + 1, .subdomains = true};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	int err = nrs_set_new(&sets[which]);

	if (err == NRS_OK)
		err = nrs_load_file(sets[which], path, &loading, &result,
				    &diag);
	if (err == NRS_OK)
		err = nrs_set_settle(sets[which]);
	return err != NRS_OK
		       ? err
		       : nrs_db_build(&dbs[which], sets[which], &building);
}

/* One round under the set in force; *@is_first: the first one under it. */
static double walk(struct nrs_worker *worker, const struct nrs_round *round,
		   uint32_t *generation, bool *is_first)
{
	const double before = cpu_ns();
	const struct nrs_db *db = nrs_publisher_enter(publisher, 0);

	*is_first = nrs_db_generation(db) != *generation;
	if (*is_first)
		nrs_worker_adopt(worker, db);
	nrs_worker_step(worker, round);
	nrs_publisher_leave(publisher, 0);
	*generation = nrs_db_generation(db);
	return cpu_ns() - before;
}

/* From all over the capture. */
static const struct nrs_round *round_at(unsigned int r)
{
	return lane.rounds[(size_t)r * lane.count / ROUNDS];
}

static void *work(void *arg)
{
	struct nrs_worker *worker = arg;
	uint32_t generation = 1;
	unsigned int before = 0;
	bool is_first;

	for (unsigned int i = 0; i < SAMPLES * ROUNDS; i++)
		sums.samples[i % ROUNDS][i / ROUNDS] = walk(
			worker, round_at(i % ROUNDS), &generation, &is_first);
	for (unsigned int r = 0; r < ROUNDS; r++)
		sums.medians[r] = rank(sums.samples[r], SAMPLES, 0.5);
	atomic_store_explicit(&is_learned, true, memory_order_release);
	for (unsigned int r = 0;
	     !atomic_load_explicit(&is_over, memory_order_acquire);
	     r = (r + 1) % ROUNDS) {
		const double more =
			walk(worker, round_at(r), &generation, &is_first) -
			sums.medians[r];

		/* Pairs with the main thread's release. */
		const unsigned int now =
			atomic_load_explicit(&wakes, memory_order_acquire);
		if (is_first && sums.pause_count < SWAPS)
			sums.pauses[sums.pause_count++] = more;
		else if (!is_first && now != before && now % 2 == 1 &&
			 sums.other_count < SWAPS)
			sums.others[sums.other_count++] = more;
		before = now;
	}
	return NULL;
}

static int swap_all(pthread_t thread)
{
	const struct timespec nap = {.tv_nsec = SWAP_EVERY_NS};

	while (!atomic_load_explicit(&is_learned, memory_order_acquire))
		(void)nanosleep(&nap, NULL);
	for (unsigned int i = 1; i <= 2 * SWAPS; i++) {
		/* dbs[0], dbs[1], dbs[1], dbs[0], dbs[0], ... */
		struct nrs_db *next = dbs[(i / 2) % 2];

		if (nrs_publisher_swap(publisher, next) !=
		    dbs[((i - 1) / 2) % 2])
			return 1;
		atomic_store_explicit(&wakes, i, memory_order_release);
		(void)nanosleep(&nap, NULL);
	}
	atomic_store_explicit(&is_over, true, memory_order_release);
	return pthread_join(thread, NULL);
}

static void tell(const char *name, double *values, unsigned int count)
{
	if (count > 0)
		printf("%s: %u, median %.1f us, 99 %% below %.1f us, worst "
		       "%.1f us\n",
		       name, count, rank(values, count, 0.5) / 1e3,
		       rank(values, count, 0.99) / 1e3,
		       rank(values, count, 1) / 1e3);
}

/* What the swap itself costs at the worst. */
static int verdict(void)
{
	if (sums.pause_count < SWAPS / 2 || sums.other_count < SWAPS / 2)
		return 1;
	const double more = rank(sums.pauses, sums.pause_count, 1) -
			    rank(sums.others, sums.other_count, 1);
	printf("worst to worst: %.1f us more (bar %.0f us)\n", more / 1e3,
	       BAR_NS / 1e3);
	return more > BAR_NS;
}

int main(int argc, char **argv)
{
	struct nrs_worker_options options = {.workers = 1,
					     .key = &key,
					     .flows_total = 1u << 20,
					     .take = take_block,
					     .give = give_block};
	struct nrs_worker *worker = NULL;
	pthread_t thread;

	if (argc != 4) {
		fputs("usage: pause INDICATORS OTHERS CAPTURE\n", stderr);
		return 2;
	}
	nrs_hash_key_init(&key, 0);
	if (load(0, argv[1]) != NRS_OK || load(1, argv[2]) != NRS_OK ||
	    nrs_preload(argv[3], &lane, 1, ROUND_PACKETS, &key) != NRS_OK ||
	    lane.count < ROUNDS ||
	    nrs_publisher_new(&publisher, dbs[0], 1) != NRS_OK)
		return 1;
	options.db = dbs[0];
	if (nrs_worker_new(&worker, &options) != NRS_OK ||
	    pthread_create(&thread, NULL, work, worker) != 0 ||
	    swap_all(thread) != 0)
		return 1;
	printf("%u indicators; rounds of %u packets take %.1f us (median), "
	       "%.1f to %.1f\n",
	       nrs_set_count(sets[0]), ROUND_PACKETS,
	       rank(sums.medians, ROUNDS, 0.5) / 1e3, sums.medians[0] / 1e3,
	       sums.medians[ROUNDS - 1] / 1e3);
	tell("first round after a swap, beyond its median", sums.pauses,
	     sums.pause_count);
	tell("after a wake without one, beyond theirs", sums.others,
	     sums.other_count);
	nrs_worker_free(worker);
	return verdict();
}
