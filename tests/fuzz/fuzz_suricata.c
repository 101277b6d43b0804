/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_suricata: any bytes as each file of Suricata. */
#include "loaders/suricata.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span bytes = nrs_span(data, size);

	(void)(nrs_suricata_detect_dataset(bytes) ||
	       nrs_suricata_detect_datarep(bytes) ||
	       nrs_suricata_detect_iprep(bytes) ||
	       nrs_suricata_detect_categories(bytes));
	return nrs_fuzz_reader(nrs_suricata_open, "suricata-dataset", bytes) +
	       nrs_fuzz_reader(nrs_suricata_open, "suricata-datarep", bytes) +
	       nrs_fuzz_reader(nrs_suricata_open, "suricata-iprep", bytes);
}
