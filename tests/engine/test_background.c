/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_background: what repeats is kept once, and JSON says what was said.
 */
#include "tests/nrs_test.h"

#include "engine/indicator_json.h"
#include "engine/set.h"

static int setup(void **state)
{
	struct nrs_set *set = NULL;
	const int err = nrs_set_new(&set);

	*state = set;
	return err;
}

static int teardown(void **state)
{
	nrs_set_free(*state);
	return 0;
}

static const struct nrs_indicator_context *
say(struct nrs_set *set, const char *name, const struct nrs_background *said)
{
	const struct nrs_indicator_context context = {.name = nrs_span_of(name),
						      .background = said};

	return nrs_set_context(set, &context);
}

static void equal_rows_are_kept_once_whoever_says_them(void **state)
{
	char labels[] = "a\nb", other[] = "a\nb";
	const struct nrs_background one = {.labels = nrs_span_of(labels)};
	const struct nrs_background two = {.labels = nrs_span_of(other)};
	const struct nrs_background three = {.types = nrs_span_of(labels)};
	const struct nrs_indicator_context *a = say(*state, "", &one);
	const struct nrs_indicator_context *b = say(*state, "", &two);
	const struct nrs_indicator_context *c = say(*state, "n", &two);
	const struct nrs_indicator_context *d = say(*state, "", &three);

	memset(labels, 'x', 3); /* it was copied */
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_ptr_equal(a->background, c->background);
	assert_ptr_not_equal(a->background, d->background);
	assert_ptr_equal(a->background->labels.ptr, d->background->types.ptr);
	assert_true(nrs_span_is(a->background->labels, "a\nb"));
	assert_true(nrs_span_is(c->name, "n"));
	assert_int_equal(a->name.len, 0);
}

static void ten_thousand_rows_stay_apart(void **state)
{
	const struct nrs_background *kept[10000];
	char text[16];

	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 10000; i++) {
			struct nrs_background said = {0};

			(void)snprintf(text, sizeof(text), "r%u", i);
			said.report_id = nrs_span_of(text);
			const struct nrs_background *row =
				say(*state, "", &said)->background;
			assert_true(nrs_span_is(row->report_id, text));
			if (round == 0)
				kept[i] = row;
			else
				assert_ptr_equal(kept[i], row);
		}
	}
}

static void an_item_never_becomes_two(void **state)
{
	struct nrs_text list = {0};

	(void)state;
	nrs_items_add(&list, nrs_span_of(" one\ntwo "));
	nrs_items_add(&list, nrs_span_of(""));
	nrs_items_add(&list, nrs_span_of("Three"));
	assert_true(nrs_span_is(nrs_text_span(&list), "one two\nThree"));
	assert_true(nrs_items_hold(nrs_text_span(&list), "three"));
	assert_false(nrs_items_hold(nrs_text_span(&list), "one"));
	nrs_text_fini(&list);
}

static void json_says_what_was_said_and_nothing_else(void **state)
{
	const struct nrs_background said = {
		.markings = nrs_span_of("m1\nm2"),
		.granular = nrs_span_of("name red marking-definition--1"),
		.labels = nrs_span_of("a\nb"),
		.report_id = nrs_span_of("report--1"),
		.report_name = nrs_span_of("second"),
		.more_reports = nrs_span_of("grouping--1 the first one"),
		.urgency = nrs_span_of("high")};
	const struct nrs_indicator item = {.valid_from_ns = 0,
					   .valid_until_ns = NRS_TIME_MAX,
					   .context = say(*state, "N", &said)};
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};

	nrs_jsonw_open(&w, '{');
	nrs_indicator_json_times(&w, &item);
	nrs_indicator_json_markings(&w, &item);
	nrs_indicator_json_context(&w, &item);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(&out, '\0');
	assert_string_equal(
		(const char *)out.ptr,
		"{\"valid_from\":\"1970-01-01T00:00:00.000000Z\","
		"\"markings\":[\"m1\",\"m2\"],\"context\":{\"name\":\"N\","
		"\"reports\":[{\"id\":\"report--1\",\"name\":\"second\"},"
		"{\"id\":\"grouping--1\",\"name\":\"the first one\"}],"
		"\"granular_markings\":[{\"selector\":\"name\",\"tlp\":\"red\","
		"\"marking\":\"marking-definition--1\"}],"
		"\"labels\":[\"a\",\"b\"],\"urgency\":\"high\"}}");
	nrs_text_fini(&out);
}

static void json_of_nothing_said_has_no_context(void **state)
{
	const struct nrs_background marked = {.markings = nrs_span_of("m")};
	const struct nrs_indicator bare = {.valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX};
	const struct nrs_indicator item = {.context = say(*state, "", &marked)};
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};

	nrs_jsonw_open(&w, '{');
	nrs_indicator_json_times(&w, &bare);
	nrs_indicator_json_context(&w, &bare);
	nrs_indicator_json_context(&w, &item);
	nrs_jsonw_close(&w, '}');
	assert_true(nrs_span_is(nrs_text_span(&out), "{}"));
	nrs_text_fini(&out);
}

static void a_long_description_is_cut_before_a_character(void **state)
{
	static const struct nrs_background nothing = {0};
	char text[3000];
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};

	memset(text, 'x', sizeof(text));
	memcpy(text + NRS_JSON_TEXT_MAX - 1, "\xc3\xbc", 2);
	const struct nrs_indicator_context context = {
		.description = nrs_span(text, sizeof(text)),
		.background = &nothing};
	const struct nrs_indicator item = {
		.context = nrs_set_context(*state, &context)};

	nrs_jsonw_open(&w, '{');
	nrs_indicator_json_context(&w, &item);
	nrs_jsonw_close(&w, '}');
	assert_true(nrs_span_ends(nrs_text_span(&out), "xx...\"}}"));
	assert_true(out.len < NRS_JSON_TEXT_MAX + 100);
	nrs_text_fini(&out);
}

#define WITH_SET(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SET(equal_rows_are_kept_once_whoever_says_them),
		WITH_SET(ten_thousand_rows_stay_apart),
		cmocka_unit_test(an_item_never_becomes_two),
		WITH_SET(json_says_what_was_said_and_nothing_else),
		WITH_SET(json_of_nothing_said_has_no_context),
		WITH_SET(a_long_description_is_cut_before_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
