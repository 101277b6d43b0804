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

#define NO_DIGIT 0x80

/* Of base64. */
static const uint8_t digits[256] = {
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 62,  128, 128, 128, 63,  52,  53,	54,  55,  56,  57,  58,	 59,
	60,  61,  128, 128, 128, 128, 128, 128, 128, 0,	  1,   2,   3,	 4,
	5,   6,	  7,   8,   9,	 10,  11,  12,	13,  14,  15,  16,  17,	 18,
	19,  20,  21,  22,  23,	 24,  25,  128, 128, 128, 128, 128, 128, 26,
	27,  28,  29,  30,  31,	 32,  33,  34,	35,  36,  37,  38,  39,	 40,
	41,  42,  43,  44,  45,	 46,  47,  48,	49,  50,  51,  128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
	128, 128, 128, 128,
};

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
	const uint8_t digit = digits[c];

	if (c == '=' && t->count > 0 && t->count < 6)
		t->is_over = true;
	if (digit == NO_DIGIT)
		return 0;
	if (t->is_over) {
		t->goes_on = true;
		return 0;
	}
	t->bits = (t->bits << 6 | digit) & 0xffff;
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
		out[0] = (uint8_t)((unsigned int)nrs_digit16(t->held) << 4 |
				   (unsigned int)digit);
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

/* Whole groups of four digits, which nearly all are; how many octets of @in
 * they took. */
static size_t take_groups(const struct nrs_transfer *t, struct nrs_span in,
			  uint8_t *out, size_t room)
{
	size_t at = 0, len = 0;

	while (t->count == 0 && !t->is_over && in.len - at >= 4 &&
	       room - len >= 3) {
		const uint8_t *const p = in.ptr + at;
		const uint32_t bits = (uint32_t)digits[p[0]] << 18 |
				      (uint32_t)digits[p[1]] << 12 |
				      (uint32_t)digits[p[2]] << 6 |
				      digits[p[3]];

		if (((digits[p[0]] | digits[p[1]] | digits[p[2]] |
		      digits[p[3]]) &
		     NO_DIGIT) != 0)
			break;
		out[len] = (uint8_t)(bits >> 16);
		out[len + 1] = (uint8_t)(bits >> 8);
		out[len + 2] = (uint8_t)bits;
		len += 3;
		at += 4;
	}
	return at;
}

/* Text without an escape as it stands; how much. */
static size_t take_text(const struct nrs_transfer *t, struct nrs_span in,
			uint8_t *out, size_t room)
{
	struct nrs_span text = nrs_span_part(in, 0, room);

	if (t->state != TEXT || room == 0)
		return 0;
	text = nrs_span_part(text, 0, nrs_span_find(text, '=', 0));
	if (text.len > 0)
		memcpy(out, text.ptr, text.len);
	return text.len;
}

size_t nrs_transfer_feed(struct nrs_transfer *transfer, struct nrs_span *in,
			 uint8_t *out, size_t room)
{
	const bool is_base64 = transfer->kind == NRS_TRANSFER_BASE64;
	size_t len = 0;

	while (in->len > 0 && room - len >= NRS_TRANSFER_ROOM) {
		const size_t fast = is_base64
					    ? take_groups(transfer, *in,
							  out + len, room - len)
					    : take_text(transfer, *in,
							out + len, room - len);

		len += is_base64 ? fast / 4 * 3 : fast;
		*in = nrs_span_from(*in, fast);
		if (fast > 0)
			continue;
		len += is_base64 ? take_64(transfer, in->ptr[0], out + len)
				 : take_quoted(transfer, in->ptr[0], out + len);
		*in = nrs_span_from(*in, 1);
	}
	return len;
}
