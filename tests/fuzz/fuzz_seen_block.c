/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_seen_block: how many rows, then the plain octets of a block. */
#include "tests/fuzz/logged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		logged_read(nrs_span(data + 1, size - 1), data[0] + 1u);
	return 0;
}
