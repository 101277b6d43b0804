/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_part: what the files of the strict evaluator share.
 */
#pragma once

#include "engine/strict.h"

struct nrs_strict_value {
	const struct nrs_json *json; /* what the document says */
	struct nrs_span bytes;	     /* decoded, if is_binary */
	bool is_binary;
};

struct nrs_strict_values {
	struct nrs_strict_value *list;
	unsigned int count;
};

struct nrs_strict_run {
	const struct nrs_strict_documents *documents;
	struct nrs_arena *arena;
	struct nrs_diag *diag;
	uint64_t work;	   /* steps done so far */
	uint64_t work_max; /* allowed; 0: NRS_STRICT_WORK_MAX */
};

/* Account for @work steps: NRS_OK or NRS_E_LIMIT. */
int nrs_strict_spend(struct nrs_strict_run *run, uint64_t work);

/* Rule 1: the values @path selects from the root @object of @observed. */
int nrs_strict_select(struct nrs_strict_run *run, const struct nrs_path *path,
		      const struct nrs_strict_observed *observed,
		      const struct nrs_strict_object *object,
		      struct nrs_strict_values *out);

/* A test made ready: the expression of LIKE or MATCHES compiled. */
struct nrs_strict_operand {
	const struct nrs_test *test;
	struct nrs_pcre *characters, *octets; /* NULL: never matches */
	struct nrs_pcre_scratch *scratch;
};

int nrs_strict_operand_init(struct nrs_strict_operand *operand,
			    const struct nrs_test *test,
			    struct nrs_strict_run *run);
void nrs_strict_operand_fini(struct nrs_strict_operand *operand);

/* LIKE as an expression of characters: % is any run, _ any one, and the value
 * is meant as a whole. */
void nrs_strict_like(struct nrs_text *out, struct nrs_span text);

/* The comparison table, NOT included: 1, 0 or an error. Not for EXISTS. */
int nrs_strict_compare(const struct nrs_strict_operand *operand,
		       const struct nrs_strict_value *value,
		       struct nrs_strict_run *run);

/*
 * Rule 2: @child of an observation expression over all objects of all
 * documents; @passes has an element per object.
 */
int nrs_strict_roots(struct nrs_strict_run *run, const struct nrs_node *child,
		     bool *passes);

/* Text as octets if every character is below 256, in the arena. */
bool nrs_strict_octets(struct nrs_strict_run *run, struct nrs_span text,
		       struct nrs_span *out);

/* One place of a binding and the observed-data that may fill it. */
struct nrs_strict_slot {
	const bool *can; /* per observed-data: the expression holds there */
	struct nrs_strict_interval must; /* START/STOP, both ends inside */
};

/*
 * For all a in [a, a_end), b in [b, b_end): first(a) <= last(b) + slack. Every
 * rule over two observations is of this form.
 */
struct nrs_strict_order {
	unsigned int a, a_end, b, b_end; /* slots */
	int64_t slack;
};

struct nrs_strict_problem {
	struct nrs_strict_slot *slots;
	unsigned int slot_count;
	struct nrs_strict_order *orders;
	unsigned int order_count;
};

/* 1 with an observed-data for each slot in @bound, 0, or an error. */
int nrs_strict_solve(struct nrs_strict_run *run,
		     const struct nrs_strict_problem *problem,
		     unsigned int *bound);
