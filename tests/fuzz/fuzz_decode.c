/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_decode: any bytes as a frame; the first octet picks the link type. */
#include "capture/decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t links[] = {0, 1,	101, 108, 113, 276,
					 9, 51, 127, 105, 192};
	static struct nrs_hash_key key;
	struct nrs_datagram datagrams[NRS_DATAGRAMS_MAX];
	struct nrs_tuple quoted;

	if (size == 0)
		return 0;
	const struct nrs_packet packet = {.linktype = links[data[0] % 11],
					  .span = nrs_span(data + 1, size - 1)};
	const int count = nrs_decode(datagrams, &packet, &key);
	for (int i = 0; i < count; i++) {
		if ((datagrams[i].flags & NRS_DG_ICMP_ERROR) != 0)
			(void)nrs_decode_quoted(&datagrams[i], &quoted);
	}
	return 0;
}
