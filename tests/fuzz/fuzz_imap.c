/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_imap: lines of either side; the first octet says which. */
#include "capture/proto/imap.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_span rest = nrs_span_from(nrs_span(data, size), 1), line;
	const bool is_client = size > 0 && (data[0] & 1) != 0;
	struct nrs_imap_literal literal;

	(void)nrs_imap_sniff(rest);
	while (nrs_span_split(&rest, '\n', &line)) {
		const bool has = nrs_imap_has_message(line, is_client);

		(void)nrs_imap_is_refusal(line);
		if (nrs_imap_literal(line, is_client, true, &literal))
			must(!literal.is_waited || is_client);
		must(!has || line.len > 0);
	}
	return 0;
}
