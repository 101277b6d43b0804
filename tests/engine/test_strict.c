/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict: the rules of section 1.3 on small documents, and the bounds.
 */
#include "tests/nrs_test.h"

#include "engine/strict.h"

#define SEEN(count, first, last)                                               \
	"{\"type\":\"observed-data\",\"number_observed\":" count               \
	",\"first_observed\":\"2026-01-01T00:00:" first "Z\","                 \
	"\"last_observed\":\"2026-01-01T00:00:" last "Z\",\"objects\":"

static const char two[] = "[" SEEN(
	"2", "00", "00") "{\"0\":{\"type\":\"url\",\"value\":\"a\",\"n\":1}}}"
			 "," SEEN("1", "05",
				  "05") "{\"0\":{\"type\":\"url\",\"value\":"
					"\"b\",\"n\":2,\"at\":\"no\","
					"\"x_bin\":\"YQ==\"}}}]";

static const char crowd[] =
	"[" SEEN("9000000000", "00",
		 "00") "{\"0\":{\"type\":\"url\",\"value\":\"a\"}}}]";

static int verdict(const char *pattern_text, const char *documents_text)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_strict_documents documents;
	struct nrs_pattern pattern;
	struct nrs_json *json = NULL;

	assert_int_equal(nrs_pattern_parse(&pattern, nrs_span_of(pattern_text),
					   NRS_STIX_21, arena, NULL),
			 NRS_OK);
	assert_int_equal(
		nrs_json_parse(nrs_span_of(documents_text), arena, &json, NULL),
		NRS_OK);
	int got = nrs_strict_load(&documents, json, NRS_STIX_20, arena, NULL);
	if (got == NRS_OK)
		got = nrs_strict_match(&documents, &pattern, arena, NULL, NULL);
	nrs_arena_free(arena);
	return got;
}

static void each_rule_gives_its_verdict(void **state)
{
	static const struct {
		const char *pattern, *documents;
		int want;
	} cases[] = {
		{"[url:value = 'a'] REPEATS 2 TIMES", two, 1},
		{"[url:value = 'a'] REPEATS 3 TIMES", two, 0},
		{"[url:n > 0] REPEATS 3 TIMES WITHIN 5 SECONDS", two, 1},
		{"[url:n > 0] REPEATS 3 TIMES WITHIN 4.9 SECONDS", two, 0},
		{"[url:n = 1] FOLLOWEDBY [url:n = 2]", two, 1},
		{"[url:n = 2] FOLLOWEDBY [url:n = 1]", two, 0},
		{"[url:value = 'b'] AND [url:n = 2]", two, 0},
		{"[url:n = 2] START t'2026-01-01T00:00:05Z' "
		 "STOP t'2026-01-01T00:00:06Z'",
		 two, 1},
		{"[url:n = 2] START t'2026-01-01T00:00:04Z' "
		 "STOP t'2026-01-01T00:00:05Z'",
		 two, 0},
		{"[url:x_bin = h'61']", two, 1},
		{"[url:none != 'a']", two, 0},
		{"[NOT EXISTS url:at]", two, 1},
		{"[url:at = t'2026-01-01T00:00:00Z']", two, NRS_E_FORMAT},
		{"[url:value MATCHES '(']", two, NRS_E_SYNTAX},
		{"[url:value = 'a'] REPEATS 8000000000 TIMES", crowd,
		 NRS_E_LIMIT},
		{"[url:value = 'a'] REPEATS 9000000001 TIMES REPEATS "
		 "8000000000 TIMES",
		 crowd, 0},
		{"[url:value = 'a']", "[{\"type\":\"observed-data\"}]",
		 NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int got = verdict(cases[i].pattern, cases[i].documents);

		if (got != cases[i].want)
			print_error("%s\n", cases[i].pattern);
		assert_int_equal(got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_gives_its_verdict)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
