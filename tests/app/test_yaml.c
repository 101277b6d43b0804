/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_yaml: the tree of the libyaml door, its lines and its refusals.
 */
#include "app/yaml.h"
#include "tests/nrs_test.h"

static int setup(void **state)
{
	*state = nrs_arena_new(0);
	return *state == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	nrs_arena_free(*state);
	return 0;
}

static struct nrs_yaml *member(const struct nrs_yaml *map, const char *key)
{
	struct nrs_yaml *node = nrs_yaml_get(map, nrs_span_of(key));

	assert_non_null(node);
	return node;
}

static void everything_knows_its_line(void **state)
{
	static const char text[] = "# first\n"
				   "a: one\n"
				   "b:\n"
				   "  - x\n"
				   "  -\n"
				   "    c: \"two\"\n"
				   "d:\n"
				   "  e: {f: 5,\n"
				   "      g: 6}\n";
	struct nrs_yaml *root = NULL;

	assert_int_equal(nrs_yaml_parse(nrs_span_of(text), *state, &root, NULL),
			 NRS_OK);
	assert_int_equal(root->kind, NRS_YAML_MAP);
	assert_int_equal(member(root, "a")->line, 2);
	assert_true(nrs_span_is(member(root, "a")->text, "one"));
	const struct nrs_yaml *list = member(root, "b");
	assert_int_equal(list->kind, NRS_YAML_LIST);
	assert_int_equal(list->child->line, 4);
	const struct nrs_yaml *two = member(list->child->next, "c");
	assert_int_equal(two->line, 6);
	assert_false(two->is_plain);
	assert_int_equal(member(member(member(root, "d"), "e"), "g")->line, 9);
}

static void an_empty_text_is_an_empty_map(void **state)
{
	struct nrs_yaml *root = NULL;

	assert_int_equal(
		nrs_yaml_parse(nrs_span_of("# no\n"), *state, &root, NULL),
		NRS_OK);
	assert_int_equal(root->kind, NRS_YAML_MAP);
	assert_null(root->child);
}

static void what_surprises_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
		unsigned int line;
	} cases[] = {
		{"anchor", "a: 1\nb: &x 2\n", NRS_E_UNSUPPORTED, 2},
		{"anchor of a map", "a: &x {b: 1}\n", NRS_E_UNSUPPORTED, 1},
		{"alias", "a: 1\nb: *x\n", NRS_E_UNSUPPORTED, 2},
		{"tag", "a: !!str 1\n", NRS_E_UNSUPPORTED, 1},
		{"second document", "a: 1\n---\nb: 2\n", NRS_E_UNSUPPORTED, 2},
		{"a list as key", "a: 1\n[b]: 2\n", NRS_E_SYNTAX, 2},
		{"tab as indent", "a:\n\tb: 1\n", NRS_E_SYNTAX, 2},
		{"open bracket", "a: [1, 2\nb: 3\n", NRS_E_SYNTAX, 2},
		{"not UTF-8", "a: 1\nb: \xff\n", NRS_E_SYNTAX, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_yaml *root = NULL;
		struct nrs_diag diag = {0};
		const int err = nrs_yaml_parse(nrs_span_of(cases[i].text),
					       *state, &root, &diag);

		if (err != cases[i].code ||
		    (cases[i].line != 0 && diag.place != cases[i].line))
			fail_msg("%s: %d at %u: %s", cases[i].name, err,
				 (unsigned int)diag.place, diag.text);
		assert_null(root);
		assert_true(diag.text[0] != '\0');
	}
}

static void depth_nodes_and_size_are_capped(void **state)
{
	struct nrs_yaml *root = NULL;
	struct nrs_diag diag = {0};
	char deep[200];

	memset(deep, '[', sizeof(deep));
	assert_int_equal(nrs_yaml_parse(nrs_span(deep, sizeof(deep)), *state,
					&root, &diag),
			 NRS_E_LIMIT);
	const size_t len = 2 * NRS_YAML_NODES_MAX + 8;
	char *wide = malloc(len);
	assert_non_null(wide);
	wide[0] = '[';
	for (size_t i = 1; i < len; i++)
		wide[i] = i % 2 == 0 ? ',' : '1';
	assert_int_equal(
		nrs_yaml_parse(nrs_span(wide, len), *state, &root, &diag),
		NRS_E_LIMIT);
	free(wide);
	char *big = calloc(1, NRS_YAML_BYTES_MAX + 1);
	assert_non_null(big);
	memset(big, '\n', NRS_YAML_BYTES_MAX + 1);
	assert_int_equal(nrs_yaml_parse(nrs_span(big, NRS_YAML_BYTES_MAX + 1),
					*state, &root, &diag),
			 NRS_E_LIMIT);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(everything_knows_its_line,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_text_is_an_empty_map,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_surprises_is_refused_with_its_line, setup,
			teardown),
		cmocka_unit_test_setup_teardown(depth_nodes_and_size_are_capped,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
