/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_dns: any bytes as a DNS message. */
#include "capture/proto/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nrs_dns_room room;
	struct nrs_dns_record record;
	struct nrs_span text;
	struct nrs_dns dns;

	if (nrs_dns_open(&dns, nrs_span(data, size)) != NRS_OK)
		return 0;
	while (nrs_dns_next(&dns, &record, &room) == NRS_OK) {
		while (nrs_dns_txt(&record.rdata, &text))
			;
	}
	return 0;
}
