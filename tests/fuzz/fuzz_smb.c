/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_smb: any octets as one side of SMB: frames, units, names. */
#include "capture/proto/smb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[8192];
	struct nrs_span rest = nrs_span(data, size);
	struct nrs_smb_units units;
	uint32_t left;

	while (nrs_smb_frame(rest, &left) == NRS_OK && rest.len > 0) {
		rest = nrs_span_from(rest, NRS_SMB_FRAME);
		while (left > 0 && nrs_smb_read(&units, rest, left) == NRS_OK) {
			for (unsigned int i = 0; i < units.count; i++)
				(void)nrs_smb_name(&units.items[i], room,
						   sizeof(room));
			rest = nrs_span_from(rest, units.len);
			left -= units.len;
		}
		rest = nrs_span_from(rest, left);
	}
	return 0;
}
