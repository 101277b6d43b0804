/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder: the slow side of the engine, shared by the build_*.c files: a set
 * of indicators into atoms, predicates and tables. One thread.
 */
#pragma once

#include "engine/base/text.h"
#include "engine/db_layout.h"
#include "engine/path.h"
#include "engine/term.h"

/* A growing array of plain items. */
struct nrs_vector {
	uint8_t *items;
	size_t count, cap, item_bytes;
};
/* Room for one more at the end, zeroed; NULL without memory. */
void *nrs_vector_add(struct nrs_vector *vector, size_t item_bytes);
void nrs_vector_fini(struct nrs_vector *vector);

struct nrs_lead {
	uint32_t atom, predicate;
};

/* Of a delta: what is still free, and does the indicator under way fit? */
struct nrs_build_room {
	struct nrs_engine_room left;
	bool is_held;
};

struct nrs_builder {
	struct nrs_db *db;
	struct nrs_set *set;
	struct nrs_arena *scratch; /* reset for every pattern */
	struct nrs_hashtab_builder *keys;
	struct nrs_text key; /* of the atom under way */
	struct nrs_vector atoms;
	struct nrs_vector predicates;
	struct nrs_vector programs; /* uint32_t */
	struct nrs_vector leads;    /* struct nrs_lead */
	struct nrs_vector at_end;   /* uint32_t */
	struct nrs_vector windows;
	struct nrs_vector prefixes[NRS_LANE_COUNT]; /* struct nrs_iptab_entry */
	struct nrs_vector regexes[NRS_LANE_COUNT];  /* struct nrs_regex */
	struct nrs_vector scans[NRS_LANE_COUNT];    /* struct nrs_scan */
	struct nrs_build_room *room; /* of nrs_db_hold; else NULL */
	/* of the indicator under way */
	uint32_t indicator;
	unsigned int part; /* 0, or number + 1 of its expression */
	bool is_partial;
	bool is_never; /* it is decided: it can never match */
	bool is_guarded;
	char reason[NRS_PATH_TEXT_MAX];
};

/* All that it gathered; not its db and set. */
void nrs_builder_fini(struct nrs_builder *b);

#define NRS_WINDOWS_MAX 255u

/* Atoms, interned: the same test is one atom. NRS_NONE without memory. */
uint32_t nrs_build_exact(struct nrs_builder *b, enum nrs_lane lane,
			 struct nrs_span canonical);
uint32_t nrs_build_suffix(struct nrs_builder *b, enum nrs_lane lane,
			  struct nrs_span canonical);
uint32_t nrs_build_prefix(struct nrs_builder *b, enum nrs_lane lane,
			  const struct nrs_prefix *prefix);
uint32_t nrs_build_regex(struct nrs_builder *b, enum nrs_lane lane,
			 const struct nrs_regex *regex);
/* NRS_E_FORMAT: MATCHES with what is no expression (the reason says why). */
int nrs_build_check_regex(struct nrs_builder *b, const struct nrs_test *test);
uint32_t nrs_build_scan(struct nrs_builder *b, enum nrs_lane lane,
			const struct nrs_scan *scan);

/* One comparison as a term. NRS_E_RANGE, NRS_E_FORMAT: the reason is set. */
int nrs_build_test(struct nrs_builder *b, const struct nrs_test *test,
		   struct nrs_term **out);
/* The same in the strict profile. */
int nrs_build_strict_test(struct nrs_builder *b, const struct nrs_test *test,
			  struct nrs_term **out);
/* A test of what flows carry, in either profile. */
int nrs_build_payload_test(struct nrs_builder *b, const struct nrs_test *test,
			   const struct nrs_path_map *map,
			   struct nrs_term **out);
static inline bool nrs_is_payload(const struct nrs_path_map *map)
{
	return map->kind == NRS_PATH_LANE &&
	       (NRS_L_PAYLOADS >> map->lane & 1) != 0;
}
/* X_ref.type = T on its own (its value tests did not settle it). */
int nrs_build_type_test(struct nrs_builder *b, const struct nrs_test *test,
			bool is_source, struct nrs_term **out);

/* The value of a list, by its shape. */
int nrs_build_shape(struct nrs_builder *b,
		    const struct nrs_indicator *indicator);

/* A whole pattern: parse, compile, add predicates. */
int nrs_build_pattern(struct nrs_builder *b,
		      const struct nrs_indicator *indicator);

/* What is inside [ ] as a term. */
int nrs_build_expression(struct nrs_builder *b, const struct nrs_node *node,
			 struct nrs_term **out);
/* Several observation expressions: each a part of its own. */
int nrs_build_parts(struct nrs_builder *b, const struct nrs_node *root);

/* Add the predicate(s) of a term to the indicator under way. NRS_E_UNSUPPORTED:
 * none of them can ever be decided. */
int nrs_build_predicates(struct nrs_builder *b, struct nrs_term *term,
			 const struct nrs_window *window);

/* What was gathered, into the db's tables. */
int nrs_build_place(struct nrs_builder *b);
