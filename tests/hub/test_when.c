/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time as hubs write them; instants by `date -u +%s -d TEXT`.
 */
#include "tests/nrs_test.h"

#include "hub/when.h"

static void what_hubs_write_gives_its_instant_or_an_error(void **state)
{
	static const struct {
		const char *text;
		int err;
		int64_t seconds;
	} cases[] = {
		{"2020-02-20T20:52:39.000000Z", NRS_OK, 1582231959},
		{" 2020-02-20T20:52:39Z ", NRS_OK, 1582231959},
		{"2020-02-20T20:52:39+00:00", NRS_OK, 1582231959},
		{"2020-02-20T20:52:39+09:00", NRS_OK, 1582199559},
		/* RFC 9110 section 5.6.7: one instant, three forms */
		{"Sun, 06 Nov 1994 08:49:37 GMT", NRS_OK, 784111777},
		{"Sunday, 06-Nov-94 08:49:37 GMT", NRS_OK, 784111777},
		{"Sun Nov  6 08:49:37 1994", NRS_OK, 784111777},
		/* what JavaScript prints */
		{"Thu Feb 20 2020 20:52:39 GMT+0000 (Coordinated Universal "
		 "Time)",
		 NRS_OK, 1582231959},
		{"Thu Feb 20 2020 20:52:39 GMT-0500 (EST)", NRS_OK, 1582249959},
		{"undefined", NRS_E_SYNTAX, 0},
		{"", NRS_E_SYNTAX, 0},
		{"null", NRS_E_SYNTAX, 0},
		{"Thu Feb 20 2020", NRS_E_SYNTAX, 0},
		{"Thu Feb 20 99999 20:52:39", NRS_E_SYNTAX, 0},
		{"Thu Feb 30 2020 20:52:39 GMT", NRS_E_DATE, 0},
		{"Thu Feb 20 9999 20:52:39 GMT", NRS_E_RANGE, 0},
		{"Thu Feb 200 2020 20:52:39 GMT", NRS_E_SYNTAX, 0},
		{"Thu Feb 20 2020 20:5x:39 GMT", NRS_E_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t ns = 0;

		print_message("'%s'\n", cases[i].text);
		assert_int_equal(nrs_hub_when(nrs_span_of(cases[i].text), &ns),
				 cases[i].err);
		assert_int_equal(ns, cases[i].seconds * NRS_SECOND_NS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hubs_write_gives_its_instant_or_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
