/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_loaded: files of indicators and the image that compile makes of them
 * are loaded the same way; and the key that a machine knows its images by.
 */
#include "app/image_key.h"
#include "app/loaded.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

#define SERVICE_KEY "/var/lib/noroshi/image.key"

static char list[WORKSHOP_PATH], image[WORKSHOP_PATH];

static int setup(void **state)
{
	if (workshop_open(state) != 0 ||
	    setenv("XDG_STATE_HOME", workshop, 1) != 0)
		return -1;
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "192.0.2.1\nc2.example\n"));
	(void)snprintf(image, sizeof(image), "%s", workshop_path("set.nrs"));
	return 0;
}

/* The status of loading @paths and @values; what was loaded is counted. */
static int load(const char *const *paths, const char *const *values,
		bool subdomains, uint32_t *count)
{
	char texts[4][WORKSHOP_PATH];
	char *words[4];
	unsigned int counts[2] = {0};
	unsigned int used = 0;

	for (int kind = 0; kind < 2; kind++) {
		const char *const *from = kind == 0 ? paths : values;

		for (; *from != NULL; from++, used++, counts[kind]++) {
			assert_true(used < 4);
			snprintf(texts[used], sizeof(texts[0]), "%s", *from);
			words[used] = texts[used];
		}
	}
	const struct nrs_load loading = {.paths = words,
					 .path_count = counts[0],
					 .values = words + counts[0],
					 .value_count = counts[1]};
	const struct nrs_build_options building = {
		.seats = 1, .guards = true, .subdomains = subdomains};
	struct nrs_loaded loaded;

	spoken_begin();
	const int err = nrs_loaded_read(&loaded, &loading, &building);
	spoken_end();
	*count = err == NRS_OK ? nrs_set_count(loaded.set) : 0;
	nrs_loaded_fini(&loaded);
	assert_null(loaded.set);
	assert_null(loaded.db);
	return err;
}

static void an_image_holds_what_its_files_held(void **state)
{
	const char *const words[] = {"compile",	  "-o", image, "--ioc",
				     "192.0.2.9", list, NULL};
	const char *const files[] = {list, NULL}, *const one[] = {image, NULL},
			  *const typed[] = {"192.0.2.9", NULL},
			  *const none[] = {NULL};
	uint32_t count;

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_compile, words), 0);
	assert_non_null(strstr(SPOKEN_ERR, "3 indicators: full 3"));
	assert_non_null(strstr(SPOKEN_ERR, image));
	assert_int_equal(load(files, typed, false, &count), NRS_OK);
	assert_int_equal(count, 3);
	assert_int_equal(load(one, none, false, &count), NRS_OK);
	assert_int_equal(count, 3);
	assert_string_equal(SPOKEN_ERR, "");
}

static void an_image_stands_alone_and_for_its_options(void **state)
{
	const char *const words[] = {"compile", "-o", image, list, NULL};
	const char *const both[] = {image, list, NULL},
			  *const behind[] = {list, image, NULL},
			  *const one[] = {image, NULL},
			  *const typed[] = {"192.0.2.9", NULL},
			  *const none[] = {NULL};
	uint32_t count;

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_compile, words), 0);
	assert_int_equal(load(both, none, false, &count), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "stands alone"));
	assert_int_equal(load(behind, none, false, &count), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "stands alone"));
	assert_int_equal(load(one, typed, false, &count), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "stands alone"));
	assert_int_equal(load(one, none, true, &count), NRS_E_IO);
	assert_non_null(strstr(SPOKEN_ERR, "--subdomains"));
}

/* Made once, the owner's alone; one that others may write is not believed. */
static void the_key_is_made_once_and_is_the_owners(void **state)
{
	uint8_t first[NRS_IMAGE_KEY_LEN], again[NRS_IMAGE_KEY_LEN];
	char folder[WORKSHOP_PATH], path[WORKSHOP_PATH + 32];
	struct stat st;

	(void)state;
	if (access(SERVICE_KEY, F_OK) == 0)
		skip(); /* the machine's own comes first */
	(void)snprintf(folder, sizeof(folder), "%s", workshop_path("state"));
	(void)snprintf(path, sizeof(path), "%s/noroshi/image.key", folder);
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	assert_false(nrs_image_key(first, false));
	assert_int_equal(access(folder, F_OK), -1);
	assert_true(nrs_image_key(first, true));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, NRS_IMAGE_KEY_LEN);
	assert_true(nrs_image_key(again, true));
	assert_memory_equal(first, again, sizeof(first));
	assert_true(nrs_image_key(again, false));
	assert_int_equal(chmod(path, 0602), 0);
	assert_false(nrs_image_key(again, false));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, NRS_IMAGE_KEY_LEN - 1), 0);
	assert_false(nrs_image_key(again, false));
	/* a folder's name that is not absolute is none (XDG) */
	assert_int_equal(setenv("XDG_STATE_HOME", "state", 1), 0);
	assert_int_equal(setenv("HOME", folder, 1), 0);
	assert_true(nrs_image_key(again, true));
	assert_memory_not_equal(first, again, sizeof(first));
	(void)snprintf(path, sizeof(path), "%s/.local/state/noroshi/image.key",
		       folder);
	assert_int_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_holds_what_its_files_held),
		cmocka_unit_test(an_image_stands_alone_and_for_its_options),
		cmocka_unit_test(the_key_is_made_once_and_is_the_owners),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
