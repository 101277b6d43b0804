/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_openioc: any bytes as an OpenIOC file. */
#include "loaders/openioc.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return nrs_fuzz_reader(nrs_openioc_open, "", nrs_span(data, size));
}
