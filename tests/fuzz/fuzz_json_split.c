/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json_split: what is cut does not depend on how the bytes come. */
#include "tests/base/json_cut.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span all = nrs_span(data, size);

	must(json_cut(all, size + 1) == json_cut(all, 1));
	return 0;
}
