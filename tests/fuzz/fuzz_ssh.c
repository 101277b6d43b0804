/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ssh: any bytes as one side of SSH: lines, then packets. */
#include "capture/proto/ssh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[8192];
	struct nrs_span rest = nrs_span(data, size), text;
	struct nrs_ssh_offer offer;
	struct nrs_ssh_line line;
	int err;

	do {
		err = nrs_ssh_line(&line, &rest);
	} while (err == NRS_E_NOTFOUND);
	do {
		err = nrs_ssh_offer(&offer, &rest);
		for (unsigned int i = 0; err == NRS_OK && i < 2; i++)
			(void)nrs_ssh_hassh(&offer, i, room, 8192, &text);
	} while (err == NRS_OK || err == NRS_E_NOTFOUND);
	return 0;
}
