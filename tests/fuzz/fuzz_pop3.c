/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pop3: lines of either side. */
#include "capture/proto/pop3.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_span rest = nrs_span(data, size), line;
	bool octets;

	(void)nrs_pop3_sniff(rest);
	while (nrs_span_split(&rest, '\n', &line)) {
		must(nrs_pop3_answer_of(line) <= NRS_POP3_TOP);
		(void)nrs_pop3_status(line, &octets);
	}
	return 0;
}
