/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_threads: a loop runs to its end, and signals are not for it.
 */
#include "tests/nrs_test.h"

#include <signal.h>
#include <stdatomic.h>

#include "app/signals.h"
#include "app/threads.h"

struct looped {
	struct nrs_lock *lock;
	unsigned int count;
	bool is_blocked;
};

static void loop(void *arg)
{
	struct looped *l = arg;
	sigset_t mask;

	(void)sigemptyset(&mask);
	(void)sigprocmask(SIG_BLOCK, NULL, &mask);
	for (unsigned int i = 0; i < 1000; i++) {
		nrs_lock_take(l->lock);
		l->count++;
		l->is_blocked = sigismember(&mask, SIGTERM) == 1;
		nrs_lock_give(l->lock);
	}
}

static void loops_run_to_their_end_under_a_lock(void **state)
{
	struct nrs_thread *threads[3] = {NULL};
	struct looped l = {0};

	(void)state;
	assert_int_equal(nrs_lock_new(&l.lock), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(
			nrs_thread_start(&threads[i], "test", loop, &l), 0);
	for (unsigned int i = 0; i < 3; i++)
		nrs_thread_join(threads[i]);
	nrs_thread_join(NULL);
	assert_int_equal(l.count, 3000);
	assert_true(l.is_blocked); /* signals are the main thread's */
	nrs_lock_free(l.lock);
}

static void signals_become_words(void **state)
{
	const int fd = nrs_signals_open();

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(nrs_signals_next(fd), NRS_SIGNAL_RELOAD);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(nrs_signals_next(fd), NRS_SIGNAL_STOP);
	assert_int_equal(close(fd), 0);
}

static void a_pause_grows_to_a_millisecond(void **state)
{
	unsigned int idle = 2000;
	const int64_t before = nrs_wall_ns();

	(void)state;
	nrs_pause(&idle);
	assert_int_equal(idle, 2001);
	assert_true(nrs_wall_ns() - before >= 900000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_run_to_their_end_under_a_lock),
		cmocka_unit_test(signals_become_words),
		cmocka_unit_test(a_pause_grows_to_a_millisecond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
