/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_capture_file: any bytes as a capture. */
#include "capture/source/capture_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_capture_file file;
	struct nrs_span rest = nrs_span(data, size);
	struct nrs_packet packet;
	struct nrs_diag diag;
	size_t used;
	int err = nrs_capture_file_open(&file, rest, &used, &diag);

	while (err == NRS_OK || err == NRS_E_NOTFOUND) {
		rest = nrs_span_from(rest, used);
		err = nrs_capture_file_next(&file, rest, &packet, &used, &diag);
	}
	return 0;
}
