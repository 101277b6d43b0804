/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list_range: ranges become the fewest prefixes, and nothing beside them.
 * Expected: python3 ipaddress.summarize_address_range.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "loaders/list_range.h"

static const struct {
	const char *range;
	const char *prefixes; /* blanks between */
} cases[] = {
	{"198.51.100.20-198.51.100.23", "198.51.100.20/30"},
	{"198.51.100.7-198.51.100.7", "198.51.100.7/32"},
	{"198.51.100.1-198.51.100.6",
	 "198.51.100.1/32 198.51.100.2/31 198.51.100.4/31 198.51.100.6/32"},
	{"198.51.100.0 - 198.51.101.255", "198.51.100.0/23"},
	{"0.0.0.0-255.255.255.255", "0.0.0.0/0"},
	{"255.255.255.254-255.255.255.255", "255.255.255.254/31"},
	{"2001:db8::-2001:db8::ff", "2001:db8::/120"},
	{"2001:db8::1-2001:db8::4",
	 "2001:db8::1/128 2001:db8::2/127 2001:db8::4/128"},
	{"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-"
	 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"},
};

static void a_range_becomes_the_fewest_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char got[1024] = "", one[NRS_ADDR_LEN];
		struct nrs_range range;
		struct nrs_prefix prefix;
		size_t used = 0;
		bool is_reversed;

		assert_true(nrs_range_parse(nrs_span_of(cases[i].range), &range,
					    &is_reversed));
		while (nrs_range_next(&range, &prefix)) {
			nrs_prefix_format(&prefix, one);
			used += (size_t)snprintf(got + used, sizeof(got) - used,
						 "%s%s", used == 0 ? "" : " ",
						 one);
			assert_true(used < sizeof(got));
		}
		assert_string_equal(got, cases[i].prefixes);
	}
}

/* The worst ranges: all but the first and the last address. */
static void the_worst_range_stays_small(void **state)
{
	struct nrs_range range;
	struct nrs_prefix prefix;
	bool is_reversed;
	unsigned int count = 0;

	(void)state;
	assert_true(nrs_range_parse(nrs_span_of("0.0.0.1-255.255.255.254"),
				    &range, &is_reversed));
	while (nrs_range_next(&range, &prefix))
		count++;
	assert_int_equal(count, 62);
	count = 0;
	assert_true(nrs_range_parse(
		nrs_span_of("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
		&range, &is_reversed));
	while (nrs_range_next(&range, &prefix))
		count++;
	assert_int_equal(count, 254);
}

static void what_is_no_range_is_told(void **state)
{
	struct nrs_range range;
	bool is_reversed;

	(void)state;
	assert_false(nrs_range_parse(nrs_span_of("192.0.2.9-192.0.2.1"), &range,
				     &is_reversed));
	assert_true(is_reversed);
	assert_false(nrs_range_parse(nrs_span_of("a-b.example"), &range,
				     &is_reversed));
	assert_false(is_reversed);
	assert_false(nrs_range_parse(nrs_span_of("192.0.2.1-2001:db8::1"),
				     &range, &is_reversed));
	assert_false(nrs_range_parse(nrs_span_of("-"), &range, &is_reversed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_becomes_the_fewest_prefixes),
		cmocka_unit_test(the_worst_range_stays_small),
		cmocka_unit_test(what_is_no_range_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
