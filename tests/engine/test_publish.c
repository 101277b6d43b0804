/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_publish: databases swapped under readers. Every reader sees whole
 * databases only, in the order of their publication, and none after it came
 * back to the builder.
 */
#include "tests/nrs_test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "engine/db.h"
#include "engine/publish.h"

#define READERS 3
#define SWAPS 200

static struct nrs_set *set;

static struct nrs_db *make(uint32_t generation)
{
	const struct nrs_build_options options = {.seats = READERS,
						  .generation = generation};
	struct nrs_db *db = NULL;

	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	return db;
}

struct reader {
	struct nrs_publisher *publisher;
	unsigned int seat;
	_Atomic(bool) *stop;
	_Atomic(unsigned int) *reading; /* readers past their first section */
	uint64_t sections, backwards;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	uint32_t last = 0;

	while (!atomic_load_explicit(r->stop, memory_order_relaxed)) {
		const struct nrs_db *db =
			nrs_publisher_enter(r->publisher, r->seat);
		const uint32_t generation = nrs_db_generation(db);

		if (generation < last || nrs_db_set(db) != set)
			r->backwards++;
		last = generation;
		nrs_publisher_leave(r->publisher, r->seat);
		if (r->sections++ == 0)
			atomic_fetch_add_explicit(r->reading, 1,
						  memory_order_relaxed);
		sched_yield();
	}
	return NULL;
}

static void readers_see_whole_databases_in_order(void **state)
{
	struct nrs_publisher *publisher = NULL;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	_Atomic(bool) stop;
	_Atomic(unsigned int) reading;

	(void)state;
	atomic_init(&stop, false);
	atomic_init(&reading, 0);
	assert_int_equal(nrs_publisher_new(&publisher, make(1), READERS), 0);
	for (unsigned int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){.publisher = publisher,
					     .seat = i,
					     .stop = &stop,
					     .reading = &reading};
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_on, &readers[i]),
			0);
	}
	while (atomic_load_explicit(&reading, memory_order_relaxed) < READERS)
		sched_yield();
	for (uint32_t g = 2; g <= SWAPS; g++) {
		struct nrs_db *old = nrs_publisher_swap(publisher, make(g));

		assert_int_equal(nrs_db_generation(old), g - 1);
		nrs_db_free(old); /* a reader that held it would now show */
	}
	atomic_store_explicit(&stop, true, memory_order_relaxed);
	for (unsigned int i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(readers[i].backwards, 0);
		assert_true(readers[i].sections > 0);
	}
	nrs_publisher_free(publisher);
}

static int setup(void **state)
{
	(void)state;
	return nrs_set_new(&set) == NRS_OK && nrs_set_settle(set) == NRS_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	(void)state;
	nrs_set_free(set);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_see_whole_databases_in_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
