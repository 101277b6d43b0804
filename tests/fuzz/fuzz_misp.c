/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_misp: any bytes as events of MISP. */
#include "loaders/misp.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)nrs_misp_detect(nrs_span(data, size));
	return nrs_fuzz_reader(nrs_misp_open, "misp:to_ids=any,objects=and",
			       nrs_span(data, size));
}
