/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_list: any bytes as a list, in two pieces, and settled. */
#include "loaders/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nrs_loader_options options = {0};
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	struct nrs_list *list = NULL;
	uint32_t source;

	if (nrs_set_new(&set) ||
	    nrs_set_source(set, nrs_span_of("f"), nrs_span_of("f"), &source) ||
	    nrs_list_new(&list, set, source, &options) != NRS_OK)
		return 0;
	(void)(nrs_list_push(list, nrs_span(data, size / 2)) ||
	       nrs_list_push(list, nrs_span(data + size / 2, size - size / 2)));
	(void)(nrs_list_end(list, &result) || nrs_set_settle(set));
	nrs_list_free(list);
	nrs_set_free(set);
	return 0;
}
