/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_objects: does a predicate hold? Its program is evaluated over sets of
 * objects: tests of the same object type under an AND must hold for the same
 * object; tests of different types for the same transaction, or, where that
 * leniency is off, for none (specification, sections 1.3 and 2.4).
 *
 * An object is what STIX takes for one: addresses, names, URLs and MACs that
 * have the same value are the same object, wherever they were seen; others
 * are told apart by their number in the transaction.
 */
#include "engine/match.h"

#include <assert.h>

enum root {
	ROOT_V4,
	ROOT_V6,
	ROOT_NAME,
	ROOT_URL,
	ROOT_MAC,
	ROOT_MAIL_ADDR,
	ROOT_CERTIFICATE,
	ROOT_FILE,
	ROOT_ARTIFACT,
	ROOT_MAIL,
	ROOT_TRAFFIC,
	ROOT_COUNT
};

#define OBJECTS_MAX 63 /* further ones are taken for the last of these */
#define ASKED 63       /* the name that was asked for, where it is not kept */

/* Objects for which something holds: a bit each, by type. Of each type that
 * takes part there is at least one. */
struct objects {
	uint64_t mask[ROOT_COUNT];
	unsigned int roots; /* the types that take part: a bit each */
};

/* How something may hold: by a name, or by an address. More ways than these
 * are taken for one. No way: it does not hold. */
#define WAYS_MAX 8
struct ways {
	unsigned int count;
	struct objects way[WAYS_MAX];
};

/* One evaluation. */
struct evaluation {
	const struct nrs_db *db;
	const struct nrs_txn *txn;
	const struct nrs_kept_record *object[ROOT_TRAFFIC][OBJECTS_MAX];
	unsigned int count[ROOT_TRAFFIC];
	bool is_typed; /* AND over different types never holds */
};

/* The type of an object that several values make. */
static enum root joined_root(enum nrs_lane lane)
{
	switch (lane) {
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
	case NRS_LANE_FILE_MD5:
	case NRS_LANE_FILE_SHA1:
	case NRS_LANE_FILE_SHA256:
	case NRS_LANE_FILE_NAME:
	case NRS_LANE_FILE_SIZE:
	case NRS_LANE_FILE_TYPE:
		return ROOT_FILE;
	case NRS_LANE_MAIL_FROM:
	case NRS_LANE_MAIL_SENDER:
	case NRS_LANE_MAIL_TO:
	case NRS_LANE_MAIL_CC:
	case NRS_LANE_MAIL_BCC:
	case NRS_LANE_MAIL_SUBJECT:
	case NRS_LANE_MAIL_DATE:
	case NRS_LANE_MAIL_ID:
	case NRS_LANE_MAIL_TYPE:
	case NRS_LANE_MAIL_MULTIPART:
	case NRS_LANE_MAIL_RECEIVED:
	case NRS_LANE_MAIL_HEADER:
	case NRS_LANE_ATTACHMENT:
		return ROOT_MAIL;
	default:
		return ROOT_TRAFFIC;
	}
}

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
	case NRS_LANE_PAYLOAD:
		return ROOT_ARTIFACT;
	case NRS_LANE_EMAIL_ADDR:
		return ROOT_MAIL_ADDR;
	default:
		return joined_root(lane);
	}
}

/* The number of the object that has the record's value. */
static unsigned int number_of(struct evaluation *e, enum root root,
			      const struct nrs_kept_record *r)
{
	for (unsigned int i = 0; i < e->count[root]; i++) {
		const struct nrs_kept_record *known = e->object[root][i];

		if (known->len == r->len &&
		    memcmp(known->octets, r->octets, r->len) == 0)
			return i;
	}
	if (e->count[root] == OBJECTS_MAX)
		return OBJECTS_MAX - 1;
	e->object[root][e->count[root]] = r;
	return e->count[root]++;
}

/* The name of the question, to which answers belong. */
static unsigned int number_of_asked(struct evaluation *e)
{
	struct nrs_kept_cursor cursor = nrs_kept_begin(e->txn);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind == NRS_KEPT_VALUE && r->object == 0 &&
		    r->layer == e->db->over.layer &&
		    e->db->atoms[r->what].lane == NRS_LANE_NAME)
			return number_of(e, ROOT_NAME, r);
	}
	return ASKED;
}

/* Do they say together what they say apart? */
static bool is_joined(const struct objects *a, const struct objects *b)
{
	unsigned int differing = 0;

	for (unsigned int r = 0; r < ROOT_COUNT; r++)
		differing += a->mask[r] != b->mask[r];
	return a->roots == b->roots && differing <= 1;
}

/* @more to a way that there is, or as one more. Where different types never
 * meet, all stand in one. */
static void add_way(const struct evaluation *e, struct ways *ways,
		    const struct objects *more)
{
	unsigned int at = 0;

	while (at < ways->count && !e->is_typed &&
	       !is_joined(&ways->way[at], more))
		at++;
	if (at == ways->count && at < WAYS_MAX) {
		ways->way[ways->count++] = *more;
		return;
	}
	struct objects *way = &ways->way[at < WAYS_MAX ? at : WAYS_MAX - 1];
	way->roots |= more->roots;
	for (unsigned int r = 0; r < ROOT_COUNT; r++)
		way->mask[r] |= more->mask[r];
}

static void add_objects(const struct evaluation *e, struct ways *ways,
			enum root root, uint64_t mask)
{
	struct objects one = {.roots = 1u << root};

	one.mask[root] = mask;
	if (mask != 0)
		add_way(e, ways, &one);
}

static void gather(struct evaluation *e, uint32_t atom, struct ways *out)
{
	const enum nrs_lane lane = (enum nrs_lane)e->db->atoms[atom].lane;
	const struct nrs_txn *const txns[2] = {e->txn, e->txn->flow};

	for (unsigned int i = 0; i < (e->txn == e->txn->flow ? 1u : 2u); i++) {
		struct nrs_kept_cursor cursor = nrs_kept_begin(txns[i]);

		for (const struct nrs_kept_record *r;
		     (r = nrs_kept_next(&cursor)) != NULL;) {
			unsigned int number = 0;

			if (r->kind != NRS_KEPT_VALUE || r->what != atom ||
			    r->layer != e->db->over.layer)
				continue;
			const enum root root = root_of(lane, r);
			if (lane == NRS_LANE_RESOLVES_ADDR ||
			    lane == NRS_LANE_RESOLVES_NAME)
				number = number_of_asked(e);
			else if (root == ROOT_MAIL)
				number = 0; /* one in a transaction */
			else if (root == ROOT_CERTIFICATE ||
				 root == ROOT_FILE || root == ROOT_ARTIFACT)
				number = r->object < OBJECTS_MAX
						 ? r->object
						 : OBJECTS_MAX - 1;
			else if (root != ROOT_TRAFFIC)
				number = number_of(e, root, r);
			add_objects(e, out, root, UINT64_C(1) << number);
		}
	}
}

/* What holds for @a and @b. False: nothing does. */
static bool meet(const struct evaluation *e, const struct objects *a,
		 const struct objects *b, struct objects *out)
{
	const unsigned int common = a->roots & b->roots;

	*out = (struct objects){0};
	for (unsigned int r = 0; r < ROOT_COUNT; r++) {
		const unsigned int bit = 1u << r;

		if ((common & bit) != 0 || e->is_typed)
			out->mask[r] = a->mask[r] & b->mask[r];
		else
			out->mask[r] = a->mask[r] | b->mask[r];
		if (out->mask[r] != 0)
			out->roots |= bit;
		else if ((common & bit) != 0 && !e->is_typed)
			return false;
	}
	return out->roots != 0;
}

static void both(const struct evaluation *e, struct ways *a,
		 const struct ways *b)
{
	const struct ways before = *a;
	struct objects met;

	a->count = 0;
	for (unsigned int i = 0; i < before.count; i++) {
		for (unsigned int k = 0; k < b->count; k++) {
			if (meet(e, &before.way[i], &b->way[k], &met))
				add_way(e, a, &met);
		}
	}
}

static void either(const struct evaluation *e, struct ways *a,
		   const struct ways *b)
{
	for (unsigned int i = 0; i < b->count; i++)
		add_way(e, a, &b->way[i]);
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
	case NRS_LANE_EMAIL_ADDR:
		return false; /* every such object has its value */
	default:
		return joined_root(lane) == ROOT_TRAFFIC;
	}
}

static void absent(struct evaluation *e, uint32_t atom, struct ways *out)
{
	const enum nrs_lane lane = (enum nrs_lane)e->db->atoms[atom].lane;
	const enum root root = joined_root(lane);
	struct ways there = {0};

	gather(e, atom, &there);
	if (e->db->options.strict && root != ROOT_TRAFFIC)
		/* Each of those that there are; the program asks which. */
		add_objects(e, out, root,
			    there.count == 0 ? UINT64_MAX
					     : ~there.way[0].mask[root]);
	/* To the letter, any network-traffic could have had it. */
	else if (there.count == 0 &&
		 (e->db->options.strict || could_have(lane, e->txn)))
		add_objects(e, out, ROOT_TRAFFIC, UINT64_MAX);
}

static bool run(struct evaluation *e, const struct nrs_predicate *predicate)
{
	struct ways stack[NRS_CODE_STACK];
	unsigned int depth = 0;

	stack[0].count = 0;
	for (uint32_t i = 0; i < predicate->length; i++) {
		const uint32_t word = e->db->programs[predicate->program + i];
		const uint32_t arg = word & NRS_CODE_ARG;
		const uint32_t code = word & ~NRS_CODE_ARG;

		if (code == NRS_CODE_ATOM || code == NRS_CODE_NOT) {
			if (depth == NRS_CODE_STACK)
				return false;
			stack[depth].count = 0;
			if (code == NRS_CODE_ATOM)
				gather(e, arg, &stack[depth]);
			else
				absent(e, arg, &stack[depth]);
			depth++;
			continue;
		}
		for (uint32_t n = 1; n < arg; n++) {
			assert(depth > 1); /* the builder counted them */
			depth--;
			if (code == NRS_CODE_AND)
				both(e, &stack[depth - 1], &stack[depth]);
			else
				either(e, &stack[depth - 1], &stack[depth]);
		}
	}
	return stack[0].count > 0;
}

bool nrs_match_holds(const struct nrs_db *db, const struct nrs_txn *txn,
		     const struct nrs_predicate *predicate)
{
	struct evaluation e = {.db = db, .txn = txn};
	struct ways ways = {0};

	e.is_typed = db->options.strict ||
		     (db->options.lenient_off &
		      NRS_LENIENCY_BIT(NRS_LENIENT_OBJECTS)) != 0;
	if (predicate->length > 0)
		return run(&e, predicate);
	gather(&e, predicate->program, &ways);
	return ways.count > 0;
}
