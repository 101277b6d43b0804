/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_dtls: any bytes as a datagram, its fragments as hellos and chains. */
#include "capture/proto/dtls.h"
#include "capture/proto/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_tls_client_hello client;
	struct nrs_tls_server_hello server;
	struct nrs_dtls_fragment f;
	struct nrs_dtls_datagram d;
	unsigned int index = 0;
	struct nrs_span der;

	nrs_dtls_open(&d, nrs_span(data, size));
	while (nrs_dtls_next(&d, &f) == NRS_OK) {
		(void)nrs_dtls_client_hello(&client, f.bytes);
		(void)nrs_dtls_server_hello(&server, f.bytes);
		while (nrs_dtls_next_certificate(&f.bytes, &index, &der))
			;
	}
	return 0;
}
