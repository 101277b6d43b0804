/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ring: from one thread to another, in order, none lost and none twice.
 */
#include "tests/nrs_test.h"

#include <pthread.h>
#include <sched.h>

#include "engine/base/ring.h"

#define ITEMS 20000

static uint32_t items[ITEMS];

static void a_ring_holds_one_less_than_its_capacity(void **state)
{
	struct nrs_ring *ring = nrs_ring_new(4);

	(void)state;
	assert_non_null(ring);
	assert_null(nrs_ring_pop(ring));
	for (unsigned int i = 0; i < 3; i++)
		assert_true(nrs_ring_push(ring, &items[i]));
	assert_false(nrs_ring_push(ring, &items[3]));
	assert_ptr_equal(nrs_ring_pop(ring), &items[0]);
	assert_true(nrs_ring_push(ring, &items[3]));
	for (unsigned int i = 1; i < 4; i++)
		assert_ptr_equal(nrs_ring_pop(ring), &items[i]);
	assert_null(nrs_ring_pop(ring));
	nrs_ring_free(ring);
	nrs_ring_free(NULL);
}

static void a_capacity_is_a_power_of_two(void **state)
{
	(void)state;
	assert_null(nrs_ring_new(3));
	assert_null(nrs_ring_new(0));
}

static void *write_all(void *arg)
{
	struct nrs_ring *ring = arg;

	for (uint32_t i = 0; i < ITEMS; i++) {
		items[i] = i; /* written here, read by the other thread */
		while (!nrs_ring_push(ring, &items[i]))
			sched_yield();
	}
	return NULL;
}

static void items_cross_threads_in_order(void **state)
{
	struct nrs_ring *ring = nrs_ring_new(64);
	pthread_t writer;
	const uint32_t *item;

	(void)state;
	assert_non_null(ring);
	assert_int_equal(pthread_create(&writer, NULL, write_all, ring), 0);
	for (uint32_t i = 0; i < ITEMS; i++) {
		while ((item = nrs_ring_pop(ring)) == NULL)
			sched_yield();
		assert_int_equal(*item, i);
	}
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_null(nrs_ring_pop(ring));
	nrs_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_holds_one_less_than_its_capacity),
		cmocka_unit_test(a_capacity_is_a_power_of_two),
		cmocka_unit_test(items_cross_threads_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
