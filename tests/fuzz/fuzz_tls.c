/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tls: any bytes as hellos, with their fingerprints. */
#include "capture/proto/tls_finger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text_room[2048];
	static struct nrs_hasher *hasher;
	struct nrs_tls_client_hello client;
	struct nrs_tls_server_hello server;
	struct nrs_span message = nrs_span(data, size), text;
	char ja4[NRS_JA4_LEN + 1];

	if (hasher == NULL)
		hasher = nrs_hasher_new();
	if (nrs_tls_server_hello(&server, message) == NRS_OK)
		(void)nrs_tls_ja3s(&server, text_room, 2048, &text);
	if (nrs_tls_client_hello(&client, message) == NRS_OK) {
		(void)nrs_tls_ja3(&client, text_room, 2048, &text);
		(void)nrs_tls_ja4(&client, 't', hasher, ja4);
	}
	return 0;
}
