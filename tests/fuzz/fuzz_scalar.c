/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_scalar: prefixes and times; their text reads as themselves. */
#include "engine/base/addr.h"
#include "engine/base/stamp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span in = nrs_span(data, size);
	char text[NRS_ADDR_LEN], stamp[NRS_STAMP_LEN];
	struct nrs_prefix prefix, same;
	int64_t ns, again = 0;

	if (nrs_prefix_parse(in, &prefix) == 0) {
		(void)nrs_prefix_format(&prefix, text);
		must(nrs_prefix_parse(nrs_span_of(text), &same) == 0 &&
		     same.bits == prefix.bits &&
		     nrs_addr_compare(&same.addr, &prefix.addr) == 0);
	}
	if (nrs_stamp_parse_human(in, &ns) != 0)
		return 0;
	(void)nrs_stamp_format(ns, 9, stamp);
	must(nrs_stamp_parse(nrs_span_of(stamp), &again) == 0 && again == ns);
	return 0;
}
