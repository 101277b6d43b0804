/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_command: what the subcommands share: files, folders, loading.
 */
#include "app/command.h"

#include <fcntl.h>

#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static int write_text(const char *path, const char *what)
{
	struct nrs_text text = {0};

	nrs_text_puts(&text, what);
	spoken_begin();
	const int err = nrs_write_file(path, &text);
	spoken_end();
	nrs_text_fini(&text);
	return err;
}

static void a_file_is_replaced_whole(void **state)
{
	(void)state;
	const char *path = workshop_write("whole", "what was there before");
	assert_int_equal(write_text(path, "new\n"), NRS_OK);
	assert_string_equal(workshop_read("whole"), "new\n");
	assert_int_equal(write_text(path, ""), NRS_OK);
	assert_string_equal(workshop_read("whole"), "");
	assert_string_equal(SPOKEN_ERR, "");
}

static void no_path_is_standard_output(void **state)
{
	(void)state;
	assert_int_equal(write_text(NULL, "one line\n"), NRS_OK);
	assert_string_equal(SPOKEN_OUT, "one line\n");
}

static void what_cannot_be_written_is_said_with_its_place(void **state)
{
	(void)state;
	const char *path = workshop_path("no/such/folder");
	assert_int_equal(write_text(path, "x"), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, path));
	if (access("/dev/full", W_OK) != 0)
		return;
	assert_int_equal(write_text("/dev/full", "x"), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "/dev/full"));
}

static int first_free_descriptor(void)
{
	const int fd = dup(STDIN_FILENO);

	assert_true(fd >= 0);
	(void)close(fd);
	return fd;
}

static void a_failed_write_keeps_nothing_open(void **state)
{
	struct nrs_text text = {0};

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	for (int i = 0; i < 20000; i++) /* more than a stream keeps back */
		nrs_text_puts(&text, "0123456789");
	spoken_begin();
	const int before = first_free_descriptor();
	const int err = nrs_write_file("/dev/full", &text);
	const int after = first_free_descriptor();
	spoken_end();
	assert_int_equal(err, NRS_E_IO);
	assert_int_equal(after, before);
	nrs_text_fini(&text);
}

static void a_folder_may_be_there_and_a_file_may_not(void **state)
{
	(void)state;
	const char *folder = workshop_path("made");
	spoken_begin();
	const int made = nrs_make_folder(folder);
	const int again = nrs_make_folder(folder);
	const int below = nrs_make_folder(workshop_path("nothing/below"));
	spoken_end();
	assert_int_equal(made, NRS_OK);
	assert_int_equal(again, NRS_OK);
	assert_int_equal(access(folder, X_OK), 0);
	assert_int_equal(below, NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "nothing/below"));
}

static void copy(char out[WORKSHOP_PATH], const char *path)
{
	(void)snprintf(out, WORKSHOP_PATH, "%s", path);
}

/* Loads and returns the set, counted in @failed. */
static struct nrs_set *load(char *const *paths, unsigned int path_count,
			    char *const *values, unsigned int value_count,
			    unsigned int *failed)
{
	const struct nrs_load loading = {.paths = paths,
					 .path_count = path_count,
					 .values = values,
					 .value_count = value_count};
	struct nrs_set *set = NULL;

	spoken_begin();
	const int err = nrs_load_all(&set, &loading, failed);
	spoken_end();
	assert_int_equal(err, NRS_OK);
	return set;
}

static void files_and_values_become_one_set(void **state)
{
	char one[WORKSHOP_PATH], other[WORKSHOP_PATH];
	char value[] = "c2[.]example";
	char *paths[] = {one, other}, *values[] = {value};
	unsigned int failed = 1;

	(void)state;
	copy(one, workshop_write("one", "192.0.2.1\n192.0.2.2\n"));
	copy(other, workshop_write("other", "198.51.100.0/24\n"));
	struct nrs_set *set = load(paths, 2, values, 1, &failed);
	assert_int_equal(failed, 0);
	assert_int_equal(nrs_set_count(set), 4);
	assert_string_equal(SPOKEN_ERR, "");
	nrs_set_free(set);
}

static void what_cannot_be_read_is_counted_and_the_rest_is_there(void **state)
{
	char good[WORKSHOP_PATH], gone[WORKSHOP_PATH], bad[] = "\x01";
	char *paths[] = {gone, good}, *values[] = {bad};
	unsigned int failed = 0;

	(void)state;
	copy(good, workshop_write("good", "192.0.2.1\n"));
	copy(gone, workshop_path("gone"));
	struct nrs_set *set = load(paths, 2, values, 1, &failed);
	assert_int_equal(failed, 2);
	assert_int_equal(nrs_set_count(set), 1);
	assert_non_null(strstr(SPOKEN_ERR, gone));
	assert_non_null(strstr(SPOKEN_ERR, "--ioc"));
	nrs_set_free(set);
}

static void refused_entries_are_said_with_their_number(void **state)
{
	char path[WORKSHOP_PATH];
	char *paths[] = {path};
	unsigned int failed = 0;

	(void)state;
	copy(path,
	     workshop_write(
		     "bundle.json",
		     "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":["
		     "{\"type\":\"indicator\"},{\"type\":\"indicator\","
		     "\"id\":\"indicator--8e2e2d2b-17d4-4cbf-938f-"
		     "98ee46b3cd3f\",\"pattern_type\":\"stix\",\"pattern\":"
		     "\"[url:value = 'http://a.example/']\"}]}"));
	struct nrs_set *set = load(paths, 1, NULL, 0, &failed);
	assert_int_equal(failed, 0);
	assert_int_equal(nrs_set_count(set), 1);
	assert_non_null(strstr(SPOKEN_ERR, "1 of 2 entries refused"));
	nrs_set_free(set);
}

static void a_summary_counts_by_status(void **state)
{
	char path[WORKSHOP_PATH];
	char *paths[] = {path};
	struct nrs_text line = {0};
	unsigned int failed = 0;

	(void)state;
	copy(path, workshop_write("three", "192.0.2.1\n192.0.2.2\n"
					   "192.0.2.3\n"));
	struct nrs_set *set = load(paths, 1, NULL, 0, &failed);
	nrs_set_summary(set, &line);
	assert_true(nrs_span_is(nrs_text_span(&line), "3 indicators: full 3"));
	assert_int_equal(
		nrs_set_judge(set, 1, NRS_STATUS_REJECTED, "for a test"),
		NRS_OK);
	nrs_text_clear(&line);
	nrs_set_summary(set, &line);
	assert_true(nrs_span_is(nrs_text_span(&line),
				"3 indicators: full 2, rejected 1"));
	nrs_text_fini(&line);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_replaced_whole),
		cmocka_unit_test(no_path_is_standard_output),
		cmocka_unit_test(what_cannot_be_written_is_said_with_its_place),
		cmocka_unit_test(a_failed_write_keeps_nothing_open),
		cmocka_unit_test(a_folder_may_be_there_and_a_file_may_not),
		cmocka_unit_test(files_and_values_become_one_set),
		cmocka_unit_test(
			what_cannot_be_read_is_counted_and_the_rest_is_there),
		cmocka_unit_test(refused_entries_are_said_with_their_number),
		cmocka_unit_test(a_summary_counts_by_status),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
