/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value_text: texts of values and flows. Community ID as its specification
 * (github.com/corelight/community-id-spec) has it: SHA-1 over seed, ordered
 * addresses, protocol, a zero and ordered ports.
 */
#include "engine/value_text.h"

#include <netinet/in.h>
#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/own_token.h"

void nrs_value_text(struct nrs_text *out, enum nrs_field field,
		    struct nrs_span value)
{
	char text[NRS_ADDR_LEN];
	struct nrs_addr addr;
	int64_t integer;

	switch (nrs_field_table[field].kind) {
	case NRS_VALUE_ADDR:
		memcpy(addr.bytes, value.ptr, sizeof(addr.bytes));
		nrs_text_add(out, nrs_span(text, nrs_addr_format(&addr, text)));
		break;
	case NRS_VALUE_MAC:
		for (unsigned int i = 0; i < 6; i++)
			nrs_text_printf(out, "%s%02x", i == 0 ? "" : ":",
					value.ptr[i]);
		break;
	case NRS_VALUE_INT:
	case NRS_VALUE_OFFSET:
		memcpy(&integer, value.ptr, sizeof(integer));
		nrs_text_printf(out, "%s%lld",
				nrs_field_table[field].kind == NRS_VALUE_OFFSET
					? "offset "
					: "",
				(long long)integer);
		break;
	case NRS_VALUE_TIME:
		memcpy(&integer, value.ptr, sizeof(integer));
		nrs_text_add(out, nrs_span(text,
					   nrs_stamp_format(integer, 6, text)));
		break;
	default:
		nrs_text_add(out, value);
		break;
	}
}

const char *nrs_transport_name(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_IPIP:
		return "ipv4";
	case IPPROTO_IPV6:
		return "ipv6";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ESP:
		return "esp";
	default:
		return NULL;
	}
}

static bool is_v4(const struct nrs_flow_info *flow)
{
	return nrs_flow_is_token(flow, true) ? nrs_own_token_is_v4(&flow->src)
					     : nrs_addr_is_v4(&flow->src);
}

size_t nrs_flow_end(const struct nrs_flow_info *flow, bool is_src,
		    char out[NRS_ADDR_LEN])
{
	const struct nrs_addr *end = is_src ? &flow->src : &flow->dst;

	if (!nrs_flow_is_token(flow, is_src))
		return nrs_addr_format(end, out);
	nrs_own_token_text(end, out);
	return NRS_OWN_TOKEN_LEN - 1;
}

unsigned int nrs_flow_protocols(const struct nrs_flow_info *flow,
				uint32_t protocols,
				const char *names[NRS_FLOW_PROTOCOLS])
{
	const char *transport = nrs_transport_name(flow->proto);
	unsigned int count = 0;

	names[count++] = is_v4(flow) ? "ipv4" : "ipv6";
	if (transport != NULL)
		names[count++] = transport;
	for (unsigned int kind = NRS_TXN_DNS; kind < NRS_TXN_KINDS; kind++) {
		if ((protocols >> kind & 1) != 0)
			names[count++] =
				nrs_txn_protocol((enum nrs_txn_kind)kind);
	}
	return count;
}

bool nrs_flow_has_ports(const struct nrs_flow_info *flow)
{
	return flow->proto == IPPROTO_TCP || flow->proto == IPPROTO_UDP ||
	       flow->proto == IPPROTO_SCTP;
}

/* The other half of an ICMP exchange, as the specification pairs types. */
static uint16_t icmp_partner(uint8_t proto, uint16_t type)
{
	static const struct {
		uint8_t proto, one, other;
	} pairs[] = {{IPPROTO_ICMP, 0, 8},	 {IPPROTO_ICMP, 13, 14},
		     {IPPROTO_ICMP, 15, 16},	 {IPPROTO_ICMP, 17, 18},
		     {IPPROTO_ICMP, 10, 9},	 {IPPROTO_ICMPV6, 128, 129},
		     {IPPROTO_ICMPV6, 130, 131}, {IPPROTO_ICMPV6, 133, 134},
		     {IPPROTO_ICMPV6, 135, 136}, {IPPROTO_ICMPV6, 139, 140},
		     {IPPROTO_ICMPV6, 144, 145}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (pairs[i].proto != proto)
			continue;
		if (pairs[i].one == type || pairs[i].other == type)
			return (uint16_t)(pairs[i].one + pairs[i].other - type);
	}
	return UINT16_MAX;
}

void nrs_flow_community_id(const struct nrs_flow_info *flow,
			   char out[NRS_COMMUNITY_ID_LEN])
{
	const bool is_v4 = nrs_addr_is_v4(&flow->src);
	const size_t len = is_v4 ? 4 : 16;
	uint16_t sport = flow->src_port, dport = flow->dst_port;
	uint8_t input[40] = {0}, sum[NRS_SHA1_LEN];
	size_t used = 2;
	const bool is_icmp =
		flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6;
	bool one_way = false;

	out[0] = '\0';
	if (flow->tokens != 0)
		return;
	if (is_icmp) {
		const uint16_t partner = icmp_partner(flow->proto, sport);

		one_way = partner == UINT16_MAX;
		if (!one_way)
			dport = partner;
	}
	const int by = memcmp(flow->src.bytes, flow->dst.bytes, 16);
	const bool swap = !one_way && (by > 0 || (by == 0 && sport > dport));
	const struct nrs_addr *low = swap ? &flow->dst : &flow->src;
	const struct nrs_addr *high = swap ? &flow->src : &flow->dst;
	memcpy(input + used, low->bytes + 16 - len, len);
	used += len;
	memcpy(input + used, high->bytes + 16 - len, len);
	used += len;
	input[used++] = flow->proto;
	input[used++] = 0;
	if (nrs_flow_has_ports(flow) || is_icmp) {
		const uint16_t first = swap ? dport : sport;
		const uint16_t second = swap ? sport : dport;

		input[used++] = (uint8_t)(first >> 8);
		input[used++] = (uint8_t)first;
		input[used++] = (uint8_t)(second >> 8);
		input[used++] = (uint8_t)second;
	}
	nrs_sha1(nrs_span(input, used), sum);
	memcpy(out, "1:", 2);
	nrs_base64(nrs_span(sum, sizeof(sum)), out + 2);
}
