/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_defrag: IP packets of 64 octets or less, through a round. */
#include "capture/decode/defrag.h"
#include "capture/round.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_round round;
	struct nrs_packet packet = {.linktype = NRS_LINK_RAW};
	struct nrs_defrag *defrag = NULL;
	struct nrs_counters counters = {0};
	struct nrs_hash_key key = {0};

	if ((round.block != NULL || nrs_round_init(&round, 1) == NRS_OK) &&
	    nrs_defrag_new(&defrag) == NRS_OK)
		nrs_round_begin(&round, 1);
	for (size_t at = 0; at < size && defrag != NULL; at += 64) {
		packet.span = nrs_span_part(nrs_span(data, size), at, 64);
		(void)nrs_round_add(&round, &packet, &key, defrag, &counters);
	}
	nrs_defrag_free(defrag);
	return 0;
}
