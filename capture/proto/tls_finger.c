/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_finger: numbers of a hello, without GREASE, written as the fingerprints
 * want them: decimal in order (JA3), hexadecimal and sorted (JA4).
 */
#include "capture/proto/tls_finger.h"

#include <stdio.h>

#include "capture/proto/wire.h"

#define EXT_SERVER_NAME 0
#define EXT_ALPN 16
#define HASH_DIGITS 12

/* Text that grows in a caller's room; full once, full for good. */
struct text {
	uint8_t *room;
	size_t cap, len;
	bool full;
};

struct numbers {
	uint16_t at[NRS_JA4_LIST_MAX];
	unsigned int count;
	bool full;
};

static bool is_grease(uint32_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void put_octet(struct text *text, uint8_t octet)
{
	if (text->len >= text->cap) {
		text->full = true;
		return;
	}
	text->room[text->len++] = octet;
}

static void put_decimal(struct text *text, uint32_t value)
{
	uint8_t digits[10];
	unsigned int count = 0;

	do {
		digits[count++] = (uint8_t)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (count > 0)
		put_octet(text, digits[--count]);
}

static void put_hex(struct text *text, uint16_t value)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned int shift = 16; shift > 0; shift -= 4)
		put_octet(text, (uint8_t)digits[value >> (shift - 4) & 15]);
}

/* ",a-b-c": a list of numbers @width octets wide, after a comma. */
static void put_list(struct text *text, struct nrs_span list,
		     unsigned int width)
{
	struct nrs_wire r = {.rest = list};
	bool is_first = true;

	put_octet(text, ',');
	while (r.rest.len >= width && !text->full) {
		const uint32_t value = nrs_wire_number(&r, width);

		if (width == 2 && is_grease(value))
			continue;
		if (!is_first)
			put_octet(text, '-');
		put_decimal(text, value);
		is_first = false;
	}
}

/* The types of the extensions, each after the last. */
static bool next_extension(struct nrs_wire *list, uint32_t *type)
{
	while (list->rest.len > 0) {
		*type = nrs_wire_number(list, 2);
		(void)nrs_wire_take(list, nrs_wire_number(list, 2));
		if (list->failed)
			return false;
		if (!is_grease(*type))
			return true;
	}
	return false;
}

static void put_extensions(struct text *text, struct nrs_span extensions)
{
	struct nrs_wire list = {.rest = extensions};
	bool is_first = true;
	uint32_t type;

	put_octet(text, ',');
	while (!text->full && next_extension(&list, &type)) {
		if (!is_first)
			put_octet(text, '-');
		put_decimal(text, type);
		is_first = false;
	}
}

static int finish(const struct text *text, struct nrs_span *out)
{
	*out = nrs_span(text->room, text->len);
	return text->full ? NRS_E_LIMIT : NRS_OK;
}

int nrs_tls_ja3(const struct nrs_tls_client_hello *hello, uint8_t *room,
		size_t cap, struct nrs_span *text)
{
	struct text t = {.room = room, .cap = cap};

	put_decimal(&t, hello->legacy_version);
	put_list(&t, hello->cipher_suites, 2);
	put_extensions(&t, hello->extensions);
	put_list(&t, hello->groups, 2);
	put_list(&t, hello->point_formats, 1);
	return finish(&t, text);
}

int nrs_tls_ja3s(const struct nrs_tls_server_hello *hello, uint8_t *room,
		 size_t cap, struct nrs_span *text)
{
	struct text t = {.room = room, .cap = cap};

	put_decimal(&t, hello->legacy_version);
	put_octet(&t, ',');
	put_decimal(&t, hello->cipher_suite);
	put_extensions(&t, hello->extensions);
	return finish(&t, text);
}

static void add(struct numbers *numbers, uint32_t value)
{
	if (numbers->count == NRS_JA4_LIST_MAX) {
		numbers->full = true;
		return;
	}
	numbers->at[numbers->count++] = (uint16_t)value;
}

static void add_pairs(struct numbers *numbers, struct nrs_span pairs)
{
	struct nrs_wire r = {.rest = pairs};

	while (r.rest.len >= 2 && !numbers->full) {
		const uint32_t value = nrs_wire_number(&r, 2);

		if (!is_grease(value))
			add(numbers, value);
	}
}

/* By insertion: the list is short, and the heap is not ours here. */
static void sort(struct numbers *numbers)
{
	for (unsigned int i = 1; i < numbers->count; i++) {
		const uint16_t value = numbers->at[i];
		unsigned int j = i;

		for (; j > 0 && numbers->at[j - 1] > value; j--)
			numbers->at[j] = numbers->at[j - 1];
		numbers->at[j] = value;
	}
}

static void put_numbers(struct text *text, const struct numbers *numbers)
{
	for (unsigned int i = 0; i < numbers->count; i++) {
		if (i > 0)
			put_octet(text, ',');
		put_hex(text, numbers->at[i]);
	}
}

static void put_hash(char *out, struct nrs_hasher *hasher,
		     const struct text *text)
{
	uint8_t sum[NRS_SHA256_LEN];

	nrs_hasher_sha256(hasher, nrs_span(text->room, text->len), sum);
	nrs_hex(nrs_span(sum, HASH_DIGITS / 2), out);
}

static const char *short_version(const struct nrs_tls_client_hello *hello)
{
	struct nrs_wire r = {.rest = hello->supported_versions};
	uint32_t highest = 0;

	while (r.rest.len >= 2) {
		const uint32_t value = nrs_wire_number(&r, 2);

		if (!is_grease(value) && value > highest)
			highest = value;
	}
	switch (highest != 0 ? highest : hello->legacy_version) {
	case 0x0304:
		return "13";
	case 0x0303:
		return "12";
	case 0x0302:
		return "11";
	case 0x0301:
		return "10";
	case 0x0300:
		return "s3";
	case 0x0002:
		return "s2";
	case 0xfeff:
		return "d1";
	case 0xfefd:
		return "d2";
	case 0xfefc:
		return "d3";
	default:
		return "00";
	}
}

static bool is_alphanumeric(uint8_t octet)
{
	return (octet >= '0' && octet <= '9') ||
	       (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
}

/* First and last character of the first protocol offered, or of its hex. */
static void short_alpn(struct nrs_span alpn, char out[3])
{
	struct nrs_wire r = {.rest = alpn};
	const struct nrs_span name = nrs_wire_take(&r, nrs_wire_number(&r, 1));
	char hex[5];

	memcpy(out, "00", 3);
	if (name.len == 0)
		return;
	const uint8_t ends[2] = {name.ptr[0], name.ptr[name.len - 1]};
	nrs_hex(nrs_span(ends, 2), hex);
	const bool is_text =
		is_alphanumeric(ends[0]) && is_alphanumeric(ends[1]);
	out[0] = is_text ? (char)ends[0] : hex[0];
	out[1] = is_text ? (char)ends[1] : hex[3];
}

int nrs_tls_ja4(const struct nrs_tls_client_hello *hello, char transport,
		struct nrs_hasher *hasher, char out[NRS_JA4_LEN + 1])
{
	uint8_t room[NRS_JA4_LIST_MAX * 10 + 1];
	char suite_hash[HASH_DIGITS + 1] = "000000000000";
	char extension_hash[HASH_DIGITS + 1] = "000000000000";
	struct text text = {.room = room, .cap = sizeof(room)};
	struct numbers suites = {0}, extensions = {0}, signatures = {0};
	struct nrs_wire list = {.rest = hello->extensions};
	unsigned int extension_count = 0;
	bool is_named = false;
	char alpn[3];
	uint32_t type;

	add_pairs(&suites, hello->cipher_suites);
	add_pairs(&signatures, hello->signatures);
	while (next_extension(&list, &type)) {
		extension_count++;
		if (type == EXT_SERVER_NAME)
			is_named = true;
		else if (type != EXT_ALPN)
			add(&extensions, type);
	}
	if (suites.full || extensions.full || signatures.full)
		return NRS_E_LIMIT;
	sort(&suites);
	sort(&extensions);
	put_numbers(&text, &suites);
	if (suites.count > 0)
		put_hash(suite_hash, hasher, &text);
	text.len = 0;
	put_numbers(&text, &extensions);
	if (signatures.count > 0)
		put_octet(&text, '_');
	put_numbers(&text, &signatures);
	if (extensions.count > 0)
		put_hash(extension_hash, hasher, &text);
	short_alpn(hello->alpn, alpn);
	snprintf(out, NRS_JA4_LEN + 1, "%c%s%c%02u%02u%s_%s_%s", transport,
		 short_version(hello), is_named ? 'd' : 'i',
		 suites.count > 99 ? 99 : suites.count,
		 extension_count > 99 ? 99 : extension_count, alpn, suite_hash,
		 extension_hash);
	return NRS_OK;
}

struct nrs_span nrs_tls_version_name(uint16_t version, char room[24])
{
	static const char *const names[] = {"SSLv3", "TLSv1", "TLS 1.1",
					    "TLS 1.2", "TLS 1.3"};

	if (version >= 0x0300 && version <= 0x0304)
		return nrs_span_of(names[version - 0x0300]);
	if (version >= 0xfefc && version != 0xfefe)
		return nrs_span_of(version == 0xfeff   ? "DTLS 1.0"
				   : version == 0xfefd ? "DTLS 1.2"
						       : "DTLS 1.3");
	if (version >> 8 == 0x7f)
		snprintf(room, 24, "TLS 1.3 draft-%02u", version & 0xffu);
	else if (version >> 8 == 0xfb)
		snprintf(room, 24, "TLS 1.3 draft-%02u-fb", version & 0xffu);
	else
		snprintf(room, 24, "0x%04x", version);
	return nrs_span_of(room);
}
