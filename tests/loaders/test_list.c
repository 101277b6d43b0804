/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list: whole lists, in any pieces.
 */
#include "tests/nrs_test.h"

#include "loaders/list.h"

/* @text as a list, @step bytes at a time. */
static struct nrs_set *load(const char *text, size_t len, size_t step,
			    const struct nrs_loader_options *options,
			    struct nrs_loader_result *result)
{
	struct nrs_set *set = NULL;
	struct nrs_list *list = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_set_source(set, nrs_span_of("l"), nrs_span_of("l"), &source);
	assert_int_equal(nrs_list_new(&list, set, source, options), NRS_OK);
	for (size_t i = 0; i < len; i += step)
		assert_int_equal(
			nrs_list_push(list, nrs_span_part(nrs_span(text, len),
							  i, step)),
			NRS_OK);
	assert_int_equal(nrs_list_end(list, result), NRS_OK);
	nrs_list_free(list);
	return set;
}

static const struct nrs_loader_options plain = {.default_tlp = NRS_TLP_NONE};

static void a_list_reads_the_same_in_any_pieces(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a.example\r\n"
				   "# remark\r\n"
				   "\r\n"
				   "hxxp://b[.]example/x\r\n"
				   "what is this\r\n"
				   "0.0.0.0 c.example localhost d.example\r\n"
				   "A.example.\r\n"
				   "192.0.2.1";
	static const struct {
		const char *value;
		uint32_t place;
	} want[] = {{"a.example", 1},
		    {"http://b.example/x", 4},
		    {"c.example", 6},
		    {"d.example", 6},
		    {"192.0.2.1", 8}};
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		struct nrs_set *set =
			load(text, sizeof(text) - 1, step, &plain, &result);

		assert_int_equal(result.objects, 8);
		assert_int_equal(result.indicators, 5);
		assert_int_equal(result.refused, 1);
		assert_int_equal(nrs_set_count(set), 5);
		for (uint32_t i = 0; i < 5; i++) {
			const struct nrs_indicator *item = nrs_set_at(set, i);

			assert_true(nrs_span_is(item->pattern, want[i].value));
			assert_int_equal(item->place, want[i].place);
			assert_int_equal(item->created_ns, 0);
			assert_int_equal(item->modified_ns, 0);
			assert_int_equal(item->confidence, -1);
		}
		assert_int_equal(nrs_set_refusals(set, &refusals), 1);
		assert_int_equal(refusals->place, 5);
		assert_true(nrs_span_is(refusals->text,
					"what is this: more than one word"));
		nrs_set_free(set);
	}
}

static void options_reach_the_indicators(void **state)
{
	static const char text[] = "a.example\n*.a.example\n||b.example^\n";
	const struct nrs_loader_options options = {.default_tlp = NRS_TLP_GREEN,
						   .subdomains = true};
	struct nrs_loader_result result;
	struct nrs_set *set =
		load(text, sizeof(text) - 1, 64, &options, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 2); /* the second is the first */
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(nrs_set_at(set, i)->shape,
				 NRS_SHAPE_SUBDOMAINS);
		assert_int_equal(nrs_set_at(set, i)->tlp, NRS_TLP_GREEN);
	}
	nrs_set_free(set);
}

static void ranges_become_prefixes_and_reversed_ones_are_refused(void **state)
{
	static const char text[] = "192.0.2.1 - 192.0.2.2\n"
				   "192.0.2.9-192.0.2.1\n";
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_set *set = load(text, sizeof(text) - 1, 64, &plain, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 2);
	assert_true(nrs_span_is(nrs_set_at(set, 0)->pattern, "192.0.2.1"));
	assert_true(nrs_span_is(nrs_set_at(set, 1)->pattern, "192.0.2.2"));
	assert_int_equal(nrs_set_refusals(set, &refusals), 1);
	assert_true(nrs_span_is(refusals->text,
				"192.0.2.9-192.0.2.1: a range that ends "
				"before it begins"));
	nrs_set_free(set);
}

static void a_long_line_and_a_nul_cost_one_line_each(void **state)
{
	char *text = malloc(100000);
	struct nrs_loader_result result;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	len += (size_t)sprintf(text, "a.example\n");
	memset(text + len, 'x', 50000);
	len += 50000;
	len += (size_t)sprintf(text + len, "\n# ");
	memset(text + len, 'y', 30000); /* a long comment is fine */
	len += 30000;
	len += (size_t)sprintf(text + len, "\nb.example\nc.ex_mple\nd.example");
	*strchr(text + len - 20, '_') = '\0';
	for (size_t step = 7; step < 100000; step *= 11) {
		struct nrs_set *set = load(text, len, step, &plain, &result);

		assert_int_equal(result.objects, 6);
		assert_int_equal(result.indicators, 3);
		assert_int_equal(result.refused, 2);
		nrs_set_free(set);
	}
	free(text);
}

static void a_refusal_quotes_whole_characters(void **state)
{
	/* 59 letters, then a character of two octets: cut before it. */
	static const char text[] =
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"\xc3\xbc yyyyyy\n";
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_set *set = load(text, sizeof(text) - 1, 64, &plain, &result);

	(void)state;
	assert_int_equal(nrs_set_refusals(set, &refusals), 1);
	assert_true(nrs_span_is_utf8(refusals->text));
	assert_true(nrs_span_starts(nrs_span_from(refusals->text, 59), "..."));
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_reads_the_same_in_any_pieces),
		cmocka_unit_test(options_reach_the_indicators),
		cmocka_unit_test(
			ranges_become_prefixes_and_reversed_ones_are_refused),
		cmocka_unit_test(a_long_line_and_a_nul_cost_one_line_each),
		cmocka_unit_test(a_refusal_quotes_whole_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
