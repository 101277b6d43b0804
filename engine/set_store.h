/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_store: the set of an image: what set.c is given instead of rows of its
 * own. Private to the engine.
 */
#pragma once

#include "engine/set.h"
#include "engine/stored.h"

/* What an image says of its set as a whole. */
struct nrs_set_facts {
	const char *digest; /* "sha256:...", outlives the set */
	uint64_t refused, repeated;
};

/* Over @stored (taken): for a set that has its sources and no indicators. */
void nrs_set_store(struct nrs_set *set, struct nrs_stored *stored,
		   const struct nrs_set_facts *facts);

/* Unmap @mapping when the set is freed. */
void nrs_set_own_mapping(struct nrs_set *set, struct nrs_span mapping);

/* The digest an image said, or NULL: to be computed. */
const char *nrs_set_stored_digest(const struct nrs_set *set);

/* What names an indicator: its id and version, or the value of a list with its
 * source and shape. @room is for texts that must be put together. */
struct nrs_set_named {
	struct nrs_span name;
	int64_t modified_ns;
	uint32_t source;
	uint8_t shape;
	bool has_id;
};
struct nrs_set_named nrs_set_named(const struct nrs_set *set, uint32_t index,
				   char room[NRS_STORED_ROOM]);
/* Who walks over an image's names asks for those ahead (NRS_SET_AHEAD): each
 * lies somewhere else. Any index. */
#define NRS_SET_AHEAD 16u
void nrs_set_fetch(const struct nrs_set *set, uint32_t index);

/* nrs_set_refuse with a text that has no NUL. */
int nrs_set_keep_refusal(struct nrs_set *set, uint32_t source, uint64_t place,
			 struct nrs_span text);
