/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pattern: any text as a STIX pattern, in both versions. */
#include "engine/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_pattern pattern;
	struct nrs_diag diag;
	const struct nrs_span text = nrs_span(data, size);

	(void)nrs_pattern_parse(&pattern, text, NRS_STIX_20, arena, &diag);
	(void)nrs_pattern_parse(&pattern, text, NRS_STIX_21, arena, &diag);
	nrs_arena_free(arena);
	return 0;
}
