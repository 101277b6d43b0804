/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csv: any bytes as CSV. */
#include "loaders/csv.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span bytes = nrs_span(data, size);

	(void)nrs_csv_detect(bytes);
	return nrs_fuzz_reader(nrs_csv_open, "csv", bytes) +
	       nrs_fuzz_reader(nrs_csv_open, "csv:value=1", bytes);
}
