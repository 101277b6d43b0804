/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets: prefixes sorted by address and length; a look-up tries each length
 * that occurs, from the longest on. A range is the few prefixes that make it.
 */
#include "sightings/assets.h"

#include <stdlib.h>

#include "engine/base/arena.h"

#define BITS 128u

struct row {
	struct nrs_prefix net;
	uint32_t order; /* of the line: the later one holds */
	struct nrs_asset asset;
};

struct nrs_assets {
	struct nrs_arena *arena;
	struct row *rows;
	unsigned int count, cap;
	bool has_bits[BITS + 1];
};

static const char *const importances[] = {"unknown", "low", "normal", "high",
					  "critical"};

const char *nrs_importance_name(enum nrs_importance importance)
{
	return importances[importance];
}

int nrs_assets_new(struct nrs_assets **out)
{
	struct nrs_assets *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NRS_E_NOMEM;
	a->arena = nrs_arena_new((size_t)256 << 20);
	if (a->arena == NULL) {
		free(a);
		return NRS_E_NOMEM;
	}
	*out = a;
	return NRS_OK;
}

void nrs_assets_free(struct nrs_assets *a)
{
	if (a == NULL)
		return;
	nrs_arena_free(a->arena);
	free(a->rows);
	free(a);
}

static int put(struct nrs_assets *a, const struct nrs_prefix *net,
	       const struct nrs_asset *asset)
{
	if (a->count == NRS_ASSETS_MAX)
		return NRS_E_LIMIT;
	if (a->count == a->cap) {
		const unsigned int cap = a->cap == 0 ? 64 : a->cap * 2;
		struct row *rows = realloc(a->rows, cap * sizeof(*rows));

		if (rows == NULL)
			return NRS_E_NOMEM;
		a->rows = rows;
		a->cap = cap;
	}
	a->rows[a->count] =
		(struct row){.net = *net, .order = a->count, .asset = *asset};
	a->count++;
	a->has_bits[net->bits] = true;
	return NRS_OK;
}

/* @addr with its last @host_bits set. */
static struct nrs_addr last_of(const struct nrs_addr *addr,
			       unsigned int host_bits)
{
	struct nrs_addr out = *addr;

	for (unsigned int bit = 0; bit < host_bits; bit++)
		out.bytes[15 - bit / 8] |= (uint8_t)(1u << bit % 8);
	return out;
}

static bool has_bit(const struct nrs_addr *addr, unsigned int bit)
{
	return (addr->bytes[15 - bit / 8] >> bit % 8 & 1) != 0;
}

/* The address after @addr, which is not the very last. */
static struct nrs_addr after(struct nrs_addr addr)
{
	for (unsigned int i = 16; i-- > 0;) {
		if (++addr.bytes[i] != 0)
			break;
	}
	return addr;
}

/* FIRST to @last as the largest blocks that fit, one after the other. */
static int put_range(struct nrs_assets *a, struct nrs_addr first,
		     const struct nrs_addr *last, const struct nrs_asset *asset)
{
	for (;;) {
		unsigned int host_bits = 0;
		struct nrs_addr end = first;

		while (host_bits < BITS && !has_bit(&first, host_bits)) {
			const struct nrs_addr wider =
				last_of(&first, host_bits + 1);

			if (nrs_addr_compare(&wider, last) > 0)
				break;
			host_bits++;
			end = wider;
		}
		const struct nrs_prefix net = {
			.addr = first, .bits = (uint8_t)(BITS - host_bits)};
		const int err = put(a, &net, asset);
		if (err != NRS_OK || nrs_addr_compare(&end, last) == 0)
			return err;
		first = after(end);
	}
}

static bool read_importance(struct nrs_span word, enum nrs_importance *out)
{
	for (unsigned int i = NRS_IMPORTANCE_LOW; i <= NRS_IMPORTANCE_CRITICAL;
	     i++) {
		if (nrs_span_is_icase(word, importances[i])) {
			*out = (enum nrs_importance)i;
			return true;
		}
	}
	return false;
}

static int add_net(struct nrs_assets *a, struct nrs_span text,
		   const struct nrs_asset *asset, struct nrs_diag *diag)
{
	const size_t dash = nrs_span_find(text, '-', 0);
	struct nrs_prefix net;
	struct nrs_addr first, last;

	if (dash == SIZE_MAX && nrs_prefix_parse(text, &net) == NRS_OK)
		return put(a, &net, asset);
	if (dash != SIZE_MAX &&
	    nrs_addr_parse(nrs_span_trim(nrs_span_part(text, 0, dash)),
			   &first) == NRS_OK &&
	    nrs_addr_parse(nrs_span_trim(nrs_span_from(text, dash + 1)),
			   &last) == NRS_OK &&
	    nrs_addr_is_v4(&first) == nrs_addr_is_v4(&last) &&
	    nrs_addr_compare(&first, &last) <= 0)
		return put_range(a, first, &last, asset);
	return nrs_diag_set(diag, NRS_E_SYNTAX, 0,
			    "'%.*s' is no address, CIDR or FIRST-LAST",
			    text.len > 60 ? 60 : (int)text.len,
			    (const char *)text.ptr);
}

int nrs_assets_add(struct nrs_assets *a, struct nrs_span line,
		   struct nrs_diag *diag)
{
	struct nrs_span net = {0}, word = {0}, role = {0}, owner = {0};
	struct nrs_asset asset;

	(void)nrs_span_split(&line, ',', &net);
	(void)nrs_span_split(&line, ',', &word);
	(void)nrs_span_split(&line, ',', &role);
	(void)nrs_span_split(&line, ',', &owner);
	word = nrs_span_trim(word);
	if (!read_importance(word, &asset.importance))
		return nrs_diag_set(diag, NRS_E_SYNTAX, 0,
				    "'%.*s' is no importance (low, normal, "
				    "high, critical)",
				    word.len > 60 ? 60 : (int)word.len,
				    word.len == 0 ? ""
						  : (const char *)word.ptr);
	asset.role = nrs_arena_copy(a->arena, nrs_span_trim(role));
	asset.owner = nrs_arena_copy(a->arena, nrs_span_trim(owner));
	const int err = add_net(a, nrs_span_trim(net), &asset, diag);
	if (err == NRS_E_LIMIT)
		return nrs_diag_set(diag, err, 0, "more than %u assets",
				    NRS_ASSETS_MAX);
	return err;
}

int nrs_assets_read(struct nrs_assets *a, struct nrs_span text,
		    uint64_t *refused, struct nrs_diag *diag)
{
	struct nrs_span line;
	uint64_t number = 0;

	while (nrs_span_split(&text, '\n', &line)) {
		struct nrs_diag why = {0};

		number++;
		line = nrs_span_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		const int err = nrs_assets_add(a, line, &why);
		if (err == NRS_E_LIMIT || err == NRS_E_NOMEM)
			return nrs_diag_set(diag, err, number, "%s",
					    why.text[0] != '\0'
						    ? why.text
						    : nrs_strerror(err));
		if (err != NRS_OK && (*refused)++ == 0)
			(void)nrs_diag_set(diag, err, number, "line %llu: %s",
					   (unsigned long long)number,
					   why.text);
	}
	return NRS_OK;
}

static int compare_nets(const struct nrs_prefix *a, const struct nrs_prefix *b)
{
	const int by = nrs_addr_compare(&a->addr, &b->addr);

	return by != 0 ? by : (int)a->bits - (int)b->bits;
}

static int compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	const int by = compare_nets(&a->net, &b->net);

	return by != 0 ? by : a->order < b->order ? 1 : -1; /* later first */
}

void nrs_assets_seal(struct nrs_assets *a)
{
	unsigned int kept = 0;

	if (a->count > 0)
		qsort(a->rows, a->count, sizeof(*a->rows), compare);
	for (unsigned int i = 0; i < a->count; i++) {
		if (kept == 0 ||
		    compare_nets(&a->rows[kept - 1].net, &a->rows[i].net) != 0)
			a->rows[kept++] = a->rows[i];
	}
	a->count = kept;
}

static const struct nrs_asset *find_net(const struct nrs_assets *a,
					const struct nrs_prefix *net)
{
	unsigned int low = 0, high = a->count;

	while (low < high) {
		const unsigned int middle = low + (high - low) / 2;
		const int by = compare_nets(&a->rows[middle].net, net);

		if (by == 0)
			return &a->rows[middle].asset;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct nrs_asset *nrs_assets_find(const struct nrs_assets *a,
					const struct nrs_addr *addr)
{
	struct nrs_prefix net = {.addr = *addr};

	if (a == NULL || a->count == 0)
		return NULL;
	for (unsigned int bits = BITS + 1; bits-- > 0;) {
		if (bits < BITS)
			net.addr.bytes[bits / 8] &=
				(uint8_t) ~(0x80u >> bits % 8);
		net.bits = (uint8_t)bits;
		if (!a->has_bits[bits])
			continue;
		const struct nrs_asset *found = find_net(a, &net);
		if (found != NULL)
			return found;
	}
	return NULL;
}

unsigned int nrs_assets_count(const struct nrs_assets *a)
{
	return a == NULL ? 0 : a->count;
}
