/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_multipart: any bytes as a form, cut where its first octet says. */
#include "capture/proto/file_name.h"
#include "capture/proto/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_multipart m;
	const size_t step = size > 0 ? (size_t)data[0] + 1 : 1;
	uint8_t room[64];
	struct nrs_span out;

	(void)nrs_multipart_begin(&m, nrs_span_of("zz"));
	for (size_t at = 1; at < size; at += step) {
		struct nrs_span in =
			nrs_span_part(nrs_span(data, size), at, step);

		while (nrs_multipart_next(&m, &in, &out) != NRS_MULTIPART_MORE)
			(void)nrs_disposition_name(
				nrs_multipart_header(out, "a"), room, 64);
	}
	return 0;
}
