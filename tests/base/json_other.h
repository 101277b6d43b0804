/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_other: what the quick reader reads is what the library reads, which is
 * given the text beside a string that the quick reader leaves alone.
 */
#pragma once

#include "engine/base/json_tree.h"

static inline bool json_both_agree(struct nrs_span text,
				   struct nrs_arena *arena)
{
	struct nrs_text list = {0}, one = {0}, other = {0};
	struct nrs_json *value = NULL, *read = NULL;

	if (nrs_json_plain(text, arena, &value) != NRS_OK)
		return true;
	nrs_text_puts(&list, "[");
	nrs_text_add(&list, text);
	nrs_text_puts(&list, ",\"\\u0041\"]");
	const int err =
		nrs_json_parse(nrs_text_span(&list), arena, &read, NULL);
	nrs_json_canonical(&one, value);
	if (err == NRS_OK)
		nrs_json_canonical(&other, read->child);
	/* In a list it may be too deep. */
	const bool agree =
		err == NRS_E_LIMIT ||
		(err == NRS_OK &&
		 nrs_span_equal(nrs_text_span(&one), nrs_text_span(&other)));
	nrs_text_fini(&list);
	nrs_text_fini(&one);
	nrs_text_fini(&other);
	return agree;
}
