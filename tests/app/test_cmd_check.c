/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_check: arguments, exit statuses and what is said of each indicator.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char list[WORKSHOP_PATH], bundle[WORKSHOP_PATH];

#define ITEM(n, pattern, more)                                                 \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator-" \
	"-00000000-0000-4000-8000-00000000000" n "\",\"created\":\"2026-01-"   \
	"01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","        \
	"\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\","   \
	"\"pattern\":\"" pattern "\"" more "}"

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "192.0.2.1\nc2.example\n"));
	(void)snprintf(
		bundle, sizeof(bundle), "%s",
		workshop_write(
			"bundle.json",
			"{\"type\":\"bundle\",\"id\":\"bundle--"
			"00000000-0000-4000-8000-000000000000\",\"objects\":["
			/* 1: for ever; 2: ends; 3: no pattern; 4: a file */
			ITEM("1", "[domain-name:value = 'a.example']",
			     "") "," ITEM("2",
					  "[domain-name:value = 'b.example']",
					  ",\"valid_until\":\"2026-02-01T00:00:"
					  "00Z\"") "," ITEM("3",
							    "[domain-name:"
							    "value =",
							    "") "," ITEM("4",
									 "[mute"
									 "x:"
									 "name "
									 "= "
									 "'m']",
									 "") "]"
									     "}"));
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const struct spoken_row rows[] = {
		{"no file", {"check"}, 2, NULL, "no file given"},
		{"no such option", {"check", "--x", list}, 2, NULL, "--x"},
		{"a policy that is not there",
		 {"check", "--policy", "/nowhere/x", list},
		 2,
		 NULL,
		 "noroshi: /nowhere/x: No such file"},
		{"no time", {"check", "--at", "soon", list}, 2, NULL, "soon"},
		{"a time is missing", {"check", "--at"}, 2, NULL, "--at"},
		{"no such policy",
		 {"check", "--policy", "/nonexistent/n.yaml", list},
		 2,
		 NULL,
		 "/nonexistent/n.yaml"},
		{"why",
		 {"check", "--why", list},
		 0,
		 "2 received\n= 2 kept: full 2, partial 0\n",
		 NULL},
		{"why a value",
		 {"check", "--why", "c2[.]example", list},
		 0,
		 " list: kept: full\n",
		 NULL},
		{"why, of what is not evaluable and what is expired",
		 {"check", "--why", "b.example", "--at", "2026-03-01", bundle},
		 0,
		 "bundle.json: expired: valid until 2026-02-01T00:00:00Z; not "
		 "if validity is since-expiry\n",
		 NULL},
		{"why, of a pattern that is none",
		 {"check", "--why",
		  "indicator--00000000-0000-4000-8000-000000000003", bundle},
		 0,
		 "bundle.json: rejected: column",
		 NULL},
		{"why as JSON",
		 {"check", "--why", "--json", "--at", "2026-03-01", bundle},
		 0,
		 "{\"format\":\"noroshi-why/1\",\"at\":\"2026-03-01T00:00:00Z"
		 "\",\"received\":4,\"stages\":[{\"stage\":\"rejected\","
		 "\"dropped\":1,\"left\":3}",
		 NULL},
		{"help",
		 {"check", "--help"},
		 0,
		 "example: noroshi check",
		 NULL},
		{"help", {"check", "-h"}, 0, "usage: noroshi check", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_check, rows, sizeof(rows) / sizeof(*rows));
}

static void good_files_and_bad_ones(void **state)
{
	const char *gone = workshop_path("gone");
	const char *none = workshop_write("none", "");
	const struct spoken_row rows[] = {
		{"a list", {"check", list}, 0, "2 indicators: full 2\n", NULL},
		{"a file that is not there",
		 {"check", gone},
		 1,
		 "0 indicators",
		 gone},
		{"the good one counts all the same",
		 {"check", gone, list},
		 1,
		 "2 indicators: full 2\n",
		 gone},
		{"an empty file", {"check", none}, 1, "0 indicators", none},
		{"a folder", {"check", "/tmp"}, 1, "0 indicators", "/tmp"},
	};

	(void)state;
	spoken_check(nrs_cmd_check, rows, sizeof(rows) / sizeof(*rows));
}

static void the_list_says_why_not(void **state)
{
	const char *const words[] = {"check", "--list", bundle, NULL};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_check, words), 0);
	/* the place within the file, the id, the verdict, the reason */
	assert_non_null(strstr(SPOKEN_OUT, ":3\tindicator--00000000-0000-4000-"
					   "8000-000000000003\trejected\t"));
	assert_non_null(strstr(SPOKEN_OUT, "000000000004\t"));
	assert_non_null(strstr(SPOKEN_OUT, "mutex:name"));
	assert_null(strstr(SPOKEN_OUT, "000000000001"));
	assert_non_null(strstr(SPOKEN_OUT, "4 indicators: full 2"));
}

static void a_time_tells_what_is_expired_or_not_yet_valid(void **state)
{
	static const struct {
		const char *at, *want;
	} rows[] = {
		/* both are valid from 2026-01-01, the second until
		 * 2026-02-01, which is no part of it (STIX 2.1, 4.7) */
		{"2025-12-31", "expired 0, not valid yet 2"},
		{"2026-01-01", "expired 0, not valid yet 0"},
		{"2026-01-31", "expired 0, not valid yet 0"},
		{"2026-02-01", "expired 1, not valid yet 0"},
		{"2027-01-01", "expired 1, not valid yet 0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const words[] = {"check", "--at", rows[i].at,
					     bundle, NULL};

		assert_int_equal(spoken_run(nrs_cmd_check, words), 0);
		if (strstr(SPOKEN_OUT, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].at, SPOKEN_OUT);
	}
}

static void json_is_one_object_a_line(void **state)
{
	const char *const words[] = {"check",	   "--json", "--at",
				     "2026-03-01", bundle,   NULL};
	struct nrs_span rest, line;
	unsigned int lines = 0;

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_check, words), 0);
	rest = nrs_span_of(SPOKEN_OUT);
	while (nrs_span_split(&rest, '\n', &line)) {
		static const char *const validity[] = {
			"", "\"validity\":\"in\"", "\"validity\":\"expired\""};

		if (line.len == 0)
			continue;
		lines++;
		assert_true(nrs_span_starts(line, "{\"id\":\"indicator--"));
		if (lines <= 2)
			assert_true(nrs_span_find_text(line, validity[lines]) !=
				    SIZE_MAX);
	}
	assert_int_equal(lines, 4);
}

static void guards_may_be_left_out(void **state)
{
	const char *wide = workshop_write("wide", "0.0.0.0/0\n192.0.2.1\n");
	const struct spoken_row rows[] = {
		{"with", {"check", wide}, 0, "refused by guards 1", NULL},
		{"without",
		 {"check", "--no-guards", wide},
		 0,
		 "2 indicators: full 2\n",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_check, rows, sizeof(rows) / sizeof(*rows));
}

static void why_without_a_file_says_what_it_looked_for(void **state)
{
	const struct spoken_row rows[] = {
		{"no configuration",
		 {"check", "--why"},
		 2,
		 NULL,
		 "no file given, and no /etc/noroshi/noroshi.yaml is here"}};

	(void)state;
	if (access("/etc/noroshi/noroshi.yaml", F_OK) == 0)
		skip();
	spoken_check(nrs_cmd_check, rows, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(why_without_a_file_says_what_it_looked_for),
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(good_files_and_bad_ones),
		cmocka_unit_test(the_list_says_why_not),
		cmocka_unit_test(a_time_tells_what_is_expired_or_not_yet_valid),
		cmocka_unit_test(json_is_one_object_a_line),
		cmocka_unit_test(guards_may_be_left_out),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
