/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder: the whole compilation of a set, or only of its verdicts, or of what
 * a delta has room for.
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

/* One into atoms and predicates; what could not be is in the reason. */
static int add_indicator(struct nrs_builder *b, uint32_t index,
			 const struct nrs_indicator *indicator)
{
	nrs_arena_reset(b->scratch);
	const struct mark before = mark(b);
	b->indicator = index;
	b->is_partial = b->is_guarded = b->is_never = false;
	b->part = 0;
	b->reason[0] = '\0';
	const int err =
		indicator->shape == NRS_SHAPE_PATTERN || b->db->options.strict
			? nrs_build_pattern(b, indicator)
			: nrs_build_shape(b, indicator);
	if (err != NRS_OK || b->is_never)
		undo(b, &before);
	b->db->sizes.guarded += b->is_guarded;
	b->is_never = err == NRS_OK && b->predicates.count == before.predicates;
	return err;
}

static int add_indicators(struct nrs_builder *b)
{
	const uint32_t count = nrs_set_count(b->set);

	for (uint32_t i = nrs_set_first(b->set); i < count; i++) {
		struct nrs_indicator item;

		nrs_set_get(b->set, i, &item);
		if (!is_wanted(b, &item))
			continue;
		int err = add_indicator(b, i, &item);
		if (err != NRS_OK || b->is_partial || b->is_never)
			err = judge(b, err);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

void nrs_builder_fini(struct nrs_builder *b)
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
		err = nrs_build_place(&b);
	nrs_builder_fini(&b);
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
	nrs_builder_fini(&b);
	nrs_db_free(b.db);
	return err;
}

/* What the indicator took of the room is free again; its expressions are of
 * those without. */
static int let_wait(struct nrs_builder *b, size_t atoms,
		    struct nrs_engine_room left)
{
	struct nrs_atom *made = (struct nrs_atom *)b->atoms.items;

	for (size_t i = atoms; i < b->atoms.count; i++)
		made[i].first_lead = NRS_NONE;
	b->room->left = left;
	return nrs_set_judge(b->set, b->indicator, NRS_STATUS_WAITING,
			     "waits until all is compiled anew");
}

static int hold_indicators(struct nrs_builder *b, uint32_t *rows,
			   uint32_t *waiting)
{
	int err = NRS_OK;

	for (uint32_t i = nrs_set_first(b->set);
	     i < nrs_set_count(b->set) && err == NRS_OK; i++) {
		const struct nrs_engine_room left = b->room->left;
		const size_t atoms = b->atoms.count;
		struct nrs_indicator item;

		nrs_set_get(b->set, i, &item);
		if (item.status != NRS_STATUS_FULL)
			continue; /* nothing to compile */
		b->room->is_held = *rows == 0;
		b->indicator = i;
		if (*rows > 0 && item.shape == NRS_SHAPE_PATTERN)
			err = add_indicator(b, i, &item);
		if (err != NRS_E_NOMEM && err != NRS_E_INTERNAL)
			err = NRS_OK; /* what it is, is judged later */
		if (err == NRS_OK && b->room->is_held) {
			err = let_wait(b, atoms, left);
			(*waiting)++;
		} else {
			(*rows)--;
		}
	}
	return err;
}

int nrs_db_hold(struct nrs_set *set, const struct nrs_build_options *options,
		uint32_t *rows, uint32_t *waiting)
{
	struct nrs_build_room room = {.left = {UINT32_MAX, UINT32_MAX}};
	struct nrs_builder b;
	int err = begin(&b, set, options);

	if (options->engines != NULL)
		room.left = *options->engines;
	b.room = &room;
	*waiting = 0;
	if (err == NRS_OK)
		err = hold_indicators(&b, rows, waiting);
	nrs_builder_fini(&b);
	nrs_db_free(b.db);
	return err;
}
