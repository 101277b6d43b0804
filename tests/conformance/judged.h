/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judged: the cases of conformance data one by one: how many there are, and
 * how many are wrong.
 */
#pragma once

#include "tests/conformance/files.h"

/* What became of the cases. */
struct tally {
	const char *format;
	bool (*is_right)(const struct nrs_json *c); /* says what is wrong */
	unsigned int count, wrong;
};

/* The first case of @root; NULL: it is of another format. */
static inline const struct nrs_json *cases_of(const struct nrs_json *root,
					      const char *format)
{
	if (!nrs_span_is(nrs_json_text(root, "format"), format))
		return NULL;
	assert_non_null(nrs_json_get(root, "cases"));
	return nrs_json_get(root, "cases")->child;
}

static inline void judge_file(void *ctx, const struct nrs_json *root)
{
	struct tally *tally = ctx;

	for (const struct nrs_json *c = cases_of(root, tally->format);
	     c != NULL; c = c->next) {
		tally->count++;
		tally->wrong += !tally->is_right(c);
	}
}

static inline void none_is_wrong(const struct tally *tally)
{
	printf("%u cases\n", tally->count);
	assert_true(tally->count > 0);
	assert_int_equal(tally->wrong, 0);
}

/* Every case of every file of @format is right. */
static inline void all_are_right(const char *folder, const char *format,
				 bool (*is_right)(const struct nrs_json *c))
{
	struct tally tally = {.format = format, .is_right = is_right};

	for_files(folder, judge_file, &tally);
	none_is_wrong(&tally);
}
