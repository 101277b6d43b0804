/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_mail_header: a field's value as words, addresses, parameters, date. */
#include "capture/proto/mail_address.h"
#include "capture/proto/mail_date.h"
#include "capture/proto/mail_parameter.h"
#include "capture/proto/mail_words.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span value = nrs_span(data, size);
	struct nrs_mail_addresses list = {.rest = value};
	struct nrs_span address;
	static struct nrs_charsets *charsets;
	uint8_t out[64];

	charsets = charsets != NULL ? charsets : nrs_charsets_new();
	must(nrs_mail_words(value, charsets, out, sizeof(out)) <= sizeof(out));
	must(nrs_mail_parameter(value, "name", charsets, out, 64) <= 64);
	while (nrs_mail_address_next(&list, &address))
		must(address.len <= NRS_MAIL_ADDRESS_MAX);
	must(nrs_mail_main_value(value).len <= size);
	(void)nrs_mail_date(value, &(int64_t){0});
	return 0;
}
