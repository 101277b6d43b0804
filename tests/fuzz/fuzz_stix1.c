/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stix1: any bytes as a STIX 1 package, in two pieces, and settled. */
#include "loaders/stix1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_loader_options options = {0};
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	struct nrs_reader *r = NULL;
	uint32_t source;

	if (nrs_set_new(&set) ||
	    nrs_set_source(set, nrs_span_of("f"), nrs_span_of("f"), &source) ||
	    nrs_stix1_open(&r, set, source, &options, NULL) != NRS_OK)
		return 0;
	(void)(r->push(r, nrs_span(data, size / 2)) ||
	       r->push(r, nrs_span(data + size / 2, size - size / 2)));
	(void)(r->end(r, &result, NULL) || nrs_set_settle(set));
	r->free(r);
	nrs_set_free(set);
	return 0;
}
