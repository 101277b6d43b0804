/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_unpack: any bytes as each of the packings that the first one names. */
#include "engine/base/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_unpack_pools pools;
	static uint8_t out[4096];
	struct nrs_span in = nrs_span_from(nrs_span(data, size), 1);
	size_t got = 0;

	if (size == 0 || (pools.small.base == NULL &&
			  nrs_unpack_pools_init(&pools, 1, 1) != NRS_OK))
		return 0;
	struct nrs_unpack *u =
		nrs_unpack_new(&pools, (enum nrs_packing)(data[0] % 6));
	while (u != NULL &&
	       nrs_unpack_feed(u, &in, out, sizeof(out), &got) == NRS_OK &&
	       (in.len > 0 || got == sizeof(out)))
		continue;
	nrs_unpack_free(&pools, u);
	return 0;
}
