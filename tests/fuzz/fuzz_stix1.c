/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stix1: any bytes as a STIX 1 package. */
#include "loaders/stix1.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return nrs_fuzz_reader(nrs_stix1_open, "", nrs_span(data, size));
}
