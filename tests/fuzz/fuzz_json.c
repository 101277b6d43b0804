/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json: its canonical form reads as itself, and both readers agree. */
#include "tests/base/json_other.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text once = {0}, twice = {0};
	struct nrs_json *value = NULL;

	must(json_both_agree(nrs_span(data, size), arena));
	if (nrs_json_parse(nrs_span(data, size), arena, &value, NULL) == 0) {
		nrs_json_canonical(&once, value);
		must(nrs_json_parse(nrs_text_span(&once), arena, &value,
				    NULL) == 0);
		nrs_json_canonical(&twice, value);
		must(nrs_span_equal(nrs_text_span(&once),
				    nrs_text_span(&twice)));
	}
	nrs_text_fini(&once);
	nrs_text_fini(&twice);
	nrs_arena_free(arena);
	return 0;
}
