/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_shape: values of lists, straight into atoms: a million of them go this
 * way, without a pattern tree.
 */
#include "engine/builder.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/canon.h"

/* @guard: why it must not match, or NULL. */
static int add(struct nrs_builder *b, uint32_t atom, const char *guard)
{
	struct nrs_term *term = nrs_term_atom(b, atom);

	if (term == NULL)
		return NRS_E_NOMEM;
	term->guard = b->db->options.guards ? guard : NULL;
	return nrs_build_predicates(b, term, NULL);
}

static int address(struct nrs_builder *b, struct nrs_span value)
{
	struct nrs_prefix prefix;
	const int err = nrs_prefix_parse(value, &prefix);

	return err != NRS_OK
		       ? err
		       : add(b, nrs_build_prefix(b, NRS_LANE_ADDR, &prefix),
			     nrs_guard_prefix(&prefix, &b->db->options.own));
}

static int name(struct nrs_builder *b, struct nrs_span value, bool is_suffix)
{
	uint8_t canonical[NRS_CANON_NAME_ROOM];
	size_t len = 0;
	const int err =
		nrs_canon_name(value, NRS_CANON_INDICATOR, canonical, &len);

	if (err != NRS_OK)
		return err;
	const struct nrs_span key = nrs_span(canonical, len);
	return add(b,
		   is_suffix || b->db->options.subdomains
			   ? nrs_build_suffix(b, NRS_LANE_NAME, key)
			   : nrs_build_exact(b, NRS_LANE_NAME, key),
		   b->db->options.guards
			   ? nrs_guard_name(key, &b->db->options.own)
			   : NULL);
}

static int url(struct nrs_builder *b, struct nrs_span value)
{
	const size_t room = NRS_CANON_URL_ROOM(value.len);
	uint8_t *bytes = nrs_arena_bytes(b->scratch, room);
	struct nrs_url canonical;

	if (bytes == NULL)
		return NRS_E_NOMEM;
	const int err = nrs_canon_url(value, NRS_CANON_INDICATOR, bytes, room,
				      &canonical);
	if (err != NRS_OK)
		return err;
	if (nrs_span_starts(canonical.host, "*")) {
		snprintf(b->reason, sizeof(b->reason),
			 "a URL with a pattern as its host");
		return NRS_E_UNSUPPORTED;
	}
	return add(
		b,
		canonical.scheme.len > 0
			? nrs_build_exact(b, NRS_LANE_URL, canonical.whole)
			: nrs_build_exact(b, NRS_LANE_URL_REST, canonical.rest),
		NULL);
}

/* address:port: both on the destination's side. */
static int address_port(struct nrs_builder *b, struct nrs_span value)
{
	size_t colon = SIZE_MAX;
	struct nrs_prefix prefix;
	int64_t port;

	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == ':')
			colon = i;
	}
	if (colon == SIZE_MAX ||
	    nrs_prefix_parse(nrs_span_part(value, 0, colon), &prefix) != 0 ||
	    nrs_span_i64(nrs_span_from(value, colon + 1), &port) != 0)
		return NRS_E_FORMAT;
	struct nrs_term *both = nrs_term_new(b, NRS_TERM_AND);
	struct nrs_term *host = nrs_term_atom(
		b, nrs_build_prefix(b, NRS_LANE_DST_ADDR, &prefix));
	struct nrs_term *door = nrs_term_atom(
		b, nrs_build_exact(b, NRS_LANE_DST_PORT, nrs_span(&port, 8)));
	if (both == NULL || host == NULL || door == NULL)
		return NRS_E_NOMEM;
	if (b->db->options.guards)
		both->guard = nrs_guard_prefix(&prefix, &b->db->options.own);
	both->child = host;
	host->next = door;
	return nrs_build_predicates(b, both, NULL);
}

/* Fingerprints of clients, and addresses of mail: in lower case. */
static int token(struct nrs_builder *b, enum nrs_lane lane,
		 struct nrs_span value)
{
	uint8_t *lower = nrs_arena_bytes(b->scratch, value.len + 1);

	if (lower == NULL)
		return NRS_E_NOMEM;
	nrs_canon_lower(value, lower);
	return add(b, nrs_build_exact(b, lane, nrs_span(lower, value.len)),
		   NULL);
}

static int unseen(struct nrs_builder *b, const struct nrs_indicator *indicator)
{
	snprintf(b->reason, sizeof(b->reason),
		 "%s is not extracted by this version",
		 nrs_shape_name((enum nrs_shape)indicator->shape));
	return NRS_E_UNSUPPORTED;
}

static int digest(struct nrs_builder *b, const struct nrs_indicator *indicator)
{
	const char *guard = nrs_guard_digest(indicator->pattern);
	uint8_t digits[2 * NRS_SHA256_LEN];
	enum nrs_lane lane;
	size_t len = 0;

	if (guard != NULL && b->db->options.guards) {
		b->is_guarded = true;
		snprintf(b->reason, sizeof(b->reason), "%s", guard);
		return NRS_E_FORMAT;
	}
	switch ((enum nrs_shape)indicator->shape) {
	case NRS_SHAPE_MD5:
		lane = NRS_LANE_FILE_MD5;
		break;
	case NRS_SHAPE_SHA1:
		lane = NRS_LANE_FILE_SHA1;
		break;
	case NRS_SHAPE_SHA256:
		lane = NRS_LANE_FILE_SHA256;
		break;
	default:
		return unseen(b, indicator);
	}
	if (indicator->pattern.len > sizeof(digits) ||
	    nrs_canon_digits(indicator->pattern, false, digits, &len) != NRS_OK)
		return NRS_E_FORMAT;
	return add(b, nrs_build_exact(b, lane, nrs_span(digits, len)), NULL);
}

int nrs_build_shape(struct nrs_builder *b,
		    const struct nrs_indicator *indicator)
{
	const struct nrs_span value = indicator->pattern;

	switch ((enum nrs_shape)indicator->shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
		return address(b, value);
	case NRS_SHAPE_NAME:
		return name(b, value, false);
	case NRS_SHAPE_SUBDOMAINS:
		return name(b, value, true);
	case NRS_SHAPE_URL:
		return url(b, value);
	case NRS_SHAPE_ADDR_PORT:
		return address_port(b, value);
	case NRS_SHAPE_MD5:
	case NRS_SHAPE_SHA1:
	case NRS_SHAPE_SHA256:
	case NRS_SHAPE_SHA384:
	case NRS_SHAPE_SHA512:
		return digest(b, indicator);
	case NRS_SHAPE_JA4:
		return token(b, NRS_LANE_JA4, value);
	case NRS_SHAPE_EMAIL:
		return token(b, NRS_LANE_EMAIL_ADDR, value);
	default:
		return unseen(b, indicator);
	}
}
