/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel: one small reader per encapsulation, picked by protocol number or
 * UDP port. A port alone proves nothing: a header that cannot be one is no
 * tunnel, and what is inside must be a packet (decode.c).
 */
#include "capture/decode/tunnel.h"

#include "engine/base/octets.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_MPLS 0x8847
#define ETHERTYPE_NSH 0x894f
#define IPPROTO_ETHERIP 97
#define IPPROTO_MPLS_IN_IP 137

#define GTP_EXTENSIONS_MAX 8

/* A header under way: @at is where the next octet stands. */
struct cursor {
	struct nrs_span frame;
	size_t at;
};

/* The next @len octets, and step behind them; NULL: cut. */
static const uint8_t *take(struct cursor *c, size_t len)
{
	const uint8_t *here = c->frame.ptr + c->at;

	if (c->at > c->frame.len || c->frame.len - c->at < len)
		return NULL;
	c->at += len;
	return here;
}

static int inside(struct nrs_tunnel *t, const struct cursor *c,
		  uint32_t ethertype)
{
	t->link = (struct nrs_link){.offset = c->at, .ethertype = ethertype};
	return NRS_OK;
}

/* ERSPAN without a sequence number is type I, without a header of its own. A
 * session is of what the mirror was told to send: often one direction. */
static int enter_erspan2(struct nrs_tunnel *t, struct cursor *c,
			 bool has_sequence)
{
	if (has_sequence && take(c, 8) == NULL)
		return NRS_E_TRUNCATED;
	return inside(t, c, NRS_SHIM_ETHERNET);
}

static int enter_erspan3(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *head = take(c, 12);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	/* 0: a frame; 2: an IP packet */
	const unsigned int frame_type = head[10] >> 2 & 0x1f;
	if ((head[11] & 1) != 0 && take(c, 8) == NULL)
		return NRS_E_TRUNCATED;
	if (frame_type != 0 && frame_type != 2)
		return NRS_E_FORMAT;
	return inside(t, c, frame_type == 0 ? NRS_SHIM_ETHERNET : 0);
}

/* RFC 2637: the key is length and call id, and each side has its own. */
static int enter_pptp(struct nrs_tunnel *t, struct cursor *c, uint16_t flags)
{
	if (take(c, 4) == NULL ||
	    ((flags & 0x1000) != 0 && take(c, 4) == NULL) ||
	    ((flags & 0x0080) != 0 && take(c, 4) == NULL))
		return NRS_E_TRUNCATED;
	if (c->at >= c->frame.len)
		return NRS_E_NOTFOUND; /* an acknowledgement alone */
	return inside(t, c, NRS_SHIM_PPP);
}

static int enter_gre(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *head = take(c, 4);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	const uint16_t flags = nrs_u16(head), type = nrs_u16(head + 2);
	const bool has_sequence = (flags & 0x1000) != 0;

	if ((flags & 7) == 1 && type == NRS_SHIM_PPP)
		return enter_pptp(t, c, flags);
	if ((flags & 7) != 0 || (flags & 0x4000) != 0) /* source routed */
		return NRS_E_FORMAT;
	if ((flags & 0x8000) != 0 && take(c, 4) == NULL)
		return NRS_E_TRUNCATED;
	/* RFC 2890: the key is the sender's, and mirrors give each direction
	 * another. */
	if ((flags & 0x2000) != 0 && take(c, 4) == NULL)
		return NRS_E_TRUNCATED;
	if (has_sequence && take(c, 4) == NULL)
		return NRS_E_TRUNCATED;
	switch (type) {
	case 0x88be:
		return enter_erspan2(t, c, has_sequence);
	case 0x22eb:
		return enter_erspan3(t, c);
	case 0x883e: /* WCCP version 2 has four octets more, version 1 none */
		if (c->at < c->frame.len && c->frame.ptr[c->at] >> 4 != 4 &&
		    take(c, 4) == NULL)
			return NRS_E_TRUNCATED;
		return inside(t, c, ETHERTYPE_IPV4);
	default:
		/* Aruba's access points send what their radios heard */
		return inside(t, c,
			      (type & 0xff0f) == 0x8200 ? NRS_SHIM_WIFI : type);
	}
}

static int enter_vxlan(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *head = take(c, 8);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	if ((head[0] & 0x08) == 0)
		return NRS_E_NOTFOUND;
	t->id = nrs_u24(head + 4);
	return inside(t, c, NRS_SHIM_ETHERNET);
}

static int enter_vxlan_gpe(struct nrs_tunnel *t, struct cursor *c)
{
	static const uint16_t carried[] = {0, ETHERTYPE_IPV4, ETHERTYPE_IPV6,
					   NRS_SHIM_ETHERNET, ETHERTYPE_NSH};
	const uint8_t *head = take(c, 8);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	if ((head[0] & 0x0c) != 0x0c || head[3] == 0 || head[3] > 4)
		return NRS_E_NOTFOUND;
	t->id = nrs_u24(head + 4);
	return inside(t, c, carried[head[3]]);
}

static int enter_geneve(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *head = take(c, 8);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	if (head[0] >> 6 != 0)
		return NRS_E_NOTFOUND;
	t->id = nrs_u24(head + 4);
	if (take(c, (size_t)(head[0] & 0x3f) * 4) == NULL)
		return NRS_E_TRUNCATED;
	return inside(t, c, nrs_u16(head + 2));
}

/* Version 1, a T-PDU. The tunnel's id is of one direction only. */
static int enter_gtp(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *head = take(c, 8);

	if (head == NULL)
		return NRS_E_TRUNCATED;
	if ((head[0] & 0xf0) != 0x30 || head[1] != 255)
		return NRS_E_NOTFOUND;
	if ((head[0] & 7) == 0)
		return inside(t, c, 0);
	const uint8_t *more = take(c, 4);
	if (more == NULL)
		return NRS_E_TRUNCATED;
	uint8_t next = (head[0] & 4) != 0 ? more[3] : 0;
	for (unsigned int i = 0; next != 0; i++) {
		if (i == GTP_EXTENSIONS_MAX)
			return NRS_E_FORMAT;
		if (c->at >= c->frame.len)
			return NRS_E_TRUNCATED;
		const size_t len = (size_t)c->frame.ptr[c->at] * 4;
		if (len == 0)
			return NRS_E_FORMAT;
		const uint8_t *extension = take(c, len);
		if (extension == NULL)
			return NRS_E_TRUNCATED;
		next = extension[len - 1];
	}
	return inside(t, c, 0);
}

/* Authentication and origin may stand before the packet, each once. */
static int enter_teredo(struct nrs_tunnel *t, struct cursor *c)
{
	const uint8_t *ip = c->frame.ptr + c->at;

	if (c->frame.len - c->at >= 4 && nrs_u16(ip) == 0x0001) {
		if (take(c, (size_t)4 + ip[2] + ip[3] + 9) == NULL)
			return NRS_E_TRUNCATED;
		ip = c->frame.ptr + c->at;
	}
	if (c->frame.len - c->at >= 2 && nrs_u16(ip) == 0x0000) {
		if (take(c, 8) == NULL)
			return NRS_E_TRUNCATED;
		ip = c->frame.ptr + c->at;
	}
	if (c->at >= c->frame.len)
		return NRS_E_TRUNCATED;
	if (ip[0] >> 4 != 6)
		return NRS_E_NOTFOUND;
	return inside(t, c, ETHERTYPE_IPV6);
}

static const struct {
	uint16_t port;
	bool either; /* as source port too */
	int (*enter)(struct nrs_tunnel *t, struct cursor *c);
} by_port[] = {
	{NRS_PORT_VXLAN, false, enter_vxlan},
	{NRS_PORT_VXLAN_LINUX, false, enter_vxlan},
	{NRS_PORT_VXLAN_GPE, false, enter_vxlan_gpe},
	{NRS_PORT_GENEVE, false, enter_geneve},
	{NRS_PORT_GTP_U, true, enter_gtp},
	{NRS_PORT_TEREDO, true, enter_teredo},
};

static int enter_udp(const struct nrs_datagram *outer, struct nrs_tunnel *t,
		     struct nrs_span frame)
{
	struct cursor c = {.frame = frame, .at = outer->payload_off};

	if (outer->payload_got == 0)
		return NRS_E_NOTFOUND;
	for (size_t i = 0; i < sizeof(by_port) / sizeof(*by_port); i++) {
		if (by_port[i].port == outer->dst_port ||
		    (by_port[i].either && by_port[i].port == outer->src_port))
			return by_port[i].enter(t, &c);
	}
	return NRS_E_NOTFOUND;
}

int nrs_tunnel_enter(const struct nrs_datagram *outer, struct nrs_span frame,
		     struct nrs_tunnel *t)
{
	struct cursor c = {.frame = frame, .at = outer->l4_off};

	*t = (struct nrs_tunnel){0};
	if (!nrs_tunnel_may_begin(outer) || outer->l4_off >= frame.len)
		return NRS_E_NOTFOUND;
	switch (outer->proto) {
	case IPPROTO_UDP:
		return enter_udp(outer, t, frame);
	case IPPROTO_GRE:
		return enter_gre(t, &c);
	case IPPROTO_IPIP:
		return inside(t, &c, ETHERTYPE_IPV4);
	case IPPROTO_IPV6:
		return inside(t, &c, ETHERTYPE_IPV6);
	case IPPROTO_MPLS_IN_IP:
		return inside(t, &c, ETHERTYPE_MPLS);
	case IPPROTO_ETHERIP:
		if (take(&c, 2) == NULL)
			return NRS_E_TRUNCATED;
		return inside(t, &c, NRS_SHIM_ETHERNET);
	default:
		return NRS_E_NOTFOUND;
	}
}
