/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: lines to values: comments and remarks off, hosts files and adblock
 * rules unwrapped, ranges into prefixes, duplicates of the same file dropped.
 */
#include "loaders/list.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/pattern.h"
#include "engine/refang.h"
#include "loaders/list_shape.h"

#define LINE_MAX_LEN ((size_t)8192)

struct nrs_list {
	struct nrs_set *set;
	uint32_t source;
	struct nrs_loader_options options;
	struct nrs_loader_result result;
	struct nrs_text line; /* a line that is not whole yet */
	uint64_t number;
	struct nrs_hash_key key;
	uint64_t *seen; /* hashes of values; 0 free */
	uint64_t seen_mask, seen_count;
	uint8_t plain[LINE_MAX_LEN];
	uint8_t room[NRS_SHAPE_ROOM(LINE_MAX_LEN)];
};

int nrs_list_new(struct nrs_list **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options)
{
	struct nrs_list *list =
		aligned_alloc(64, (sizeof(*list) + 63) / 64 * 64);
	uint64_t seed;

	if (list == NULL)
		return NRS_E_NOMEM;
	memset(list, 0, sizeof(*list));
	list->set = set;
	list->source = source;
	list->options = *options;
	list->seen_mask = 1023;
	list->seen = calloc(list->seen_mask + 1, sizeof(*list->seen));
	if (list->seen == NULL || nrs_random(&seed, sizeof(seed)) != NRS_OK) {
		nrs_list_free(list);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&list->key, seed);
	*out = list;
	return NRS_OK;
}

void nrs_list_free(struct nrs_list *list)
{
	if (list == NULL)
		return;
	nrs_text_fini(&list->line);
	free(list->seen);
	free(list);
}

static void insert(uint64_t *seen, uint64_t mask, uint64_t hash)
{
	uint64_t i = hash & mask;

	while (seen[i] != 0)
		i = (i + 1) & mask;
	seen[i] = hash;
}

/* 1: seen before in this list, 0: not, or NRS_E_NOMEM. A collision of 64 keyed
 * bits would drop a value: one chance in 10^7 for a million lines. */
static int is_seen(struct nrs_list *list, enum nrs_shape shape,
		   struct nrs_span text)
{
	uint64_t hash = (nrs_hash(&list->key, text) + (uint64_t)shape) | 1;

	for (uint64_t i = hash & list->seen_mask; list->seen[i] != 0;
	     i = (i + 1) & list->seen_mask) {
		if (list->seen[i] == hash)
			return 1;
	}
	if (++list->seen_count * 2 > list->seen_mask) {
		const uint64_t mask = list->seen_mask * 2 + 1;
		uint64_t *seen = calloc(mask + 1, sizeof(*seen));

		if (seen == NULL)
			return NRS_E_NOMEM;
		for (uint64_t i = 0; i <= list->seen_mask; i++) {
			if (list->seen[i] != 0)
				insert(seen, mask, list->seen[i]);
		}
		free(list->seen);
		list->seen = seen;
		list->seen_mask = mask;
	}
	insert(list->seen, list->seen_mask, hash);
	return 0;
}

static int add(struct nrs_list *list, enum nrs_shape shape,
	       struct nrs_span text)
{
	struct nrs_indicator indicator = {
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.source = list->source,
		.place = (uint32_t)list->number,
		.confidence = -1,
		.tlp = (uint8_t)list->options.default_tlp,
		.shape = (uint8_t)shape,
		.version = NRS_STIX_21};
	const int seen = is_seen(list, shape, text);

	if (seen != 0)
		return seen < 0 ? seen : NRS_OK;
	if (shape == NRS_SHAPE_NAME && list->options.subdomains)
		indicator.shape = NRS_SHAPE_SUBDOMAINS;
	indicator.pattern = nrs_arena_copy(nrs_set_arena(list->set), text);
	if (indicator.pattern.ptr == NULL)
		return NRS_E_NOMEM;
	list->result.indicators++;
	return nrs_set_add(list->set, &indicator);
}

static uint32_t v4_of(const struct nrs_addr *addr)
{
	const uint8_t *b = addr->bytes + 12;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

/* a-b: the fewest prefixes that make it up. */
static int add_range(struct nrs_list *list, const struct nrs_addr *first,
		     const struct nrs_addr *last)
{
	uint64_t at = v4_of(first);
	const uint64_t end = (uint64_t)v4_of(last) + 1;
	char text[NRS_ADDR_LEN];

	while (at < end) {
		unsigned int bits = 32;
		uint64_t size = 1;

		while (bits > 0 && at % (size * 2) == 0 &&
		       at + size * 2 <= end) {
			size *= 2;
			bits--;
		}
		const uint8_t bytes[4] = {(uint8_t)(at >> 24),
					  (uint8_t)(at >> 16),
					  (uint8_t)(at >> 8), (uint8_t)at};
		const struct nrs_prefix prefix = {
			.addr = nrs_addr_from_v4(bytes),
			.bits = (uint8_t)(96 + bits)};
		const size_t len = bits == 32
					   ? nrs_addr_format(&prefix.addr, text)
					   : nrs_prefix_format(&prefix, text);
		const int err = add(list, NRS_SHAPE_IPV4, nrs_span(text, len));

		if (err != NRS_OK)
			return err;
		at += size;
	}
	return NRS_OK;
}

/* True if @value is a range; it is added then. */
static bool is_range(struct nrs_list *list, struct nrs_span value, int *err)
{
	const size_t dash = nrs_span_find(value, '-', 0);
	struct nrs_addr first, last;

	if (dash == SIZE_MAX ||
	    nrs_addr_parse(nrs_span_trim(nrs_span_part(value, 0, dash)),
			   &first) != NRS_OK ||
	    nrs_addr_parse(nrs_span_trim(nrs_span_from(value, dash + 1)),
			   &last) != NRS_OK ||
	    !nrs_addr_is_v4(&first) || !nrs_addr_is_v4(&last) ||
	    v4_of(&first) > v4_of(&last))
		return false;
	*err = add_range(list, &first, &last);
	return true;
}

/* Comments, remarks, hosts files and adblock rules off. */
static struct nrs_span unwrap(struct nrs_span line)
{
	struct nrs_addr addr;

	line = nrs_span_trim(line);
	if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
		return nrs_span(NULL, 0);
	for (size_t i = 1; i < line.len; i++) {
		if (line.ptr[i] == '#' &&
		    (line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
			line.len = i;
	}
	line = nrs_span_trim(line);
	if (nrs_span_starts(line, "||")) {
		line = nrs_span_from(line, 2);
		return nrs_span_part(line, 0, nrs_span_find(line, '^', 0));
	}
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] != ' ' && line.ptr[i] != '\t')
			continue;
		const struct nrs_span head = nrs_span_part(line, 0, i);

		if ((nrs_span_is(head, "0.0.0.0") ||
		     nrs_span_is(head, "127.0.0.1") ||
		     nrs_span_is(head, "::") || nrs_span_is(head, "::1")) &&
		    nrs_addr_parse(head, &addr) == NRS_OK)
			return nrs_span_trim(nrs_span_from(line, i));
		break;
	}
	return line;
}

static struct nrs_span without_tail(struct nrs_span value)
{
	while (value.len > 1 &&
	       memchr(",;\"'", value.ptr[value.len - 1], 4) != NULL)
		value.len--;
	return value;
}

int nrs_list_line(struct nrs_list *list, struct nrs_span line,
		  const char **reason)
{
	struct nrs_span value = unwrap(line), text;
	enum nrs_shape shape;
	bool changed;
	int err = NRS_OK;

	*reason = NULL;
	if (value.len == 0)
		return NRS_OK;
	if (value.len > LINE_MAX_LEN) {
		*reason = "longer than 8192 octets";
		return NRS_E_LIMIT;
	}
	value = without_tail(nrs_span(
		list->plain, nrs_refang(value, list->plain, &changed)));
	if (is_range(list, value, &err))
		return err;
	if (nrs_list_shape(value, &shape, list->room, sizeof(list->room),
			   &text) != NRS_OK) {
		*reason = "no address, name, URL, hash or mail address";
		return NRS_E_FORMAT;
	}
	return add(list, shape, text);
}

static int take_line(struct nrs_list *list, struct nrs_span line)
{
	const char *reason;

	list->number++;
	if (list->number == 1 && nrs_span_starts(line, "\xef\xbb\xbf"))
		line = nrs_span_from(line, 3);
	if (nrs_span_find(line, 0, 0) != SIZE_MAX)
		return NRS_E_FORMAT;
	const int err = nrs_list_line(list, line, &reason);
	if (reason == NULL)
		return err;
	list->result.refused++;
	return nrs_set_refuse(list->set, list->source, list->number, reason);
}

int nrs_list_push(struct nrs_list *list, struct nrs_span bytes)
{
	while (bytes.len > 0) {
		const size_t end = nrs_span_find(bytes, '\n', 0);
		struct nrs_span line = nrs_span_part(bytes, 0, end);

		if (end == SIZE_MAX) {
			if (list->line.len + line.len >
			    NRS_SHAPE_ROOM(0) + LINE_MAX_LEN * 128)
				return NRS_E_FORMAT; /* no list has such lines
						      */
			nrs_text_add(&list->line, line);
			return list->line.failed ? NRS_E_NOMEM : NRS_OK;
		}
		if (list->line.len > 0) {
			nrs_text_add(&list->line, line);
			line = nrs_text_span(&list->line);
		}
		const int err = take_line(list, line);
		nrs_text_clear(&list->line);
		if (err != NRS_OK)
			return err;
		bytes = nrs_span_from(bytes, end + 1);
	}
	return NRS_OK;
}

int nrs_list_end(struct nrs_list *list, struct nrs_loader_result *result)
{
	int err = NRS_OK;

	if (list->line.len > 0)
		err = take_line(list, nrs_text_span(&list->line));
	list->result.format = "list";
	list->result.objects = list->number;
	*result = list->result;
	return err;
}
