/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_cut: all that a splitter cuts and says, as one number, with the text
 * given in pieces of some length.
 */
#pragma once

#include "engine/base/json_split.h"

static inline int json_cut_add(void *ctx, int err, struct nrs_span object,
			       uint64_t offset, uint64_t number)
{
	uint64_t *all = ctx;

	*all = *all * 31 + (uint64_t)(err + 100) + offset * 7 + number;
	for (size_t i = 0; err == NRS_OK && i < object.len; i++)
		*all = *all * 31 + object.ptr[i];
	return 0;
}

static inline uint64_t json_cut(struct nrs_span all, size_t step)
{
	struct nrs_json_split *split = NULL;
	uint64_t cut = 0;
	int err = nrs_json_split_new(&split, json_cut_add, &cut);

	for (size_t at = 0; err == NRS_OK && at < all.len; at += step)
		err = nrs_json_split_push(split, nrs_span_part(all, at, step));
	if (err == NRS_OK)
		(void)nrs_json_split_end(split, NULL);
	nrs_json_split_free(split);
	return cut;
}
