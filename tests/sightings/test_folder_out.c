/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_folder_out: what is released stands in the folder as a whole bundle,
 * once; what cannot be written waits.
 */
#include "sightings/folder_out.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "engine/base/arena.h"
#include "engine/base/json.h"
#include "tests/sightings/posted.h"

static char folder[128];

static int setup(void **state)
{
	const int err = posted_setup(state);
	const struct posted *p = *state;

	snprintf(folder, sizeof(folder), "%s/out", p->disk.dir);
	return err;
}

/* Files in the folder; the last one's path into @path. */
static unsigned int files(char path[512])
{
	DIR *dir = opendir(folder);
	unsigned int count = 0;

	for (struct dirent *at = dir == NULL ? NULL : readdir(dir); at != NULL;
	     at = readdir(dir)) {
		if (at->d_name[0] == '.')
			continue;
		snprintf(path, 512, "%s/%.200s", folder, at->d_name);
		count++;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return count;
}

static int teardown(void **state)
{
	char path[512];

	while (files(path) > 0)
		assert_int_equal(unlink(path), 0);
	(void)rmdir(folder);
	return posted_teardown(state);
}

static struct nrs_folder_out *open_out(struct posted *p)
{
	struct nrs_folder_out *out = NULL;

	assert_int_equal(nrs_folder_out_new(&out, nrs_span_of("isac-a"), folder,
					    p->spool),
			 NRS_OK);
	return out;
}

static int step(struct nrs_folder_out *out)
{
	int64_t next_ns = 0;
	const int err = nrs_folder_out_step(out, MADE_NS, &next_ns, NULL);

	assert_true(next_ns >= MADE_NS);
	return err;
}

static void released_sightings_are_a_bundle_in_the_folder(void **state)
{
	static char text[65536];
	struct posted *p = *state;
	struct nrs_folder_out *out = open_out(p);
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	char path[512];
	unsigned int sightings = 0;

	posted_hit(p, 1);
	posted_hit(p, 2);
	assert_int_equal(step(out), NRS_OK);
	assert_int_equal(files(path), 1);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	const size_t len = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	assert_int_equal(
		nrs_json_parse(nrs_span(text, len), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "type"), "bundle"));
	assert_true(nrs_span_starts(nrs_json_text(tree, "id"), "bundle--"));
	assert_null(nrs_json_get(tree, "spec_version")); /* STIX 2.1: none */
	for (const struct nrs_json *at = nrs_json_get(tree, "objects")->child;
	     at != NULL; at = at->next)
		sightings += nrs_span_is(nrs_json_text(at, "type"), "sighting");
	assert_int_equal(sightings, 2);
	struct nrs_spool_counts counts;
	assert_int_equal(nrs_spool_counts(p->spool, nrs_span_of("isac-a"),
					  &counts, NULL),
			 NRS_OK);
	assert_int_equal(counts.states[NRS_SPOOL_CONFIRMED], 2);
	assert_int_equal(counts.states[NRS_SPOOL_QUEUED], 0);
	assert_int_equal(nrs_folder_out_state(out)->posted, 2);
	assert_int_equal(step(out), NRS_OK); /* nothing more */
	assert_int_equal(files(path), 1);
	nrs_arena_free(arena);
	nrs_folder_out_free(out);
}

static void a_folder_that_cannot_be_written_keeps_all_waiting(void **state)
{
	struct posted *p = *state;
	struct nrs_folder_out *out;
	struct nrs_spool_counts counts;

	snprintf(folder, sizeof(folder), "%s/none/out", p->disk.dir);
	out = open_out(p);
	posted_hit(p, 1);
	assert_int_equal(step(out), NRS_E_IO);
	assert_int_equal(nrs_folder_out_state(out)->health, NRS_POST_LOCAL);
	assert_non_null(strstr(nrs_folder_out_state(out)->message, "/none/"));
	assert_int_equal(nrs_spool_counts(p->spool, nrs_span_of("isac-a"),
					  &counts, NULL),
			 NRS_OK);
	assert_int_equal(counts.states[NRS_SPOOL_QUEUED], 1);
	nrs_folder_out_free(out);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(released_sightings_are_a_bundle_in_the_folder),
		NRS_T(a_folder_that_cannot_be_written_keeps_all_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
