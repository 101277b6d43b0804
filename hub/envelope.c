/* SPDX-License-Identifier: Apache-2.0 */
/*
 * envelope: two readers over the same bytes. The splitter cuts the objects
 * out; a scanner of a few words follows the brackets, to know `more` and
 * `next`, which may stand before or behind them.
 */
#include "hub/envelope.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/base/json_split.h"

#define KEY_MAX 8 /* longer than any that matters */

/* The members of the outermost object. */
struct scanner {
	uint64_t offset;
	uint64_t top_at; /* of the outermost bracket */
	unsigned int depth;
	uint64_t braces; /* bit d: the bracket open at depth d is a { */
	bool has_top, is_object;
	bool is_mangled; /* a bracket closes another, or bytes follow the end */
	bool in_string, is_escaped;
	bool is_key_due;
	bool is_bare; /* the token is no string */
	bool is_too_long;
	char key[KEY_MAX];
	size_t len; /* of the token */
	char token[NRS_ENVELOPE_NEXT_MAX + 2];
};

struct nrs_envelope {
	nrs_envelope_fn *fn;
	void *ctx;
	struct nrs_json_split *split;
	struct nrs_arena *arena; /* holds the decoded next */
	struct scanner scan;
	struct nrs_envelope_end end;
	bool is_next_too_long;
};

static int on_object(void *ctx, int err, struct nrs_span object,
		     uint64_t offset, uint64_t number)
{
	struct nrs_envelope *e = ctx;

	(void)number;
	/* An envelope without "objects" is cut out as if it were one. */
	if (e->scan.is_object && offset == e->scan.top_at)
		return NRS_OK;
	if (err == NRS_OK)
		e->end.objects++;
	else
		e->end.broken++;
	return e->fn(e->ctx, err, object, e->end.objects + e->end.broken);
}

int nrs_envelope_new(struct nrs_envelope **out, nrs_envelope_fn *fn, void *ctx)
{
	struct nrs_envelope *e = calloc(1, sizeof(*e));
	int err = NRS_E_NOMEM;

	if (e == NULL)
		return err;
	e->fn = fn;
	e->ctx = ctx;
	e->arena = nrs_arena_new(0);
	if (e->arena != NULL)
		err = nrs_json_split_new(&e->split, on_object, e);
	if (err != NRS_OK) {
		nrs_envelope_free(e);
		return err;
	}
	*out = e;
	return NRS_OK;
}

void nrs_envelope_free(struct nrs_envelope *e)
{
	if (e == NULL)
		return;
	nrs_json_split_free(e->split);
	nrs_arena_free(e->arena);
	free(e);
}

/* A value of the outermost object ended. */
static int member(struct nrs_envelope *e)
{
	struct scanner *s = &e->scan;
	const struct nrs_span token = nrs_span(s->token, s->len);
	struct nrs_json *value = NULL;

	if (strcmp(s->key, "more") == 0)
		e->end.more = nrs_span_is_icase(token, "true") ||
			      nrs_span_is(token, "\"true\"");
	if (strcmp(s->key, "next") != 0)
		return NRS_OK;
	e->is_next_too_long = s->is_too_long;
	nrs_arena_reset(e->arena);
	e->end.next = nrs_span(NULL, 0);
	if (s->is_too_long || token.len == 0)
		return NRS_OK;
	const int err = nrs_json_parse(token, e->arena, &value, NULL);
	if (err == NRS_E_NOMEM)
		return err;
	if (err == NRS_OK &&
	    (value->type == NRS_JSON_STRING || value->type == NRS_JSON_NUMBER))
		e->end.next = value->text;
	return NRS_OK;
}

static void token_byte(struct scanner *s, uint8_t c)
{
	if (s->len < sizeof(s->token))
		s->token[s->len++] = (char)c;
	else
		s->is_too_long = true;
}

static void token_start(struct scanner *s, bool is_bare)
{
	s->is_bare = is_bare;
	s->is_too_long = false;
	s->len = 0;
}

/* A string directly in the outermost object ended: a key, or a value. */
static int string_end(struct nrs_envelope *e)
{
	struct scanner *s = &e->scan;
	const size_t len = s->len < 2 ? 0 : s->len - 2;

	if (!s->is_key_due)
		return member(e);
	s->is_key_due = false;
	s->key[0] = '\0';
	if (len < KEY_MAX) {
		memcpy(s->key, s->token + 1, len);
		s->key[len] = '\0';
	}
	return NRS_OK;
}

static int string_byte(struct nrs_envelope *e, uint8_t c)
{
	struct scanner *s = &e->scan;

	if (s->depth == 1)
		token_byte(s, c);
	if (s->is_escaped) {
		s->is_escaped = false;
	} else if (c == '\\') {
		s->is_escaped = true;
	} else if (c == '"') {
		s->in_string = false;
		return s->depth == 1 ? string_end(e) : NRS_OK;
	}
	return NRS_OK;
}

static void open_bracket(struct scanner *s, uint8_t c)
{
	if (!s->has_top) {
		s->has_top = true;
		s->is_object = c == '{';
		s->top_at = s->offset;
		s->is_key_due = s->is_object;
	}
	if (s->depth < 64) {
		const uint64_t bit = UINT64_C(1) << s->depth;

		s->braces = c == '{' ? s->braces | bit : s->braces & ~bit;
	}
	s->depth++;
	token_start(s, false);
}

static void close_bracket(struct scanner *s, uint8_t c)
{
	if (s->depth == 0) {
		s->is_mangled = true;
		return;
	}
	s->depth--;
	if (s->depth < 64 && (s->braces >> s->depth & 1) != (c == '}'))
		s->is_mangled = true;
}

static int value_end(struct nrs_envelope *e)
{
	struct scanner *s = &e->scan;
	const int err = s->is_bare && s->len > 0 ? member(e) : NRS_OK;

	token_start(s, false);
	return err;
}

/* A byte outside strings. */
static int plain_byte(struct nrs_envelope *e, uint8_t c)
{
	struct scanner *s = &e->scan;
	int err = NRS_OK;

	if (s->has_top && s->depth == 0 && c > ' ')
		s->is_mangled = true;
	switch (c) {
	case '"':
		s->in_string = true;
		if (s->depth == 1) {
			token_start(s, false);
			token_byte(s, c);
		}
		return NRS_OK;
	case '{':
	case '[':
		open_bracket(s, c);
		return NRS_OK;
	case '}':
	case ']':
		if (s->depth == 1)
			err = value_end(e);
		close_bracket(s, c);
		return err;
	case ',':
		if (s->depth != 1)
			return NRS_OK;
		s->is_key_due = s->is_object;
		return value_end(e);
	case ':':
		if (s->depth == 1)
			token_start(s, true);
		return NRS_OK;
	default:
		if (s->depth == 1 && s->is_bare && c > ' ')
			token_byte(s, c);
		return NRS_OK;
	}
}

int nrs_envelope_push(struct nrs_envelope *e, struct nrs_span bytes)
{
	int err = NRS_OK;

	for (size_t i = 0; i < bytes.len && err == NRS_OK; i++) {
		err = e->scan.in_string ? string_byte(e, bytes.ptr[i])
					: plain_byte(e, bytes.ptr[i]);
		e->scan.offset++;
	}
	return err == NRS_OK ? nrs_json_split_push(e->split, bytes) : err;
}

int nrs_envelope_end(struct nrs_envelope *e, struct nrs_envelope_end *end,
		     struct nrs_diag *diag)
{
	const int err = nrs_json_split_end(e->split, diag);

	*end = e->end;
	if (e->scan.is_mangled)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is no JSON: brackets do not match, or "
				    "something follows its end");
	if (err == NRS_OK && e->is_next_too_long)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "`next` is longer than %u bytes",
				    NRS_ENVELOPE_NEXT_MAX);
	return err;
}
