/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: every pattern of the shared syntax suite gets the verdict of
 * its grammar. A number or date without a value is legal text.
 */
#include "engine/pattern.h"
#include "tests/conformance/files.h"

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

struct tally {
	struct nrs_arena *scratch;
	unsigned int count, wrong;
};

static void judge(void *ctx, const struct nrs_json *c)
{
	struct tally *tally = ctx;
	const bool want =
		nrs_json_is(nrs_json_get(c, "grammar"), NRS_JSON_TRUE);

	tally->count++;
	if (is_accepted(c, tally->scratch) == want)
		return;
	tally->wrong++;
	const struct nrs_span id = nrs_json_text(c, "id");
	const struct nrs_span text = nrs_json_text(c, "pattern");
	fprintf(stderr, "%.*s: want %d: %.*s\n", (int)id.len,
		(const char *)id.ptr, want, (int)text.len,
		(const char *)text.ptr);
}

static void every_pattern_gets_the_verdict_of_its_grammar(void **state)
{
	struct tally tally = {.scratch = nrs_arena_new(0)};

	for_cases(*state, "stix-pattern-syntax/1", judge, &tally);
	printf("%u patterns\n", tally.count);
	assert_true(tally.count > 0);
	assert_int_equal(tally.wrong, 0);
	nrs_arena_free(tally.scratch);
}

int main(void)
{
	static char path[4096];

	if (!nrs_test_shared("conformance", path, sizeof(path)))
		return NRS_SKIP;
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(
		every_pattern_gets_the_verdict_of_its_grammar, path)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
