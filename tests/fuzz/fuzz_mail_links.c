/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_mail_links: the first octet is the size of segments and its lowest bit
 * says whether the rest is HTML. */
#include "capture/proto/mail_links.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_links links;
	struct nrs_span rest = nrs_span_from(nrs_span(data, size), 1), url;
	const size_t piece = size > 0 ? data[0] + 1u : 1;

	nrs_links_init(&links, (piece & 1) != 0);
	for (; rest.len > 0; rest = nrs_span_from(rest, piece)) {
		struct nrs_span part = nrs_span_part(rest, 0, piece);

		while (nrs_links_next(&links, &part, &url))
			must(url.len > 0 && url.len <= NRS_LINK_MAX);
	}
	if (nrs_links_finish(&links, &url))
		must(url.len > 0 && url.len <= NRS_LINK_MAX);
	return 0;
}
