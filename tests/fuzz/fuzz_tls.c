/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tls: any bytes as records, and as a ClientHello. */
#include "capture/proto/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[NRS_TLS_HELLO_MAX + 4];
	struct nrs_tls_client_hello hello;
	struct nrs_span message = nrs_span(data, size);

	(void)nrs_tls_client_hello(&hello, message);
	if (nrs_tls_handshake(nrs_span(data, size), room, &message) == NRS_OK)
		(void)nrs_tls_client_hello(&hello, message);
	return 0;
}
