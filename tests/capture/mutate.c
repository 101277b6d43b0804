/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutate: one function for each kind. What has to know where a header stands
 * asks our own decoder.
 */
#include "tests/capture/mutate.h"

#include <netinet/in.h>
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include "capture/decode/decode.h"
#include "engine/base/octets.h"

#define PACKETS_MAX (1u << 20)
#define BYTES_MAX ((size_t)1 << 28)
#define GAP 16
#define PACKET_ROOM ((size_t)1 << 18)

static const char *const names[MUTATIONS] = {
	"cut",	"flip",	   "shuffle", "duplicate", "fragment",
	"drop", "segment", "splice",  "lengths",   "file"};

const char *mutation_name(enum mutation kind)
{
	return names[kind];
}

struct chance {
	uint64_t state;
};

/* splitmix64 */
static uint64_t draw(struct chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(struct chance *c, size_t limit)
{
	return limit == 0 ? 0 : (size_t)(draw(c) % limit);
}

static bool one_in(struct chance *c, size_t n)
{
	return below(c, n) == 0;
}

static void *reserve(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

bool mutant_init(struct mutant *m)
{
	*m = (struct mutant){.packets =
				     reserve(PACKETS_MAX * sizeof(*m->packets)),
			     .bytes = reserve(BYTES_MAX)};
	return m->packets != NULL && m->bytes != NULL;
}

void mutant_fini(struct mutant *m)
{
	mutant_clear(m);
	if (m->packets != NULL)
		(void)munmap(m->packets, PACKETS_MAX * sizeof(*m->packets));
	if (m->bytes != NULL)
		(void)munmap(m->bytes, BYTES_MAX);
	*m = (struct mutant){0};
}

void mutant_clear(struct mutant *m)
{
	ASAN_UNPOISON_MEMORY_REGION(m->bytes, m->used);
	m->count = 0;
	m->used = 0;
}

void mutant_put(struct mutant *m, const struct nrs_packet *like,
		struct nrs_span bytes)
{
	const size_t room = (bytes.len + GAP + 7) / 8 * 8;
	uint8_t *at = m->bytes + m->used;

	if (m->count == PACKETS_MAX || room > BYTES_MAX - m->used)
		return;
	if (bytes.len > 0)
		memcpy(at, bytes.ptr, bytes.len);
	m->packets[m->count] = *like;
	m->packets[m->count++].span = nrs_span(at, bytes.len);
	ASAN_POISON_MEMORY_REGION(at + bytes.len, room - bytes.len);
	m->used += room;
}

/* Where our decoder finds the outermost IP packet. */
static bool look(struct nrs_datagram *out, const struct nrs_packet *packet)
{
	struct nrs_datagram all[NRS_DATAGRAMS_MAX];
	struct nrs_hash_key key;

	nrs_hash_key_init(&key, 0);
	if (nrs_decode(all, packet, &key) < 1)
		return false;
	*out = all[0];
	return true;
}

/* Put @p with its octets changed by @change. */
static void
put_changed(struct mutant *to, const struct nrs_packet *p, struct chance *c,
	    void (*change)(struct chance *c, uint8_t *at, size_t len))
{
	mutant_put(to, p, p->span);
	if (p->span.len > 0)
		change(c,
		       to->bytes + (to->packets[to->count - 1].span.ptr -
				    to->bytes),
		       p->span.len);
}

static void flip(struct chance *c, uint8_t *at, size_t len)
{
	/* Headers are where one bit does most. */
	const size_t reach = len > 128 && one_in(c, 2) ? 128 : len;

	for (size_t i = below(c, 4) + 1; i > 0; i--)
		at[below(c, reach)] ^= (uint8_t)(1u << below(c, 8));
}

static void set_number(struct chance *c, uint8_t *at, size_t len)
{
	static const uint8_t edges[] = {0x00, 0xff, 0x7f, 0x80, 0x01, 0xfe};
	const uint8_t high = edges[below(c, sizeof(edges))];
	const size_t width = (size_t)1 << below(c, 3);
	const size_t place = below(c, len);

	for (size_t i = place; i < len && i < place + width; i++)
		at[i] = i == place ? high : edges[below(c, 2)];
}

static void cut(struct mutant *to, const struct mutant *from, struct chance *c)
{
	static const size_t usual[] = {20, 54, 64, 68, 96, 128, 256, 1500};
	const size_t snaplen = usual[below(c, sizeof(usual) / sizeof(*usual))];
	const bool is_fixed = one_in(c, 2);

	for (uint32_t i = 0; i < from->count; i++) {
		const struct nrs_packet *p = &from->packets[i];
		const size_t len = is_fixed	  ? snaplen
				   : one_in(c, 4) ? below(c, p->span.len + 1)
						  : p->span.len;

		mutant_put(to, p, nrs_span_part(p->span, 0, len));
	}
}

static void shuffle(struct mutant *to, const struct mutant *from,
		    struct chance *c)
{
	const uint32_t window = 2 + (uint32_t)below(c, 30);

	for (uint32_t at = 0; at < from->count; at += window) {
		const uint32_t left = from->count - at;
		uint32_t order[32] = {0};
		const uint32_t count = left < window ? left : window;

		for (uint32_t i = 0; i < count; i++) {
			const uint32_t j = (uint32_t)below(c, i + 1);

			order[i] = order[j];
			order[j] = at + i;
		}
		for (uint32_t i = 0; i < count; i++)
			mutant_put(to, &from->packets[order[i]],
				   from->packets[order[i]].span);
	}
}

static void duplicate(struct mutant *to, const struct mutant *from,
		      struct chance *c)
{
	for (uint32_t i = 0; i < from->count; i++) {
		const struct nrs_packet *p = &from->packets[i];

		mutant_put(to, p, p->span);
		if (one_in(c, 3))
			mutant_put(to, p, p->span);
		if (one_in(c, 5)) { /* an old one again */
			p = &from->packets[below(c, i + 1)];
			mutant_put(to, p, p->span);
		}
		if (one_in(c, 8)) /* with other octets */
			put_changed(to, p, c, flip);
	}
}

static void drop(struct mutant *to, const struct mutant *from, struct chance *c)
{
	const size_t rate = 2 + below(c, 20);
	const bool is_one_sided = one_in(c, 3);
	struct nrs_datagram d;

	for (uint32_t i = 0; i < from->count; i++) {
		const struct nrs_packet *p = &from->packets[i];

		if (is_one_sided ? look(&d, p) && d.src_port < d.dst_port
				 : one_in(c, rate))
			continue;
		mutant_put(to, p, p->span);
	}
}

static void splice(struct mutant *to, const struct mutant *from,
		   struct chance *c)
{
	static uint8_t room[2 * PACKET_ROOM];

	for (uint32_t i = 0; i < from->count; i++) {
		const struct nrs_packet *p = &from->packets[i];
		const struct nrs_span other =
			from->packets[below(c, from->count)].span;
		const size_t head = below(c, p->span.len + 1);
		const size_t skip = below(c, other.len + 1);
		const size_t tail = other.len - skip;

		if (!one_in(c, 3) || head > PACKET_ROOM || tail > PACKET_ROOM) {
			mutant_put(to, p, p->span);
			continue;
		}
		if (head > 0)
			memcpy(room, p->span.ptr, head);
		if (tail > 0)
			memcpy(room + head, other.ptr + skip, tail);
		mutant_put(to, p, nrs_span(room, head + tail));
	}
}

/* One fragment of the IPv4 packet @d: payload octets @from to @to. */
static void put_piece(struct mutant *to, const struct nrs_packet *p,
		      const struct nrs_datagram *d, const size_t part[2],
		      bool is_last)
{
	static uint8_t room[PACKET_ROOM];
	const size_t head = d->l4_off, len = part[1] - part[0];

	if (head + len > sizeof(room))
		return;
	memcpy(room, d->data, head);
	memcpy(room + head, d->data + head + part[0], len);
	uint8_t *ip = room + d->ip_off;
	const size_t total = head - d->ip_off + len;
	const size_t offset = part[0] / 8;
	ip[2] = (uint8_t)(total >> 8);
	ip[3] = (uint8_t)total;
	ip[6] = (uint8_t)((is_last ? 0 : 0x20) | (offset >> 8 & 0x1f));
	ip[7] = (uint8_t)offset;
	mutant_put(to, p, nrs_span(room, head + len));
}

static void fragment_one(struct mutant *to, const struct nrs_packet *p,
			 struct chance *c)
{
	struct nrs_datagram d;

	if (!look(&d, p) || (d.flags & NRS_DG_V4) == 0 ||
	    d.ip_off + (size_t)d.ip_len > p->span.len ||
	    d.ip_len <= (uint32_t)(d.l4_off - d.ip_off) + 16) {
		mutant_put(to, p, p->span);
		return;
	}
	const size_t len = d.ip_len - (size_t)(d.l4_off - d.ip_off);
	const size_t step = (1 + below(c, len / 8)) * 8;
	const size_t count = (len + step - 1) / step;
	const size_t turn = below(c, count), lost = below(c, 8 * count);

	for (size_t i = 0; i < count; i++) {
		const size_t at = (i + turn) % count * step;
		const bool is_last = at + step >= len;
		size_t part[2] = {at, is_last ? len : at + step};

		if (i == lost)
			continue;
		if (!is_last && one_in(c, 6) && part[1] + 8 < len)
			part[1] += 8; /* overlaps the next one */
		put_piece(to, p, &d, part, is_last);
		if (one_in(c, 20))
			put_changed(to, &to->packets[to->count - 1], c, flip);
	}
}

/* A TCP segment again as several; @d is IPv4 and whole. */
static void segment_one(struct mutant *to, const struct nrs_packet *p,
			struct chance *c)
{
	static uint8_t room[PACKET_ROOM];
	struct nrs_datagram d;

	if (!look(&d, p) || d.proto != IPPROTO_TCP || d.payload_got < 2 ||
	    d.payload_off + (size_t)d.payload_got > sizeof(room) ||
	    (d.flags & (NRS_DG_V4 | NRS_DG_FRAGMENT)) != NRS_DG_V4) {
		mutant_put(to, p, p->span);
		return;
	}
	const uint32_t seq = nrs_u32(d.data + d.l4_off + 4);
	const size_t step = one_in(c, 4) && d.payload_got < 400
				    ? 1
				    : 1 + below(c, d.payload_got);

	memcpy(room, d.data, d.payload_off);
	for (size_t at = 0; at < d.payload_got; at += step) {
		size_t len = d.payload_got - at;
		const size_t more = one_in(c, 5) ? step / 2 + 1 : 0;
		const uint32_t here = seq + (uint32_t)at;

		if (len > step + more)
			len = step + more;
		memcpy(room + d.payload_off, d.data + d.payload_off + at, len);
		for (unsigned int i = 0; i < 4; i++)
			room[d.l4_off + 4 + i] =
				(uint8_t)(here >> (24 - 8 * i));
		const size_t total = d.payload_off + len - d.ip_off;
		room[d.ip_off + 2] = (uint8_t)(total >> 8);
		room[d.ip_off + 3] = (uint8_t)total;
		mutant_put(to, p, nrs_span(room, d.payload_off + len));
		if (one_in(c, 20))
			put_changed(to, &to->packets[to->count - 1], c, flip);
	}
}

static void change_some(struct mutant *to, const struct mutant *from,
			enum mutation kind, struct chance *c)
{
	const size_t rate = 1 + below(c, 12);

	for (uint32_t i = 0; i < from->count; i++) {
		const struct nrs_packet *p = &from->packets[i];

		if (!one_in(c, rate))
			mutant_put(to, p, p->span);
		else if (kind == MUTATION_FRAGMENT)
			fragment_one(to, p, c);
		else if (kind == MUTATION_SEGMENT)
			segment_one(to, p, c);
		else
			put_changed(to, p, c,
				    kind == MUTATION_FLIP ? flip : set_number);
	}
}

void mutate(struct mutant *to, const struct mutant *from, enum mutation kind,
	    uint64_t seed)
{
	struct chance c = {.state = seed};

	switch (kind) {
	case MUTATION_CUT:
		cut(to, from, &c);
		break;
	case MUTATION_SHUFFLE:
		shuffle(to, from, &c);
		break;
	case MUTATION_DUPLICATE:
		duplicate(to, from, &c);
		break;
	case MUTATION_DROP:
		drop(to, from, &c);
		break;
	case MUTATION_SPLICE:
		splice(to, from, &c);
		break;
	default:
		change_some(to, from, kind, &c);
		break;
	}
}

size_t mutate_file(uint8_t *bytes, size_t len, uint64_t seed)
{
	struct chance c = {.state = seed};

	if (len == 0)
		return 0;
	for (size_t i = 1 + below(&c, 4 + len / 2000); i > 0; i--)
		(one_in(&c, 2) ? flip : set_number)(&c, bytes, len);
	return one_in(&c, 3) ? below(&c, len) : len;
}
