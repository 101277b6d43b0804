/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_table: two tables with open addressing over growing arrays: values by
 * field and octets, and rows by value, own host and hour. Equal values are kept
 * once, however many hosts they were seen with.
 */
#include "logs/seen_table.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/base/unpack.h"

#define LEVEL 6
#define FOLD_MAX 512 /* longer ones are told apart by case */
#define FIRST_SLOTS 1024u

struct value {
	uint64_t hash;
	size_t offset; /* in the pool */
	uint32_t len;
	uint32_t rank; /* when they are sorted */
	uint8_t field;
};

struct entry {
	struct nrs_addr client, server;
	int64_t first_ns, last_ns, hour;
	uint64_t count;
	uint32_t value;
	uint16_t server_port;
	uint8_t proto, txn_kind, outcome;
	bool own_is_client, client_is_token, server_is_token;
};

struct slots {
	uint32_t *at; /* index + 1; 0 empty */
	size_t mask;
};

struct nrs_seen_table {
	struct nrs_hash_key key;
	struct value *values;
	size_t values_cap;
	uint32_t value_count;
	struct entry *entries;
	size_t entries_cap;
	uint32_t entry_count, rows_max;
	struct slots by_value, by_row;
	struct nrs_own_tokens *tokens; /* or NULL */
	struct nrs_text pool;
	size_t pool_max;
	int64_t oldest;
};

int nrs_seen_table_new(struct nrs_seen_table **out, uint32_t rows_max,
		       size_t values_max)
{
	struct nrs_seen_table *t =
		aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);
	uint64_t seed = 0;

	if (t == NULL)
		return NRS_E_NOMEM;
	memset(t, 0, sizeof(*t));
	(void)nrs_random(&seed, sizeof(seed));
	nrs_hash_key_init(&t->key, seed);
	t->rows_max = rows_max;
	t->pool_max = values_max;
	t->oldest = INT64_MAX;
	*out = t;
	return NRS_OK;
}

void nrs_seen_table_free(struct nrs_seen_table *t)
{
	if (t == NULL)
		return;
	free(t->values);
	free(t->entries);
	free(t->by_value.at);
	free(t->by_row.at);
	nrs_text_fini(&t->pool);
	free(t);
}

/* Room for one more item. */
static bool grow(void **items, size_t *cap, size_t count, size_t bytes)
{
	const size_t next = *cap == 0 ? 256 : *cap * 2;

	if (count < *cap)
		return true;
	void *more = realloc(*items, next * bytes);
	if (more == NULL)
		return false;
	*items = more;
	*cap = next;
	return true;
}

static bool is_folded(enum nrs_field field)
{
	switch (nrs_field_table[field].kind) {
	case NRS_VALUE_NAME:
	case NRS_VALUE_HOST:
	case NRS_VALUE_TOKEN:
	case NRS_VALUE_HEX:
		return true;
	default:
		return false;
	}
}

static uint64_t hash_value(const struct nrs_seen_table *t, enum nrs_field field,
			   struct nrs_span value)
{
	uint8_t folded[FOLD_MAX];

	if (is_folded(field) && value.len <= sizeof(folded)) {
		for (size_t i = 0; i < value.len; i++)
			folded[i] = nrs_ascii_lower(value.ptr[i]);
		value = nrs_span(folded, value.len);
	}
	return nrs_hash(&t->key, value) ^
	       (uint64_t)field * UINT64_C(0x9e3779b97f4a7c15);
}

static struct nrs_span octets_of(const struct nrs_seen_table *t,
				 const struct value *v)
{
	return nrs_span(t->pool.ptr + v->offset, v->len);
}

static bool is_same(struct nrs_span a, struct nrs_span b, bool is_folding)
{
	if (!is_folding)
		return memcmp(a.ptr, b.ptr, a.len) == 0;
	for (size_t i = 0; i < a.len; i++) {
		if (nrs_ascii_lower(a.ptr[i]) != nrs_ascii_lower(b.ptr[i]))
			return false;
	}
	return true;
}

static bool is_value(const struct nrs_seen_table *t, const struct value *v,
		     const struct value *asked, struct nrs_span octets)
{
	const struct nrs_span own = octets_of(t, v);

	if (v->hash != asked->hash || v->field != asked->field ||
	    own.len != octets.len)
		return false;
	return is_same(own, octets,
		       is_folded((enum nrs_field)v->field) &&
			       own.len <= FOLD_MAX);
}

/* A server's address stands for each of its ports. */
static bool has_service(const struct nrs_seen_table *t, const struct entry *e)
{
	return t->values[e->value].field == NRS_F_IP_DST;
}

static uint64_t hash_entry(const struct nrs_seen_table *t,
			   const struct entry *e)
{
	uint8_t octets[32] = {0};

	memcpy(octets, e->own_is_client ? &e->client : &e->server, 16);
	memcpy(octets + 16, &e->value, 4);
	memcpy(octets + 20, &e->hour, 8);
	octets[28] = (uint8_t)(e->outcome << 1 | e->own_is_client);
	if (has_service(t, e)) {
		memcpy(octets + 29, &e->server_port, 2);
		octets[31] = e->proto;
	}
	return nrs_hash_32(&t->key, octets);
}

static bool is_entry(const struct nrs_seen_table *t, const struct entry *a,
		     const struct entry *b)
{
	if (a->value == b->value && has_service(t, a) &&
	    (a->server_port != b->server_port || a->proto != b->proto))
		return false;
	return a->value == b->value && a->hour == b->hour &&
	       a->own_is_client == b->own_is_client &&
	       a->outcome == b->outcome &&
	       nrs_addr_compare(a->own_is_client ? &a->client : &a->server,
				b->own_is_client ? &b->client : &b->server) ==
		       0;
}

/* Half full: twice as many. */
static bool widen(struct slots *slots, size_t count)
{
	const size_t size =
		slots->at == NULL ? FIRST_SLOTS : 2 * (slots->mask + 1);

	if (slots->at != NULL && count * 2 <= slots->mask)
		return true;
	uint32_t *at = calloc(size, sizeof(*at));
	if (at == NULL)
		return false;
	free(slots->at);
	*slots = (struct slots){at, size - 1};
	return true;
}

static void put_slot(struct slots *slots, uint64_t hash, uint32_t index)
{
	size_t at = hash & slots->mask;

	while (slots->at[at] != 0)
		at = (at + 1) & slots->mask;
	slots->at[at] = index + 1;
}

static bool make_room(struct nrs_seen_table *t)
{
	const size_t values = t->by_value.mask, rows = t->by_row.mask;

	if (!grow((void **)&t->values, &t->values_cap, t->value_count,
		  sizeof(*t->values)) ||
	    !grow((void **)&t->entries, &t->entries_cap, t->entry_count,
		  sizeof(*t->entries)) ||
	    !widen(&t->by_value, t->value_count) ||
	    !widen(&t->by_row, t->entry_count))
		return false;
	for (uint32_t v = 0; values != t->by_value.mask && v < t->value_count;
	     v++)
		put_slot(&t->by_value, t->values[v].hash, v);
	for (uint32_t e = 0; rows != t->by_row.mask && e < t->entry_count; e++)
		put_slot(&t->by_row, hash_entry(t, &t->entries[e]), e);
	return true;
}

/* The value's index; NRS_E_LIMIT without room for a new one. */
static int find_value(struct nrs_seen_table *t, enum nrs_field field,
		      struct nrs_span octets, uint32_t *out)
{
	const struct value asked = {.hash = hash_value(t, field, octets),
				    .offset = t->pool.len,
				    .len = (uint32_t)octets.len,
				    .field = (uint8_t)field};
	size_t at = asked.hash & t->by_value.mask;

	for (; t->by_value.at[at] != 0; at = (at + 1) & t->by_value.mask) {
		*out = t->by_value.at[at] - 1;
		if (is_value(t, &t->values[*out], &asked, octets))
			return NRS_OK;
	}
	if (t->pool.len + octets.len > t->pool_max ||
	    t->entry_count == t->rows_max)
		return NRS_E_LIMIT;
	nrs_text_add(&t->pool, octets);
	if (t->pool.failed)
		return NRS_E_NOMEM;
	*out = t->value_count;
	t->values[t->value_count++] = asked;
	t->by_value.at[at] = t->value_count;
	return NRS_OK;
}

static void again(struct entry *e, const struct entry *more)
{
	e->count++;
	if (more->first_ns < e->first_ns)
		e->first_ns = more->first_ns;
	if (more->last_ns > e->last_ns)
		e->last_ns = more->last_ns;
}

static int add_entry(struct nrs_seen_table *t, const struct entry *made)
{
	size_t at = hash_entry(t, made) & t->by_row.mask;

	for (; t->by_row.at[at] != 0; at = (at + 1) & t->by_row.mask) {
		struct entry *e = &t->entries[t->by_row.at[at] - 1];

		if (is_entry(t, e, made)) {
			again(e, made);
			return NRS_OK;
		}
	}
	if (t->entry_count == t->rows_max)
		return NRS_E_LIMIT;
	t->entries[t->entry_count++] = *made;
	t->by_row.at[at] = t->entry_count;
	if (made->hour < t->oldest)
		t->oldest = made->hour;
	return NRS_OK;
}

void nrs_seen_table_tokens(struct nrs_seen_table *t,
			   struct nrs_own_tokens *tokens)
{
	t->tokens = tokens;
}

static bool put_token(struct nrs_seen_table *t, struct nrs_addr *host,
		      const struct nrs_home_nets *home)
{
	if (t->tokens == NULL || !nrs_home_nets_hold(home, host))
		return false;
	*host = nrs_own_tokens_of(t->tokens, host);
	return true;
}

int nrs_seen_table_add(struct nrs_seen_table *t,
		       const struct nrs_record_seen *seen,
		       const struct nrs_home_nets *home)
{
	const enum nrs_direction direction =
		nrs_home_direction(home, &seen->src, &seen->dst);
	struct entry made = {.client = seen->src,
			     .server = seen->dst,
			     .first_ns = seen->head.ts_ns,
			     .last_ns = seen->head.ts_ns,
			     .hour = nrs_seen_hour(seen->head.ts_ns),
			     .count = 1,
			     .server_port = seen->dst_port,
			     .proto = seen->proto,
			     .txn_kind = seen->txn_kind,
			     .outcome = seen->outcome,
			     .own_is_client = direction != NRS_DIRECTION_IN};

	if (!make_room(t))
		return NRS_E_NOMEM;
	made.client_is_token = put_token(t, &made.client, home);
	made.server_is_token = put_token(t, &made.server, home);
	const int err = find_value(t, (enum nrs_field)seen->field,
				   nrs_record_seen_value(seen), &made.value);
	return err == NRS_OK ? add_entry(t, &made) : err;
}

uint32_t nrs_seen_table_rows(const struct nrs_seen_table *t)
{
	return t->entry_count;
}

int64_t nrs_seen_table_oldest(const struct nrs_seen_table *t)
{
	return t->oldest;
}

static int by_octets(const void *a, const void *b, void *ctx)
{
	const struct nrs_seen_table *t = ctx;
	const struct value *one = &t->values[*(const uint32_t *)a];
	const struct value *other = &t->values[*(const uint32_t *)b];

	if (one->field != other->field)
		return one->field < other->field ? -1 : 1;
	return nrs_span_compare(octets_of(t, one), octets_of(t, other));
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct nrs_seen_table *t = ctx;
	const struct entry *one = &t->entries[*(const uint32_t *)a];
	const struct entry *other = &t->entries[*(const uint32_t *)b];
	const uint32_t rank = t->values[one->value].rank;
	const uint32_t other_rank = t->values[other->value].rank;

	if (one->hour != other->hour)
		return one->hour < other->hour ? -1 : 1;
	if (rank != other_rank)
		return rank < other_rank ? -1 : 1;
	if (one->own_is_client != other->own_is_client)
		return one->own_is_client ? -1 : 1;
	const int by_own = nrs_addr_compare(
		one->own_is_client ? &one->client : &one->server,
		one->own_is_client ? &other->client : &other->server);
	if (by_own != 0)
		return by_own;
	if (one->server_port != other->server_port)
		return one->server_port - other->server_port;
	return one->proto != other->proto ? one->proto - other->proto
					  : one->outcome - other->outcome;
}

/* Indices of @count items in the order of @by; NULL without memory. */
static uint32_t *sorted(struct nrs_seen_table *t, uint32_t count,
			int (*by)(const void *, const void *, void *))
{
	uint32_t *order = calloc((size_t)count + 1, sizeof(*order));

	if (order == NULL)
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	qsort_r(order, count, sizeof(*order), by, t);
	return order;
}

static struct nrs_seen_row row_of(const struct nrs_seen_table *t,
				  const struct entry *e)
{
	const struct value *v = &t->values[e->value];

	return (struct nrs_seen_row){.field = (enum nrs_field)v->field,
				     .value = octets_of(t, v),
				     .client = e->client,
				     .server = e->server,
				     .first_ns = e->first_ns / 1000 * 1000,
				     .last_ns = e->last_ns / 1000 * 1000,
				     .count = e->count,
				     .server_port = e->server_port,
				     .proto = e->proto,
				     .txn_kind = e->txn_kind,
				     .outcome = e->outcome,
				     .own_is_client = e->own_is_client,
				     .client_is_token = e->client_is_token,
				     .server_is_token = e->server_is_token};
}

struct writing {
	struct nrs_pack *pack;
	struct nrs_seen_row *rows;
	struct nrs_text block;
	void *ctx;
	int (*write)(void *ctx, struct nrs_span block, int64_t hour);
};

static int write_rows(struct writing *w, size_t count)
{
	if (count == 0)
		return NRS_OK;
	nrs_text_clear(&w->block);
	const int err =
		nrs_seen_block_write(&w->block, w->pack, w->rows, count);
	return err != NRS_OK ? err
			     : w->write(w->ctx, nrs_text_span(&w->block),
					nrs_seen_hour(w->rows[0].first_ns));
}

static int write_all(struct nrs_seen_table *t, const uint32_t *order,
		     struct writing *w)
{
	size_t count = 0, octets = 0;
	int err = NRS_OK;

	for (uint32_t i = 0; i < t->entry_count && err == NRS_OK; i++) {
		const struct entry *e = &t->entries[order[i]];
		const size_t len = t->values[e->value].len;
		const bool is_group =
			count == 0 ||
			e->value != t->entries[order[i - 1]].value;

		if (count == NRS_SEEN_ROWS_MAX ||
		    octets + len > NRS_SEEN_VALUES_MAX / 2 ||
		    (count > 0 &&
		     e->hour != nrs_seen_hour(w->rows[0].first_ns))) {
			err = write_rows(w, count);
			count = octets = 0;
		}
		w->rows[count++] = row_of(t, e);
		octets += is_group || count == 1 ? len : 0;
	}
	return err == NRS_OK ? write_rows(w, count) : err;
}

static void clear(struct nrs_seen_table *t)
{
	t->value_count = t->entry_count = 0;
	t->oldest = INT64_MAX;
	nrs_text_clear(&t->pool);
	if (t->by_value.at != NULL)
		memset(t->by_value.at, 0,
		       (t->by_value.mask + 1) * sizeof(*t->by_value.at));
	if (t->by_row.at != NULL)
		memset(t->by_row.at, 0,
		       (t->by_row.mask + 1) * sizeof(*t->by_row.at));
}

int nrs_seen_table_write(struct nrs_seen_table *t, void *ctx,
			 int (*write)(void *ctx, struct nrs_span block,
				      int64_t hour))
{
	struct writing w = {.ctx = ctx, .write = write};
	uint32_t *values = sorted(t, t->value_count, by_octets);
	uint32_t *rows = NULL;
	int err = NRS_E_NOMEM;

	for (uint32_t i = 0; values != NULL && i < t->value_count; i++)
		t->values[values[i]].rank = i;
	if (values != NULL)
		rows = sorted(t, t->entry_count, by_key);
	struct nrs_pack *const pack = nrs_pack_new(LEVEL);
	struct nrs_seen_row *const room =
		calloc(NRS_SEEN_ROWS_MAX, sizeof(*room));
	w.pack = pack;
	w.rows = room;
	if (rows != NULL && pack != NULL && room != NULL)
		err = write_all(t, rows, &w);
	nrs_pack_free(pack);
	nrs_text_fini(&w.block);
	free(room);
	free(values);
	free(rows);
	clear(t);
	return err;
}
