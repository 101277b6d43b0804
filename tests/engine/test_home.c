/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_home: which way a flow goes by the networks that are own.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "engine/home.h"

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr out;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &out), NRS_OK);
	return out;
}

static void both_ends_tell_the_direction(void **state)
{
	static const struct {
		const char *src, *dst, *want;
	} rows[] = {
		{"10.0.0.1", "192.0.2.1", "out"},
		{"192.0.2.1", "fd00::1", "in"},
		{"fe80::1", "172.16.0.1", "lateral"},
		{"192.0.2.1", "2001:db8::1", "transit"},
	};
	struct nrs_home_nets home;

	(void)state;
	nrs_home_nets_default(&home);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_addr src = addr(rows[i].src);
		const struct nrs_addr dst = addr(rows[i].dst);

		assert_string_equal(nrs_direction_name(nrs_home_direction(
					    &home, &src, &dst)),
				    rows[i].want);
	}
}

static void a_list_of_networks_replaces_the_default(void **state)
{
	struct nrs_home_nets home;
	const struct nrs_addr inside = addr("203.0.113.9");
	const struct nrs_addr outside = addr("10.0.0.1");

	(void)state;
	assert_int_equal(
		nrs_home_nets_parse(&home, nrs_span_of("203.0.113.0/24, "
						       "2001:db8::/32")),
		NRS_OK);
	assert_true(nrs_home_nets_hold(&home, &inside));
	assert_false(nrs_home_nets_hold(&home, &outside));
	assert_int_not_equal(nrs_home_nets_parse(&home, nrs_span_of("")),
			     NRS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_tell_the_direction),
		cmocka_unit_test(a_list_of_networks_replaces_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
