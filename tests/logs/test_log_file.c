/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log_file: names, rotation by hour and size, what a crash and a full
 * disk leave.
 */
#include "tests/nrs_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/inflate.h"
#include "engine/base/stamp.h"
#include "logs/log_file.h"

#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */
#define HOUR (3600 * NRS_SECOND_NS)

static char folder[64];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/nrs-log-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	(void)state;
	while ((entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	return rmdir(folder);
}

static struct nrs_log_file *make(uint64_t rotate_bytes, bool goes_on,
				 unsigned int keep_days)
{
	const struct nrs_log_file_options options = {.folder = folder,
						     .stem = "flows",
						     .suffix = ".jsonl.zst",
						     .rotate_bytes =
							     rotate_bytes,
						     .goes_on = goes_on,
						     .keep_days = keep_days};
	struct nrs_log_file *file = NULL;
	struct nrs_diag diag;

	assert_int_equal(nrs_log_file_new(&file, &options, &diag), NRS_OK);
	return file;
}

static void add(struct nrs_log_file *file, const char *line, int64_t time_ns)
{
	assert_int_equal(nrs_log_file_add(file, nrs_span_of(line), time_ns),
			 NRS_OK);
}

/* What @name unpacks to; @err is how that ends. */
static void holds(const char *name, const char *want, int err)
{
	struct nrs_input *input = NULL;
	struct nrs_diag diag = {0};
	char path[256], got[256] = "";
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (nrs_input_open(&input, path, NULL, &diag) != NRS_OK)
		fail_msg("%s: %s", name, diag.text);
	assert_int_equal(
		nrs_input_read(input, got, sizeof(got) - 1, &len, &diag), err);
	got[len] = '\0';
	assert_string_equal(got, want);
	nrs_input_close(input);
}

static bool is_there(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void every_hour_has_its_file(void **state)
{
	struct nrs_log_file *file = make(0, false, 0);

	(void)state;
	add(file, "one\n", NOON);
	add(file, "two\n", NOON + HOUR - 1);
	assert_true(is_there("flows-20260301T12-0001.jsonl.zst.part"));
	add(file, "three\n", NOON + HOUR);
	/* files only go forward */
	add(file, "early\n", NOON + 5);
	nrs_log_file_free(file);
	holds("flows-20260301T12-0001.jsonl.zst", "one\ntwo\n", NRS_OK);
	holds("flows-20260301T13-0002.jsonl.zst", "three\nearly\n", NRS_OK);
	assert_false(is_there("flows-20260301T12-0001.jsonl.zst.part"));
}

static void a_large_file_is_followed_by_another(void **state)
{
	struct nrs_log_file *file = make(8, false, 0);
	struct nrs_log_file_figures figures;

	(void)state;
	add(file, "1234\n", NOON);
	add(file, "123\n", NOON);
	add(file, "12345\n", NOON);
	nrs_log_file_figures(file, &figures);
	assert_int_equal(figures.files, 3);
	assert_int_equal(figures.added, 3);
	nrs_log_file_free(file);
	holds("flows-20260301T12-0001.jsonl.zst", "1234\n", NRS_OK);
	holds("flows-20260301T12-0003.jsonl.zst", "12345\n", NRS_OK);
}

static void what_was_flushed_outlives_a_crash(void **state)
{
	struct nrs_log_file *file = make(0, true, 0);

	(void)state;
	add(file, "safe\n", NOON);
	assert_int_equal(nrs_log_file_flush(file), NRS_OK);
	add(file, "lost\n", NOON);
	/* the file as a crash leaves it, and a start after it */
	struct nrs_log_file *next = make(0, true, 0);
	holds("flows-20260301T12-0001.jsonl.zst", "safe\n", NRS_E_TRUNCATED);
	add(next, "new\n", NOON);
	nrs_log_file_free(next);
	holds("flows-20260301T12-0002.jsonl.zst", "new\n", NRS_OK);
	nrs_log_file_free(file);
}

static void old_files_go_and_those_of_others_stay(void **state)
{
	struct nrs_log_file *file = make(0, true, 2);
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/flows-mine.txt", folder);
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	add(file, "one\n", NOON);
	add(file, "two\n", NOON + 24 * HOUR);
	add(file, "three\n", NOON + 49 * HOUR);
	nrs_log_file_free(file);
	assert_false(is_there("flows-20260301T12-0001.jsonl.zst"));
	assert_true(is_there("flows-20260302T12-0002.jsonl.zst"));
	assert_true(is_there("flows-20260303T13-0003.jsonl.zst"));
	assert_true(is_there("flows-mine.txt"));
}

static void a_folder_that_is_not_there_is_said(void **state)
{
	const struct nrs_log_file_options options = {
		.folder = "/nowhere/at/all", .stem = "x", .suffix = ".zst"};
	struct nrs_log_file *file = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_log_file_new(&file, &options, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "/nowhere/at/all"));
}

static void what_cannot_be_written_is_counted(void **state)
{
	struct nrs_log_file_figures figures;
	struct nrs_log_file *file = make(0, false, 0);
	char path[256];

	(void)state;
	/* a folder stands where the file shall be */
	snprintf(path, sizeof(path), "%s/flows-20260301T12-0001.jsonl.zst.part",
		 folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(nrs_log_file_add(file, nrs_span_of("x\n"), NOON),
			 NRS_E_IO);
	assert_int_equal(rmdir(path), 0);
	nrs_log_file_figures(file, &figures);
	assert_int_equal(figures.lost, 1);
	add(file, "y\n", NOON);
	nrs_log_file_free(file);
	holds("flows-20260301T12-0002.jsonl.zst", "y\n", NRS_OK);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(every_hour_has_its_file),
		CASE(a_large_file_is_followed_by_another),
		CASE(what_was_flushed_outlives_a_crash),
		CASE(old_files_go_and_those_of_others_stay),
		CASE(a_folder_that_is_not_there_is_said),
		CASE(what_cannot_be_written_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
