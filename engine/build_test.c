/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_test: one comparison of a pattern as a term over atoms.
 *
 * What can be looked up becomes an exact, suffix, prefix or regex atom; IN is
 * an OR of them. Everything inverted or ordered becomes a scan of the lane.
 */
#include "engine/build_few.h"
#include "engine/build_like.h"
#include "engine/build_operand.h"

#include <stdio.h>

#include "engine/canon.h"

static uint8_t family_of(const struct nrs_test *test)
{
	if (nrs_span_is(test->path.type, "ipv4-addr"))
		return 4;
	return nrs_span_is(test->path.type, "ipv6-addr") ? 6 : 0;
}

/* "name\0" of a header lane, in the scratch arena; else empty. */
static struct nrs_span header_key(struct nrs_builder *b,
				  const struct nrs_path_map *map)
{
	uint8_t *bytes;

	if (map->kind != NRS_PATH_LANE ||
	    nrs_lane_kind(map->lane) != NRS_VALUE_HEADER)
		return nrs_span(NULL, 0);
	bytes = nrs_arena_bytes(b->scratch, map->header.len + 1);
	if (bytes == NULL)
		return nrs_span(NULL, 0);
	nrs_canon_lower(map->header, bytes);
	/* Mail's x_mailer is X-Mailer. */
	for (size_t i = 0; i < map->header.len; i++) {
		if (map->lane == NRS_LANE_MAIL_HEADER && bytes[i] == '_' &&
		    nrs_lenient(b, NRS_LENIENT_PATHS))
			bytes[i] = '-';
	}
	bytes[map->header.len] = '\0';
	return nrs_span(bytes, map->header.len + 1);
}

/* Lanes of a path where the literal does not decide: regexes, EXISTS. */
static unsigned int open_lanes(struct nrs_builder *b,
			       const struct nrs_path_map *map,
			       enum nrs_lane lanes[2])
{
	switch (map->kind) {
	case NRS_PATH_SRC_REF:
		lanes[0] = NRS_LANE_SRC_ADDR;
		return 1;
	case NRS_PATH_DST_REF:
		lanes[0] = NRS_LANE_DST_ADDR;
		lanes[1] = NRS_LANE_DST_NAME;
		return nrs_lenient(b, NRS_LENIENT_NAMES) ? 2 : 1;
	case NRS_PATH_RESOLVES:
		lanes[0] = NRS_LANE_RESOLVES_ADDR;
		lanes[1] = NRS_LANE_RESOLVES_NAME;
		return 2;
	default:
		lanes[0] = map->lane;
		return 1;
	}
}

static bool has_star_host(struct nrs_span url)
{
	const size_t scheme = nrs_span_find_text(url, "://");

	return nrs_span_starts(
		scheme == SIZE_MAX ? url : nrs_span_from(url, scheme + 3), "*");
}

static int guarded_atom(struct nrs_builder *b, uint32_t atom, const char *guard,
			struct nrs_term **out)
{
	*out = nrs_term_atom(b, atom);
	if (*out == NULL)
		return NRS_E_NOMEM;
	(*out)->guard = b->db->options.guards ? guard : NULL;
	return NRS_OK;
}

/* Digests of nothing are refused, of kinds that are not extracted too. */
static const char *digest_guard(const struct nrs_builder *b,
				const struct nrs_test *test)
{
	const char *guard = NULL;

	if (!b->db->options.guards || test->negated ||
	    (test->op != NRS_OP_EQ && test->op != NRS_OP_IN) ||
	    !nrs_span_is(test->path.type, "file") ||
	    test->path.step_count == 0 ||
	    !nrs_span_is(test->path.steps[0].key, "hashes"))
		return NULL;
	for (unsigned int i = 0; i < test->literal_count && guard == NULL; i++)
		guard = nrs_guard_digest(
			nrs_span_trim(test->literals[i].bytes));
	return guard;
}

/* A subnet as an atom. In the table, where IPv4 is a part of IPv6, a wide
 * prefix of IPv6 would hold all of IPv4: that is tried by itself. */
static uint32_t subnet_atom(struct nrs_builder *b, enum nrs_lane lane,
			    const struct nrs_prefix *prefix)
{
	struct nrs_operand operand = {.prefix = *prefix};
	const struct nrs_scan scan = {.op = NRS_OP_ISSUBSET,
				      .operands = &operand,
				      .operand_count = 1};

	return nrs_prefix_is_around_v4(prefix)
		       ? nrs_build_scan(b, lane, &scan)
		       : nrs_build_prefix(b, lane, prefix);
}

/* A leniency that the test needs is off: the reason is set. */
static int unseen(struct nrs_builder *b, struct nrs_term **out)
{
	*out = nrs_term_new(b, NRS_TERM_UNSEEN);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* = and IN with a prefix mean the subnet. */
static int check_subnet(struct nrs_builder *b, enum nrs_lane lane,
			const struct nrs_operand *operand)
{
	return nrs_lane_kind(lane) != NRS_VALUE_ADDR ||
			       operand->prefix.bits == 128 ||
			       nrs_lenient(b, NRS_LENIENT_CIDR)
		       ? NRS_OK
		       : NRS_E_UNSUPPORTED;
}

/* One literal of = or IN that a table can look up. */
static int equal_term(struct nrs_builder *b, const struct nrs_path_map *map,
		      const struct nrs_literal *literal, struct nrs_term **out)
{
	const enum nrs_lane lane = nrs_operand_lane(b, map, literal);
	struct nrs_operand operand;
	const char *guard = NULL;
	uint32_t atom;

	if (lane == NRS_LANE_COUNT)
		return unseen(b, out);
	if (nrs_lane_kind(lane) == NRS_VALUE_URL &&
	    has_star_host(literal->bytes)) {
		*out = nrs_term_unseen(b, "a URL with a pattern as its host");
		return *out == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	const enum nrs_value_kind kind = nrs_lane_kind(lane);
	int err = nrs_operand_make(b, lane, map, literal, &operand);
	if (err == NRS_OK)
		err = check_subnet(b, lane, &operand);
	if (err == NRS_E_UNSUPPORTED)
		return unseen(b, out);
	if (err != NRS_OK)
		return err;
	if (kind == NRS_VALUE_ADDR) {
		guard = nrs_guard_prefix(&operand.prefix, &b->db->options.own);
		atom = subnet_atom(b, lane, &operand.prefix);
	} else if (kind == NRS_VALUE_INT || kind == NRS_VALUE_TIME) {
		if (operand.is_real &&
		    operand.real != (double)operand.integer) {
			*out = nrs_term_never(b, "never equals an integer");
			return *out == NULL ? NRS_E_NOMEM : NRS_OK;
		}
		atom = nrs_build_exact(b, lane, nrs_span(&operand.integer, 8));
	} else if (kind == NRS_VALUE_NAME &&
		   (b->db->options.subdomains ||
		    nrs_span_starts(nrs_span_trim(literal->bytes), "*."))) {
		guard = nrs_guard_name(operand.bytes, &b->db->options.own);
		atom = nrs_build_suffix(b, lane, operand.bytes);
	} else {
		if (kind == NRS_VALUE_NAME)
			guard = nrs_guard_name(operand.bytes,
					       &b->db->options.own);
		else if (lane == NRS_LANE_REQUEST_VALUE &&
			 map->lane == NRS_LANE_URL &&
			 nrs_span_is(operand.bytes, "/"))
			guard = "guard: the front page of any host";
		else if (lane >= NRS_LANE_FILE_MD5 &&
			 lane <= NRS_LANE_FILE_SHA256)
			guard = nrs_guard_digest(operand.bytes);
		atom = nrs_build_exact(b, lane, operand.bytes);
	}
	return guarded_atom(b, atom, guard, out);
}

static int any_equal(struct nrs_builder *b, const struct nrs_path_map *map,
		     const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_term *term = NULL;

	if (test->literal_count == 0) {
		*out = nrs_term_never(b, "IN () holds nothing");
		return *out == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	for (unsigned int i = 0; i < test->literal_count; i++) {
		struct nrs_term *one;
		const int err = equal_term(b, map, &test->literals[i], &one);

		if (err != NRS_OK)
			return err;
		term = term == NULL ? one : nrs_term_either(b, term, one);
		if (term == NULL)
			return NRS_E_NOMEM;
	}
	*out = term;
	return NRS_OK;
}

/* A scan over the lane that the first literal leads to. */
static int scan_term(struct nrs_builder *b, const struct nrs_path_map *map,
		     const struct nrs_test *test, struct nrs_scan *scan,
		     struct nrs_term **out)
{
	const unsigned int count = test->literal_count;
	enum nrs_lane lane = map->lane;
	struct nrs_operand *operands =
		nrs_arena_alloc(b->scratch, (count + 1) * sizeof(*operands));

	if (operands == NULL)
		return NRS_E_NOMEM;
	if (count > 0)
		lane = nrs_operand_lane(b, map, &test->literals[0]);
	else if (map->kind != NRS_PATH_LANE)
		lane = NRS_LANE_COUNT;
	if (lane == NRS_LANE_COUNT)
		return unseen(b, out);
	for (unsigned int i = 0; i < count; i++) {
		int err = nrs_operand_make(b, lane, map, &test->literals[i],
					   &operands[i]);

		if (err == NRS_OK && scan->op == NRS_OP_IN)
			err = check_subnet(b, lane, &operands[i]);
		if (err == NRS_E_UNSUPPORTED)
			return unseen(b, out);
		if (err != NRS_OK)
			return err;
	}
	scan->operands = operands;
	scan->operand_count = count;
	scan->family = family_of(test);
	scan->header = header_key(b, map);
	*out = nrs_term_atom(b, nrs_build_scan(b, lane, scan));
	if (*out == NULL)
		return NRS_E_NOMEM;
	(*out)->at_end = scan->inverted;
	return NRS_OK;
}

static int exists_term(struct nrs_builder *b, const struct nrs_path_map *map,
		       const struct nrs_test *test, struct nrs_term **out)
{
	enum nrs_lane lanes[2];
	const unsigned int count = open_lanes(b, map, lanes);
	const struct nrs_scan scan = {.op = NRS_OP_EXISTS,
				      .family = family_of(test),
				      .header = header_key(b, map)};
	struct nrs_term *term = NULL;

	if (test->negated && map->kind == NRS_PATH_DST_REF) {
		*out = nrs_term_never(b, "every flow has a destination");
		return *out == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	for (unsigned int i = 0; i < count; i++) {
		struct nrs_term *one =
			nrs_term_atom(b, nrs_build_scan(b, lanes[i], &scan));

		if (one == NULL)
			return NRS_E_NOMEM;
		if (test->negated) {
			one->kind = NRS_TERM_NOT;
			one->at_end = true;
		}
		term = term == NULL ? one : nrs_term_either(b, term, one);
	}
	if (term != NULL && test->negated && count > 1)
		term->kind = NRS_TERM_AND; /* none of them is there */
	*out = term;
	return term == NULL ? NRS_E_NOMEM : NRS_OK;
}

static uint32_t regex_atom(struct nrs_builder *b, enum nrs_lane lane,
			   const struct nrs_path_map *map,
			   const struct nrs_test *test, const char **guard)
{
	const bool is_like = test->op == NRS_OP_LIKE;
	const bool is_header = nrs_lane_kind(lane) == NRS_VALUE_HEADER;
	struct nrs_regex regex = {.text = nrs_like_text(b, lane, test),
				  .prefix = header_key(b, map)};

	if (!is_header && !is_like)
		*guard = nrs_guard_regex(regex.text);
	else if (!is_header)
		*guard = nrs_guard_like(regex.text,
					nrs_lane_kind(lane) == NRS_VALUE_NAME,
					&b->db->options.own);
	if (is_header)
		regex.kind =
			is_like ? NRS_REGEX_PREFIX_LIKE : NRS_REGEX_PREFIX_PCRE;
	else
		regex.kind = is_like ? NRS_REGEX_LIKE : NRS_REGEX_PCRE;
	return nrs_build_regex(b, lane, &regex);
}

/* A number is no text: LIKE and MATCHES are false, and so true under NOT; but
 * a _hex property is an octet, as which it is tried. */
static int number_regex(struct nrs_builder *b, const struct nrs_path_map *map,
			const struct nrs_test *test, struct nrs_term **out)
{
	struct nrs_scan scan = {.op = NRS_OP_EXISTS};
	struct nrs_test set = *test;

	if (map->is_hex) {
		const int err = nrs_build_octet_set(b, test, NRS_LIT_INT, &set);

		scan.op = NRS_OP_IN;
		scan.inverted = test->negated;
		return err == NRS_OK ? scan_term(b, map, &set, &scan, out)
				     : err;
	}
	*out = test->negated
		       ? nrs_term_atom(b, nrs_build_scan(b, map->lane, &scan))
		       : nrs_term_never(b, "a number is no text");
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* LIKE or MATCHES over one lane. Of what it finds only what is not inverted,
 * and of any family, needs no further look at the value. */
static uint32_t like_atom(struct nrs_builder *b, enum nrs_lane lane,
			  const struct nrs_path_map *map,
			  const struct nrs_test *test, const char **guard)
{
	struct nrs_prefix prefix;
	struct nrs_scan scan = {.op = NRS_OP_LIKE,
				.inverted = test->negated,
				.family = family_of(test),
				.header = header_key(b, map)};

	if (nrs_lane_kind(lane) == NRS_VALUE_ADDR && !test->negated &&
	    nrs_like_octets(test, &prefix)) {
		*guard = nrs_guard_prefix(&prefix, &b->db->options.own);
		return nrs_build_prefix(b, lane, &prefix);
	}
	scan.regex = regex_atom(b, lane, map, test, guard);
	return scan.regex == NRS_NONE || (!scan.inverted && scan.family == 0)
		       ? scan.regex
		       : nrs_build_scan(b, lane, &scan);
}

static int regex_term(struct nrs_builder *b, const struct nrs_path_map *map,
		      const struct nrs_test *test, struct nrs_term **out)
{
	enum nrs_lane lanes[2];
	unsigned int count = open_lanes(b, map, lanes);
	const enum nrs_value_kind kind = nrs_lane_kind(lanes[0]);
	struct nrs_term *term = NULL;

	if (kind == NRS_VALUE_INT)
		return number_regex(b, map, test, out);
	if (test->negated && map->kind == NRS_PATH_DST_REF) {
		*out = nrs_term_unseen(b, "NOT LIKE of a destination that is "
					  "an address and names");
		return *out == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	if (lanes[0] == NRS_LANE_URL && test->op == NRS_OP_LIKE)
		count = nrs_like_url_lanes(test->literals[0].bytes, lanes);
	for (unsigned int i = 0; i < count; i++) {
		const char *guard = NULL;
		struct nrs_term *one = nrs_term_atom(
			b, like_atom(b, lanes[i], map, test, &guard));
		if (one == NULL)
			return NRS_E_NOMEM;
		one->at_end = test->negated;
		if (b->db->options.guards && !test->negated)
			one->guard = guard;
		term = term == NULL ? one : nrs_term_either(b, term, one);
	}
	if (term != NULL && test->negated && kind == NRS_VALUE_URL && count > 1)
		term->kind = NRS_TERM_AND; /* it is like it in neither form */
	*out = term;
	return term == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* ISSUBSET and ISSUPERSET that are not inverted. */
static int subnet_term(struct nrs_builder *b, const struct nrs_path_map *map,
		       const struct nrs_test *test, struct nrs_term **out)
{
	const enum nrs_lane lane = nrs_operand_lane(b, map, test->literals);
	struct nrs_operand operand;

	if (lane == NRS_LANE_COUNT || nrs_lane_kind(lane) != NRS_VALUE_ADDR) {
		snprintf(b->reason, sizeof(b->reason), "%s wants an address",
			 test->op == NRS_OP_ISSUBSET ? "ISSUBSET"
						     : "ISSUPERSET");
		return NRS_E_FORMAT;
	}
	const int err =
		nrs_operand_make(b, lane, map, test->literals, &operand);
	if (err != NRS_OK)
		return err;
	if (test->op == NRS_OP_ISSUPERSET && operand.prefix.bits < 128)
		*out = nrs_term_never(b, "no single address holds a subnet");
	else
		return guarded_atom(
			b, subnet_atom(b, lane, &operand.prefix),
			nrs_guard_prefix(&operand.prefix, &b->db->options.own),
			out);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* hashes.X where X is no name of STIX's vocabulary. */
static bool is_odd_hash(const struct nrs_path *path)
{
	const char *name;
	size_t digits;

	if (path->steps == NULL || path->step_count != 2 ||
	    !nrs_span_is(path->steps[0].key, "hashes") ||
	    path->steps[1].kind != NRS_STEP_KEY)
		return false;
	name = nrs_canon_hash_name(path->steps[1].key, &digits);
	return name == NULL || !nrs_span_is(path->steps[1].key, name);
}

/* False: the path needs a leniency that is off. */
static bool is_allowed(struct nrs_builder *b, const struct nrs_path *path,
		       const struct nrs_path_map *map)
{
	const bool is_list = map->kind == NRS_PATH_LANE &&
			     (nrs_lane_kind(map->lane) == NRS_VALUE_HEADER ||
			      nrs_lane_is_list(map->lane));
	bool is_whole = true, is_loose = false;

	for (unsigned int i = 0; path->steps != NULL && i < path->step_count;
	     i++) {
		is_whole = path->steps[i].kind == NRS_STEP_KEY;
		is_loose |= path->steps[i].kind == NRS_STEP_INDEX;
	}
	is_loose |= is_list && is_whole;
	if (is_loose && !nrs_lenient(b, NRS_LENIENT_LISTS))
		return false;
	if (is_odd_hash(path) && !nrs_lenient(b, NRS_LENIENT_HASHES))
		return false;
	return (!nrs_span_is(path->type, "http-request-ext") &&
		!nrs_span_is(path->type, "email")) ||
	       nrs_lenient(b, NRS_LENIENT_PATHS);
}

int nrs_build_test(struct nrs_builder *b, const struct nrs_test *test,
		   struct nrs_term **out)
{
	struct nrs_path_map map;
	struct nrs_scan scan = {.op = (uint8_t)test->op,
				.inverted = test->negated};

	if (b->db->options.strict)
		return nrs_build_strict_test(b, test, out);
	const int err = nrs_build_check_regex(b, test);
	if (err != NRS_OK)
		return err;
	nrs_path_map(&test->path, &map);
	if (map.kind != NRS_PATH_UNSEEN && !is_allowed(b, &test->path, &map))
		return unseen(b, out);
	if (map.kind == NRS_PATH_UNSEEN) {
		*out = nrs_term_unseen(b, map.reason);
		if (*out == NULL)
			return NRS_E_NOMEM;
		(*out)->guard = digest_guard(b, test);
		return NRS_OK;
	}
	if (nrs_is_payload(&map))
		return nrs_build_payload_test(b, test, &map, out);
	if (map.kind == NRS_PATH_SRC_TYPE || map.kind == NRS_PATH_DST_TYPE)
		return nrs_build_type_test(b, test,
					   map.kind == NRS_PATH_SRC_TYPE, out);
	switch (test->op) {
	case NRS_OP_EXISTS:
		return exists_term(b, &map, test, out);
	case NRS_OP_EQ:
	case NRS_OP_NE:
	case NRS_OP_IN:
		scan.op = NRS_OP_IN;
		scan.inverted = test->negated != (test->op == NRS_OP_NE);
		return scan.inverted ? scan_term(b, &map, test, &scan, out)
				     : any_equal(b, &map, test, out);
	case NRS_OP_LIKE:
	case NRS_OP_MATCHES:
		return regex_term(b, &map, test, out);
	case NRS_OP_ISSUBSET:
	case NRS_OP_ISSUPERSET:
		return test->negated ? scan_term(b, &map, test, &scan, out)
				     : subnet_term(b, &map, test, out);
	default:
		return scan_term(b, &map, test, &scan, out);
	}
}
