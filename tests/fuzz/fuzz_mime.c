/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_mime: the first octet is the size of segments, the rest a message; of
 * its parts no more comes out than went in. */
#include "capture/proto/mime.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_mime mime;
	struct nrs_span rest = nrs_span_from(nrs_span(data, size), 1), part;
	struct nrs_mime_item item;
	size_t len = 0;

	nrs_mime_init(&mime, NULL);
	for (; rest.len > 0; rest = nrs_span_from(rest, data[0] + 1u)) {
		part = nrs_span_part(rest, 0, data[0] + 1u);
		while (nrs_mime_next(&mime, &part, &item), item.what != 0)
			len += item.what == NRS_MIME_DATA ? item.data.len : 0;
	}
	while (nrs_mime_finish(&mime, &item), item.what != 0)
		len += item.what == NRS_MIME_DATA ? item.data.len : 0;
	must(len <= size);
	return 0;
}
