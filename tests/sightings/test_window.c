/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_window: live aggregation, sharing-rules.md rule 11, and the part of
 * contracts.md section 4 on raises.
 */
#include "tests/sightings/told_windows.h"

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

/* A row of a log: @times in @seconds. */
static void add_row(struct bench *b, int64_t ns, uint32_t times,
		    int64_t seconds)
{
	struct nrs_witness *witness = NULL;
	struct nrs_window_place place = {.outcome = NRS_OUTCOME_UNKNOWN};

	(void)made_usual(&b->made, "10.0.0.1", ns);
	b->made.record.hit.times = times;
	b->made.record.hit.txn_end_ns = ns + seconds * SECOND;
	assert_int_equal(nrs_witness_new(&witness, made_sighted(&b->made)),
			 NRS_OK);
	assert_int_equal(nrs_windows_add(b->windows, witness, &place), NRS_OK);
	nrs_witness_free(witness);
}

static void what_a_log_counted_is_counted(void **st)
{
	struct bench *b = *st;

	add_row(b, MADE_NS, 7, 2000);
	add_row(b, MADE_NS + 1, 5, 3000);
	add_row(b, MADE_NS + 2, 3, 100);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[0].count, 7);
	assert_int_equal(b->told[0].last_ns, MADE_NS + 2000 * SECOND);
	assert_int_equal(b->told[1].count, 8);
	assert_int_equal(b->told[1].first_ns, MADE_NS + 1);
	assert_int_equal(b->told[1].last_ns, MADE_NS + 1 + 3000 * SECOND);
}

/* Or another sighting would get the id of the one before. */
static void what_was_found_in_old_logs_is_remembered_a_day(void **st)
{
	const int64_t now_ns = MADE_NS + 40 * 24 * HOUR;
	struct bench *b = *st;
	struct nrs_windows_figures figures;

	add_row(b, MADE_NS, 1, 0);
	step(b, now_ns);
	step(b, now_ns + SECOND); /* its window is long over */
	add_row(b, MADE_NS + 1, 1, 0);
	step(b, now_ns + 2 * SECOND);
	step(b, now_ns + 3 * SECOND);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[0].part, 0);
	assert_int_equal(b->told[1].part, 1);
	step(b, now_ns + 24 * HOUR + SECOND);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 1);
	step(b, now_ns + 24 * HOUR + 3 * SECOND);
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 0);
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

	add_by(b, NRS_HOW_PATTERN, MADE_NS);
	add_by(b, NRS_HOW_EXACT, MADE_NS + 1);
	add_by(b, NRS_HOW_SUBDOMAIN, MADE_NS + 2);
	add_by(b, NRS_HOW_EXACT, MADE_NS + 3);
	step(b, MADE_NS + SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].how, NRS_HOW_PATTERN);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].count, 3);
	assert_int_equal(b->told[1].how, NRS_HOW_SUBDOMAIN);
	/* the next one begins anew */
	add_by(b, NRS_HOW_PATTERN, MADE_NS + 6 * MINUTE);
	step(b, MADE_NS + HOUR);
	assert_int_equal(b->count, 3);
	assert_int_equal(b->told[2].how, NRS_HOW_PATTERN);
}

/* 40 hits over 13 minutes, stepped every @every_ns. */
static void run_of_hits(struct bench *b, int64_t every_ns)
{
	int64_t stepped_ns = MADE_NS;

	b->count = 0;
	open_windows(b, 0);
	for (unsigned int i = 0; i < 40; i++) {
		const int64_t ns = MADE_NS + (int64_t)i * 20 * SECOND;
		struct nrs_witness *witness = NULL;
		struct nrs_window_place place = {.outcome =
							 NRS_OUTCOME_ANSWERED};

		for (; stepped_ns <= ns; stepped_ns += every_ns)
			step(b, stepped_ns);
		assert_int_equal(
			nrs_witness_new(&witness,
					made_usual(&b->made, "10.0.0.1", ns)),
			NRS_OK);
		assert_int_equal(nrs_windows_add(b->windows, witness, &place),
				 NRS_OK);
		nrs_witness_free(witness);
	}
	step(b, MADE_NS + 30 * HOUR);
	nrs_windows_free(b->windows);
	b->windows = NULL;
}

static void what_is_told_does_not_depend_on_when_it_is_stepped(void **st)
{
	static const int64_t every[] = {SECOND, 7 * SECOND, MINUTE, HOUR};
	struct bench *b = *st;
	struct told first[8];
	unsigned int count = 0;

	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	for (size_t i = 0; i < sizeof(every) / sizeof(*every); i++) {
		run_of_hits(b, every[i]);
		if (i == 0) {
			count = b->count;
			assert_in_range(count, 3, 8);
			memcpy(first, b->told, count * sizeof(*first));
			assert_int_equal(first[0].count, 1);
		}
		assert_int_equal(b->count, count);
		for (unsigned int k = 0; k < count; k++)
			assert_true(first[k].part == b->told[k].part &&
				    first[k].stage == b->told[k].stage &&
				    first[k].number == b->told[k].number &&
				    first[k].count == b->told[k].count &&
				    first[k].first_ns == b->told[k].first_ns &&
				    first[k].last_ns == b->told[k].last_ns);
	}
}

static void a_higher_class_opens_a_new_sighting(void **st)
{
	const struct nrs_class_rule rule = {.grade = NRS_CLASS_URGENT};
	const struct nrs_judge judge = {.rules = &rule, .rule_count = 1};
	struct bench *b = *st;

	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	nrs_windows_judge(b->windows, &judge);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 1);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[0].grade, NRS_CLASS_REPORT);
	assert_int_equal(b->told[1].grade, NRS_CLASS_URGENT);
	assert_int_equal(b->told[1].count, 1);
}

static void a_full_table_keeps_what_is_urgent(void **st)
{
	struct nrs_class_rule rule = {.grade = NRS_CLASS_URGENT};
	const struct nrs_judge judge = {.rules = &rule, .rule_count = 1};
	struct bench *b = *st;
	char own[NRS_ADDR_LEN];

	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	open_windows(b, 8);
	nrs_windows_judge(b->windows, &judge);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	rule.grade = NRS_CLASS_REPORT;
	for (unsigned int i = 0; i < 100; i++) {
		snprintf(own, sizeof(own), "10.1.0.%u", i + 1);
		add(b, own, NRS_OUTCOME_ESTABLISHED, MADE_NS + 1 + i);
	}
	b->count = 0;
	rule.grade = NRS_CLASS_URGENT;
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + SECOND);
	assert_int_equal(b->count, 0); /* its key is still there */
	step(b, MADE_NS + 5 * MINUTE);
	unsigned int urgent = 0;
	for (unsigned int i = 0; i < b->count; i++)
		urgent += b->told[i].grade == NRS_CLASS_URGENT &&
			  b->told[i].part == 1;
	assert_int_equal(urgent, 1);
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
	assert_int_equal(b->told[0].count, 1);
	assert_int_equal(b->told[0].part, 0);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->told[1].count, 1);
	assert_int_equal(b->told[1].part, 1);
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

static void bytes_that_are_no_witness_are_refused(void **st)
{
	struct bench *b = *st;
	struct nrs_witness *witness = NULL, *back = NULL;
	struct nrs_judgement judged;
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
		if (nrs_witness_read(&back, nrs_span(copy, whole.len)) !=
		    NRS_OK)
			continue;
		/* and what is read can be used */
		(void)nrs_witness_same(back, witness);
		(void)nrs_witness_hash(back);
		nrs_judge_witness(NULL, back, NRS_OUTCOME_ANSWERED, &judged);
		nrs_witness_free(back);
	}
	nrs_witness_free(witness);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_log_counted_is_counted,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_found_in_old_logs_is_remembered_a_day, setup,
			teardown),
		NRS_T(the_first_is_told_soon_the_rest_when_the_window_closes),
		NRS_T(the_weakest_match_of_a_window_is_told),
		NRS_T(what_is_told_does_not_depend_on_when_it_is_stepped),
		NRS_T(a_higher_class_opens_a_new_sighting),
		NRS_T(a_full_table_keeps_what_is_urgent),
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
		NRS_T(bytes_that_are_no_witness_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
