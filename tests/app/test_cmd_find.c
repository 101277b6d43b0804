/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_find: arguments, exit statuses, and the words for people.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char bundle[WORKSHOP_PATH], list[WORKSHOP_PATH];

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "192.0.2.0/28\nc2.example\n"));
	(void)snprintf(
		bundle, sizeof(bundle), "%s",
		workshop_write(
			"bundle.json",
			"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":"
			"[{\"type\":\"indicator\",\"spec_version\":\"2.1\","
			"\"id\":\"indicator--1\",\"created\":\"2026-01-01T00:"
			"00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\","
			"\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-"
			"01T00:00:00Z\",\"valid_until\":\"2026-02-01T00:00:"
			"00Z\",\"confidence\":85,\"name\":\"evil\\u001b[2J\","
			"\"object_marking_refs\":[\"marking-definition--"
			"f88d31f6-486f-44da-b317-01333bde0b82\"],"
			"\"pattern\":\"[domain-name:value = 'c2.example']\"},"
			"{\"type\":\"report\",\"id\":\"report--1\",\"name\":"
			"\"second notice\",\"object_refs\":[\"indicator--1\"]"
			"}]}"));
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const struct spoken_row rows[] = {
		{"nothing", {"find"}, 2, NULL, "a value and a file"},
		{"no file", {"find", "a.example"}, 2, NULL, "a value and"},
		{"no time", {"find", "--at", "x", "a", list}, 2, NULL, "x"},
		{"no such option", {"find", "--x", "a", list}, 2, NULL, "--x"},
		{"help", {"find", "--help"}, 0, "usage: noroshi find", NULL},
		{"an empty value", {"find", "", list}, 1, NULL, "find: "},
		{"no such file",
		 {"find", "a.example", "/nowhere/x"},
		 1,
		 "0 of 0 indicators",
		 "/nowhere/x"},
		{"nobody",
		 {"find", "a.example", list},
		 0,
		 "0 of 2 indicators for the domain a[.]example\n",
		 NULL},
		{"within",
		 {"find", "--within", "192.0.2.0/24", list},
		 0,
		 "lies within it",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_find, rows, sizeof(rows) / sizeof(*rows));
}

static void all_that_is_known_is_told(void **state)
{
	const char *words[] = {"find",	       "--at", "2026-03-01",
			       "c2[.]example", bundle, NULL};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_find, words), 0);
	assert_ptr_equal(strstr(SPOKEN_OUT,
				"indicator--1: covers it (exact: dns.query, "
				"dns.answer.rrname, dns.rr.name, "
				"dns.rr.CNAME and "),
			 SPOKEN_OUT);
	const char *rest = strchr(SPOKEN_OUT, '\n');
	assert_non_null(rest);
	assert_string_equal(
		rest + 1,
		"  name:          evil?[2J\n"
		"  pattern:       [domain-name:value = 'c2[.]example']\n"
		"  status:        full\n"
		"  source:        bundle.json, entry 1\n"
		"  report:        second notice (report--1)\n"
		"  validity:      expired, from 2026-01-01T00:00:00Z until "
		"2026-02-01T00:00:00Z\n"
		"  marking:       amber, confidence 85\n"
		"1 of 1 indicators for the domain c2[.]example\n");
	assert_string_equal(SPOKEN_ERR, "");
}

static void json_is_raw_and_one_line_each(void **state)
{
	const char *words[] = {"find", "--json", "c2[.]example",
			       bundle, list,	 NULL};
	unsigned int lines = 0;

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_find, words), 0);
	for (const char *c = SPOKEN_OUT; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 2);
	assert_non_null(strstr(SPOKEN_OUT, "\"pattern\":\"[domain-name:value = "
					   "'c2.example']\""));
	assert_non_null(strstr(SPOKEN_OUT, "\"reports\":[{\"id\":\"report--1\","
					   "\"name\":\"second notice\"}]"));
	assert_non_null(strstr(SPOKEN_OUT, "{\"relation\":\"covers it\","
					   "\"how\":\"exact\",\"fields\":["
					   "\"dns.query\","));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(all_that_is_known_is_told),
		cmocka_unit_test(json_is_raw_and_one_line_each),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
