/* SPDX-License-Identifier: Apache-2.0 */
/*
 * term: a pattern under way between its text and its predicates; a part of
 * builder.h.
 */
#pragma once

#include "engine/leniency.h"

struct nrs_builder;

/* A pattern under way: a tree over atoms, in the scratch arena. */
enum nrs_term_kind {
	NRS_TERM_ATOM,
	NRS_TERM_NOT, /* the atom is not satisfied */
	NRS_TERM_AND,
	NRS_TERM_OR,
	NRS_TERM_UNSEEN, /* cannot be observed; the builder's reason says why */
	NRS_TERM_NEVER,	 /* false whatever is seen; likewise */
};

struct nrs_term {
	enum nrs_term_kind kind;
	uint32_t atom;
	bool at_end;
	const char *guard; /* why it must not fire alone, or NULL */
	struct nrs_term *child;
	struct nrs_term *next;
};

/* Terms in the scratch arena; NULL without memory. */
struct nrs_term *nrs_term_new(struct nrs_builder *b, enum nrs_term_kind kind);
struct nrs_term *nrs_term_atom(struct nrs_builder *b, uint32_t atom);
struct nrs_term *nrs_term_unseen(struct nrs_builder *b, const char *reason);
struct nrs_term *nrs_term_never(struct nrs_builder *b, const char *reason);
/* False if it is off (the reason says so); else it is counted. */
bool nrs_lenient(struct nrs_builder *b, enum nrs_leniency leniency);
struct nrs_term *nrs_term_either(struct nrs_builder *b, struct nrs_term *one,
				 struct nrs_term *other);

/* Why @term must not fire alone, or NULL; and the same with the reason set. */
const char *nrs_term_guard(const struct nrs_term *term);
bool nrs_term_is_guarded(struct nrs_builder *b, const struct nrs_term *term);
