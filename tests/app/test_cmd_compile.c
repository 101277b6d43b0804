/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_compile: noroshi compile makes an image that check reads like the
 * list it came from, and says what it cannot do.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

/* The machine's own key stays in the workshop. */
static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	return setenv("XDG_STATE_HOME", workshop_path("home"), 1);
}

static void an_image_says_what_its_list_said(void **state)
{
	const char *list = workshop_write(
		"list.txt",
		"c2.example\n198.51.100.0/24\nhttp://a.example/x\n");
	const char *image = workshop_path("set.nrs");
	const char *const compile[] = {"compile", "-o", image, list, NULL};
	const struct spoken_row check[] = {
		{"the list", {"check", list}, 0, "full 3", NULL},
		{"the image", {"check", image}, 0, "full 3", NULL}};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_compile, compile), 0);
	assert_int_equal(access(image, R_OK), 0);
	spoken_check(nrs_cmd_check, check, 2);
}

static void an_image_is_chosen_by_a_policy_and_exceptions(void **state)
{
	const char *list =
		workshop_write("list.txt", "drop.example\nwatch.example\n"
					   "keep.example\nours.example\n");
	const char *own = workshop_write("own.txt", "ours.example # ours\n");
	const char *policy = workshop_write(
		"policy.yaml", "select:\n  rules:\n"
			       "    - {action: drop, within: [drop.example]}\n"
			       "    - {action: watch, within: "
			       "[watch.example]}\n");
	const char *image = workshop_path("set.nrs");
	const char *const compile[] = {"compile",  "-o",   image,
				       "--policy", policy, "--except",
				       own,	   list,   NULL};
	const struct spoken_row check[] = {{"what the image holds",
					    {"check", image},
					    0,
					    "full 2, excepted 1, dropped 1",
					    NULL}};
	const struct spoken_row export[] = {
		{"what is to be watched is known to the image",
		 {"export", "--as", "rpz", "--max-tlp", "amber+strict", image},
		 0,
		 "keep.example",
		 "not allowed 1: only to be watched, by the policy"}};
	const struct spoken_row match[] = {
		{"it was chosen already",
		 {"match", "--policy", policy, "--indicators", image, list},
		 1,
		 NULL,
		 "give --policy and --except to noroshi compile"}};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_compile, compile), 0);
	spoken_check(nrs_cmd_check, check, 1);
	spoken_check(nrs_cmd_export, export, 1);
	spoken_check(nrs_cmd_match, match, 1);
}

static void what_cannot_be_compiled_is_told(void **state)
{
	const char *list = workshop_write("list", "c2.example\n");
	const char *image = workshop_path("none.nrs");
	const char *nowhere = workshop_path("no/set.nrs");
	const char *gone = workshop_path("gone");
	const struct spoken_row rows[] = {
		{"no file", {"compile", "-o", image}, 2, NULL, "no file given"},
		{"no image", {"compile", list}, 2, NULL, "no -o SET.nrs given"},
		{"no such option",
		 {"compile", "--x"},
		 2,
		 NULL,
		 "noroshi: compile: unrecognized option '--x'\n"
		 "noroshi: 'noroshi compile --help' names the options\n"},
		{"an option without its value",
		 {"compile", list, "-o"},
		 2,
		 NULL,
		 "noroshi: compile: option requires an argument -- 'o'\n"
		 "noroshi: 'noroshi compile --help' names the options\n"},
		{"a list for an image",
		 {"compile", "-o", list, list},
		 2,
		 NULL,
		 "is no image, and is left alone"},
		{"no such format",
		 {"compile", "-o", image, "--format", "x", list},
		 2,
		 NULL,
		 "--format"},
		{"no such leniency",
		 {"compile", "-o", image, "--no-lenient", "x", list},
		 2,
		 NULL,
		 "no such leniency"},
		{"no networks",
		 {"compile", "-o", image, "--home-net", "x", list},
		 2,
		 NULL,
		 "no list of networks"},
		{"no such policy",
		 {"compile", "-o", image, "--policy", gone, list},
		 2,
		 NULL,
		 gone},
		{"no such exceptions",
		 {"compile", "-o", image, "--except", gone, list},
		 2,
		 NULL,
		 gone},
		{"help",
		 {"compile", "--help"},
		 0,
		 "example: noroshi compile",
		 NULL},
		{"a folder that is not there",
		 {"compile", "-o", nowhere, list},
		 1,
		 NULL,
		 nowhere},
		{"a file that is not there",
		 {"compile", "-o", image, gone, list},
		 1,
		 NULL,
		 gone},
	};

	(void)state;
	spoken_check(nrs_cmd_compile, rows, sizeof(rows) / sizeof(*rows));
}

/* As a sensor keeps its set: what cannot be read whole replaces nothing. */
static void a_good_image_outlives_a_source_that_is_gone(void **state)
{
	const char *list = workshop_write("list", "c2.example\n");
	const char *image = workshop_path("set.nrs");
	const char *gone = workshop_path("gone");
	const char *const good[] = {"compile", "-o", image, list, NULL};
	const struct spoken_row rows[] = {
		{"a file is gone",
		 {"compile", "-o", image, list, gone},
		 1,
		 NULL,
		 "set.nrs is not written: not all of it could be read"},
		{"a value is none",
		 {"compile", "-o", image, "--ioc", "two words", list},
		 1,
		 NULL,
		 "set.nrs is not written: not all of it could be read"}};
	const struct spoken_row check[] = {
		{"what it holds", {"check", image}, 0, "full 1", NULL}};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_compile, good), 0);
	spoken_check(nrs_cmd_compile, rows, 2);
	spoken_check(nrs_cmd_check, check, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_image_says_what_its_list_said, setup,
			workshop_close),
		cmocka_unit_test_setup_teardown(
			an_image_is_chosen_by_a_policy_and_exceptions, setup,
			workshop_close),
		cmocka_unit_test_setup_teardown(
			a_good_image_outlives_a_source_that_is_gone, setup,
			workshop_close),
		cmocka_unit_test_setup_teardown(what_cannot_be_compiled_is_told,
						setup, workshop_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
