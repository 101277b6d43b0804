/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look_new: what was seen before an indicator came is found once it is
 * there, written or not; once only, also when the look was ended midway.
 */
#include "app/look_new.h"

#include <stdatomic.h>
#include <time.h>

#include "app/threads.h"
#include "tests/app/looked_at.h"

#define SETTLE_NS 1

struct bench {
	struct looked_at at;
	struct nrs_home_nets home;
	struct nrs_logging *logging;
	struct nrs_look_new *look;
	const char *stem; /* of the logs */
	unsigned int hits;
	atomic_uint woken;
	char memory[WORKSHOP_PATH];
};

static void on_force(void *ctx, const struct nrs_set *set)
{
	struct bench *b = ctx;

	nrs_look_new_force(b->look, set, nrs_wall_ns());
}

static void on_hit(void *ctx, const struct nrs_record_hit *hit,
		   const char *file)
{
	struct bench *b = ctx;

	assert_non_null(nrs_supply_set_of(b->at.supply, hit->generation));
	assert_int_equal(strncmp(file, b->stem, strlen(b->stem)), 0);
	b->hits++;
}

static void on_wake(void *ctx)
{
	struct bench *b = ctx;

	atomic_fetch_add(&b->woken, 1);
}

/* What the emitter's thread does in a millisecond. */
static void emit(struct bench *b)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	nrs_logging_step(b->logging, nrs_wall_ns());
	(void)nrs_look_new_give(b->look, b, on_hit);
	(void)nanosleep(&nap, NULL);
}

/* @late_ns: flows are logged, and no observations; or 0. */
static void begin_logging(struct bench *b, const char *names, int64_t late_ns)
{
	static const char *const interfaces[] = {"c0"};
	struct nrs_diag diag = {0};

	*b = (struct bench){.stem = late_ns == 0 ? "seen-" : "flows-"};
	looked_begin(&b->at, names);
	nrs_home_nets_default(&b->home);
	const struct nrs_logging_options logging = {
		.seen = late_ns == 0 ? b->at.folder : NULL,
		.flows = late_ns == 0 ? NULL : b->at.folder,
		.home = &b->home,
		.captures = interfaces,
		.is_live = true,
		.seen_rows = 100000,
		.write_ns = INT64_MAX};
	assert_int_equal(nrs_logging_open(&b->logging, &logging, &diag),
			 NRS_OK);
	(void)snprintf(b->memory, sizeof(b->memory), "%s",
		       workshop_path("looked"));
	const struct nrs_look_new_options options = {
		.folder = b->at.folder,
		.stem = b->stem,
		.late_ns = late_ns,
		.state_path = b->memory,
		.days = 36500,
		.publisher = nrs_supply_publisher(b->at.supply),
		.seat = 1,
		.logging = b->logging,
		.ctx = b,
		.wake = on_wake,
		.settle_ns = SETTLE_NS};
	assert_int_equal(nrs_look_new_open(&b->look, &options), NRS_OK);
	on_force(b, looked_set(&b->at));
	b->at.force = on_force;
	b->at.ctx = b;
	assert_int_equal(nrs_look_new_start(b->look), NRS_OK);
}

static void begin(struct bench *b, const char *names)
{
	begin_logging(b, names, 0);
}

static void end(struct bench *b)
{
	nrs_look_new_end(b->look);
	nrs_look_new_close(b->look);
	assert_int_equal(nrs_logging_close(b->logging), NRS_OK);
	nrs_supply_free(b->at.supply);
}

static void see(struct bench *b, const char *name, int64_t ts_ns)
{
	const struct seen_made made =
		seen_make(NRS_F_TLS_SNI, name, "10.0.0.1", ts_ns);

	assert_int_equal(nrs_logging_record(b->logging, &made.seen.head),
			 NRS_OK);
}

/* Until all that is new was looked for. */
static struct nrs_look_figures wait(struct bench *b)
{
	struct nrs_look_figures figures;

	for (unsigned int i = 0; i < 30000; i++) {
		emit(b);
		nrs_look_new_figures(b->look, &figures);
		if (figures.wanted == 0 && !figures.is_under_way)
			return figures;
	}
	fail_msg("not looked for within 30 s");
	return figures;
}

static void what_was_seen_before_is_found_once(void **state)
{
	struct nrs_look_figures figures;
	struct bench b;

	(void)state;
	begin(&b, "a.example\n");
	see(&b, "a.example", nrs_wall_ns());
	see(&b, "late.example", nrs_wall_ns() - NRS_SEEN_HOUR_NS);
	see(&b, "late.example", nrs_wall_ns());
	looked_turn(&b.at, "a.example\nlate.example\n");
	see(&b, "late.example", nrs_wall_ns() + NRS_SECOND_NS); /* live */
	figures = wait(&b);
	assert_int_equal(b.hits, 2);
	assert_int_equal(figures.hits, 2);
	assert_true(atomic_load(&b.woken) > 0);
	assert_int_equal(figures.looks, 1);
	assert_int_equal(figures.indicators, 1);
	assert_true(figures.rows >= 3 && figures.ended_ns > 0);
	looked_turn(&b.at, "late.example\n");
	looked_turn(&b.at, "a.example\nlate.example\n");
	(void)wait(&b);
	assert_int_equal(b.hits, 2);
	end(&b);
	/* the next life; b.example came while it was down */
	begin(&b, "a.example\nb.example\nlate.example\n");
	see(&b, "b.example", nrs_wall_ns() - NRS_SECOND_NS);
	figures = wait(&b);
	assert_int_equal(figures.indicators, 1);
	assert_int_equal(b.hits, 1);
	assert_int_equal(figures.failed + figures.damaged + figures.lost, 0);
	end(&b);
}

/* Ended after some hits, again and again: each is told once. */
static void what_was_ended_goes_on_and_tells_nothing_twice(void **state)
{
	const unsigned int names = 30000;
	unsigned int hits = 0, lives = 0;
	struct nrs_text list = {0};
	struct bench b;

	(void)state;
	begin(&b, "a.example\nlate.example\nb.example\n");
	(void)wait(&b);
	nrs_text_puts(&list, "a.example\n");
	for (unsigned int i = 0; i < names; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%u.example", i);
		see(&b, name, nrs_wall_ns() - NRS_SEEN_HOUR_NS);
		nrs_text_printf(&list, "%s\n", name);
	}
	nrs_text_putc(&list, '\0');
	looked_turn(&b.at, (const char *)list.ptr);
	for (;;) {
		struct nrs_look_figures figures = {0};

		for (unsigned int i = 0; i < 30000; i++) {
			emit(&b);
			nrs_look_new_figures(b.look, &figures);
			if (b.hits >= 3000 || figures.wanted == 0)
				break;
		}
		nrs_look_new_end(b.look);
		/* the emitter lives a little longer */
		for (unsigned int i = 0; i < 150; i++)
			emit(&b);
		hits += b.hits;
		nrs_look_new_figures(b.look, &figures);
		end(&b);
		if (figures.wanted == 0 || ++lives == 30)
			break;
		begin(&b, (const char *)list.ptr);
	}
	assert_int_equal(hits, names);
	assert_true(lives >= 2 && lives < 30);
	nrs_text_fini(&list);
}

/* A flow to 192.0.2.@host is over. */
static void end_flow(struct bench *b, uint8_t host, int64_t start_ns,
		     int64_t last_ns)
{
	const struct nrs_record_ended ended = {
		.head = {.bytes = sizeof(ended),
			 .kind = NRS_RECORD_ENDED,
			 .ts_ns = nrs_wall_ns()},
		.flow = {.src = nrs_addr_from_v4((uint8_t[]){10, 0, 0, 1}),
			 .dst = nrs_addr_from_v4((uint8_t[]){192, 0, 2, host}),
			 .src_port = 50000,
			 .dst_port = 443,
			 .proto = 6,
			 .start_ns = start_ns},
		.last_ns = last_ns,
		.packets = {1, 1}};

	assert_int_equal(nrs_logging_record(b->logging, &ended.head), NRS_OK);
}

static void what_was_not_over_by_then_is_found_later(void **state)
{
	const int64_t late_ns = NRS_SECOND_NS, second = NRS_SECOND_NS;
	const int64_t before_ns = nrs_wall_ns() - 60 * second;
	struct nrs_look_figures figures = {0};
	struct bench b;

	(void)state;
	begin_logging(&b, "192.0.2.1\n", late_ns);
	end_flow(&b, 7, before_ns, before_ns + second);
	looked_turn(&b.at, "192.0.2.1\n192.0.2.7\n");
	(void)wait(&b);
	assert_int_equal(b.hits, 1);
	/* The last packet before, and its line now; and one that live hits
	 * told of. */
	end_flow(&b, 7, before_ns, before_ns + 2 * second);
	end_flow(&b, 7, before_ns, nrs_wall_ns() + second);
	for (unsigned int i = 0; i < 30000 && b.hits < 2; i++)
		emit(&b);
	assert_int_equal(b.hits, 2);
	for (unsigned int i = 0; i < 300; i++)
		emit(&b); /* it was the only one */
	assert_int_equal(b.hits, 2);
	nrs_look_new_figures(b.look, &figures);
	assert_int_equal(figures.looks, 1);
	assert_int_equal(figures.failed + figures.damaged + figures.lost, 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_before_is_found_once),
		cmocka_unit_test(
			what_was_ended_goes_on_and_tells_nothing_twice),
		cmocka_unit_test(what_was_not_over_by_then_is_found_later),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
