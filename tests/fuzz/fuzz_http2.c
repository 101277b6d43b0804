/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http2: any bytes as frames, and their blocks as fields. */
#include "capture/proto/hpack.h"
#include "capture/proto/http2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t room[32768];
	struct nrs_span rest = nrs_span(data, size);
	struct nrs_http2_reader reader = {0};
	struct nrs_hpack *hpack = NULL;
	struct nrs_hpack_field field;
	struct nrs_http2_unit u;
	struct nrs_heap heap;

	nrs_heap_init(&heap, room, sizeof(room));
	(void)nrs_hpack_new(&hpack, &heap);
	while (nrs_http2_read(&reader, &rest, &u) == NRS_OK)
		while (nrs_hpack_next(hpack, &u.bytes,
				      u.kind == NRS_HTTP2_BLOCK_END,
				      &field) == NRS_OK)
			;
	return 0;
}
