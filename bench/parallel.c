/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parallel: two workers do in the time of one nearly twice the work.
 *
 * A capture's packets stand decoded in memory, each worker's by themselves, as
 * the kernel's rings give them. One worker that owns all shards walks them,
 * then two threads do, each with half of the shards; both alternate, and each
 * worker begins anew, so that nothing is warm for one of them alone. Wall time,
 * since that is the claim.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/preload.h"
#include "capture/worker.h"
#include "loaders/loader.h"

#define REPEATS 5
#define WORKERS 2u

static struct nrs_track alone[1], together[WORKERS];
static struct nrs_set *set;
static struct nrs_db *db;
static struct nrs_hash_key key;

struct job {
	pthread_t thread;
	unsigned int index, workers;
	struct nrs_worker *worker;
	struct nrs_block *block;
	double cpu_s;
};

static pthread_barrier_t gate;

static struct nrs_block *take_block(void *ctx)
{
	return ((struct job *)ctx)->block;
}

static void give_block(void *ctx, struct nrs_block *given)
{
	(void)ctx, (void)given;
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int load(const char *path)
{
	const struct nrs_loader_options loading = {.subdomains = true};
	const struct nrs_build_options building = {
		.seats = WORKERS, .generation = 1, .subdomains = true};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	int err = nrs_set_new(&set);

	if (err == NRS_OK)
		err = nrs_load_file(set, path, &loading, &result, &diag);
	if (err == NRS_OK)
		err = nrs_set_settle(set);
	if (err == NRS_OK)
		err = nrs_db_build(&db, set, &building);
	return err;
}

static void *walk(void *arg)
{
	struct job *job = arg;
	const struct nrs_track *lane =
		job->workers == 1 ? alone : &together[job->index];

	(void)pthread_barrier_wait(&gate);
	const double before = seconds(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned int i = 0; i < lane->count; i++)
		nrs_worker_step(job->worker, lane->rounds[i]);
	job->cpu_s = seconds(CLOCK_THREAD_CPUTIME_ID) - before;
	return NULL;
}

/* Wall time of @workers over all rounds; *@cpu_s: of the busiest. */
static double run(unsigned int workers, double *cpu_s)
{
	struct job jobs[WORKERS] = {0};
	double start;

	(void)pthread_barrier_init(&gate, NULL, workers + 1);
	for (unsigned int i = 0; i < workers; i++) {
		struct job *job = &jobs[i];
		const struct nrs_worker_options options = {.index = i,
							   .workers = workers,
							   .db = db,
							   .key = &key,
							   .flows_total = 1u
									  << 20,
							   .blocks_ctx = job,
							   .take = take_block,
							   .give = give_block};

		job->index = i;
		job->workers = workers;
		job->block = malloc(sizeof(*job->block));
		if (job->block == NULL ||
		    nrs_worker_new(&job->worker, &options) != NRS_OK ||
		    pthread_create(&job->thread, NULL, walk, job) != 0)
			exit(1);
	}
	start = seconds(CLOCK_MONOTONIC);
	(void)pthread_barrier_wait(&gate);
	for (unsigned int i = 0; i < workers; i++)
		(void)pthread_join(jobs[i].thread, NULL);
	const double wall = seconds(CLOCK_MONOTONIC) - start;
	*cpu_s = 0;
	for (unsigned int i = 0; i < workers; i++) {
		*cpu_s = jobs[i].cpu_s > *cpu_s ? jobs[i].cpu_s : *cpu_s;
		nrs_worker_free(jobs[i].worker);
		free(jobs[i].block);
	}
	(void)pthread_barrier_destroy(&gate);
	return wall;
}

int main(int argc, char **argv)
{
	double best[2] = {1e9, 1e9}, best_cpu[2] = {1e9, 1e9};

	if (argc != 3) {
		fputs("usage: parallel INDICATORS CAPTURE\n", stderr);
		return 2;
	}
	nrs_hash_key_init(&key, 0);
	if (load(argv[1]) != NRS_OK ||
	    nrs_preload(argv[2], alone, 1, NRS_ROUND_PACKETS, &key) != NRS_OK ||
	    nrs_preload(argv[2], together, WORKERS, NRS_ROUND_PACKETS, &key) !=
		    NRS_OK)
		return 1;
	printf("%llu packets: %llu and %llu\n",
	       (unsigned long long)alone[0].ordinal,
	       (unsigned long long)together[0].ordinal,
	       (unsigned long long)together[1].ordinal);
	for (int i = 0; i < REPEATS; i++) {
		for (unsigned int w = 1; w <= WORKERS; w++) {
			double cpu_s;
			const double wall = run(w, &cpu_s);

			printf("%u worker%s: %.3f s wall, %.3f s CPU of the "
			       "busiest\n",
			       w, w > 1 ? "s" : "", wall, cpu_s);
			best[w - 1] = wall < best[w - 1] ? wall : best[w - 1];
			best_cpu[w - 1] = cpu_s < best_cpu[w - 1]
						  ? cpu_s
						  : best_cpu[w - 1];
		}
	}
	printf("two workers by wall time: %.2f\nby CPU of the busiest: %.2f\n",
	       best[0] / best[1], best_cpu[0] / best_cpu[1]);
	return 0;
}
