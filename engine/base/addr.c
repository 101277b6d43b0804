/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addr: addresses and prefixes as text. Reading is our own and strict where
 * libc is lax (no leading zeros, no octal); writing follows RFC 5952.
 */
#include "engine/base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "engine/base/err.h"

static bool parse_v4(struct nrs_span text, struct nrs_addr *out)
{
	uint8_t bytes[4];
	size_t at = 0;

	for (unsigned int i = 0; i < 4; i++) {
		unsigned int value = 0, digits = 0;

		if (i > 0 && (at >= text.len || text.ptr[at++] != '.'))
			return false;
		for (; at < text.len && text.ptr[at] >= '0' &&
		       text.ptr[at] <= '9';
		     at++, digits++) {
			if (digits > 0 && value == 0)
				return false; /* a leading zero */
			value = value * 10 + (text.ptr[at] - (unsigned int)'0');
			if (value > 255)
				return false;
		}
		if (digits == 0)
			return false;
		bytes[i] = (uint8_t)value;
	}
	if (at != text.len)
		return false;
	*out = nrs_addr_from_v4(bytes);
	return true;
}

int nrs_addr_parse(struct nrs_span text, struct nrs_addr *out)
{
	char copy[INET6_ADDRSTRLEN + 1];

	if (parse_v4(text, out))
		return NRS_OK;
	if (text.len >= 2 && text.ptr[0] == '[' &&
	    text.ptr[text.len - 1] == ']')
		text = nrs_span_part(text, 1, text.len - 2);
	const size_t zone = nrs_span_find(text, '%', 0);
	if (zone != SIZE_MAX)
		text = nrs_span_part(text, 0, zone);
	if (text.len < 2 || text.len >= sizeof(copy) ||
	    nrs_span_find(text, ':', 0) == SIZE_MAX ||
	    memchr(text.ptr, 0, text.len) != NULL)
		return NRS_E_SYNTAX;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET6, copy, out->bytes) == 1 ? NRS_OK
							  : NRS_E_SYNTAX;
}

static void mask(struct nrs_prefix *prefix)
{
	for (unsigned int i = 0; i < 16; i++) {
		const unsigned int first = i * 8;

		if (first >= prefix->bits)
			prefix->addr.bytes[i] = 0;
		else if (first + 8 > prefix->bits)
			prefix->addr.bytes[i] &=
				(uint8_t)(0xff00u >> (prefix->bits - first));
	}
}

int nrs_prefix_parse(struct nrs_span text, struct nrs_prefix *out)
{
	const size_t slash = nrs_span_find(text, '/', 0);
	uint64_t bits;

	int err = nrs_addr_parse(nrs_span_part(text, 0, slash), &out->addr);
	if (err != NRS_OK)
		return err;
	out->bits = 128;
	if (slash == SIZE_MAX)
		return NRS_OK;
	const struct nrs_span digits = nrs_span_from(text, slash + 1);
	const bool is_v4 = nrs_span_find(nrs_span_part(text, 0, slash), ':',
					 0) == SIZE_MAX;
	if (digits.len > 1 && digits.ptr[0] == '0')
		return NRS_E_SYNTAX;
	err = nrs_span_u64(digits, &bits);
	if (err != NRS_OK)
		return err;
	if (bits > (is_v4 ? 32u : 128u))
		return NRS_E_RANGE;
	out->bits = (uint8_t)(bits + (is_v4 ? 96 : 0));
	mask(out);
	return NRS_OK;
}

/* The longest run of two or more zero groups, the first of equals. */
static void longest_zeros(const uint16_t groups[8], int *start, int *len)
{
	*start = -1;
	*len = 1;
	for (int i = 0; i < 8; i++) {
		int run = 0;

		while (i + run < 8 && groups[i + run] == 0)
			run++;
		if (run > *len) {
			*start = i;
			*len = run;
		}
		i += run;
	}
}

static size_t format_v6(const struct nrs_addr *addr, char out[NRS_ADDR_LEN])
{
	uint16_t groups[8];
	int start, len;
	size_t used = 0;

	for (int i = 0; i < 8; i++)
		groups[i] = (uint16_t)(addr->bytes[2 * i] << 8 |
				       addr->bytes[2 * i + 1]);
	longest_zeros(groups, &start, &len);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			out[used++] = ':';
			if (i == 0)
				out[used++] = ':';
			i += len - 1;
			if (i == 7)
				break;
			continue;
		}
		used += (size_t)snprintf(out + used, NRS_ADDR_LEN - used, "%x",
					 groups[i]);
		if (i < 7)
			out[used++] = ':';
	}
	out[used] = '\0';
	return used;
}

/* Up to three digits: printf would cost more than what asks for them. */
static size_t put_octet(uint8_t octet, char *out)
{
	size_t used = 0;

	if (octet >= 100)
		out[used++] = (char)('0' + octet / 100);
	if (octet >= 10)
		out[used++] = (char)('0' + octet / 10 % 10);
	out[used++] = (char)('0' + octet % 10);
	return used;
}

static size_t format_v4(const uint8_t *octets, char out[NRS_ADDR_LEN])
{
	size_t used = 0;

	for (unsigned int i = 0; i < 4; i++) {
		used += put_octet(octets[i], out + used);
		out[used++] = i == 3 ? '\0' : '.';
	}
	return used - 1;
}

size_t nrs_addr_format(const struct nrs_addr *addr, char out[NRS_ADDR_LEN])
{
	const uint8_t *b = addr->bytes;

	if (nrs_addr_is_v4(addr))
		return format_v4(b + 12, out);
	return format_v6(addr, out);
}

size_t nrs_prefix_format(const struct nrs_prefix *prefix,
			 char out[NRS_ADDR_LEN])
{
	size_t len = nrs_addr_format(&prefix->addr, out);
	const bool is_v4 = nrs_addr_is_v4(&prefix->addr) && prefix->bits >= 96;

	len += (size_t)snprintf(out + len, NRS_ADDR_LEN - len, "/%u",
				prefix->bits - (is_v4 ? 96u : 0u));
	return len;
}

bool nrs_prefix_contains(const struct nrs_prefix *prefix,
			 const struct nrs_addr *addr)
{
	struct nrs_prefix masked = {.addr = *addr, .bits = prefix->bits};

	mask(&masked);
	return memcmp(masked.addr.bytes, prefix->addr.bytes, 16) == 0;
}

bool nrs_prefix_is_around_v4(const struct nrs_prefix *prefix)
{
	const uint8_t zeros[4] = {0};
	const struct nrs_addr v4 = nrs_addr_from_v4(zeros);

	return prefix->bits < 96 && nrs_prefix_contains(prefix, &v4);
}

int nrs_addr_compare(const struct nrs_addr *a, const struct nrs_addr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}
