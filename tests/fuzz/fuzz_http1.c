/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http1: any bytes as heads and bodies, one after another. */
#include "capture/proto/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_http1_head head;
	struct nrs_span rest = nrs_span(data, size);
	size_t used;

	while (nrs_http1_parse(&head, rest, &used) == NRS_OK) {
		struct nrs_http1_framing framing;

		rest = nrs_span_from(rest, used);
		nrs_http1_framing_init(&framing, &head);
		if (nrs_http1_framing_feed(&framing, rest, &used) != NRS_OK)
			break;
		rest = nrs_span_from(rest, used);
	}
	return 0;
}
