/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hub_text: any bytes as an error's body, a header's date, a URL. */
#include "hub/retry.h"
#include "hub/taxii_answer.h"
#include "hub/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span text = nrs_span(data, size);
	struct nrs_text out = {0};

	nrs_taxii_error_text(text, &out);
	(void)nrs_hub_retry_after(text, 0);
	(void)nrs_url_join(&out, nrs_span_of("http://h.example/a"), text);
	(void)nrs_url_same_origin(text, nrs_span_of("http://h.example/"));
	nrs_text_fini(&out);
	return 0;
}
