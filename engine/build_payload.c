/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_payload: tests of artifact:payload_bin, and of the payload references
 * of network-traffic, as expressions over octets.
 *
 * A payload has no end in sight: what can be told when it comes is (=, IN,
 * LIKE, MATCHES, EXISTS), what only all of it would tell (NOT, !=, an order)
 * is not evaluable, and neither is what only pcre2 could run.
 */
#include "engine/builder.h"

#include <stdio.h>

static int unseen(struct nrs_builder *b, const char *why, struct nrs_term **out)
{
	*out = nrs_term_unseen(b, why);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

static int never(struct nrs_builder *b, const char *why, struct nrs_term **out)
{
	*out = nrs_term_never(b, why);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

static int expression(struct nrs_builder *b, enum nrs_lane lane,
		      const struct nrs_regex *regex, struct nrs_term **out)
{
	struct nrs_diag diag = {0};
	char why[sizeof(b->reason)];
	const int err = nrs_streamdb_takes(regex, &diag);

	if (err == NRS_E_NOMEM || err == NRS_E_INTERNAL)
		return err;
	if (err == NRS_E_RANGE)
		return never(b, diag.text, out);
	if (err != NRS_OK) {
		(void)snprintf(why, sizeof(why),
			       "cannot be run on a stream: %.150s", diag.text);
		return unseen(b, why, out);
	}
	*out = nrs_term_atom(b, nrs_build_regex(b, lane, regex));
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* A text as the octets that its characters number (specification 1.3). False:
 * one of them numbers none. */
static bool octets_of(struct nrs_builder *b, const struct nrs_literal *literal,
		      struct nrs_span *out)
{
	const struct nrs_span text = literal->bytes;
	uint8_t *octets = nrs_arena_bytes(b->scratch, text.len + 1);
	size_t used = 0;

	*out = text;
	if (literal->type == NRS_LIT_BINARY || octets == NULL)
		return true;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c >= 0x80) {
			if ((c != 0xc2 && c != 0xc3) || i + 1 == text.len)
				return false;
			c = (uint8_t)(c << 6 | (text.ptr[++i] & 0x3f));
		}
		octets[used++] = c;
	}
	*out = nrs_span(octets, used);
	return true;
}

static int equal(struct nrs_builder *b, enum nrs_lane lane,
		 const struct nrs_literal *literal, struct nrs_term **out)
{
	struct nrs_regex regex = {.kind = NRS_REGEX_OCTETS};

	if (literal->type != NRS_LIT_STRING && literal->type != NRS_LIT_BINARY)
		return never(b, "payload equals only text and octets", out);
	if (!octets_of(b, literal, &regex.text))
		return never(b, "names a character that no octet is", out);
	if (regex.text.len == 0)
		return never(b, "no payload is empty", out);
	return expression(b, lane, &regex, out);
}

static int equal_any(struct nrs_builder *b, enum nrs_lane lane,
		     const struct nrs_test *test, struct nrs_term **out)
{
	int err = never(b, "IN () holds nothing", out);

	for (unsigned int i = 0; i < test->literal_count && err == NRS_OK;
	     i++) {
		struct nrs_term *one = NULL;

		err = equal(b, lane, &test->literals[i], &one);
		if (err == NRS_OK)
			*out = nrs_term_either(b, *out, one);
		if (err == NRS_OK && *out == NULL)
			err = NRS_E_NOMEM;
	}
	return err;
}

static int searched(struct nrs_builder *b, enum nrs_lane lane,
		    const struct nrs_test *test, struct nrs_term **out)
{
	const bool is_like = test->op == NRS_OP_LIKE;
	const struct nrs_regex regex = {.kind = is_like ? NRS_REGEX_LIKE
							: NRS_REGEX_PCRE,
					.text = test->literals->bytes};
	const int err = expression(b, lane, &regex, out);

	if (err == NRS_OK && (*out)->kind == NRS_TERM_ATOM &&
	    b->db->options.guards)
		(*out)->guard = is_like ? nrs_guard_like(regex.text, false,
							 &b->db->options.own)
					: nrs_guard_regex(regex.text);
	return err;
}

int nrs_build_payload_test(struct nrs_builder *b, const struct nrs_test *test,
			   const struct nrs_path_map *map,
			   struct nrs_term **out)
{
	static const struct nrs_regex any = {
		.kind = NRS_REGEX_LIKE,
		.text = {.ptr = (const uint8_t *)"%", .len = 1}};

	if (test->negated || test->op == NRS_OP_NE)
		return unseen(b, "what a payload is not, only all of it tells",
			      out);
	switch (test->op) {
	case NRS_OP_EXISTS:
		return expression(b, map->lane, &any, out);
	case NRS_OP_EQ:
	case NRS_OP_IN:
		return equal_any(b, map->lane, test, out);
	case NRS_OP_LIKE:
		/* To the letter all of it had to be UTF-8. */
		if (b->db->options.strict)
			return unseen(b, "LIKE wants all of a payload as text",
				      out);
		return searched(b, map->lane, test, out);
	case NRS_OP_MATCHES:
		return searched(b, map->lane, test, out);
	default:
		return unseen(b, "payloads are not put in an order", out);
	}
}
