/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_quic: any bytes as a datagram, and as the frames of an Initial. */
#include "capture/proto/gquic.h"
#include "capture/proto/quic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t octets[4096];
	struct nrs_quic_join join = {.room = octets};
	struct nrs_span rest = nrs_span(data, size);
	struct nrs_quic_crypto crypto;
	struct nrs_quic_packet p;

	(void)nrs_gquic_version(rest);
	(void)nrs_gquic_name(rest, &rest);
	rest = nrs_span(data, size);
	while (nrs_quic_packet(&p, &rest) == NRS_OK)
		;
	rest = nrs_span(data, size);
	while (nrs_quic_next(&rest, &crypto) == NRS_OK)
		(void)nrs_quic_join_add(&join, sizeof(octets), &crypto);
	(void)nrs_quic_joined(&join);
	return 0;
}
