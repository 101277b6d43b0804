/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_fire: from satisfied tests to hits.
 *
 * A program is evaluated over sets of objects: tests of the same object type
 * under an AND must hold for the same object, tests of different types for the
 * same transaction (specification, section 2.4). An (indicator, transaction)
 * pair fires once; a pattern that flow fields alone can satisfy does not fire
 * again on the exchanges of a flow on which it fired.
 */
#include "engine/match.h"

#include <assert.h>

enum root {
	ROOT_V4,
	ROOT_V6,
	ROOT_NAME,
	ROOT_URL,
	ROOT_MAC,
	ROOT_CERTIFICATE,
	ROOT_TRAFFIC,
	ROOT_COUNT
};

/* Objects for which something holds: a bit each, by type. */
struct objects {
	uint64_t mask[ROOT_COUNT];
	bool has[ROOT_COUNT]; /* the type takes part at all */
};

static enum root root_of(enum nrs_lane lane, const struct nrs_kept_record *r)
{
	struct nrs_addr addr;

	switch (lane) {
	case NRS_LANE_ADDR:
		if (nrs_field_table[r->field].kind != NRS_VALUE_ADDR ||
		    r->len != sizeof(addr.bytes))
			return nrs_span_find(nrs_span(r->octets, r->len), '[',
					     0) == 0
				       ? ROOT_V6
				       : ROOT_V4;
		memcpy(addr.bytes, r->octets, sizeof(addr.bytes));
		return nrs_addr_is_v4(&addr) ? ROOT_V4 : ROOT_V6;
	case NRS_LANE_NAME:
	case NRS_LANE_RESOLVES_ADDR:
	case NRS_LANE_RESOLVES_NAME:
		return ROOT_NAME;
	case NRS_LANE_URL:
	case NRS_LANE_URL_REST:
		return ROOT_URL;
	case NRS_LANE_MAC:
		return ROOT_MAC;
	case NRS_LANE_CERT_MD5:
	case NRS_LANE_CERT_SHA1:
	case NRS_LANE_CERT_SHA256:
	case NRS_LANE_CERT_SERIAL:
	case NRS_LANE_CERT_ISSUER:
	case NRS_LANE_CERT_SUBJECT:
	case NRS_LANE_CERT_NOT_BEFORE:
	case NRS_LANE_CERT_NOT_AFTER:
	case NRS_LANE_CERT_SELF_SIGNED:
		return ROOT_CERTIFICATE;
	default:
		return ROOT_TRAFFIC;
	}
}

/* The bit of the record's object among those of its root. */
static uint64_t object_bit(enum nrs_lane lane, enum root root,
			   const struct nrs_kept_record *r, bool of_flow)
{
	unsigned int object = r->object;

	if (root == ROOT_TRAFFIC || lane == NRS_LANE_RESOLVES_ADDR ||
	    lane == NRS_LANE_RESOLVES_NAME)
		object = 0; /* the flow itself; the name that was asked for */
	else if (of_flow)
		object = 62 + (object & 1); /* source and destination */
	else if (object > 61)
		object = 61;
	return UINT64_C(1) << object;
}

static void gather(const struct nrs_db *db, const struct nrs_txn *txn,
		   uint32_t atom, struct objects *out)
{
	const enum nrs_lane lane = (enum nrs_lane)db->atoms[atom].lane;
	const struct nrs_txn *const txns[2] = {txn, txn->flow};

	for (unsigned int i = 0; i < (txn == txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			if (r->kind != NRS_KEPT_VALUE || r->what != atom)
				continue;
			const enum root root = root_of(lane, r);

			out->has[root] = true;
			out->mask[root] |=
				object_bit(lane, root, r, txns[i] == txn->flow);
		}
	}
}

static bool any(const struct objects *set)
{
	for (unsigned int r = 0; r < ROOT_COUNT; r++) {
		if (set->has[r] && set->mask[r] != 0)
			return true;
	}
	return false;
}

static void both(struct objects *a, const struct objects *b)
{
	if (!any(a) || !any(b)) {
		*a = (struct objects){0};
		return;
	}
	for (unsigned int r = 0; r < ROOT_COUNT; r++) {
		if (a->has[r] && b->has[r]) {
			a->mask[r] &= b->mask[r];
			if (a->mask[r] == 0) {
				*a = (struct objects){0};
				return;
			}
		} else if (b->has[r]) {
			a->has[r] = true;
			a->mask[r] = b->mask[r];
		}
	}
}

static void either(struct objects *a, const struct objects *b)
{
	for (unsigned int r = 0; r < ROOT_COUNT; r++) {
		a->has[r] |= b->has[r];
		a->mask[r] |= b->mask[r];
	}
}

/* NOT EXISTS: is there an object that could have had the property? */
static bool could_have(enum nrs_lane lane, const struct nrs_txn *txn)
{
	switch (lane) {
	case NRS_LANE_RESOLVES_ADDR:
	case NRS_LANE_RESOLVES_NAME:
		return txn->kind == NRS_TXN_DNS;
	case NRS_LANE_REQUEST_VALUE:
	case NRS_LANE_METHOD:
	case NRS_LANE_HTTP_VERSION:
	case NRS_LANE_HEADER:
	case NRS_LANE_BODY_LENGTH:
		return txn->kind == NRS_TXN_HTTP;
	case NRS_LANE_ADDR:
	case NRS_LANE_NAME:
	case NRS_LANE_URL:
	case NRS_LANE_URL_REST:
	case NRS_LANE_MAC:
	case NRS_LANE_CERT_MD5:
	case NRS_LANE_CERT_SHA1:
	case NRS_LANE_CERT_SHA256:
	case NRS_LANE_CERT_SERIAL:
	case NRS_LANE_CERT_ISSUER:
	case NRS_LANE_CERT_SUBJECT:
	case NRS_LANE_CERT_NOT_BEFORE:
	case NRS_LANE_CERT_NOT_AFTER:
	case NRS_LANE_CERT_SELF_SIGNED:
		return false; /* every such object has its value */
	default:
		return true;
	}
}

static void absent(const struct nrs_db *db, const struct nrs_txn *txn,
		   uint32_t atom, struct objects *out)
{
	struct objects there = {0};

	gather(db, txn, atom, &there);
	if (any(&there) ||
	    !could_have((enum nrs_lane)db->atoms[atom].lane, txn))
		return;
	out->has[ROOT_TRAFFIC] = true;
	out->mask[ROOT_TRAFFIC] = UINT64_MAX;
}

static bool run(const struct nrs_db *db, const struct nrs_txn *txn,
		const struct nrs_predicate *predicate)
{
	struct objects stack[NRS_CODE_STACK];
	unsigned int depth = 0;

	stack[0] = (struct objects){0};
	for (uint32_t i = 0; i < predicate->length; i++) {
		const uint32_t word = db->programs[predicate->program + i];
		const uint32_t arg = word & NRS_CODE_ARG;
		const uint32_t code = word & ~NRS_CODE_ARG;

		if (code == NRS_CODE_ATOM || code == NRS_CODE_NOT) {
			if (depth == NRS_CODE_STACK)
				return false;
			stack[depth] = (struct objects){0};
			if (code == NRS_CODE_ATOM)
				gather(db, txn, arg, &stack[depth]);
			else
				absent(db, txn, arg, &stack[depth]);
			depth++;
			continue;
		}
		for (uint32_t n = 1; n < arg; n++) {
			assert(depth > 1); /* the builder counted them */
			depth--;
			if (code == NRS_CODE_AND)
				both(&stack[depth - 1], &stack[depth]);
			else
				either(&stack[depth - 1], &stack[depth]);
		}
	}
	return any(&stack[0]);
}

static bool holds(const struct nrs_db *db, const struct nrs_txn *txn,
		  const struct nrs_predicate *predicate)
{
	struct objects set = {0};

	if (predicate->length > 0)
		return run(db, txn, predicate);
	gather(db, txn, predicate->program, &set);
	return any(&set);
}

static bool applies(const struct nrs_db *db, const struct nrs_txn *txn,
		    const struct nrs_predicate *predicate)
{
	const uint64_t identity =
		nrs_set_identity(db->set, predicate->indicator);
	const bool is_flow = txn->flow == txn;

	if (is_flow) {
		if ((predicate->flags & NRS_PRED_FLOW_CAPABLE) == 0)
			return false;
	} else if ((predicate->flags & NRS_PRED_FLOW_ONLY) != 0 ||
		   ((predicate->flags & NRS_PRED_FLOW_CAPABLE) != 0 &&
		    nrs_kept_fired(txn->flow, identity))) {
		return false;
	}
	return !nrs_kept_fired(txn, identity);
}

/* The validity that was asked for (contracts.md section 9). */
static bool is_valid(struct nrs_matcher *m, const struct nrs_txn *txn,
		     const struct nrs_predicate *predicate)
{
	const struct nrs_db *db = m->db;
	const bool is_strict =
		db->options.validity != NRS_VALIDITY_SINCE_EXPIRY;
	const int64_t at = db->options.validity == NRS_VALIDITY_NOW
				   ? db->options.at_ns
				   : m->now_ns;
	int64_t from, until;

	if (predicate->window != 0) {
		const struct nrs_window *w =
			&db->windows[predicate->window - 1];

		if (w->start_ns >= w->stop_ns || txn->start_ns >= w->stop_ns ||
		    m->now_ns < w->start_ns)
			return false;
	}
	nrs_set_times(db->set, predicate->indicator, &from, &until);
	m->hit.before = at < from;
	if (at >= until || (is_strict && m->hit.before)) {
		nrs_count(m->counters, NRS_C_HITS_EXPIRED);
		return false;
	}
	return true;
}

static void fire(struct nrs_matcher *m, struct nrs_txn *txn,
		 const struct nrs_predicate *predicate)
{
	const uint64_t identity =
		nrs_set_identity(m->db->set, predicate->indicator);
	const struct nrs_kept_record head = {.kind = NRS_KEPT_FIRED,
					     .what = predicate->indicator};

	if (!is_valid(m, txn, predicate))
		return;
	/* Unremembered it would fire with every further value. */
	if (!nrs_kept_add(m, txn, &head, nrs_span(&identity, 8))) {
		nrs_count(m->counters, NRS_C_HITS_LOST);
		return;
	}
	nrs_count(m->counters, NRS_C_HITS);
	m->hit.txn = txn;
	m->hit.generation = m->db->options.generation;
	m->hit.indicator = predicate->indicator;
	m->sink->hit(m->sink->ctx, &m->hit);
}

static void add_value(struct nrs_hit *hit, const struct nrs_txn *txn,
		      uint32_t atom)
{
	const struct nrs_txn *const txns[2] = {txn, txn->flow};

	for (unsigned int i = 0; i < (txn == txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			if (r->kind != NRS_KEPT_VALUE || r->what != atom ||
			    hit->value_count == NRS_HIT_VALUES_MAX)
				continue;
			hit->values[hit->value_count++] =
				(struct nrs_hit_value){
					.field = (enum nrs_field)r->field,
					.how = (enum nrs_how)r->how,
					.object = r->object,
					.value = nrs_span(r->octets, r->len)};
			return;
		}
	}
}

/* The leading value first, then one for each further test that held. */
static void collect(struct nrs_matcher *m, const struct nrs_txn *txn,
		    const struct nrs_predicate *predicate, uint32_t lead)
{
	const struct nrs_db *db = m->db;

	m->hit.value_count = 0;
	if (lead != NRS_NONE)
		add_value(&m->hit, txn, lead);
	for (uint32_t i = 0; i < predicate->length; i++) {
		const uint32_t word = db->programs[predicate->program + i];
		const uint32_t arg = word & NRS_CODE_ARG;

		if ((word & ~NRS_CODE_ARG) == NRS_CODE_ATOM && arg != lead)
			add_value(&m->hit, txn, arg);
	}
}

static void try_predicate(struct nrs_matcher *m, struct nrs_txn *txn,
			  uint32_t index, uint32_t lead)
{
	const struct nrs_predicate *predicate = &m->db->predicates[index];

	if (!applies(m->db, txn, predicate) || !holds(m->db, txn, predicate))
		return;
	collect(m, txn, predicate, lead);
	fire(m, txn, predicate);
}

void nrs_match_candidates(struct nrs_matcher *m, struct nrs_txn *txn,
			  bool at_end)
{
	struct nrs_txn *const txns[2] = {txn, txn->flow};

	for (unsigned int i = 0; i < (txn == txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		if (!txns[i]->has_candidates)
			continue;
		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			uint32_t lead;

			if (r->kind != NRS_KEPT_CANDIDATE ||
			    (!at_end && (m->db->predicates[r->what].flags &
					 NRS_PRED_AT_END) != 0))
				continue;
			memcpy(&lead, r->octets, sizeof(lead));
			try_predicate(m, txn, r->what, lead);
		}
	}
	for (uint32_t i = 0; at_end && i < m->db->at_end_count; i++)
		try_predicate(m, txn, m->db->at_end[i], NRS_NONE);
}

static void remember(struct nrs_matcher *m, struct nrs_txn *txn,
		     uint32_t predicate, uint32_t lead)
{
	const struct nrs_kept_record head = {.kind = NRS_KEPT_CANDIDATE,
					     .what = predicate};
	struct nrs_kept_cursor cursor = nrs_kept_begin(txn);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind == NRS_KEPT_CANDIDATE && r->what == predicate)
			return;
	}
	if (nrs_kept_add(m, txn, &head, nrs_span(&lead, sizeof(lead))))
		txn->has_candidates = true;
}

static void fire_alone(struct nrs_matcher *m, struct nrs_txn *txn,
		       const struct nrs_predicate *predicate,
		       const struct nrs_seen *seen, enum nrs_how how)
{
	if (!applies(m->db, txn, predicate))
		return;
	m->hit.value_count = 1;
	m->hit.values[0] =
		(struct nrs_hit_value){.field = seen->field,
				       .how = how,
				       .object = (uint16_t)seen->object,
				       .value = seen->raw};
	fire(m, txn, predicate);
}

void nrs_match_satisfied(struct nrs_matcher *m, struct nrs_txn *txn,
			 uint32_t atom, const struct nrs_seen *seen,
			 enum nrs_how how)
{
	const struct nrs_db *db = m->db;
	const struct nrs_atom *found = &db->atoms[atom];

	if (m->probe != NULL) {
		m->probe->satisfied(m->probe->ctx, atom, how);
		return;
	}
	if (found->is_kept) {
		const struct nrs_kept_record head = {
			.kind = NRS_KEPT_VALUE,
			.field = (uint8_t)seen->field,
			.how = (uint8_t)how,
			.object = (uint16_t)seen->object,
			.what = atom};

		(void)nrs_kept_add(m, txn, &head, seen->raw);
		/* A name of the destination stays one for the whole flow. */
		if (found->lane == NRS_LANE_DST_NAME && txn != txn->flow)
			(void)nrs_kept_add(m, txn->flow, &head, seen->raw);
		m->is_dirty = true;
	}
	const uint32_t *leads = nrs_atom_leads(db, found);
	for (uint32_t i = 0; i < found->lead_count; i++) {
		const uint32_t index = leads[i];
		const struct nrs_predicate *predicate = &db->predicates[index];

		if (predicate->length == 0 &&
		    (predicate->flags & NRS_PRED_AT_END) == 0)
			fire_alone(m, txn, predicate, seen, how);
		else
			remember(m, txn, index, atom);
	}
}
