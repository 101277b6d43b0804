/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list_line: comments, remarks, hosts files, adblock rules.
 */
#include "tests/nrs_test.h"

#include "loaders/list_line.h"

static const struct {
	const char *line;
	const char *value; /* "" nothing, NULL refused */
	bool is_hosts, is_adblock;
} cases[] = {
	{"", "", false, false},
	{" \t\r", "", false, false},
	{"# comment", "", false, false},
	{"; comment", "", false, false},
	{"! comment of an adblock list", "", false, false},
	{"[Adblock Plus 2.0]", "", false, false},
	{" a.example \r", "a.example", false, false},
	{"a.example # remark", "a.example", false, false},
	{"192.0.2.0/24 ; SBL1", "192.0.2.0/24", false, false},
	{"http://a.example/#part", "http://a.example/#part", false, false},
	{"http://a.example/x;y", "http://a.example/x;y", false, false},
	{"||a.example^", "a.example", false, true},
	{"||a.example^$third-party", "a.example", false, true},
	{"||a.example", "a.example", false, true},
	{"@@||a.example^", NULL, false, false},
	{"0.0.0.0 a.example", "a.example", true, false},
	{"127.0.0.1\ta.example b.example # x", "a.example b.example", true,
	 false},
	{"::1 a.example", "a.example", true, false},
	{"0.0.0.0", "0.0.0.0", false, false},
	{"192.0.2.1 a.example", "192.0.2.1 a.example", false, false},
	{"255.255.255.255 broadcasthost", "", false, false},
	{"ff02::1 ip6-allnodes", "", false, false},
};

static void lines_are_unwrapped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_list_line got =
			nrs_list_unwrap(nrs_span_of(cases[i].line));

		if ((got.reason != NULL) == (cases[i].value == NULL) &&
		    nrs_span_equal(got.value, nrs_span_of(cases[i].value)) &&
		    got.is_hosts == cases[i].is_hosts &&
		    got.is_adblock == cases[i].is_adblock)
			continue;
		print_error("'%s': '%.*s'\n", cases[i].line, (int)got.value.len,
			    (const char *)got.value.ptr);
		fail();
	}
}

static void quotes_and_punctuation_go(void **state)
{
	(void)state;
	assert_true(nrs_span_is(nrs_list_trim(nrs_span_of("\"a.example\",")),
				"a.example"));
	assert_true(nrs_span_is(nrs_list_trim(nrs_span_of("'a.example';")),
				"a.example"));
	assert_true(nrs_span_is(nrs_list_trim(nrs_span_of("a.example")),
				"a.example"));
	assert_true(nrs_span_is(nrs_list_trim(nrs_span_of(",")), ","));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_unwrapped),
		cmocka_unit_test(quotes_and_punctuation_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
