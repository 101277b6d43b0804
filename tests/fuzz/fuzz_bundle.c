/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_bundle: any bytes as a STIX file, in two pieces, and settled. */
#include "loaders/stix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_loader_options options = {0};
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	struct nrs_stix *stix = NULL;
	uint32_t source;

	if (nrs_set_new(&set) != NRS_OK ||
	    nrs_set_source(set, nrs_span_of("f"), nrs_span_of("f"), &source) ||
	    nrs_stix_new(&stix, set, source, &options) != NRS_OK)
		return 0;
	(void)(nrs_stix_push(stix, nrs_span(data, size / 2)) ||
	       nrs_stix_push(stix, nrs_span(data + size / 2, size - size / 2)));
	(void)(nrs_stix_end(stix, &result, NULL) || nrs_set_settle(set));
	nrs_stix_free(stix);
	nrs_set_free(set);
	return 0;
}
