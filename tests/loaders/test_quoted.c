/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_quoted: a refusal quotes the start of what it refuses, fit to be shown.
 */
#include "loaders/quoted.h"

#include "tests/nrs_test.h"

static const struct {
	const char *text, *refusal;
} rows[] = {
	{"a b", "a b: no value"},
	{"", ": no value"},
	{"a\x1b[2J\nb", "a [2J b: no value"},
	{"b\xc3\xbc"
	 "cher",
	 "b\xc3\xbc"
	 "cher: no value"},
	/* 58 octets, then a character of two and of three: 60 at the most */
	{"0123456789012345678901234567890123456789012345678901234567\xc3\xbcx",
	 "0123456789012345678901234567890123456789012345678901234567\xc3\xbc"
	 "...: no value"},
	{"0123456789012345678901234567890123456789012345678901234567"
	 "\xe2\x82\xacx",
	 "0123456789012345678901234567890123456789012345678901234567"
	 "...: no value"},
};

static void it_is_short_and_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_set_refusal *refusals;
		struct nrs_set *set = NULL;
		uint32_t source;

		assert_int_equal(nrs_set_new(&set), NRS_OK);
		assert_int_equal(nrs_set_source(set, nrs_span_of("t"),
						nrs_span_of("t"), &source),
				 NRS_OK);
		assert_int_equal(nrs_refuse_quoted(set, source, 7,
						   nrs_span_of(rows[i].text),
						   "no value"),
				 NRS_OK);
		assert_int_equal(nrs_set_refusals(set, &refusals), 1);
		assert_int_equal(refusals[0].place, 7);
		assert_int_equal(refusals[0].source, source);
		if (!nrs_span_is(refusals[0].text, rows[i].refusal))
			fail_msg("%s: %.*s", rows[i].text,
				 (int)refusals[0].text.len,
				 (const char *)refusals[0].text.ptr);
		nrs_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_short_and_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
