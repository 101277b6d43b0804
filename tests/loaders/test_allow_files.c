/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_allow_files: all warninglists of the shared feeds: every entry is taken
 * or refused with its reason, and values that are known to stand in them are
 * covered.
 */
#include "tests/nrs_test.h"

#include <dirent.h>

#include "loaders/allow.h"

#define FOLDER "feeds/misp-warninglists"

static void load_all(struct nrs_allow *allow, const char *folder)
{
	struct nrs_diag diag = {0};
	char path[4400];
	DIR *dir = opendir(folder);

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/list.json", folder,
			 e->d_name);
		if (nrs_allow_load(allow, path, &diag) == NRS_OK)
			continue;
		print_error("%s: %s\n", path, diag.text);
		fail();
	}
	closedir(dir);
}

/* 528,952 entries in all; the 37 telephone numbers and application ids are of
 * kinds that no indicator has; two names hold a slash, and one a blank. */
static void every_entry_is_taken_or_refused(void **state)
{
	const struct nrs_allow *allow = *state;
	uint64_t entries = 0, refused = 0;

	for (unsigned int i = 0; i < nrs_allow_lists(allow); i++) {
		entries += nrs_allow_list(allow, i)->entries;
		refused += nrs_allow_list(allow, i)->refused;
	}
	assert_int_equal(nrs_allow_lists(allow), 136);
	assert_int_equal(refused, 3);
	assert_int_equal(entries, 528952 - 37 - 3);
}

/* Values of the feeds, of which every @step is asked, and how many of those a
 * program that knows nothing of this one found to be covered. */
static const struct {
	const char *file;
	enum nrs_allow_kind kind;
	unsigned int step, asked, covered;
} samples[] = {
	{"feeds/domain.txt", NRS_ALLOW_NAME, 100, 12559, 1111},
	{"feeds/ipv4.txt", NRS_ALLOW_ADDR, 10, 23461, 14003},
	{"feeds/url.txt", NRS_ALLOW_URL, 100, 243, 6},
	{"feeds/md5.txt", NRS_ALLOW_HASH, 1, 196, 0},
};

static void the_feeds_are_covered_as_another_reader_says(void **state)
{
	char path[4096], line[4096];

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		unsigned int number = 0, asked = 0, covered = 0;
		struct nrs_allow_veto veto;

		assert_true(
			nrs_test_shared(samples[i].file, path, sizeof(path)));
		FILE *file = fopen(path, "r");
		assert_non_null(file);
		while (fgets(line, sizeof(line), file) != NULL) {
			const struct nrs_allow_ask ask = {
				.kind = samples[i].kind,
				.text = nrs_span_trim(nrs_span_of(line))};

			if (number++ % samples[i].step != 0)
				continue;
			asked++;
			covered += nrs_allow_value(*state, &ask, &veto);
		}
		fclose(file);
		if (asked == samples[i].asked && covered == samples[i].covered)
			continue;
		print_error("%s: %u of %u\n", samples[i].file, covered, asked);
		fail();
	}
}

static int load_lists(void **state)
{
	struct nrs_allow *allow = NULL;
	char path[4096];

	if (!nrs_test_shared(FOLDER, path, sizeof(path)) ||
	    nrs_allow_new(&allow) != NRS_OK)
		return -1;
	load_all(allow, path);
	*state = allow;
	return 0;
}

static int free_lists(void **state)
{
	nrs_allow_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_is_taken_or_refused),
		cmocka_unit_test(the_feeds_are_covered_as_another_reader_says),
	};
	char path[4096];

	if (!nrs_test_shared(FOLDER, path, sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, load_lists, free_lists);
}
