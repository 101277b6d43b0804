/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_split: one pass over the bytes with a stack of open brackets.
 *
 * Bytes are collected from the first { that may be an object of interest. When
 * a key "objects" or "response" with an array shows up directly inside it, it
 * was a wrapper: what was collected is dropped and the array is descended.
 * Inside strings only quotes and backslashes matter.
 */
#include "engine/base/json_split.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/base/text.h"

#define LEVELS_MAX (2 * NRS_JSON_DEPTH_MAX)
#define WRAPPER_TEXT 128

struct wrapper {
	char type[WRAPPER_TEXT], id[WRAPPER_TEXT], spec[WRAPPER_TEXT];
};

/* The strings directly within a wrapper, behind its list. */
struct outer {
	char key[WRAPPER_TEXT], value[WRAPPER_TEXT];
	size_t len;    /* of the one under way */
	bool is_value; /* which it is */
};

/* An open bracket. LIST: an array whose elements are of interest. */
enum level { LEVEL_LIST, LEVEL_WRAPPER };

struct nrs_json_split {
	nrs_json_split_fn *fn;
	nrs_json_split_close_fn *on_close;
	void *ctx;
	uint64_t offset; /* of the next byte */
	uint64_t number;
	enum level levels[LEVELS_MAX];
	struct wrapper wrappers[LEVELS_MAX];
	unsigned int level_count;
	/* the object under way */
	struct nrs_text object;
	bool in_object;
	bool is_over_cap;
	uint64_t begin;
	unsigned int depth; /* brackets open within it */
	bool in_string, is_escaped;
	bool seen_any;
	unsigned int passed; /* brackets open in a value that is passed over */
	struct outer outer;
	/* the string at depth 1 of it */
	size_t string_at;
	char key[WRAPPER_TEXT];
	bool is_key_due, has_key;
	struct wrapper wrapper; /* texts of the object under way */
};

int nrs_json_split_new(struct nrs_json_split **out, nrs_json_split_fn *fn,
		       void *ctx)
{
	struct nrs_json_split *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NRS_E_NOMEM;
	s->fn = fn;
	s->ctx = ctx;
	*out = s;
	return NRS_OK;
}

void nrs_json_split_free(struct nrs_json_split *s)
{
	if (s == NULL)
		return;
	nrs_text_fini(&s->object);
	free(s);
}

struct nrs_span nrs_json_split_wrapper(const struct nrs_json_split *s,
				       const char *key)
{
	for (unsigned int i = s->level_count; i-- > 0;) {
		const struct wrapper *w = &s->wrappers[i];

		if (s->levels[i] != LEVEL_WRAPPER)
			continue;
		if (strcmp(key, "type") == 0)
			return nrs_span_of(w->type);
		return nrs_span_of(strcmp(key, "id") == 0 ? w->id : w->spec);
	}
	return nrs_span(NULL, 0);
}

unsigned int nrs_json_split_depth(const struct nrs_json_split *s)
{
	unsigned int depth = 0;

	for (unsigned int i = 0; i < s->level_count; i++)
		depth += s->levels[i] == LEVEL_WRAPPER;
	return depth;
}

void nrs_json_split_on_close(struct nrs_json_split *s,
			     nrs_json_split_close_fn *fn)
{
	s->on_close = fn;
}

static int hand_out(struct nrs_json_split *s, int err)
{
	const struct nrs_span text = nrs_text_span(&s->object);

	s->in_object = false;
	s->number++;
	return s->fn(s->ctx, err, text, s->begin, s->number);
}

static void begin_object(struct nrs_json_split *s)
{
	nrs_text_clear(&s->object);
	s->in_object = true;
	s->is_over_cap = false;
	s->begin = s->offset;
	s->depth = 0;
	s->wrapper = (struct wrapper){0};
}

/* The object under way turned out to be a wrapper with a list inside. */
static int descend(struct nrs_json_split *s)
{
	if (s->level_count + 2 > LEVELS_MAX)
		return hand_out(s, NRS_E_LIMIT);
	s->wrappers[s->level_count] = s->wrapper;
	s->levels[s->level_count++] = LEVEL_WRAPPER;
	s->levels[s->level_count++] = LEVEL_LIST;
	s->in_object = false;
	return NRS_OK;
}

static void copy_text(char out[WRAPPER_TEXT], struct nrs_span text)
{
	const size_t len =
		text.len < WRAPPER_TEXT - 1 ? text.len : WRAPPER_TEXT - 1;

	if (len > 0)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
}

static void keep_member(struct wrapper *w, const char *key,
			struct nrs_span text)
{
	if (strcmp(key, "type") == 0)
		copy_text(w->type, text);
	else if (strcmp(key, "id") == 0)
		copy_text(w->id, text);
	else if (strcmp(key, "spec_version") == 0)
		copy_text(w->spec, text);
}

/* A string directly inside the object ended: a key, or a key's value. */
static void string_ended(struct nrs_json_split *s)
{
	const struct nrs_span text =
		nrs_span_part(nrs_text_span(&s->object), s->string_at,
			      s->object.len - s->string_at - 1);

	if (s->is_key_due) {
		copy_text(s->key, text);
		s->is_key_due = false;
		s->has_key = true;
		return;
	}
	keep_member(&s->wrapper, s->key, text);
}

/* A string outside every object ended: a member behind a wrapper's list? */
static void outer_string_ended(struct nrs_json_split *s)
{
	if (!s->outer.is_value) {
		s->outer.key[s->outer.len] = '\0';
		return;
	}
	s->outer.value[s->outer.len] = '\0';
	if (s->passed == 0 && s->level_count > 0 &&
	    s->levels[s->level_count - 1] == LEVEL_WRAPPER)
		keep_member(&s->wrappers[s->level_count - 1], s->outer.key,
			    nrs_span_of(s->outer.value));
}

static bool leads_to_a_list(const char *key)
{
	return strcmp(key, "objects") == 0 || strcmp(key, "response") == 0;
}

static bool is_list_key(const struct nrs_json_split *s)
{
	return s->has_key && !s->is_key_due && s->depth == 1 &&
	       leads_to_a_list(s->key);
}

static void go_deeper(struct nrs_json_split *s)
{
	if (++s->depth > NRS_JSON_DEPTH_MAX)
		s->is_over_cap = true;
}

/* A structural byte within the object, already collected. */
static int object_byte(struct nrs_json_split *s, uint8_t c)
{
	switch (c) {
	case '"':
		s->in_string = true;
		s->string_at = s->object.len;
		return NRS_OK;
	case '[':
		if (is_list_key(s))
			return descend(s);
		go_deeper(s);
		return NRS_OK;
	case '{':
		go_deeper(s);
		if (s->depth == 1)
			s->is_key_due = true;
		return NRS_OK;
	case ',':
		if (s->depth == 1)
			s->is_key_due = true;
		return NRS_OK;
	case '}':
	case ']':
		s->depth--;
		return s->depth > 0 ? NRS_OK
				    : hand_out(s, s->is_over_cap ? NRS_E_LIMIT
								 : NRS_OK);
	default:
		return NRS_OK;
	}
}

/* A bracket behind a wrapper's list: another list, or a value that is passed
 * over whole. */
static bool pass_over(struct nrs_json_split *s, uint8_t c)
{
	if (s->passed == 0 && (c == '}' || c == ']'))
		return false;
	if (c == '{' || c == '[') {
		if (s->passed == 0 && c == '[' && leads_to_a_list(s->outer.key))
			return false;
		s->passed++;
	} else if (c == '}' || c == ']') {
		s->passed--;
	}
	return true;
}

/* A byte outside every object: lists and wrappers open and close. */
static int outer_byte(struct nrs_json_split *s, uint8_t c)
{
	const bool in_list = s->level_count == 0 ||
			     s->levels[s->level_count - 1] == LEVEL_LIST;

	if (c == '"') {
		s->in_string = true;
		s->outer.len = 0;
		return NRS_OK;
	}
	if (s->passed == 0 && (c == ':' || c == ','))
		s->outer.is_value = c == ':';
	if (!in_list && pass_over(s, c))
		return NRS_OK;
	if (c == '{') {
		s->seen_any = true;
		begin_object(s);
		return NRS_E_MORE; /* the byte is the object's first */
	}
	if (c == '[') {
		s->seen_any = true;
		if (s->level_count < LEVELS_MAX)
			s->levels[s->level_count++] = LEVEL_LIST;
		return NRS_OK;
	}
	if ((c == ']' && in_list) || (c == '}' && !in_list)) {
		if (c == '}' && s->on_close != NULL && s->level_count > 0)
			s->on_close(s->ctx);
		if (s->level_count > 0)
			s->level_count--;
		s->outer.is_value = false;
	}
	if (!s->seen_any && c != ' ' && c != '\t' && c != '\r' && c != '\n' &&
	    s->offset > 2) /* a byte order mark may stand before */
		return NRS_E_FORMAT;
	return NRS_OK;
}

static void collect(struct nrs_json_split *s, struct nrs_span bytes)
{
	if (s->object.len + bytes.len > NRS_JSON_OBJECT_MAX) {
		s->is_over_cap = true;
		s->object.len = s->string_at = 0; /* only brackets matter now */
		return;
	}
	nrs_text_add(&s->object, bytes);
}

static void put_outer(struct nrs_json_split *s, uint8_t c)
{
	char *const out = s->outer.is_value ? s->outer.value : s->outer.key;

	if (s->outer.len < WRAPPER_TEXT - 1)
		out[s->outer.len++] = (char)c;
}

/* What of @bytes belongs to the string under way; its end closes it. */
/* How many octets at the start, by eight, are neither quote nor backslash. */
static size_t plain_len(struct nrs_span bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t highs = UINT64_C(0x8080808080808080);
	size_t len = 0;
	uint64_t eight;

	for (; bytes.len - len >= sizeof(eight); len += sizeof(eight)) {
		memcpy(&eight, bytes.ptr + len, sizeof(eight));
		const uint64_t quote = eight ^ ones * '"';
		const uint64_t slash = eight ^ ones * '\\';

		/* The high bit of some octet, if one of them became zero. */
		if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash)) &
		    highs)
			break;
	}
	return len;
}

static size_t string_bytes(struct nrs_json_split *s, struct nrs_span bytes)
{
	size_t i = 0;

	while (i < bytes.len) {
		if (s->is_escaped) {
			s->is_escaped = false;
			i++;
			continue;
		}
		if (s->in_object)
			i += plain_len(nrs_span_from(bytes, i));
		if (i == bytes.len)
			break;
		const uint8_t c = bytes.ptr[i++];
		if (!s->in_object && c != '"')
			put_outer(s, c);
		if (c == '\\') {
			s->is_escaped = true;
		} else if (c == '"') {
			s->in_string = false;
			if (!s->in_object)
				outer_string_ended(s);
			break;
		}
	}
	if (s->in_object) {
		collect(s, nrs_span_part(bytes, 0, i));
		if (!s->in_string && s->depth == 1 && !s->is_over_cap)
			string_ended(s);
	}
	return i;
}

static bool is_structural(uint8_t c)
{
	return c == '"' || c == '{' || c == '}' || c == '[' || c == ']' ||
	       c == ',';
}

int nrs_json_split_push(struct nrs_json_split *s, struct nrs_span bytes)
{
	size_t i = 0;
	int err = NRS_OK;

	while (i < bytes.len && err == NRS_OK) {
		size_t step = 1;

		if (s->in_string) {
			step = string_bytes(s, nrs_span_from(bytes, i));
		} else if (!s->in_object) {
			err = outer_byte(s, bytes.ptr[i]);
			if (err == NRS_E_MORE) {
				err = NRS_OK;
				step = 0;
			}
		} else {
			while (i + step < bytes.len &&
			       !is_structural(bytes.ptr[i]) &&
			       !is_structural(bytes.ptr[i + step]))
				step++;
			collect(s, nrs_span_part(bytes, i, step));
			err = object_byte(s, bytes.ptr[i]);
		}
		i += step;
		s->offset += step;
	}
	return s->object.failed ? NRS_E_NOMEM : err;
}

int nrs_json_split_end(struct nrs_json_split *s, struct nrs_diag *diag)
{
	if (!s->seen_any)
		return nrs_diag_set(diag, NRS_E_FORMAT, s->offset,
				    "holds no JSON");
	if (!s->in_object && !s->in_string && s->level_count == 0)
		return NRS_OK;
	if (s->in_object)
		(void)hand_out(s, NRS_E_TRUNCATED);
	return nrs_diag_set(diag, NRS_E_TRUNCATED, s->offset,
			    "the JSON ends in the middle");
}
