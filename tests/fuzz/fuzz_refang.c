/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_refang: never longer; what was refanged says no more of itself. */
#include "engine/refang.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span in = nrs_span(data, size);
	struct nrs_text shown = {0};
	uint8_t *out = malloc(size + 1); /* exact: asan sees one too many */
	bool changed = false;

	if (out == NULL)
		return 0;
	const size_t len = nrs_refang(in, out, &changed);
	if (len > size || (!changed && !nrs_span_equal(nrs_span(out, len), in)))
		abort();
	nrs_defang(&shown, nrs_span(out, len));
	nrs_text_fini(&shown);
	free(out);
	return 0;
}
