/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stored: rows read back.
 *
 * An indicator is made in one piece of memory with the texts that have to be
 * put together; the others stay where they are. Several threads may ask for
 * the same one at once: the first to be done is kept.
 */
#include "engine/stored.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ID_LEN 47u /* "indicator--" and a UUID */

struct nrs_stored {
	const struct nrs_stored_row *rows;
	const struct nrs_stored_profile *profiles;
	const nrs_stored_background *backgrounds;
	uint32_t row_count, profile_count, background_count;
	struct nrs_span extras, texts, keys;
	_Atomic(void *) *made;	  /* struct whole */
	_Atomic(void *) *grounds; /* struct nrs_background */
};

/* Octets that end somewhere: behind them come zeroes. */
static uint64_t take_number(struct nrs_span *rest)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; rest->len > 0 && shift < 64; shift += 7) {
		const uint8_t octet = *rest->ptr;

		*rest = nrs_span_from(*rest, 1);
		value |= (uint64_t)(octet & 0x7f) << shift;
		if (octet < 0x80)
			break;
	}
	return value;
}

static int64_t take_signed(struct nrs_span *rest)
{
	const uint64_t value = take_number(rest);

	return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static struct nrs_span text_at(const struct nrs_stored *s, uint32_t at)
{
	struct nrs_span rest = nrs_span_from(s->texts, at);
	const uint64_t len = take_number(&rest);

	return nrs_span_part(rest, 0, len);
}

/* The text that a number among the extras refers to. */
static struct nrs_span text_of(const struct nrs_stored *s, uint64_t at)
{
	return at < s->texts.len ? text_at(s, (uint32_t)at) : nrs_span(NULL, 0);
}

static struct nrs_span take_text(const struct nrs_stored *s,
				 struct nrs_span *rest)
{
	return text_of(s, take_number(rest));
}

/* A key has its length in the two octets behind the first four. */
static struct nrs_span key_at(const struct nrs_stored *s, uint32_t at)
{
	const struct nrs_span rest = nrs_span_from(s->keys, at);
	uint16_t len = 0;

	if (rest.len >= 7)
		memcpy(&len, rest.ptr + 4, sizeof(len));
	return nrs_span_part(rest, 7, len);
}

/* What the extra of a row says. */
struct extra {
	struct nrs_span uuid, id;
	int64_t created_ns, modified_ns, from_ns, until_ns;
	struct nrs_span name, description;
	bool name_has_value; /* behind it */
	uint32_t background; /* beyond the last: none */
};

static int64_t add_time(int64_t base, int64_t delta, int64_t unit)
{
	return (int64_t)((uint64_t)base + (uint64_t)delta * (uint64_t)unit);
}

static void read_extra(const struct nrs_stored *s,
		       const struct nrs_stored_row *row,
		       const struct nrs_stored_profile *p, struct extra *out)
{
	struct nrs_span rest = nrs_span_from(s->extras, row->extra);
	const bool is_simple = (p->marks & NRS_STORED_SIMPLE) != 0;
	const int64_t unit = (p->flags & NRS_STORED_MILLIS) != 0 ? 1000000 : 1;

	*out = (struct extra){.from_ns = NRS_TIME_MIN,
			      .until_ns = NRS_TIME_MAX};
	if ((p->flags & NRS_STORED_UUID) != 0) {
		out->uuid = nrs_span_part(rest, 0, 16);
		rest = nrs_span_from(rest, 16);
	}
	if ((p->flags & NRS_STORED_ID) != 0)
		out->id = take_text(s, &rest);
	if ((p->flags & NRS_STORED_TIMES) != 0)
		out->modified_ns = out->created_ns =
			add_time(0, take_signed(&rest), unit);
	if ((p->flags & NRS_STORED_TIMES) != 0 && !is_simple)
		out->modified_ns =
			add_time(out->created_ns, take_signed(&rest), unit);
	if ((p->flags & NRS_STORED_FROM) != 0)
		out->from_ns =
			add_time(out->created_ns,
				 is_simple ? 0 : take_signed(&rest), unit);
	if ((p->flags & NRS_STORED_UNTIL) != 0)
		out->until_ns =
			add_time(out->created_ns, take_signed(&rest), unit);
	if ((p->flags & NRS_STORED_SAID) == 0)
		return;
	const uint64_t name = take_number(&rest);
	out->name = text_of(s, name >> 1);
	out->name_has_value = (name & 1) != 0;
	out->description = take_text(s, &rest);
	out->background = (uint32_t)take_number(&rest) - 1;
}

static bool ends_with_nul(struct nrs_span text)
{
	return text.len > 0 && text.ptr[text.len - 1] == '\0';
}

static bool profiles_are_sound(const struct nrs_stored *s, uint32_t source_end)
{
	for (uint32_t i = 0; i < s->profile_count; i++) {
		const struct nrs_stored_profile *p = &s->profiles[i];

		if (p->source >= source_end || p->reason >= s->texts.len ||
		    p->before >= s->texts.len || p->behind >= s->texts.len ||
		    p->value > NRS_STORED_ADDR || p->shape >= NRS_SHAPE_COUNT ||
		    p->status >= NRS_STATUS_COUNT || p->tlp > NRS_TLP_RED ||
		    p->confidence < -1 || p->confidence > 100 ||
		    !ends_with_nul(text_at(s, p->reason)))
			return false;
	}
	return true;
}

static bool rows_are_sound(const struct nrs_stored *s)
{
	for (uint32_t i = 0; i < s->row_count; i++) {
		const struct nrs_stored_row *row = &s->rows[i];

		if (row->profile >= s->profile_count ||
		    row->extra > s->extras.len ||
		    row->value >=
			    (s->profiles[row->profile].value == NRS_STORED_TEXT
				     ? s->texts.len
				     : s->keys.len))
			return false;
	}
	return true;
}

static bool backgrounds_are_sound(const struct nrs_stored *s)
{
	for (uint32_t i = 0; i < s->background_count; i++) {
		for (size_t m = 0; m < NRS_BACKGROUND_MEMBERS; m++) {
			if (s->backgrounds[i][m] >= s->texts.len)
				return false;
		}
	}
	return true;
}

/* How many items of @item_bytes; false if they do not come out even. */
static bool count_of(struct nrs_span part, size_t item_bytes, uint32_t *out)
{
	*out = (uint32_t)(part.len / item_bytes);
	return part.len % item_bytes == 0 && part.len / item_bytes < UINT32_MAX;
}

/* A cell for each row, few of which are ever filled: pages of zeros that cost
 * nothing until then, also behind a set that was freed. */
static size_t cells_bytes(const struct nrs_stored *s)
{
	return ((size_t)s->row_count + 1) * sizeof(*s->made);
}

static int make_cells(struct nrs_stored *s)
{
	void *cells = mmap(NULL, cells_bytes(s), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (cells == MAP_FAILED)
		return NRS_E_NOMEM;
	s->made = cells;
	return NRS_OK;
}

int nrs_stored_open(struct nrs_stored **out, const struct nrs_stored_parts *p,
		    uint32_t source_end)
{
	struct nrs_stored *s = calloc(1, sizeof(*s));
	int err = NRS_E_FORMAT;

	if (s == NULL)
		return NRS_E_NOMEM;
	s->rows = (const void *)p->rows.ptr;
	s->profiles = (const void *)p->profiles.ptr;
	s->backgrounds =
		(const nrs_stored_background *)(const void *)p->backgrounds.ptr;
	s->extras = p->extras;
	s->texts = p->texts;
	s->keys = p->keys;
	if (!count_of(p->rows, sizeof(*s->rows), &s->row_count) ||
	    !count_of(p->profiles, sizeof(*s->profiles), &s->profile_count) ||
	    !count_of(p->backgrounds, sizeof(*s->backgrounds),
		      &s->background_count) ||
	    !profiles_are_sound(s, source_end) || !rows_are_sound(s) ||
	    !backgrounds_are_sound(s))
		goto fail;
	err = make_cells(s);
	if (err != NRS_OK)
		goto fail;
	err = NRS_E_NOMEM;
	s->grounds =
		calloc((size_t)s->background_count + 1, sizeof(*s->grounds));
	if (s->grounds == NULL)
		goto fail;
	*out = s;
	return NRS_OK;
fail:
	nrs_stored_free(s);
	return err;
}

void nrs_stored_thin(struct nrs_stored *s)
{
	for (uint32_t i = 0; i < s->row_count && s->made != NULL; i++) {
		void *made =
			atomic_load_explicit(&s->made[i], memory_order_acquire);

		if (made == NULL) /* and its page stays untouched */
			continue;
		free(made);
		atomic_store_explicit(&s->made[i], NULL, memory_order_relaxed);
	}
}

void nrs_stored_free(struct nrs_stored *s)
{
	if (s == NULL)
		return;
	nrs_stored_thin(s);
	for (uint32_t i = 0; i < s->background_count && s->grounds != NULL; i++)
		free(atomic_load_explicit(&s->grounds[i],
					  memory_order_acquire));
	if (s->made != NULL)
		(void)munmap((void *)s->made, cells_bytes(s));
	free((void *)s->grounds);
	free(s);
}

uint32_t nrs_stored_count(const struct nrs_stored *s)
{
	return s->row_count;
}

const struct nrs_stored_profile *nrs_stored_profile(const struct nrs_stored *s,
						    uint32_t index)
{
	return &s->profiles[s->rows[index].profile];
}

void nrs_stored_times(const struct nrs_stored *s, uint32_t index,
		      int64_t *from_ns, int64_t *until_ns)
{
	struct extra extra;

	read_extra(s, &s->rows[index], nrs_stored_profile(s, index), &extra);
	*from_ns = extra.from_ns;
	*until_ns = extra.until_ns;
}

const char *nrs_stored_reason(const struct nrs_stored *s, uint32_t index)
{
	const uint32_t at = nrs_stored_profile(s, index)->reason;

	return (const char *)text_at(s, at).ptr;
}

static struct nrs_span write_uuid(struct nrs_span uuid,
				  char room[NRS_STORED_ROOM])
{
	static const char digits[] = "0123456789abcdef";
	char *at = room + 11;

	memcpy(room, "indicator--", 11);
	for (size_t i = 0; i < uuid.len; i++) {
		*at++ = digits[uuid.ptr[i] >> 4];
		*at++ = digits[uuid.ptr[i] & 15];
		if (i == 3 || i == 5 || i == 7 || i == 9)
			*at++ = '-';
	}
	return nrs_span(room, (size_t)(at - room));
}

/* The value of a row; @room for an address. */
static struct nrs_span value_of(const struct nrs_stored *s,
				const struct nrs_stored_row *row,
				char room[NRS_STORED_ROOM])
{
	const uint8_t kind = s->profiles[row->profile].value;
	struct nrs_addr addr = {{0}};

	if (kind == NRS_STORED_TEXT)
		return text_at(s, row->value);
	const struct nrs_span key = key_at(s, row->value);
	if (kind == NRS_STORED_KEY)
		return key;
	if (key.len == sizeof(addr.bytes))
		memcpy(addr.bytes, key.ptr, sizeof(addr.bytes));
	return nrs_span(room, nrs_addr_format(&addr, room));
}

struct nrs_span nrs_stored_name(const struct nrs_stored *s, uint32_t index,
				char room[NRS_STORED_ROOM],
				int64_t *modified_ns)
{
	const struct nrs_stored_profile *p = nrs_stored_profile(s, index);
	struct extra extra;

	read_extra(s, &s->rows[index], p, &extra);
	*modified_ns = extra.modified_ns;
	if ((p->flags & NRS_STORED_UUID) != 0)
		return write_uuid(extra.uuid, room);
	if ((p->flags & NRS_STORED_ID) != 0)
		return extra.id;
	/* Without an id it is a value of a list, or a pattern among the texts:
	 * stored_write.c sees to it. */
	return value_of(s, &s->rows[index], room);
}

void nrs_stored_fetch(const struct nrs_stored *s, uint32_t index)
{
	const struct nrs_stored_row *row;

	if (index >= s->row_count)
		return;
	row = &s->rows[index];
	__builtin_prefetch(s->extras.ptr + row->extra);
	if (s->profiles[row->profile].value != NRS_STORED_TEXT)
		__builtin_prefetch(s->keys.ptr + row->value);
}

/* The first of several who made the same wins: what is in @place now. */
static void *keep(_Atomic(void *) *place, void *mine)
{
	void *there = NULL;

	if (atomic_compare_exchange_strong_explicit(place, &there, mine,
						    memory_order_acq_rel,
						    memory_order_acquire))
		return mine;
	free(mine);
	return there;
}

static const struct nrs_background *ground_of(const struct nrs_stored *s,
					      uint32_t index)
{
	static const struct nrs_background nothing;

	if (index >= s->background_count)
		return &nothing;
	struct nrs_background *made =
		atomic_load_explicit(&s->grounds[index], memory_order_acquire);
	if (made != NULL)
		return made;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return &nothing;
	for (size_t m = 0; m < NRS_BACKGROUND_MEMBERS; m++) {
		const struct nrs_span text =
			text_at(s, s->backgrounds[index][m]);

		memcpy((uint8_t *)made + nrs_background_table[m].offset, &text,
		       sizeof(text));
	}
	return keep(&s->grounds[index], made);
}

/* One indicator, its context, and the texts that are put together. */
struct whole {
	struct nrs_indicator item;
	struct nrs_indicator_context context;
	char id[NRS_STORED_ROOM];
	char value[NRS_STORED_ROOM];
	uint8_t texts[]; /* pattern, name */
};

/* Texts one after another, written to @at. */
static struct nrs_span join(uint8_t *at, const struct nrs_span *parts,
			    unsigned int count)
{
	size_t len = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(at + len, parts[i].ptr, parts[i].len);
		len += parts[i].len;
	}
	return nrs_span(at, len);
}

static void fill_texts(const struct nrs_stored *s, struct whole *w,
		       const struct nrs_stored_row *row,
		       const struct extra *extra)
{
	const struct nrs_stored_profile *p = &s->profiles[row->profile];
	const struct nrs_span value = value_of(s, row, w->value);
	const struct nrs_span parts[3] = {text_at(s, p->before), value,
					  text_at(s, p->behind)};
	const struct nrs_span name[2] = {extra->name, value};
	size_t used = 0;

	w->item.id = (p->flags & NRS_STORED_UUID) != 0
			     ? write_uuid(extra->uuid, w->id)
			     : extra->id;
	w->item.pattern = value;
	if (parts[0].len > 0) {
		w->item.pattern = join(w->texts, parts, 3);
		used = w->item.pattern.len;
	}
	w->context.name = extra->name_has_value ? join(w->texts + used, name, 2)
						: extra->name;
}

static size_t texts_len(const struct nrs_stored *s,
			const struct nrs_stored_row *row,
			const struct extra *extra)
{
	const struct nrs_stored_profile *p = &s->profiles[row->profile];
	char room[NRS_STORED_ROOM];

	return text_at(s, p->before).len + text_at(s, p->behind).len +
	       2 * value_of(s, row, room).len + extra->name.len;
}

static struct whole *make(const struct nrs_stored *s, uint32_t index)
{
	const struct nrs_stored_row *row = &s->rows[index];
	const struct nrs_stored_profile *p = &s->profiles[row->profile];
	struct extra extra;

	read_extra(s, row, p, &extra);
	struct whole *w = calloc(1, sizeof(*w) + texts_len(s, row, &extra));
	if (w == NULL)
		return NULL;
	w->item = (struct nrs_indicator){
		.created_ns = extra.created_ns,
		.modified_ns = extra.modified_ns,
		.valid_from_ns = extra.from_ns,
		.valid_until_ns = extra.until_ns,
		.source = p->source,
		.place = row->place,
		.confidence = p->confidence,
		.tlp = p->tlp,
		.shape = p->shape,
		.status = p->status,
		.version = p->version,
		.warned = (p->flags & NRS_STORED_WARNED) != 0,
		.watched = (p->marks & NRS_STORED_WATCHED) != 0};
	fill_texts(s, w, row, &extra);
	if ((p->flags & NRS_STORED_SAID) != 0) {
		w->context.description = extra.description;
		w->context.background = ground_of(s, extra.background);
		w->item.context = &w->context;
	}
	return w;
}

const struct nrs_indicator *nrs_stored_at(const struct nrs_stored *s,
					  uint32_t index)
{
	static const struct nrs_indicator no_memory = {
		.valid_until_ns = NRS_TIME_MIN, .status = NRS_STATUS_REJECTED};
	/* Pairs with the exchange that keeps it. */
	struct whole *w =
		atomic_load_explicit(&s->made[index], memory_order_acquire);

	if (w != NULL)
		return &w->item;
	w = make(s, index);
	if (w == NULL)
		return &no_memory;
	w = keep(&s->made[index], w);
	return &w->item;
}
