/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_handling: what is of an exercise, by its label or by who loads it, and
 * that nothing else is.
 */
#include "engine/handling.h"

#include "tests/nrs_test.h"

static void an_exercise_is_told_by_its_label(void **state)
{
	static const struct {
		const char *labels, *want;
	} rows[] = {
		{"", ""},
		{"exercise", "exercise"},
		{"tlp:green\nExercise:Locked-1\nx", "Locked-1"},
		{"exercises", ""},
		{"exercise:", ""},
		{"no exercise", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_background background = {
			.labels = nrs_span_of(rows[i].labels)};
		const struct nrs_indicator_context context = {
			.background = &background};
		const struct nrs_indicator item = {.context = &context};

		if (!nrs_span_is(nrs_exercise_of(&item), rows[i].want))
			fail_msg("%s", rows[i].labels);
	}
}

static void add(struct nrs_set *set, const char *id, const char *labels)
{
	const struct nrs_background background = {.labels =
							  nrs_span_of(labels)};
	const struct nrs_indicator_context said = {
		.name = nrs_span_of("a name"), .background = &background};
	const struct nrs_indicator item = {
		.id = nrs_span_of(id),
		.pattern = nrs_span_of("[domain-name:value = 'c2.example']"),
		.context = labels == NULL ? NULL : nrs_set_context(set, &said),
		.confidence = -1};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

static void what_is_loaded_for_an_exercise_is_of_it(void **state)
{
	static const char *const want[] = {"", "Spring-26", "Spring-26",
					   "Autumn-25", "exercise"};
	struct nrs_set *set = NULL;
	uint32_t source;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("a.json"),
					nrs_span_of("a.json"), &source),
			 NRS_OK);
	add(set, "indicator--0", "tlp:green");
	const uint32_t first = nrs_set_count(set);
	add(set, "indicator--1", "tlp:green");
	add(set, "indicator--2", NULL);
	add(set, "indicator--3", "exercise:Autumn-25");
	add(set, "indicator--4", "Exercise");
	assert_int_equal(nrs_exercise_mark(set, first, nrs_span_of("")),
			 NRS_OK);
	assert_int_equal(nrs_exercise_of(nrs_set_at(set, 1)).len, 0);
	assert_int_equal(
		nrs_exercise_mark(set, first, nrs_span_of("Spring-26")),
		NRS_OK);
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const struct nrs_span got = nrs_exercise_of(nrs_set_at(set, i));

		if (!nrs_span_is(got, want[i]) &&
		    !nrs_span_is_icase(got, want[i]))
			fail_msg("indicator %u", i);
	}
	const struct nrs_indicator *one = nrs_set_at(set, 1);
	assert_true(nrs_span_is(one->context->name, "a name"));
	assert_true(
		nrs_items_hold(one->context->background->labels, "tlp:green"));
	nrs_set_free(set);
}

static void what_may_not_be_read_has_an_id_that_tells_nothing(void **state)
{
	struct nrs_text shown = {0};
	struct nrs_set *set = NULL;
	uint32_t source;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("a.json"),
					nrs_span_of("a.json"), &source),
			 NRS_OK);
	add(set, "indicator--0", "tlp:green");
	add(set, "indicator--1", "tlp:green\nDisplay:No");
	add(set, "indicator--2", NULL);
	add(set, "", NULL); /* a list's value: its id could be guessed */
	assert_int_equal(nrs_hidden_mark(set, 2), NRS_OK);
	assert_int_equal(nrs_set_judge(set, 1, NRS_STATUS_REJECTED,
				       "no such 'c2.example'"),
			 NRS_OK);
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		assert_int_equal(nrs_is_hidden(nrs_set_at(set, i)), i > 0);
		nrs_shown_id(set, i, &shown);
		nrs_text_putc(&shown, ' ');
	}
	/* sha256sum of indicator--1 and of indicator--2 */
	assert_true(nrs_span_is(nrs_text_span(&shown),
				"indicator--0 hidden--6b8e470672db2c01 "
				"hidden--70dc89caf49c2bc7 "
				"hidden--entry-0 "));
	nrs_text_clear(&shown);
	nrs_shown_pattern(set, 2, &shown);
	assert_int_equal(shown.len, 0);
	nrs_shown_pattern(set, 0, &shown);
	assert_true(nrs_span_find_text(nrs_text_span(&shown), "c2.example") !=
		    SIZE_MAX);
	assert_string_equal(nrs_shown_reason(set, 1), "");
	nrs_text_fini(&shown);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exercise_is_told_by_its_label),
		cmocka_unit_test(what_is_loaded_for_an_exercise_is_of_it),
		cmocka_unit_test(
			what_may_not_be_read_has_an_id_that_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
