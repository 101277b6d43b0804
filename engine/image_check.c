/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_check: no index of an image's arrays leads outside of them, and no
 * program does what the matcher does not expect. What the arrays mean may be a
 * lie, as in any list of indicators; they cannot make the matcher stray. (The
 * number of a part's expression is checked by who puts the parts together.)
 */
#include "engine/image_layout.h"

#include <stdlib.h>

static bool atoms_are_sound(const struct nrs_db *db)
{
	for (size_t i = 0; i < db->sizes.tests; i++) {
		const struct nrs_atom *atom = &db->atoms[i];

		if (atom->lane >= NRS_LANE_COUNT)
			return false;
		if (atom->lead_count == 1
			    ? atom->first_lead >= db->predicate_count
			    : atom->first_lead > db->lead_count ||
				      atom->lead_count >
					      db->lead_count - atom->first_lead)
			return false;
	}
	return true;
}

static bool are_below(const uint32_t *items, uint32_t count, uint64_t end)
{
	for (uint32_t i = 0; i < count; i++) {
		if (items[i] >= end)
			return false;
	}
	return true;
}

/* Runs the program on counts instead of sets. */
static bool program_is_sound(const struct nrs_db *db,
			     const struct nrs_predicate *p)
{
	uint32_t depth = 0;

	if (p->program > db->program_count ||
	    p->length > db->program_count - p->program)
		return false;
	for (uint32_t i = 0; i < p->length; i++) {
		const uint32_t word = db->programs[p->program + i];
		const uint32_t arg = word & NRS_CODE_ARG;
		const uint32_t code = word & ~NRS_CODE_ARG;

		switch (code) {
		case NRS_CODE_ATOM:
		case NRS_CODE_NOT:
			if (arg >= db->sizes.tests || ++depth > NRS_CODE_STACK)
				return false;
			break;
		case NRS_CODE_AND:
		case NRS_CODE_OR:
			if (arg == 0 || arg > depth)
				return false;
			depth -= arg - 1;
			break;
		default:
			return false;
		}
	}
	return depth == 1;
}

/* The program of @p; @known has, for each word, the length of the sound program
 * that begins there. Equal programs are one, which is walked once; apart from
 * that no word may be walked twice, as there could be no end of it. */
static bool code_is_sound(const struct nrs_db *db,
			  const struct nrs_predicate *p, uint16_t *known,
			  uint64_t *walked)
{
	if (p->program < db->program_count && known[p->program] == p->length)
		return true;
	*walked += p->length;
	if (*walked > db->program_count || !program_is_sound(db, p))
		return false;
	known[p->program] = p->length;
	return true;
}

static bool predicates_are_sound(const struct nrs_db *db)
{
	const uint32_t indicators = nrs_set_count(db->set);
	uint16_t *known = calloc((size_t)db->program_count + 1, sizeof(*known));
	uint64_t walked = 0;
	bool is_sound = known != NULL;

	for (uint32_t i = 0; i < db->predicate_count && is_sound; i++) {
		const struct nrs_predicate *p = &db->predicates[i];

		is_sound =
			p->indicator < indicators &&
			((p->flags & NRS_PRED_PART) != 0 ||
			 p->window <= db->window_count) &&
			(p->length == 0 ? p->program < db->sizes.tests
					: code_is_sound(db, p, known, &walked));
	}
	free(known);
	return is_sound;
}

bool nrs_image_arrays_are_sound(const struct nrs_db *db)
{
	return (db->lanes & ~NRS_LANES_ALL) == 0 &&
	       db->suffix_lanes >> NRS_KEY_NAMED_LANES == 0 &&
	       atoms_are_sound(db) && predicates_are_sound(db) &&
	       are_below(db->leads, db->lead_count, db->predicate_count) &&
	       are_below(db->at_end, db->at_end_count, db->predicate_count);
}
