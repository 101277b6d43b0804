/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipfix_fields: a table; nothing stands for "none". A flow that was not
 * answered has no reverse elements, one without ports no ports.
 *
 * Left out, because no element means it: outcome, Community ID, what was
 * spoken, the tunnel. flowDirection is the observation point's, not that of own
 * networks. The lengths, and tcpControlBits, are of all packets or not there.
 */
#include "logs/ipfix_fields.h"

#include <netinet/in.h>

#include "engine/value_text.h"

#define INITIATOR 1 /* biflowDirection (RFC 5103 section 6.3) */

enum { /* names are the registry's */
       F_START,
       F_END,
       F_SOURCE_V4,	   /* sourceIPv4Address */
       F_DESTINATION_V4,   /* destinationIPv4Address */
       F_SOURCE_V6,	   /* sourceIPv6Address */
       F_DESTINATION_V6,   /* destinationIPv6Address */
       F_SOURCE_PORT,	   /* sourceTransportPort */
       F_DESTINATION_PORT, /* destinationTransportPort */
       F_PROTOCOL,	   /* protocolIdentifier */
       F_ICMP_V4,	   /* icmpTypeCodeIPv4 */
       F_ICMP_V6,	   /* icmpTypeCodeIPv6 */
       F_PACKETS,
       F_OCTETS,
       F_SHORTEST,  /* minimumIpTotalLength */
       F_LONGEST,   /* maximumIpTotalLength */
       F_TCP_FLAGS, /* tcpControlBits: its lower 8 */
       /* reverse elements of those above */
       F_PACKETS_BACK,
       F_OCTETS_BACK,
       F_SHORTEST_BACK,
       F_LONGEST_BACK,
       F_TCP_FLAGS_BACK,
       F_END_REASON,
       F_BIFLOW,
       F_VLAN,		 /* dot1qVlanId */
       F_SOURCE_AS,	 /* bgpSourceAsNumber */
       F_DESTINATION_AS, /* bgpDestinationAsNumber */
       F_POINT,		 /* observationPointId */
       FIELDS,
};
_Static_assert(FIELDS == NRS_IPFIX_FIELDS, "one number for both");

const struct nrs_ipfix_field nrs_ipfix_fields[FIELDS] = {
	[F_START] = {152, 8, false, 0},
	[F_END] = {153, 8, false, 0},
	[F_SOURCE_V4] = {8, 4, false, NRS_IPFIX_V4},
	[F_DESTINATION_V4] = {12, 4, false, NRS_IPFIX_V4},
	[F_SOURCE_V6] = {27, 16, false, NRS_IPFIX_V6},
	[F_DESTINATION_V6] = {28, 16, false, NRS_IPFIX_V6},
	[F_SOURCE_PORT] = {7, 2, false, NRS_IPFIX_PORTS},
	[F_DESTINATION_PORT] = {11, 2, false, NRS_IPFIX_PORTS},
	[F_PROTOCOL] = {4, 1, false, 0},
	[F_ICMP_V4] = {32, 2, false, NRS_IPFIX_ICMP | NRS_IPFIX_V4},
	[F_ICMP_V6] = {139, 2, false, NRS_IPFIX_ICMP | NRS_IPFIX_V6},
	[F_PACKETS] = {2, 8, false, 0},
	[F_OCTETS] = {1, 8, false, 0},
	[F_SHORTEST] = {25, 4, false, NRS_IPFIX_LENGTHS},
	[F_LONGEST] = {26, 4, false, NRS_IPFIX_LENGTHS},
	[F_TCP_FLAGS] = {6, 1, false, NRS_IPFIX_TCP},
	[F_PACKETS_BACK] = {2, 8, true, NRS_IPFIX_BACK},
	[F_OCTETS_BACK] = {1, 8, true, NRS_IPFIX_BACK},
	[F_SHORTEST_BACK] = {25, 4, true, NRS_IPFIX_LENGTHS_BACK},
	[F_LONGEST_BACK] = {26, 4, true, NRS_IPFIX_LENGTHS_BACK},
	[F_TCP_FLAGS_BACK] = {6, 1, true, NRS_IPFIX_TCP | NRS_IPFIX_BACK},
	[F_END_REASON] = {136, 1, false, 0},
	[F_BIFLOW] = {239, 1, false, 0},
	[F_VLAN] = {243, 2, false, NRS_IPFIX_VLAN},
	[F_SOURCE_AS] = {16, 4, false, NRS_IPFIX_AS},
	[F_DESTINATION_AS] = {17, 4, false, NRS_IPFIX_AS},
	[F_POINT] = {138, 4, false, NRS_IPFIX_POINT},
};

unsigned int nrs_ipfix_shape(const struct nrs_ipfix_options *o,
			     const struct nrs_record_ended *e)
{
	const struct nrs_flow_info *flow = &e->flow;
	const bool has_lengths = !o->has_no_lengths;
	unsigned int shape =
		nrs_addr_is_v4(&flow->src) ? NRS_IPFIX_V4 : NRS_IPFIX_V6;

	shape |= nrs_flow_has_ports(flow) ? NRS_IPFIX_PORTS : 0u;
	shape |= flow->proto == IPPROTO_TCP ? NRS_IPFIX_TCP : 0u;
	shape |= flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6
			 ? NRS_IPFIX_ICMP
			 : 0u;
	shape |= e->packets[1] > 0 ? NRS_IPFIX_BACK : 0u;
	shape |= has_lengths && e->log.shortest[0] > 0 ? NRS_IPFIX_LENGTHS : 0u;
	shape |= has_lengths && e->log.shortest[1] > 0 ? NRS_IPFIX_LENGTHS_BACK
						       : 0u;
	shape |= flow->vlan != 0 ? NRS_IPFIX_VLAN : 0u;
	shape |= o->as_table != NULL ? NRS_IPFIX_AS : 0u;
	return shape | (o->interfaces != NULL ? NRS_IPFIX_POINT : 0u);
}

/* A capture may say anything of its times. */
static uint64_t milliseconds(int64_t ns)
{
	return ns < 0 ? 0 : (uint64_t)(ns / 1000000);
}

static uint32_t as_of(const struct nrs_ipfix_options *o,
		      const struct nrs_addr *addr)
{
	return nrs_as_table_find(o->as_table, addr).number;
}

void nrs_ipfix_numbers(const struct nrs_ipfix_options *o,
		       const struct nrs_record_ended *e,
		       uint64_t numbers[FIELDS])
{
	const struct nrs_flow_info *flow = &e->flow;
	const uint64_t icmp = (uint64_t)(flow->src_port & 0xff) << 8 |
			      (flow->dst_port & 0xff);

	numbers[F_START] = milliseconds(flow->start_ns);
	numbers[F_END] = milliseconds(e->last_ns);
	numbers[F_SOURCE_PORT] = flow->src_port;
	numbers[F_DESTINATION_PORT] = flow->dst_port;
	numbers[F_PROTOCOL] = flow->proto;
	numbers[F_ICMP_V4] = numbers[F_ICMP_V6] = icmp;
	numbers[F_PACKETS] = e->packets[0];
	numbers[F_OCTETS] = e->bytes[0];
	numbers[F_SHORTEST] = e->log.shortest[0];
	numbers[F_LONGEST] = e->log.longest[0];
	numbers[F_TCP_FLAGS] = e->tcp_flags[0];
	numbers[F_PACKETS_BACK] = e->packets[1];
	numbers[F_OCTETS_BACK] = e->bytes[1];
	numbers[F_SHORTEST_BACK] = e->log.shortest[1];
	numbers[F_LONGEST_BACK] = e->log.longest[1];
	numbers[F_TCP_FLAGS_BACK] = e->tcp_flags[1];
	numbers[F_END_REASON] = e->end_reason;
	numbers[F_BIFLOW] = INITIATOR;
	numbers[F_VLAN] = flow->vlan;
	numbers[F_SOURCE_AS] = as_of(o, &flow->src);
	numbers[F_DESTINATION_AS] = as_of(o, &flow->dst);
	numbers[F_POINT] = nrs_ipfix_point(e->log.file);
}

const uint8_t *nrs_ipfix_address(const struct nrs_record_ended *e,
				 unsigned int field)
{
	switch (field) {
	case F_SOURCE_V4:
		return e->flow.src.bytes + 12;
	case F_DESTINATION_V4:
		return e->flow.dst.bytes + 12;
	case F_SOURCE_V6:
		return e->flow.src.bytes;
	case F_DESTINATION_V6:
		return e->flow.dst.bytes;
	default:
		return NULL;
	}
}
