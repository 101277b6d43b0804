/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_diff: arguments, exit statuses, and the words for people.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char old[WORKSHOP_PATH], new[WORKSHOP_PATH];

#define ITEM(n, modified, more)                                                \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"             \
	"\"indicator--" n "\",\"created\":\"2026-01-01T00:00:00Z\","           \
	"\"modified\":\"2026-01-0" modified "T00:00:00Z\",\"pattern_type\":"   \
	"\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"pattern\":"        \
	"\"[domain-name:value = '" n ".example']\"" more "}"
#define REPORT                                                                 \
	"{\"type\":\"report\",\"id\":\"report--1\",\"modified\":\"2026-01-01T" \
	"00:00:00Z\",\"name\":\"Notice\",\"object_refs\":[\"indicator--a\","   \
	"\"indicator--b\",\"indicator--c\"]}"
#define BUNDLE(objects)                                                        \
	"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" REPORT       \
	"," objects "]}"

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(
		old, sizeof(old), "%s",
		workshop_write("old.json",
			       BUNDLE(ITEM("a", "1", "") "," ITEM(
				       "b", "1", "") "," ITEM("c", "1", ""))));
	(void)snprintf(
		new, sizeof(new), "%s",
		workshop_write(
			"new.json",
			BUNDLE(ITEM("a", "2", ",\"confidence\":70") "," ITEM(
				"b", "2",
				",\"revoked\":true") "," ITEM("d", "2", ""))));
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const struct spoken_row rows[] = {
		{"no file", {"diff"}, 2, NULL, "two files are wanted"},
		{"one file", {"diff", old}, 2, NULL, "two files are wanted"},
		{"three", {"diff", old, new, new}, 2, NULL, "two files"},
		{"no time", {"diff", "--since", "x", old, new}, 2, NULL, "x"},
		{"no such option", {"diff", "--x", old, new}, 2, NULL, "--x"},
		{"help", {"diff", "--help"}, 0, "usage: noroshi diff", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_diff, rows, sizeof(rows) / sizeof(*rows));
}

static void changes_are_told_by_report_and_defanged(void **state)
{
	const char *words[] = {"diff", old, new, NULL};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_diff, words), 0);
	assert_string_equal(SPOKEN_ERR, "");
	assert_string_equal(
		SPOKEN_OUT,
		"new 1, updated 1, revoked 1, expired 0, gone 1, the same 0\n"
		"\n"
		"report Notice (report--1)\n"
		"  updated  [domain-name:value = 'a[.]example']  "
		"[domain-name:value = 'a[.]example']  indicator--a\n"
		"             confidence: - -> 70\n"
		"  revoked  [domain-name:value = 'b[.]example']  "
		"[domain-name:value = 'b[.]example']  indicator--b\n"
		"  gone     [domain-name:value = 'c[.]example']  "
		"[domain-name:value = 'c[.]example']  indicator--c, still "
		"valid\n"
		"\n"
		"in no report\n"
		"  new      [domain-name:value = 'd[.]example']  "
		"[domain-name:value = 'd[.]example']  indicator--d\n");
}

static void json_has_a_line_for_each_change(void **state)
{
	const char *words[] = {"diff", "--json", old, new, NULL};
	unsigned int lines = 0;

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_diff, words), 0);
	for (const char *c = SPOKEN_OUT; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 4);
	assert_non_null(strstr(
		SPOKEN_OUT, "{\"change\":\"updated\",\"held_before\":true,"
			    "\"held_now\":true,\"properties\":{"
			    "\"confidence\":{\"old\":null,\"new\":\"70\"}}"));
	assert_null(strstr(SPOKEN_OUT, "[.]"));
}

static void a_file_that_is_cut_is_not_compared(void **state)
{
	const char *cut = workshop_write("cut.json", "{\"type\":\"bundle\","
						     "\"objects\":[{");
	const struct spoken_row rows[] = {
		{"cut", {"diff", old, cut}, 1, NULL, "not compared"},
		{"not there",
		 {"diff", workshop_path("gone"), new},
		 1,
		 NULL,
		 "not compared"},
	};

	(void)state;
	spoken_check(nrs_cmd_diff, rows, sizeof(rows) / sizeof(*rows));
}

static void many_lines_are_shown_in_part(void **state)
{
	struct nrs_text text = {0};
	const char *none = workshop_write("none.txt", "192.0.2.1\n");
	const char *words[] = {"diff", none, NULL, NULL, NULL};

	(void)state;
	for (unsigned int i = 2; i < 27; i++)
		nrs_text_printf(&text, "192.0.2.%u\n", i);
	nrs_text_putc(&text, '\0');
	words[2] = workshop_write("many.txt", (const char *)text.ptr);
	nrs_text_fini(&text);
	assert_int_equal(spoken_run(nrs_cmd_diff, words), 0);
	assert_non_null(strstr(SPOKEN_OUT, "new 25,"));
	assert_non_null(strstr(SPOKEN_OUT, "... and 5 more new (--all)\n"));
	words[3] = "--all";
	assert_int_equal(spoken_run(nrs_cmd_diff, words), 0);
	assert_null(strstr(SPOKEN_OUT, "more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(changes_are_told_by_report_and_defanged),
		cmocka_unit_test(json_has_a_line_for_each_change),
		cmocka_unit_test(a_file_that_is_cut_is_not_compared),
		cmocka_unit_test(many_lines_are_shown_in_part),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
