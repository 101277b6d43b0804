/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition: what an indicator of another format asks for, as a tree of AND
 * and OR over STIX comparisons, kept as one run of bytes and then written as
 * a STIX pattern.
 *
 * OR at the top becomes observations: [a] OR [b]. AND becomes one observation
 * [a AND b] of what one transaction shows together: its terms are of one world
 * (network, file, mail) and do not ask two values of one property. What is
 * left becomes observations joined by AND, if the caller allows that. A side
 * of an OR that cannot be said is left out and told; of an AND it makes the
 * whole unsayable.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_CONDITION_DEPTH_MAX 32u
#define NRS_CONDITION_LEN_MAX ((size_t)4 << 20)

/* Starts as {0}; fini makes it so again, clear keeps the memory. */
struct nrs_condition {
	struct nrs_text bytes;
	unsigned int depth; /* of groups that are open */
	bool is_too_large;  /* its bytes are a refusal that says so */
};

void nrs_condition_fini(struct nrs_condition *c);
void nrs_condition_clear(struct nrs_condition *c);

/* A group of all (AND) or any (OR) of what is added until its close. */
void nrs_condition_open(struct nrs_condition *c, bool is_all);
void nrs_condition_close(struct nrs_condition *c);

/* One comparison as STIX text: "file:size = 5". */
struct nrs_condition_test {
	struct nrs_span path; /* "file:size" */
	struct nrs_span text; /* the whole of it */
	bool is_equal;	      /* path = value */
	bool is_negative;     /* path != value, NOT: never alone */
};
void nrs_condition_test(struct nrs_condition *c,
			const struct nrs_condition_test *test);

/* What cannot be said, and why. */
void nrs_condition_refuse(struct nrs_condition *c, const char *reason);

/* The condition that has the name @id. */
void nrs_condition_refer(struct nrs_condition *c, struct nrs_span id);

/* True if @c refers to others. */
bool nrs_condition_refers(const struct nrs_condition *c);

struct nrs_condition_rules {
	bool joins; /* observations may be joined by AND */
	/* The bytes of the condition of that name; empty: there is none. */
	struct nrs_span (*find)(void *ctx, struct nrs_span id);
	void *ctx;
	/* What all conditions of a file may grow to by their references, in
	 * octets, less what this one took; NULL: any. */
	uint64_t *budget;
};

struct nrs_condition_result {
	bool is_partial;  /* some side of an OR was left out */
	char reason[160]; /* of the whole, or of the first side left out */
};

/*
 * @condition (the bytes of one) as a pattern appended to
 * @pattern. NRS_E_UNSUPPORTED: it cannot be said, the reason is in @result.
 * NRS_E_NOMEM.
 */
int nrs_condition_write(struct nrs_span condition,
			const struct nrs_condition_rules *rules,
			struct nrs_text *pattern,
			struct nrs_condition_result *result);
