/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_fire: from satisfied tests to hits.
 *
 * An (indicator, transaction) pair fires once; a pattern that flow fields
 * alone can satisfy does not fire again on the exchanges of a flow on which it
 * fired.
 */
#include "engine/match.h"

/* What fires once in a transaction: the indicator, or one expression of it. */
static uint64_t identity_of(const struct nrs_db *db,
			    const struct nrs_predicate *predicate)
{
	const uint64_t whole = nrs_set_identity(db->set, predicate->indicator);

	return (predicate->flags & NRS_PRED_PART) == 0
		       ? whole
		       : whole ^ (predicate->window *
				  UINT64_C(0x9e3779b97f4a7c15));
}

static bool applies(const struct nrs_db *db, const struct nrs_txn *txn,
		    const struct nrs_predicate *predicate)
{
	const bool is_flow = txn->flow == txn;

	if (db->over.withdrawn != NULL &&
	    db->over.withdrawn[predicate->indicator] != 0)
		return false;
	const uint64_t identity = identity_of(db, predicate);
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
		db->options.validity != NRS_VALIDITY_SINCE_EXPIRY &&
		!m->takes_before;
	const int64_t at = db->options.validity == NRS_VALIDITY_NOW
				   ? db->options.at_ns
				   : m->now_ns;
	int64_t from, until;

	if (predicate->window != 0 && (predicate->flags & NRS_PRED_PART) == 0) {
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
	const bool is_part = (predicate->flags & NRS_PRED_PART) != 0;
	const uint64_t identity = identity_of(m->db, predicate);
	const struct nrs_kept_record head = {.kind = NRS_KEPT_FIRED,
					     .what = predicate->indicator};

	if (!is_valid(m, txn, predicate))
		return;
	/* Unremembered it would fire with every further value. */
	if (!nrs_kept_add(m, txn, &head, nrs_span(&identity, 8))) {
		nrs_match_lack(m, NRS_C_HITS_LOST);
		return;
	}
	nrs_count(m->counters, is_part ? NRS_C_PARTS : NRS_C_HITS);
	m->hit.part = is_part ? predicate->window : 0;
	m->hit.txn = txn;
	m->hit.generation = m->generation;
	m->hit.indicator = predicate->indicator;
	m->sink->hit(m->sink->ctx, &m->hit);
}

/* The list may be full: how sure the whole is shall be seen all the same. */
static void put_value(struct nrs_hit *hit, const struct nrs_hit_value *value)
{
	const bool is_unsure =
		value->how == NRS_HOW_SUBDOMAIN || value->how == NRS_HOW_PREFIX;

	if (hit->value_count < NRS_HIT_VALUES_MAX)
		hit->values[hit->value_count++] = *value;
	else if (is_unsure)
		hit->values[NRS_HIT_VALUES_MAX - 1] = *value;
}

static void add_value(struct nrs_hit *hit, const struct nrs_txn *txn,
		      const struct nrs_db *db, uint32_t atom)
{
	const struct nrs_txn *const txns[2] = {txn, txn->flow};

	for (unsigned int i = 0; i < (txn == txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			if (r->kind != NRS_KEPT_VALUE || r->what != atom ||
			    r->layer != db->over.layer)
				continue;
			put_value(
				hit,
				&(struct nrs_hit_value){
					.field = (enum nrs_field)r->field,
					.how = (enum nrs_how)r->how,
					.object = r->object,
					.value = nrs_span(r->octets, r->len)});
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
		add_value(&m->hit, txn, db, lead);
	for (uint32_t i = 0; i < predicate->length; i++) {
		const uint32_t word = db->programs[predicate->program + i];
		const uint32_t arg = word & NRS_CODE_ARG;

		if ((word & ~NRS_CODE_ARG) == NRS_CODE_ATOM && arg != lead)
			add_value(&m->hit, txn, db, arg);
	}
}

/* Can the flow alone decide it, at its end? */
static bool is_the_ends(const struct nrs_predicate *predicate)
{
	const uint8_t both = NRS_PRED_AT_END | NRS_PRED_FLOW_CAPABLE;

	return (predicate->flags & both) == both;
}

/* What the flow alone decides at its end is the flow's hit, not also one of
 * each exchange that ends before. */
static bool is_the_flows(const struct nrs_db *db, const struct nrs_txn *txn,
			 const struct nrs_predicate *predicate)
{
	return txn != txn->flow && is_the_ends(predicate) &&
	       nrs_match_holds(db, txn->flow, predicate);
}

static void try_now(struct nrs_matcher *m, struct nrs_txn *txn,
		    const struct nrs_predicate *predicate, uint32_t lead)
{
	if (!applies(m->db, txn, predicate) ||
	    !nrs_match_holds(m->db, txn, predicate) ||
	    is_the_flows(m->db, txn, predicate))
		return;
	collect(m, txn, predicate, lead);
	fire(m, txn, predicate);
}

static void try_predicate(struct nrs_matcher *m, struct nrs_txn *txn,
			  uint32_t index, uint32_t lead)
{
	const struct nrs_predicate *predicate = &m->db->predicates[index];

	if (m->costs == NULL) {
		try_now(m, txn, predicate, lead);
		return;
	}
	const int64_t begun_ns = nrs_cost_begin(m);
	try_now(m, txn, predicate, lead);
	nrs_cost_end(m, predicate->indicator, begun_ns);
}

/* Parts wait until their transaction ends, so that its interval is final, or
 * has been open for too long; what needs the end waits for it. */
static bool is_time(const struct nrs_predicate *predicate,
		    const struct nrs_txn *txn, enum nrs_moment moment)
{
	const bool is_part = (predicate->flags & NRS_PRED_PART) != 0;

	if (moment == NRS_MOMENT_END)
		return true;
	if ((predicate->flags & NRS_PRED_AT_END) != 0)
		return false;
	return moment == NRS_MOMENT_OVERDUE ? is_part
					    : !is_part || txn->is_overdue;
}

/* Those of one layer of the db, which is the matcher's meanwhile. */
static void try_layer(struct nrs_matcher *m, struct nrs_txn *txn,
		      enum nrs_moment moment)
{
	struct nrs_txn *const txns[2] = {txn, txn->flow};
	const bool at_end = moment == NRS_MOMENT_END;

	for (unsigned int i = 0; i < (txn == txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		if (!txns[i]->has_candidates)
			continue;
		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			uint32_t lead;

			if (r->kind != NRS_KEPT_CANDIDATE ||
			    r->layer != m->db->over.layer ||
			    !is_time(&m->db->predicates[r->what], txn, moment))
				continue;
			memcpy(&lead, r->octets, sizeof(lead));
			try_predicate(m, txn, r->what, lead);
		}
	}
	for (uint32_t i = 0; at_end && i < m->db->at_end_count; i++)
		try_predicate(m, txn, m->db->at_end[i], NRS_NONE);
}

void nrs_match_candidates(struct nrs_matcher *m, struct nrs_txn *txn,
			  enum nrs_moment moment)
{
	const struct nrs_db *const db = m->db;

	for (; m->db != NULL; m->db = m->db->over.delta)
		try_layer(m, txn, moment);
	m->db = db;
}

void nrs_txn_overdue(struct nrs_matcher *m, struct nrs_txn *txn)
{
	if (txn->is_overdue || m->db == NULL || m->db->options.strict)
		return;
	txn->is_overdue = true;
	if (txn->generation != m->generation)
		(void)nrs_txn_renew(m, txn);
	if (txn->has_candidates || txn->flow->has_candidates)
		nrs_match_candidates(m, txn, NRS_MOMENT_OVERDUE);
}

static void remember(struct nrs_matcher *m, struct nrs_txn *txn,
		     uint32_t predicate, uint32_t lead)
{
	const struct nrs_kept_record head = {.kind = NRS_KEPT_CANDIDATE,
					     .layer = m->db->over.layer,
					     .what = predicate};
	struct nrs_kept_cursor cursor = nrs_kept_begin(txn);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind == NRS_KEPT_CANDIDATE && r->what == predicate &&
		    r->layer == head.layer)
			return;
	}
	if (nrs_kept_add(m, txn, &head, nrs_span(&lead, sizeof(lead))))
		txn->has_candidates = true;
}

static void fire_now(struct nrs_matcher *m, struct nrs_txn *txn,
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

static void fire_alone(struct nrs_matcher *m, struct nrs_txn *txn,
		       const struct nrs_predicate *predicate,
		       const struct nrs_seen *seen, enum nrs_how how)
{
	if (m->costs == NULL) {
		fire_now(m, txn, predicate, seen, how);
		return;
	}
	const int64_t begun_ns = nrs_cost_begin(m);
	fire_now(m, txn, predicate, seen, how);
	nrs_cost_end(m, predicate->indicator, begun_ns);
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
			.layer = db->over.layer,
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
		    (predicate->flags & (NRS_PRED_AT_END | NRS_PRED_PART)) ==
			    0) {
			fire_alone(m, txn, predicate, seen, how);
			continue;
		}
		remember(m, txn, index, atom);
		/* And what the flow's end decides, with that name. */
		if (found->lane == NRS_LANE_DST_NAME && txn != txn->flow &&
		    is_the_ends(predicate))
			remember(m, txn->flow, index, atom);
	}
}
