/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hits_file: rotation, a cut line, and a disk that is full.
 */
#include "tests/nrs_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "sightings/hits_file.h"

struct place {
	char dir[64];
	char path[128];
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/nrs-hits-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/hits.jsonl", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char name[160];

	for (unsigned int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "%s.%u", p->path, i);
		(void)unlink(i == 0 ? p->path : name);
	}
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void holds(const struct place *p, const char *suffix, const char *want)
{
	char name[160], got[256] = "";

	snprintf(name, sizeof(name), "%s%s", p->path, suffix);
	FILE *file = fopen(name, "rb");
	assert_non_null(file);
	got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	assert_string_equal(got, want);
}

static struct nrs_hits_file *open_with(const struct place *p, uint64_t rotate,
				       unsigned int keep)
{
	const struct nrs_hits_file_options options = {
		.path = p->path, .rotate_bytes = rotate, .keep = keep};
	struct nrs_hits_file *file = NULL;
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_hits_file_open(&file, &options, &diag), NRS_OK);
	return file;
}

static void add(struct nrs_hits_file *file, const char *line)
{
	nrs_hits_file_add(file, nrs_span_of(line));
}

static void files_rotate_by_size_and_the_oldest_goes(void **state)
{
	const struct place *p = *state;
	struct nrs_hits_file *file = open_with(p, 10, 2);

	add(file, "{\"a\":1}\n"); /* 8 octets: one line a file */
	add(file, "{\"a\":2}\n");
	add(file, "{\"a\":3}\n");
	add(file, "{\"a\":4}\n");
	assert_int_equal(nrs_hits_file_lost(file), 0);
	nrs_hits_file_close(file);
	holds(p, "", "{\"a\":4}\n");
	holds(p, ".1", "{\"a\":3}\n");
	holds(p, ".2", "{\"a\":2}\n");
	char name[160];
	snprintf(name, sizeof(name), "%s.3", p->path);
	assert_int_equal(access(name, F_OK), -1);
}

static void a_restart_goes_on_behind_what_is_there(void **state)
{
	const struct place *p = *state;
	struct nrs_hits_file *file = open_with(p, 0, 0);

	add(file, "{\"a\":1}\n");
	nrs_hits_file_close(file);
	file = open_with(p, 0, 0);
	add(file, "{\"a\":2}\n");
	nrs_hits_file_close(file);
	holds(p, "", "{\"a\":1}\n{\"a\":2}\n");
}

static void a_line_that_a_crash_cut_is_ended_first(void **state)
{
	const struct place *p = *state;
	FILE *left = fopen(p->path, "wb");

	assert_non_null(left);
	assert_true(fputs("{\"a\":1}\n{\"a\":", left) >= 0);
	assert_int_equal(fclose(left), 0);
	struct nrs_hits_file *file = open_with(p, 0, 0);
	add(file, "{\"a\":2}\n");
	nrs_hits_file_close(file);
	holds(p, "", "{\"a\":1}\n{\"a\":\n{\"a\":2}\n");
}

static void a_full_disk_loses_lines_whole_and_counts_them(void **state)
{
	const struct place *p = *state;
	struct nrs_hits_file *file = open_with(p, 0, 0);
	struct rlimit before, small = {.rlim_cur = 12};

	add(file, "{\"a\":1}\n");
	/* A file size limit cuts a write just as a full disk does. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	add(file, "{\"a\":2}\n"); /* 4 of its 8 octets fit */
	add(file, "{\"a\":3}\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(nrs_hits_file_lost(file), 2);
	add(file, "{\"a\":4}\n");
	assert_int_equal(nrs_hits_file_lost(file), 2);
	nrs_hits_file_close(file);
	holds(p, "", "{\"a\":1}\n{\"a\":4}\n");
}

static void what_is_no_file_is_refused_with_its_name(void **state)
{
	const struct place *p = *state;
	const struct nrs_hits_file_options options = {.path = p->dir};
	struct nrs_hits_file *file = NULL;
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_hits_file_open(&file, &options, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, p->dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			files_rotate_by_size_and_the_oldest_goes, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_restart_goes_on_behind_what_is_there, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_line_that_a_crash_cut_is_ended_first, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_full_disk_loses_lines_whole_and_counts_them, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_file_is_refused_with_its_name, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
