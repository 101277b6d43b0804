/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find: a matcher with a probe in the place of its transactions.
 *
 * The value goes through the tables as if each field that can hold it had
 * brought it. A test that it satisfies leads to predicates: to those that chose
 * the test as their rarest one by the db's own leads, to others by looking
 * through the programs, which nobody would do for a packet.
 */
#include "engine/find.h"

#include <stdlib.h>

#include "engine/match.h"
#include "engine/payload.h"

struct find {
	const struct nrs_matcher *matcher; /* its db: the layer under way */
	const struct nrs_find_question *question;
	enum nrs_field field;
};

static bool is_withdrawn(const struct nrs_db *db, uint32_t indicator)
{
	const uint32_t *withdrawn = db->over.withdrawn;

	return withdrawn != NULL && withdrawn[indicator] != 0;
}

/* Does the program say that @atom holds (and not that it must not)? */
static bool wants(const struct nrs_db *db,
		  const struct nrs_predicate *predicate, uint32_t atom)
{
	for (uint32_t w = 0; w < predicate->length; w++) {
		if (db->programs[predicate->program + w] ==
		    (NRS_CODE_ATOM | atom))
			return true;
	}
	return false;
}

static void tell(struct find *f, const struct nrs_predicate *predicate,
		 enum nrs_how how)
{
	const struct nrs_find_hit hit = {
		.indicator = predicate->indicator,
		.field = f->field,
		.how = how,
		.alone = predicate->length == 0 && predicate->window == 0 &&
			 (predicate->flags & NRS_PRED_PART) == 0};

	if (is_withdrawn(f->matcher->db, hit.indicator))
		return;
	f->question->found(f->question->ctx, &hit);
}

static void satisfied(void *ctx, uint32_t atom, enum nrs_how how)
{
	struct find *f = ctx;
	const struct nrs_db *db = f->matcher->db;

	for (size_t a = 0; a < db->sizes.tests; a++) {
		const struct nrs_atom *other = &db->atoms[a];
		const uint32_t *leads = nrs_atom_leads(db, other);

		if (a != atom && !db->atoms[atom].is_kept)
			continue; /* no program reads it */
		for (uint32_t i = 0; i < other->lead_count; i++) {
			const struct nrs_predicate *p =
				&db->predicates[leads[i]];

			if (p->length == 0 ? a == atom : wants(db, p, atom))
				tell(f, p, how);
		}
	}
}

/* Can @field show a value of @shape? */
static bool can_show(enum nrs_field field, enum nrs_shape shape)
{
	const enum nrs_value_kind kind = nrs_field_table[field].kind;

	if (kind == NRS_VALUE_OFFSET) /* text that may stand in a payload */
		return shape != NRS_SHAPE_IPV4 && shape != NRS_SHAPE_IPV6;
	switch (shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
		return kind == NRS_VALUE_ADDR || kind == NRS_VALUE_HOST;
	case NRS_SHAPE_NAME:
	case NRS_SHAPE_SUBDOMAINS:
		return kind == NRS_VALUE_NAME || kind == NRS_VALUE_HOST ||
		       field == NRS_F_FILE_NAME; /* "invoice.exe" */
	case NRS_SHAPE_URL:
		return kind == NRS_VALUE_URL;
	case NRS_SHAPE_MD5:
	case NRS_SHAPE_SHA1:
	case NRS_SHAPE_SHA256:
		return kind == NRS_VALUE_HEX || kind == NRS_VALUE_TOKEN;
	default:
		return kind == NRS_VALUE_TEXT || kind == NRS_VALUE_TOKEN ||
		       kind == NRS_VALUE_HEADER;
	}
}

static int look(struct find *f, struct nrs_matcher *m, struct nrs_span value)
{
	struct nrs_txn txn;
	struct nrs_addr addr;
	struct nrs_seen seen = {.field = f->field, .raw = value};
	const struct nrs_payload_datagram alone = {
		.octets = value, .side = f->field == NRS_F_DST_PAYLOAD};

	if (nrs_field_table[f->field].kind == NRS_VALUE_ADDR) {
		if (nrs_addr_parse(value, &addr) != NRS_OK)
			return NRS_E_FORMAT;
		seen.raw = nrs_span(addr.bytes, sizeof(addr.bytes));
	}
	nrs_txn_begin(&txn, &txn, NRS_TXN_FLOW, 0, 0);
	if (nrs_field_table[f->field].kind == NRS_VALUE_OFFSET)
		nrs_payload_datagram(m, &txn, &alone);
	else
		nrs_match_look(m, &txn, &seen, NRS_LANES_ALL);
	return NRS_OK;
}

int nrs_find(const struct nrs_db *db, unsigned int seat,
	     const struct nrs_find_question *question)
{
	struct find f = {.question = question};
	const struct nrs_match_probe probe = {.ctx = &f,
					      .satisfied = satisfied};
	const struct nrs_match_sink sink = {0};
	struct nrs_counters *counters = calloc(1, sizeof(*counters));
	struct nrs_matcher *m = NULL;
	int err = counters == NULL
			  ? NRS_E_NOMEM
			  : nrs_matcher_new(&m, db, seat, &sink, counters);

	if (err == NRS_OK)
		m->probe = &probe;
	f.matcher = m;
	for (unsigned int i = 0; i < NRS_FIELD_COUNT && err == NRS_OK; i++) {
		f.field = (enum nrs_field)i;
		if (can_show(f.field, question->shape))
			err = look(&f, m, question->value);
	}
	nrs_matcher_free(m);
	free(counters);
	return err;
}
