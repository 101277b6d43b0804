/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_builder: a builder at work on nothing yet, for the tests of build_*.c.
 */
#pragma once

#include "engine/builder.h"
#include "tests/nrs_test.h"

struct made_builder {
	struct nrs_builder b;
	struct nrs_db db;
	struct nrs_set *set;
};

static inline int builder_setup(void **state)
{
	struct made_builder *m = calloc(1, sizeof(*m));

	*state = m;
	if (m == NULL || nrs_set_new(&m->set) != NRS_OK)
		return -1;
	m->db.options.guards = true;
	m->db.set = m->set;
	m->db.arena = nrs_arena_new(0);
	m->b.db = &m->db;
	m->b.set = m->set;
	m->b.scratch = nrs_arena_new(0);
	return m->db.arena == NULL || m->b.scratch == NULL
		       ? -1
		       : nrs_hashtab_builder_new(&m->b.keys, 16);
}

static inline int builder_teardown(void **state)
{
	struct made_builder *m = *state;

	nrs_builder_fini(&m->b);
	nrs_arena_free(m->db.arena);
	nrs_set_free(m->set);
	free(m);
	return 0;
}

static inline enum nrs_lane builder_lane(const struct nrs_builder *b,
					 uint32_t atom)
{
	assert_true(atom < b->atoms.count);
	return (enum nrs_lane)((const struct nrs_atom *)b->atoms.items)[atom]
		.lane;
}

/* The first comparison of the pattern [@text]; the scratch arena has it. */
static inline const struct nrs_test *builder_test(struct nrs_builder *b,
						  const char *text)
{
	struct nrs_pattern pattern;
	struct nrs_diag diag = {0};

	if (nrs_pattern_parse(&pattern, nrs_span_of(text), NRS_STIX_21,
			      b->scratch, &diag) != NRS_OK)
		fail_msg("%s: %s", text, diag.text);
	assert_int_equal(pattern.root->kind, NRS_NODE_OBS);
	assert_int_equal(pattern.root->child->kind, NRS_NODE_TEST);
	return pattern.root->child->u.test;
}

#define NRS_B(test)                                                            \
	cmocka_unit_test_setup_teardown(test, builder_setup, builder_teardown)
