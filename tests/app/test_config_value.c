/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_value: one value by its row: what is taken, with which result,
 * and what is a problem.
 */
#include "app/config_inside.h"

#include "tests/nrs_test.h"

struct bench {
	struct nrs_config_input input;
	struct nrs_text problems;
	struct nrs_reader reader;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	b->input.name = "n.yaml";
	b->reader.input = &b->input;
	b->reader.problems = &b->problems;
	b->reader.arena = nrs_arena_new(0);
	return b->reader.arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_arena_free(b->reader.arena);
	nrs_text_fini(&b->problems);
	free(b);
	return 0;
}

/* Reads @text by @row into @at; the number of problems. */
static unsigned int read_value(struct bench *b,
			       const struct nrs_config_row *row,
			       const char *text, void *at)
{
	const struct nrs_yaml node = {.kind = NRS_YAML_SCALAR,
				      .line = 7,
				      .text = nrs_span_of(text),
				      .is_plain = true};

	b->reader.problem_count = 0;
	nrs_text_clear(&b->problems);
	nrs_reader_value(&b->reader, row, &node, "some.key", at);
	return b->reader.problem_count;
}

static void times_have_units(void **state)
{
	static const struct {
		const char *text;
		bool is_good;
		uint64_t seconds;
	} rows[] = {
		{"90", true, 90},
		{"90s", true, 90},
		{"5m", true, 300},
		{"1h", true, 3600},
		{"7d", true, 604800},
		{"0", true, 0},
		{"90x", false, 0},
		{"90S", false, 0},
		{"s", false, 0},
		{"-5m", false, 0},
		{"5 m", false, 0},
		{"1h30m", false, 0},
		{"31d", false, 0}, /* above the row's limit */
		{"999999999999999999d", false, 0},
	};
	static const struct nrs_config_row row = {
		.key = "key", .type = NRS_CONFIG_SECONDS, .max = 2592000};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t value = 1;
		const unsigned int problems =
			read_value(b, &row, rows[i].text, &value);

		if ((problems == 0) != rows[i].is_good ||
		    (rows[i].is_good && value != rows[i].seconds))
			fail_msg("%s: %u problems, %llu", rows[i].text,
				 problems, (unsigned long long)value);
	}
}

static void numbers_have_limits_and_truth_has_words(void **state)
{
	static const struct nrs_config_row number = {
		.key = "key", .type = NRS_CONFIG_NUMBER, .min = 2, .max = 64};
	static const struct nrs_config_row truth = {.key = "key",
						    .type = NRS_CONFIG_BOOL};
	static const char *const bad_numbers[] = {"1",	 "65", "x",
						  "2.5", "-3", "0x10"};
	static const struct {
		const char *text;
		bool is_true;
	} words[] = {{"yes", true}, {"True", true},   {"on", true},
		     {"no", false}, {"FALSE", false}, {"off", false}};
	struct bench *b = *state;
	uint64_t value = 0;
	bool is_true;

	assert_int_equal(read_value(b, &number, "2", &value), 0);
	assert_int_equal(value, 2);
	assert_int_equal(read_value(b, &number, "64", &value), 0);
	for (size_t i = 0; i < sizeof(bad_numbers) / sizeof(*bad_numbers); i++)
		assert_int_equal(read_value(b, &number, bad_numbers[i], &value),
				 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		is_true = !words[i].is_true;
		assert_int_equal(read_value(b, &truth, words[i].text, &is_true),
				 0);
		assert_int_equal(is_true, words[i].is_true);
	}
	assert_int_equal(read_value(b, &truth, "1", &is_true), 1);
}

static void a_problem_has_its_place(void **state)
{
	static const struct nrs_config_row row = {
		.key = "key", .type = NRS_CONFIG_NUMBER, .max = 9};
	struct bench *b = *state;
	uint64_t value;

	assert_int_equal(read_value(b, &row, "10", &value), 1);
	assert_true(nrs_span_starts(nrs_text_span(&b->problems),
				    "n.yaml:7: some.key: 10 is not from 0 to "
				    "9"));
	assert_int_equal(read_value(b, &row, "", &value), 1);
	assert_int_equal(read_value(b, &row, "~", &value), 1);
	assert_int_equal(read_value(b, &row, "null", &value), 1);
}

static void texts_are_short_and_printable(void **state)
{
	static const struct nrs_config_row row = {
		.key = "key", .type = NRS_CONFIG_TEXT, .min = 2, .max = 5};
	struct bench *b = *state;
	const char *value = NULL;

	assert_int_equal(read_value(b, &row, "abcde", &value), 0);
	assert_string_equal(value, "abcde");
	assert_int_equal(read_value(b, &row, "b\xc3\xbc", &value), 0);
	assert_int_equal(read_value(b, &row, "a", &value), 1);
	assert_int_equal(read_value(b, &row, "abcdef", &value), 1);
	assert_int_equal(read_value(b, &row, "a\x1b", &value), 1);
	assert_int_equal(read_value(b, &row, "a\xff", &value), 1);
}

static void choices_are_words_of_the_row(void **state)
{
	static const struct nrs_config_row one = {.key = "key",
						  .type = NRS_CONFIG_CHOICE,
						  .min = 1,
						  .choices = "none|a|b"};
	static const struct nrs_config_row many = {
		.key = "key", .type = NRS_CONFIG_CHOICES, .choices = "x|y|z"};
	struct bench *b = *state;
	unsigned int value = 9;

	assert_int_equal(nrs_choice_index("a|bc|d", nrs_span_of("bc")), 1);
	assert_int_equal(nrs_choice_index("a|bc|d", nrs_span_of("b")), -1);
	assert_int_equal(nrs_choice_index("a|bc|d", nrs_span_of("")), -1);
	assert_int_equal(read_value(b, &one, "b", &value), 0);
	assert_int_equal(value, 2);
	assert_int_equal(read_value(b, &one, "c", &value), 1);
	/* below the first that may be chosen; it is not offered either */
	assert_int_equal(read_value(b, &one, "none", &value), 1);
	assert_int_equal(
		nrs_span_find_text(nrs_text_span(&b->problems), "none, a"),
		SIZE_MAX);
	assert_int_equal(read_value(b, &many, "z, x", &value), 0);
	assert_int_equal(value, 5);
	assert_int_equal(read_value(b, &many, "x,x", &value), 1);
	assert_int_equal(read_value(b, &many, "x,w", &value), 1);
}

static void lists_may_be_written_with_commas(void **state)
{
	static const struct nrs_config_row nets = {.key = "key",
						   .type = NRS_CONFIG_NETS};
	static const struct nrs_config_row texts = {
		.key = "key", .type = NRS_CONFIG_TEXTS, .max = 2};
	static const struct nrs_config_row names = {
		.key = "key", .type = NRS_CONFIG_NAMES, .max = 8};
	struct bench *b = *state;
	struct nrs_home_nets value = {0};
	struct nrs_config_texts list = {0};
	const char *joined = NULL;

	assert_int_equal(
		read_value(b, &nets, "192.0.2.0/24, 2001:db8::/32", &value), 0);
	assert_int_equal(value.count, 2);
	assert_int_equal(
		read_value(b, &nets, "192.0.2.0/24,192.0.2.0/24", &value), 1);
	assert_int_equal(read_value(b, &nets, "192.0.2.0/33", &value), 1);
	assert_int_equal(read_value(b, &texts, "energy, water", &list), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[1], "water");
	assert_int_equal(read_value(b, &texts, "a,b,c", &list), 1);
	assert_int_equal(read_value(b, &names, " a , b", &joined), 0);
	assert_string_equal(joined, "a,b");
	assert_int_equal(read_value(b, &names, "abcd,efgh", &joined), 1);
	assert_int_equal(read_value(b, &names, "a,,b", &joined), 1);
}

static void only_lists_may_be_lists(void **state)
{
	static const struct nrs_config_row row = {
		.key = "key", .type = NRS_CONFIG_NUMBER, .max = 9};
	const struct nrs_yaml list = {.kind = NRS_YAML_LIST, .line = 3};
	const struct nrs_yaml map = {.kind = NRS_YAML_MAP, .line = 3};
	struct bench *b = *state;
	uint64_t value = 5;

	nrs_reader_value(&b->reader, &row, &list, "k", (uint8_t *)&value);
	nrs_reader_value(&b->reader, &row, &map, "k", (uint8_t *)&value);
	assert_int_equal(b->reader.problem_count, 2);
	assert_int_equal(value, 5); /* untouched */
}

static void a_fallback_is_written_as_it_would_be_by_hand(void **state)
{
	static const struct nrs_config_row row = {.key = "key",
						  .type = NRS_CONFIG_SECONDS,
						  .max = 86400,
						  .fallback = "5m"};
	static const struct nrs_config_row none = {
		.key = "key", .type = NRS_CONFIG_NUMBER, .max = 9};
	struct bench *b = *state;
	uint64_t value = 1;

	nrs_reader_fallback(&b->reader, &row, (uint8_t *)&value);
	assert_int_equal(value, 300);
	nrs_reader_fallback(&b->reader, &none, (uint8_t *)&value);
	assert_int_equal(value, 300);
	assert_int_equal(b->reader.problem_count, 0);
}

static void empty_is_nothing_or_null_without_quotes(void **state)
{
	struct nrs_yaml node = {.kind = NRS_YAML_SCALAR, .is_plain = true};

	(void)state;
	assert_true(nrs_yaml_is_empty(&node));
	node.text = nrs_span_of("null");
	assert_true(nrs_yaml_is_empty(&node));
	node.is_plain = false; /* "null" is a text */
	assert_false(nrs_yaml_is_empty(&node));
	node = (struct nrs_yaml){.kind = NRS_YAML_MAP};
	assert_false(nrs_yaml_is_empty(&node));
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(times_have_units),
		NRS_T(numbers_have_limits_and_truth_has_words),
		NRS_T(a_problem_has_its_place),
		NRS_T(texts_are_short_and_printable),
		NRS_T(choices_are_words_of_the_row),
		NRS_T(lists_may_be_written_with_commas),
		NRS_T(only_lists_may_be_lists),
		NRS_T(a_fallback_is_written_as_it_would_be_by_hand),
		NRS_T(empty_is_nothing_or_null_without_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
