/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_live_crew: the threads of a live run on the loopback interface: a
 * question that is sent becomes a hit, another set takes over, and the end
 * tells everything. Wants the right to capture.
 */
#include "app/live_crew.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/threads.h"
#include "tests/capture/loopback.h"
#include "tests/capture/made_capture.h"
#include "tests/engine/empty_set.h"

#define WORKERS 2
#define NOBODY_ELSE 54321 /* a user without processes */

struct bench {
	struct loopback lo;
	struct nrs_taps *taps; /* NULL: one thread reads lo.live */
	struct nrs_hash_key key;
	struct nrs_home_nets home;
	struct nrs_set *sets[2];
	struct nrs_db *dbs[2];
	struct nrs_publisher *publisher;
	struct nrs_emitter *emitter;
	struct nrs_crew_options options;
	struct nrs_crew *crew;
	_Atomic(unsigned int) hits, ends, steps;
	_Atomic(uint32_t) generation; /* of the last hit */
	_Atomic(bool) is_stalled;     /* the emitter, in its step */
	_Atomic(bool) is_forgotten;   /* generation 1 */
};

static int on_hit(void *ctx, const struct nrs_sighted *s)
{
	struct bench *b = ctx;

	atomic_store_explicit(&b->generation, s->hit->generation,
			      memory_order_relaxed);
	atomic_fetch_add_explicit(&b->hits, 1, memory_order_release);
	return NRS_OK;
}

static int on_raise(void *ctx, const struct nrs_record_flow *flow)
{
	(void)ctx, (void)flow;
	return NRS_OK;
}

static const struct nrs_set *set_of(void *ctx, uint32_t generation)
{
	struct bench *b = ctx;

	if (generation == 1 &&
	    atomic_load_explicit(&b->is_forgotten, memory_order_acquire))
		return NULL;
	return b->sets[generation - 1];
}

static void on_step(void *ctx, bool is_end)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	struct bench *b = ctx;

	while (atomic_load_explicit(&b->is_stalled, memory_order_acquire))
		(void)nanosleep(&nap, NULL);
	atomic_fetch_add_explicit(&b->steps, 1, memory_order_relaxed);
	if (is_end)
		atomic_fetch_add_explicit(&b->ends, 1, memory_order_relaxed);
}

static void build(struct bench *b, unsigned int which, const char *name)
{
	const struct nrs_build_options options = {.seats = WORKERS,
						  .generation = which + 1};
	const struct nrs_indicator item = {.pattern = nrs_span_of(name),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .shape = NRS_SHAPE_NAME};

	b->sets[which] = empty_set();
	assert_int_equal(nrs_set_add(b->sets[which], &item), NRS_OK);
	assert_int_equal(nrs_set_settle(b->sets[which]), NRS_OK);
	assert_int_equal(nrs_db_build(&b->dbs[which], b->sets[which], &options),
			 NRS_OK);
}

static int open_bench(void **state, bool with_taps)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	nrs_hash_key_init(&b->key, 0);
	nrs_home_nets_default(&b->home);
	loopback_open_to(&b->lo, 5353); /* DNS is known by its port */
	if (b->lo.live == NULL)
		return 0;
	const struct nrs_live_options taps = {.interfaces = &b->lo.interface,
					      .interface_count = 1,
					      .buffer_bytes = 4 << 20};
	if (with_taps && nrs_taps_open(&b->taps, &taps, WORKERS, &b->key,
				       &b->lo.diag) != NRS_OK) {
		nrs_live_close(b->lo.live);
		b->lo.live = NULL; /* skipped, with that reason */
		return 0;
	}
	build(b, 0, "c2.example");
	build(b, 1, "d3.example");
	const struct nrs_emitter_options emitting = {.workers = WORKERS,
						     .home = &b->home,
						     .at_once = true,
						     .ctx = b,
						     .hit = on_hit,
						     .set_of = set_of,
						     .raise = on_raise};
	if (nrs_publisher_new(&b->publisher, b->dbs[0], WORKERS) != NRS_OK ||
	    nrs_emitter_new(&b->emitter, &emitting) != NRS_OK)
		return -1;
	b->options = (struct nrs_crew_options){.workers = WORKERS,
					       .taps = b->taps,
					       .live = b->lo.live,
					       .publisher = b->publisher,
					       .db = b->dbs[0],
					       .key = &b->key,
					       .flows_total = 4096,
					       .emitter = b->emitter,
					       .ctx = b,
					       .step = on_step};
	return 0;
}

static int setup_still(void **state)
{
	return open_bench(state, true);
}

static int start(void **state, bool with_taps)
{
	struct bench *b;

	if (open_bench(state, with_taps) != 0)
		return -1;
	b = *state;
	return b->lo.live == NULL ? 0 : nrs_crew_start(&b->crew, &b->options);
}

static int setup(void **state)
{
	return start(state, false);
}

static int setup_taps(void **state)
{
	return start(state, true);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	if (b->crew != NULL)
		nrs_crew_stop(b->crew);
	nrs_crew_free(b->crew);
	nrs_taps_close(b->taps);
	nrs_emitter_free(b->emitter);
	nrs_publisher_free(b->publisher);
	nrs_db_free(b->dbs[1]);
	nrs_set_free(b->sets[0]);
	nrs_set_free(b->sets[1]);
	loopback_close(&b->lo);
	free(b);
	return 0;
}

/* A question for @name, as the socket's own. */
static void ask(const struct bench *b, const char *name)
{
	struct frame f;

	frame_asks(&f, 1, 53, name);
	loopback_send(&b->lo, f.bytes + 42, f.len - 42);
}

/* Until there are @count hits, at most some seconds. */
static bool have_hit(struct bench *b, unsigned int count)
{
	const struct timespec nap = {.tv_nsec = 5000000};

	for (int i = 0; i < 1000; i++) {
		if (atomic_load_explicit(&b->hits, memory_order_acquire) >=
		    count)
			return true;
		(void)nanosleep(&nap, NULL);
	}
	return false;
}

static void a_question_on_the_wire_is_a_hit(void **state)
{
	struct bench *b = *state;
	struct nrs_crew_figures figures;

	loopback_wanted(&b->lo);
	ask(b, "good.example");
	ask(b, "c2.example");
	assert_true(have_hit(b, 1));
	nrs_crew_figures(b->crew, &figures);
	assert_true(figures.knows_interfaces);
	assert_false(figures.interfaces[0].is_down);
	assert_int_equal(figures.down, 0);
	assert_true(figures.interfaces[0].stats.received >= 2);
	nrs_crew_stop(b->crew);
	/* at rest every figure is there */
	nrs_crew_figures(b->crew, &figures);
	assert_int_equal(figures.counters.value[NRS_C_PACKETS], 2);
	assert_int_equal(figures.counters.value[NRS_C_FLOWS], 1);
	assert_int_equal(figures.counters.value[NRS_C_HITS], 1);
	assert_int_equal(figures.blocks_dropped, 0);
	assert_int_equal(atomic_load_explicit(&b->hits, memory_order_acquire),
			 1);
	assert_int_equal(atomic_load_explicit(&b->ends, memory_order_relaxed),
			 1);
}

/* The other worker sees nothing at all. */
static void a_hit_is_told_soon_on_a_wire_that_is_silent_otherwise(void **state)
{
	struct bench *b = *state;
	int64_t slowest_ns = 0;

	loopback_wanted(&b->lo);
	for (unsigned int i = 0; i < 5; i++) {
		const int64_t asked_ns = nrs_monotonic_ns();

		ask(b, "c2.example");
		assert_true(have_hit(b, i + 1));
		const int64_t took_ns = nrs_monotonic_ns() - asked_ns;
		if (took_ns > slowest_ns)
			slowest_ns = took_ns;
	}
	/* 100 ms behind the clock, 300 ms if a thread waits for a processor */
	assert_in_range(slowest_ns, 1, NRS_SECOND_NS * 9 / 10);
}

static void another_set_takes_over_under_open_flows(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	ask(b, "c2.example");
	assert_true(have_hit(b, 1));
	struct nrs_db *old = nrs_publisher_swap(b->publisher, b->dbs[1]);
	assert_ptr_equal(old, b->dbs[0]);
	b->dbs[1] = NULL;	     /* the publisher's now */
	nrs_crew_forget(b->crew, 1); /* nobody asks for it any more */
	nrs_db_free(old);
	ask(b, "c2.example");
	ask(b, "d3.example");
	assert_true(have_hit(b, 2));
	nrs_crew_stop(b->crew);
	assert_int_equal(atomic_load_explicit(&b->hits, memory_order_acquire),
			 2);
	assert_int_equal(
		atomic_load_explicit(&b->generation, memory_order_relaxed), 2);
	nrs_crew_forget(b->crew, 2); /* returns at once now */
}

static void forget_the_first(void *ctx)
{
	struct bench *b = ctx;

	nrs_crew_forget(b->crew, 1);
	atomic_store_explicit(&b->is_forgotten, true, memory_order_release);
}

static bool have_matched(struct bench *b)
{
	struct nrs_crew_figures figures;

	for (int i = 0; i < 1000; i++) {
		nrs_crew_figures(b->crew, &figures);
		if (figures.counters.value[NRS_C_HITS] > 0)
			return true;
	}
	return false;
}

/* The emitter waits for a disk until no worker has a free block, a hit stays
 * with its worker, and then the set is replaced. */
static void a_hit_kept_over_a_swap_is_told(void **state)
{
	const struct timespec full = {.tv_sec = 1, .tv_nsec = 500000000},
			      nap = {.tv_nsec = 50000000};
	struct nrs_thread *builder = NULL;
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	atomic_store_explicit(&b->is_stalled, true, memory_order_release);
	(void)nanosleep(&full, NULL);
	ask(b, "c2.example");
	assert_true(have_matched(b));
	struct nrs_db *old = nrs_publisher_swap(b->publisher, b->dbs[1]);
	b->dbs[1] = NULL; /* the publisher's now */
	assert_int_equal(
		nrs_thread_start(&builder, "builder", forget_the_first, b),
		NRS_OK);
	(void)nanosleep(&nap, NULL);
	atomic_store_explicit(&b->is_stalled, false, memory_order_release);
	nrs_thread_join(builder);
	nrs_db_free(old);
	assert_true(have_hit(b, 1));
}

static void without_traffic_the_emitter_is_stepped_all_the_same(void **state)
{
	const struct timespec nap = {.tv_nsec = 10000000};
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	for (int i = 0; i < 500 && atomic_load_explicit(
					   &b->steps, memory_order_relaxed) < 3;
	     i++)
		(void)nanosleep(&nap, NULL);
	assert_true(atomic_load_explicit(&b->steps, memory_order_relaxed) >= 3);
	nrs_crew_free(NULL);
}

/* Looking again and again would be tens of thousands of times a second. */
static void threads_with_nothing_to_do_sleep(void **state)
{
	const struct timespec nap = {.tv_nsec = 500000000};
	struct bench *b = *state;
	struct rusage before, after;

	loopback_wanted(&b->lo);
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	(void)nanosleep(&nap, NULL);
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_in_range(after.ru_nvcsw - before.ru_nvcsw, 0, 500);
}

/* @more threads may begin; then nrs_crew_start, in a process of its own: what
 * it said, or NRS_E_INTERNAL if it never came back. */
static int start_short_of_threads(const struct bench *b, unsigned int more)
{
	const struct rlimit limit = {.rlim_cur = more + 1,
				     .rlim_max = more + 1};
	struct nrs_crew *crew = NULL;
	int status = 0;
	const pid_t child = fork();

	if (child == 0) {
		(void)alarm(20);
		/* a user of its own: a superuser has no limit */
		if (setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE) != 0 ||
		    setrlimit(RLIMIT_NPROC, &limit) != 0)
			_exit(1);
		_exit(-nrs_crew_start(&crew, &b->options));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : NRS_E_INTERNAL;
}

static void a_start_that_is_short_of_threads_says_so(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	for (unsigned int more = 0; more < WORKERS + 1; more++)
		assert_int_equal(start_short_of_threads(b, more), NRS_E_IO);
}

/* Fed by one thread, and with each worker reading for itself. */
#define NRS_T(test)                                                            \
	cmocka_unit_test_setup_teardown(test, setup, teardown),                \
		cmocka_unit_test_setup_teardown(test, setup_taps, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_question_on_the_wire_is_a_hit),
		NRS_T(a_hit_is_told_soon_on_a_wire_that_is_silent_otherwise),
		NRS_T(another_set_takes_over_under_open_flows),
		NRS_T(a_hit_kept_over_a_swap_is_told),
		NRS_T(without_traffic_the_emitter_is_stepped_all_the_same),
		NRS_T(threads_with_nothing_to_do_sleep),
		cmocka_unit_test_setup_teardown(
			a_start_that_is_short_of_threads_says_so, setup_still,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
