/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_plain: JSON as programs write it, at the speed of a feed.
 *
 * A library that can be fed piece by piece looks at each octet several times:
 * that was a third of what reading a million indicators cost. Objects come
 * whole here, so that one copy of the text serves all their strings, and only
 * one with escapes is written anew. Nothing is judged: what is not plain, or
 * no JSON, is left to the library, whose word counts; fuzz_json holds both
 * against each other.
 */
#include "engine/base/json_scan.h"
#include "engine/base/json_tree.h"

/* What may stand next; blanks always. */
enum due { VALUE, FIRST_VALUE, KEY, FIRST_KEY, COLON, NEXT };

struct plain {
	struct nrs_json_tree tree;
	struct nrs_span text; /* in the arena */
	size_t at;
	enum due due;
};

static bool is_digit_at(const struct plain *p, size_t at)
{
	return at < p->text.len && p->text.ptr[at] >= '0' &&
	       p->text.ptr[at] <= '9';
}

static bool is_at(const struct plain *p, size_t at, char c, char other)
{
	return at < p->text.len && (p->text.ptr[at] == (uint8_t)c ||
				    p->text.ptr[at] == (uint8_t)other);
}

/* At least one digit from @at on; behind them, or 0. */
static size_t behind_digits(const struct plain *p, size_t at)
{
	if (!is_digit_at(p, at))
		return 0;
	while (is_digit_at(p, at))
		at++;
	return at;
}

/* RFC 8259 section 6; behind the number, or 0. */
static size_t behind_number(const struct plain *p)
{
	size_t at = p->at;

	at += is_at(p, at, '-', '-');
	at = is_at(p, at, '0', '0') ? at + 1 : behind_digits(p, at);
	if (at > 0 && is_at(p, at, '.', '.'))
		at = behind_digits(p, at + 1);
	if (at > 0 && is_at(p, at, 'e', 'E')) {
		at++;
		at += is_at(p, at, '+', '-');
		at = behind_digits(p, at);
	}
	return at;
}

/* What the octet behind a backslash means; 0: it is for the library. */
static uint8_t escaped(uint8_t c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return 0;
	}
}

/* The rest of a string that has escapes, from the first one on, behind what
 * @out holds; it never grows. */
static bool decode(struct plain *p, struct nrs_span *out)
{
	/* Into the copy of the text: what is written is behind what is read. */
	uint8_t *const bytes = (uint8_t *)(uintptr_t)out->ptr;

	while (p->at < p->text.len && p->text.ptr[p->at] != '"') {
		const struct nrs_span rest = nrs_span_from(p->text, p->at);
		const size_t len = nrs_json_plain_len(rest);
		uint8_t c = 0;

		memmove(bytes + out->len, rest.ptr, len);
		out->len += len;
		p->at += len;
		if (len > 0)
			continue;
		if (rest.ptr[0] == '\\' && rest.len > 1)
			c = escaped(rest.ptr[1]);
		if (c == 0)
			return false;
		bytes[out->len++] = c;
		p->at += 2;
	}
	return p->at < p->text.len;
}

/* A string at the position, which is behind it then. */
static bool string(struct plain *p, struct nrs_span *out)
{
	const struct nrs_span rest = nrs_span_from(p->text, p->at + 1);

	*out = nrs_span_part(rest, 0, nrs_json_plain_len(rest));
	p->at += 1 + out->len;
	if (!is_at(p, p->at, '"', '"') && !decode(p, out))
		return false;
	p->at++;
	return true;
}

static bool word(struct plain *p, const char *text, enum nrs_json_type type)
{
	if (!nrs_span_starts(nrs_span_from(p->text, p->at), text))
		return false;
	p->at += strlen(text);
	p->due = NEXT;
	return nrs_json_tree_add(&p->tree, type) != NULL;
}

static bool text_value(struct plain *p, enum nrs_json_type type)
{
	struct nrs_span text = nrs_span(NULL, 0);

	if (type == NRS_JSON_STRING) {
		if (!string(p, &text))
			return false;
	} else {
		const size_t end = behind_number(p);

		text = nrs_span_part(p->text, p->at, end - p->at);
		if (end == 0)
			return false;
		p->at = end;
	}
	struct nrs_json *node = nrs_json_tree_add(&p->tree, type);
	if (node != NULL)
		node->text = text;
	p->due = NEXT;
	return node != NULL;
}

static bool value(struct plain *p, uint8_t c)
{
	switch (c) {
	case '"':
		return text_value(p, NRS_JSON_STRING);
	case '{':
	case '[':
		p->at++;
		p->due = c == '{' ? FIRST_KEY : FIRST_VALUE;
		return nrs_json_tree_open(&p->tree, c == '{' ? NRS_JSON_OBJECT
							     : NRS_JSON_ARRAY);
	case 't':
		return word(p, "true", NRS_JSON_TRUE);
	case 'f':
		return word(p, "false", NRS_JSON_FALSE);
	case 'n':
		return word(p, "null", NRS_JSON_NULL);
	default:
		return text_value(p, NRS_JSON_NUMBER);
	}
}

static bool close_level(struct plain *p)
{
	nrs_json_tree_close(&p->tree);
	p->at++;
	p->due = NEXT;
	return true;
}

/* Behind a value. */
static bool next(struct plain *p, uint8_t c)
{
	const struct nrs_json_tree *tree = &p->tree;

	if (tree->depth == 0)
		return false;
	const bool in_object =
		tree->levels[tree->depth].node->type == NRS_JSON_OBJECT;
	if (c == (in_object ? '}' : ']'))
		return close_level(p);
	p->due = in_object ? KEY : VALUE;
	p->at++;
	return c == ',';
}

/* The next token, whose first octet is @c. False: not plain, or no memory. */
static bool token(struct plain *p, uint8_t c)
{
	switch (p->due) {
	case FIRST_KEY:
	case KEY:
		if (c == '}' && p->due == FIRST_KEY)
			return close_level(p);
		p->due = COLON;
		return c == '"' && string(p, &p->tree.key);
	case COLON:
		p->due = VALUE;
		p->at++;
		return c == ':';
	case FIRST_VALUE:
		if (c == ']')
			return close_level(p);
		return value(p, c);
	case VALUE:
		return value(p, c);
	default:
		return next(p, c);
	}
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

int nrs_json_plain(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_json **out)
{
	struct plain p;
	bool is_plain = nrs_span_is_utf8(text);

	nrs_json_tree_init(&p.tree, arena);
	p.text = is_plain ? nrs_arena_copy(arena, text) : nrs_span(NULL, 0);
	p.at = 0;
	p.due = VALUE;
	while (is_plain && p.at < p.text.len) {
		const uint8_t c = p.text.ptr[p.at];

		if (is_blank(c))
			p.at++;
		else
			is_plain = token(&p, c);
	}
	nrs_json_tree_fini(&p.tree);
	if (p.tree.err == NRS_E_NOMEM || (is_plain && p.text.len < text.len))
		return NRS_E_NOMEM;
	if (!is_plain || p.due != NEXT || p.tree.depth > 0)
		return NRS_E_UNSUPPORTED;
	*out = p.tree.root;
	return NRS_OK;
}
