/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_read: entries out of plain lists and out of MISP warninglists.
 */
#include "engine/base/json.h"
#include "engine/refang.h"
#include "loaders/allow_inside.h"
#include "loaders/allow_line.h"
#include "loaders/list_range.h"

#define PART_LEAST 3u /* octets of a substring */

/* The values of a shape: under which key, for which kinds. */
static const struct {
	enum nrs_allow_key key;
	uint8_t kinds;
	bool is_host;
} shapes[] = {
	[NRS_SHAPE_IPV4] = {NRS_ALLOW_KEY_PREFIX, 1u << NRS_ALLOW_ADDR, true},
	[NRS_SHAPE_IPV6] = {NRS_ALLOW_KEY_PREFIX, 1u << NRS_ALLOW_ADDR, true},
	[NRS_SHAPE_NAME] = {NRS_ALLOW_KEY_NAME, 1u << NRS_ALLOW_NAME, true},
	[NRS_SHAPE_SUBDOMAINS] = {NRS_ALLOW_KEY_BELOW, NRS_ALLOW_NAMES, true},
	[NRS_SHAPE_URL] = {NRS_ALLOW_KEY_URL, 1u << NRS_ALLOW_URL, false},
	[NRS_SHAPE_EMAIL] = {NRS_ALLOW_KEY_EMAIL, 1u << NRS_ALLOW_EMAIL, false},
	[NRS_SHAPE_MD5] = {NRS_ALLOW_KEY_HASH, 1u << NRS_ALLOW_HASH, false},
	[NRS_SHAPE_SHA1] = {NRS_ALLOW_KEY_HASH, 1u << NRS_ALLOW_HASH, false},
	[NRS_SHAPE_SHA256] = {NRS_ALLOW_KEY_HASH, 1u << NRS_ALLOW_HASH, false},
	[NRS_SHAPE_SHA384] = {NRS_ALLOW_KEY_HASH, 1u << NRS_ALLOW_HASH, false},
	[NRS_SHAPE_SHA512] = {NRS_ALLOW_KEY_HASH, 1u << NRS_ALLOW_HASH, false},
	[NRS_SHAPE_JA4] = {NRS_ALLOW_KEY_TEXT, 1u << NRS_ALLOW_TEXT, false},
};

/* Add @entry if @kinds leave it any. */
static int put_for(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		   uint8_t kinds, const char **reason)
{
	struct nrs_allow_entry one = *entry;

	one.kinds = one.kinds == 0 ? kinds : one.kinds & kinds;
	if (one.kinds != 0)
		return nrs_allow_put(a, &one, NULL);
	*reason = "a value of another kind than it says";
	return NRS_E_FORMAT;
}

static int put_prefix(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		      const struct nrs_prefix *prefix, uint8_t kinds,
		      const char **reason)
{
	struct nrs_allow_entry one = *entry;
	char text[NRS_ADDR_LEN];

	if (prefix->bits == 0 ||
	    (nrs_addr_is_v4(&prefix->addr) && prefix->bits <= 96)) {
		*reason = "a prefix of all addresses";
		return NRS_E_FORMAT;
	}
	one.key = NRS_ALLOW_KEY_PREFIX;
	one.text = nrs_span(text, nrs_prefix_format(prefix, text));
	return put_for(a, &one, kinds, reason);
}

/* ADDRESS-ADDRESS as its prefixes. */
static int put_range(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		     struct nrs_range *range, uint8_t kinds,
		     const char **reason)
{
	struct nrs_prefix prefix;
	int err = NRS_OK;

	while (err == NRS_OK && nrs_range_next(range, &prefix))
		err = put_prefix(a, entry, &prefix, kinds, reason);
	return err;
}

static int put_url(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		   struct nrs_span value, const char **reason)
{
	uint8_t room[NRS_CANON_URL_ROOM(NRS_ALLOW_VALUE_MAX)];
	struct nrs_allow_entry one = *entry;
	struct nrs_url parts;

	*reason = "a URL without a canonical form";
	if (value.len > NRS_ALLOW_VALUE_MAX ||
	    nrs_canon_url(value, NRS_CANON_INDICATOR, room, sizeof(room),
			  &parts) != NRS_OK)
		return NRS_E_FORMAT;
	one.key = NRS_ALLOW_KEY_URL;
	one.text = parts.rest;
	return put_for(a, &one, NRS_ALLOW_BIT(NRS_ALLOW_URL), reason);
}

/* The value of an entry under the key of its shape; @of_host: a name or
 * address is for the URLs of that host too. */
static int put_value(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		     struct nrs_span value, bool of_host, const char **reason)
{
	struct nrs_allow_entry one = *entry;
	const uint8_t url = of_host ? NRS_ALLOW_BIT(NRS_ALLOW_URL) : 0;
	const uint8_t addr = NRS_ALLOW_BIT(NRS_ALLOW_ADDR) | url;
	struct nrs_list_value found;
	struct nrs_prefix prefix;
	struct nrs_range range;
	bool changed, is_reversed;

	*reason = "longer than 8192 octets";
	if (value.len > sizeof(a->plain))
		return NRS_E_FORMAT;
	value = nrs_span(a->plain, nrs_refang(value, a->plain, &changed));
	if (nrs_span_find(value, '-', 0) != SIZE_MAX &&
	    nrs_range_parse(value, &range, &is_reversed))
		return put_range(a, entry, &range, addr, reason);
	if (nrs_prefix_parse(value, &prefix) == NRS_OK)
		return put_prefix(a, entry, &prefix, addr, reason);
	if (nrs_list_shape(value, a->shaped, sizeof(a->shaped), &found) !=
	    NRS_OK) {
		*reason = found.reason;
		return NRS_E_FORMAT;
	}
	*reason = "an address with a port: name the address";
	if (found.shape == NRS_SHAPE_ADDR_PORT)
		return NRS_E_FORMAT;
	if (found.shape == NRS_SHAPE_URL)
		return put_url(a, entry, found.text, reason);
	one.key = (uint8_t)shapes[found.shape].key;
	one.text = found.text;
	return put_for(a, &one,
		       (uint8_t)(shapes[found.shape].kinds |
				 (shapes[found.shape].is_host ? url : 0)),
		       reason);
}

/* A name and all below it. */
static int put_below(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		     struct nrs_span value, uint8_t kinds, const char **reason)
{
	struct nrs_allow_entry one = *entry;
	uint8_t name[NRS_CANON_NAME_ROOM];
	bool changed;
	size_t len;

	*reason = "no name";
	if (value.len > sizeof(a->plain))
		return NRS_E_FORMAT;
	value = nrs_span(a->plain, nrs_refang(value, a->plain, &changed));
	if (nrs_canon_name(value, NRS_CANON_INDICATOR, name, &len) != NRS_OK)
		return NRS_E_FORMAT;
	one.key = NRS_ALLOW_KEY_BELOW;
	one.text = nrs_span(name, len);
	return put_for(a, &one, kinds, reason);
}

/* The value as it is, in lower case. */
static int put_text(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		    enum nrs_allow_key key, struct nrs_span value,
		    const char **reason)
{
	struct nrs_allow_entry one = *entry;

	*reason = "longer than 8192 octets";
	if (value.len > sizeof(a->plain))
		return NRS_E_FORMAT;
	nrs_canon_lower(value, a->plain);
	one.key = (uint8_t)key;
	one.text = nrs_span(a->plain, value.len);
	return nrs_allow_put(a, &one, NULL);
}

static bool needs_terms(const struct nrs_allow_line *line)
{
	return line->source.len > 0 || line->why.len > 0 ||
	       line->until_ns != NRS_TIME_MAX;
}

static int set_terms(struct nrs_allow *a, const struct nrs_allow_line *line,
		     struct nrs_allow_entry *entry)
{
	struct nrs_allow_terms *terms;

	if (!needs_terms(line))
		return NRS_OK;
	terms = nrs_arena_alloc(a->table.arena, sizeof(*terms));
	if (terms == NULL)
		return NRS_E_NOMEM;
	terms->source = nrs_arena_copy(a->table.arena, line->source);
	terms->why = nrs_arena_copy(a->table.arena, line->why);
	terms->until_ns = line->until_ns;
	entry->terms = terms;
	return terms->source.len == line->source.len &&
			       terms->why.len == line->why.len
		       ? NRS_OK
		       : NRS_E_NOMEM;
}

static int take_line(struct nrs_allow *a, struct nrs_span text, uint64_t place,
		     const char **reason)
{
	struct nrs_allow_entry entry = {.place = (uint32_t)place};
	struct nrs_allow_line line;
	int err = nrs_allow_line(text, &line, reason);

	if (err != NRS_OK || line.value.len == 0)
		return err;
	err = set_terms(a, &line, &entry);
	if (err != NRS_OK)
		return err;
	entry.kinds = (uint8_t)line.kinds;
	if (line.is_suffix)
		return put_below(a, &entry, line.value,
				 NRS_ALLOW_NAMES | NRS_ALLOW_BIT(NRS_ALLOW_URL),
				 reason);
	if (entry.kinds == NRS_ALLOW_BIT(NRS_ALLOW_TEXT))
		return put_text(a, &entry, NRS_ALLOW_KEY_TEXT, line.value,
				reason);
	return put_value(a, &entry, line.value, true, reason);
}

int nrs_allow_read_plain(struct nrs_allow *a, struct nrs_span bytes,
			 struct nrs_diag *diag)
{
	struct nrs_span line;
	uint64_t place = 0;

	if (nrs_span_find(bytes, 0, 0) != SIZE_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is binary data, no exception list");
	while (nrs_span_split(&bytes, '\n', &line)) {
		const char *reason = "longer than 8192 octets";
		int err = NRS_E_FORMAT;

		place++;
		if (line.len <= NRS_ALLOW_VALUE_MAX)
			err = take_line(a, line, place, &reason);
		if (err == NRS_E_FORMAT)
			err = nrs_allow_refuse(a, place, line, reason);
		if (err == NRS_E_LIMIT)
			return nrs_diag_set(diag, err, place,
					    "holds more exceptions than there "
					    "is room for");
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

/* What MISP calls attributes, as kinds; what is not here no value has. */
static uint8_t kinds_of(const struct nrs_json *attributes)
{
	static const struct {
		const char *start;
		uint8_t kinds;
	} rows[] = {
		{"ip-", 1u << NRS_ALLOW_ADDR},
		{"domain|ip", 1u << NRS_ALLOW_ADDR | NRS_ALLOW_NAMES},
		{"domain", NRS_ALLOW_NAMES},
		{"hostname", NRS_ALLOW_NAMES},
		{"url", 1u << NRS_ALLOW_URL},
		{"uri", 1u << NRS_ALLOW_URL},
		{"link", 1u << NRS_ALLOW_URL},
		{"email", 1u << NRS_ALLOW_EMAIL},
		{"target-email", 1u << NRS_ALLOW_EMAIL},
		{"md5", 1u << NRS_ALLOW_HASH},
		{"sha", 1u << NRS_ALLOW_HASH},
		{"filename|", 1u << NRS_ALLOW_HASH},
		{"x509-fingerprint", 1u << NRS_ALLOW_HASH},
		{"ja3", 1u << NRS_ALLOW_TEXT},
		{"filename", 1u << NRS_ALLOW_TEXT},
		{"user-agent", 1u << NRS_ALLOW_TEXT},
		{"AS", 1u << NRS_ALLOW_TEXT},
	};
	uint8_t kinds = 0;

	if (!nrs_json_is(attributes, NRS_JSON_ARRAY) ||
	    attributes->child == NULL)
		return (uint8_t)((1u << NRS_ALLOW_KINDS) - 1);
	for (const struct nrs_json *e = attributes->child; e != NULL;
	     e = e->next) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			if (!nrs_span_starts(e->text, rows[i].start))
				continue;
			kinds |= rows[i].kinds;
			break;
		}
	}
	return kinds;
}

enum type { STRING, SUBSTRING, HOSTNAME, CIDR, REGEX, UNKNOWN };

static enum type type_of(struct nrs_span text)
{
	static const char *const names[] = {"string", "substring", "hostname",
					    "cidr", "regex"};
	unsigned int i = 0;

	while (i < UNKNOWN && !nrs_span_is(text, names[i]))
		i++;
	return (enum type)i;
}

/* "/EXPRESSION/flags", of which i counts; or the expression alone. */
static int put_regex(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		     struct nrs_span value, const char **reason)
{
	struct nrs_allow_entry one = *entry;
	struct nrs_expression *expression = NULL;
	bool ignores_case = true;
	size_t end = value.len;

	if (nrs_span_starts(value, "/")) {
		while (end > 1 && value.ptr[end - 1] != '/')
			end--;
		ignores_case = nrs_span_find(value, 'i', end) != SIZE_MAX;
		value = nrs_span_part(value, 1, end > 1 ? end - 2 : 0);
	}
	*reason = "no regular expression that can be read";
	if (value.len == 0)
		return NRS_E_FORMAT;
	int err = nrs_expression_new(&expression, value, ignores_case, NULL);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK)
		return NRS_E_FORMAT;
	one.key = NRS_ALLOW_KEY_REGEX;
	one.text = value;
	err = nrs_allow_put(a, &one, expression);
	*reason = "one regular expression too many";
	return err == NRS_E_LIMIT ? NRS_E_FORMAT : err;
}

/* Names and addresses by their shape; what has none stands for itself. */
static int put_string(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		      struct nrs_span value, const char **reason)
{
	const int err = put_value(a, entry, value, false, reason);

	return err == NRS_E_FORMAT
		       ? put_text(a, entry, NRS_ALLOW_KEY_TEXT, value, reason)
		       : err;
}

static int put_cidr(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		    struct nrs_span value, const char **reason)
{
	struct nrs_prefix prefix;

	*reason = "no address or prefix";
	if (nrs_prefix_parse(value, &prefix) != NRS_OK)
		return NRS_E_FORMAT;
	return put_prefix(a, entry, &prefix, NRS_ALLOW_BIT(NRS_ALLOW_ADDR),
			  reason);
}

static int take_entry(struct nrs_allow *a, enum type type,
		      const struct nrs_allow_entry *entry,
		      struct nrs_span value, const char **reason)
{
	struct nrs_prefix prefix;

	value = nrs_span_trim(value);
	*reason = "an empty entry";
	if (value.len == 0)
		return NRS_E_FORMAT;
	switch (type) {
	case STRING:
		return put_string(a, entry, value, reason);
	case HOSTNAME:
		if (nrs_prefix_parse(value, &prefix) == NRS_OK)
			return put_prefix(a, entry, &prefix,
					  NRS_ALLOW_BIT(NRS_ALLOW_ADDR) |
						  NRS_ALLOW_BIT(NRS_ALLOW_URL),
					  reason);
		if (value.ptr[0] == '.')
			value = nrs_span_from(value, 1);
		return put_below(a, entry, value,
				 NRS_ALLOW_NAMES | NRS_ALLOW_BIT(NRS_ALLOW_URL),
				 reason);
	case CIDR:
		return put_cidr(a, entry, value, reason);
	case REGEX:
		return put_regex(a, entry, value, reason);
	default:
		*reason = "a substring so short that it is in nearly anything";
		if (value.len < PART_LEAST)
			return NRS_E_FORMAT;
		return put_text(a, entry, NRS_ALLOW_KEY_PART, value, reason);
	}
}

static int take_list(struct nrs_allow *a, const struct nrs_json *root,
		     enum type type, uint8_t kinds)
{
	uint64_t place = 0;

	for (const struct nrs_json *e = nrs_json_get(root, "list")->child;
	     e != NULL; e = e->next) {
		const struct nrs_allow_entry entry = {
			.place = (uint32_t)++place, .kinds = kinds};
		const char *reason = "no text";
		int err = NRS_E_FORMAT;

		if (nrs_json_is(e, NRS_JSON_STRING))
			err = take_entry(a, type, &entry, e->text, &reason);
		if (err == NRS_E_FORMAT)
			err = nrs_allow_refuse(a, place, e->text, reason);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

static int take_root(struct nrs_allow *a, const struct nrs_json *root,
		     struct nrs_diag *diag)
{
	const struct nrs_span name = nrs_json_text(root, "name");
	const struct nrs_span text = nrs_json_text(root, "type");
	const enum type type = type_of(text);
	struct nrs_allow_list *list = &a->lists[a->list_count];

	if (!nrs_json_is(nrs_json_get(root, "list"), NRS_JSON_ARRAY))
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is JSON, but no warninglist");
	if (type == UNKNOWN)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is a warninglist of type '%.*s', which "
				    "is not known",
				    (int)(text.len > 40 ? 40 : text.len),
				    text.len > 0 ? (const char *)text.ptr : "");
	list->is_warninglist = true;
	if (name.len > 0)
		list->name = nrs_arena_copy(a->table.arena, name);
	const uint8_t kinds =
		kinds_of(nrs_json_get(root, "matching_attributes"));
	/* Of kinds that no indicator has: there is nothing to except. */
	return kinds == 0 ? NRS_OK : take_list(a, root, type, kinds);
}

int nrs_allow_read_misp(struct nrs_allow *a, struct nrs_span bytes,
			struct nrs_diag *diag)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *root = NULL;
	struct nrs_diag local = {0};
	int err = NRS_E_NOMEM;

	if (arena != NULL)
		err = nrs_json_parse(bytes, arena, &root, &local);
	if (err == NRS_OK)
		err = take_root(a, root, diag);
	else if (err != NRS_E_NOMEM)
		err = nrs_diag_set(diag, NRS_E_FORMAT, local.place,
				   "is JSON that cannot be read: byte %llu: %s",
				   (unsigned long long)local.place, local.text);
	if (err == NRS_E_LIMIT)
		err = nrs_diag_set(diag, err, 0,
				   "holds more exceptions than there is room "
				   "for");
	nrs_arena_free(arena);
	return err;
}
