/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_own_trace: an own address set into any value must be found. */
#include "sightings/own_trace.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char own[] = "=10.20.30.40&";
	struct nrs_home_nets home;
	uint8_t with[4096 + sizeof(own)];
	const size_t len = size > 4096 ? 4096 : size, half = len / 2;

	nrs_home_nets_default(&home);
	(void)nrs_own_trace(nrs_span(data, size), &home);
	if (half > 0)
		memcpy(with, data, half);
	memcpy(with + half, own, sizeof(own) - 1);
	if (len > half)
		memcpy(with + half + sizeof(own) - 1, data + half, len - half);
	must(nrs_own_trace(nrs_span(with, len + sizeof(own) - 1), &home));
	return 0;
}
