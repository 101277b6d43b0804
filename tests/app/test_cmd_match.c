/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_match: what the main job ends with, and what it writes.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"
#include "tests/capture/made_capture.h"

static char capture[WORKSHOP_PATH];

static int setup(void **state)
{
	static const char *const names[] = {"c2.example", "good.example",
					    "c2.example", NULL};

	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(capture, sizeof(capture), "%s",
		       workshop_path("capture.pcap"));
	made_questions(capture, names);
	return 0;
}

static void every_end_has_its_status(void **state)
{
	const char *gone = workshop_path("gone");
	const struct spoken_row rows[] = {
		{"a hit, and it is defanged",
		 {"match", "--ioc", "c2.example", capture},
		 0,
		 "c2[.]example",
		 "2 hits"},
		{"no hit is a good run",
		 {"match", "--ioc", "other.example", capture},
		 0,
		 "",
		 "0 hits"},
		{"a capture is not there",
		 {"match", "--ioc", "c2.example", gone},
		 1,
		 "",
		 gone},
		{"the other capture is matched all the same",
		 {"match", "--ioc", "c2.example", gone, capture},
		 1,
		 "c2[.]example",
		 "2 hits"},
		{"indicators are not there",
		 {"match", "--indicators", gone, "--ioc", "c2.example",
		  capture},
		 1,
		 "c2[.]example",
		 gone},
		{"a value that is none",
		 {"match", "--ioc", "\x01", capture},
		 1,
		 "",
		 "--ioc"},
		{"a value that must never match alone",
		 {"match", "--ioc", "127.0.0.1", capture},
		 0,
		 "",
		 "--ioc: 127.0.0.1: guard: loopback (--no-guards"},
		{"nothing to find is said",
		 {"match", "--ioc", "127.0.0.1", capture},
		 0,
		 "",
		 "no indicator is in force"},
		{"logs are kept without indicators",
		 {"match", "--seen", workshop_path("seen"), capture},
		 0,
		 "",
		 "0 hits"},
		{"logs in the folder of the rest",
		 {"match", "--ioc", "c2.example", "--out", workshop_path("all"),
		  "--seen", workshop_path("all/seen"), capture},
		 0,
		 "c2[.]example",
		 "2 hits"},
		{"wrong usage", {"match", capture}, 2, NULL, "noroshi: "},
		{"help",
		 {"match", "--help"},
		 0,
		 "example: noroshi match",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_match, rows, sizeof(rows) / sizeof(*rows));
}

static int match_into(const char *dir, const char *workers)
{
	const char *const words[] = {"match", "--ioc", "c2.example",
				     "--out", dir,     "--workers",
				     workers, capture, NULL};

	return spoken_run(nrs_cmd_match, words);
}

static void three_files_are_written_for_any_number_of_workers(void **state)
{
	static const char *const names[] = {"hits.jsonl", "run.json",
					    "sightings.internal.json"};

	(void)state;
	assert_int_equal(match_into(workshop_path("one"), "1"), 0);
	assert_int_equal(match_into(workshop_path("five"), "5"), 0);
	for (size_t i = 0; i < 3; i++) {
		char name[64], *first;

		(void)snprintf(name, sizeof(name), "one/%s", names[i]);
		first = strdup(workshop_read(name));
		assert_non_null(first);
		(void)snprintf(name, sizeof(name), "five/%s", names[i]);
		if (first[0] == '\0' || strcmp(first, workshop_read(name)) != 0)
			fail_msg("%s differs, or is empty", names[i]);
		free(first);
	}
	/* the two questions of the two hosts */
	const char *hits = workshop_read("one/hits.jsonl");
	assert_non_null(strstr(hits, "\"ip\":\"192.0.2.1\""));
	assert_non_null(strstr(hits, "\"ip\":\"192.0.2.3\""));
	assert_null(strstr(hits, "good.example"));
}

static void the_packets_of_the_flows_that_hit_are_kept(void **state)
{
	const char *out = workshop_path("hits.pcapng");
	const struct spoken_row rows[] = {
		{"two flows of one packet",
		 {"match", "--ioc", "c2.example", "--packets", out, capture},
		 0,
		 "c2[.]example",
		 "2 packets of flows that hit"},
		{"nowhere: said before the work",
		 {"match", "--ioc", "c2.example", "--packets", "/nowhere/x",
		  "--out", workshop_path("none"), capture},
		 1,
		 NULL,
		 "cannot write /nowhere/x"}};

	(void)state;
	spoken_check(nrs_cmd_match, rows, 2);
	assert_int_not_equal(access(workshop_path("none"), F_OK), 0);
	/* its section header block (pcapng, 4.1) */
	assert_memory_equal(workshop_read("hits.pcapng"), "\x0a\x0d\x0d\x0a",
			    4);
}

static void a_run_that_fails_leaves_no_facts_of_another(void **state)
{
	const char *out = workshop_path("again");
	const char *const words[] = {"match", "--ioc", "c2.example", "--eve",
				     "--out", out,     capture,	     NULL};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_match, words), 0);
	assert_int_equal(access(workshop_path("again/run.json"), F_OK), 0);
	assert_int_equal(remove(workshop_path("again/eve.json")), 0);
	assert_int_equal(mkdir(workshop_path("again/eve.json"), 0700), 0);
	assert_int_equal(spoken_run(nrs_cmd_match, words), 1);
	assert_int_not_equal(access(workshop_path("again/run.json"), F_OK), 0);
	assert_int_not_equal(
		access(workshop_path("again/sightings.internal.json"), F_OK),
		0);
}

static void what_was_dropped_is_counted_in_its_shadow(void **state)
{
	const char *policy = workshop_write(
		"policy.yaml",
		"select:\n  rules:\n    - {action: drop, within: "
		"[c2.example]}\n");
	const char *own = workshop_write("own.txt", "c2.example # ours\n");
	const struct spoken_row rows[] = {
		{"dropped by a rule",
		 {"match", "--ioc", "c2.example", "--policy", policy, capture},
		 0,
		 "",
		 " 0 hits"},
		{"and what it would have hit",
		 {"match", "--ioc", "c2.example", "--policy", policy,
		  "--shadow", capture},
		 0,
		 "",
		 "  rule 1, within c2.example: 2 hits of 1 indicators, "
		 "dropped 1\n"},
		{"excepted",
		 {"match", "--ioc", "c2.example", "--except", own, "--shadow",
		  capture},
		 0,
		 "",
		 "  exceptions: 2 hits of 1 indicators, dropped 1\n"},
	};

	(void)state;
	spoken_check(nrs_cmd_match, rows, sizeof(rows) / sizeof(*rows));
}

static unsigned int times(const char *text, const char *part)
{
	unsigned int count = 0;

	while ((text = strstr(text, part)) != NULL) {
		count++;
		text++;
	}
	return count;
}

static void an_exercise_is_one_on_each_line_and_object(void **state)
{
	const char *out = workshop_path("drill");
	const struct spoken_row rows[] = {
		{"what is given is of the exercise",
		 {"match", "--ioc", "c2.example", "--exercise", "spring-26",
		  "--out", out, "--eve", capture},
		 0,
		 "EXERCISE spring-26: c2[.]example",
		 "2 hits"},
	};

	(void)state;
	spoken_check(nrs_cmd_match, rows, 1);
	assert_int_equal(times(workshop_read("drill/hits.jsonl"),
			       "\"exercise\":\"spring-26\""),
			 2);
	assert_int_equal(times(workshop_read("drill/eve.json"),
			       "\"exercise:spring-26\""),
			 2);
	/* of two hosts each a sighting and what was observed, and the
	 * indicator that was made of the value */
	const char *bundle = workshop_read("drill/sightings.internal.json");
	assert_int_equal(
		times(bundle, "\"labels\":[\"exercise\",\"spring-26\"]"), 5);
}

static void what_cannot_be_written_is_said(void **state)
{
	char link[WORKSHOP_PATH];
	const char *file = workshop_write("file", "");

	(void)state;
	(void)snprintf(link, sizeof(link), "%s/below", file);
	assert_int_equal(match_into(link, "1"), 1);
	assert_non_null(strstr(SPOKEN_ERR, link));
	if (access("/dev/full", W_OK) != 0)
		return;
	/* the disk is full: hits are lost, and that is no success */
	assert_int_equal(mkdir(workshop_path("full"), 0777), 0);
	assert_int_equal(symlink("/dev/full", workshop_path("full/hits.jsonl")),
			 0);
	assert_int_equal(match_into(workshop_path("full"), "1"), 1);
	assert_non_null(strstr(SPOKEN_ERR, "hits.jsonl"));
}

static void a_disk_that_is_full_in_the_middle_is_said_too(void **state)
{
	static const char *names[300];
	char path[WORKSHOP_PATH];

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	for (size_t i = 0; i < 200; i++)
		names[i] = "c2.example";
	(void)snprintf(path, sizeof(path), "%s", workshop_path("many.pcap"));
	made_questions(path, names);
	assert_int_equal(mkdir(workshop_path("brim"), 0777), 0);
	assert_int_equal(symlink("/dev/full", workshop_path("brim/hits.jsonl")),
			 0);
	const char *const words[] = {
		"match", "--ioc", "c2.example", "--out", workshop_path("brim"),
		path,	 NULL};
	assert_int_equal(spoken_run(nrs_cmd_match, words), 1);
	assert_non_null(strstr(SPOKEN_ERR, "hits.jsonl"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_has_its_status),
		cmocka_unit_test(
			three_files_are_written_for_any_number_of_workers),
		cmocka_unit_test(the_packets_of_the_flows_that_hit_are_kept),
		cmocka_unit_test(a_run_that_fails_leaves_no_facts_of_another),
		cmocka_unit_test(what_was_dropped_is_counted_in_its_shadow),
		cmocka_unit_test(an_exercise_is_one_on_each_line_and_object),
		cmocka_unit_test(what_cannot_be_written_is_said),
		cmocka_unit_test(a_disk_that_is_full_in_the_middle_is_said_too),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
