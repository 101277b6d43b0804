/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_canon: any text as name and URL; the form of a form is itself. */
#include "engine/canon.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span in = nrs_span(data, size < 4096 ? size : 4096);
	uint8_t out[NRS_CANON_URL_ROOM(4096)], again[sizeof(out) * 3];
	uint8_t name[NRS_CANON_NAME_ROOM], same[NRS_CANON_NAME_ROOM];
	struct nrs_url url, url2;
	size_t len = 0, len2 = 0;

	if (nrs_canon_name(in, NRS_CANON_INDICATOR, name, &len) == 0)
		must(nrs_canon_name(nrs_span(name, len), NRS_CANON_TRAFFIC,
				    same, &len2) == 0 &&
		     len == len2 && memcmp(name, same, len) == 0);
	if (nrs_canon_url(in, NRS_CANON_INDICATOR, out, sizeof(out), &url) == 0)
		must(nrs_canon_url(url.whole, NRS_CANON_TRAFFIC, again,
				   sizeof(again), &url2) == 0 &&
		     nrs_span_equal(url.whole, url2.whole));
	return 0;
}
