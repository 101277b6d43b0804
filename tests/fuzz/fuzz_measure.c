/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_measure: any text as a pattern or value; no measure holds a blank, line
 * end or control, which would mean something in another system's file. */
#include "tests/fuzz/measured.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_measure_sink sink = {.take = nrs_fuzz_measured};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_indicator item = {.version = 1};
	const char *reason;

	item.shape = size == 0 ? 0 : data[0] % NRS_SHAPE_COUNT;
	item.pattern = nrs_span(data + (size > 0), size - (size > 0));
	(void)nrs_measures(&item, arena, &sink, &reason);
	nrs_arena_free(arena);
	return 0;
}
