/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_write: rows to columns.
 *
 * Rows of one value are a group. The plain octets of a block are: how many
 * groups, fields and addresses; the names of the fields; of each group its
 * field, how much its value shares with the one before, the rest's length, and
 * its rows; the rests of all values; the addresses of all hosts, sorted; and of
 * each row its hosts, port, protocol, kind and outcome, first time, time to the
 * last, and count. A host is 0 where the value is its address, else its place +
 * 1 among the addresses, as the difference to the row before in its group.
 *
 * Protocol, kind and outcome are a number: 8 bits of the protocol, one for an
 * own client, 8 of the kind, 3 of the outcome, and one for each host that is a
 * token. Who does not know those finds the number too large, and the block
 * damaged.
 */
#include "logs/seen_block.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/unpack.h"
#include "logs/seen_column.h"

#define US_NS 1000

struct writing {
	const struct nrs_seen_row *rows;
	size_t count;
	struct nrs_addr *addrs; /* distinct, sorted */
	size_t addr_count;
	uint64_t *column;
	struct nrs_text plain;
	struct nrs_text rests;
	uint32_t field_place[NRS_FIELD_COUNT]; /* + 1 in the block; 0 not */
	unsigned int fields;
};

static int by_addr(const void *a, const void *b)
{
	return nrs_addr_compare(a, b);
}

static bool is_value(const struct nrs_seen_row *row,
		     const struct nrs_addr *addr)
{
	return nrs_field_table[row->field].kind == NRS_VALUE_ADDR &&
	       row->value.len == sizeof(addr->bytes) &&
	       memcmp(row->value.ptr, addr->bytes, sizeof(addr->bytes)) == 0;
}

static void gather_addrs(struct writing *w)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct nrs_seen_row *row = &w->rows[i];

		if (!is_value(row, &row->client))
			w->addrs[count++] = row->client;
		if (!is_value(row, &row->server))
			w->addrs[count++] = row->server;
	}
	if (count > 0)
		qsort(w->addrs, count, sizeof(*w->addrs), by_addr);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 ||
		    nrs_addr_compare(&w->addrs[kept - 1], &w->addrs[i]) != 0)
			w->addrs[kept++] = w->addrs[i];
	}
	w->addr_count = kept;
}

static uint64_t host_of(const struct writing *w, const struct nrs_seen_row *row,
			const struct nrs_addr *addr)
{
	const struct nrs_addr *found;

	if (is_value(row, addr))
		return 0;
	found = bsearch(addr, w->addrs, w->addr_count, sizeof(*w->addrs),
			by_addr);
	return (uint64_t)(found - w->addrs) + 1;
}

static bool is_same_group(const struct nrs_seen_row *a,
			  const struct nrs_seen_row *b)
{
	return a->field == b->field && a->value.len == b->value.len &&
	       memcmp(a->value.ptr, b->value.ptr, a->value.len) == 0;
}

static bool begins_group(const struct writing *w, size_t i)
{
	return i == 0 || !is_same_group(&w->rows[i - 1], &w->rows[i]);
}

static size_t shared(struct nrs_span a, struct nrs_span b)
{
	size_t len = 0;

	while (len < a.len && len < b.len && a.ptr[len] == b.ptr[len])
		len++;
	return len;
}

/* What each group says, one column at a time: 0 field, 1 shared, 2 rest, 3
 * rows. Returns how many groups there are. */
static size_t fill_groups(struct writing *w, unsigned int which)
{
	struct nrs_span before = nrs_span(NULL, 0);
	size_t groups = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct nrs_seen_row *row = &w->rows[i];

		if (!begins_group(w, i)) {
			w->column[groups - 1] += which == 3;
			continue;
		}
		const size_t common = shared(before, row->value);
		w->column[groups++] = which == 0
					      ? w->field_place[row->field] - 1
				      : which == 1 ? common
				      : which == 2 ? row->value.len - common
						   : 1;
		if (which == 2)
			nrs_text_add(&w->rests,
				     nrs_span_from(row->value, common));
		before = row->value;
	}
	return groups;
}

static void put_names(struct writing *w)
{
	struct nrs_text names = {0};

	for (size_t i = 0; i < w->count; i++) {
		const enum nrs_field field = w->rows[i].field;

		if (w->field_place[field] != 0)
			continue;
		w->field_place[field] = ++w->fields;
		nrs_text_puts(&names, nrs_field_table[field].name);
		nrs_text_putc(&names, '\n');
	}
	w->column[0] = w->fields;
	w->column[1] = w->addr_count;
	w->column[2] = names.len;
	nrs_column_put(&w->plain, w->column, 3);
	nrs_text_add(&w->plain, nrs_text_span(&names));
	w->plain.failed |= names.failed;
	nrs_text_fini(&names);
}

static void put_groups(struct writing *w)
{
	for (unsigned int which = 0; which < 4; which++) {
		const size_t groups = fill_groups(w, which);
		const uint64_t head = groups;

		if (which == 0)
			nrs_column_put(&w->plain, &head, 1);
		nrs_column_put(&w->plain, w->column, groups);
	}
	nrs_text_add(&w->plain, nrs_text_span(&w->rests));
	w->plain.failed |= w->rests.failed;
}

/* Half an address is a number; sorted, the upper halves hardly change. */
static void put_addrs(struct writing *w)
{
	for (unsigned int half = 0; half < 2; half++) {
		uint64_t before = 0;

		for (size_t i = 0; i < w->addr_count; i++) {
			uint64_t value = 0;

			for (unsigned int b = 0; b < 8; b++)
				value = value << 8 |
					w->addrs[i].bytes[8 * half + b];
			w->column[i] = value - before;
			before = value;
		}
		nrs_column_put(&w->plain, w->column, w->addr_count);
	}
}

static void put_hosts(struct writing *w, bool is_server)
{
	int64_t before = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct nrs_seen_row *row = &w->rows[i];
		const int64_t host = (int64_t)host_of(
			w, row, is_server ? &row->server : &row->client);

		if (begins_group(w, i))
			before = 0;
		w->column[i] = nrs_zigzag(host - before);
		before = host;
	}
	nrs_column_put(&w->plain, w->column, w->count);
}

static uint64_t us_of(int64_t ns, int64_t hour)
{
	return (uint64_t)((ns - hour * NRS_SEEN_HOUR_NS) / US_NS);
}

/* 0 port, 1 protocol, kind and outcome, 2 first, 3 to the last, 4 count. */
static uint64_t number_of(const struct nrs_seen_row *row, unsigned int which)
{
	const int64_t hour = nrs_seen_hour(row->first_ns);

	switch (which) {
	case 0:
		return row->server_port;
	case 1:
		return (uint64_t)row->server_is_token << 21 |
		       (uint64_t)row->client_is_token << 20 |
		       (uint64_t)row->outcome << 17 |
		       (uint64_t)row->txn_kind << 9 |
		       (uint64_t)row->own_is_client << 8 | row->proto;
	case 2:
		return us_of(row->first_ns, hour);
	case 3:
		return us_of(row->last_ns, hour) - us_of(row->first_ns, hour);
	default:
		return row->count - 1;
	}
}

static void put_rows(struct writing *w)
{
	put_hosts(w, false);
	put_hosts(w, true);
	for (unsigned int which = 0; which < 5; which++) {
		for (size_t i = 0; i < w->count; i++)
			w->column[i] = number_of(&w->rows[i], which);
		nrs_column_put(&w->plain, w->column, w->count);
	}
}

static void put_u64(struct nrs_text *out, uint64_t value, unsigned int octets)
{
	for (unsigned int i = 0; i < octets; i++)
		nrs_text_putc(out, (char)(value >> (8 * i)));
}

static int put_block(struct nrs_text *out, struct nrs_pack *pack,
		     const struct writing *w)
{
	struct nrs_text packed = {0};
	struct nrs_hash_key key;
	int err = nrs_pack_add(pack, nrs_text_span(&w->plain), NRS_PACK_END,
			       &packed);

	if (err == NRS_OK && (w->plain.len > NRS_SEEN_PLAIN_MAX ||
			      packed.len > NRS_SEEN_PACKED_MAX))
		err = NRS_E_LIMIT;
	if (err == NRS_OK) {
		nrs_hash_key_init(&key, 0);
		nrs_text_puts(out, NRS_SEEN_MAGIC);
		put_u64(out, packed.len, 4);
		put_u64(out, w->plain.len, 4);
		put_u64(out, w->count, 4);
		put_u64(out, 0, 4);
		put_u64(out, (uint64_t)nrs_seen_hour(w->rows[0].first_ns), 8);
		put_u64(out, nrs_hash(&key, nrs_text_span(&packed)), 8);
		nrs_text_add(out, nrs_text_span(&packed));
		err = out->failed ? NRS_E_NOMEM : NRS_OK;
	}
	nrs_text_fini(&packed);
	return err;
}

int nrs_seen_block_write(struct nrs_text *out, struct nrs_pack *pack,
			 const struct nrs_seen_row *rows, size_t count)
{
	struct writing w = {.rows = rows, .count = count};
	int err = NRS_E_NOMEM;

	if (count == 0 || count > NRS_SEEN_ROWS_MAX)
		return NRS_E_LIMIT;
	struct nrs_addr *const addrs = calloc(2 * count, sizeof(*addrs));
	uint64_t *const column = calloc(2 * count + 3, sizeof(*column));
	w.addrs = addrs;
	w.column = column;
	if (addrs != NULL && column != NULL) {
		gather_addrs(&w);
		put_names(&w);
		put_groups(&w);
		put_addrs(&w);
		put_rows(&w);
		err = w.plain.failed ? NRS_E_NOMEM : put_block(out, pack, &w);
	}
	free(addrs);
	free(column);
	nrs_text_fini(&w.plain);
	nrs_text_fini(&w.rests);
	return err;
}
