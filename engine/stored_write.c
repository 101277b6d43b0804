/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stored_write: the indicators of a compiled set as sections of an image.
 *
 * Whatever repeats is written once: texts, what is said, profiles. A value
 * that is a key of the look-up table, as nearly all are, is not written again.
 */
#include <stdlib.h>

#include "engine/db_layout.h"
#include "engine/stored.h"

/* Namespaces of what was written before. */
enum { BEFORE_TEXT = 1, BEFORE_PROFILE, BEFORE_BACKGROUND };

struct writer {
	const struct nrs_set *set;
	struct nrs_stored_made *out;
	struct nrs_hashtab_builder *before;
	struct nrs_span keys;
	uint32_t *key_of; /* of each indicator: offset, or NRS_NONE */
	uint8_t *kind_of; /* the lane's kind of value, of each indicator */
	struct nrs_stored_profile last;
	uint32_t last_index;
	int err;
};

static void put_number(struct nrs_text *out, uint64_t value)
{
	while (value >= 0x80) {
		nrs_text_putc(out, (char)(uint8_t)(value | 0x80));
		value >>= 7;
	}
	nrs_text_putc(out, (char)(uint8_t)value);
}

static void put_signed(struct nrs_text *out, int64_t value)
{
	put_number(out, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

/* A text that is not looked for among those before. */
static uint32_t put_text(struct writer *w, struct nrs_span text)
{
	const size_t at = w->out->texts.len;

	if (text.len == 0)
		return 0;
	if (at > UINT32_MAX)
		w->err = NRS_E_LIMIT;
	put_number(&w->out->texts, text.len);
	nrs_text_add(&w->out->texts, text);
	return (uint32_t)at;
}

/* What @value became of @key: the value that stands, fresh or old. */
static uint32_t stands(struct writer *w, uint8_t tag, struct nrs_span key,
		       uint32_t value)
{
	const int err = nrs_hashtab_builder_put(w->before, tag, key, &value);

	if (err == NRS_E_NOMEM)
		w->err = err;
	return value; /* NRS_E_LIMIT: too long to be remembered */
}

static uint32_t put_shared(struct writer *w, struct nrs_span text)
{
	const uint32_t fresh = (uint32_t)w->out->texts.len;

	if (text.len == 0)
		return 0;
	const uint32_t at = stands(w, BEFORE_TEXT, text, fresh);
	return at == fresh ? put_text(w, text) : at;
}

/* Index of an item of one size, appended to @part if it is new. */
static uint32_t put_item(struct writer *w, uint8_t tag, struct nrs_text *part,
			 struct nrs_span item)
{
	const uint32_t fresh = (uint32_t)(part->len / item.len);
	const uint32_t index = stands(w, tag, item, fresh);

	if (index == fresh)
		nrs_text_add(part, item);
	return index;
}

static uint32_t put_background(struct writer *w,
			       const struct nrs_background *background)
{
	nrs_stored_background row;

	for (size_t m = 0; m < NRS_BACKGROUND_MEMBERS; m++)
		row[m] = put_shared(w, nrs_background_get(background, m));
	return put_item(w, BEFORE_BACKGROUND, &w->out->backgrounds,
			nrs_span(row, sizeof(row)));
}

/* Names like to end in the value that they are a name of. */
static void put_name(struct writer *w, struct nrs_span name,
		     struct nrs_span value)
{
	struct nrs_span before = name;
	bool has_value = value.len > 0 && name.len >= value.len;

	if (has_value) {
		before = nrs_span_part(name, 0, name.len - value.len);
		has_value =
			nrs_span_equal(nrs_span_from(name, before.len), value);
	}
	put_number(&w->out->extras,
		   (uint64_t)put_shared(w, has_value ? before : name) << 1 |
			   has_value);
}

static void put_said(struct writer *w,
		     const struct nrs_indicator_context *context,
		     struct nrs_span value)
{
	struct nrs_text *out = &w->out->extras;

	put_name(w, context->name, value);
	put_number(out, put_shared(w, context->description));
	put_number(out, context->background == NULL
				? 0
				: put_background(w, context->background) + 1);
}

static bool hex_digit(uint8_t c, uint8_t *out)
{
	if (c >= '0' && c <= '9')
		*out = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*out = (uint8_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* "indicator--" and a UUID in lower case, so that it can be written again. */
static bool read_uuid(struct nrs_span id, uint8_t uuid[16])
{
	size_t at = 11;

	if (id.len != 47 || !nrs_span_starts(id, "indicator--"))
		return false;
	for (size_t i = 0; i < 16; i++) {
		uint8_t high, low;

		if (!hex_digit(id.ptr[at], &high) ||
		    !hex_digit(id.ptr[at + 1], &low))
			return false;
		uuid[i] = (uint8_t)(high << 4 | low);
		at += 2;
		if ((i == 3 || i == 5 || i == 7 || i == 9) &&
		    id.ptr[at++] != '-')
			return false;
	}
	return true;
}

static int64_t less(int64_t time, int64_t base)
{
	return (int64_t)((uint64_t)time - (uint64_t)base);
}

static bool is_millis(int64_t ns)
{
	return ns % 1000000 == 0;
}

static uint8_t time_flags(const struct nrs_indicator *item)
{
	const bool has_from = item->valid_from_ns != NRS_TIME_MIN;
	const bool has_until = item->valid_until_ns != NRS_TIME_MAX;
	/* Differences of extreme times wrap, which only nanoseconds undo. */
	const int64_t far = INT64_MAX / 4;
	unsigned int flags = 0;

	if (item->created_ns != 0 || item->modified_ns != 0)
		flags |= NRS_STORED_TIMES;
	flags |= has_from ? NRS_STORED_FROM : 0u;
	flags |= has_until ? NRS_STORED_UNTIL : 0u;
	if (is_millis(item->created_ns) && is_millis(item->modified_ns) &&
	    (!has_from ||
	     (is_millis(item->valid_from_ns) && item->valid_from_ns > -far)) &&
	    (!has_until ||
	     (is_millis(item->valid_until_ns) && item->valid_until_ns < far)) &&
	    item->created_ns > -far && item->created_ns < far &&
	    item->modified_ns > -far && item->modified_ns < far)
		flags |= NRS_STORED_MILLIS;
	return (uint8_t)flags;
}

/* Nearly all say one time three times over. */
static bool is_simple(const struct nrs_indicator *item)
{
	return item->modified_ns == item->created_ns &&
	       item->valid_from_ns == item->created_ns;
}

static uint8_t marks_of(const struct nrs_indicator *item)
{
	return (uint8_t)((is_simple(item) ? NRS_STORED_SIMPLE : 0u) |
			 (item->watched ? NRS_STORED_WATCHED : 0u));
}

static void put_times(struct nrs_text *out, const struct nrs_indicator *item,
		      uint8_t flags)
{
	const int64_t unit = (flags & NRS_STORED_MILLIS) != 0 ? 1000000 : 1;
	const int64_t base =
		(flags & NRS_STORED_TIMES) != 0 ? item->created_ns : 0;

	if ((flags & NRS_STORED_TIMES) != 0)
		put_signed(out, base / unit);
	if ((flags & NRS_STORED_TIMES) != 0 && !is_simple(item))
		put_signed(out, less(item->modified_ns, base) / unit);
	if ((flags & NRS_STORED_FROM) != 0 && !is_simple(item))
		put_signed(out, less(item->valid_from_ns, base) / unit);
	if ((flags & NRS_STORED_UNTIL) != 0)
		put_signed(out, less(item->valid_until_ns, base) / unit);
}

/* The extra of an indicator; its flags. */
static uint8_t put_extra(struct writer *w, const struct nrs_indicator *item,
			 struct nrs_span value)
{
	struct nrs_text *out = &w->out->extras;
	unsigned int flags = time_flags(item);
	uint8_t uuid[16];

	if (read_uuid(item->id, uuid)) {
		flags |= NRS_STORED_UUID;
		nrs_text_add(out, nrs_span(uuid, sizeof(uuid)));
	} else if (item->id.len > 0) {
		flags |= NRS_STORED_ID;
		put_number(out, put_text(w, item->id));
	}
	put_times(out, item, (uint8_t)flags);
	if (item->context != NULL) {
		flags |= NRS_STORED_SAID;
		put_said(w, item->context, value);
	}
	return (uint8_t)(flags | (item->warned ? NRS_STORED_WARNED : 0u));
}

/* The literal of a pattern with one: what is before and behind it. */
static bool split_literal(struct nrs_span pattern, struct nrs_span parts[3])
{
	const size_t first = nrs_span_find(pattern, '\'', 0);
	size_t last = pattern.len;

	while (last > 0 && pattern.ptr[last - 1] != '\'')
		last--;
	if (first == SIZE_MAX || last < first + 2)
		return false;
	parts[0] = nrs_span_part(pattern, 0, first + 1);
	parts[1] = nrs_span_part(pattern, first + 1, last - first - 2);
	parts[2] = nrs_span_from(pattern, last - 1);
	return nrs_span_find(parts[1], '\'', 0) == SIZE_MAX &&
	       nrs_span_find(parts[1], '\\', 0) == SIZE_MAX;
}

/* Does the key of the indicator say @value too? */
static bool is_key(const struct writer *w, uint32_t index,
		   struct nrs_span value, uint8_t *kind)
{
	struct nrs_hashtab_key key;
	struct nrs_addr addr;
	char text[NRS_ADDR_LEN];

	if (w->key_of[index] == NRS_NONE ||
	    !nrs_hashtab_key_at(w->keys, w->key_of[index], &key))
		return false;
	*kind = NRS_STORED_KEY;
	if (w->kind_of[index] != NRS_VALUE_ADDR)
		return nrs_span_equal(key.key, value);
	*kind = NRS_STORED_ADDR;
	if (key.key.len != sizeof(addr.bytes))
		return false;
	memcpy(addr.bytes, key.key.ptr, sizeof(addr.bytes));
	return nrs_span_equal(nrs_span(text, nrs_addr_format(&addr, text)),
			      value);
}

/* @parts: the text of the value, with what is before and behind it. */
static void put_value(struct writer *w, uint32_t index,
		      const struct nrs_span parts[3],
		      struct nrs_stored_row *row, struct nrs_stored_profile *p)
{
	if (p->value != NRS_STORED_TEXT) {
		row->value = w->key_of[index];
		p->before = put_shared(w, parts[0]);
		p->behind = put_shared(w, parts[2]);
		return;
	}
	row->value = put_text(w, parts[1]);
}

/* Take a pattern apart, if its literal is a key. Where that is, by its kind. */
static uint8_t take_apart(const struct writer *w, uint32_t index,
			  const struct nrs_indicator *item,
			  struct nrs_span parts[3])
{
	/* A pattern without an id is named by its whole text. */
	const bool may_split =
		item->shape != NRS_SHAPE_PATTERN ||
		(item->id.len > 0 && split_literal(item->pattern, parts));
	uint8_t kind = NRS_STORED_TEXT;

	if (may_split && is_key(w, index, parts[1], &kind))
		return kind;
	parts[0] = parts[2] = nrs_span(NULL, 0);
	parts[1] = item->pattern;
	return NRS_STORED_TEXT;
}

static uint32_t put_reason(struct writer *w, uint32_t index)
{
	const char *reason = nrs_set_reason(w->set, index);

	return put_shared(w, nrs_span(reason, strlen(reason) + 1));
}

static void put_row(struct writer *w, uint32_t index)
{
	struct nrs_indicator copy;
	const struct nrs_indicator *item = &copy;

	nrs_set_get(w->set, index, &copy);
	struct nrs_stored_row row = {.place = item->place,
				     .extra = (uint32_t)w->out->extras.len};
	struct nrs_stored_profile p = {.source = item->source,
				       .reason = put_reason(w, index),
				       .shape = item->shape,
				       .status = item->status,
				       .version = item->version,
				       .tlp = item->tlp,
				       .confidence = item->confidence,
				       .marks = marks_of(item)};
	struct nrs_span parts[3] = {{0}, item->pattern, {0}};

	p.value = take_apart(w, index, item, parts);
	p.flags = put_extra(w, item, parts[1]);
	put_value(w, index, parts, &row, &p);
	if (w->out->profiles.len == 0 || memcmp(&p, &w->last, sizeof(p)) != 0) {
		w->last = p;
		w->last_index = put_item(w, BEFORE_PROFILE, &w->out->profiles,
					 nrs_span(&p, sizeof(p)));
	}
	row.profile = w->last_index;
	nrs_text_add(&w->out->rows, nrs_span(&row, sizeof(row)));
	if (w->out->extras.len > UINT32_MAX)
		w->err = NRS_E_LIMIT;
}

/* For each indicator that one key alone can fire: where that key is. */
static int find_keys(struct writer *w, const struct nrs_db *db)
{
	const uint32_t count = nrs_set_count(w->set);
	uint32_t *of_atom = malloc((db->sizes.tests + 1) * sizeof(*of_atom));
	struct nrs_hashtab_parts parts;
	struct nrs_hashtab_key key = {.next = 0};

	w->key_of = malloc(((size_t)count + 1) * sizeof(*w->key_of));
	w->kind_of = calloc((size_t)count + 1, sizeof(*w->kind_of));
	if (of_atom == NULL || w->key_of == NULL || w->kind_of == NULL) {
		free(of_atom);
		return NRS_E_NOMEM;
	}
	memset(of_atom, 0xff, (db->sizes.tests + 1) * sizeof(*of_atom));
	memset(w->key_of, 0xff, ((size_t)count + 1) * sizeof(*w->key_of));
	nrs_hashtab_parts(db->keys, &parts);
	w->keys = parts.keys;
	for (size_t at = 0; nrs_hashtab_key_at(w->keys, at, &key);
	     at = key.next) {
		if (at < UINT32_MAX && key.tag < NRS_KEY_PREFIX)
			of_atom[key.value] = (uint32_t)at;
	}
	for (uint32_t i = 0; i < db->predicate_count; i++) {
		const struct nrs_predicate *p = &db->predicates[i];

		if (p->length > 0)
			continue;
		w->key_of[p->indicator] = of_atom[p->program];
		w->kind_of[p->indicator] = (uint8_t)nrs_lane_kind(
			(enum nrs_lane)db->atoms[p->program].lane);
	}
	free(of_atom);
	return NRS_OK;
}

static bool has_failed(const struct nrs_stored_made *m)
{
	return m->rows.failed || m->extras.failed || m->profiles.failed ||
	       m->backgrounds.failed || m->texts.failed;
}

int nrs_stored_write(struct nrs_stored_made *out, const struct nrs_db *db)
{
	struct writer w = {.set = db->set, .out = out};
	int err = nrs_hashtab_builder_new(&w.before, 0);

	*out = (struct nrs_stored_made){0};
	if (err == NRS_OK)
		err = find_keys(&w, db);
	nrs_text_putc(&out->texts, '\0'); /* offset 0: the empty text */
	for (uint32_t i = 0;
	     i < nrs_set_count(db->set) && err == NRS_OK && w.err == NRS_OK;
	     i++)
		put_row(&w, i);
	nrs_hashtab_builder_free(w.before);
	free(w.key_of);
	free(w.kind_of);
	if (err == NRS_OK)
		err = has_failed(out) ? NRS_E_NOMEM : w.err;
	return err;
}

void nrs_stored_made_fini(struct nrs_stored_made *m)
{
	nrs_text_fini(&m->rows);
	nrs_text_fini(&m->extras);
	nrs_text_fini(&m->profiles);
	nrs_text_fini(&m->backgrounds);
	nrs_text_fini(&m->texts);
}
