/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_compile: any text as a pattern, compiled in both profiles, and matched.
 */
#include "tests/fuzz/built.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	build_and_run(nrs_span(data, size), false);
	build_and_run(nrs_span(data, size), true);
	return 0;
}
