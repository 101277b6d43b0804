/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_read: columns to rows (seen_write.c says in which order). Every count
 * is compared with what is there before it is used, and every sum with its
 * limit; what is left over at the end is an error, too.
 */
#include "logs/seen_block.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/unpack.h"
#include "engine/record.h"
#include "logs/seen_column.h"

#define US_NS 1000
#define HOUR_US UINT64_C(3600000000)
#define HOURS_MAX INT64_C(2562047) /* of int64_t nanoseconds */
#define NAMES_MAX ((size_t)65536)

struct reading {
	struct nrs_seen_room *room;
	struct nrs_span rest; /* of the plain octets */
	size_t rows, groups, addr_count, fields;
	int64_t hour;
	enum nrs_field names[NRS_FIELD_COUNT]; /* NRS_FIELD_COUNT: not known */
};

static uint64_t u64_at(const uint8_t *at, unsigned int octets)
{
	uint64_t value = 0;

	while (octets-- > 0)
		value = value << 8 | at[octets];
	return value;
}

int nrs_seen_head_read(const uint8_t octets[NRS_SEEN_HEAD],
		       struct nrs_seen_head *out)
{
	*out = (struct nrs_seen_head){.packed = (uint32_t)u64_at(octets + 8, 4),
				      .plain = (uint32_t)u64_at(octets + 12, 4),
				      .rows = (uint32_t)u64_at(octets + 16, 4),
				      .hour = (int64_t)u64_at(octets + 24, 8),
				      .sum = u64_at(octets + 32, 8)};
	return memcmp(octets, NRS_SEEN_MAGIC, 8) == 0 &&
			       out->packed <= NRS_SEEN_PACKED_MAX &&
			       out->plain <= NRS_SEEN_PLAIN_MAX &&
			       out->rows > 0 &&
			       out->rows <= NRS_SEEN_ROWS_MAX &&
			       out->hour > -HOURS_MAX && out->hour < HOURS_MAX
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

void nrs_seen_room_fini(struct nrs_seen_room *room)
{
	nrs_text_fini(&room->plain);
	free(room->rows);
	free(room->column);
	free(room->addrs);
	free(room->values);
	*room = (struct nrs_seen_room){0};
}

/* At least @count items of @bytes; what was there is lost. */
static void *grown(void *old, size_t *cap, size_t count, size_t bytes)
{
	if (count <= *cap)
		return old;
	free(old);
	*cap = count;
	return calloc(count, bytes);
}

static int unpack(struct nrs_seen_room *room, const struct nrs_seen_head *head,
		  struct nrs_span packed)
{
	struct nrs_unpack *u = nrs_unpack_open(NRS_PACKING_ZSTD);
	size_t got = 0, more = 1;
	int err = u == NULL ? NRS_E_NOMEM : NRS_OK;

	room->plain.ptr = grown(room->plain.ptr, &room->plain.cap,
				(size_t)head->plain + 1, 1);
	if (room->plain.ptr == NULL) {
		room->plain.cap = 0;
		err = NRS_E_NOMEM;
	}
	/* Room for one octet more shows that there are too many. */
	while (err == NRS_OK && more > 0) {
		err = nrs_unpack_feed(u, &packed, room->plain.ptr + got,
				      (size_t)head->plain + 1 - got, &more);
		got += more;
	}
	if (err == NRS_OK && (got != head->plain || !nrs_unpack_is_done(u)))
		err = NRS_E_FORMAT;
	room->plain.len = got;
	nrs_unpack_close(u);
	return err == NRS_E_LIMIT ? NRS_E_FORMAT : err;
}

static bool take(struct reading *r, size_t count)
{
	return nrs_column_take(&r->rest, r->room->column, count);
}

static bool read_names(struct reading *r)
{
	struct nrs_span names, name;
	uint64_t counts[3];

	if (!nrs_column_take(&r->rest, counts, 3) ||
	    counts[0] > NRS_FIELD_COUNT || counts[1] > 2 * (uint64_t)r->rows ||
	    counts[2] > NAMES_MAX || counts[2] > r->rest.len)
		return false;
	r->addr_count = counts[1];
	names = nrs_span_part(r->rest, 0, counts[2]);
	r->rest = nrs_span_from(r->rest, counts[2]);
	while (r->fields < counts[0] && nrs_span_split(&names, '\n', &name))
		r->names[r->fields++] = nrs_field_by_name(name);
	return r->fields == counts[0] && names.len == 0;
}

/* The groups' columns go into rows for now: of group g its field, what is
 * shared, the rest's length and how many rows, in row g. */
static bool read_groups(struct reading *r)
{
	struct nrs_seen_row *rows = r->room->rows;
	const uint64_t *column = r->room->column;
	uint64_t groups, sum = 0;

	if (!nrs_column_take(&r->rest, &groups, 1) || groups == 0 ||
	    groups > r->rows)
		return false;
	r->groups = groups;
	for (unsigned int which = 0; which < 4; which++) {
		if (!take(r, r->groups))
			return false;
		for (size_t g = 0; g < r->groups; g++) {
			const uint64_t limit = which == 0 ? r->fields
					       : which == 3
						       ? r->rows + 1
						       : NRS_SEEN_VALUES_MAX;

			if (column[g] >= limit)
				return false;
			if (which == 0)
				rows[g].field = r->names[column[g]];
			else if (which == 1)
				rows[g].first_ns = (int64_t)column[g];
			else if (which == 2)
				rows[g].last_ns = (int64_t)column[g];
			else
				rows[g].count = column[g];
			sum += which == 3 ? column[g] : 0;
		}
	}
	return sum == r->rows;
}

static bool fits(enum nrs_field field, size_t len)
{
	if (field == NRS_FIELD_COUNT)
		return true;
	switch (nrs_field_table[field].kind) {
	case NRS_VALUE_ADDR:
		return len == 16;
	case NRS_VALUE_MAC:
		return len == 6;
	case NRS_VALUE_INT:
	case NRS_VALUE_TIME:
	case NRS_VALUE_OFFSET:
		return len == 8;
	default:
		return len > 0;
	}
}

/* Octets of all values, written out; SIZE_MAX where something is wrong. */
static size_t values_len(const struct reading *r)
{
	const struct nrs_seen_row *rows = r->room->rows;
	size_t before = 0, all = 0, rests = 0;

	for (size_t g = 0; g < r->groups; g++) {
		const size_t common = (size_t)rows[g].first_ns;
		const size_t own = (size_t)rows[g].last_ns;

		before = common <= before ? common + own : SIZE_MAX;
		if (before > NRS_SEEN_VALUES_MAX ||
		    !fits(rows[g].field, before) || rows[g].count == 0)
			return SIZE_MAX;
		all += before;
		rests += own;
		if (all > NRS_SEEN_VALUES_MAX || rests > r->rest.len)
			return SIZE_MAX;
	}
	return all;
}

static int read_values(struct reading *r)
{
	struct nrs_seen_room *room = r->room;
	const size_t len = values_len(r);
	struct nrs_span before = {0};
	uint8_t *at;

	if (len == SIZE_MAX)
		return NRS_E_FORMAT;
	room->values = grown(room->values, &room->values_cap, len + 1, 1);
	if (room->values == NULL) {
		room->values_cap = 0;
		return NRS_E_NOMEM;
	}
	at = room->values;
	for (size_t g = 0; g < r->groups; g++) {
		struct nrs_seen_row *row = &room->rows[g];
		const size_t common = (size_t)row->first_ns;
		const size_t own = (size_t)row->last_ns;

		if (common > 0 && before.ptr != NULL)
			memcpy(at, before.ptr, common);
		if (own > 0)
			memcpy(at + common, r->rest.ptr, own);
		r->rest = nrs_span_from(r->rest, own);
		before = nrs_span(at, common + own);
		row->value = before;
		at += common + own;
	}
	return NRS_OK;
}

/* From groups to rows, from behind: each group goes where its rows stand. */
static void spread(struct reading *r)
{
	struct nrs_seen_row *rows = r->room->rows;
	size_t at = r->rows;

	for (size_t g = r->groups; g-- > 0;) {
		const struct nrs_seen_row group = rows[g];

		for (uint64_t i = 0; i < group.count; i++) {
			at--;
			rows[at].field = group.field;
			rows[at].value = group.value;
			/* the first of its group */
			rows[at].own_is_client = i + 1 == group.count;
		}
	}
}

static bool read_addrs(struct reading *r)
{
	struct nrs_seen_room *room = r->room;

	for (unsigned int half = 0; half < 2; half++) {
		uint64_t value = 0;

		if (!take(r, r->addr_count))
			return false;
		for (size_t i = 0; i < r->addr_count; i++) {
			value += room->column[i];
			for (unsigned int b = 0; b < 8; b++)
				room->addrs[i].bytes[8 * half + b] =
					(uint8_t)(value >> (56 - 8 * b));
		}
	}
	return true;
}

static bool read_hosts(struct reading *r, bool is_server)
{
	struct nrs_seen_room *room = r->room;
	int64_t before = 0;

	if (!take(r, r->rows))
		return false;
	for (size_t i = 0; i < r->rows; i++) {
		struct nrs_seen_row *row = &room->rows[i];
		struct nrs_addr *out = is_server ? &row->server : &row->client;
		const int64_t step = nrs_unzigzag(room->column[i]);

		if (row->own_is_client)
			before = 0;
		if (step < -(int64_t)r->addr_count - 1 ||
		    step > (int64_t)r->addr_count + 1)
			return false;
		before += step;
		if (before < 0 || before > (int64_t)r->addr_count ||
		    (before == 0 && row->value.len != sizeof(*out)))
			return false;
		if (before == 0)
			memcpy(out, row->value.ptr, sizeof(*out));
		else
			*out = room->addrs[before - 1];
	}
	return true;
}

static bool set_number(struct nrs_seen_row *row, unsigned int which,
		       uint64_t value, int64_t hour_ns)
{
	switch (which) {
	case 0:
		row->server_port = (uint16_t)value;
		return value <= UINT16_MAX;
	case 1:
		row->proto = (uint8_t)value;
		row->own_is_client = (value >> 8 & 1) != 0;
		row->txn_kind = (uint8_t)(value >> 9);
		row->outcome = (uint8_t)(value >> 17 & 7);
		row->client_is_token = (value >> 20 & 1) != 0;
		row->server_is_token = (value >> 21 & 1) != 0;
		return row->txn_kind < NRS_TXN_KINDS &&
		       row->outcome <= NRS_OUTCOME_ESTABLISHED &&
		       value >> 22 == 0;
	case 2:
		row->first_ns = hour_ns + (int64_t)(value % HOUR_US) * US_NS;
		return value < HOUR_US;
	case 3:
		row->last_ns =
			row->first_ns + (int64_t)(value % HOUR_US) * US_NS;
		return nrs_seen_hour(row->last_ns) ==
			       nrs_seen_hour(row->first_ns) &&
		       value < HOUR_US;
	default:
		row->count = value + 1;
		return value < UINT64_MAX;
	}
}

static bool read_rows(struct reading *r)
{
	struct nrs_seen_room *room = r->room;

	if (!read_hosts(r, false) || !read_hosts(r, true))
		return false;
	for (unsigned int which = 0; which < 5; which++) {
		if (!take(r, r->rows))
			return false;
		for (size_t i = 0; i < r->rows; i++) {
			if (!set_number(&room->rows[i], which, room->column[i],
					r->hour * NRS_SEEN_HOUR_NS))
				return false;
		}
	}
	return r->rest.len == 0;
}

static size_t leave_out_unknown(struct nrs_seen_row *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].field != NRS_FIELD_COUNT)
			rows[kept++] = rows[i];
	}
	return kept;
}

static int make_room(struct nrs_seen_room *room, size_t rows)
{
	room->rows =
		grown(room->rows, &room->rows_cap, rows, sizeof(*room->rows));
	room->column = grown(room->column, &room->column_cap, 2 * rows,
			     sizeof(*room->column));
	room->addrs = grown(room->addrs, &room->addrs_cap, 2 * rows,
			    sizeof(*room->addrs));
	if (room->rows != NULL && room->column != NULL && room->addrs != NULL)
		return NRS_OK;
	nrs_seen_room_fini(room);
	return NRS_E_NOMEM;
}

int nrs_seen_block_read(struct nrs_seen_room *room,
			const struct nrs_seen_head *head,
			struct nrs_span packed, size_t *count)
{
	struct reading r = {
		.room = room, .rows = head->rows, .hour = head->hour};
	struct nrs_hash_key key;
	int err;

	*count = 0;
	nrs_hash_key_init(&key, 0);
	if (packed.len != head->packed || nrs_hash(&key, packed) != head->sum)
		return NRS_E_FORMAT;
	err = make_room(room, head->rows);
	if (err == NRS_OK)
		err = unpack(room, head, packed);
	if (err != NRS_OK)
		return err;
	r.rest = nrs_text_span(&room->plain);
	if (!read_names(&r) || !read_groups(&r))
		return NRS_E_FORMAT;
	err = read_values(&r);
	if (err != NRS_OK)
		return err;
	spread(&r);
	if (!read_addrs(&r) || !read_rows(&r))
		return NRS_E_FORMAT;
	*count = leave_out_unknown(room->rows, r.rows);
	return NRS_OK;
}
