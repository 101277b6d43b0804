/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_window: live aggregation, sharing-rules.md rule 11, and the part of
 * contracts.md section 4 on raises.
 */
#include "sightings/settle.h"
#include "tests/sightings/made_hit.h"

#define SECOND NRS_SECOND_NS
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

struct told {
	enum nrs_outcome outcome;
	unsigned int stage;
	int64_t number;
	uint32_t part;
	uint64_t count;
	int64_t first_ns, last_ns;
	enum nrs_how how;
	char own[NRS_ADDR_LEN];
};

struct bench {
	struct made_hit made;
	struct nrs_windows *windows;
	struct nrs_settle *settle;
	struct nrs_store *store;
	struct told told[512];
	unsigned int count;
	int refuse; /* what tell returns */
	char dir[64], path[96];
};

static int tell(void *ctx, const struct nrs_window *w, struct nrs_diag *diag)
{
	struct bench *b = ctx;

	if (b->refuse != NRS_OK)
		return nrs_diag_set(diag, b->refuse, 0, "not now");
	assert_true(b->count < 512);
	b->told[b->count] = (struct told){.outcome = w->outcome,
					  .stage = w->stage,
					  .number = w->number,
					  .part = w->part,
					  .count = w->count,
					  .how = w->how,
					  .first_ns = w->first_ns,
					  .last_ns = w->last_ns};
	nrs_addr_format(nrs_witness_own(w->first), b->told[b->count++].own);
	return NRS_OK;
}

static void open_windows(struct bench *b, uint32_t keys_max)
{
	const struct nrs_windows_options options = {.keys_max = keys_max,
						    .store = b->store,
						    .ctx = b,
						    .tell = tell};
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_windows_new(&b->windows, &options, &diag), NRS_OK);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	open_windows(b, 0);
	const struct nrs_settle_options settling = {.windows = b->windows};
	assert_int_equal(nrs_settle_new(&b->settle, &settling), NRS_OK);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_settle_free(b->settle);
	nrs_windows_free(b->windows);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

/* A transaction of @own whose outcome is known, and a step. */
static void add(struct bench *b, const char *own, enum nrs_outcome outcome,
		int64_t ns)
{
	struct nrs_witness *witness = NULL;
	struct nrs_window_place place = {.outcome = outcome};

	assert_int_equal(
		nrs_witness_new(&witness, made_usual(&b->made, own, ns)),
		NRS_OK);
	assert_int_equal(nrs_windows_add(b->windows, witness, &place), NRS_OK);
	nrs_witness_free(witness);
	(void)nrs_windows_step(b->windows, ns, false, NULL);
}

static void step(struct bench *b, int64_t now_ns)
{
	assert_int_equal(nrs_windows_step(b->windows, now_ns, false, NULL),
			 NRS_OK);
}

static void the_first_is_told_soon_the_rest_when_the_window_closes(void **st)
{
	struct bench *b = *st;

	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].count, 1);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 2 * SECOND);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 4 * SECOND);
	step(b, MADE_NS + 5 * MINUTE - 1);
	assert_int_equal(b->count, 1);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].count, 2);
	assert_int_equal(b->told[1].part, 1);
	assert_int_equal(b->told[1].number, MADE_NS / (5 * MINUTE));
	assert_int_equal(b->told[1].first_ns, MADE_NS + 2 * SECOND);
	assert_int_equal(b->told[1].last_ns, MADE_NS + 4 * SECOND);
}

static void add_by(struct bench *b, enum nrs_how how, int64_t ns)
{
	struct nrs_witness *witness = NULL;
	struct nrs_window_place place = {.outcome = NRS_OUTCOME_ANSWERED};

	(void)made_usual(&b->made, "10.0.0.1", ns);
	struct nrs_record_value *value = (void *)(&b->made.record.hit + 1);
	value->how = (uint8_t)how;
	assert_int_equal(nrs_witness_new(&witness, made_sighted(&b->made)),
			 NRS_OK);
	assert_int_equal(nrs_windows_add(b->windows, witness, &place), NRS_OK);
	nrs_witness_free(witness);
}

static void the_weakest_match_of_a_window_is_told(void **st)
{
	struct bench *b = *st;

	add_by(b, NRS_HOW_SUBDOMAIN, MADE_NS);
	add_by(b, NRS_HOW_PATTERN, MADE_NS + 1);
	add_by(b, NRS_HOW_EXACT, MADE_NS + 2);
	step(b, MADE_NS + SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].count, 3);
	assert_int_equal(b->told[0].how, NRS_HOW_SUBDOMAIN);
	/* the next one begins anew */
	add_by(b, NRS_HOW_PATTERN, MADE_NS + 2 * SECOND);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].how, NRS_HOW_PATTERN);
}

static void while_it_goes_on_the_windows_grow(void **st)
{
	struct bench *b = *st;
	const int64_t at[] = {0, 6 * MINUTE, 70 * MINUTE, 80 * MINUTE,
			      3 * HOUR};
	const unsigned int stage[] = {0, 1, 2, 2, 2};

	for (unsigned int i = 0; i < 5; i++) {
		step(b, MADE_NS + at[i]);
		add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + at[i]);
	}
	/* 12:00 is told at once; 12:06 when 12:00-13:00 closes; the rest at
	 * the day's end. */
	step(b, MADE_NS + 12 * HOUR);
	assert_int_equal(b->count, 3);
	for (unsigned int i = 0; i < b->count; i++)
		assert_int_equal(b->told[i].stage, stage[i]);
	assert_int_equal(b->told[1].number, MADE_NS / HOUR);
	assert_int_equal(b->told[2].number, MADE_NS / (24 * HOUR));
	assert_int_equal(b->told[2].count, 3);
}

static void after_a_day_of_silence_it_begins_anew(void **st)
{
	struct bench *b = *st;
	struct nrs_windows_figures figures;

	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	step(b, MADE_NS + 10 * MINUTE);
	step(b, MADE_NS + 24 * HOUR - 1);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 1);
	step(b, MADE_NS + 24 * HOUR);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 0);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 25 * HOUR);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].stage, 0);
}

static void own_hosts_and_outcomes_are_apart(void **st)
{
	struct bench *b = *st;

	add(b, "10.0.0.1", NRS_OUTCOME_ATTEMPTED, MADE_NS);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	add(b, "10.0.0.2", NRS_OUTCOME_ANSWERED, MADE_NS);
	add(b, "10.0.0.2", NRS_OUTCOME_ANSWERED, MADE_NS + 1);
	assert_int_equal(b->count, 3);
	assert_string_equal(b->told[2].own, "10.0.0.2");
}

static void what_is_not_taken_is_told_again(void **st)
{
	struct bench *b = *st;
	struct nrs_diag diag = {0};

	b->refuse = NRS_E_IO;
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 1);
	assert_int_equal(nrs_windows_step(b->windows, MADE_NS, false, &diag),
			 NRS_E_IO);
	assert_string_equal(diag.text, "not now");
	b->refuse = NRS_OK;
	step(b, MADE_NS + 2 * SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].count, 2);
	assert_int_equal(b->told[0].part, 0);
}

static void
a_full_table_gives_up_the_mildest_first_and_loses_no_count(void **st)
{
	struct bench *b = *st;
	struct nrs_windows_figures figures;

	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	open_windows(b, 2);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	add(b, "10.0.0.2", NRS_OUTCOME_ATTEMPTED, MADE_NS);
	add(b, "10.0.0.2", NRS_OUTCOME_ATTEMPTED, MADE_NS + 1);
	add(b, "10.0.0.3", NRS_OUTCOME_ANSWERED, MADE_NS);
	assert_int_equal(b->count, 4);
	assert_string_equal(b->told[2].own, "10.0.0.2"); /* its second */
	assert_int_equal(b->told[2].count, 1);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 2);
	assert_int_equal(figures.given_up, 1);
	assert_int_equal(figures.lost, 0);
}

/* Of one step: the tenth is not taken, so none of them was told. */
static int tell_nine(void *ctx, const struct nrs_window *w,
		     struct nrs_diag *diag)
{
	struct bench *b = ctx;

	if (b->count == 9)
		return nrs_diag_set(diag, NRS_E_IO, 0, "full");
	return tell(ctx, w, diag);
}

static void what_one_step_tells_stands_or_falls_together(void **st)
{
	const struct nrs_windows_options options = {.ctx = *st,
						    .tell = tell_nine};
	struct bench *b = *st;

	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	assert_int_equal(nrs_windows_new(&b->windows, &options, NULL), NRS_OK);
	for (unsigned int i = 0; i < 20; i++) {
		struct nrs_window_place place = {.outcome =
							 NRS_OUTCOME_ANSWERED};
		struct nrs_witness *witness = NULL;
		char own[NRS_ADDR_LEN];

		snprintf(own, sizeof(own), "10.0.0.%u", i + 1);
		assert_int_equal(
			nrs_witness_new(&witness,
					made_usual(&b->made, own, MADE_NS)),
			NRS_OK);
		assert_int_equal(nrs_windows_add(b->windows, witness, &place),
				 NRS_OK);
		nrs_witness_free(witness);
	}
	assert_int_equal(nrs_windows_step(b->windows, MADE_NS, false, NULL),
			 NRS_E_IO);
	b->count = 20; /* room again */
	step(b, MADE_NS + 1);
	assert_int_equal(b->count, 40);
	for (unsigned int i = 20; i < 40; i++)
		assert_int_equal(b->told[i].part, 0);
}

/* --- what settles --- */

static void hit(struct bench *b, uint32_t flow, int64_t ns)
{
	made_hit(&b->made, "10.0.0.1", "198.51.100.23", ns);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	b->made.record.hit.flow.id = flow;
	assert_int_equal(nrs_settle_hit(b->settle, made_sighted(&b->made), ns),
			 NRS_OK);
}

static void flow(struct bench *b, uint32_t id, enum nrs_record_kind kind,
		 enum nrs_outcome outcome)
{
	const struct nrs_record_flow record = {.head = {.kind = (uint8_t)kind},
					       .id = id,
					       .outcome = (uint8_t)outcome};

	nrs_settle_flow(b->settle, &record);
}

static void settle(struct bench *b, int64_t now_ns)
{
	nrs_settle_step(b->settle, now_ns, false);
	step(b, now_ns);
}

static void a_raise_within_the_wait_is_one_sighting_of_the_higher(void **st)
{
	struct bench *b = *st;

	hit(b, 1, MADE_NS);
	flow(b, 1, NRS_RECORD_RAISE, NRS_OUTCOME_ANSWERED);
	settle(b, MADE_NS + 10 * SECOND - 1);
	assert_int_equal(b->count, 0);
	settle(b, MADE_NS + 10 * SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].outcome, NRS_OUTCOME_ANSWERED);
	nrs_windows_step(b->windows, MADE_NS + 48 * HOUR, false, NULL);
	assert_int_equal(b->count, 1);
}

static void the_end_of_a_flow_settles_it(void **st)
{
	struct bench *b = *st;
	struct nrs_settle_figures figures;

	hit(b, 1, MADE_NS);
	hit(b, 2, MADE_NS);
	flow(b, 1, NRS_RECORD_FLOW_END, NRS_OUTCOME_BLOCKED);
	step(b, MADE_NS);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].outcome, NRS_OUTCOME_BLOCKED);
	nrs_settle_figures(b->settle, &figures);
	assert_int_equal(figures.held, 1);
}

static void a_later_raise_moves_what_is_not_told_yet(void **st)
{
	struct bench *b = *st;
	struct nrs_windows_figures figures;

	hit(b, 1, MADE_NS);
	settle(b, MADE_NS + 10 * SECOND); /* told, as the first */
	hit(b, 2, MADE_NS + 11 * SECOND);
	hit(b, 3, MADE_NS + 11 * SECOND);
	settle(b, MADE_NS + 21 * SECOND);
	assert_int_equal(b->count, 1);
	flow(b, 2, NRS_RECORD_RAISE, NRS_OUTCOME_ESTABLISHED);
	step(b, MADE_NS + 22 * SECOND);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].outcome, NRS_OUTCOME_ESTABLISHED);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 3);
	assert_int_equal(b->told[2].outcome, NRS_OUTCOME_ATTEMPTED);
	assert_int_equal(b->told[2].count, 1); /* flow 3 alone */
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.told_lower, 0);
	flow(b, 1, NRS_RECORD_RAISE, NRS_OUTCOME_ANSWERED);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.told_lower, 1);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 4);
}

static void too_many_that_wait_are_counted_early_never_lost(void **st)
{
	struct bench *b = *st;
	const struct nrs_settle_options two = {.windows = b->windows,
					       .held_max = 2};
	struct nrs_settle_figures figures;

	nrs_settle_free(b->settle);
	assert_int_equal(nrs_settle_new(&b->settle, &two), NRS_OK);
	for (uint32_t i = 0; i < 5; i++)
		hit(b, i, MADE_NS + i);
	nrs_settle_figures(b->settle, &figures);
	assert_int_equal(figures.held, 2);
	assert_int_equal(figures.early, 3);
	nrs_settle_step(b->settle, MADE_NS, true);
	assert_int_equal(nrs_windows_step(b->windows, MADE_NS, true, NULL),
			 NRS_OK);
	uint64_t transactions = 0;
	for (unsigned int i = 0; i < b->count; i++)
		transactions += b->told[i].count;
	assert_int_equal(transactions, 5);
}

/* --- restarts --- */

static const char *const migrations[] = {nrs_windows_sql};

static void open_store(struct bench *b)
{
	const struct nrs_store_schema schema = {
		.application = 77, .migrations = migrations, .count = 1};
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_store_open(&b->store, b->path, &schema,
					NRS_STORE_SYNC_CRASH, &diag),
			 NRS_OK);
}

/* What a kill leaves: nothing is saved that was not before. */
static void killed(struct bench *b)
{
	nrs_windows_free(b->windows);
	nrs_store_close(b->store);
	open_store(b);
	open_windows(b, 0);
}

static void a_restart_goes_on_with_the_stage_and_the_next_part(void **st)
{
	struct bench *b = *st;

	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	snprintf(b->dir, sizeof(b->dir), "/tmp/nrs-window-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/windows.db", b->dir);
	open_store(b);
	open_windows(b, 0);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	killed(b); /* what was told is kept at once */
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 1);
	assert_int_equal(b->count, 1);
	assert_int_equal(nrs_windows_save(b->windows, NULL), NRS_OK);
	killed(b);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].part, 1);
	assert_int_equal(b->told[1].count, 1);
	killed(b);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 6 * MINUTE);
	step(b, MADE_NS + HOUR);
	assert_int_equal(b->told[2].stage, 1);
	assert_int_equal(b->told[2].part, 2);
	step(b, MADE_NS + 30 * HOUR);
	assert_int_equal(nrs_windows_save(b->windows, NULL), NRS_OK);
	killed(b);
	struct nrs_windows_figures figures;
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 0);
	nrs_windows_free(b->windows);
	b->windows = NULL;
	nrs_store_close(b->store);
	static const char *const ends[] = {"", "-wal", "-shm"};
	for (unsigned int i = 0; i < 3; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", b->path, ends[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(b->dir), 0);
}

static void bytes_that_are_no_witness_are_refused(void **st)
{
	struct bench *b = *st;
	struct nrs_witness *witness = NULL, *back = NULL;
	uint8_t copy[2048];

	assert_int_equal(
		nrs_witness_new(&witness,
				made_usual(&b->made, "10.0.0.1", MADE_NS)),
		NRS_OK);
	const struct nrs_span whole = nrs_witness_bytes(witness);
	assert_int_equal(nrs_witness_read(&back, whole), NRS_OK);
	assert_true(nrs_witness_same(witness, back));
	nrs_witness_free(back);
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(
			nrs_witness_read(&back, nrs_span_part(whole, 0, len)),
			NRS_E_FORMAT);
	assert_true(whole.len <= sizeof(copy));
	for (size_t i = 0; i < whole.len; i++) { /* none may be read beyond */
		memcpy(copy, whole.ptr, whole.len);
		copy[i] ^= 0xff;
		if (nrs_witness_read(&back, nrs_span(copy, whole.len)) ==
		    NRS_OK)
			nrs_witness_free(back);
	}
	nrs_witness_free(witness);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(the_first_is_told_soon_the_rest_when_the_window_closes),
		NRS_T(the_weakest_match_of_a_window_is_told),
		NRS_T(while_it_goes_on_the_windows_grow),
		NRS_T(after_a_day_of_silence_it_begins_anew),
		NRS_T(own_hosts_and_outcomes_are_apart),
		NRS_T(what_is_not_taken_is_told_again),
		NRS_T(a_full_table_gives_up_the_mildest_first_and_loses_no_count),
		NRS_T(what_one_step_tells_stands_or_falls_together),
		NRS_T(a_raise_within_the_wait_is_one_sighting_of_the_higher),
		NRS_T(the_end_of_a_flow_settles_it),
		NRS_T(a_later_raise_moves_what_is_not_told_yet),
		NRS_T(too_many_that_wait_are_counted_early_never_lost),
		NRS_T(a_restart_goes_on_with_the_stage_and_the_next_part),
		NRS_T(bytes_that_are_no_witness_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
