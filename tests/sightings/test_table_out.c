/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_table_out: text of attackers on a person's terminal; one sighting for
 * each key; a line of hits.jsonl that is JSON.
 */
#include "engine/base/json.h"
#include "sightings/hits_out.h"
#include "sightings/stix_out.h"
#include "sightings/table_out.h"
#include "tests/sightings/one_indicator.h"

static void is_safe(const char *in, unsigned int width, const char *want)
{
	struct nrs_text out = {0};

	nrs_table_safe(&out, nrs_span_of(in), width);
	if (!nrs_span_is(nrs_text_span(&out), want))
		fail_msg("%s: %.*s", in, (int)out.len, (const char *)out.ptr);
	nrs_text_fini(&out);
}

static void a_terminal_gets_no_orders_from_others(void **state)
{
	(void)state;
	is_safe("a\x1b[2Jb", 0, "a?[2Jb");
	is_safe("a\r\n\tb\x7f", 0, "a???b?");
	is_safe("\xc2\x9b"
		"31m",
		0, "?31m"); /* C1 control */
	is_safe("a\xe2\x80\xae"
		"cba",
		0, "a?cba"); /* right to left override */
	is_safe("a\xe2\x80\x8b"
		"b",
		0, "a?b"); /* zero width space */
	is_safe("a\xff"
		"b",
		0, "a?b");
	is_safe("\xe7\x8b\xbc\xe7\x85\x99", 0, "\xe7\x8b\xbc\xe7\x85\x99");
}

static void cuts_count_columns_and_not_octets(void **state)
{
	(void)state;
	is_safe("abcdef", 6, "abcdef");
	is_safe("abcdefg", 6, "abcde~");
	/* each of these is two columns wide */
	is_safe("\xe7\x8b\xbc\xe7\x85\x99\xe7\x81\xab", 6,
		"\xe7\x8b\xbc\xe7\x85\x99\xe7\x81\xab");
	is_safe("\xe7\x8b\xbc\xe7\x85\x99\xe7\x81\xab\xe7\x81\xab", 6,
		"\xe7\x8b\xbc\xe7\x85\x99~");
}

static int setup(void **state)
{
	static const struct nrs_background background = {
		.actions = {(const uint8_t *)"Block c2.example\nAsk\x1b us",
			    24}};
	static const struct nrs_indicator_context context = {
		.name = {(const uint8_t *)"evil\x1b"
					  "name",
			 9},
		.background = &background};
	const struct nrs_indicator item = {
		.id = nrs_span_of("indicator--8e2e2d2b-17d4-4cbf-938f-"
				  "98ee46b3cd3f"),
		.pattern = nrs_span_of("[domain-name:value = 'c2.example']"),
		.context = &context,
		.modified_ns = INT64_C(1767225600000000000),
		.confidence = 85,
		.tlp = NRS_TLP_AMBER};

	(void)state;
	return open_set_of(&item);
}

static struct one_hit make(const char *src, enum nrs_outcome outcome)
{
	struct one_hit h = {
		.hit = {.head = {.ts_ns = INT64_C(1767225601500000000)},
			.flow = {.src_port = 50000,
				 .dst_port = 53,
				 .proto = 17,
				 .outcome = (uint8_t)outcome,
				 .start_ns = INT64_C(1767225601500000000)},
			.txn_number = 1,
			.frame = 3}};

	one_hit_asks(&h);
	assert_int_equal(nrs_addr_parse(nrs_span_of(src), &h.hit.flow.src),
			 NRS_OK);
	assert_int_equal(
		nrs_addr_parse(nrs_span_of("192.0.2.53"), &h.hit.flow.dst),
		NRS_OK);
	return h;
}

static void add(struct nrs_aggregate *aggregate, const char *src,
		enum nrs_outcome outcome)
{
	const struct one_hit h = make(src, outcome);
	struct nrs_sighted sighted;

	nrs_sighted_read(&sighted, &h.hit, set, &home);
	assert_int_equal(nrs_aggregate_add(aggregate, &sighted), NRS_OK);
}

static void one_sighting_for_each_key(void **state)
{
	struct nrs_aggregate *aggregate = NULL;
	const struct nrs_sighting *list;

	(void)state;
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	add(aggregate, "10.0.0.2", NRS_OUTCOME_ANSWERED); /* another host */
	add(aggregate, "10.0.0.1", NRS_OUTCOME_BLOCKED);  /* another outcome */
	assert_int_equal(nrs_aggregate_list(aggregate, &list), 3);
	assert_int_equal(list[0].count, 2);
	assert_int_equal(list[1].count, 1);
	assert_int_equal(list[2].outcome, NRS_OUTCOME_BLOCKED);
	nrs_aggregate_free(aggregate);
}

static struct nrs_table_options shown;

static int open_shown(void **state)
{
	const int err = setup(state);

	shown = (struct nrs_table_options){.set = set, .home = &home};
	return err;
}

static void the_table_is_defanged_and_clean(void **state)
{
	struct nrs_aggregate *aggregate = NULL;
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	nrs_table(&out, aggregate, &shown);
	const struct nrs_span text = nrs_text_span(&out);
	assert_int_not_equal(nrs_span_find_text(text, "c2[.]example"),
			     SIZE_MAX);
	assert_int_equal(nrs_span_find_text(text, "c2.example"), SIZE_MAX);
	assert_int_not_equal(nrs_span_find_text(text, "evil?name"), SIZE_MAX);
	assert_int_equal(nrs_span_find(text, 0x1b, 0), SIZE_MAX);
	assert_int_not_equal(nrs_span_find_text(text, "192[.]0[.]2[.]53"),
			     SIZE_MAX);
	/* our own host is no threat */
	assert_int_not_equal(nrs_span_find_text(text, "10.0.0.1"), SIZE_MAX);
	nrs_text_fini(&out);
	nrs_aggregate_free(aggregate);
}

static void a_narrow_terminal_loses_what_is_missed_least(void **state)
{
	static const unsigned int widths[] = {60, 80, 100, 132, 500};
	struct nrs_aggregate *aggregate = NULL;

	(void)state;
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		struct nrs_text out = {0};
		struct nrs_span rest, line;

		shown.width = widths[i];
		nrs_table(&out, aggregate, &shown);
		nrs_text_putc(&out, '\0');
		const char *text = (const char *)out.ptr;
		rest = nrs_span_of(text);
		while (nrs_span_split(&rest, '\n', &line) &&
		       nrs_span_find_text(line, "WHAT TO DO") == SIZE_MAX) {
			if (line.len > widths[i])
				fail_msg("%u: %.*s", widths[i], (int)line.len,
					 (const char *)line.ptr);
		}
		if (strstr(text, "10.0.0.1") == NULL ||
		    strstr(text, "192[.]0[.]2[.]53") == NULL)
			fail_msg("%u: an end is missing: %s", widths[i], text);
		if ((strstr(text, "not all of it fits") == NULL) !=
		    (widths[i] == 500))
			fail_msg("%u: %s", widths[i], text);
		nrs_text_fini(&out);
	}
	shown.width = 0;
	nrs_aggregate_free(aggregate);
}

static void above_the_terminals_ceiling_only_an_opaque_id_is_shown(void **state)
{
	struct nrs_aggregate *aggregate = NULL;
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	shown.max_tlp = NRS_TLP_GREEN;
	nrs_table(&out, aggregate, &shown);
	shown.max_tlp = NRS_TLP_NONE;
	nrs_text_putc(&out, '\0');
	const char *text = (const char *)out.ptr;
	assert_non_null(strstr(text, "hidden--"));
	assert_non_null(strstr(text, "10.0.0.1"));
	assert_non_null(strstr(text, "2026-01-01 00:00:01"));
	assert_non_null(strstr(text, "1 sightings are above the ceiling "
				     "green"));
	assert_null(strstr(text, "c2["));
	assert_null(strstr(text, "evil"));
	assert_null(strstr(text, "192[.]0"));
	assert_null(strstr(text, "WHAT TO DO"));
	nrs_text_fini(&out);
	nrs_aggregate_free(aggregate);
}

static void what_to_do_is_told_once_for_each_indicator(void **state)
{
	struct nrs_aggregate *aggregate = NULL;
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	add(aggregate, "10.0.0.2", NRS_OUTCOME_ANSWERED);
	nrs_table(&out, aggregate, &shown);
	nrs_text_putc(&out, '\0');
	const char *told = strstr((const char *)out.ptr, "WHAT TO DO");
	assert_non_null(told);
	assert_string_equal(told, "WHAT TO DO  evil?name: Block c2[.]example; "
				  "Ask? us\n");
	nrs_text_fini(&out);
	nrs_aggregate_free(aggregate);
}

static void a_line_of_hits_is_json_with_raw_values(void **state)
{
	const struct one_hit h = make("10.0.0.1", NRS_OUTCOME_ANSWERED);
	static const char *const captures[] = {"case.pcap"};
	const struct nrs_hits_run run = {.set_digest = nrs_span_of("sha256:0"),
					 .captures = captures};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	struct nrs_sighted sighted;
	struct nrs_text line = {0};

	(void)state;
	assert_non_null(arena);
	nrs_sighted_read(&sighted, &h.hit, set, &home);
	nrs_hits_line(&line, &sighted, &run);
	assert_int_equal(line.ptr[line.len - 1], '\n');
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&line), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "value"), "c2.example"));
	assert_true(nrs_span_is(nrs_json_text(tree, "time"),
				"2026-01-01T00:00:01.500000Z"));
	assert_true(nrs_span_is(nrs_json_text(tree, "direction"), "out"));
	assert_true(nrs_span_is(nrs_json_text(tree, "outcome"), "answered"));
	assert_true(nrs_span_is(nrs_json_text(tree, "tlp"), "amber"));
	assert_true(nrs_span_is(nrs_json_text(tree, "mode"), "replay"));
	assert_true(nrs_span_is(nrs_json_text(nrs_json_get(tree, "own"), "ip"),
				"10.0.0.1"));
	assert_true(nrs_span_is(
		nrs_json_text(nrs_json_get(tree, "own"), "role"), "client"));
	nrs_text_fini(&line);
	nrs_arena_free(arena);
}

static void the_bundle_says_that_it_stays_at_home(void **state)
{
	struct nrs_aggregate *aggregate = NULL;
	struct nrs_arena *arena = nrs_arena_new(0);
	const struct nrs_stix_run run = {
		.set = set, .home = &home, .key = nrs_span_of("key")};
	const struct nrs_stix_run other = {
		.set = set, .home = &home, .key = nrs_span_of("another")};
	struct nrs_text one = {0}, same = {0}, changed = {0};
	struct nrs_json *tree = NULL;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(nrs_aggregate_new(&aggregate), NRS_OK);
	add(aggregate, "10.0.0.1", NRS_OUTCOME_ANSWERED);
	assert_int_equal(nrs_stix_bundle(&one, aggregate, &run), NRS_OK);
	assert_int_equal(nrs_stix_bundle(&same, aggregate, &run), NRS_OK);
	assert_int_equal(nrs_stix_bundle(&changed, aggregate, &other), NRS_OK);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&one), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "type"), "bundle"));
	assert_int_not_equal(
		nrs_span_find_text(nrs_text_span(&one), "not cleared to leave"),
		SIZE_MAX);
	assert_true(nrs_span_equal(nrs_text_span(&one), nrs_text_span(&same)));
	/* ids hang on the key: from outside nobody can guess them (rule 15) */
	assert_false(
		nrs_span_equal(nrs_text_span(&one), nrs_text_span(&changed)));
	nrs_text_fini(&one);
	nrs_text_fini(&same);
	nrs_text_fini(&changed);
	nrs_arena_free(arena);
	nrs_aggregate_free(aggregate);
}

static void json_is_the_same_json_and_harmless(void **state)
{
	static const char *const rows[][2] = {
		{"{\"a\":\"x\"}", "{\"a\":\"x\"}"},
		{"\"gpj.\xe2\x80\xae"
		 "exe\"",
		 "\"gpj.\\u202eexe\""},
		{"\"\xc2\x9b"
		 "2J\x7f\"",
		 "\"\\u009b2J\\u007f\""},
		{"\"\xf3\xa0\x80\xa0\"", "\"\\udb40\\udc20\""}, /* U+E0020 */
		{"\"\xe7\x8b\xbc\"", "\"\xe7\x8b\xbc\""},
		{"\"a\xff\"", "\"a\\ufffd\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_text out = {0};

		nrs_table_json(&out, nrs_span_of(rows[i][0]));
		if (!nrs_span_is(nrs_text_span(&out), rows[i][1]))
			fail_msg("case %zu is %.*s", i, (int)out.len,
				 (const char *)out.ptr);
		nrs_text_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_the_same_json_and_harmless),
		cmocka_unit_test(a_terminal_gets_no_orders_from_others),
		cmocka_unit_test(cuts_count_columns_and_not_octets),
		cmocka_unit_test(one_sighting_for_each_key),
		cmocka_unit_test(the_table_is_defanged_and_clean),
		cmocka_unit_test(a_narrow_terminal_loses_what_is_missed_least),
		cmocka_unit_test(
			above_the_terminals_ceiling_only_an_opaque_id_is_shown),
		cmocka_unit_test(what_to_do_is_told_once_for_each_indicator),
		cmocka_unit_test(a_line_of_hits_is_json_with_raw_values),
		cmocka_unit_test(the_bundle_says_that_it_stays_at_home),
	};

	return cmocka_run_group_tests(tests, open_shown, close_set);
}
