/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pattern: the tree of a pattern, and where a bad one breaks (STIX 2.1
 * section 9; columns count characters from 0). The shared conformance set
 * holds the grammar's verdicts; here stands what it cannot say.
 */
#include "engine/pattern.h"

#include <time.h>

#include "engine/path.h"
#include "tests/base/own_arena.h"

static int parse(struct nrs_pattern *out, const char *text,
		 struct nrs_diag *diag)
{
	return nrs_pattern_parse(out, nrs_span_of(text), NRS_STIX_21, arena,
				 diag);
}

static void and_binds_closer_than_or(void **state)
{
	struct nrs_pattern pattern;

	(void)state;
	assert_int_equal(
		parse(&pattern,
		      "[url:value = 'a' OR url:value = 'b' AND url:value = "
		      "'c']",
		      NULL),
		NRS_OK);
	const struct nrs_node * or = pattern.root->child;
	assert_int_equal(pattern.root->kind, NRS_NODE_OBS);
	assert_int_equal(or->kind, NRS_NODE_CMP_OR);
	assert_int_equal(or->child->kind, NRS_NODE_TEST);
	assert_int_equal(or->child->next->kind, NRS_NODE_CMP_AND);
	assert_int_equal(pattern.observation_count, 1);
}

static void qualifiers_hold_their_numbers(void **state)
{
	struct nrs_pattern pattern;

	(void)state;
	assert_int_equal(
		parse(&pattern,
		      "([url:value = 'a'] FOLLOWEDBY [url:value = 'b']) "
		      "REPEATS 5 TIMES WITHIN 1.5 SECONDS",
		      NULL),
		NRS_OK);
	assert_int_equal(pattern.observation_count, 2);
	const struct nrs_node *within = pattern.root;
	assert_int_equal(within->kind, NRS_NODE_WITHIN);
	assert_int_equal(within->u.within_ns, 1500000000);
	assert_int_equal(within->child->kind, NRS_NODE_REPEATS);
	assert_int_equal(within->child->u.count, 5);
	assert_int_equal(within->child->child->kind, NRS_NODE_FOLLOWEDBY);
}

static void paths_and_literals_are_decoded(void **state)
{
	struct nrs_pattern pattern;
	char text[NRS_PATH_TEXT_MAX];

	(void)state;
	assert_int_equal(
		parse(&pattern,
		      "[network-traffic:extensions.'http-request-ext'."
		      "request_header.'User-Agent'[*] NOT IN ('it\\'s', "
		      "'a\\\\b')]",
		      NULL),
		NRS_OK);
	const struct nrs_test *test = pattern.root->child->u.test;
	assert_int_equal(test->op, NRS_OP_IN);
	assert_true(test->negated);
	assert_int_equal(test->literal_count, 2);
	assert_true(nrs_span_is(test->literals[0].bytes, "it's"));
	assert_true(nrs_span_is(test->literals[1].bytes, "a\\b"));
	nrs_path_text(&test->path, text, sizeof(text));
	assert_string_equal(text, "network-traffic:extensions.http-request-"
				  "ext.request_header.User-Agent[*]");
	assert_int_equal(parse(&pattern,
			       "[a:b = h'00fF' AND a:c = b'Zm9v' AND "
			       "a:d = t'2026-01-01T00:00:00.5Z']",
			       NULL),
			 NRS_OK);
	const struct nrs_node *node = pattern.root->child->child;
	assert_memory_equal(node->u.test->literals[0].bytes.ptr, "\x00\xff", 2);
	assert_true(nrs_span_is(node->next->u.test->literals[0].bytes, "foo"));
	assert_int_equal(node->next->next->u.test->literals[0].integer,
			 INT64_C(1767225600500000000));
}

static void each_break_has_its_column(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t column;
	} rows[] = {
		{"", NRS_E_SYNTAX, 0},
		{"url:value = 'a'", NRS_E_SYNTAX, 0},
		{"[url:value 'a']", NRS_E_SYNTAX, 11},
		{"[url:value = 'a'", NRS_E_SYNTAX, 16},
		{"[url:value = 'a]", NRS_E_SYNTAX, 13},
		{"[url:value = 'a'] x", NRS_E_SYNTAX, 18},
		/* characters, not octets */
		{"[url:value = '\xe6\xbc\xa2' AND]", NRS_E_SYNTAX, 20},
		{"[url:value = 'a'] REPEATS 0 TIMES", NRS_E_RANGE, 26},
		{"[a:b = 99999999999999999999]", NRS_E_RANGE, 7},
		{"[a:b = t'2026-02-30T00:00:00Z']", NRS_E_DATE, 7},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_pattern pattern;
		struct nrs_diag diag = {0};
		const int err = parse(&pattern, rows[i].text, &diag);

		if (err != rows[i].err || diag.place != rows[i].column)
			fail_msg("%s: %d at %llu", rows[i].text, err,
				 (unsigned long long)diag.place);
	}
}

static void depth_and_length_have_caps(void **state)
{
	const size_t room = NRS_PATTERN_LEN_MAX + 64;
	char *text = malloc(room);
	struct nrs_pattern pattern;
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	text[at++] = '[';
	memset(text + at, '(', NRS_PATTERN_DEPTH_MAX + 10);
	at += NRS_PATTERN_DEPTH_MAX + 10;
	at += (size_t)snprintf(text + at, room - at, "a:b = 1");
	memset(text + at, ')', NRS_PATTERN_DEPTH_MAX + 10);
	at += NRS_PATTERN_DEPTH_MAX + 10;
	text[at++] = ']';
	assert_int_equal(nrs_pattern_parse(&pattern, nrs_span(text, at),
					   NRS_STIX_21, arena, NULL),
			 NRS_E_LIMIT);
	memset(text, 'x', room);
	assert_int_equal(nrs_pattern_parse(&pattern, nrs_span(text, room),
					   NRS_STIX_21, arena, NULL),
			 NRS_E_LIMIT);
	free(text);
}

static void a_path_leads_to_a_lane_or_says_why_not(void **state)
{
	static const struct {
		const char *path;
		enum nrs_path_kind kind;
		enum nrs_lane lane;
	} rows[] = {
		{"ipv4-addr:value", NRS_PATH_LANE, NRS_LANE_ADDR},
		{"domain-name:value", NRS_PATH_LANE, NRS_LANE_NAME},
		{"url:value", NRS_PATH_LANE, NRS_LANE_URL},
		{"network-traffic:dst_port", NRS_PATH_LANE, NRS_LANE_DST_PORT},
		{"network-traffic:protocols[*]", NRS_PATH_LANE,
		 NRS_LANE_PROTOCOL},
		{"network-traffic:src_ref.value", NRS_PATH_SRC_REF, 0},
		{"network-traffic:dst_ref.type", NRS_PATH_DST_TYPE, 0},
		{"domain-name:resolves_to_refs[*].value", NRS_PATH_RESOLVES, 0},
		{"file:name", NRS_PATH_LANE, NRS_LANE_FILE_NAME},
		{"file:size", NRS_PATH_LANE, NRS_LANE_FILE_SIZE},
		{"file:mime_type", NRS_PATH_LANE, NRS_LANE_FILE_TYPE},
		{"file:ctime", NRS_PATH_UNSEEN, 0},
		{"process:name", NRS_PATH_UNSEEN, 0},
		{"windows-registry-key:key", NRS_PATH_UNSEEN, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_pattern pattern;
		struct nrs_path_map map;
		char text[128];

		snprintf(text, sizeof(text), "[%s = '1']", rows[i].path);
		assert_int_equal(parse(&pattern, text, NULL), NRS_OK);
		nrs_path_map(&pattern.root->child->u.test->path, &map);
		if (map.kind != rows[i].kind ||
		    (map.kind == NRS_PATH_LANE && map.lane != rows[i].lane) ||
		    (map.kind == NRS_PATH_UNSEEN && map.reason[0] == '\0'))
			fail_msg("%s", rows[i].path);
	}
}

/* Half a megabyte of tests: seconds if each of them looked at all the text
 * before it. Processor time, whatever else the machine does. */
static void a_pattern_costs_no_more_than_its_length(void **state)
{
	static char text[40000 * 13 + 8];
	struct nrs_pattern pattern;
	size_t used = 0;

	(void)state;
	text[used++] = '[';
	for (unsigned int i = 0; i < 40000; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%sa:b = 'x'", i > 0 ? " OR " : "");
	text[used] = ']';
	const clock_t before = clock();
	assert_int_equal(parse(&pattern, text, NULL), NRS_OK);
	assert_true(clock() - before < 2 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(and_binds_closer_than_or),
		cmocka_unit_test(qualifiers_hold_their_numbers),
		cmocka_unit_test(paths_and_literals_are_decoded),
		cmocka_unit_test(each_break_has_its_column),
		cmocka_unit_test(depth_and_length_have_caps),
		cmocka_unit_test(a_path_leads_to_a_lane_or_says_why_not),
		cmocka_unit_test(a_pattern_costs_no_more_than_its_length),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
