/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_strict: one comparison of a pattern as the specification reads it
 * (section 1.3), for the strict profile.
 *
 * What is compared is what the STIX object of the traffic would say
 * (sco_txn.h): text as it was sent, numbers, octets. A test that a table can
 * answer to the letter becomes an atom of it; every other one is a scan with
 * the whole comparison table behind it (match_strict.c).
 */
#include "engine/build_few.h"
#include "engine/canon.h"
#include "engine/shown.h"
#include "engine/strict_part.h"
#include "engine/value_text.h"

/* Where a path leads. */
struct target {
	enum nrs_lane lanes[2];
	unsigned int lane_count;
	enum nrs_shown form;
	uint8_t family;
	uint16_t place;		/* of a list: number + 1; 0 any */
	struct nrs_span header; /* "Name\0" */
	bool is_joined; /* of several values, which may all be missing */
	bool is_certificate;
	bool is_mail;
	bool is_nowhere; /* it asks for an element that cannot be */
};

static const uint32_t no_regexes[2] = {NRS_NONE, NRS_NONE};

static int done(struct nrs_term *term, struct nrs_term **out)
{
	*out = term;
	return term == NULL ? NRS_E_NOMEM : NRS_OK;
}

static bool ends_in_list(const struct nrs_path *path)
{
	return path->step_count > 0 &&
	       path->steps[path->step_count - 1].kind != NRS_STEP_KEY;
}

static bool is_hash_name(struct nrs_span key)
{
	size_t digits;
	const char *name = nrs_canon_hash_name(key, &digits);

	return name != NULL && nrs_span_is(key, name);
}

/* A spelling that is met, and that no object of STIX has: why, or NULL. */
static const char *misspelt(const struct nrs_path *path,
			    const struct nrs_path_map *map)
{
	const bool is_header = map->header.len > 0;
	const bool is_hash = path->step_count == 2 &&
			     nrs_span_is(path->steps[0].key, "hashes");

	if (nrs_span_is(path->type, "http-request-ext") ||
	    nrs_span_is(path->type, "email"))
		return "no object has this type";
	if (is_hash && !is_hash_name(path->steps[1].key))
		return "no object has this property";
	for (unsigned int i = 0; i < path->step_count; i++) {
		const struct nrs_step *step = &path->steps[i];

		if (step->kind == NRS_STEP_KEY &&
		    !(is_header && i == map->header_step) &&
		    nrs_span_find(step->key, '.', 0) != SIZE_MAX)
			return "no object has this property";
	}
	if (is_header &&
	    path->step_count !=
		    map->header_step + 1 + (unsigned)ends_in_list(path))
		return "no object has this property";
	return NULL;
}

/* The element of a list that is asked for: its place, or NULL and why. */
static const char *find_place(const struct nrs_path *path, struct target *out)
{
	for (unsigned int i = 0; i < path->step_count; i++) {
		const struct nrs_step *step = &path->steps[i];

		if (step->kind != NRS_STEP_INDEX)
			continue;
		if (out->lanes[0] != NRS_LANE_PROTOCOL)
			return "the place in a list is not kept";
		out->is_nowhere = step->index < 0 || step->index >= UINT16_MAX;
		if (out->is_nowhere)
			return "no list is as long";
		out->place = (uint16_t)(step->index + 1);
	}
	return NULL;
}

static struct nrs_span header_key(struct nrs_builder *b, struct nrs_span name)
{
	uint8_t *bytes = nrs_arena_bytes(b->scratch, name.len + 1);

	if (bytes == NULL)
		return nrs_span(NULL, 0);
	memcpy(bytes, name.ptr, name.len);
	bytes[name.len] = '\0';
	return nrs_span(bytes, name.len + 1);
}

/* Why the path cannot be followed to the letter, or NULL. */
static const char *find_target(struct nrs_builder *b,
			       const struct nrs_path *path,
			       const struct nrs_path_map *map,
			       struct target *out)
{
	const char *why = misspelt(path, map);

	*out = (struct target){.lanes = {map->lane}, .lane_count = 1};
	switch (map->kind) {
	case NRS_PATH_SRC_REF:
	case NRS_PATH_SRC_TYPE:
		out->lanes[0] = NRS_LANE_SRC_ADDR;
		break;
	case NRS_PATH_DST_REF:
	case NRS_PATH_DST_TYPE:
		out->lanes[0] = NRS_LANE_DST_ADDR;
		break;
	case NRS_PATH_RESOLVES:
		out->lanes[0] = NRS_LANE_RESOLVES_ADDR;
		out->lanes[1] = NRS_LANE_RESOLVES_NAME;
		out->lane_count = 2;
		break;
	default:
		break;
	}
	out->form = nrs_shown_of(out->lanes[0]);
	if (map->kind == NRS_PATH_SRC_TYPE || map->kind == NRS_PATH_DST_TYPE)
		out->form = NRS_SHOWN_TYPE;
	out->is_certificate = nrs_span_is(path->type, "x509-certificate");
	out->is_joined = out->is_certificate || nrs_span_is(path->type, "file");
	out->is_mail = nrs_span_is(path->type, "email-message");
	if (out->lanes[0] == NRS_LANE_ADDR)
		out->family = nrs_span_is(path->type, "ipv4-addr") ? 4 : 6;
	const bool is_header = nrs_lane_kind(out->lanes[0]) == NRS_VALUE_HEADER;
	const bool is_list = is_header || nrs_lane_is_list(out->lanes[0]);
	if (why == NULL && out->form == NRS_SHOWN_NONE)
		why = "STIX has no such property";
	out->is_nowhere = why == NULL && ends_in_list(path) && !is_list;
	if (out->is_nowhere)
		why = "an element of what is no list";
	if (why == NULL)
		why = find_place(path, out);
	if (is_list && !ends_in_list(path))
		out->form = NRS_SHOWN_LIST;
	if (is_header)
		out->header = header_key(b, map->header);
	return why;
}

/* Any test, by the comparison table. */
static struct nrs_term *scan(struct nrs_builder *b, const struct target *t,
			     const struct nrs_test *test, enum nrs_lane lane,
			     const uint32_t regexes[2])
{
	struct nrs_operand *operands = nrs_arena_alloc(
		b->scratch, (test->literal_count + 1) * sizeof(*operands));
	struct nrs_scan made = {.op = (uint8_t)test->op,
				.inverted = test->negated,
				.form = (uint8_t)t->form,
				.family = t->family,
				.place = t->place,
				.regex = regexes[0],
				.characters = regexes[1],
				.header = t->header,
				.operands = operands,
				.operand_count = test->literal_count};

	if (operands == NULL)
		return NULL;
	for (unsigned int i = 0; i < test->literal_count; i++) {
		const struct nrs_literal *literal = &test->literals[i];

		operands[i].type = (uint8_t)literal->type;
		operands[i].integer = literal->integer;
		operands[i].is_real = literal->type == NRS_LIT_FLOAT;
		if (literal->type == NRS_LIT_INT ||
		    literal->type == NRS_LIT_FLOAT)
			operands[i].real = literal->real;
		operands[i].bytes = literal->bytes;
	}
	struct nrs_term *term =
		nrs_term_atom(b, nrs_build_scan(b, lane, &made));
	if (term != NULL)
		term->at_end = test->negated || test->op == NRS_OP_NE;
	return term;
}

static int scan_all(struct nrs_builder *b, const struct target *t,
		    const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_term *term = NULL;

	for (unsigned int i = 0; i < t->lane_count; i++) {
		struct nrs_term *one =
			scan(b, t, test, t->lanes[i], no_regexes);

		term = i == 0 ? one : nrs_term_either(b, term, one);
	}
	return done(term, out);
}

/* The key that a value equal to @literal has in the table of @lane. */
static bool exact_key(struct nrs_builder *b, const struct target *t,
		      enum nrs_lane lane, const struct nrs_literal *literal,
		      struct nrs_span *key)
{
	const struct nrs_span text = literal->bytes;
	uint8_t *bytes = nrs_arena_bytes(b->scratch, t->header.len + text.len +
							     sizeof(int64_t));
	char again[NRS_ADDR_LEN];
	struct nrs_addr addr;

	if (bytes == NULL)
		return false;
	switch (nrs_lane_kind(lane)) {
	case NRS_VALUE_INT:
		memcpy(bytes, &literal->integer, sizeof(int64_t));
		*key = nrs_span(bytes, sizeof(int64_t));
		return true;
	case NRS_VALUE_ADDR:
		if (nrs_addr_parse(text, &addr) != NRS_OK ||
		    !nrs_span_equal(
			    text,
			    nrs_span(again, nrs_addr_format(&addr, again))) ||
		    (t->family != 0 &&
		     nrs_addr_is_v4(&addr) != (t->family == 4)))
			return false;
		*key = nrs_arena_copy(b->scratch, nrs_span(addr.bytes, 16));
		return key->len == 16;
	default:
		if (t->header.len > 0)
			memcpy(bytes, t->header.ptr, t->header.len);
		if (text.len > 0)
			memcpy(bytes + t->header.len, text.ptr, text.len);
		*key = nrs_span(bytes, t->header.len + text.len);
		return true;
	}
}

/* Can a look-up answer whether a value equals @literal? */
static bool is_exact(const struct target *t, const struct nrs_literal *literal)
{
	if (t->place != 0)
		return false;
	switch (t->form) {
	case NRS_SHOWN_TEXT:
		return literal->type == NRS_LIT_STRING;
	case NRS_SHOWN_NUMBER:
		return literal->type == NRS_LIT_INT;
	default:
		return false;
	}
}

static const char *guard_of(const struct nrs_builder *b, enum nrs_lane lane,
			    struct nrs_span key)
{
	struct nrs_prefix prefix = {.bits = 128};

	if (!b->db->options.guards)
		return NULL;
	if (nrs_lane_kind(lane) == NRS_VALUE_NAME)
		return nrs_guard_name(key, &b->db->options.own);
	if (lane >= NRS_LANE_FILE_MD5 && lane <= NRS_LANE_FILE_SHA256)
		return nrs_guard_digest(key);
	if (nrs_lane_kind(lane) != NRS_VALUE_ADDR)
		return NULL;
	memcpy(prefix.addr.bytes, key.ptr, sizeof(prefix.addr.bytes));
	return nrs_guard_prefix(&prefix, &b->db->options.own);
}

static struct nrs_term *equal(struct nrs_builder *b, const struct target *t,
			      const struct nrs_literal *literal)
{
	struct nrs_term *term = nrs_term_never(b, "no such value");

	for (unsigned int i = 0; i < t->lane_count; i++) {
		struct nrs_span key;

		if (!exact_key(b, t, t->lanes[i], literal, &key))
			continue;
		struct nrs_term *one =
			nrs_term_atom(b, nrs_build_exact(b, t->lanes[i], key));

		if (one != NULL)
			one->guard = guard_of(b, t->lanes[i], key);
		term = nrs_term_either(b, term, one);
	}
	return term;
}

static int equal_any(struct nrs_builder *b, const struct target *t,
		     const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_term *term = nrs_term_never(b, "IN () holds nothing");

	for (unsigned int i = 0; i < test->literal_count; i++) {
		if (!is_exact(t, &test->literals[i]))
			return scan_all(b, t, test, out);
	}
	for (unsigned int i = 0; i < test->literal_count; i++)
		term = nrs_term_either(b, term,
				       equal(b, t, &test->literals[i]));
	return done(term, out);
}

/* NOT EXISTS asks for a certificate or a file that lacks the property; one is
 * seen if its digest, serial or name is. */
static int joined_without(struct nrs_builder *b, const struct target *t,
			  struct nrs_term **out)
{
	static const enum nrs_lane lanes[2][4] = {
		{NRS_LANE_FILE_MD5, NRS_LANE_FILE_SHA1, NRS_LANE_FILE_SHA256,
		 NRS_LANE_FILE_NAME},
		{NRS_LANE_CERT_MD5, NRS_LANE_CERT_SHA1, NRS_LANE_CERT_SHA256,
		 NRS_LANE_CERT_SERIAL}};
	const struct target some = {.form = NRS_SHOWN_TEXT};
	const struct nrs_test test = {.op = NRS_OP_EXISTS};
	struct nrs_term *both = nrs_term_new(b, NRS_TERM_AND);
	struct nrs_term *lacks = scan(b, t, &test, t->lanes[0], no_regexes);
	struct nrs_term *seen = NULL;

	for (size_t i = 0; i < 4; i++) {
		struct nrs_term *one =
			scan(b, &some, &test, lanes[t->is_certificate][i],
			     no_regexes);

		seen = i == 0 ? one : nrs_term_either(b, seen, one);
	}
	if (both == NULL || lacks == NULL || seen == NULL)
		return NRS_E_NOMEM;
	lacks->kind = NRS_TERM_NOT;
	lacks->at_end = true;
	seen->next = lacks;
	both->child = seen;
	return done(both, out);
}

static int exists(struct nrs_builder *b, const struct target *t,
		  const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_test positive = *test;

	positive.negated = false;
	if (test->negated && t->lane_count > 1)
		return done(nrs_term_unseen(b, "NOT EXISTS on a reference"),
			    out);
	if (test->negated && t->is_mail)
		return done(nrs_term_unseen(b, "NOT EXISTS on a mail"), out);
	if (test->negated && t->is_joined)
		return joined_without(b, t, out);
	if (test->negated &&
	    (t->lanes[0] == NRS_LANE_ADDR || t->lanes[0] == NRS_LANE_NAME ||
	     t->lanes[0] == NRS_LANE_URL || t->lanes[0] == NRS_LANE_MAC ||
	     t->lanes[0] == NRS_LANE_EMAIL_ADDR))
		return done(nrs_term_never(b, "every such object has a value"),
			    out);
	const int err = scan_all(b, t, &positive, out);
	if (err == NRS_OK && test->negated) {
		(*out)->kind = NRS_TERM_NOT;
		(*out)->at_end = true;
	}
	return err;
}

/* The same expression over characters, which NFC may have joined. */
static struct nrs_span over_characters(struct nrs_builder *b,
				       const struct nrs_test *test)
{
	nrs_text_clear(&b->key);
	if (test->op == NRS_OP_LIKE) {
		nrs_strict_like(&b->key, test->literals->bytes);
	} else {
		nrs_text_puts(&b->key, "(*UTF)");
		nrs_text_add(&b->key, test->literals->bytes);
	}
	return nrs_arena_copy(b->scratch, nrs_text_span(&b->key));
}

static int of_few(struct nrs_builder *b, const struct target *t,
		  const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_test set;
	const int err =
		t->form == NRS_SHOWN_TYPE
			? nrs_build_type_set(b, test, &set)
			: nrs_build_octet_set(b, test, NRS_LIT_BINARY, &set);

	return err == NRS_OK ? scan_all(b, t, &set, out) : err;
}

/* LIKE and MATCHES ask what the lane's expressions found: Hyperscan's word
 * holds of ASCII, where characters are octets, pcre2's of everything else. */
static int regex(struct nrs_builder *b, const struct target *t,
		 const struct nrs_test *test, struct nrs_term **out)
{
	const bool is_like = test->op == NRS_OP_LIKE;
	const enum nrs_regex_kind kind =
		t->header.len > 0 ? NRS_REGEX_PREFIX_PCRE : NRS_REGEX_PCRE;
	const enum nrs_regex_kind like =
		t->header.len > 0 ? NRS_REGEX_PREFIX_LIKE : NRS_REGEX_LIKE;
	const struct nrs_regex octets = {.kind = is_like ? like : kind,
					 .prefix = t->header,
					 .text = test->literals->bytes};
	const struct nrs_regex characters = {.kind = kind,
					     .prefix = t->header,
					     .text = over_characters(b, test)};
	struct nrs_term *term = NULL;

	if (t->form == NRS_SHOWN_TYPE || t->form == NRS_SHOWN_OCTETS)
		return of_few(b, t, test, out);
	if (t->form != NRS_SHOWN_TEXT && t->form != NRS_SHOWN_TIME)
		return scan_all(b, t, test, out);
	for (unsigned int i = 0; i < t->lane_count; i++) {
		const uint32_t atoms[2] = {
			nrs_build_regex(b, t->lanes[i], &octets),
			nrs_build_regex(b, t->lanes[i], &characters)};
		struct nrs_term *one =
			atoms[0] == NRS_NONE || atoms[1] == NRS_NONE
				? NULL
				: scan(b, t, test, t->lanes[i], atoms);

		term = i == 0 ? one : nrs_term_either(b, term, one);
	}
	return done(term, out);
}

/* Does the prefix table give the verdict of the specification? It knows IPv4
 * as a part of IPv6. */
static bool is_in_table(const struct target *t, enum nrs_lane lane,
			struct nrs_span text, struct nrs_prefix *prefix)
{
	if (nrs_lane_kind(lane) != NRS_VALUE_ADDR ||
	    t->form != NRS_SHOWN_TEXT ||
	    nrs_prefix_parse(text, prefix) != NRS_OK)
		return false;
	const bool is_v4 = prefix->bits >= 96 && nrs_addr_is_v4(&prefix->addr);
	return !nrs_prefix_is_around_v4(prefix) &&
	       (t->family == 0 || is_v4 == (t->family == 4));
}

static int subset(struct nrs_builder *b, const struct target *t,
		  const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_term *term = NULL;

	for (unsigned int i = 0; i < t->lane_count; i++) {
		const enum nrs_lane lane = t->lanes[i];
		struct nrs_prefix prefix;
		struct nrs_term *one;

		if (is_in_table(t, lane, test->literals->bytes, &prefix)) {
			one = nrs_term_atom(b,
					    nrs_build_prefix(b, lane, &prefix));
			if (one != NULL && b->db->options.guards)
				one->guard = nrs_guard_prefix(
					&prefix, &b->db->options.own);
		} else {
			one = scan(b, t, test, lane, no_regexes);
		}
		term = i == 0 ? one : nrs_term_either(b, term, one);
	}
	return done(term, out);
}

int nrs_build_strict_test(struct nrs_builder *b, const struct nrs_test *test,
			  struct nrs_term **out)
{
	struct nrs_path_map map;
	struct target t;
	const char *why;

	const int err = nrs_build_check_regex(b, test);
	if (err != NRS_OK)
		return err;
	nrs_path_map(&test->path, &map);
	if (map.kind == NRS_PATH_UNSEEN)
		return done(nrs_term_unseen(b, map.reason), out);
	if (nrs_is_payload(&map))
		return nrs_build_payload_test(b, test, &map, out);
	why = find_target(b, &test->path, &map, &t);
	if (t.is_nowhere && !(test->op == NRS_OP_EXISTS && test->negated))
		return done(nrs_term_never(b, why), out);
	if (why != NULL)
		return done(nrs_term_unseen(b, why), out);
	switch (test->op) {
	case NRS_OP_EXISTS:
		return exists(b, &t, test, out);
	case NRS_OP_EQ:
	case NRS_OP_NE:
	case NRS_OP_IN:
		return test->negated != (test->op == NRS_OP_NE)
			       ? scan_all(b, &t, test, out)
			       : equal_any(b, &t, test, out);
	case NRS_OP_LIKE:
	case NRS_OP_MATCHES:
		return regex(b, &t, test, out);
	case NRS_OP_ISSUBSET:
		return test->negated ? scan_all(b, &t, test, out)
				     : subset(b, &t, test, out);
	default:
		return scan_all(b, &t, test, out);
	}
}
