/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_threads: a loop runs to its end, and signals are not for it.
 */
#include "tests/nrs_test.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "app/signals.h"
#include "app/threads.h"
#include "engine/base/err.h"

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

/* Two threads ring for each other, in turn. */
struct answered {
	struct nrs_bell *asks, *answers;
	unsigned int count;
};

static void answer(void *arg)
{
	struct answered *a = arg;

	for (unsigned int i = 0; i < 1000; i++) {
		if (!nrs_bell_wait(a->asks, 60000))
			return;
		a->count++;
		nrs_bell_ring(a->answers);
	}
}

static void a_bell_wakes_who_sleeps(void **state)
{
	struct nrs_thread *thread = NULL;
	struct answered a = {0};

	(void)state;
	assert_int_equal(nrs_bell_new(&a.asks), 0);
	assert_int_equal(nrs_bell_new(&a.answers), 0);
	assert_int_equal(nrs_thread_start(&thread, "answer", answer, &a), 0);
	for (unsigned int i = 0; i < 1000; i++) {
		nrs_bell_ring(a.asks);
		assert_true(nrs_bell_wait(a.answers, 60000));
		assert_int_equal(a.count, i + 1);
	}
	nrs_thread_join(thread);
	nrs_bell_free(a.asks);
	nrs_bell_free(a.answers);
	nrs_bell_free(NULL);
}

static void what_rang_before_is_heard_once(void **state)
{
	struct nrs_bell *bell = NULL;

	(void)state;
	assert_int_equal(nrs_bell_new(&bell), 0);
	for (unsigned int i = 0; i < 3; i++)
		nrs_bell_ring(bell);
	assert_true(nrs_bell_wait(bell, 60000));
	const int64_t before = nrs_monotonic_ns();
	assert_false(nrs_bell_wait(bell, 20));
	assert_true(nrs_monotonic_ns() - before >= 20000000);
	nrs_bell_free(bell);
}

static void read_own_name(void *arg)
{
	FILE *comm = fopen("/proc/thread-self/comm", "re");

	if (comm == NULL)
		return;
	(void)!fgets(arg, 32, comm);
	(void)fclose(comm);
}

static void a_thread_has_its_name(void **state)
{
	struct nrs_thread *thread = NULL;
	char name[32] = "";

	(void)state;
	assert_int_equal(
		nrs_thread_start(&thread, "worker", read_own_name, name), 0);
	nrs_thread_join(thread);
	assert_string_equal(name, "worker\n");
}

static void give_way(void *arg)
{
	nrs_thread_background();
	*(int *)arg = sched_getscheduler(0);
}

static void a_thread_can_give_way_to_all_others(void **state)
{
	struct nrs_thread *thread = NULL;
	int policy = -1;

	(void)state;
	assert_int_equal(nrs_thread_start(&thread, "idle", give_way, &policy),
			 0);
	nrs_thread_join(thread);
	assert_int_equal(policy, SCHED_IDLE);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

struct pinned {
	unsigned int index, count;
	bool is_pinned;
	cpu_set_t on;
};

static void pin(void *arg)
{
	struct pinned *p = arg;

	p->is_pinned = nrs_thread_pin(p->index, p->count);
	assert_int_equal(sched_getaffinity(0, sizeof(p->on), &p->on), 0);
}

static struct pinned pinned(unsigned int index, unsigned int count)
{
	struct pinned p = {.index = index, .count = count};
	struct nrs_thread *thread = NULL;

	assert_int_equal(nrs_thread_start(&thread, "test", pin, &p), NRS_OK);
	nrs_thread_join(thread);
	return p;
}

static void threads_stay_on_a_processor_each(void **state)
{
	cpu_set_t all, used;
	size_t last = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	const unsigned int count = (unsigned int)CPU_COUNT(&all);
	CPU_ZERO(&used);
	for (unsigned int i = 0; i < count; i++) {
		const struct pinned p = pinned(i, count);

		assert_true(p.is_pinned);
		assert_int_equal(CPU_COUNT(&p.on), 1);
		CPU_OR(&used, &used, &p.on);
	}
	assert_true(CPU_EQUAL(&used, &all));
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		last = CPU_ISSET(cpu, &all) ? cpu : last;
	/* Fewer take the last ones: the first have more of interrupts. */
	const struct pinned alone = pinned(0, 1);
	assert_true(CPU_ISSET(last, &alone.on));
}

static void more_threads_than_processors_go_where_they_like(void **state)
{
	cpu_set_t all;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	const struct pinned p = pinned(0, (unsigned int)CPU_COUNT(&all) + 1);
	assert_false(p.is_pinned);
	assert_true(CPU_EQUAL(&p.on, &all));
	assert_false(pinned(1, 1).is_pinned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_can_give_way_to_all_others),
		cmocka_unit_test(loops_run_to_their_end_under_a_lock),
		cmocka_unit_test(signals_become_words),
		cmocka_unit_test(a_pause_grows_to_a_millisecond),
		cmocka_unit_test(a_bell_wakes_who_sleeps),
		cmocka_unit_test(what_rang_before_is_heard_once),
		cmocka_unit_test(a_thread_has_its_name),
		cmocka_unit_test(threads_stay_on_a_processor_each),
		cmocka_unit_test(
			more_threads_than_processors_go_where_they_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
