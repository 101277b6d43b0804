/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon: canonical names, MAC addresses, hex and hash names. URLs are in
 * canon_url.c.
 */
#include "engine/canon.h"

#include "engine/names.h"

#define LABEL_MAX 63

/* What a name may hold, in lower case; 0: not. Anything printable that DNS
 * carries is kept, because names of malware do not follow host-name rules. */
static uint8_t name_byte(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (c <= ' ' || c >= 0x7f || c == '/' || c == ':' || c == '@' ||
	    c == '"' || c == '[' || c == ']')
		return 0;
	return c;
}

/* Lower case and label borders in one pass. */
static int ascii_name(struct nrs_span in, uint8_t *out, size_t *out_len)
{
	size_t label = 0;
	bool all_digits = true;

	if (in.len > 0 && in.ptr[in.len - 1] == '.')
		in.len--;
	if (in.len == 0 || in.len > NRS_NAME_MAX)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < in.len; i++) {
		const uint8_t c = name_byte(in.ptr[i]);

		if (c == '.') {
			if (label == 0)
				return NRS_E_FORMAT;
			label = 0;
		} else if (c == 0 || ++label > LABEL_MAX) {
			return NRS_E_FORMAT;
		}
		all_digits &= c == '.' || (c >= '0' && c <= '9');
		out[i] = c;
	}
	if (label == 0)
		return NRS_E_FORMAT;
	*out_len = in.len;
	return all_digits ? NRS_E_UNSUPPORTED : NRS_OK;
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
	struct nrs_addr addr;
	size_t len;
	int err;

	if (side == NRS_CANON_INDICATOR && !is_ascii(in)) {
		err = nrs_names_to_ascii(in, ascii, &len);
		if (err != NRS_OK)
			return err;
		in = nrs_span(ascii, len);
	}
	err = ascii_name(in, out, out_len);
	if (err != NRS_E_UNSUPPORTED)
		return err;
	/* Digits and dots: an address is no name, 1.2.3 is a strange one. */
	return nrs_addr_parse(in, &addr) == NRS_OK ? NRS_E_UNSUPPORTED : NRS_OK;
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
	unsigned int digits = 0;

	for (size_t i = 0; i < in.len; i++) {
		const uint8_t c = in.ptr[i];
		const int digit = hex_digit(c);

		if (digit < 0) {
			if ((c != ':' && c != '-' && c != '.') || i == 0 ||
			    i + 1 == in.len)
				return NRS_E_FORMAT;
			continue;
		}
		if (digits == 12)
			return NRS_E_FORMAT;
		out[digits / 2] =
			(uint8_t)(digits % 2 == 0 ? digit << 4
						  : out[digits / 2] | digit);
		digits++;
	}
	return digits == 12 && (in.len == 12 || in.len == 17 || in.len == 14)
		       ? NRS_OK
		       : NRS_E_FORMAT;
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
