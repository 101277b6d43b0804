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
	for (size_t i = 0; i < len; i++)
		f->bytes[f->len++] = ((const uint8_t *)bytes)[i];
}

static inline void frame_put_u16(struct frame *f, unsigned int value)
{
	frame_put(f, (const uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value},
		  2);
}

/* Ethernet and IPv4 up to the transport header, which with its payload has
 * @payload octets. @from and @to are the last octets of 192.0.2.x. */
static inline void frame_ipv4(struct frame *f, uint8_t proto, uint8_t from,
			      uint8_t to, size_t payload)
{
	f->len = 0;
	frame_put(f, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00\x45\0", 16);
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
	struct nrs_span data; /* the payload where that is NULL */
};

/* Client and server, for struct frame_tcp. */
#define C2S .from = 1, .to = 2, .from_port = 50000, .to_port = 80
#define S2C .from = 2, .to = 1, .from_port = 80, .to_port = 50000

static inline void frame_tcp(struct frame *f, const struct frame_tcp *t)
{
	const struct nrs_span data =
		t->payload == NULL ? t->data : nrs_span_of(t->payload);

	frame_ipv4(f, 6, t->from, t->to, 20 + data.len);
	frame_put_u16(f, t->from_port);
	frame_put_u16(f, t->to_port);
	for (unsigned int i = 0; i < 4; i++)
		frame_put_u16(f, (i < 2 ? t->seq : t->ack) >>
						 (i % 2 == 0 ? 16 : 0) &
					 0xffff);
	frame_put(f, (const uint8_t[]){0x50, t->flags}, 2);
	frame_put(f, "\xff\xff\0\0\0\0", 6);
	frame_put(f, data.ptr, data.len);
}

/* The same two, as UDP ports. */
static inline void frame_datagram(struct frame *f, const struct frame_tcp *t)
{
	frame_ipv4(f, 17, t->from, t->to, 8 + t->data.len);
	frame_put_u16(f, t->from_port);
	frame_put_u16(f, t->to_port);
	frame_put_u16(f, (unsigned int)(8 + t->data.len));
	frame_put(f, "\0", 2);
	frame_put(f, t->data.ptr, t->data.len);
}

static inline void frame_udp(struct frame *f, uint8_t from, uint8_t to,
			     uint16_t from_port, uint16_t to_port)
{
	const struct frame_tcp t = {from, to, from_port, to_port,
				    .data = nrs_span("data", 4)};

	frame_datagram(f, &t);
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
