/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value_text: field values as people and files show them, and the words that
 * go with a flow.
 */
#pragma once

#include "engine/record.h"

/* What STIX calls an IP protocol, in its list of protocols behind "ipv4"; NULL:
 * nothing. */
const char *nrs_transport_name(uint8_t proto);

/* Append @value of @field: addresses and MACs as text, integers in decimal,
 * times in RFC 3339, everything else as it is. */
void nrs_value_text(struct nrs_text *out, enum nrs_field field,
		    struct nrs_span value);

#define NRS_FLOW_PROTOCOLS (2 + NRS_TXN_KINDS)

/* Names of the protocols of a flow, outer to inner, as STIX lists them.
 * Returns how many. */
unsigned int nrs_flow_protocols(const struct nrs_flow_info *flow,
				uint32_t protocols,
				const char *names[NRS_FLOW_PROTOCOLS]);

/* Is that end an own host of which only a token is known? */
static inline bool nrs_flow_is_token(const struct nrs_flow_info *flow,
				     bool is_src)
{
	return (flow->tokens & (is_src ? 1 : 2)) != 0;
}

/* That end as text: its address or its token. Returns the length. */
size_t nrs_flow_end(const struct nrs_flow_info *flow, bool is_src,
		    char out[NRS_ADDR_LEN]);

/* Do its port fields hold ports? */
bool nrs_flow_has_ports(const struct nrs_flow_info *flow);

/* Community ID version 1 of the flow, seed 0: "1:" and base64. Empty where an
 * end is a token: it is made of addresses. */
#define NRS_COMMUNITY_ID_LEN 40
void nrs_flow_community_id(const struct nrs_flow_info *flow,
			   char out[NRS_COMMUNITY_ID_LEN]);
