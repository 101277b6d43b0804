/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_suricata_json: any bytes as a dataset in JSON. */
#include "loaders/suricata_json.h"
#include "tests/fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span bytes = nrs_span(data, size);

	return nrs_fuzz_reader(nrs_suricata_json_open, "suricata-json", bytes) +
	       nrs_fuzz_reader(nrs_suricata_json_open,
			       "suricata-json:array_key=a.b,value_key=c",
			       bytes);
}
