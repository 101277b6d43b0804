/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509_name: Names as text, by RFC 4514 but in the order of the certificate,
 * as most tools print them.
 */
#include "capture/proto/x509.h"

#include "capture/proto/der.h"

#define OID_COMMON_NAME "\x55\x04\x03"

/* Short names of RFC 4514 section 3, and those that OpenSSL prints. */
static const struct {
	const char *oid, *name;
} types[] = {
	{"\x55\x04\x03", "CN"},
	{"\x55\x04\x04", "SN"},
	{"\x55\x04\x05", "serialNumber"},
	{"\x55\x04\x06", "C"},
	{"\x55\x04\x07", "L"},
	{"\x55\x04\x08", "ST"},
	{"\x55\x04\x09", "street"},
	{"\x55\x04\x0a", "O"},
	{"\x55\x04\x0b", "OU"},
	{"\x55\x04\x0c", "title"},
	{"\x55\x04\x0d", "description"},
	{"\x55\x04\x0f", "businessCategory"},
	{"\x55\x04\x11", "postalCode"},
	{"\x55\x04\x29", "name"},
	{"\x55\x04\x2a", "GN"},
	{"\x55\x04\x2e", "dnQualifier"},
	{"\x55\x04\x61", "organizationIdentifier"},
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"},
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress"},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01", "jurisdictionL"},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02", "jurisdictionST"},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", "jurisdictionC"},
};

struct text {
	uint8_t *room;
	size_t cap, len;
	bool full;
};

static void put(struct text *text, uint8_t octet)
{
	if (text->len == text->cap)
		text->full = true;
	else
		text->room[text->len++] = octet;
}

static void put_text(struct text *text, const char *words)
{
	for (; *words != '\0'; words++)
		put(text, (uint8_t)*words);
}

static void put_number(struct text *text, uint64_t value)
{
	uint8_t digits[20];
	unsigned int count = 0;

	do {
		digits[count++] = (uint8_t)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (count > 0)
		put(text, digits[--count]);
}

/* "1.3.6.1..." (X.690 section 8.19); an arc of more than 63 bits is cut. */
static void put_oid(struct text *text, struct nrs_span oid)
{
	uint64_t arc = 0;
	bool is_first = true;

	for (size_t i = 0; i < oid.len; i++) {
		arc = (arc & (UINT64_MAX >> 8)) << 7 | (oid.ptr[i] & 0x7fu);
		if ((oid.ptr[i] & 0x80) != 0)
			continue;
		if (is_first) {
			const uint64_t root = arc < 80 ? arc / 40 : 2;

			put_number(text, root);
			arc -= root * 40;
		}
		put(text, '.');
		put_number(text, arc);
		is_first = false;
		arc = 0;
	}
}

static void put_type(struct text *text, struct nrs_span oid)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (nrs_span_is(oid, types[i].oid)) {
			put_text(text, types[i].name);
			return;
		}
	}
	put_oid(text, oid);
}

/* A character of the Basic Multilingual Plane as UTF-8. */
static void put_wide(struct text *text, uint32_t c)
{
	if (c < 0x80) {
		put(text, (uint8_t)c);
	} else if (c < 0x800) {
		put(text, (uint8_t)(0xc0 | c >> 6));
		put(text, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		put(text, (uint8_t)(0xe0 | c >> 12));
		put(text, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		put(text, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

static bool is_special(uint32_t c, bool is_first, bool is_last)
{
	switch (c) {
	case ',':
	case '+':
	case '"':
	case '\\':
	case '<':
	case '>':
	case ';':
		return true;
	case '#':
		return is_first;
	case ' ':
		return is_first || is_last;
	default:
		return false;
	}
}

static void put_value(struct text *text, const struct nrs_der *value)
{
	const struct nrs_span v = value->content;
	const size_t width = value->tag == NRS_DER_BMP_STRING ? 2 : 1;

	for (size_t i = 0; i + width <= v.len; i += width) {
		const uint32_t c =
			width == 2 ? (uint32_t)v.ptr[i] << 8 | v.ptr[i + 1]
				   : v.ptr[i];

		if (is_special(c, i == 0, i + 2 * width > v.len))
			put(text, '\\');
		if (width == 2)
			put_wide(text, c);
		else
			put(text, (uint8_t)c);
	}
}

/* The next attribute of a relative name. */
static bool next_attribute(struct nrs_span *set, struct nrs_der *oid,
			   struct nrs_der *value)
{
	struct nrs_span pair;

	return nrs_der_enter(set, NRS_DER_SEQUENCE, &pair) &&
	       nrs_der_next(&pair, oid) && oid->tag == NRS_DER_OID &&
	       nrs_der_next(&pair, value);
}

int nrs_x509_name_text(struct nrs_span name, uint8_t *room, size_t cap,
		       struct nrs_span *out)
{
	struct text text = {.room = room, .cap = cap};
	struct nrs_der oid, value;
	struct nrs_span set;

	while (name.len > 0) {
		const char *separator = text.len > 0 ? ", " : "";

		if (!nrs_der_enter(&name, NRS_DER_SET, &set))
			return NRS_E_FORMAT;
		while (next_attribute(&set, &oid, &value)) {
			put_text(&text, separator);
			put_type(&text, oid.content);
			put(&text, '=');
			put_value(&text, &value);
			separator = " + ";
		}
	}
	*out = nrs_span(room, text.len);
	return text.full ? NRS_E_LIMIT : NRS_OK;
}

struct nrs_span nrs_x509_common_name(struct nrs_span name)
{
	struct nrs_span found = {NULL, 0}, set;
	struct nrs_der oid, value;

	while (nrs_der_enter(&name, NRS_DER_SET, &set)) {
		while (next_attribute(&set, &oid, &value)) {
			if (nrs_span_is(oid.content, OID_COMMON_NAME) &&
			    value.tag != NRS_DER_BMP_STRING)
				found = value.content;
		}
	}
	return found;
}
