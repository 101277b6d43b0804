/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard: the rows of section 2.2. An IPv4 network is written with the 96 bits
 * in front that struct nrs_addr gives it.
 */
#include "engine/guard.h"

#include "engine/names.h"
#include "engine/tables/pcre.h"

#define V4(a, b)                                                               \
	{                                                                      \
		{                                                              \
			[10] = 0xff, [11] = 0xff, [12] = (a), [13] = (b)       \
		}                                                              \
	}
#define V4_BITS 96

static const struct {
	struct nrs_prefix net;
	const char *why;
} nets[] = {
	{{V4(0, 0), V4_BITS + 8}, "guard: 0.0.0.0/8 is nobody's address"},
	{{V4(127, 0), V4_BITS + 8}, "guard: loopback"},
	{{V4(169, 254), V4_BITS + 16}, "guard: link-local"},
	{{V4(224, 0), V4_BITS + 4}, "guard: multicast"},
	{{{{0}}, 128}, "guard: :: is nobody's address"},
	{{{{[15] = 1}}, 128}, "guard: loopback"},
	{{{{0xfe, 0x80}}, 10}, "guard: link-local"},
	{{{{0xff}}, 8}, "guard: multicast"},
};

static bool overlap(const struct nrs_prefix *a, const struct nrs_prefix *b)
{
	return nrs_prefix_contains(a, &b->addr) ||
	       nrs_prefix_contains(b, &a->addr);
}

const char *nrs_guard_prefix(const struct nrs_prefix *prefix,
			     const struct nrs_guard_own *own)
{
	const bool is_v4 =
		prefix->bits >= V4_BITS && nrs_addr_is_v4(&prefix->addr);

	for (unsigned int i = 0; i < own->allowed_count; i++) {
		if (own->allowed[i].bits <= prefix->bits &&
		    nrs_prefix_contains(&own->allowed[i], &prefix->addr))
			return NULL;
	}
	if (is_v4 && prefix->bits < V4_BITS + 8)
		return "guard: an IPv4 prefix shorter than /8";
	if (!is_v4 && prefix->bits < 16)
		return "guard: an IPv6 prefix shorter than /16";
	for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
		if (overlap(&nets[i].net, prefix))
			return nets[i].why;
	}
	for (unsigned int i = 0; i < own->count; i++) {
		if (overlap(&own->nets[i], prefix))
			return "guard: an own network";
	}
	return NULL;
}

const char *nrs_guard_name(struct nrs_span name,
			   const struct nrs_guard_own *own)
{
	for (unsigned int i = 0; i < own->name_count; i++) {
		if (nrs_span_equal(own->names[i], name))
			return NULL;
	}
	return nrs_names_is_everybodys(name) ? "guard: a public suffix" : NULL;
}

const char *nrs_guard_like(struct nrs_span like, bool is_name,
			   const struct nrs_guard_own *own)
{
	size_t any = 0;

	while (any < like.len && like.ptr[any] == '%')
		any++;
	struct nrs_span rest = nrs_span_from(like, any);
	if (any > 0 && rest.len == 0)
		return "guard: everything";
	if (any == 0 || !is_name)
		return NULL;
	if (nrs_span_starts(rest, "."))
		rest = nrs_span_from(rest, 1);
	return nrs_span_find(rest, '%', 0) == SIZE_MAX &&
			       nrs_span_find(rest, '_', 0) == SIZE_MAX
		       ? nrs_guard_name(rest, own)
		       : NULL;
}

const char *nrs_guard_regex(struct nrs_span expression)
{
	/* No octet of the one is in the other, and no value has either. */
	static const char *const probes[] = {"\x01\x02", "~~~\x7f~~~"};
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();
	struct nrs_pcre *pcre = NULL;
	unsigned int found = 0;

	if (scratch != NULL && nrs_pcre_new(&pcre, expression, NULL) == NRS_OK)
		for (unsigned int i = 0; i < 2; i++)
			found += nrs_pcre_search(pcre, scratch,
						 nrs_span_of(probes[i])) == 1;
	nrs_pcre_free(pcre);
	nrs_pcre_scratch_free(scratch);
	return found == 2 ? "guard: an expression for everything" : NULL;
}

const char *nrs_guard_digest(struct nrs_span hex)
{
	static const char *const empty[] = {
		"d41d8cd98f00b204e9800998ecf8427e",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		"7852b855",
		"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf"
		"63f6e1da274edebfe76f65fbd51ad2f14898b95b",
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921"
		"d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81"
		"a538327af927da3e"};

	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
		if (nrs_span_is_icase(hex, empty[i]))
			return "guard: the digest of an empty file";
	}
	return NULL;
}
