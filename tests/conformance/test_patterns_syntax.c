/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: every pattern of the shared syntax suite gets the verdict of
 * its grammar. A number or date without a value is legal text.
 */
#include "engine/pattern.h"
#include "tests/conformance/judged.h"

static bool is_accepted(const struct nrs_json *test)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	const bool is_21 =
		nrs_span_is(nrs_json_text(test, "stix_version"), "2.1");
	struct nrs_pattern pattern;
	struct nrs_diag diag;

	const int err = nrs_pattern_parse(
		&pattern, nrs_json_text(test, "pattern"),
		is_21 ? NRS_STIX_21 : NRS_STIX_20, arena, &diag);
	nrs_arena_free(arena);
	return err == NRS_OK || err == NRS_E_RANGE || err == NRS_E_DATE ||
	       err == NRS_E_FORMAT;
}

static bool is_right(const struct nrs_json *c)
{
	const bool want =
		nrs_json_is(nrs_json_get(c, "grammar"), NRS_JSON_TRUE);
	const struct nrs_span id = nrs_json_text(c, "id");
	const struct nrs_span text = nrs_json_text(c, "pattern");

	if (is_accepted(c) == want)
		return true;
	fprintf(stderr, "%.*s: want %d: %.*s\n", (int)id.len,
		(const char *)id.ptr, want, (int)text.len,
		(const char *)text.ptr);
	return false;
}

static void every_pattern_gets_the_verdict_of_its_grammar(void **state)
{
	all_are_right(*state, "stix-pattern-syntax/1", is_right);
}

int main(void)
{
	return RUN_ON_FILES(every_pattern_gets_the_verdict_of_its_grammar);
}
