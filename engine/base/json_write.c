/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write: JSON text. Strings are escaped as RFC 8785 (JCS) says, and the
 * canonical form sorts members by UTF-16 code units.
 */
#include "engine/base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* How many octets stand for themselves. */
static size_t plain_len(struct nrs_span string)
{
	size_t len = 0;

	while (len < string.len && string.ptr[len] >= 0x20 &&
	       string.ptr[len] < 0x80 && string.ptr[len] != '"' &&
	       string.ptr[len] != '\\')
		len++;
	return len;
}

void nrs_json_quote(struct nrs_text *out, struct nrs_span string)
{
	static const char *const named[] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",
		['\f'] = "\\f", ['\r'] = "\\r",
	};

	nrs_text_putc(out, '"');
	for (size_t i = 0; i < string.len;) {
		const size_t plain = plain_len(nrs_span_from(string, i));

		nrs_text_add(out, nrs_span_part(string, i, plain));
		i += plain;
		if (i == string.len)
			break;
		const uint8_t c = string.ptr[i];
		const size_t len = nrs_span_utf8_len(nrs_span_from(string, i));

		if (c == '"' || c == '\\') {
			nrs_text_putc(out, '\\');
			nrs_text_putc(out, (char)c);
		} else if (c < 0x20) {
			if (c < sizeof(named) / sizeof(*named) &&
			    named[c] != NULL)
				nrs_text_puts(out, named[c]);
			else
				nrs_text_printf(out, "\\u%04x", c);
		} else if (len == 0) {
			nrs_text_puts(out, "\xef\xbf\xbd");
		} else {
			nrs_text_add(out, nrs_span_part(string, i, len));
		}
		i += len == 0 ? 1 : len;
	}
	nrs_text_putc(out, '"');
}

/* The next UTF-16 code unit of well-formed UTF-8; *@low holds a second one. */
static uint32_t next_unit(struct nrs_span text, size_t *at, uint32_t *low)
{
	const uint8_t *p = text.ptr + *at;
	uint32_t code;

	if (*low != 0) {
		code = *low;
		*low = 0;
		return code;
	}
	const size_t len = nrs_span_utf8_len(nrs_span_from(text, *at));
	*at += len == 0 ? 1 : len;
	switch (len) {
	case 2:
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 |
		       (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	case 4:
		code = (uint32_t)(p[0] & 0x07) << 18 |
		       (uint32_t)(p[1] & 0x3f) << 12 |
		       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
		code -= 0x10000;
		*low = 0xdc00 + (code & 0x3ff);
		return 0xd800 + (code >> 10);
	default:
		return p[0];
	}
}

static int compare_keys(struct nrs_span a, struct nrs_span b)
{
	size_t i = 0, j = 0;
	uint32_t low_a = 0, low_b = 0;

	while ((i < a.len || low_a != 0) && (j < b.len || low_b != 0)) {
		const uint32_t x = next_unit(a, &i, &low_a);
		const uint32_t y = next_unit(b, &j, &low_b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (i < a.len) - (j < b.len);
}

/* A number as ECMAScript prints it: the shortest text that reads back. */
static void write_number(struct nrs_text *out, const struct nrs_json *value)
{
	char text[40], digits[40];
	int64_t integer;
	double real = 0;

	if (nrs_json_i64(value, &integer) == NRS_OK &&
	    integer > -(INT64_C(1) << 53) && integer < INT64_C(1) << 53) {
		nrs_text_printf(out, "%lld", (long long)integer);
		return;
	}
	/* RFC 8785 has no form for what is no double: it stays as written. */
	if (nrs_json_double(value, &real) == NRS_E_SYNTAX || !isfinite(real)) {
		nrs_text_add(out, value->text);
		return;
	}
	int precision = 0;
	do {
		snprintf(text, sizeof(text), "%.*e", precision, real);
	} while (strtod(text, NULL) != real && ++precision < 17);
	const bool negative = text[0] == '-';
	size_t count = 0;
	char *at = text + negative;
	for (; *at != 'e' && *at != '\0'; at++) {
		if (*at != '.')
			digits[count++] = *at;
	}
	const int exponent = *at == 'e' ? atoi(at + 1) : 0;
	const int point = exponent + 1;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	if (negative && real != 0)
		nrs_text_putc(out, '-');
	if (point > 0 && point <= 21) {
		for (int i = 0; i < point || i < (int)count; i++) {
			if (i == point)
				nrs_text_putc(out, '.');
			nrs_text_putc(out, i < (int)count ? digits[i] : '0');
		}
	} else if (point <= 0 && point > -6) {
		nrs_text_puts(out, "0.");
		for (int i = point; i < 0; i++)
			nrs_text_putc(out, '0');
		nrs_text_puts(out, digits);
	} else {
		nrs_text_putc(out, digits[0]);
		if (count > 1)
			nrs_text_printf(out, ".%s", digits + 1);
		nrs_text_printf(out, "e%c%d", exponent < 0 ? '-' : '+',
				abs(exponent));
	}
}

static int by_key(const void *a, const void *b)
{
	const struct nrs_json *const *x = a, *const *y = b;

	return compare_keys((*x)->key, (*y)->key);
}

static void write_members(struct nrs_text *out, const struct nrs_json *object)
{
	const struct nrs_json **sorted;
	size_t count = 0;

	for (const struct nrs_json *n = object->child; n != NULL; n = n->next)
		count++;
	sorted = calloc(count + 1, sizeof(const struct nrs_json *));
	if (sorted == NULL) {
		out->failed = true;
		return;
	}
	count = 0;
	for (const struct nrs_json *n = object->child; n != NULL; n = n->next)
		sorted[count++] = n;
	qsort(sorted, count, sizeof(*sorted), by_key);
	nrs_text_putc(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			nrs_text_putc(out, ',');
		nrs_json_quote(out, sorted[i]->key);
		nrs_text_putc(out, ':');
		nrs_json_canonical(out, sorted[i]);
	}
	nrs_text_putc(out, '}');
	free(sorted);
}

static void write_scalar(struct nrs_text *out, const struct nrs_json *value)
{
	switch (value->type) {
	case NRS_JSON_NULL:
		nrs_text_puts(out, "null");
		break;
	case NRS_JSON_FALSE:
		nrs_text_puts(out, "false");
		break;
	case NRS_JSON_TRUE:
		nrs_text_puts(out, "true");
		break;
	case NRS_JSON_NUMBER:
		write_number(out, value);
		break;
	default:
		nrs_json_quote(out, value->text);
		break;
	}
}

/* As deep as the parser allowed: NRS_JSON_DEPTH_MAX. */
void nrs_json_canonical(struct nrs_text *out, const struct nrs_json *value)
{
	const struct nrs_json *n;
	bool first = true;

	if (value->type == NRS_JSON_OBJECT) {
		write_members(out, value);
	} else if (value->type == NRS_JSON_ARRAY) {
		nrs_text_putc(out, '[');
		for (n = value->child; n != NULL; n = n->next) {
			if (!first)
				nrs_text_putc(out, ',');
			first = false;
			nrs_json_canonical(out, n);
		}
		nrs_text_putc(out, ']');
	} else {
		write_scalar(out, value);
	}
}

/* A comma, if one is due where the next value stands. */
static void separate(struct nrs_jsonw *w)
{
	const uint64_t bit = UINT64_C(1) << w->depth;

	if ((w->comma & bit) != 0)
		nrs_text_putc(w->out, ',');
	w->comma |= bit;
}

void nrs_jsonw_key(struct nrs_jsonw *w, const char *key)
{
	separate(w);
	nrs_json_quote(w->out, nrs_span_of(key));
	nrs_text_putc(w->out, ':');
	w->comma &= ~(UINT64_C(1) << w->depth); /* the value wants none */
}

void nrs_jsonw_open(struct nrs_jsonw *w, char bracket)
{
	separate(w);
	nrs_text_putc(w->out, bracket);
	w->depth++;
	w->comma &= ~(UINT64_C(1) << w->depth);
}

void nrs_jsonw_close(struct nrs_jsonw *w, char bracket)
{
	w->depth--;
	nrs_text_putc(w->out, bracket);
	w->comma |= UINT64_C(1) << w->depth;
}

void nrs_jsonw_string(struct nrs_jsonw *w, struct nrs_span text)
{
	separate(w);
	nrs_json_quote(w->out, text);
}

void nrs_jsonw_i64(struct nrs_jsonw *w, int64_t value)
{
	separate(w);
	nrs_text_printf(w->out, "%lld", (long long)value);
}

void nrs_jsonw_u64(struct nrs_jsonw *w, uint64_t value)
{
	separate(w);
	nrs_text_printf(w->out, "%llu", (unsigned long long)value);
}

void nrs_jsonw_bool(struct nrs_jsonw *w, bool value)
{
	separate(w);
	nrs_text_puts(w->out, value ? "true" : "false");
}

void nrs_jsonw_null(struct nrs_jsonw *w)
{
	separate(w);
	nrs_text_puts(w->out, "null");
}

void nrs_jsonw_raw(struct nrs_jsonw *w, struct nrs_span json)
{
	separate(w);
	nrs_text_add(w->out, json);
}

void nrs_jsonw_member(struct nrs_jsonw *w, const char *key,
		      struct nrs_span text)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_string(w, text);
}

void nrs_jsonw_member_u64(struct nrs_jsonw *w, const char *key, uint64_t value)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_u64(w, value);
}
