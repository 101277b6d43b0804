/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addr: IP addresses and prefixes. One form for both families: 16 bytes, an
 * IPv4 address as ::ffff:a.b.c.d, so that one key, one comparison and one
 * prefix table serve both. A prefix length counts in those 128 bits.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_addr {
	uint8_t bytes[16];
};

struct nrs_prefix {
	struct nrs_addr addr; /* host bits are zero */
	uint8_t bits;	      /* 0 to 128; IPv4 /24 is 120 */
};

/* Longest text of nrs_addr_format and nrs_prefix_format, with NUL. */
#define NRS_ADDR_LEN 50

static inline bool nrs_addr_is_v4(const struct nrs_addr *addr)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0,    0,
					   0, 0, 0, 0, 0xff, 0xff};

	return memcmp(addr->bytes, mapped, sizeof(mapped)) == 0;
}

/* Inline, and made of whole words: once per packet, and read as words next. */
static inline struct nrs_addr nrs_addr_from_v4(const uint8_t bytes[4])
{
	const bool is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	struct nrs_addr addr;
	uint64_t words[2] = {0, 0};
	uint32_t last;

	memcpy(&last, bytes, sizeof(last));
	words[1] = is_little ? (uint64_t)last << 32 | 0xffff0000u
			     : (uint64_t)0xffff << 32 | last;
	memcpy(addr.bytes, words, sizeof(words));
	return addr;
}

static inline struct nrs_addr nrs_addr_from_v6(const uint8_t bytes[16])
{
	struct nrs_addr addr;

	memcpy(addr.bytes, bytes, sizeof(addr.bytes));
	return addr;
}

/*
 * IPv4 strictly d.d.d.d without leading zeros; IPv6 by RFC 4291 text rules,
 * also [bracketed], a %zone is cut. ::ffff:a.b.c.d is IPv4. NRS_E_SYNTAX.
 */
int nrs_addr_parse(struct nrs_span text, struct nrs_addr *out);

/* ADDRESS or ADDRESS/BITS; host bits are masked. NRS_E_SYNTAX, NRS_E_RANGE. */
int nrs_prefix_parse(struct nrs_span text, struct nrs_prefix *out);

/* RFC 5952; IPv4 dotted. Returns the length. */
size_t nrs_addr_format(const struct nrs_addr *addr, char out[NRS_ADDR_LEN]);

/* As above with /BITS in the family's own count (IPv4 0 to 32). */
size_t nrs_prefix_format(const struct nrs_prefix *prefix,
			 char out[NRS_ADDR_LEN]);

bool nrs_prefix_contains(const struct nrs_prefix *prefix,
			 const struct nrs_addr *addr);

/* A prefix of IPv6 that holds all of IPv4, as it is written here, though no
 * address of IPv4 is meant by it. */
bool nrs_prefix_is_around_v4(const struct nrs_prefix *prefix);

int nrs_addr_compare(const struct nrs_addr *a, const struct nrs_addr *b);
