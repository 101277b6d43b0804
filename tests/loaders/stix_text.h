/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_text: a STIX document in a string, read into a fresh set.
 */
#pragma once

#include "tests/nrs_test.h"

#include "loaders/stix.h"

/* Read @text, @step bytes at a time; *@err is how it ended. */
static inline struct nrs_set *stix_read(const char *text, size_t step,
					struct nrs_loader_result *result,
					int *err)
{
	const struct nrs_loader_options options = {.default_tlp =
							   NRS_TLP_GREEN};
	const struct nrs_span all = nrs_span_of(text);
	struct nrs_set *set = NULL;
	struct nrs_stix *stix = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"), &source);
	assert_int_equal(nrs_stix_new(&stix, set, source, &options), NRS_OK);
	*err = NRS_OK;
	for (size_t i = 0; i < all.len && *err == NRS_OK; i += step)
		*err = nrs_stix_push(stix, nrs_span_part(all, i, step));
	if (*err == NRS_OK)
		*err = nrs_stix_end(stix, result, NULL);
	nrs_stix_free(stix);
	return set;
}

/* A bundle of @objects that must load. */
static inline struct nrs_set *stix_bundle(const char *objects)
{
	struct nrs_loader_result result;
	char *text = malloc(strlen(objects) + 100);
	int err;

	assert_non_null(text);
	sprintf(text,
		"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[%s]}",
		objects);
	struct nrs_set *set = stix_read(text, 4096, &result, &err);
	free(text);
	assert_int_equal(err, NRS_OK);
	return set;
}
