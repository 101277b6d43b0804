/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder: the whole compilation of a set, and its last step: growing arrays
 * into immutable tables.
 *
 * No indicator stops the others: what cannot be compiled is judged in the set
 * with its reason, and the rest goes on.
 */
#include "engine/builder.h"

#include <stdlib.h>

#include "engine/set_over.h"

static int judge(struct nrs_builder *b, int err)
{
	enum nrs_status status = NRS_STATUS_REJECTED;

	if (err == NRS_E_NOMEM || err == NRS_E_INTERNAL)
		return err;
	if (b->db->options.shadow)
		return NRS_OK; /* why it was dropped stays */
	if (err == NRS_OK)
		status = b->is_partial ? NRS_STATUS_PARTIAL : NRS_STATUS_FULL;
	else if (err == NRS_E_UNSUPPORTED)
		status = NRS_STATUS_UNSUPPORTED;
	else if (b->reason[0] == '\0')
		(void)nrs_term_unseen(b, nrs_strerror(err));
	return nrs_set_judge(b->set, b->indicator, status,
			     err == NRS_OK && !b->is_partial && !b->is_never
				     ? ""
				     : b->reason);
}

/* How much there is of what indicators add to. */
struct mark {
	size_t predicates, programs, leads, at_end, windows;
};

static struct mark mark(const struct nrs_builder *b)
{
	return (struct mark){.predicates = b->predicates.count,
			     .programs = b->programs.count,
			     .leads = b->leads.count,
			     .at_end = b->at_end.count,
			     .windows = b->windows.count};
}

/* A rejected indicator leaves nothing that could fire: its first observation
 * may have been good. */
static void undo(struct nrs_builder *b, const struct mark *to)
{
	b->predicates.count = to->predicates;
	b->programs.count = to->programs;
	b->leads.count = to->leads;
	b->at_end.count = to->at_end;
	b->windows.count = to->windows;
}

static bool is_wanted(const struct nrs_builder *b,
		      const struct nrs_indicator *indicator)
{
	const uint32_t aside =
		1u << NRS_STATUS_DROPPED | 1u << NRS_STATUS_EXCEPTED;
	const uint32_t asked = b->db->options.shadow_of;

	if (b->db->options.shadow)
		return ((asked != 0 ? asked : aside) >> indicator->status &
			1u) != 0;
	return indicator->status == NRS_STATUS_FULL ||
	       indicator->status == NRS_STATUS_PARTIAL;
}

static int add_indicators(struct nrs_builder *b)
{
	const uint32_t count = nrs_set_count(b->set);

	for (uint32_t i = nrs_set_first(b->set); i < count; i++) {
		struct nrs_indicator item;
		const struct nrs_indicator *indicator = &item;

		nrs_set_get(b->set, i, &item);
		if (!is_wanted(b, indicator))
			continue;
		nrs_arena_reset(b->scratch);
		const struct mark before = mark(b);
		b->indicator = i;
		b->is_partial = b->is_guarded = b->is_never = false;
		b->part = 0;
		b->reason[0] = '\0';
		int err = indicator->shape == NRS_SHAPE_PATTERN ||
					  b->db->options.strict
				  ? nrs_build_pattern(b, indicator)
				  : nrs_build_shape(b, indicator);
		if (err != NRS_OK || b->is_never)
			undo(b, &before);
		b->db->sizes.guarded += b->is_guarded;
		b->is_never = err == NRS_OK &&
			      b->predicates.count == before.predicates;
		if (err != NRS_OK || b->is_partial || b->is_never)
			err = judge(b, err);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

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

static int place_lane(struct nrs_builder *b, enum nrs_lane lane)
{
	struct nrs_lane_tables *tables = &b->db->lane[lane];
	struct refusal refusal = {.b = b, .lane = lane};
	const struct nrs_regexdb_options options = {
		.seats = b->db->options.seats,
		.refused = refuse_regex,
		.ctx = &refusal,
	};
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

/* Programs that are equal word by word are one. */
static int share_programs(struct nrs_builder *b)
{
	struct nrs_predicate *predicates =
		(struct nrs_predicate *)b->predicates.items;
	const uint32_t *words = (const uint32_t *)b->programs.items;
	struct nrs_vector shared = {0};

	for (size_t p = 0; p < b->predicates.count; p++) {
		struct nrs_predicate *one = &predicates[p];
		const uint32_t fresh = (uint32_t)shared.count;
		uint32_t at = fresh;

		if (one->length == 0)
			continue;
		const uint32_t *program = words + one->program;
		int err = nrs_hashtab_builder_put(
			b->keys, NRS_KEY_PROGRAM,
			nrs_span(program, one->length * sizeof(*program)), &at);
		for (uint32_t w = 0;
		     err == NRS_OK && at == fresh && w < one->length; w++) {
			uint32_t *word = nrs_vector_add(&shared, sizeof(*word));

			if (word == NULL)
				err = NRS_E_NOMEM;
			else
				*word = program[w];
		}
		if (err != NRS_OK) {
			nrs_vector_fini(&shared);
			return err;
		}
		one->program = at;
	}
	nrs_vector_fini(&b->programs);
	b->programs = shared;
	return NRS_OK;
}

static int finish(struct nrs_builder *b)
{
	struct nrs_db *db = b->db;
	int err = NRS_OK;

	for (unsigned int l = 0; l < NRS_LANE_COUNT && err == NRS_OK; l++)
		err = place_lane(b, (enum nrs_lane)l);
	drop_silenced(b);
	if (err == NRS_OK)
		err = place_leads(b);
	if (err == NRS_OK)
		err = share_programs(b);
	if (err != NRS_OK)
		return err;
	nrs_vector_fini(&b->leads); /* of ten million: 80 MB, needed now */
	hand_over(b);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		size_t hyperscan = 0, pcre = 0;

		db->sizes.prefixes += b->prefixes[l].count;
		if (db->lane[l].regexes != NULL)
			nrs_regexdb_engines(db->lane[l].regexes, &hyperscan,
					    &pcre);
		if (db->lane[l].streams != NULL)
			hyperscan = nrs_streamdb_count(db->lane[l].streams);
		db->sizes.hyperscan += hyperscan;
		db->sizes.pcre += pcre;
	}
	err = nrs_hashtab_build(&db->keys, b->keys);
	b->keys = NULL;
	db->demand = nrs_field_demand(db->lanes);
	return err;
}

static void builder_fini(struct nrs_builder *b)
{
	nrs_arena_free(b->scratch);
	nrs_hashtab_builder_free(b->keys);
	nrs_text_fini(&b->key);
	nrs_vector_fini(&b->atoms);
	nrs_vector_fini(&b->predicates);
	nrs_vector_fini(&b->programs);
	nrs_vector_fini(&b->leads);
	nrs_vector_fini(&b->at_end);
	nrs_vector_fini(&b->windows);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		nrs_vector_fini(&b->prefixes[l]);
		nrs_vector_fini(&b->regexes[l]);
		nrs_vector_fini(&b->scans[l]);
	}
}

static int begin(struct nrs_builder *b, struct nrs_set *set,
		 const struct nrs_build_options *options)
{
	*b = (struct nrs_builder){.set = set};
	b->db = calloc(1, sizeof(*b->db));
	b->scratch = nrs_arena_new(0);
	if (b->db == NULL || b->scratch == NULL)
		return NRS_E_NOMEM;
	b->db->options = *options;
	b->db->set = set;
	b->db->arena = nrs_arena_new(0);
	if (b->db->arena == NULL)
		return NRS_E_NOMEM;
	return nrs_hashtab_builder_new(&b->keys,
				       nrs_set_count(set) - nrs_set_first(set));
}

int nrs_db_build(struct nrs_db **out, struct nrs_set *set,
		 const struct nrs_build_options *options)
{
	struct nrs_builder b;
	int err = begin(&b, set, options);

	if (err == NRS_OK)
		err = add_indicators(&b);
	if (err == NRS_OK)
		err = finish(&b);
	builder_fini(&b);
	if (err != NRS_OK) {
		nrs_db_free(b.db);
		return err;
	}
	*out = b.db;
	return NRS_OK;
}

int nrs_db_judge(struct nrs_set *set, const struct nrs_build_options *options)
{
	struct nrs_builder b;
	int err = begin(&b, set, options);

	if (err == NRS_OK)
		err = add_indicators(&b);
	builder_fini(&b);
	nrs_db_free(b.db);
	return err;
}
