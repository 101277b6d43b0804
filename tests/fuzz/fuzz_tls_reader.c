/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tls_reader: the first octet is the size of segments, the rest TLS. */
#include "capture/proto/tls_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[NRS_TLS_ROOM];
	struct nrs_tls_reader reader = {.room = room, .wants_chain = true};
	struct nrs_span rest = nrs_span(data, size);
	const size_t piece = size > 0 ? data[0] + 1u : 1;
	struct nrs_tls_unit unit;
	int err = NRS_E_MORE;

	for (; rest.len > 0 && err == NRS_E_MORE;
	     rest = nrs_span_from(rest, piece)) {
		struct nrs_span part = nrs_span_part(rest, 0, piece);

		while ((err = nrs_tls_read(&reader, &part, &unit)) == NRS_OK)
			;
	}
	return 0;
}
