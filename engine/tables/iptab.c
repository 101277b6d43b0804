/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iptab: the address line cut into ranges at every place where the longest
 * containing prefix changes; each range names that prefix, and each prefix its
 * parent, the next shorter one around it.
 *
 * A look-up finds the range and walks up the parents. n prefixes make at most
 * 2n + 2 ranges, whatever their lengths. IPv4 has ranges of its own, of 32 bits
 * and behind an index over the first bits, so that a search is a few steps in
 * one or two cache lines. Nothing here is hashed: no feed can make it slow.
 */
#include "engine/tables/iptab.h"

#include <stdlib.h>

#include "engine/base/text.h"

#define NONE UINT32_MAX
#define DEPTH_MAX 129
#define V4_BEGIN (UINT64_C(0xffff) << 32) /* ::ffff:0.0.0.0 */
#define INDEX_BITS_MAX 18 /* 1 MB: stays in the second-level cache */

struct wide {
	uint64_t high, low;
};

struct node {
	uint32_t value;
	uint32_t parent; /* node, or NONE */
};

/* Range i goes from starts[i] to before starts[i + 1]; the first is 0. */
struct nrs_iptab {
	struct node *nodes;
	size_t node_count;
	uint32_t *v4_starts, *v4_owners;
	uint32_t *v4_index; /* by first bits: ranges that start before them */
	struct wide *v6_starts;
	uint32_t *v6_owners;
	uint32_t v4_count, v6_count;
	unsigned int index_bits;
	bool is_borrowed;
};

static uint64_t word(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap64(value);
}

static struct wide wide_of(const struct nrs_addr *addr)
{
	return (struct wide){word(addr->bytes), word(addr->bytes + 8)};
}

static bool is_after(struct wide a, struct wide b)
{
	return a.high != b.high ? a.high > b.high : a.low > b.low;
}

/* The address behind the last of @prefix; false behind the last of all. */
static bool behind(const struct nrs_prefix *prefix, struct wide *out)
{
	const unsigned int bits = prefix->bits;
	const struct wide at = wide_of(&prefix->addr);

	if (bits == 0)
		return false;
	if (bits <= 64) {
		out->high = at.high + (UINT64_C(1) << (64 - bits));
		out->low = 0;
		return out->high != 0;
	}
	out->low = at.low + (UINT64_C(1) << (128 - bits));
	out->high = at.high + (out->low == 0);
	return out->low != 0 || out->high != 0;
}

/* What one pass over the sorted entries carries. */
struct sweep {
	struct nrs_iptab *table;
	const struct nrs_iptab_entry *open[DEPTH_MAX];
	uint32_t open_node[DEPTH_MAX];
	unsigned int depth;
};

/* From @at on, @owner is the longest; what was said of @at before is void. */
static void cut_v4(struct nrs_iptab *t, uint32_t at, uint32_t owner)
{
	if (t->v4_starts[t->v4_count - 1] != at)
		t->v4_count++;
	t->v4_starts[t->v4_count - 1] = at;
	t->v4_owners[t->v4_count - 1] = owner;
}

static void cut_v6(struct nrs_iptab *t, struct wide at, uint32_t owner)
{
	const struct wide last = t->v6_starts[t->v6_count - 1];

	if (last.high != at.high || last.low != at.low)
		t->v6_count++;
	t->v6_starts[t->v6_count - 1] = at;
	t->v6_owners[t->v6_count - 1] = owner;
	/* What lies around all of IPv4 reaches into it. */
	if (at.high == 0 && at.low < V4_BEGIN)
		t->v4_owners[0] = owner;
}

static bool is_v4(struct wide at)
{
	return at.high == 0 && at.low >> 32 == V4_BEGIN >> 32;
}

static void close_top(struct sweep *s)
{
	const struct nrs_prefix *top = &s->open[--s->depth]->prefix;
	const uint32_t owner =
		s->depth == 0 ? NONE : s->open_node[s->depth - 1];
	struct wide at;

	if (!behind(top, &at))
		return;
	if (is_v4(at))
		cut_v4(s->table, (uint32_t)at.low, owner);
	/* A neighbour that ends where IPv4 begins is over behind IPv4 too. */
	if (!is_v4(at) || at.low == V4_BEGIN)
		cut_v6(s->table, at, owner);
}

static void open_entry(struct sweep *s, const struct nrs_iptab_entry *entry)
{
	const struct wide at = wide_of(&entry->prefix.addr);
	struct nrs_iptab *t = s->table;

	while (s->depth > 0 &&
	       !nrs_prefix_contains(&s->open[s->depth - 1]->prefix,
				    &entry->prefix.addr))
		close_top(s);
	/* Inside one another they only get longer: DEPTH_MAX is enough. */
	if (s->depth > 0 &&
	    s->open[s->depth - 1]->prefix.bits == entry->prefix.bits)
		return; /* not unique: the first stands */
	const uint32_t node = (uint32_t)t->node_count++;
	t->nodes[node] = (struct node){
		.value = entry->value,
		.parent = s->depth == 0 ? NONE : s->open_node[s->depth - 1]};
	if (is_v4(at))
		cut_v4(t, (uint32_t)at.low, node);
	else
		cut_v6(t, at, node);
	s->open[s->depth] = entry;
	s->open_node[s->depth++] = node;
}

static int by_place(const void *a, const void *b)
{
	const struct nrs_iptab_entry *left = a, *right = b;
	const int order =
		nrs_addr_compare(&left->prefix.addr, &right->prefix.addr);

	return order != 0 ? order : left->prefix.bits - right->prefix.bits;
}

/* index[i]: how many ranges start before the addresses that begin with i. */
static void fill_index(struct nrs_iptab *t)
{
	const unsigned int shift = 32 - t->index_bits;
	const uint32_t slots = UINT32_C(1) << t->index_bits;
	uint32_t range = 0;

	for (uint32_t i = 0; i < slots; i++) {
		while (range < t->v4_count && t->v4_starts[range] < i << shift)
			range++;
		t->v4_index[i] = range;
	}
	t->v4_index[slots] = t->v4_count;
}

static int reserve(struct nrs_iptab *t, size_t v4, size_t v6)
{
	const size_t v4_ranges = 2 * v4 + 1, v6_ranges = 2 * (v4 + v6) + 1;

	t->index_bits = 4;
	while (t->index_bits < INDEX_BITS_MAX &&
	       (size_t)1 << t->index_bits < v4_ranges)
		t->index_bits++;
	t->nodes = calloc(v4 + v6 + 1, sizeof(*t->nodes));
	t->v4_starts = calloc(v4_ranges, sizeof(*t->v4_starts));
	t->v4_owners = calloc(v4_ranges, sizeof(*t->v4_owners));
	t->v6_starts = calloc(v6_ranges, sizeof(*t->v6_starts));
	t->v6_owners = calloc(v6_ranges, sizeof(*t->v6_owners));
	t->v4_index =
		calloc(((size_t)1 << t->index_bits) + 1, sizeof(*t->v4_index));
	if (t->nodes == NULL || t->v4_starts == NULL || t->v4_owners == NULL ||
	    t->v6_starts == NULL || t->v6_owners == NULL || t->v4_index == NULL)
		return NRS_E_NOMEM;
	/* One range each over everything, which belongs to nobody. */
	t->v4_count = t->v6_count = 1;
	t->v4_owners[0] = t->v6_owners[0] = NONE;
	return NRS_OK;
}

/* Give back what was reserved for the other family. */
static void trim(struct nrs_iptab *t)
{
	void *starts =
		realloc(t->v6_starts, t->v6_count * sizeof(*t->v6_starts));
	void *owners =
		realloc(t->v6_owners, t->v6_count * sizeof(*t->v6_owners));

	t->v6_starts = starts == NULL ? t->v6_starts : starts;
	t->v6_owners = owners == NULL ? t->v6_owners : owners;
}

int nrs_iptab_build(struct nrs_iptab **out,
		    const struct nrs_iptab_entry *entries, size_t count)
{
	struct nrs_iptab *t = calloc(1, sizeof(*t));
	struct nrs_iptab_entry *sorted = calloc(count + 1, sizeof(*sorted));
	struct sweep sweep = {.table = t};
	size_t v4 = 0;

	for (size_t i = 0; i < count; i++)
		v4 += entries[i].prefix.bits >= 96 &&
		      nrs_addr_is_v4(&entries[i].prefix.addr);
	if (t == NULL || sorted == NULL || count > NONE / 4 ||
	    reserve(t, v4, count - v4) != NRS_OK) {
		nrs_iptab_free(t);
		free(sorted);
		return NRS_E_NOMEM;
	}
	if (count > 0)
		memcpy(sorted, entries, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_place);
	for (size_t i = 0; i < count; i++)
		open_entry(&sweep, &sorted[i]);
	while (sweep.depth > 0)
		close_top(&sweep);
	free(sorted);
	trim(t);
	fill_index(t);
	*out = t;
	return NRS_OK;
}

void nrs_iptab_free(struct nrs_iptab *t)
{
	if (t == NULL)
		return;
	if (!t->is_borrowed) {
		free(t->nodes);
		free(t->v4_starts);
		free(t->v4_owners);
		free(t->v4_index);
		free(t->v6_starts);
		free(t->v6_owners);
	}
	free(t);
}

static uint32_t find_v4(const struct nrs_iptab *t, uint32_t addr)
{
	const uint32_t slot = addr >> (32 - t->index_bits);
	const uint32_t *at = t->v4_starts + t->v4_index[slot];
	uint32_t left = t->v4_index[slot + 1] - t->v4_index[slot];

	/* The first start behind @addr; the range before it holds @addr. */
	while (left > 0) {
		const uint32_t half = (left + 1) / 2;

		at += at[half - 1] <= addr ? half : 0;
		left -= half;
	}
	return t->v4_owners[at - t->v4_starts - 1];
}

static uint32_t find_v6(const struct nrs_iptab *t, struct wide addr)
{
	const struct wide *at = t->v6_starts;
	uint32_t left = t->v6_count;

	while (left > 1) {
		const uint32_t half = left / 2;

		at += is_after(at[half], addr) ? 0 : half;
		left -= half;
	}
	return t->v6_owners[at - t->v6_starts];
}

unsigned int nrs_iptab_find(const struct nrs_iptab *t,
			    const struct nrs_addr *addr, uint32_t *values,
			    unsigned int max)
{
	const struct wide at = wide_of(addr);
	uint32_t node = nrs_addr_is_v4(addr) ? find_v4(t, (uint32_t)at.low)
					     : find_v6(t, at);
	unsigned int found = 0;

	for (; node != NONE && found < max; node = t->nodes[node].parent)
		values[found++] = t->nodes[node].value;
	return found;
}

size_t nrs_iptab_bytes(const struct nrs_iptab *t)
{
	const size_t index = ((size_t)1 << t->index_bits) + 1;

	return sizeof(*t) + t->node_count * sizeof(*t->nodes) +
	       (2 * (size_t)t->v4_count + index) * sizeof(uint32_t) +
	       t->v6_count * (sizeof(struct wide) + sizeof(uint32_t));
}

/* How octets begin; the arrays follow in the order of their mention below. */
struct saved {
	uint32_t node_count, v4_count, v6_count, index_bits;
};

static size_t index_len(unsigned int index_bits)
{
	return ((size_t)1 << index_bits) + 1;
}

static void put(struct nrs_text *out, const void *items, size_t count,
		size_t item_bytes)
{
	if (count > 0)
		nrs_text_add(out, nrs_span(items, count * item_bytes));
}

void nrs_iptab_save(const struct nrs_iptab *t, struct nrs_text *out)
{
	const struct saved head = {.node_count = (uint32_t)t->node_count,
				   .v4_count = t->v4_count,
				   .v6_count = t->v6_count,
				   .index_bits = t->index_bits};

	put(out, &head, 1, sizeof(head));
	put(out, t->nodes, t->node_count, sizeof(*t->nodes));
	put(out, t->v6_starts, t->v6_count, sizeof(*t->v6_starts));
	put(out, t->v6_owners, t->v6_count, sizeof(*t->v6_owners));
	put(out, t->v4_starts, t->v4_count, sizeof(*t->v4_starts));
	put(out, t->v4_owners, t->v4_count, sizeof(*t->v4_owners));
	put(out, t->v4_index, index_len(t->index_bits), sizeof(*t->v4_index));
	while (out->len % 8 != 0)
		nrs_text_putc(out, '\0');
}

/* The next array of @rest, or NULL if it is not all there. */
static void *take(struct nrs_span *rest, size_t count, size_t item_bytes)
{
	const uint8_t *at = rest->ptr;

	if (count > rest->len / item_bytes)
		return NULL;
	*rest = nrs_span_from(*rest, count * item_bytes);
	return (void *)(uintptr_t)at;
}

static bool owners_are_sound(const struct nrs_iptab *t, const uint32_t *owners,
			     uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (owners[i] != NONE && owners[i] >= t->node_count)
			return false;
	}
	return true;
}

/* Searches stay inside; parents come first, so that no chain is a ring. */
static bool is_sound(const struct nrs_iptab *t, uint32_t value_end)
{
	const size_t slots = index_len(t->index_bits);

	for (size_t i = 0; i < t->node_count; i++) {
		if (t->nodes[i].value >= value_end ||
		    (t->nodes[i].parent != NONE && t->nodes[i].parent >= i))
			return false;
	}
	for (size_t i = 0; i < slots; i++) {
		const uint32_t before = i == 0 ? 0 : t->v4_index[i - 1];

		if (t->v4_index[i] < before || t->v4_index[i] > t->v4_count ||
		    (i > 0 && t->v4_index[i] == 0))
			return false;
	}
	return t->v4_index[0] == 0 && t->v4_starts[0] == 0 &&
	       owners_are_sound(t, t->v4_owners, t->v4_count) &&
	       owners_are_sound(t, t->v6_owners, t->v6_count);
}

int nrs_iptab_open(struct nrs_iptab **out, struct nrs_span octets,
		   uint32_t value_end)
{
	struct nrs_iptab *t = calloc(1, sizeof(*t));
	struct saved head = {0};
	const void *start;

	if (t == NULL)
		return NRS_E_NOMEM;
	t->is_borrowed = true;
	start = take(&octets, 1, sizeof(head));
	if (start != NULL)
		memcpy(&head, start, sizeof(head));
	if (head.v4_count == 0 || head.v6_count == 0 || head.index_bits < 4 ||
	    head.index_bits > INDEX_BITS_MAX)
		goto fail;
	t->node_count = head.node_count;
	t->v4_count = head.v4_count;
	t->v6_count = head.v6_count;
	t->index_bits = head.index_bits;
	t->nodes = take(&octets, t->node_count, sizeof(*t->nodes));
	t->v6_starts = take(&octets, t->v6_count, sizeof(*t->v6_starts));
	t->v6_owners = take(&octets, t->v6_count, sizeof(*t->v6_owners));
	t->v4_starts = take(&octets, t->v4_count, sizeof(*t->v4_starts));
	t->v4_owners = take(&octets, t->v4_count, sizeof(*t->v4_owners));
	t->v4_index =
		take(&octets, index_len(t->index_bits), sizeof(*t->v4_index));
	if (t->nodes == NULL || t->v6_starts == NULL || t->v6_owners == NULL ||
	    t->v4_starts == NULL || t->v4_owners == NULL ||
	    t->v4_index == NULL || octets.len >= 8 || !is_sound(t, value_end))
		goto fail;
	*out = t;
	return NRS_OK;
fail:
	nrs_iptab_free(t);
	return NRS_E_FORMAT;
}
