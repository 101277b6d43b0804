/* SPDX-License-Identifier: Apache-2.0 */
/*
 * defrag: a packet under way is a map of the eight-octet blocks that are there,
 * and the pages of its payload that any of them falls in. The last fragment
 * says where it ends.
 */
#include "capture/decode/defrag.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/decode/ip.h"
#include "engine/base/octets.h"
#include "engine/base/slab.h"
#include "engine/base/stamp.h"

#define TABLES 256
#define BLOCK 8
#define PAYLOAD_MAX 65535
#define BLOCKS_MAX (PAYLOAD_MAX / BLOCK + 1)
#define PAGE 4096
#define PAGES_MAX (BLOCKS_MAX * BLOCK / PAGE)
#define HEAD_MAX 256 /* the IP header and what stands before the payload */
#define MAC_HEAD 14

/* What makes fragments belong together (RFC 791, RFC 8200 section 4.5). */
struct packet_key {
	struct nrs_addr src, dst;
	uint32_t id;
	uint32_t tunnel;
	uint16_t vlan;
	uint8_t proto; /* of IPv4; IPv6 tells packets apart without it */
	bool is_v4;
};

struct pending {
	struct packet_key key;
	int64_t first_ns;
	uint64_t number; /* of arrival in its table */
	uint32_t total;	 /* octets of payload; 0: the end is not known */
	uint32_t blocks; /* that are there */
	uint32_t reach;	 /* where the farthest of them ends */
	uint16_t head_len;
	uint16_t
		next_off; /* IPv6: where in the head the next header is named */
	uint8_t proto;
	bool has_overlap;
	bool has_mac;
	uint8_t fragments; /* at most 255 are counted */
	uint32_t bytes;	   /* of them, by their headers */
	uint8_t mac[12];
	uint8_t head[HEAD_MAX]; /* of the fragment at offset 0 */
	uint64_t map[(BLOCKS_MAX + 63) / 64];
	uint8_t *pages[PAGES_MAX]; /* of the payload; NULL: nothing in it */
};

static_assert(PAGES_MAX * PAGE == BLOCKS_MAX * BLOCK, "whole pages");
static_assert(NRS_DEFRAG_PAGES >= PAGES_MAX, "the largest packet alone");

struct table {
	struct pending *pending[NRS_DEFRAG_PENDING];
	struct nrs_slab packets, pages;
	uint64_t arrivals;
};

struct nrs_defrag {
	struct table tables[TABLES]; /* by shard: keyed, of the pair */
};

/* A fragment, read. */
struct piece {
	struct packet_key key;
	const uint8_t *head; /* the IP header */
	size_t head_len;     /* without the fragment header */
	size_t next_off;
	uint8_t proto;
	uint32_t offset, len; /* of its payload in the whole */
	const uint8_t *payload;
	bool is_last;
};

int nrs_defrag_new(struct nrs_defrag **out)
{
	struct nrs_defrag *d = calloc(1, sizeof(*d));
	int err = NRS_OK;

	if (d == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < TABLES && err == NRS_OK; i++) {
		struct table *t = &d->tables[i];

		err = nrs_slab_init(&t->packets, sizeof(struct pending),
				    NRS_DEFRAG_PENDING);
		if (err == NRS_OK)
			err = nrs_slab_init(&t->pages, PAGE, NRS_DEFRAG_PAGES);
	}
	if (err != NRS_OK) {
		nrs_defrag_free(d);
		return err;
	}
	*out = d;
	return NRS_OK;
}

void nrs_defrag_free(struct nrs_defrag *d)
{
	if (d == NULL)
		return;
	for (unsigned int i = 0; i < TABLES; i++) {
		nrs_slab_fini(&d->tables[i].packets);
		nrs_slab_fini(&d->tables[i].pages);
	}
	free(d);
}

static bool read_v4(struct piece *p, const uint8_t *ip, size_t got)
{
	const uint16_t fragment = nrs_u16(ip + 6);

	p->head_len = (size_t)(ip[0] & 15) * 4;
	p->key.id = nrs_u16(ip + 4);
	p->key.proto = p->proto = ip[9];
	p->offset = (uint32_t)(fragment & 0x1fff) * BLOCK;
	p->is_last = (fragment & 0x2000) == 0;
	p->payload = ip + p->head_len;
	p->len = (uint32_t)(got - p->head_len);
	return got > p->head_len;
}

/* Walks the headers before the fragment header, as nrs_ip_read did. */
static bool read_v6(struct piece *p, const uint8_t *ip, size_t got)
{
	size_t at = 40;
	uint8_t next = ip[6];

	p->next_off = 6;
	while (next != IPPROTO_FRAGMENT) {
		if (got < at + 8 || next == IPPROTO_AH)
			return false;
		next = ip[at];
		p->next_off = at;
		at += ((size_t)ip[at + 1] + 1) * 8;
	}
	if (got <= at + 8)
		return false;
	const uint16_t fragment = nrs_u16(ip + at + 2);
	p->head_len = at;
	p->proto = ip[at];
	p->key.id = (uint32_t)nrs_u16(ip + at + 4) << 16 | nrs_u16(ip + at + 6);
	p->offset = fragment & 0xfff8;
	p->is_last = (fragment & 1) == 0;
	p->payload = ip + at + 8;
	p->len = (uint32_t)(got - at - 8);
	return true;
}

/* False: nothing that could be put together. */
static bool read_piece(struct piece *p, const struct nrs_datagram *d)
{
	const uint8_t *ip = d->data + d->ip_off;
	const bool is_v4 = (d->flags & NRS_DG_V4) != 0;

	*p = (struct piece){.head = ip,
			    .key = {.src = nrs_datagram_src(d),
				    .dst = nrs_datagram_dst(d),
				    .tunnel = d->tunnel,
				    .vlan = d->vlan,
				    .is_v4 = is_v4}};
	if ((d->flags & NRS_DG_CUT) != 0)
		return false;
	if (!(is_v4 ? read_v4(p, ip, d->ip_len) : read_v6(p, ip, d->ip_len)))
		return false;
	/* Only the last one may end between blocks. */
	return p->head_len <= HEAD_MAX && (p->is_last || p->len % BLOCK == 0) &&
	       p->offset + p->len + p->head_len <= PAYLOAD_MAX;
}

static bool is_same(const struct packet_key *a, const struct packet_key *b)
{
	return a->id == b->id && a->tunnel == b->tunnel && a->vlan == b->vlan &&
	       a->proto == b->proto && a->is_v4 == b->is_v4 &&
	       nrs_addr_compare(&a->src, &b->src) == 0 &&
	       nrs_addr_compare(&a->dst, &b->dst) == 0;
}

void nrs_defrag_lose(struct nrs_counters *counters, uint64_t fragments,
		     uint64_t bytes)
{
	nrs_count_add(counters, NRS_C_FRAGMENTS, fragments);
	nrs_blind_packets(counters, NRS_B_FRAGMENTS, fragments, bytes);
}

static void drop(struct table *t, unsigned int slot,
		 struct nrs_counters *counters)
{
	struct pending *p = t->pending[slot];

	nrs_defrag_lose(counters, p->fragments, p->bytes);
	for (unsigned int i = 0; i < PAGES_MAX; i++) {
		if (p->pages[i] != NULL)
			nrs_slab_give(&t->pages, p->pages[i]);
	}
	nrs_slab_give(&t->packets, p);
	t->pending[slot] = NULL;
}

static void expire(struct table *t, int64_t now_ns,
		   struct nrs_counters *counters)
{
	for (unsigned int i = 0; i < NRS_DEFRAG_PENDING; i++) {
		const struct pending *p = t->pending[i];

		if (p != NULL &&
		    now_ns - p->first_ns > NRS_DEFRAG_TIMEOUT_S * NRS_SECOND_NS)
			drop(t, i, counters);
	}
}

/* Ends the oldest packet that is not @spared; its slot, free now. */
static unsigned int drop_oldest(struct table *t, const struct pending *spared,
				struct nrs_counters *counters)
{
	unsigned int oldest = NRS_DEFRAG_PENDING;

	for (unsigned int i = 0; i < NRS_DEFRAG_PENDING; i++) {
		const struct pending *p = t->pending[i];

		if (p != NULL && p != spared &&
		    (oldest == NRS_DEFRAG_PENDING ||
		     p->number < t->pending[oldest]->number))
			oldest = i;
	}
	assert(oldest < NRS_DEFRAG_PENDING);
	drop(t, oldest, counters);
	return oldest;
}

static unsigned int free_slot(struct table *t, struct nrs_counters *counters)
{
	for (unsigned int i = 0; i < NRS_DEFRAG_PENDING; i++) {
		if (t->pending[i] == NULL)
			return i;
	}
	return drop_oldest(t, NULL, counters);
}

/* The slot of the packet that @piece belongs to, a new one if need be. */
static unsigned int slot_of(struct table *t, const struct piece *piece,
			    const struct nrs_datagram *d,
			    struct nrs_counters *counters)
{
	for (unsigned int i = 0; i < NRS_DEFRAG_PENDING; i++) {
		if (t->pending[i] != NULL &&
		    is_same(&t->pending[i]->key, &piece->key))
			return i;
	}
	const unsigned int slot = free_slot(t, counters);
	struct pending *p = nrs_slab_take(&t->packets);

	assert(p != NULL); /* as many items as slots */
	*p = (struct pending){.key = piece->key,
			      .first_ns = d->ts_ns,
			      .number = t->arrivals++};
	t->pending[slot] = p;
	return slot;
}

/* Pages for @piece; where there are no more, older packets end. */
static void make_room(struct table *t, struct pending *p,
		      const struct piece *piece, struct nrs_counters *counters)
{
	const uint32_t last = (piece->offset + piece->len - 1) / PAGE;

	for (uint32_t i = piece->offset / PAGE; i <= last; i++) {
		if (p->pages[i] != NULL)
			continue;
		/* The table's pages are more than any packet has: if none is
		 * left, another packet holds some. */
		while ((p->pages[i] = nrs_slab_take(&t->pages)) == NULL)
			(void)drop_oldest(t, p, counters);
	}
}

static inline uint8_t *octets_at(const struct pending *p, uint32_t offset)
{
	return p->pages[offset / PAGE] + offset % PAGE;
}

/* Octets of @len from @offset that stand in the same page. */
static inline uint32_t in_page(uint32_t offset, uint32_t len)
{
	const uint32_t room = PAGE - offset % PAGE;

	return len < room ? len : room;
}

/* One block, whole or the packet's last; what stands there already stays. */
static void put_block(struct pending *p, uint32_t offset, const uint8_t *bytes,
		      uint32_t len)
{
	const uint32_t block = offset / BLOCK;
	uint64_t *word = &p->map[block / 64];
	const uint64_t bit = UINT64_C(1) << block % 64;

	if ((*word & bit) != 0) {
		p->has_overlap |= memcmp(octets_at(p, offset), bytes, len) != 0;
		return;
	}
	memcpy(octets_at(p, offset), bytes, len);
	*word |= bit;
	p->blocks++;
}

/* Fragments mostly come in order: nothing stands there yet. */
static void put_behind(struct pending *p, const struct piece *piece)
{
	const uint32_t first = piece->offset / BLOCK;
	const uint32_t end = first + (piece->len + BLOCK - 1) / BLOCK;

	for (uint32_t at = 0, len; at < piece->len; at += len) {
		len = in_page(piece->offset + at, piece->len - at);
		memcpy(octets_at(p, piece->offset + at), piece->payload + at,
		       len);
	}
	for (uint32_t b = first; b < end; b++)
		p->map[b / 64] |= UINT64_C(1) << b % 64;
	p->blocks += end - first;
}

static void put_between(struct pending *p, const struct piece *piece)
{
	for (uint32_t at = 0; at < piece->len; at += BLOCK) {
		const uint32_t rest = piece->len - at;

		put_block(p, piece->offset + at, piece->payload + at,
			  rest < BLOCK ? rest : BLOCK);
	}
}

/* False: it contradicts what is known of the packet's end. */
static bool fits(struct pending *p, const struct piece *piece)
{
	const uint32_t end = piece->offset + piece->len;

	if (p->total != 0)
		return piece->is_last ? end == p->total : end <= p->total;
	if (!piece->is_last)
		return true;
	if (p->reach > end)
		return false; /* something stands behind the end */
	p->total = end;
	return true;
}

static void put(struct pending *p, const struct piece *piece,
		const struct nrs_datagram *d)
{
	if (piece->offset >= p->reach)
		put_behind(p, piece);
	else
		put_between(p, piece);
	if (p->reach < piece->offset + piece->len)
		p->reach = piece->offset + piece->len;
	if (p->fragments < UINT8_MAX) {
		p->fragments++;
		p->bytes += d->ip_len;
	}
	if (piece->offset != 0 || p->head_len != 0)
		return;
	memcpy(p->head, piece->head, piece->head_len);
	p->head_len = (uint16_t)piece->head_len;
	p->next_off = (uint16_t)piece->next_off;
	p->proto = piece->proto;
	p->has_mac = (d->flags & NRS_DG_HAS_MAC) != 0;
	if (p->has_mac)
		memcpy(p->mac, d->data + d->mac_off, sizeof(p->mac));
}

/* The packet as its sender made it; its checksum is not made anew. */
static size_t write_whole(const struct pending *p, uint8_t *room)
{
	uint8_t *ip = room + MAC_HEAD;
	const size_t len = p->head_len + p->total;

	memset(room, 0, MAC_HEAD);
	if (p->has_mac)
		memcpy(room, p->mac, sizeof(p->mac));
	memcpy(room + 12, p->key.is_v4 ? "\x08\x00" : "\x86\xdd", 2);
	memcpy(ip, p->head, p->head_len);
	for (uint32_t at = 0, step; at < p->total; at += step) {
		step = in_page(at, p->total - at);
		memcpy(ip + p->head_len + at, octets_at(p, at), step);
	}
	const size_t told = p->key.is_v4 ? len : len - 40;
	uint8_t *length = ip + (p->key.is_v4 ? 2 : 4);
	length[0] = (uint8_t)(told >> 8);
	length[1] = (uint8_t)told;
	if (p->key.is_v4)
		memset(ip + 6, 0, 2);
	else
		ip[p->next_off] = p->proto;
	return MAC_HEAD + len;
}

size_t nrs_defrag_add(struct nrs_defrag *defrag, const struct nrs_datagram *d,
		      uint8_t *room, struct nrs_counters *counters)
{
	struct table *t = &defrag->tables[d->shard];
	struct piece piece;
	size_t len = 0;

	if (!read_piece(&piece, d)) {
		nrs_defrag_lose(counters, 1, d->ip_len);
		return 0;
	}
	expire(t, d->ts_ns, counters);
	const unsigned int slot = slot_of(t, &piece, d, counters);
	struct pending *p = t->pending[slot];
	if (!fits(p, &piece)) {
		nrs_count(counters, NRS_C_FRAGMENT_OVERLAPS);
		nrs_defrag_lose(counters, 1, d->ip_len);
		return 0;
	}
	make_room(t, p, &piece, counters);
	put(p, &piece, d);
	if (p->total == 0 || p->head_len == 0 ||
	    p->blocks < (p->total + BLOCK - 1) / BLOCK)
		return 0;
	if (p->has_overlap)
		nrs_count(counters, NRS_C_FRAGMENT_OVERLAPS);
	if (p->head_len + p->total <= PAYLOAD_MAX) {
		nrs_count(counters, NRS_C_DEFRAGMENTED);
		len = write_whole(p, room);
		p->fragments = 0; /* none of them is lost */
		p->bytes = 0;
	}
	drop(t, slot, counters);
	return len;
}

void nrs_defrag_end(struct nrs_defrag *defrag, struct nrs_counters *counters)
{
	for (unsigned int i = 0; i < TABLES; i++) {
		for (unsigned int k = 0; k < NRS_DEFRAG_PENDING; k++) {
			if (defrag->tables[i].pending[k] != NULL)
				drop(&defrag->tables[i], k, counters);
		}
	}
}
