/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_trace: search for every form that an address may take. Texts are short
 * (one sighting), so each form is simply looked for.
 */
#include "sightings/own_trace.h"

#include <stdio.h>

#include "engine/base/crypto.h"

#define FORM_MAX 128

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* May @c stand beside an address that is another, longer one? */
static bool is_part(uint8_t c, bool is_v6)
{
	return (c >= '0' && c <= '9') ||
	       (is_v6 && ((lower(c) >= 'a' && lower(c) <= 'f') || c == ':'));
}

static bool matches_at(struct nrs_span text, size_t at, const char *form,
		       size_t len, bool any_case)
{
	for (size_t i = 0; i < len; i++) {
		const uint8_t c = text.ptr[at + i], want = (uint8_t)form[i];

		if (any_case ? lower(c) != lower(want) : c != want)
			return false;
	}
	return true;
}

/* @whole: digits beside it make it another address. */
static bool holds(struct nrs_span text, const char *form, bool any_case,
		  bool whole)
{
	const size_t len = strlen(form);
	const bool is_v6 = strchr(form, ':') != NULL;

	for (size_t at = 0; len > 0 && at + len <= text.len; at++) {
		if (!matches_at(text, at, form, len, any_case))
			continue;
		if (!whole || ((at == 0 || !is_part(text.ptr[at - 1], is_v6)) &&
			       (at + len == text.len ||
				!is_part(text.ptr[at + len], is_v6))))
			return true;
	}
	return false;
}

/* What base64 makes of @data, whatever stands before it: of each of the three
 * positions in its groups, those letters that @data alone decides. */
static bool holds_base64(struct nrs_span text, struct nrs_span data)
{
	for (size_t shift = 0; shift < 3; shift++) {
		uint8_t padded[3 + 64] = {0};
		char form[FORM_MAX];
		const size_t bits = 8 * (shift + data.len);
		const size_t from = (8 * shift + 5) / 6;

		if (data.len > 64)
			return false;
		memcpy(padded + shift, data.ptr, data.len);
		nrs_base64(nrs_span(padded, shift + data.len), form);
		form[bits / 6] = '\0';
		/* Four letters meet by chance in any text. */
		if (strlen(form + from) > 4 &&
		    holds(text, form + from, false, false))
			return true;
	}
	return false;
}

/* Both families as 4-digit groups without "::" and as one run. */
static bool holds_hex(struct nrs_span text, struct nrs_span raw)
{
	char form[2 * 16 + 1], groups[FORM_MAX];
	size_t len = 0;

	nrs_hex(raw, form);
	if (holds(text, form, true, false))
		return true;
	for (size_t i = 0; i < 2 * raw.len; i += 4)
		len += (size_t)snprintf(groups + len, sizeof(groups) - len,
					"%s%.4s", i == 0 ? "" : ":", form + i);
	return holds(text, groups, true, false);
}

/* ::ffff:a00:1, and 10-0-0-1 as names of hosts have it. */
static bool holds_v4_forms(struct nrs_span text, const uint8_t raw[4])
{
	char form[FORM_MAX];

	snprintf(form, sizeof(form), "::ffff:%x:%x",
		 (unsigned int)raw[0] << 8 | raw[1],
		 (unsigned int)raw[2] << 8 | raw[3]);
	if (holds(text, form, true, true))
		return true;
	snprintf(form, sizeof(form), "%u-%u-%u-%u", (unsigned int)raw[0],
		 (unsigned int)raw[1], (unsigned int)raw[2],
		 (unsigned int)raw[3]);
	return holds(text, form, true, true);
}

/* d.c.b.a, or the nibbles of RFC 3596 section 2.5. */
static bool holds_reversed(struct nrs_span text, struct nrs_span raw)
{
	char form[FORM_MAX];
	size_t len = 0;

	for (size_t i = raw.len; i-- > 0;) {
		const uint8_t c = raw.ptr[i];

		if (raw.len == 4)
			len += (size_t)snprintf(form + len, sizeof(form) - len,
						"%s%u", len == 0 ? "" : ".",
						(unsigned int)c);
		else
			len += (size_t)snprintf(form + len, sizeof(form) - len,
						"%s%x.%x", len == 0 ? "" : ".",
						(unsigned int)(c & 15),
						(unsigned int)(c >> 4));
	}
	return holds(text, form, true, true);
}

static bool trace_of(struct nrs_span text, const struct nrs_addr *addr)
{
	const bool is_v4 = nrs_addr_is_v4(addr);
	const struct nrs_span raw = is_v4 ? nrs_span(addr->bytes + 12, 4)
					  : nrs_span(addr->bytes, 16);
	char form[NRS_ADDR_LEN];

	nrs_addr_format(addr, form);
	if (is_v4 && holds_v4_forms(text, raw.ptr))
		return true;
	return holds(text, form, true, true) || holds_hex(text, raw) ||
	       holds_reversed(text, raw) || holds_base64(text, raw) ||
	       holds_base64(text, nrs_span_of(form));
}

#define WORD_MAX ((size_t)48) /* longer than any address as text */

/* An address of ours, with no digit of its own on either side? */
static bool is_own(struct nrs_span text, size_t at, size_t len,
		   const struct nrs_home_nets *home)
{
	const struct nrs_span part = nrs_span_part(text, at, len);
	const bool is_v6 = nrs_span_find(part, ':', 0) != SIZE_MAX;
	struct nrs_addr addr;

	if (at > 0 && text.ptr[at] != ':' && is_part(text.ptr[at - 1], is_v6))
		return false;
	if (at + len < text.len && is_part(text.ptr[at + len], is_v6))
		return false;
	return nrs_addr_parse(part, &addr) == NRS_OK &&
	       nrs_home_nets_hold(home, &addr);
}

/* Does one of our addresses begin at @at? Only what has the dots or colons of
 * an address is looked at: texts may be long, and a stranger's. */
static bool begins_own(struct nrs_span text, size_t at,
		       const struct nrs_home_nets *home)
{
	unsigned int dots = 0, colons = 0;

	for (size_t len = 1; len <= WORD_MAX && at + len <= text.len; len++) {
		const uint8_t last = text.ptr[at + len - 1];

		if (last != '.' && !is_part(last, true))
			return false;
		dots += last == '.';
		colons += last == ':';
		if (dots > 3)
			return false;
		if ((colons >= 2 || dots == 3) && is_own(text, at, len, home))
			return true;
	}
	return false;
}

static bool trace(struct nrs_span text, const struct nrs_home_nets *home)
{
	if (holds(text, "in-addr.arpa", true, false) ||
	    holds(text, "ip6.arpa", true, false))
		return true;
	for (size_t at = 0; at < text.len; at++) {
		if (is_part(text.ptr[at], true) && begins_own(text, at, home))
			return true;
	}
	return false;
}

static int digit_of(uint8_t c)
{
	c = lower(c);
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* @text with its %XX as octets (RFC 3986 section 2.1), as URLs have what is
 * passed in them: the colons of an address, say. False: there are none. */
static bool decode(struct nrs_text *out, struct nrs_span text)
{
	bool has_any = false;

	for (size_t i = 0; i < text.len; i++) {
		const int high = text.ptr[i] == '%' && i + 2 < text.len
					 ? digit_of(text.ptr[i + 1])
					 : -1;
		const int low = high < 0 ? -1 : digit_of(text.ptr[i + 2]);

		nrs_text_putc(out, low < 0 ? (char)text.ptr[i]
					   : (char)(high * 16 + low));
		i += low < 0 ? 0 : 2;
		has_any = has_any || low >= 0;
	}
	return has_any;
}

#define LAYERS_MAX 3 /* a URL in a URL in a URL */

/* Does @of hold what is looked for in @text, under any layer of %XX? */
static bool under_layers(struct nrs_span text, const void *what,
			 bool (*of)(struct nrs_span text, const void *what))
{
	struct nrs_text layers[LAYERS_MAX] = {{0}};
	bool found = of(text, what);

	for (unsigned int i = 0; i < LAYERS_MAX && !found; i++) {
		if (nrs_span_find(text, '%', 0) == SIZE_MAX ||
		    !decode(&layers[i], text))
			break;
		text = nrs_text_span(&layers[i]);
		/* What cannot be looked through stays here. */
		found = layers[i].failed || of(text, what);
	}
	for (unsigned int i = 0; i < LAYERS_MAX; i++)
		nrs_text_fini(&layers[i]);
	return found;
}

static bool is_addr_in(struct nrs_span text, const void *addr)
{
	return trace_of(text, addr);
}

bool nrs_own_trace_of(struct nrs_span text, const struct nrs_addr *addr)
{
	return under_layers(text, addr, is_addr_in);
}

static bool is_home_in(struct nrs_span text, const void *home)
{
	return trace(text, home);
}

bool nrs_own_trace(struct nrs_span text, const struct nrs_home_nets *home)
{
	return under_layers(text, home, is_home_in);
}
