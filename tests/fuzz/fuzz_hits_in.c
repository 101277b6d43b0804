/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hits_in: a line of somebody's hits.jsonl. */
#include "sightings/hits_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_hit_line line;

	if (nrs_hit_read(&line, nrs_span(data, size), arena, NULL) == NRS_OK)
		nrs_witness_free(line.witness);
	nrs_arena_free(arena);
	return 0;
}
