/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_allow: any bytes as an exception list, and their end as a value. */
#include "loaders/allow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_allow_ask ask = {.text = nrs_span(data, size)};
	struct nrs_allow_veto veto;
	struct nrs_allow *allow = NULL;
	struct nrs_text text = {0};

	if (nrs_allow_new(&allow) != NRS_OK)
		return 0;
	(void)nrs_allow_read(allow, ask.text, "f", NULL);
	ask.text = nrs_span_from(ask.text, size > 20 ? size - 20 : 0);
	for (ask.kind = 0; ask.kind < NRS_ALLOW_KINDS; ask.kind++)
		if (nrs_allow_value(allow, &ask, &veto))
			nrs_allow_say(allow, &veto, &text);
	nrs_text_fini(&text);
	nrs_allow_free(allow);
	return 0;
}
