/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_lifetime: any text as lengths of life, confidences and their tags. */
#include "loaders/confidence.h"
#include "loaders/lifetime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_span text = nrs_span(data, size);
	struct nrs_lifetimes lifetimes;
	struct nrs_diag diag = {0};
	int8_t confidence = 0;

	(void)nrs_lifetimes_read(text, &lifetimes, &diag);
	(void)nrs_confidence_of_tag(text, &confidence);
	for (unsigned int s = 0; s < NRS_SCALE_COUNT; s++)
		(void)nrs_confidence_read((enum nrs_scale)s, text, &confidence);
	return confidence < -1 || confidence > 100 ? 1 : 0;
}
