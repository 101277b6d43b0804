/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: the pattern's tree down to single tests. What must never match
 * alone (guard.h) is refused here once more, because an OR side of a good
 * indicator would otherwise become a counter-measure against everybody.
 */
#include "engine/measure.h"

#include "engine/canon.h"
#include "engine/path.h"

#define NODES_MAX (NRS_PATTERN_DEPTH_MAX * 4)

struct walk {
	const struct nrs_measure_sink *sink;
	struct nrs_arena *scratch;
	const char *reason; /* the first */
	int err;
};

static void refuse(struct walk *w, const char *reason)
{
	if (w->reason == NULL)
		w->reason = reason;
}

static void take(struct walk *w, const struct nrs_measure *measure,
		 const char *guard)
{
	if (guard != NULL)
		refuse(w, guard);
	else if (w->err == NRS_OK)
		w->err = w->sink->take(w->sink->ctx, measure);
}

static void take_address(struct walk *w, struct nrs_span text,
			 enum nrs_measure_side side, uint16_t port)
{
	struct nrs_measure m = {
		.kind = NRS_MEASURE_ADDR, .side = side, .port = port};

	if (nrs_prefix_parse(text, &m.prefix) != NRS_OK)
		refuse(w, "no address");
	else
		take(w, &m, nrs_guard_prefix(&m.prefix, &w->sink->own));
}

/* Letters, digits, "-", "_" and dots, one dot at least and no "-" in front:
 * what any system takes for a name, and for no option. A name with a star
 * would stand for others. */
static bool is_plain_name(struct nrs_span name)
{
	if (nrs_span_find(name, '.', 0) == SIZE_MAX || name.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		const uint8_t c = name.ptr[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '_' && c != '.')
			return false;
	}
	return true;
}

static void take_name(struct walk *w, struct nrs_span text,
		      enum nrs_measure_kind kind)
{
	uint8_t room[NRS_CANON_NAME_ROOM];
	struct nrs_measure m = {.kind = kind};
	size_t len = 0;

	if (nrs_canon_name(text, NRS_CANON_INDICATOR, room, &len) != NRS_OK) {
		refuse(w, "no domain name");
		return;
	}
	m.value = nrs_span(room, len);
	if (!is_plain_name(m.value)) {
		refuse(w, "a name with characters that no host has");
		return;
	}
	take(w, &m, nrs_guard_name(m.value, &w->sink->own));
}

static bool is_host(struct nrs_span host)
{
	struct nrs_addr addr;

	return is_plain_name(host) || nrs_addr_parse(host, &addr) == NRS_OK;
}

static void take_url(struct walk *w, struct nrs_span text)
{
	const size_t room = NRS_CANON_URL_ROOM(text.len);
	uint8_t *bytes = nrs_arena_bytes(w->scratch, room);
	struct nrs_measure m = {.kind = NRS_MEASURE_URL};
	struct nrs_url url;

	if (bytes == NULL) {
		w->err = NRS_E_NOMEM;
		return;
	}
	if (nrs_canon_url(text, NRS_CANON_INDICATOR, bytes, room, &url) !=
		    NRS_OK ||
	    !is_host(url.host)) {
		refuse(w, "no URL with one host");
		return;
	}
	m.value = url.scheme.len > 0 ? url.whole : url.rest;
	take(w, &m, NULL);
}

/* Hexadecimal digits, JA4, mail: in lower case, of the right length. */
static void take_text(struct walk *w, struct nrs_span text,
		      enum nrs_measure_kind kind)
{
	static const size_t digits[NRS_MEASURE_KINDS] = {
		[NRS_MEASURE_MD5] = 32,	   [NRS_MEASURE_SHA1] = 40,
		[NRS_MEASURE_SHA256] = 64, [NRS_MEASURE_SHA512] = 128,
		[NRS_MEASURE_CERT] = 40,   [NRS_MEASURE_JA3] = 32};
	uint8_t room[256];
	struct nrs_measure m = {.kind = kind};

	if (text.len == 0 || text.len > sizeof(room) ||
	    (digits[kind] != 0 && text.len != digits[kind])) {
		refuse(w, "a value of the wrong length");
		return;
	}
	nrs_canon_lower(text, room);
	m.value = nrs_span(room, text.len);
	for (size_t i = 0; i < m.value.len; i++) {
		const uint8_t c = room[i];
		const bool is_hex =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

		if (c <= ' ' || c >= 0x7f || (digits[kind] != 0 && !is_hex)) {
			refuse(w, "a value with characters it cannot have");
			return;
		}
	}
	const size_t at = nrs_span_find(m.value, '@', 0);
	if (kind == NRS_MEASURE_EMAIL &&
	    (at == 0 || at == SIZE_MAX ||
	     !is_plain_name(nrs_span_from(m.value, at + 1))))
		refuse(w, "no mail address");
	else
		take(w, &m, nrs_guard_digest(m.value));
}

static void take_ref(struct walk *w, struct nrs_span text,
		     enum nrs_measure_side side)
{
	struct nrs_prefix prefix;

	if (nrs_prefix_parse(text, &prefix) == NRS_OK)
		take_address(w, text, side, 0);
	else if (side == NRS_SIDE_DST)
		take_name(w, text, NRS_MEASURE_NAME);
	else
		refuse(w, "a source that is no address");
}

/* The measure that a digest of an object of @type is, or KINDS. */
static enum nrs_measure_kind digest_kind(const struct nrs_path *path)
{
	static const struct {
		const char *type, *hash;
		enum nrs_measure_kind kind;
	} rows[] = {{"file", "MD5", NRS_MEASURE_MD5},
		    {"file", "SHA-1", NRS_MEASURE_SHA1},
		    {"file", "SHA-256", NRS_MEASURE_SHA256},
		    {"file", "SHA-512", NRS_MEASURE_SHA512},
		    {"x509-certificate", "SHA-1", NRS_MEASURE_CERT}};
	size_t digits;
	const char *hash;

	if (path->step_count != 2 || path->steps[0].kind != NRS_STEP_KEY ||
	    path->steps[1].kind != NRS_STEP_KEY ||
	    !nrs_span_is(path->steps[0].key, "hashes"))
		return NRS_MEASURE_KINDS;
	hash = nrs_canon_hash_name(path->steps[1].key, &digits);
	for (size_t i = 0; hash != NULL && i < sizeof(rows) / sizeof(*rows);
	     i++) {
		if (nrs_span_is(path->type, rows[i].type) &&
		    strcmp(hash, rows[i].hash) == 0)
			return rows[i].kind;
	}
	return NRS_MEASURE_KINDS;
}

static void take_literal(struct walk *w, const struct nrs_path *path,
			 struct nrs_span text)
{
	const enum nrs_measure_kind digest = digest_kind(path);
	struct nrs_path_map map;

	nrs_path_map(path, &map);
	if (digest != NRS_MEASURE_KINDS)
		take_text(w, text, digest);
	else if (nrs_span_is(path->type, "email-addr"))
		take_text(w, text, NRS_MEASURE_EMAIL);
	else if (map.kind == NRS_PATH_SRC_REF)
		take_ref(w, text, NRS_SIDE_SRC);
	else if (map.kind == NRS_PATH_DST_REF)
		take_ref(w, text, NRS_SIDE_DST);
	else if (map.kind != NRS_PATH_LANE)
		refuse(w, "a property that no other system looks at");
	else if (map.lane == NRS_LANE_ADDR)
		take_address(w, text, NRS_SIDE_ANY, 0);
	else if (map.lane == NRS_LANE_NAME)
		take_name(w, text, NRS_MEASURE_NAME);
	else if (map.lane == NRS_LANE_URL)
		take_url(w, text);
	else if (map.lane == NRS_LANE_JA3)
		take_text(w, text, NRS_MEASURE_JA3);
	else if (map.lane == NRS_LANE_JA4)
		take_text(w, text, NRS_MEASURE_JA4);
	else
		refuse(w, "a property that no other system looks at");
}

/* LIKE '%.name': what is below it. */
static void take_like(struct walk *w, const struct nrs_test *test)
{
	struct nrs_path_map map;
	struct nrs_span text = test->literals[0].bytes;

	nrs_path_map(&test->path, &map);
	if (map.kind == NRS_PATH_LANE && map.lane == NRS_LANE_NAME &&
	    nrs_span_starts(text, "%.") &&
	    nrs_span_find(nrs_span_from(text, 2), '%', 0) == SIZE_MAX &&
	    nrs_span_find(nrs_span_from(text, 2), '_', 0) == SIZE_MAX)
		take_name(w, nrs_span_from(text, 2), NRS_MEASURE_BELOW);
	else
		refuse(w, "a pattern of text");
}

static void take_test(struct walk *w, const struct nrs_test *test)
{
	if (test->negated || test->op == NRS_OP_NE) {
		refuse(w, "wants something not to be there");
		return;
	}
	for (unsigned int i = 0; i < test->literal_count; i++) {
		if (test->literals[i].type != NRS_LIT_STRING) {
			refuse(w, "a property that no other system looks at");
			return;
		}
	}
	if (test->op == NRS_OP_LIKE) {
		take_like(w, test);
		return;
	}
	if (test->op != NRS_OP_EQ && test->op != NRS_OP_IN &&
	    test->op != NRS_OP_ISSUBSET) {
		refuse(w, "a pattern of text");
		return;
	}
	for (unsigned int i = 0; i < test->literal_count; i++)
		take_literal(w, &test->path, test->literals[i].bytes);
}

/* A number, or the text of one; 0: neither. */
static int64_t port_of(const struct nrs_literal *literal)
{
	int64_t port = literal->integer;

	if (literal->type == NRS_LIT_STRING &&
	    nrs_span_i64(literal->bytes, &port) != NRS_OK)
		port = 0;
	return port;
}

/* dst_ref.value = A AND dst_port = P: the only AND that others know. */
static void take_and(struct walk *w, const struct nrs_node *node)
{
	struct nrs_span text = {NULL, 0};
	int64_t port = -1;

	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		const struct nrs_test *test = n->u.test;
		struct nrs_path_map map;
		bool is_known = false;

		if (n->kind == NRS_NODE_TEST && test->op == NRS_OP_EQ &&
		    !test->negated) {
			nrs_path_map(&test->path, &map);
			if (map.kind == NRS_PATH_DST_REF && text.len == 0) {
				text = test->literals[0].bytes;
				is_known = true;
			} else if (map.kind == NRS_PATH_LANE &&
				   map.lane == NRS_LANE_DST_PORT && port < 0) {
				port = port_of(&test->literals[0]);
				is_known = true;
			} else if (map.kind == NRS_PATH_DST_TYPE) {
				is_known = true; /* the address has one */
			}
		}
		if (!is_known) {
			refuse(w, "wants more than one thing at once");
			return;
		}
	}
	if (text.len == 0 || port < 1 || port > 65535)
		refuse(w, "wants more than one thing at once");
	else
		take_address(w, text, NRS_SIDE_DST, (uint16_t)port);
}

static void walk(struct walk *w, const struct nrs_node *root)
{
	const struct nrs_node *way[NODES_MAX];
	size_t depth = 0;

	way[depth++] = root;
	while (depth > 0 && w->err == NRS_OK) {
		const struct nrs_node *node = way[--depth];

		if (node->kind == NRS_NODE_TEST) {
			take_test(w, node->u.test);
		} else if (node->kind == NRS_NODE_CMP_AND) {
			take_and(w, node);
		} else if (node->kind == NRS_NODE_CMP_OR ||
			   node->kind == NRS_NODE_OBS ||
			   node->kind == NRS_NODE_OBS_OR) {
			for (const struct nrs_node *n = node->child; n != NULL;
			     n = n->next) {
				if (depth == NODES_MAX) {
					refuse(w, "too many sides of an OR");
					break;
				}
				way[depth++] = n;
			}
		} else {
			refuse(w, "wants several observations, or a time");
		}
	}
}

/* ADDRESS:PORT, the address of six in brackets. */
static void take_address_port(struct walk *w, struct nrs_span value)
{
	struct nrs_span address = value;
	uint64_t port = 0;

	while (address.len > 0 && address.ptr[address.len - 1] != ':')
		address.len--;
	if (nrs_span_u64(nrs_span_from(value, address.len), &port) != NRS_OK ||
	    address.len == 0 || port == 0 || port > 65535)
		refuse(w, "no address");
	else
		take_address(w, nrs_span_part(address, 0, address.len - 1),
			     NRS_SIDE_DST, (uint16_t)port);
}

static void take_shape(struct walk *w, const struct nrs_indicator *item)
{
	switch ((enum nrs_shape)item->shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
		take_address(w, item->pattern, NRS_SIDE_ANY, 0);
		return;
	case NRS_SHAPE_NAME:
		take_name(w, item->pattern, NRS_MEASURE_NAME);
		return;
	case NRS_SHAPE_SUBDOMAINS:
		take_name(w, item->pattern, NRS_MEASURE_TREE);
		return;
	case NRS_SHAPE_URL:
		take_url(w, item->pattern);
		return;
	case NRS_SHAPE_ADDR_PORT:
		take_address_port(w, item->pattern);
		return;
	case NRS_SHAPE_EMAIL:
		take_text(w, item->pattern, NRS_MEASURE_EMAIL);
		return;
	case NRS_SHAPE_MD5:
		take_text(w, item->pattern, NRS_MEASURE_MD5);
		return;
	case NRS_SHAPE_SHA1:
		take_text(w, item->pattern, NRS_MEASURE_SHA1);
		return;
	case NRS_SHAPE_SHA256:
		take_text(w, item->pattern, NRS_MEASURE_SHA256);
		return;
	case NRS_SHAPE_SHA512:
		take_text(w, item->pattern, NRS_MEASURE_SHA512);
		return;
	case NRS_SHAPE_JA4:
		take_text(w, item->pattern, NRS_MEASURE_JA4);
		return;
	default:
		refuse(w, "a value that no other system looks at");
	}
}

int nrs_measures(const struct nrs_indicator *item, struct nrs_arena *scratch,
		 const struct nrs_measure_sink *sink, const char **reason)
{
	struct walk w = {.sink = sink, .scratch = scratch};
	struct nrs_pattern pattern;

	nrs_arena_reset(scratch);
	if (item->shape != NRS_SHAPE_PATTERN)
		take_shape(&w, item);
	else if (nrs_pattern_parse(&pattern, item->pattern,
				   (enum nrs_stix_version)item->version,
				   scratch, NULL) == NRS_OK)
		walk(&w, pattern.root);
	else
		refuse(&w, "a pattern that cannot be read");
	*reason = w.reason;
	return w.err;
}
