/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_zeek: any bytes as a file of Zeek intel. */
#include "loaders/zeek.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return nrs_fuzz_reader(nrs_zeek_open, "", nrs_span(data, size));
}
