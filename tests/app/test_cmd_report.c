/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_report: noroshi report: pieces of a recording in any order, raises
 * over their borders, and what is wrong with a command line.
 */
#include "app/command.h"
#include "tests/app/made_spool.h"
#include "tests/app/spoken.h"

#define LINE(n, second, outcome)                                               \
	"{\"time\":\"2026-03-01T12:00:" second                                 \
	".000000Z\",\"indicator\":\"indicator--8e2e2d2b-17d4-4cbf-938f-"       \
	"98ee46b3cd3f\",\"modified\":\"2026-02-27T09:00:00.000Z\",\"source\":" \
	"\"hub/alerts\",\"tlp\":\"green\",\"confidence\":85,\"how\":"          \
	"\"exact\",\"own\":{\"ip\":\"10.20.30.40\",\"port\":51234,\"role\":"   \
	"\"client\"},\"peer\":{\"ip\":\"198.51.100.23\",\"port\":443},"        \
	"\"direction\":\"out\",\"outcome\":\"" outcome                         \
	"\",\"values\":[{\"field\":\"tls.sni\",\"object\":0,\"value\":"        \
	"\"c2.example\"}],\"start\":\"2026-03-01T12:00:00.000000Z\",\"n\":" n  \
	"}\n"

static void a_rise_in_the_next_piece_counts(void **state)
{
	const char *newest = workshop_write(
		"hits.jsonl", LINE("2", "09", "attempted") "{\"time\":\"2026-"
							   "03-01T12:00:10Z\","
							   "\"raises\":1,"
							   "\"outcome\":"
							   "\"established\"}"
							   "\n");
	const char *older =
		workshop_write("hits.jsonl.1", LINE("1", "05", "attempted"));
	const struct spoken_row rows[] = {
		{"the newest first, as a shell gives them",
		 {"report", MADE_SPOOL_OPTIONS, "--to", "report", "--no-send",
		  newest, older},
		 0,
		 "2 hits: noise 0 watch 1 report 1 urgent 0 sightings; to "
		 "report 1, refused by rule 1",
		 NULL},
		{"once more",
		 {"report", MADE_SPOOL_OPTIONS, "--to", "report", "--dry-run",
		  older, newest, newest},
		 0,
		 "to report (hub/sightings): held by rule 1: audience report "
		 "is in hold: set audiences.report.mode\n    leaves: "
		 "[{\"type\":\"marking-definition\"",
		 "1 hits stand in the files more than once"},
	};

	(void)state;
	spoken_check(nrs_cmd_report, rows, sizeof(rows) / sizeof(*rows));
}

static void a_long_line_is_refused_and_the_next_one_read(void **state)
{
	static char text[(1 << 20) + 4000];
	const size_t len = (1 << 20) + 10;

	memset(text, 'x', len);
	snprintf(text + len, sizeof(text) - len, "\n%s",
		 LINE("1", "05", "answered"));
	const char *path = workshop_write("long.jsonl", text);
	const struct spoken_row rows[] = {
		{"one",
		 {"report", MADE_SPOOL_OPTIONS, "--to", "report", "--no-send",
		  path},
		 1,
		 "1 hits:",
		 "long.jsonl:1: is too long"},
	};

	(void)state;
	spoken_check(nrs_cmd_report, rows, 1);
}

static void a_hub_that_is_not_there_is_told(void **state)
{
	const char *path =
		workshop_write("one.jsonl", LINE("1", "05", "answered"));
	const struct spoken_row rows[] = {
		{"no hub",
		 {"report", "--state", made_spool_dir(), "--taxii",
		  "http://127.0.0.1:9/taxii2/", "--collection", "alerts",
		  "--report-to", "sightings", "--report-mode", "auto",
		  "--reporter", "Member 7", "--contact", "o@m.example", "--to",
		  "report", path},
		 1,
		 "1 hits:",
		 "report: 1 wait: "},
	};

	(void)state;
	spoken_check(nrs_cmd_report, rows, 1);
}

static void what_is_wrong_with_the_command_line_is_said(void **state)
{
	const struct spoken_row rows[] = {
		{"no audience", {"report", "x"}, 2, NULL, "usage: noroshi"},
		{"a dry run of nothing",
		 {"report", "--to", "report", "--dry-run"},
		 2,
		 NULL,
		 "usage: noroshi"},
		{"another audience",
		 {"report", MADE_SPOOL_OPTIONS, "--to", "nobody", "x"},
		 2,
		 NULL,
		 "knows no audience nobody"},
		{"help", {"report", "--help"}, 0, "usage:", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_report, rows, sizeof(rows) / sizeof(*rows));
}

#define WITH_SPOOL(test)                                                       \
	cmocka_unit_test_setup_teardown(test, made_spool, workshop_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPOOL(a_rise_in_the_next_piece_counts),
		WITH_SPOOL(a_long_line_is_refused_and_the_next_one_read),
		WITH_SPOOL(a_hub_that_is_not_there_is_told),
		WITH_SPOOL(what_is_wrong_with_the_command_line_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
