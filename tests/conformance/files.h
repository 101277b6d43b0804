/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: every file of one format in the folder of conformance data, whatever
 * it is called, so that others can be laid beside ours.
 */
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include "engine/base/inflate.h"
#include "engine/base/json.h"
#include "tests/nrs_test.h"

/* The file @path, all of it; NULL: no JSON. */
static inline struct nrs_json *read_json(const char *path,
					 struct nrs_arena *arena)
{
	struct nrs_input *input = NULL;
	struct nrs_json *root = NULL;
	struct stat st;
	size_t got = 0;

	assert_int_equal(stat(path, &st), 0);
	const size_t room = (size_t)st.st_size + 1;
	uint8_t *bytes = nrs_arena_bytes(arena, room);
	assert_int_equal(nrs_input_open(&input, path, NULL, NULL), NRS_OK);
	assert_int_equal(nrs_input_read(input, bytes, room, &got, NULL),
			 NRS_OK);
	nrs_input_close(input);
	return nrs_json_parse(nrs_span(bytes, got), arena, &root, NULL) ==
			       NRS_OK
		       ? root
		       : NULL;
}

/* Calls @each with every JSON file of the folder. */
static inline void
for_files(const char *folder,
	  void (*each)(void *ctx, const struct nrs_json *root), void *ctx)
{
	struct dirent **names = NULL;
	const int count = scandir(folder, &names, NULL, alphasort);

	assert_true(count >= 0);
	for (int i = 0; i < count; i++) {
		struct nrs_arena *arena = nrs_arena_new(0);
		char path[4400];

		(void)snprintf(path, sizeof(path), "%s/%s", folder,
			       names[i]->d_name);
		const struct nrs_json *root =
			nrs_span_ends(nrs_span_of(path), ".json")
				? read_json(path, arena)
				: NULL;
		if (root != NULL) {
			printf("%s\n", path);
			each(ctx, root);
		}
		nrs_arena_free(arena);
		free(names[i]);
	}
	free(names);
}

/* Runs @test with the folder as its state. */
static inline int run_on_files(struct CMUnitTest test)
{
	static char folder[4096];

	if (!nrs_test_shared("conformance", folder, sizeof(folder)))
		return NRS_SKIP;
	test.initial_state = folder;
	const struct CMUnitTest tests[] = {test};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#define RUN_ON_FILES(test)                                                     \
	run_on_files((struct CMUnitTest)cmocka_unit_test(test))
