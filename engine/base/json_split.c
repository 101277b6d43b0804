/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_split: one pass over the bytes with a stack of open brackets.
 *
 * An object is followed from the first { that may be one of interest. When a
 * key "objects" or "response" with an array shows up directly inside it, it was
 * a wrapper: its members so far are read and the array is descended. Inside
 * strings only quotes and backslashes matter. An object that lies whole in the
 * bytes pushed, as nearly all do, is handed out of them; only of one that goes
 * on beyond them is anything copied.
 */
#include "engine/base/json_split.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/base/json_scan.h"
#include "engine/base/text.h"

#define LEVELS_MAX (2 * NRS_JSON_DEPTH_MAX)
#define WRAPPER_TEXT 128
#define LIST_KEY_MAX 8u /* the longer one is "response" */

struct wrapper {
	char type[WRAPPER_TEXT], id[WRAPPER_TEXT], spec[WRAPPER_TEXT];
};

/* The strings directly within a wrapper, behind its list. */
struct outer {
	char key[WRAPPER_TEXT], value[WRAPPER_TEXT];
	size_t len;    /* of the one under way */
	bool is_value; /* which it is */
};

/* A string that is being read. */
struct quoted {
	bool is_open, is_escaped; /* behind a backslash */
};

/* An open bracket. LIST: an array whose elements are of interest. */
enum level { LEVEL_LIST, LEVEL_WRAPPER };

struct nrs_json_split {
	nrs_json_split_fn *fn;
	nrs_json_split_close_fn *on_close;
	nrs_json_split_stray_fn *on_stray;
	void *ctx;
	uint64_t offset; /* of the next byte */
	uint64_t number;
	enum level levels[LEVELS_MAX];
	struct wrapper wrappers[LEVELS_MAX];
	unsigned int level_count;
	/* the object under way */
	struct nrs_text object; /* what earlier pushes held of it */
	bool in_object;
	bool is_over_cap; /* then nothing more of it is kept */
	uint64_t begin;
	unsigned int depth; /* brackets open within it */
	struct quoted string;
	bool is_key_due;	   /* the next string directly in it is a key */
	size_t string_at;	   /* of the last string in it */
	size_t key_at, key_length; /* the last key directly in it */
	bool seen_any;
	bool in_stray;	     /* of what was told already */
	unsigned int passed; /* brackets open in a value that is passed over */
	struct outer outer;
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

void nrs_json_split_on_stray(struct nrs_json_split *s,
			     nrs_json_split_stray_fn *fn)
{
	s->on_stray = fn;
}

/* Keep @bytes, the next ones of the object under way. */
static void collect(struct nrs_json_split *s, struct nrs_span bytes)
{
	if (s->object.len + bytes.len > NRS_JSON_OBJECT_MAX)
		s->is_over_cap = true; /* only brackets matter now */
	if (s->is_over_cap)
		nrs_text_clear(&s->object);
	else
		nrs_text_add(&s->object, bytes);
}

/* The object under way ends with @rest, of the bytes pushed. */
static int hand_out(struct nrs_json_split *s, int err, struct nrs_span rest)
{
	struct nrs_span text = rest;

	s->in_object = false;
	s->number++;
	if (s->object.len > 0 || s->is_over_cap ||
	    rest.len > NRS_JSON_OBJECT_MAX) {
		collect(s, rest);
		text = nrs_text_span(&s->object);
	}
	if (s->object.failed)
		return NRS_E_NOMEM;
	if (s->is_over_cap && err == NRS_OK)
		err = NRS_E_LIMIT;
	return s->fn(s->ctx, err, text, s->begin, s->number);
}

static void begin_object(struct nrs_json_split *s)
{
	nrs_text_clear(&s->object);
	s->in_object = true;
	s->is_over_cap = false;
	s->begin = s->offset;
	s->depth = 0;
}

static void copy_text(char out[WRAPPER_TEXT], struct nrs_span text)
{
	const size_t len =
		text.len < WRAPPER_TEXT - 1 ? text.len : WRAPPER_TEXT - 1;

	if (len > 0)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
}

static void keep_member(struct wrapper *w, struct nrs_span key,
			struct nrs_span text)
{
	if (nrs_span_is(key, "type"))
		copy_text(w->type, text);
	else if (nrs_span_is(key, "id"))
		copy_text(w->id, text);
	else if (nrs_span_is(key, "spec_version"))
		copy_text(w->spec, text);
}

/* What of @bytes belongs to the string under way, with the quote that closes
 * it. */
static size_t string_len(struct quoted *string, struct nrs_span bytes)
{
	size_t i = 0;

	if (string->is_escaped && bytes.len > 0) {
		string->is_escaped = false;
		i = 1;
	}
	while (i < bytes.len) {
		i += nrs_json_plain_len(nrs_span_from(bytes, i));
		if (i == bytes.len)
			break;
		const uint8_t c = bytes.ptr[i++];
		if (c == '"') {
			string->is_open = false;
			break;
		}
		string->is_escaped = c == '\\' && i == bytes.len;
		i += c == '\\' && i < bytes.len;
	}
	return i;
}

/* The strings directly in @head, which a wrapper begins with. */
static void read_members(struct nrs_span head, struct wrapper *w)
{
	struct quoted string = {.is_open = true};
	struct nrs_span key = {0}, text;
	unsigned int depth = 0;
	bool is_key = false;

	*w = (struct wrapper){0};
	for (size_t i = 0; i < head.len; i++) {
		const uint8_t c = head.ptr[i];

		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (depth == 1 && (c == '{' || c == ','))
			is_key = true;
		if (c != '"')
			continue;
		text = nrs_span_from(head, i + 1);
		text.len = string_len(&string, text);
		i += text.len;
		text.len -= text.len > 0;
		if (depth == 1 && is_key)
			key = text;
		else if (depth == 1)
			keep_member(w, key, text);
		is_key &= depth != 1;
	}
}

/* The object under way, of which @rest was pushed now, turned out to be a
 * wrapper with a list inside. */
static int descend(struct nrs_json_split *s, struct nrs_span rest)
{
	if (s->level_count + 2 > LEVELS_MAX) {
		s->is_over_cap = true;
		return hand_out(s, NRS_E_LIMIT, rest);
	}
	collect(s, rest);
	read_members(nrs_text_span(&s->object), &s->wrappers[s->level_count]);
	s->levels[s->level_count++] = LEVEL_WRAPPER;
	s->levels[s->level_count++] = LEVEL_LIST;
	s->in_object = false;
	return NRS_OK;
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
		keep_member(&s->wrappers[s->level_count - 1],
			    nrs_span_of(s->outer.key),
			    nrs_span_of(s->outer.value));
}

static bool leads_to_a_list(struct nrs_span key)
{
	return nrs_span_is(key, "objects") || nrs_span_is(key, "response");
}

/* Is the last key of the object, of which @rest was pushed now, one with a
 * list? It may have come in pieces. */
static bool is_list_key(const struct nrs_json_split *s, struct nrs_span rest)
{
	uint8_t key[LIST_KEY_MAX];
	const size_t before = s->object.len;

	if (s->is_key_due || s->depth != 1 || s->is_over_cap ||
	    s->key_length > LIST_KEY_MAX)
		return false;
	for (size_t i = 0; i < s->key_length; i++) {
		const size_t at = s->key_at + i;

		key[i] =
			at < before ? s->object.ptr[at] : rest.ptr[at - before];
	}
	return leads_to_a_list(nrs_span(key, s->key_length));
}

static void go_deeper(struct nrs_json_split *s)
{
	if (++s->depth > NRS_JSON_DEPTH_MAX)
		s->is_over_cap = true;
}

/* A structural byte of the object, the last one of @rest. */
static int object_byte(struct nrs_json_split *s, struct nrs_span rest)
{
	switch (rest.ptr[rest.len - 1]) {
	case '[':
		if (is_list_key(s, rest))
			return descend(s, rest);
		go_deeper(s);
		return NRS_OK;
	case '{':
		go_deeper(s);
		s->is_key_due |= s->depth == 1;
		return NRS_OK;
	case ',':
		s->is_key_due |= s->depth == 1;
		return NRS_OK;
	default: /* } or ] */
		s->depth--;
		return s->depth > 0 ? NRS_OK : hand_out(s, NRS_OK, rest);
	}
}

/* A bracket behind a wrapper's list: another list, or a value that is passed
 * over whole. */
static bool pass_over(struct nrs_json_split *s, uint8_t c)
{
	if (s->passed == 0 && (c == '}' || c == ']'))
		return false;
	if (c == '{' || c == '[') {
		if (s->passed == 0 && c == '[' &&
		    leads_to_a_list(nrs_span_of(s->outer.key)))
			return false;
		s->passed++;
	} else if (c == '}' || c == ']') {
		s->passed--;
	}
	return true;
}

/* Does something begin with @c that does not belong there? Behind a value's
 * colon in a wrapper anything may stand, and a bracket is one by itself. */
static bool begins_stray(struct nrs_json_split *s, uint8_t c, bool in_list)
{
	const bool goes_on = s->in_stray;

	s->in_stray = false;
	if (!s->seen_any || s->passed > 0 ||
	    memchr(" \t\r\n,{[\x1e", c, 8) != NULL)
		return false;
	if (c == '"' || c == '}')
		return in_list;
	if (c == ']')
		return !in_list || s->level_count == 0;
	if (!in_list && (c == ':' || s->outer.is_value))
		return false;
	s->in_stray = true;
	return !goes_on;
}

static int tell_stray(struct nrs_json_split *s)
{
	if (s->on_stray == NULL)
		return NRS_OK;
	s->number++;
	return s->on_stray(s->ctx, s->offset, s->number);
}

/* A byte outside every object: lists and wrappers open and close. */
static int outer_byte(struct nrs_json_split *s, uint8_t c)
{
	const bool in_list = s->level_count == 0 ||
			     s->levels[s->level_count - 1] == LEVEL_LIST;

	const int err = begins_stray(s, c, in_list) ? tell_stray(s) : NRS_OK;
	if (err != NRS_OK)
		return err;
	if (c == '"') {
		s->string.is_open = true;
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

static void put_outer(struct nrs_json_split *s, struct nrs_span bytes)
{
	char *const out = s->outer.is_value ? s->outer.value : s->outer.key;

	bytes = nrs_span_part(bytes, 0, WRAPPER_TEXT - 1 - s->outer.len);
	if (bytes.len > 0)
		memcpy(out + s->outer.len, bytes.ptr, bytes.len);
	s->outer.len += bytes.len;
}

/* How many of @bytes are of the string under way, outside every object. */
static size_t outer_string(struct nrs_json_split *s, struct nrs_span bytes)
{
	const size_t len = string_len(&s->string, bytes);

	put_outer(s, nrs_span_part(bytes, 0, len - !s->string.is_open));
	if (!s->string.is_open)
		outer_string_ended(s);
	return len;
}

/* The string that began at string_at ends where @rest does. */
static void object_string_ended(struct nrs_json_split *s, struct nrs_span rest)
{
	if (s->depth != 1 || !s->is_key_due || s->is_over_cap)
		return;
	s->is_key_due = false;
	s->key_at = s->string_at;
	s->key_length = s->object.len + rest.len - 1 - s->string_at;
}

static bool is_structural(uint8_t c)
{
	static const bool structural[UINT8_MAX + 1] = {
		['"'] = true, ['{'] = true, ['}'] = true,
		['['] = true, [']'] = true, [','] = true};

	return structural[c];
}

/* Bytes of the object under way, until it ends or they do; *@used of them. */
static int object_bytes(struct nrs_json_split *s, struct nrs_span bytes,
			size_t *used)
{
	size_t i = 0;
	int err = NRS_OK;

	while (i < bytes.len && s->in_object && err == NRS_OK) {
		if (!s->string.is_open && !is_structural(bytes.ptr[i])) {
			i++;
			continue;
		}
		if (!s->string.is_open && bytes.ptr[i] != '"') {
			i++;
			err = object_byte(s, nrs_span_part(bytes, 0, i));
			continue;
		}
		if (!s->string.is_open) {
			s->string.is_open = true;
			s->string_at = s->object.len + ++i;
		}
		i += string_len(&s->string, nrs_span_from(bytes, i));
		if (!s->string.is_open)
			object_string_ended(s, nrs_span_part(bytes, 0, i));
	}
	if (s->in_object)
		collect(s, nrs_span_part(bytes, 0, i));
	*used = i;
	return err;
}

int nrs_json_split_push(struct nrs_json_split *s, struct nrs_span bytes)
{
	int err = NRS_OK;

	while (bytes.len > 0 && err == NRS_OK) {
		size_t used = 1;

		if (s->in_object) {
			err = object_bytes(s, bytes, &used);
		} else if (s->string.is_open) {
			used = outer_string(s, bytes);
		} else {
			err = outer_byte(s, bytes.ptr[0]);
			if (err == NRS_E_MORE) {
				err = NRS_OK;
				used = 0;
			}
		}
		bytes = nrs_span_from(bytes, used);
		s->offset += used;
	}
	return s->object.failed ? NRS_E_NOMEM : err;
}

int nrs_json_split_end(struct nrs_json_split *s, struct nrs_diag *diag)
{
	if (!s->seen_any)
		return nrs_diag_set(diag, NRS_E_FORMAT, s->offset,
				    "holds no JSON");
	if (!s->in_object && !s->string.is_open && s->level_count == 0)
		return NRS_OK;
	if (s->in_object)
		(void)hand_out(s, NRS_E_TRUNCATED, nrs_span(NULL, 0));
	return nrs_diag_set(diag, NRS_E_TRUNCATED, s->offset,
			    "the JSON ends in the middle");
}
