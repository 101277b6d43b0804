/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cgroups: groups of the test's own in the kernel's tree. Wants root, and
 * a mounted tree of version 2.
 */
#include "capture/source/cgroups.h"

#include "engine/base/stamp.h"
#include "tests/source/own_group.h"

static const char *own; /* the folder of our own */
static struct nrs_cgroups *groups;

static const char *at(const char *below)
{
	static char path[400];

	(void)snprintf(path, sizeof(path), "%s%s", own, below);
	return path;
}

static uint64_t number_of(const char *below)
{
	struct stat what;

	assert_int_equal(stat(at(below), &what), 0);
	return what.st_ino;
}

static int group_setup(void **state)
{
	(void)state;
	own = own_group();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return rmdir(own);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(mkdir(at("/a.slice"), 0755), 0);
	assert_int_equal(mkdir(at("/a.slice/b.service"), 0755), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nrs_cgroups_free(groups);
	groups = NULL;
	(void)rmdir(at("/a.slice/b.service"));
	(void)rmdir(at("/a.slice"));
	return 0;
}

static void ends_with(const char *path, const char *end)
{
	assert_non_null(path);
	assert_true(strlen(path) >= strlen(end));
	assert_string_equal(path + strlen(path) - strlen(end), end);
	/* From the tree's first group on, not from the machine's first folder.
	 */
	assert_int_equal(strncmp(path, "/nrs-test-", 10), 0);
}

static void a_group_is_found_by_its_number(void **state)
{
	(void)state;
	assert_int_equal(nrs_cgroups_new(&groups, own, NRS_CGROUPS_MAX, NULL),
			 NRS_OK);
	ends_with(nrs_cgroups_path(groups, number_of(""), 0),
		  strrchr(own, '/'));
	ends_with(nrs_cgroups_path(groups, number_of("/a.slice"), 0),
		  "/a.slice");
	ends_with(nrs_cgroups_path(groups, number_of("/a.slice/b.service"), 0),
		  "/a.slice/b.service");
}

static void the_first_group_is_a_slash(void **state)
{
	char root[200];
	struct stat what;

	(void)state;
	(void)snprintf(root, sizeof(root), "%s", own);
	*strrchr(root, '/') = '\0';
	assert_int_equal(stat(root, &what), 0);
	assert_int_equal(nrs_cgroups_new(&groups, root, NRS_CGROUPS_MAX, NULL),
			 NRS_OK);
	assert_string_equal(nrs_cgroups_path(groups, what.st_ino, 0), "/");
	ends_with(nrs_cgroups_path(groups, number_of("/a.slice"), 0),
		  "/a.slice");
}

static void a_new_group_is_looked_for_once_a_second(void **state)
{
	(void)state;
	assert_int_equal(nrs_cgroups_new(&groups, own, NRS_CGROUPS_MAX, NULL),
			 NRS_OK);
	assert_null(nrs_cgroups_path(groups, 1, NRS_SECOND_NS)); /* read */
	assert_int_equal(mkdir(at("/late"), 0755), 0);
	const uint64_t late = number_of("/late");
	const char *at_once =
		nrs_cgroups_path(groups, late, NRS_SECOND_NS * 3 / 2);
	const char *later = nrs_cgroups_path(groups, late, 2 * NRS_SECOND_NS);
	assert_int_equal(rmdir(at("/late")), 0);
	assert_null(at_once);
	ends_with(later, "/late");
}

static void a_group_that_is_gone_stays_known(void **state)
{
	(void)state;
	assert_int_equal(nrs_cgroups_new(&groups, own, NRS_CGROUPS_MAX, NULL),
			 NRS_OK);
	const uint64_t gone = number_of("/a.slice/b.service");
	assert_int_equal(rmdir(at("/a.slice/b.service")), 0);
	assert_null(nrs_cgroups_path(groups, 1, NRS_SECOND_NS)); /* read */
	ends_with(nrs_cgroups_path(groups, gone, NRS_SECOND_NS),
		  "/a.slice/b.service");
	ends_with(nrs_cgroups_path(groups, number_of("/a.slice"), 0),
		  "/a.slice");
}

static void more_than_there_is_room_for_are_left_out(void **state)
{
	(void)state;
	assert_int_equal(nrs_cgroups_new(&groups, own, 2, NULL), NRS_OK);
	ends_with(nrs_cgroups_path(groups, number_of("/a.slice"), 0),
		  "/a.slice");
	assert_null(nrs_cgroups_path(groups, number_of("/a.slice/b.service"),
				     NRS_SECOND_NS));
}

static void what_is_no_group_is_said(void **state)
{
	static const struct {
		const char *folder;
		int err;
		const char *says;
	} rows[] = {
		{"/nonexistent.example", NRS_E_IO, "No such file"},
		{"/tmp", NRS_E_UNSUPPORTED, "none of version 2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_diag diag = {0};

		assert_int_equal(
			nrs_cgroups_new(&groups, rows[i].folder, 10, &diag),
			rows[i].err);
		assert_non_null(strstr(diag.text, rows[i].folder));
		assert_non_null(strstr(diag.text, rows[i].says));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_group_is_found_by_its_number),
		TEST(the_first_group_is_a_slash),
		TEST(a_new_group_is_looked_for_once_a_second),
		TEST(a_group_that_is_gone_stays_known),
		TEST(more_than_there_is_room_for_are_left_out),
		TEST(what_is_no_group_is_said),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
