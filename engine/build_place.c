/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_place: the last step of a compilation: growing arrays into immutable
 * tables. Expressions that no engine takes are found out here, and what rests
 * on them is silenced.
 */
#include "engine/builder.h"

#include <stdlib.h>

/* Leads by atom, in the order of predicates: a counting sort. An atom with
 * one lead holds it itself. */
static int place_leads(struct nrs_builder *b)
{
	struct nrs_atom *atoms = (struct nrs_atom *)b->atoms.items;
	const struct nrs_lead *pairs = (const struct nrs_lead *)b->leads.items;
	uint32_t at = 0;

	for (size_t i = 0; i < b->leads.count; i++) {
		struct nrs_atom *atom = &atoms[pairs[i].atom];

		if (atom->lead_count == NRS_ATOM_LEADS_MAX)
			return NRS_E_LIMIT;
		atom->lead_count++;
		atom->first_lead = pairs[i].predicate;
	}
	for (size_t a = 0; a < b->atoms.count; a++) {
		if (atoms[a].lead_count == 1)
			continue;
		atoms[a].first_lead = at;
		at += atoms[a].lead_count;
	}
	b->db->leads = calloc((size_t)at + 1, sizeof(*b->db->leads));
	if (b->db->leads == NULL)
		return NRS_E_NOMEM;
	b->db->lead_count = at;
	for (size_t i = 0; i < b->leads.count; i++) {
		struct nrs_atom *atom = &atoms[pairs[i].atom];

		if (atom->lead_count > 1)
			b->db->leads[atom->first_lead++] = pairs[i].predicate;
	}
	for (size_t a = 0; a < b->atoms.count; a++) {
		if (atoms[a].lead_count > 1)
			atoms[a].first_lead -= atoms[a].lead_count;
	}
	return NRS_OK;
}

/* An expression that no engine takes: its indicators are not evaluable. */
struct refusal {
	struct nrs_builder *b;
	enum nrs_lane lane;
	int err;
};

/* Does @atom hold by the expression @regex, or by its not matching? */
static bool rests_on(const struct refusal *refusal, uint32_t atom,
		     uint32_t regex)
{
	const struct nrs_vector *scans = &refusal->b->scans[refusal->lane];
	const struct nrs_scan *items = (const struct nrs_scan *)scans->items;

	if (atom == regex)
		return true;
	for (size_t i = 0; i < scans->count; i++) {
		if (items[i].atom == atom && items[i].op == NRS_OP_LIKE &&
		    items[i].regex == regex)
			return true;
	}
	return false;
}

static bool uses_regex(const struct refusal *refusal,
		       const struct nrs_predicate *predicate, uint32_t regex)
{
	const uint32_t *code = (const uint32_t *)refusal->b->programs.items;

	if (predicate->length == 0)
		return rests_on(refusal, predicate->program, regex);
	for (uint32_t w = 0; w < predicate->length; w++) {
		const uint32_t word = code[predicate->program + w];

		if ((word & ~NRS_CODE_ARG) == NRS_CODE_ATOM &&
		    rests_on(refusal, word & NRS_CODE_ARG, regex))
			return true;
	}
	return false;
}

static void silence(struct nrs_builder *b, uint32_t indicator)
{
	struct nrs_predicate *predicates =
		(struct nrs_predicate *)b->predicates.items;

	for (size_t p = 0; p < b->predicates.count; p++) {
		if (predicates[p].indicator == indicator)
			predicates[p].flags |= NRS_PRED_NEVER;
	}
}

static void refuse_regex(void *ctx, size_t index, const struct nrs_diag *diag)
{
	struct refusal *refusal = ctx;
	struct nrs_builder *b = refusal->b;
	const struct nrs_regex *regex =
		(const struct nrs_regex *)b->regexes[refusal->lane].items +
		index;
	const struct nrs_predicate *predicates =
		(const struct nrs_predicate *)b->predicates.items;

	for (size_t p = 0; p < b->predicates.count; p++) {
		const struct nrs_predicate *predicate = &predicates[p];

		if ((predicate->flags & NRS_PRED_NEVER) != 0 ||
		    !uses_regex(refusal, predicate, regex->value))
			continue;
		silence(b, predicate->indicator);
		if (!b->db->options.shadow &&
		    nrs_set_judge(b->set, predicate->indicator,
				  NRS_STATUS_REJECTED, diag->text) != NRS_OK)
			refusal->err = NRS_E_NOMEM;
	}
}

/* Nothing leads to what was silenced. */
static void drop_silenced(struct nrs_builder *b)
{
	const struct nrs_predicate *predicates =
		(const struct nrs_predicate *)b->predicates.items;
	struct nrs_lead *leads = (struct nrs_lead *)b->leads.items;
	uint32_t *at_end = (uint32_t *)b->at_end.items;
	size_t kept = 0;

	for (size_t i = 0; i < b->leads.count; i++) {
		if ((predicates[leads[i].predicate].flags & NRS_PRED_NEVER) ==
		    0)
			leads[kept++] = leads[i];
	}
	b->leads.count = kept;
	kept = 0;
	for (size_t i = 0; i < b->at_end.count; i++) {
		if ((predicates[at_end[i]].flags & NRS_PRED_NEVER) == 0)
			at_end[kept++] = at_end[i];
	}
	b->at_end.count = kept;
}

/* How many expressions run already, and in which engine. */
static void count_engines(struct nrs_db *db)
{
	db->sizes.hyperscan = db->sizes.pcre = 0;
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		size_t hyperscan = 0, pcre = 0;

		if (db->lane[l].regexes != NULL)
			nrs_regexdb_engines(db->lane[l].regexes, &hyperscan,
					    &pcre);
		if (db->lane[l].streams != NULL)
			hyperscan = nrs_streamdb_count(db->lane[l].streams);
		db->sizes.hyperscan += hyperscan;
		db->sizes.pcre += pcre;
	}
}

static size_t left_of(uint32_t room, size_t used)
{
	return room > used ? room - used : 0;
}

static int place_lane(struct nrs_builder *b, enum nrs_lane lane)
{
	struct nrs_lane_tables *tables = &b->db->lane[lane];
	const struct nrs_engine_room *room = b->db->options.engines;
	struct refusal refusal = {.b = b, .lane = lane};
	struct nrs_regex_most most = {0};
	const struct nrs_regexdb_options options = {
		.seats = b->db->options.seats,
		.most = room == NULL ? NULL : &most,
		.refused = refuse_regex,
		.ctx = &refusal,
	};

	if (room != NULL) {
		count_engines(b->db);
		most.fast = left_of(room->hyperscan, b->db->sizes.hyperscan);
		most.slow = left_of(room->pcre, b->db->sizes.pcre);
	}
	int err = NRS_OK;

	if (b->prefixes[lane].count > 0)
		err = nrs_iptab_build(
			&tables->prefixes,
			(const struct nrs_iptab_entry *)b->prefixes[lane].items,
			b->prefixes[lane].count);
	const struct nrs_regex *regexes =
		(const struct nrs_regex *)b->regexes[lane].items;
	const size_t count = b->regexes[lane].count;
	if (err == NRS_OK && count > 0)
		err = lane == NRS_LANE_PAYLOAD
			      ? nrs_streamdb_build(&tables->streams, regexes,
						   count, &options)
			      : nrs_regexdb_build(&tables->regexes, regexes,
						  count, &options);
	tables->scans = (const struct nrs_scan *)b->scans[lane].items;
	tables->scan_count = (uint32_t)b->scans[lane].count;
	tables->expressions = (const struct nrs_regex *)b->regexes[lane].items;
	tables->expression_count = (uint32_t)b->regexes[lane].count;
	/* Both are the db's now. */
	b->scans[lane].items = b->regexes[lane].items = NULL;
	return err != NRS_OK ? err : refusal.err;
}

/* Arrays that only change their owner. */
static void hand_over(struct nrs_builder *b)
{
	struct nrs_db *db = b->db;

	db->sizes.tests = b->atoms.count;
	db->sizes.keys = nrs_hashtab_builder_count(b->keys);
	db->atoms = (struct nrs_atom *)b->atoms.items;
	db->predicates = (struct nrs_predicate *)b->predicates.items;
	db->programs = (uint32_t *)b->programs.items;
	db->at_end = (uint32_t *)b->at_end.items;
	db->at_end_count = (uint32_t)b->at_end.count;
	db->predicate_count = (uint32_t)b->predicates.count;
	db->program_count = (uint32_t)b->programs.count;
	db->window_count = (uint32_t)b->windows.count;
	db->windows = (struct nrs_window *)b->windows.items;
	b->atoms.items = b->predicates.items = b->programs.items = NULL;
	b->at_end.items = b->windows.items = NULL;
}

/* @one's program among those that there are: added if it is new. */
static int share_program(struct nrs_hashtab_builder *known,
			 const uint32_t *words, struct nrs_predicate *one,
			 struct nrs_vector *shared)
{
	const uint32_t *program = words + one->program;
	const uint32_t fresh = (uint32_t)shared->count;
	uint32_t at = fresh;
	const int err = nrs_hashtab_builder_put(
		known, NRS_KEY_PROGRAM,
		nrs_span(program, one->length * sizeof(*program)), &at);

	if (err != NRS_OK)
		return err;
	for (uint32_t w = 0; at == fresh && w < one->length; w++) {
		uint32_t *word = nrs_vector_add(shared, sizeof(*word));

		if (word == NULL)
			return NRS_E_NOMEM;
		*word = program[w];
	}
	one->program = at;
	return NRS_OK;
}

/* Programs that are equal word by word are one. They are found in a table of
 * their own: those of a db hold atoms alone. */
static int share_programs(struct nrs_builder *b)
{
	struct nrs_predicate *predicates =
		(struct nrs_predicate *)b->predicates.items;
	struct nrs_hashtab_builder *known = NULL;
	struct nrs_vector shared = {0};
	int err = nrs_hashtab_builder_new(&known, 16);

	for (size_t p = 0; p < b->predicates.count && err == NRS_OK; p++) {
		if (predicates[p].length > 0)
			err = share_program(known,
					    (const uint32_t *)b->programs.items,
					    &predicates[p], &shared);
	}
	nrs_hashtab_builder_free(known);
	if (err != NRS_OK) {
		nrs_vector_fini(&shared);
		return err;
	}
	nrs_vector_fini(&b->programs);
	b->programs = shared;
	return NRS_OK;
}

int nrs_build_place(struct nrs_builder *b)
{
	struct nrs_db *db = b->db;
	int err;

	/* First the one that only Hyperscan serves. */
	err = place_lane(b, NRS_LANE_PAYLOAD);
	for (unsigned int l = 0; l < NRS_LANE_COUNT && err == NRS_OK; l++) {
		if (l != NRS_LANE_PAYLOAD)
			err = place_lane(b, (enum nrs_lane)l);
	}
	drop_silenced(b);
	if (err == NRS_OK)
		err = place_leads(b);
	if (err == NRS_OK)
		err = share_programs(b);
	if (err != NRS_OK)
		return err;
	nrs_vector_fini(&b->leads); /* of ten million: 80 MB, needed now */
	hand_over(b);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++)
		db->sizes.prefixes += b->prefixes[l].count;
	count_engines(db);
	err = nrs_hashtab_build(&db->keys, b->keys);
	b->keys = NULL;
	db->demand = nrs_field_demand(db->lanes);
	return err;
}
