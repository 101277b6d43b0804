/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_export: arguments, exit statuses, and what is said of what is left
 * out.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char list[WORKSHOP_PATH];

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "c2.example.net\n198.51.100.7\n"
					      "10.1.2.3\n"));
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const struct spoken_row rows[] = {
		{"no target", {"export", list}, 2, NULL, "--as is wanted"},
		{"no such target",
		 {"export", "--as", "pf", list},
		 2,
		 NULL,
		 "--as: not 'pf'"},
		{"no file", {"export", "--as", "rpz"}, 2, NULL, "no file"},
		{"no level",
		 {"export", "--max-tlp", "blue", list},
		 2,
		 NULL,
		 "--max-tlp: not 'blue'"},
		{"no confidence",
		 {"export", "--min-confidence", "101", list},
		 2,
		 NULL,
		 "--min-confidence: not '101'"},
		{"no network",
		 {"export", "--home-net", "x", list},
		 2,
		 NULL,
		 "--home-net: not 'x'"},
		{"no lifetime",
		 {"export", "--lifetime", "soon", list},
		 2,
		 NULL,
		 "--lifetime: not 'soon'"},
		{"no time",
		 {"export", "--at", "soon", list},
		 2,
		 NULL,
		 "--at: not 'soon'"},
		{"help",
		 {"export", "--help"},
		 0,
		 "usage: noroshi export",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_export, rows, sizeof(rows) / sizeof(*rows));
}

static void files_and_summaries(void **state)
{
	const struct spoken_row rows[] = {
		{"to standard output",
		 {"export", "--as", "list", list},
		 0,
		 "\nc2.example.net # owner list, until withdrawn, indicator--",
		 "2 of 3 indicators are in 2 entries for list\n"
		 "  cannot be said 1: guard: an own network\n"},
		{"own networks as told",
		 {"export", "--as", "list", "--home-net", "198.51.100.0/24",
		  list},
		 0,
		 "\n10.1.2.3 # ",
		 "guard: an own network"},
		{"below the ceiling",
		 {"export", "--as", "list", "--max-tlp", "amber", list},
		 0,
		 "strictest marking in it: ",
		 "not allowed 3: amber+strict or unmarked, above --max-tlp"},
		{"a dry run",
		 {"export", "--as", "rpz", "--dry-run", list},
		 0,
		 NULL,
		 "2 of 3 indicators"},
		{"why",
		 {"export", "--as", "nftables", "--dry-run", "--why", list},
		 0,
		 NULL,
		 "\ta name\n"},
		{"a file that cannot be read",
		 {"export", "--as", "list", "/nowhere/x"},
		 1,
		 "made by noroshi export",
		 "/nowhere/x"},
		{"a place that cannot be written",
		 {"export", "--as", "list", "--out", "/nowhere/x", list},
		 1,
		 NULL,
		 "cannot write /nowhere/x"},
	};

	(void)state;
	spoken_check(nrs_cmd_export, rows, sizeof(rows) / sizeof(*rows));
}

static void a_policy_and_exceptions_choose_before(void **state)
{
	char policy[WORKSHOP_PATH], text[2 * WORKSHOP_PATH];
	const char *own = workshop_write("own.txt", "c2.example.net\n");

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "home_net: [203.0.113.0/24]\n"
		       "indicators:\n  - {file: %s, default_tlp: green}\n"
		       "select:\n  rules:\n"
		       "    - {action: watch, type: ipv4-addr, within: "
		       "[198.51.100.0/24]}\n"
		       "    - {action: drop, within: [10.0.0.0/8]}\n",
		       list);
	(void)snprintf(policy, sizeof(policy), "%s",
		       workshop_write("policy.yaml", text));
	const struct spoken_row rows[] = {
		{"a policy, and what it names",
		 {"export", "--as", "squid", "--policy", policy},
		 0,
		 "strictest marking in it: TLP green",
		 "1 of 3 indicators are in 1 entries for squid\n"
		 "  not allowed 1: only to be watched, by the policy\n"
		 "  not allowed 1: dropped by the policy\n"},
		{"watched may be looked for",
		 {"export", "--as", "zeek", "--policy", policy, list},
		 0,
		 "\n198.51.100.7\tIntel::ADDR\t",
		 "2 of 3 indicators"},
		{"an exception",
		 {"export", "--as", "list", "--except", own, list},
		 0,
		 "\n198.51.100.7 # ",
		 "not allowed 1: vetoed by an exception list"},
		{"a policy that cannot be read",
		 {"export", "--as", "list", "--policy", "/nowhere/x", list},
		 2,
		 NULL,
		 "/nowhere/x"},
	};

	spoken_check(nrs_cmd_export, rows, sizeof(rows) / sizeof(*rows));
}

static void a_file_is_replaced_whole(void **state)
{
	char out[WORKSHOP_PATH];
	const char *const words[] = {"export", "--as", "squid", "--out",
				     out,      list,   NULL};
	const char *const gone[] = {"export", "--as", "squid",	    "--out",
				    out,      list,   "/nowhere/x", NULL};

	(void)state;
	(void)snprintf(out, sizeof(out), "%s",
		       workshop_write("out", "what was here before, and long"
					     " enough to stay behind\n"));
	assert_int_equal(spoken_run(nrs_cmd_export, words), 0);
	assert_string_equal(SPOKEN_OUT, "");
	assert_null(strstr(workshop_read("out"), "before"));
	assert_int_equal(spoken_run(nrs_cmd_export, gone), 1);
	assert_non_null(strstr(SPOKEN_ERR, "out is not written"));
	assert_non_null(strstr(workshop_read("out"),
			       "acl noroshi_names dstdomain c2.example.net\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(files_and_summaries),
		cmocka_unit_test(a_policy_and_exceptions_choose_before),
		cmocka_unit_test(a_file_is_replaced_whole),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
