/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ftp: any bytes as lines of FTP and as a datagram of TFTP. */
#include "capture/proto/ftp.h"
#include "capture/proto/tftp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nrs_span rest = nrs_span(data, size), line;
	struct nrs_ftp_parsed said;
	struct nrs_tftp datagram;

	(void)nrs_tftp_parse(&datagram, rest);
	(void)nrs_ftp_sniff(rest, size % 2 == 0);
	while (nrs_ftp_line(&rest, &line) == NRS_OK)
		(void)nrs_ftp_parse(&said, line);
	return 0;
}
