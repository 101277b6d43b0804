/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look_pass: what is listed is found and nothing else, with the set that
 * is in force at the time; a pass goes on where one stopped.
 */
#include "app/look_pass.h"

#include <limits.h>

#include "tests/app/looked_at.h"

#define HOUR NRS_SEEN_HOUR_NS
#define NEVER UINT_MAX

struct bench {
	struct looked_at at;
	struct nrs_look_list list;
	struct nrs_look_place place; /* of the last step */
	unsigned int hits, named;    /* named: those of b.example */
	uint64_t rows;
	unsigned int steps, steps_max; /* over then */
	unsigned int swap_at;	       /* a step; then @names are in force */
	const char *names;
};

static bool is_over(void *ctx)
{
	const struct bench *b = ctx;

	return b->steps >= b->steps_max;
}

static bool on_found(void *ctx, const char *file, struct nrs_span records)
{
	struct bench *b = ctx;

	assert_non_null(strstr(file, "logs/"));
	for (size_t at = 0; at < records.len;) {
		const struct nrs_record_hit *hit =
			(const void *)(records.ptr + at);

		assert_non_null(
			nrs_supply_set_of(b->at.supply, hit->generation));
		b->hits++;
		b->named += looked_is(hit, "b.example");
		at += hit->head.bytes;
	}
	return true;
}

static void on_step(void *ctx, const struct nrs_look_place *place, size_t rows)
{
	struct bench *b = ctx;

	b->place = *place;
	b->rows += rows;
	if (b->steps++ == b->swap_at)
		looked_turn(&b->at, b->names);
}

/* One hour's log: @count names, of them b.example and c.example. */
static void write_hour(struct bench *b, int64_t begin_ns, unsigned int count)
{
	static struct nrs_home_nets home;
	const struct nrs_seen_log_options options = {
		.folder = b->at.folder, .home = &home, .rows_max = count + 10};
	struct nrs_seen_log *log = NULL;
	struct nrs_diag diag = {0};

	nrs_home_nets_default(&home);
	assert_int_equal(nrs_seen_log_open(&log, &options, &diag), NRS_OK);
	for (unsigned int i = 0; i < count; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%u.example", i);
		const struct seen_made made = seen_make(NRS_F_TLS_SNI,
							i == 0	 ? "b.example"
							: i == 1 ? "c.example"
								 : name,
							"10.0.0.1", begin_ns);
		assert_int_equal(nrs_seen_log_add(log, &made.seen), NRS_OK);
	}
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
}

static void begin(struct bench *b, const char *names)
{
	*b = (struct bench){.steps_max = NEVER, .swap_at = NEVER};
	looked_begin(&b->at, names);
}

static void end(struct bench *b)
{
	nrs_look_list_fini(&b->list);
	nrs_supply_free(b->at.supply);
}

/* The set in force, from @first on, is looked for. */
static void list(struct bench *b, uint32_t first, int64_t since_ns)
{
	const struct nrs_set *set = looked_set(&b->at);

	nrs_look_list_fini(&b->list);
	b->list.items = calloc(nrs_set_count(set), sizeof(*b->list.items));
	assert_non_null(b->list.items);
	for (uint32_t i = first; i < nrs_set_count(set); i++) {
		const struct nrs_look_item item = {nrs_set_identity(set, i),
						   since_ns};
		size_t at = b->list.count++;

		while (at > 0 &&
		       b->list.items[at - 1].identity > item.identity) {
			b->list.items[at] = b->list.items[at - 1];
			at--;
		}
		b->list.items[at] = item;
	}
}

static int pass(struct bench *b, const char *stem, int64_t from_ns)
{
	const struct nrs_look_pass_options options = {
		.folder = b->at.folder,
		.stem = stem,
		.publisher = nrs_supply_publisher(b->at.supply),
		.seat = 1,
		.list = &b->list,
		.from_ns = from_ns,
		.ctx = b,
		.is_over = is_over,
		.found = on_found,
		.step = on_step};
	struct nrs_look_pass_figures figures;

	b->hits = b->named = b->steps = 0;
	b->rows = 0;
	const int err = nrs_look_pass(&options, &figures);
	assert_int_equal(figures.damaged, 0);
	return err;
}

static void what_is_listed_is_found_and_nothing_else(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "b.example\nc.example\n");
	write_hour(&b, SEEN_NOON, 1000);
	write_hour(&b, SEEN_NOON + HOUR, 1000);
	list(&b, 0, NRS_TIME_MAX);
	assert_int_equal(pass(&b, "seen-", 0), NRS_OK);
	assert_int_equal(b.hits, 4);
	assert_int_equal(b.rows, 2000);
	assert_true(b.steps >= 4); /* the db is let go in between */
	list(&b, 1, NRS_TIME_MAX);
	assert_int_equal(pass(&b, "seen-", 0), NRS_OK);
	assert_int_equal(b.hits, 2);
	/* what came after it was in force was told live */
	list(&b, 0, SEEN_NOON);
	assert_int_equal(pass(&b, "seen-", 0), NRS_OK);
	assert_int_equal(b.hits, 2);
	/* and what is older than the days that are looked through */
	list(&b, 0, NRS_TIME_MAX);
	assert_int_equal(pass(&b, "seen-", SEEN_NOON + HOUR), NRS_OK);
	assert_int_equal(b.hits, 2);
	assert_int_equal(b.rows, 1000);
	assert_int_equal(pass(&b, "flows-", 0), NRS_OK);
	assert_int_equal(b.rows, 0);
	end(&b);
}

static void a_pass_goes_on_where_it_was_ended(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "b.example\nc.example\n");
	list(&b, 0, NRS_TIME_MAX);
	uint64_t rows = 0;
	unsigned int hits = 0, passes = 0;
	int err;

	do {
		b.steps_max = 1;
		err = pass(&b, "seen-", 0);
		rows += b.rows;
		hits += b.hits;
		b.list.from = b.place;
	} while (err == NRS_E_CANCELLED && ++passes < 20);
	assert_int_equal(err, NRS_OK);
	assert_int_equal(passes, 16); /* of 128 rows, and no more */
	assert_int_equal(rows, 2000);
	assert_int_equal(hits, 4);
	end(&b);
}

static void after_a_swap_the_new_set_is_looked_for(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "a.example\nb.example\nc.example\n");
	list(&b, 0, NRS_TIME_MAX);
	b.swap_at = 1; /* between the two hours; indices are others then */
	b.names = "b.example\nd.example\n";
	assert_int_equal(pass(&b, "seen-", 0), NRS_OK);
	assert_int_equal(b.hits, 3);
	assert_int_equal(b.named, 2);
	end(&b);
}

static void lines_of_flows_are_looked_through(void **state)
{
	static const char line[] =
		"{\"start\":\"2026-03-01T12:00:0%u.000000Z\",\"end\":"
		"\"2026-03-01T12:00:09.000000Z\",\"client\":{\"ip\":"
		"\"10.0.0.1\",\"port\":40000},\"server\":{\"ip\":"
		"\"192.0.2.%u\",\"port\":443},\"proto\":6,\"outcome\":"
		"\"established\"}\n";
	struct bench b;
	struct nrs_text text = {0};
	uint64_t rows = 0;
	unsigned int hits = 0, passes = 0;
	int err;

	(void)state;
	begin(&b, "192.0.2.7\n");
	for (unsigned int i = 0; i < 200; i++)
		nrs_text_printf(&text, line, i % 9, i % 10);
	nrs_text_putc(&text, '\0');
	(void)workshop_write("logs/flows-1.jsonl", (const char *)text.ptr);
	nrs_text_fini(&text);
	list(&b, 0, NRS_TIME_MAX);
	do {
		b.steps_max = 1;
		err = pass(&b, "flows-", 0);
		rows += b.rows;
		hits += b.hits;
		b.list.from = b.place;
	} while (err == NRS_E_CANCELLED && ++passes < 20);
	assert_int_equal(err, NRS_OK);
	assert_int_equal(rows, 200);
	assert_int_equal(hits, 20);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_listed_is_found_and_nothing_else),
		cmocka_unit_test(a_pass_goes_on_where_it_was_ended),
		cmocka_unit_test(after_a_swap_the_new_set_is_looked_for),
		cmocka_unit_test(lines_of_flows_are_looked_through),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
