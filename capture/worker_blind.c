/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_blind: why flows could not be inspected. What is marked while packets
 * pass is what goes wrong; the rest follows from what is known of a flow when
 * it is over, so that packets pay nothing for it.
 */
#include "capture/worker_state.h"

#include <netinet/in.h>

#define IPPROTO_ETHERIP 97
#define IPPROTO_MPLS_IN_IP 137
#define TCP_SYN 0x02
#define KIND(kind) (1u << NRS_TXN_##kind)

void nrs_worker_on_lack(void *ctx, enum nrs_counter which)
{
	struct nrs_worker *w = ctx;

	w->flow->blind |= nrs_counter_blind(which);
}

/* Tunnels are told of by who looks into them. */
static bool is_read(uint8_t proto)
{
	static const uint8_t read[] = {
		IPPROTO_TCP,  IPPROTO_UDP, IPPROTO_ICMP,      IPPROTO_ICMPV6,
		IPPROTO_IPIP, IPPROTO_GRE, IPPROTO_IPV6,      IPPROTO_ETHERIP,
		IPPROTO_IGMP, IPPROTO_PIM, IPPROTO_MPLS_IN_IP};

	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++) {
		if (read[i] == proto)
			return true;
	}
	return false;
}

/* Were there octets behind TCP or UDP? Datagrams are looked at a few times
 * before a flow has anything of its own. */
static bool has_content(const struct nrs_flow *flow)
{
	const uint64_t head = nrs_addr_is_v4(&flow->info.src) ? 28 : 48;

	if ((flow->flags & NRS_FLOW_TUNNEL) != 0)
		return false;
	if (flow->session != NULL || (flow->flags & NRS_FLOW_NO_SESSION) != 0)
		return true;
	return flow->info.proto == IPPROTO_UDP &&
	       flow->bytes[0] + flow->bytes[1] >
		       head * (flow->packets[0] + flow->packets[1]);
}

static nrs_blind_set of_tcp(const struct nrs_flow *flow)
{
	nrs_blind_set marks = 0;

	if ((flow->packets[0] == 0 || flow->packets[1] == 0) &&
	    flow->packets[0] + flow->packets[1] > 3)
		marks |= NRS_BLIND_BIT(NRS_B_ONE_SIDED);
	if (has_content(flow) &&
	    ((flow->tcp_flags[0] | flow->tcp_flags[1]) & TCP_SYN) == 0)
		marks |= NRS_BLIND_BIT(NRS_B_LATE);
	return marks;
}

void nrs_worker_judge(struct nrs_worker *w)
{
	struct nrs_flow *flow = w->flow;
	const uint8_t proto = flow->info.proto;

	if (proto == IPPROTO_TCP)
		flow->blind |= of_tcp(flow);
	if (flow->begun_packets > 0)
		flow->blind |= NRS_BLIND_BIT(NRS_B_IN_FRAGMENTS);
	if ((flow->blind & NRS_BLIND_BIT(NRS_B_ONE_SIDED)) != 0)
		nrs_count(&w->counters, NRS_C_FLOWS_ONE_SIDED);
	/* Bytes came, and so far nothing that is read: taken back if the end
	 * shows a protocol all the same. */
	if (has_content(flow))
		flow->blind |= NRS_BLIND_BIT(NRS_B_PROTOCOL);
	else if (!is_read(proto))
		flow->blind |= NRS_BLIND_BIT(NRS_B_TRANSPORT);
}

static void add(struct nrs_counters *to, enum nrs_blind which,
		const struct nrs_flow *flow)
{
	struct nrs_blind_sum *sum = &to->blind[which];

	sum->flows++;
	sum->packets += flow->packets[0] + flow->packets[1];
	sum->bytes += flow->bytes[0] + flow->bytes[1];
}

void nrs_worker_sum(struct nrs_worker *w)
{
	const struct nrs_flow *flow = w->flow;
	nrs_blind_set marks = flow->blind;

	if (flow->info.protocols != 0 ||
	    (marks & NRS_BLIND_BIT(NRS_B_POOL)) != 0)
		marks &= ~NRS_BLIND_BIT(NRS_B_PROTOCOL);
	if ((flow->info.protocols &
	     (KIND(TLS) | KIND(DTLS) | KIND(QUIC) | KIND(SSH))) != 0)
		marks |= NRS_BLIND_BIT(NRS_B_ENCRYPTED);
	add(&w->counters, NRS_B_ALL, flow);
	if (marks == 0)
		add(&w->counters, NRS_B_CLEAR, flow);
	for (; marks != 0; marks &= marks - 1)
		add(&w->counters, (enum nrs_blind)__builtin_ctz(marks), flow);
}
