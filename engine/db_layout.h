/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db_layout: what is inside a db. Only the builder writes it and only the
 * matcher reads it; everyone else includes db.h.
 *
 * An atom is one test as the tables know it: (lane, how, literal). A predicate
 * is one branch of one indicator's pattern: a single atom, or a program over
 * atoms. An atom that is satisfied leads to the predicates that chose it as
 * their rarest test.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/stamp.h"
#include "engine/db.h"
#include "engine/predicate.h"
#include "engine/scan.h"
#include "engine/tables/hashtab.h"
#include "engine/tables/iptab.h"
#include "engine/tables/streamdb.h"

/* Namespaces of the key table: a key's tag is one of them plus its lane; of
 * suffixes and prefixes, which only the first lanes have. */
enum nrs_key_kind {
	NRS_KEY_EXACT = 0,
	NRS_KEY_SUFFIX = 112, /* the name itself and its subdomains */
	NRS_KEY_PREFIX = 128, /* these only while building */
	NRS_KEY_REGEX = 144,  /* these have the lane in the key */
	NRS_KEY_SCAN = 145,
	NRS_KEY_PROGRAM = 146, /* without a lane */
};
#define NRS_KEY_NAMED_LANES (NRS_KEY_PREFIX - NRS_KEY_SUFFIX)

struct nrs_atom {
	uint32_t first_lead; /* into leads; a single one stands here itself */
	uint32_t lead_count : 24;
	uint32_t lane : 7;
	uint32_t is_kept : 1; /* some program reads it */
};
#define NRS_ATOM_LEADS_MAX ((UINT32_C(1) << 24) - 1)

struct nrs_lane_tables {
	struct nrs_iptab *prefixes;
	struct nrs_regexdb *regexes;
	struct nrs_streamdb *streams; /* of PAYLOAD, instead of regexes */
	const struct nrs_regex *expressions; /* of either, for an image */
	uint32_t expression_count;
	const struct nrs_scan *scans;
	uint32_t scan_count;
};

/* Of a db over another one (nrs_db_over), and of its delta. */
struct nrs_db_over {
	const struct nrs_db *delta; /* what came later, compiled aside */
	/* For each indicator of the base: 0, or it is withdrawn. */
	const uint32_t *withdrawn;
	uint8_t layer;	/* 0: the base, 1: the delta */
	bool is_copied; /* arrays and tables belong to the base */
};

struct nrs_db {
	const struct nrs_set *set;
	struct nrs_arena *arena; /* scans, operands, texts */
	struct nrs_build_options options;
	nrs_lane_set lanes; /* with at least one atom */
	uint64_t suffix_lanes;
	nrs_field_set demand;
	struct nrs_hashtab *keys;
	struct nrs_lane_tables lane[NRS_LANE_COUNT];
	struct nrs_atom *atoms;
	struct nrs_predicate *predicates;
	uint32_t *programs;
	uint32_t *leads;
	uint32_t *at_end; /* predicates without a leading atom */
	uint32_t at_end_count, lead_count;
	struct nrs_window *windows;
	uint32_t predicate_count, program_count, window_count;
	bool has_parts; /* some predicate is one expression of several */
	bool is_mapped; /* the arrays and tables are an image's */
	struct nrs_db_sizes sizes;
	struct nrs_db_over over;
};

/* The predicates that @atom leads to, as many as its lead_count. */
static inline const uint32_t *nrs_atom_leads(const struct nrs_db *db,
					     const struct nrs_atom *atom)
{
	return atom->lead_count == 1 ? &atom->first_lead
				     : db->leads + atom->first_lead;
}
