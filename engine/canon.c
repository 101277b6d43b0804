/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon: canonical names, MAC addresses, hex and hash names. URLs are in
 * canon_url.c.
 */
#include "engine/canon.h"

#include <assert.h>

#include "engine/names.h"

#define LABEL_MAX 63

/*
 * What a name may hold, from '!' to '~' in lower case; NUL: not. Anything
 * printable that DNS carries is kept, because names of malware do not follow
 * the rules of host names; what separates the parts of a URL is not.
 */
static const char name_bytes[] = "!\0#$%&'()*+,-.\0"
				 "0123456789\0;<=>?\0"
				 "abcdefghijklmnopqrstuvwxyz\0\\\0^_`"
				 "abcdefghijklmnopqrstuvwxyz{|}~";

static_assert(sizeof(name_bytes) == '~' - '!' + 2, "every byte has its place");

/* Lower case and label borders in one pass: the packet path. */
static int ascii_name(struct nrs_span in, uint8_t *out, size_t *out_len)
{
	size_t label = 0;

	if (in.len > 0 && in.ptr[in.len - 1] == '.')
		in.len--;
	if (in.len == 0 || in.len > NRS_NAME_MAX)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < in.len; i++) {
		const unsigned int at = in.ptr[i] - (unsigned int)'!';
		const char c = at <= '~' - '!' ? name_bytes[at] : '\0';

		if (c == '.') {
			if (label == 0)
				return NRS_E_FORMAT;
			label = 0;
		} else if (c == '\0' || ++label > LABEL_MAX) {
			return NRS_E_FORMAT;
		}
		out[i] = (uint8_t)c;
	}
	*out_len = in.len;
	return label == 0 ? NRS_E_FORMAT : NRS_OK;
}

static bool is_address(struct nrs_span text)
{
	struct nrs_addr addr;

	return nrs_addr_parse(text, &addr) == NRS_OK;
}

static bool is_ascii(struct nrs_span in)
{
	for (size_t i = 0; i < in.len; i++) {
		if (in.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

int nrs_canon_name(struct nrs_span in, enum nrs_canon_side side, uint8_t *out,
		   size_t *out_len)
{
	char ascii[NRS_NAME_MAX + 1];
	size_t len;

	if (side == NRS_CANON_INDICATOR && !is_ascii(in)) {
		const int err = nrs_names_to_ascii(in, ascii, &len);

		if (err != NRS_OK)
			return err;
		in = nrs_span(ascii, len);
	}
	if (ascii_name(in, out, out_len) != NRS_OK)
		return nrs_span_find(in, ':', 0) != SIZE_MAX && is_address(in)
			       ? NRS_E_UNSUPPORTED
			       : NRS_E_FORMAT;
	/* Only what ends in a digit can be an IPv4 address. */
	const uint8_t last = out[*out_len - 1];
	if (last >= '0' && last <= '9' && is_address(nrs_span(out, *out_len)))
		return NRS_E_UNSUPPORTED;
	return NRS_OK;
}

static int hex_digit(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int nrs_canon_mac(struct nrs_span in, uint8_t out[6])
{
	/* Digits between two separators: aa:bb:..., aabb.ccdd.eeff, none. */
	const size_t group = in.len == 17 ? 2 : in.len == 14 ? 4 : 12;
	size_t at = 0;

	if (in.len != 12 && in.len != 14 && in.len != 17)
		return NRS_E_FORMAT;
	for (size_t digits = 0; digits < 12; digits += 2) {
		size_t len;

		if (digits > 0 && digits % group == 0) {
			const uint8_t c = in.ptr[at++];

			if ((c != ':' && c != '-' && c != '.') ||
			    c != in.ptr[group])
				return NRS_E_FORMAT;
		}
		if (nrs_canon_hex(nrs_span_part(in, at, 2), &out[digits / 2],
				  &len) != NRS_OK)
			return NRS_E_FORMAT;
		at += 2;
	}
	return NRS_OK;
}

void nrs_canon_mac_text(const uint8_t mac[6], uint8_t out[NRS_CANON_MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 6; i++) {
		out[3 * i] = (uint8_t)digits[mac[i] >> 4];
		out[3 * i + 1] = (uint8_t)digits[mac[i] & 15];
		if (i < 5)
			out[3 * i + 2] = ':';
	}
}

int nrs_canon_hex(struct nrs_span in, uint8_t *out, size_t *out_len)
{
	if (in.len % 2 != 0)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < in.len; i += 2) {
		const int high = hex_digit(in.ptr[i]);
		const int low = hex_digit(in.ptr[i + 1]);

		if (high < 0 || low < 0)
			return NRS_E_FORMAT;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	*out_len = in.len / 2;
	return NRS_OK;
}

int nrs_canon_digits(struct nrs_span in, bool is_number, uint8_t *out,
		     size_t *out_len)
{
	size_t len = 0;

	for (size_t i = 0; i < in.len; i++) {
		const uint8_t c = nrs_ascii_lower(in.ptr[i]);

		if (c == ':' || c == '-' || c == ' ')
			continue;
		if (hex_digit(c) < 0)
			return NRS_E_FORMAT;
		if (c != '0' || len > 0 || !is_number)
			out[len++] = c;
	}
	if (len == 0 && is_number && in.len > 0)
		out[len++] = '0';
	*out_len = len;
	return len == 0 ? NRS_E_FORMAT : NRS_OK;
}

void nrs_canon_lower(struct nrs_span in, uint8_t *out)
{
	for (size_t i = 0; i < in.len; i++)
		out[i] = nrs_ascii_lower(in.ptr[i]);
}

const char *nrs_canon_hash_name(struct nrs_span in, size_t *hex_digits)
{
	static const struct {
		const char *plain, *name;
		size_t digits;
	} rows[] = {
		{"MD5", "MD5", 32},	     {"SHA1", "SHA-1", 40},
		{"SHA224", "SHA-224", 56},   {"SHA256", "SHA-256", 64},
		{"SHA384", "SHA-384", 96},   {"SHA512", "SHA-512", 128},
		{"SHA3224", "SHA3-224", 56}, {"SHA3256", "SHA3-256", 64},
		{"SHA3384", "SHA3-384", 96}, {"SHA3512", "SHA3-512", 128},
		{"SSDEEP", "SSDEEP", 0},     {"TLSH", "TLSH", 0},
	};
	char plain[16];
	size_t len = 0;

	for (size_t i = 0; i < in.len; i++) {
		if (in.ptr[i] == '-' || in.ptr[i] == '_')
			continue;
		if (len + 1 == sizeof(plain))
			return NULL;
		plain[len++] = (char)in.ptr[i];
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is_icase(nrs_span(plain, len), rows[i].plain)) {
			*hex_digits = rows[i].digits;
			return rows[i].name;
		}
	}
	return NULL;
}

struct nrs_span nrs_canon_last_name(struct nrs_span path)
{
	size_t at = path.len;

	while (at > 0 && path.ptr[at - 1] != '\\' && path.ptr[at - 1] != '/')
		at--;
	return nrs_span_from(path, at);
}
