/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the port is behind the last colon; an IPv6 address has brackets, or
 * which colon is the last of it would be a guess.
 */
#include "app/listen.h"

int nrs_listen_parse(struct nrs_span text, struct nrs_addr *addr,
		     uint16_t *port)
{
	size_t colon = text.len;
	uint64_t number = 0;

	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 ||
	    nrs_span_u64(nrs_span_from(text, colon), &number) != NRS_OK ||
	    number > UINT16_MAX)
		return NRS_E_SYNTAX;
	const struct nrs_span host = nrs_span_part(text, 0, colon - 1);
	const bool is_v6 = nrs_span_find(host, ':', 0) != SIZE_MAX;
	const bool has_brackets =
		host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
	if (is_v6 != has_brackets)
		return NRS_E_SYNTAX;
	*port = (uint16_t)number;
	return nrs_addr_parse(host, addr);
}

bool nrs_listen_is_loopback(const struct nrs_addr *addr)
{
	static const uint8_t v6[16] = {[15] = 1};

	return nrs_addr_is_v4(addr) ? addr->bytes[12] == 127
				    : memcmp(addr->bytes, v6, sizeof(v6)) == 0;
}
