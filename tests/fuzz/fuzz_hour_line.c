/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hour_line: a line of counters; what was read says the same again. */
#include "logs/hour_row.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new((size_t)16 << 20);
	struct nrs_hour_row row, again;
	struct nrs_text line = {0};

	must(arena != NULL);
	if (nrs_hour_read(&row, nrs_span(data, size), arena) == NRS_OK) {
		nrs_hour_line(&line, &row, NULL, NULL);
		must(nrs_hour_read(&again, nrs_text_span(&line), arena) ==
		     NRS_OK);
		must(memcmp(row.count, again.count, sizeof(row.count)) == 0);
		must(row.hour == again.hour && row.owner == again.owner);
	}
	nrs_text_fini(&line);
	nrs_arena_free(arena);
	return 0;
}
