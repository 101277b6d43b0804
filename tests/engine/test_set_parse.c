/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_set_parse: an indicator's pattern as a tree: by its version's grammar,
 * else by the other one; and a list's value as the pattern that it stands for.
 */
#include "engine/pattern.h"
#include "engine/set.h"

#include "tests/base/own_arena.h"
#include "tests/engine/empty_set.h"

static void the_other_grammar_is_tried_on_a_syntax_error(void **state)
{
	static const struct {
		const char *text;
		enum nrs_stix_version version, parsed_as;
		int err;
		bool has_diag; /* what its own grammar says stays */
	} rows[] = {
		{"[a:b = 1]", NRS_STIX_21, NRS_STIX_21, NRS_OK, false},
		{"[a:b = 1]", NRS_STIX_20, NRS_STIX_20, NRS_OK, false},
		/* EXISTS is a keyword in 2.1, and a name in 2.0 */
		{"[EXISTS a:b]", NRS_STIX_20, NRS_STIX_21, NRS_OK, true},
		{"[a:EXISTS = 1]", NRS_STIX_21, NRS_STIX_20, NRS_OK, true},
		{"[a:b =]", NRS_STIX_21, NRS_STIX_21, NRS_E_SYNTAX, true},
		/* a number that does not fit is no matter of grammar */
		{"[a:b = 99999999999999999999]", NRS_STIX_21, NRS_STIX_21,
		 NRS_E_RANGE, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_pattern pattern = {0};
		struct nrs_diag diag = {0};
		const int err = nrs_set_parse_text(nrs_span_of(rows[i].text),
						   rows[i].version, arena,
						   &pattern, &diag);

		if (err != rows[i].err ||
		    (diag.text[0] != '\0') != rows[i].has_diag ||
		    (err == NRS_OK && pattern.version != rows[i].parsed_as))
			fail_msg("%s: %d %s", rows[i].text, err, diag.text);
	}
}

static void values_of_lists_are_patterns_too(void **state)
{
	static const struct {
		enum nrs_shape shape;
		const char *value, *type, *literal;
	} rows[] = {
		{NRS_SHAPE_PATTERN, "[url:value = 'x']", "url", "x"},
		{NRS_SHAPE_IPV4, "192.0.2.1", "ipv4-addr", "192.0.2.1"},
		{NRS_SHAPE_IPV6, "2001:db8::1", "ipv6-addr", "2001:db8::1"},
		{NRS_SHAPE_NAME, "c2.example", "domain-name", "c2.example"},
		{NRS_SHAPE_URL, "http://c2.example/it's", "url",
		 "http://c2.example/it's"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(rows[i].value),
			.shape = (uint8_t)rows[i].shape,
			.version = NRS_STIX_21};
		struct nrs_pattern pattern = {0};
		struct nrs_set *set = NULL;

		set = empty_set();
		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
		assert_int_equal(nrs_set_parse(set, 0, arena, &pattern, NULL),
				 NRS_OK);
		assert_int_equal(pattern.root->kind, NRS_NODE_OBS);
		const struct nrs_node *node = pattern.root->child;
		assert_int_equal(node->kind, NRS_NODE_TEST);
		if (!nrs_span_is(node->u.test->path.type, rows[i].type) ||
		    !nrs_span_is(node->u.test->literals[0].bytes,
				 rows[i].literal))
			fail_msg("%s", rows[i].value);
		nrs_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_other_grammar_is_tried_on_a_syntax_error),
		cmocka_unit_test(values_of_lists_are_patterns_too),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
