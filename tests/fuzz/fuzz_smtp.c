/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_smtp: lines as commands and replies; the text with its dots undone is
 * never longer than it was. */
#include "capture/proto/dotted.h"
#include "capture/proto/smtp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_span rest = nrs_span(data, size), line, text;
	struct nrs_dotted dotted = {0};
	struct nrs_smtp_command command;
	size_t len = 0;
	unsigned int code;
	bool is_last;

	(void)nrs_smtp_sniff(rest);
	while ((text = nrs_dotted_next(&dotted, &rest)).len > 0)
		must((len += text.len) <= size);
	while (nrs_span_split(&rest, '\n', &line)) {
		nrs_smtp_command(line, &command);
		(void)nrs_smtp_reply(line, &code, &is_last);
	}
	return 0;
}
