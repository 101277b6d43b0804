/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_decode: one octet in, up to two out.
 */
#include "capture/proto/mail_decode.h"

enum quoted { TEXT, EQUALS, DIGIT, SOFT };

int nrs_digit16(uint8_t c)
{
	const uint8_t lower = nrs_ascii_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int digit64(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

enum nrs_transfer_kind nrs_transfer_of(struct nrs_span name)
{
	name = nrs_span_part(name, 0, nrs_span_find(name, ';', 0));
	name = nrs_span_trim(name);
	if (nrs_span_is_icase(name, "base64"))
		return NRS_TRANSFER_BASE64;
	return nrs_span_is_icase(name, "quoted-printable") ? NRS_TRANSFER_QUOTED
							   : NRS_TRANSFER_PLAIN;
}

static size_t take_64(struct nrs_transfer *t, uint8_t c, uint8_t *out)
{
	const int digit = digit64(c);

	if (c == '=' && t->count > 0 && t->count < 6)
		t->is_over = true;
	if (digit < 0)
		return 0;
	if (t->is_over) {
		t->goes_on = true;
		return 0;
	}
	t->bits = (t->bits << 6 | (uint32_t)digit) & 0xffff;
	t->count = (uint8_t)(t->count + 6);
	if (t->count < 8)
		return 0;
	t->count = (uint8_t)(t->count - 8);
	*out = (uint8_t)(t->bits >> t->count);
	return 1;
}

/* Behind "=": digits, or the end of the line, perhaps with blanks before. */
static size_t take_escape(struct nrs_transfer *t, uint8_t c, uint8_t *out,
			  bool *again)
{
	const int digit = nrs_digit16(c);
	const bool is_blank = c == ' ' || c == '\t' || c == '\r';
	size_t len = 0;

	if (t->state == DIGIT && digit >= 0) {
		out[0] = (uint8_t)(nrs_digit16(t->held) << 4 | digit);
		t->state = TEXT;
		return 1;
	}
	if (t->state == EQUALS && digit >= 0) {
		t->held = c;
		t->state = DIGIT;
	} else if (t->state != DIGIT && is_blank) {
		t->state = SOFT;
	} else if (t->state != DIGIT && c == '\n') {
		t->state = TEXT;
	} else { /* no escape after all */
		out[len++] = '=';
		if (t->state == DIGIT)
			out[len++] = t->held;
		t->state = TEXT;
		*again = true;
	}
	return len;
}

static size_t take_quoted(struct nrs_transfer *t, uint8_t c, uint8_t *out)
{
	bool again = false;
	size_t len = 0;

	if (t->state != TEXT) {
		len = take_escape(t, c, out, &again);
		if (!again)
			return len;
	}
	if (c == '=')
		t->state = EQUALS;
	else
		out[len++] = c;
	return len;
}

size_t nrs_transfer_feed(struct nrs_transfer *transfer, struct nrs_span *in,
			 uint8_t *out, size_t room)
{
	size_t len = 0, at = 0;

	for (; at < in->len && len + NRS_TRANSFER_ROOM <= room; at++) {
		const uint8_t c = in->ptr[at];

		len += transfer->kind == NRS_TRANSFER_BASE64
			       ? take_64(transfer, c, out + len)
			       : take_quoted(transfer, c, out + len);
	}
	*in = nrs_span_from(*in, at);
	return len;
}
