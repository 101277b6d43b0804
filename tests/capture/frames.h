/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames: Ethernet frames made by hand, for tests of everything above them.
 */
#pragma once

#include "capture/decode/decode.h"
#include "tests/nrs_test.h"

#define FRAME_ROOM 2048
#define SECOND INT64_C(1000000000)

struct frame {
	uint8_t bytes[FRAME_ROOM];
	size_t len;
};

static inline void frame_put(struct frame *f, const void *bytes, size_t len)
{
	assert_true(f->len + len <= FRAME_ROOM);
	if (len > 0)
		memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static inline void frame_put_u16(struct frame *f, unsigned int value)
{
	frame_put(f, (const uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value},
		  2);
}

/* Ethernet and IPv4 up to the transport header; lengths for @payload octets of
 * transport header and payload. @from and @to are the last octets of
 * 192.0.2.x. */
static inline void frame_ipv4(struct frame *f, uint8_t proto, uint8_t from,
			      uint8_t to, size_t payload)
{
	f->len = 0;
	frame_put(f, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00", 14);
	frame_put(f, "\x45\0", 2);
	frame_put_u16(f, (unsigned int)(20 + payload));
	frame_put(f, "\0\0\0\0\x40", 5);
	frame_put(f, &proto, 1);
	frame_put(f, "\0\0\xc0\0\x02", 5);
	frame_put(f, &from, 1);
	frame_put(f, "\xc0\0\x02", 3);
	frame_put(f, &to, 1);
}

struct frame_tcp {
	uint8_t from, to; /* hosts */
	uint16_t from_port, to_port;
	uint32_t seq, ack;
	uint8_t flags;
	const char *payload;
};

/* Client and server, for struct frame_tcp. */
#define C2S .from = 1, .to = 2, .from_port = 50000, .to_port = 80
#define S2C .from = 2, .to = 1, .from_port = 80, .to_port = 50000

static inline void frame_tcp(struct frame *f, const struct frame_tcp *t)
{
	const size_t len = t->payload == NULL ? 0 : strlen(t->payload);

	frame_ipv4(f, 6, t->from, t->to, 20 + len);
	frame_put_u16(f, t->from_port);
	frame_put_u16(f, t->to_port);
	frame_put_u16(f, t->seq >> 16);
	frame_put_u16(f, t->seq & 0xffff);
	frame_put_u16(f, t->ack >> 16);
	frame_put_u16(f, t->ack & 0xffff);
	frame_put(f, "\x50", 1);
	frame_put(f, &t->flags, 1);
	frame_put(f, "\xff\xff\0\0\0\0", 6);
	frame_put(f, t->payload, len);
}

static inline void frame_udp(struct frame *f, uint8_t from, uint8_t to,
			     uint16_t from_port, uint16_t to_port)
{
	frame_ipv4(f, 17, from, to, 12);
	frame_put_u16(f, from_port);
	frame_put_u16(f, to_port);
	frame_put_u16(f, 12);
	frame_put(f, "\0\0data", 6);
}

static inline struct nrs_packet frame_packet(const struct frame *f,
					     uint64_t ordinal, int64_t ts_ns)
{
	return (struct nrs_packet){.ts_ns = ts_ns,
				   .ordinal = ordinal,
				   .frame = (uint32_t)ordinal + 1,
				   .wirelen = (uint32_t)f->len,
				   .linktype = NRS_LINK_ETHERNET,
				   .span = nrs_span(f->bytes, f->len)};
}

/* What nrs_decode returns, and the packet that carries the payload. */
static inline int frame_decode(struct nrs_datagram *innermost,
			       const struct nrs_packet *packet,
			       const struct nrs_hash_key *key)
{
	struct nrs_datagram all[NRS_DATAGRAMS_MAX];
	const int count = nrs_decode(all, packet, key);

	*innermost = (struct nrs_datagram){.data = packet->span.ptr};
	if (count > 0)
		*innermost = all[count - 1];
	return count;
}
