/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_walk: four modes, byte by byte; inside strings only quotes and
 * backslashes matter, inside values only brackets.
 *
 * It does not judge the document: what stands where no value can stand is
 * passed over, and what is taken is judged by the parser.
 */
#include "engine/base/json_walk.h"

#include <stdlib.h>

#define KEY_MAX ((size_t)128)

enum mode {
	BETWEEN, /* values, inside what was entered */
	KEY,	 /* in the name of a member */
	SCALAR,	 /* in a number or a word */
	VALUE,	 /* in a string, an object or an array */
};

struct nrs_json_walk {
	const struct nrs_json_walk_ops *ops;
	void *ctx;
	uint64_t offset; /* of the next byte */
	enum mode mode;
	bool is_object[NRS_JSON_DEPTH_MAX]; /* of what was entered */
	unsigned int depth;
	bool is_value_due; /* behind a colon, or in an array */
	bool seen_any;
	char key[KEY_MAX];
	size_t key_len;
	/* the value under way */
	bool is_taken, is_over_cap;
	bool in_string, is_escaped;
	unsigned int brackets;
	uint64_t begin;
	struct nrs_text text;
};

int nrs_json_walk_new(struct nrs_json_walk **out,
		      const struct nrs_json_walk_ops *ops, void *ctx)
{
	struct nrs_json_walk *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NRS_E_NOMEM;
	w->ops = ops;
	w->ctx = ctx;
	w->is_value_due = true;
	*out = w;
	return NRS_OK;
}

void nrs_json_walk_free(struct nrs_json_walk *w)
{
	if (w == NULL)
		return;
	nrs_text_fini(&w->text);
	free(w);
}

static struct nrs_span key_of(const struct nrs_json_walk *w)
{
	const bool is_member = w->depth > 0 && w->is_object[w->depth - 1];

	return nrs_span(w->key, is_member ? w->key_len : 0);
}

static void collect(struct nrs_json_walk *w, struct nrs_span bytes)
{
	if (!w->is_taken || w->is_over_cap)
		return;
	if (w->text.len + bytes.len > NRS_JSON_OBJECT_MAX)
		w->is_over_cap = true;
	else
		nrs_text_add(&w->text, bytes);
}

/* The value under way is whole, or as whole as it will be. */
static int hand_out(struct nrs_json_walk *w, int err)
{
	w->mode = BETWEEN;
	w->is_value_due = false;
	if (!w->is_taken)
		return NRS_OK;
	if (w->text.failed)
		return NRS_E_NOMEM;
	return w->ops->value(w->ctx, w->is_over_cap ? NRS_E_LIMIT : err,
			     key_of(w), nrs_text_span(&w->text), w->begin);
}

static int enter(struct nrs_json_walk *w, uint8_t c)
{
	if (w->depth == NRS_JSON_DEPTH_MAX)
		return NRS_E_LIMIT;
	w->is_object[w->depth++] = c == '{';
	w->is_value_due = c == '[';
	return NRS_OK;
}

/* The first byte of a value; it is read once more if it is not entered. */
static int begin_value(struct nrs_json_walk *w, uint8_t c, size_t *used)
{
	const enum nrs_json_way way = w->ops->begin(w->ctx, key_of(w), c);

	w->seen_any = true;
	if (way == NRS_JSON_ENTER && (c == '{' || c == '['))
		return enter(w, c);
	*used = 0;
	w->mode = c == '{' || c == '[' || c == '"' ? VALUE : SCALAR;
	w->is_taken = way == NRS_JSON_TAKE;
	w->is_over_cap = w->in_string = w->is_escaped = false;
	w->brackets = 0;
	w->begin = w->offset;
	nrs_text_clear(&w->text);
	return NRS_OK;
}

static int leave(struct nrs_json_walk *w)
{
	w->depth--;
	w->is_value_due = w->depth == 0;
	return w->ops->end(w->ctx);
}

/* A byte between values. */
static int between(struct nrs_json_walk *w, uint8_t c, size_t *used)
{
	const bool in_object = w->depth > 0 && w->is_object[w->depth - 1];

	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return NRS_OK;
	case ',':
		w->is_value_due = !in_object;
		return NRS_OK;
	case ':':
		w->is_value_due = true;
		return NRS_OK;
	case '}':
	case ']':
		return w->depth > 0 ? leave(w) : NRS_OK;
	case '"':
		if (in_object && !w->is_value_due) {
			w->mode = KEY;
			w->key_len = 0;
			return NRS_OK;
		}
		break;
	default:
		break;
	}
	if (!w->is_value_due && w->depth > 0)
		return NRS_OK; /* nothing can stand here */
	if (w->depth == 0 && memchr("{[", c, 2) == NULL)
		return NRS_OK; /* a document is an object or an array */
	return begin_value(w, c, used);
}

static void key_byte(struct nrs_json_walk *w, uint8_t c)
{
	if (!w->is_escaped && c == '"') {
		w->mode = BETWEEN;
		return;
	}
	w->is_escaped = !w->is_escaped && c == '\\';
	if (w->key_len < KEY_MAX - 1)
		w->key[w->key_len++] = (char)c;
}

/* How many of @bytes belong to the scalar; its end is not one of them. */
static int scalar(struct nrs_json_walk *w, struct nrs_span bytes, size_t *used)
{
	size_t i = 0;

	while (i < bytes.len && memchr(",]} \t\r\n", bytes.ptr[i], 7) == NULL)
		i++;
	collect(w, nrs_span_part(bytes, 0, i));
	*used = i;
	return i < bytes.len ? hand_out(w, NRS_OK) : NRS_OK;
}

/* True when the byte ends the value. */
static bool value_byte(struct nrs_json_walk *w, uint8_t c)
{
	if (w->in_string) {
		if (w->is_escaped)
			w->is_escaped = false;
		else if (c == '\\')
			w->is_escaped = true;
		else if (c == '"')
			w->in_string = false;
		return !w->in_string && w->brackets == 0;
	}
	if (c == '"') {
		w->in_string = true;
	} else if (c == '{' || c == '[') {
		w->is_over_cap |= ++w->brackets > NRS_JSON_DEPTH_MAX;
	} else if (c == '}' || c == ']') {
		return --w->brackets == 0;
	}
	return false;
}

static int value(struct nrs_json_walk *w, struct nrs_span bytes, size_t *used)
{
	bool is_end = false;
	size_t i = 0;

	while (i < bytes.len && !is_end)
		is_end = value_byte(w, bytes.ptr[i++]);
	collect(w, nrs_span_part(bytes, 0, i));
	*used = i;
	return is_end ? hand_out(w, NRS_OK) : NRS_OK;
}

int nrs_json_walk_push(struct nrs_json_walk *w, struct nrs_span bytes)
{
	int err = NRS_OK;

	while (bytes.len > 0 && err == NRS_OK) {
		size_t used = 1;

		if (w->mode == VALUE)
			err = value(w, bytes, &used);
		else if (w->mode == SCALAR)
			err = scalar(w, bytes, &used);
		else if (w->mode == KEY)
			key_byte(w, bytes.ptr[0]);
		else
			err = between(w, bytes.ptr[0], &used);
		w->offset += used;
		bytes = nrs_span_from(bytes, used);
	}
	return w->text.failed ? NRS_E_NOMEM : err;
}

int nrs_json_walk_end(struct nrs_json_walk *w, struct nrs_diag *diag)
{
	const bool is_cut = w->depth > 0 || w->mode != BETWEEN;
	int err = NRS_OK;

	if (w->mode == SCALAR || w->mode == VALUE)
		err = hand_out(w, NRS_E_TRUNCATED);
	while (w->depth > 0 && err == NRS_OK)
		err = leave(w);
	if (err != NRS_OK)
		return err;
	if (is_cut)
		return nrs_diag_set(diag, NRS_E_TRUNCATED, w->offset,
				    "the JSON ends in the middle");
	if (!w->seen_any)
		return nrs_diag_set(diag, NRS_E_FORMAT, w->offset,
				    "holds no JSON");
	return NRS_OK;
}
