/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matcher: each value through the tables of its lanes.
 *
 * Exact and suffix keys first, then prefixes, regular expressions and the few
 * tests that are tried one by one. A value that nobody asked for costs one
 * comparison with the demand.
 */
#include "engine/matcher.h"

#include <stdlib.h>

#include "engine/match.h"
#include "engine/pattern.h"

int nrs_matcher_new(struct nrs_matcher **out, const struct nrs_db *db,
		    unsigned int seat, const struct nrs_match_sink *sink,
		    struct nrs_counters *counters)
{
	struct nrs_matcher *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NRS_E_NOMEM;
	m->seat = seat;
	m->sink = sink;
	m->counters = counters;
	nrs_matcher_adopt(m, db);
	if (sink->cost != NULL)
		m->costs = nrs_costs_new(m);
	m->room_len = NRS_CANON_URL_ROOM(NRS_MATCH_VALUE_MAX);
	m->room = malloc(m->room_len);
	if (m->room == NULL || (sink->cost != NULL && m->costs == NULL)) {
		nrs_matcher_free(m);
		return NRS_E_NOMEM;
	}
	*out = m;
	return NRS_OK;
}

void nrs_matcher_free(struct nrs_matcher *m)
{
	if (m == NULL)
		return;
	free(m->costs);
	free(m->room);
	free(m);
}

void nrs_matcher_take_before(struct nrs_matcher *m)
{
	m->takes_before = true;
}

void nrs_matcher_adopt(struct nrs_matcher *m, const struct nrs_db *db)
{
	if (m->costs != NULL)
		nrs_costs_drop(m);
	m->db = db;
	m->generation = db != NULL ? db->options.generation : 0;
	m->demand = db == NULL ? 0 : db->demand;
	m->lanes = 0;
	m->has_ends = false;
	for (const struct nrs_db *l = db; l != NULL; l = l->over.delta) {
		m->lanes |= l->lanes;
		m->has_ends |= l->at_end_count > 0;
	}
	if (m->sink->value != NULL)
		m->demand |=
			m->sink->fields != 0 ? m->sink->fields : NRS_FIELDS_ALL;
}

bool nrs_matcher_has_parts(const struct nrs_matcher *m)
{
	return m->db != NULL && m->db->has_parts;
}

nrs_field_set nrs_matcher_demand(const struct nrs_matcher *m)
{
	return m->demand;
}

void nrs_matcher_at(struct nrs_matcher *m, int64_t now_ns,
		    struct nrs_slab *slab)
{
	m->now_ns = now_ns;
	m->slab = slab;
}

const char *nrs_how_name(enum nrs_how how)
{
	static const char *const names[] = {"exact", "subdomain", "prefix",
					    "pattern"};

	return names[how];
}

static void look_suffixes(struct nrs_matcher *m, struct nrs_txn *txn,
			  const struct nrs_seen *seen, enum nrs_lane lane)
{
	struct nrs_span name = seen->canonical;
	enum nrs_how how = NRS_HOW_EXACT;

	while (name.len > 0) {
		const uint32_t atom = nrs_hashtab_find(
			m->db->keys, (uint8_t)(NRS_KEY_SUFFIX + lane), name);

		if (atom != NRS_HASHTAB_NONE)
			nrs_match_satisfied(m, txn, atom, seen, how);
		const size_t dot = nrs_span_find(name, '.', 0);
		if (dot == SIZE_MAX)
			return;
		name = nrs_span_from(name, dot + 1);
		how = NRS_HOW_SUBDOMAIN;
	}
}

/* Add the regexes that @key satisfies to the @found ones; unsure when some
 * gave up: then of none it is known that it does not match. */
static void scan(struct nrs_matcher *m, enum nrs_lane lane, struct nrs_span key,
		 struct nrs_matched *found)
{
	const struct nrs_regexdb *regexes = m->db->lane[lane].regexes;

	nrs_count_add(m->counters, NRS_C_EXPRESSION_BYTES, key.len);
	if (m->costs != NULL)
		nrs_regexdb_meter(regexes, m->seat, &m->costs->meter);
	const int more =
		nrs_regexdb_scan(regexes, m->seat, key, m->found + found->count,
				 NRS_MATCH_FOUND_MAX - found->count);

	if (m->costs != NULL)
		nrs_regexdb_meter(regexes, m->seat, NULL);
	if (more < 0 || nrs_regexdb_undecided(regexes, m->seat) > 0) {
		nrs_count(m->counters, NRS_C_REGEX_ERROR);
		found->is_unsure = true;
	}
	found->count += more < 0 ? 0 : (unsigned int)more;
}

/* What is compared as a number or octets, as text: @room, else @key. */
static struct nrs_span shown(enum nrs_lane lane, const struct nrs_seen *seen,
			     struct nrs_span key, char room[NRS_ADDR_LEN])
{
	switch (nrs_lane_kind(lane)) {
	case NRS_VALUE_TIME:
		return nrs_span(room, nrs_stamp_format(seen->integer, 6, room));
	case NRS_VALUE_MAC:
		nrs_canon_mac_text(seen->raw.ptr, (uint8_t *)room);
		return nrs_span(room, NRS_CANON_MAC_TEXT);
	default:
		return key;
	}
}

/* The other form in which a pattern may think of @key: a distinguished name in
 * either order, a URL as it was sent. Empty: there is none. */
static struct nrs_span other_form(const struct nrs_matcher *m,
				  const struct nrs_seen *seen,
				  enum nrs_lane lane, struct nrs_span key)
{
	struct nrs_span sent = seen->raw;

	if (m->db->options.strict)
		return nrs_span(NULL, 0);
	if (nrs_lane_kind(lane) == NRS_VALUE_DN)
		return seen->rest;
	if (nrs_lane_kind(lane) != NRS_VALUE_URL)
		return nrs_span(NULL, 0);
	if (lane == NRS_LANE_URL_REST) {
		const size_t scheme = nrs_span_find_text(sent, "://");

		if (scheme != SIZE_MAX)
			sent = nrs_span_from(sent, scheme + 3);
	}
	return nrs_span_equal(sent, key) ? nrs_span(NULL, 0) : sent;
}

static struct nrs_matched look_regexes(struct nrs_matcher *m,
				       struct nrs_txn *txn,
				       const struct nrs_seen *seen,
				       enum nrs_lane lane, struct nrs_span key)
{
	const struct nrs_span other = other_form(m, seen, lane, key);
	struct nrs_matched found = {.atoms = m->found};
	char text[NRS_ADDR_LEN];

	if (seen->is_addr)
		key = nrs_span(text, nrs_addr_format(&seen->addr, text));
	else if (!m->db->options.strict)
		key = shown(lane, seen, key, text);
	if (nrs_lane_kind(lane) == NRS_VALUE_DN)
		key = seen->raw;
	scan(m, lane, key, &found);
	if (other.len > 0)
		scan(m, lane, other, &found);
	for (unsigned int i = 0; i < found.count; i++)
		nrs_match_satisfied(m, txn, m->found[i], seen, NRS_HOW_PATTERN);
	return found;
}

/* A test that is tried on each value. */
static inline bool scan_holds(struct nrs_matcher *m,
			      const struct nrs_scan *scan, enum nrs_lane lane,
			      const struct nrs_seen *seen,
			      const struct nrs_matched *matched)
{
	if (m->costs == NULL)
		return nrs_match_scan(scan, lane, seen, matched);
	const int64_t begun_ns = nrs_cost_begin(m);
	const bool holds = nrs_match_scan(scan, lane, seen, matched);
	nrs_cost_end(m, scan->owner, begun_ns);
	return holds;
}

static void look_lane(struct nrs_matcher *m, struct nrs_txn *txn,
		      const struct nrs_seen *seen, enum nrs_lane lane)
{
	const struct nrs_lane_tables *tables = &m->db->lane[lane];
	const struct nrs_span key =
		lane == NRS_LANE_URL_REST ? seen->rest : seen->canonical;
	const uint32_t atom = nrs_hashtab_find(m->db->keys, (uint8_t)lane, key);
	struct nrs_matched matched = {.atoms = m->found};

	if (atom != NRS_HASHTAB_NONE)
		nrs_match_satisfied(m, txn, atom, seen, NRS_HOW_EXACT);
	if (lane < NRS_KEY_NAMED_LANES &&
	    (m->db->suffix_lanes >> lane & 1) != 0)
		look_suffixes(m, txn, seen, lane);
	if (tables->prefixes != NULL) {
		const unsigned int found =
			nrs_iptab_find(tables->prefixes, &seen->addr, m->found,
				       NRS_MATCH_FOUND_MAX);

		for (unsigned int i = 0; i < found; i++)
			nrs_match_satisfied(m, txn, m->found[i], seen,
					    NRS_HOW_PREFIX);
	}
	if (tables->regexes != NULL)
		matched = look_regexes(m, txn, seen, lane, key);
	for (uint32_t i = 0; i < tables->scan_count; i++) {
		const struct nrs_scan *scan = &tables->scans[i];

		if (scan_holds(m, scan, lane, seen, &matched))
			nrs_match_satisfied(m, txn, scan->atom, seen,
					    NRS_HOW_PATTERN);
	}
}

static enum nrs_lane first_of(nrs_lane_set lanes)
{
	const uint64_t low = (uint64_t)lanes;

	return (enum nrs_lane)(
		low != 0 ? __builtin_ctzll(low)
			 : 64 + __builtin_ctzll((uint64_t)(lanes >> 64)));
}

static void look_lanes(struct nrs_matcher *m, struct nrs_txn *txn,
		       const struct nrs_seen *seen, nrs_lane_set lanes)
{
	for (lanes &= m->db->lanes; lanes != 0; lanes &= lanes - 1)
		look_lane(m, txn, seen, first_of(lanes));
}

void nrs_match_look(struct nrs_matcher *m, struct nrs_txn *txn,
		    struct nrs_seen *seen, nrs_lane_set lanes)
{
	const struct nrs_db *const db = m->db;

	lanes &=
		nrs_field_table[seen->field].lanes & m->lanes & ~NRS_L_PAYLOADS;
	if (lanes == 0)
		return;
	if (!nrs_match_canonical(m, seen)) {
		nrs_count(m->counters, NRS_C_VALUES_BAD);
		return;
	}
	if (nrs_field_table[seen->field].kind == NRS_VALUE_HOST)
		lanes &= seen->is_addr ? NRS_L(ADDR)
				       : NRS_L(NAME) | NRS_L(DST_NAME);
	m->is_dirty = false;
	look_lanes(m, txn, seen, lanes);
	if (db->over.delta != NULL) {
		m->db = db->over.delta;
		look_lanes(m, txn, seen, lanes);
		m->db = db;
	}
	if (m->is_dirty)
		nrs_match_candidates(m, txn, NRS_MOMENT_VALUE);
}

void nrs_txn_value(struct nrs_matcher *m, struct nrs_txn *txn,
		   enum nrs_field field, unsigned int object,
		   struct nrs_span value)
{
	struct nrs_seen seen = {.field = field, .object = object, .raw = value};

	if (!nrs_wanted(m->demand, field))
		return;
	nrs_count(m->counters, NRS_C_VALUES);
	if (m->sink->value != NULL)
		m->sink->value(m->sink->ctx, txn, field, object, value);
	if (m->db == NULL)
		return;
	if (txn->generation != m->generation)
		(void)nrs_txn_renew(m, txn);
	nrs_match_look(m, txn, &seen, NRS_LANES_ALL);
}

void nrs_txn_int(struct nrs_matcher *m, struct nrs_txn *txn,
		 enum nrs_field field, int64_t value)
{
	nrs_txn_value(m, txn, field, 0, nrs_span(&value, sizeof(value)));
}

void nrs_txn_begin(struct nrs_txn *txn, struct nrs_txn *flow,
		   enum nrs_txn_kind kind, uint32_t number, int64_t start_ns)
{
	*txn = (struct nrs_txn){.flow = flow,
				.start_ns = start_ns,
				.number = number,
				.kind = (uint8_t)kind};
}

void nrs_txn_end(struct nrs_matcher *m, struct nrs_txn *txn)
{
	if (m->sink->end != NULL)
		m->sink->end(m->sink->ctx, txn);
	if (txn->generation != m->generation)
		(void)nrs_txn_renew(m, txn);
	if (m->db != NULL &&
	    (txn->has_candidates || txn->flow->has_candidates || m->has_ends))
		nrs_match_candidates(m, txn, NRS_MOMENT_END);
	if (txn->kept != NULL)
		nrs_kept_forget(m, txn);
}

void nrs_txn_drop(struct nrs_matcher *m, struct nrs_txn *txn)
{
	if (txn->kept != NULL)
		nrs_kept_forget(m, txn);
}

const char *nrs_txn_protocol(enum nrs_txn_kind kind)
{
	static const char *const names[NRS_TXN_KINDS] = {
		[NRS_TXN_FLOW] = "",	 [NRS_TXN_DNS] = "dns",
		[NRS_TXN_HTTP] = "http", [NRS_TXN_TLS] = "tls",
		[NRS_TXN_QUIC] = "quic", [NRS_TXN_SSH] = "ssh",
		[NRS_TXN_SMTP] = "smtp", [NRS_TXN_IMAP] = "imap",
		[NRS_TXN_POP3] = "pop3", [NRS_TXN_SMB] = "smb",
		[NRS_TXN_DTLS] = "dtls", [NRS_TXN_FTP] = "ftp",
		[NRS_TXN_TFTP] = "tftp", [NRS_TXN_FTP_DATA] = "ftp-data",
	};

	return names[kind];
}
