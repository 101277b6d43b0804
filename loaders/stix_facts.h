/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_facts: what objects of a file say about others, by the id it is about.
 *
 * A fact came from an object, which has versions itself: of each object the
 * newest version counts, unless that is revoked, in whatever order they came.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/pairs.h"
#include "engine/base/stamp.h"

struct nrs_stix_fact {
	struct nrs_span about;
	struct nrs_span by;    /* the object that says it */
	struct nrs_span value; /* a name or an id */
	int64_t modified_ns;
	uint8_t kind; /* as the table's owner counts */
	bool is_revoked;
};

struct nrs_stix_facts {
	struct nrs_stix_fact *items;
	size_t count, cap;
	size_t limit;		/* 0: NRS_STIX_FACTS_LIMIT */
	uint64_t left_out;	/* facts that came above it */
	struct nrs_pair *order; /* of the items, by a word of about */
	uint32_t *begins; /* by the first bits of the word: where it begins */
	unsigned int shift;
};

/* Facts looked at for one id: many versions, each with many facts, must not
 * multiply. */
#define NRS_STIX_FACTS_MAX 256u

/* A feed may say more about its indicators than about anything else. */
#define NRS_STIX_FACTS_LIMIT ((size_t)32 << 20)

/* True, and counted: no fact more is taken. Ask before what it says is kept. */
bool nrs_stix_facts_is_full(struct nrs_stix_facts *facts);

/* Copy @fact in, its about to @arena; by and value must be kept already. */
int nrs_stix_facts_add(struct nrs_stix_facts *facts, struct nrs_arena *arena,
		       struct nrs_stix_fact fact);
void nrs_stix_facts_fini(struct nrs_stix_facts *facts);

/* Once, before the first look-up, after the last add. NRS_E_NOMEM: then
 * nothing is found. */
int nrs_stix_facts_sort(struct nrs_stix_facts *facts);

/* Soon it is asked what is about @id: have it on its way from memory. */
void nrs_stix_facts_expect(const struct nrs_stix_facts *facts,
			   struct nrs_span id);

/* The facts about @id that count, up to @max of them into @out. */
size_t nrs_stix_facts_about(const struct nrs_stix_facts *facts,
			    struct nrs_span id,
			    const struct nrs_stix_fact **out, size_t max);

/* The first fact about @id in their order (of one object's versions the
 * highest kind first); NULL if there is none. */
const struct nrs_stix_fact *
nrs_stix_facts_first(const struct nrs_stix_facts *facts, struct nrs_span id);
