/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: every pattern of the shared syntax suite gets the verdict of
 * its grammar. A number or date without a value is legal text.
 */
#include "tests/nrs_test.h"

#include "engine/base/inflate.h"
#include "engine/base/json.h"
#include "engine/pattern.h"

static struct nrs_json *read_json(const char *path, struct nrs_arena *arena)
{
	const size_t room = (size_t)8 << 20;
	uint8_t *bytes = nrs_arena_bytes(arena, room);
	struct nrs_input *input = NULL;
	struct nrs_json *root = NULL;
	size_t got = 0;

	assert_int_equal(nrs_input_open(&input, path, NULL, NULL), NRS_OK);
	assert_int_equal(nrs_input_read(input, bytes, room, &got, NULL),
			 NRS_OK);
	nrs_input_close(input);
	assert_int_equal(
		nrs_json_parse(nrs_span(bytes, got), arena, &root, NULL),
		NRS_OK);
	return root;
}

static bool is_accepted(const struct nrs_json *test, struct nrs_arena *arena)
{
	const bool is_21 =
		nrs_span_is(nrs_json_text(test, "stix_version"), "2.1");
	struct nrs_pattern pattern;
	struct nrs_diag diag;

	nrs_arena_reset(arena);
	const int err = nrs_pattern_parse(
		&pattern, nrs_json_text(test, "pattern"),
		is_21 ? NRS_STIX_21 : NRS_STIX_20, arena, &diag);
	return err == NRS_OK || err == NRS_E_RANGE || err == NRS_E_DATE ||
	       err == NRS_E_FORMAT;
}

static void every_pattern_gets_the_verdict_of_its_grammar(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_arena *scratch = nrs_arena_new(0);
	const struct nrs_json *cases =
		nrs_json_get(read_json(*state, arena), "cases");
	unsigned int count = 0, wrong = 0;

	assert_non_null(cases);
	for (const struct nrs_json *c = cases->child; c != NULL; c = c->next) {
		const bool want =
			nrs_json_is(nrs_json_get(c, "grammar"), NRS_JSON_TRUE);

		count++;
		if (is_accepted(c, scratch) == want)
			continue;
		wrong++;
		const struct nrs_span id = nrs_json_text(c, "id");
		const struct nrs_span text = nrs_json_text(c, "pattern");
		fprintf(stderr, "%.*s: want %d: %.*s\n", (int)id.len,
			(const char *)id.ptr, want, (int)text.len,
			(const char *)text.ptr);
	}
	printf("%u patterns\n", count);
	assert_true(count > 0);
	assert_int_equal(wrong, 0);
	nrs_arena_free(scratch);
	nrs_arena_free(arena);
}

int main(void)
{
	static char path[4096];

	if (!nrs_test_shared("conformance/stix-patterns-syntax.json", path,
			     sizeof(path)))
		return NRS_SKIP;
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(
		every_pattern_gets_the_verdict_of_its_grammar, path)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
