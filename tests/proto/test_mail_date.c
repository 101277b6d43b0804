/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_date: dates of RFC 5322; the seconds are what date(1) says.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_date.h"

static void a_date_is_a_moment(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{"Fri, 21 Nov 1997 09:55:06 -0600", 880127706},
		{"Tue, 1 Jul 2003 10:52:37 +0200", 1057049557},
		{"Thu,\t13 Feb 1969 23:32 -0330", -27723480},
		{"21 Nov 97 09:55:06 GMT", 880106106},
		{"21 Nov 1997 09:55:06 EST", 880124106},
		{"Thu, 5 Oct 2009 11:06:07 +0530 (IST)", 1254720967},
		{"21 Nov 1997 09:55:06", 880106106},
		{"1 Jan 05 00:00:00 Z", 1104537600},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ns = 0;

		if (nrs_mail_date(nrs_span_of(rows[i].text), &ns) != NRS_OK ||
		    ns / 1000000000 != rows[i].seconds)
			fail_msg("%s: %lld", rows[i].text,
				 (long long)(ns / 1000000000));
	}
}

static void what_no_calendar_has_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"yesterday",
		"Mon, Tue",
		"31 Feb 2020 00:00:00 +0000",
		"1 Foo 2020 1:2:3 Z",
		"1 Jan 2020 25:00:00 Z",
		"1 Jan 2020 x",
		"1 Jan 99999 00:00:00 Z",
		"40 Jan 2020 00:00:00 Z",
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_mail_date(nrs_span_of(rows[i]), &ns) == NRS_OK)
			fail_msg("%s", rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_a_moment),
		cmocka_unit_test(what_no_calendar_has_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
