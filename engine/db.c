/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db: what a compiled set says of itself, and its end.
 */
#include "engine/db_layout.h"

#include <stdlib.h>

#include "engine/set_over.h"

static void free_tables(struct nrs_db *db)
{
	nrs_hashtab_free(db->keys);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		nrs_iptab_free(db->lane[l].prefixes);
		nrs_regexdb_free(db->lane[l].regexes);
		nrs_streamdb_free(db->lane[l].streams);
		if (db->is_mapped)
			continue; /* in the arena */
		free((void *)(uintptr_t)db->lane[l].scans);
		free((void *)(uintptr_t)db->lane[l].expressions);
	}
	if (!db->is_mapped) {
		free(db->atoms);
		free(db->predicates);
		free(db->programs);
		free(db->leads);
		free(db->at_end);
		free(db->windows);
	}
	nrs_arena_free(db->arena);
}

void nrs_db_free(struct nrs_db *db)
{
	while (db != NULL) {
		const struct nrs_db *delta = db->over.delta;

		if (!db->over.is_copied)
			free_tables(db);
		free(db);
		db = (struct nrs_db *)(uintptr_t)delta;
	}
}

int nrs_db_over(struct nrs_db **out, const struct nrs_db *base,
		struct nrs_db *delta, const struct nrs_set *set,
		uint32_t generation)
{
	struct nrs_db *db = malloc(sizeof(*db));

	if (db == NULL) {
		nrs_db_free(delta);
		return NRS_E_NOMEM;
	}
	*db = *base;
	db->set = set;
	db->options.generation = generation;
	db->over = (struct nrs_db_over){.delta = delta,
					.withdrawn = nrs_set_withdrawn(set),
					.is_copied = true};
	if (delta != NULL) {
		delta->over.layer = 1;
		db->demand |= delta->demand;
		db->has_parts |= delta->has_parts;
	}
	*out = db;
	return NRS_OK;
}

const struct nrs_set *nrs_db_set(const struct nrs_db *db)
{
	return db->set;
}

const struct nrs_build_options *nrs_db_options(const struct nrs_db *db)
{
	return &db->options;
}

uint32_t nrs_db_generation(const struct nrs_db *db)
{
	return db->options.generation;
}

nrs_field_set nrs_db_demand(const struct nrs_db *db)
{
	return db->demand;
}

void nrs_db_sizes(const struct nrs_db *db, struct nrs_db_sizes *out)
{
	*out = db->sizes;
	out->bytes = nrs_hashtab_bytes(db->keys);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		if (db->lane[l].prefixes != NULL)
			out->bytes += nrs_iptab_bytes(db->lane[l].prefixes);
	}
}
