/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_x509: any bytes as a certificate, its names as text and back. */
#include "capture/proto/x509.h"
#include "engine/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[8192], canonical[NRS_CANON_DN_ROOM(8192)];
	struct nrs_span text, name;
	struct nrs_x509 c;
	struct nrs_dn dn;

	(void)nrs_x509_parse(&c, nrs_span(data, size));
	if (nrs_x509_name_text(c.subject, room, sizeof(room), &text) == NRS_OK)
		(void)nrs_canon_dn(text, canonical, &dn);
	if (size <= NRS_CANON_DN_MAX)
		(void)nrs_canon_dn(nrs_span(data, size), canonical, &dn);
	(void)nrs_x509_common_name(c.issuer);
	while (nrs_x509_next_name(&c.names, &name))
		;
	return 0;
}
