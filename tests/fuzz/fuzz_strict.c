/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_strict: a pattern, a NUL, and the documents it is evaluated over. */
#include "engine/strict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	const struct nrs_span all = nrs_span(data, size);
	const size_t cut = nrs_span_find(all, 0, 0);
	struct nrs_strict_documents documents;
	struct nrs_pattern pattern;
	struct nrs_json *json;
	const struct nrs_span text = nrs_span_part(all, 0, cut);

	if (cut < size &&
	    nrs_pattern_parse(&pattern, text, NRS_STIX_21, arena, NULL) == 0 &&
	    nrs_json_parse(nrs_span_from(all, cut + 1), arena, &json, NULL) ==
		    0 &&
	    nrs_strict_load(&documents, json, NRS_STIX_20, arena, NULL) == 0)
		(void)nrs_strict_match(&documents, &pattern, arena, NULL, NULL);
	nrs_arena_free(arena);
	return 0;
}
