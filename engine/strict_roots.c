/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_roots: the inside of [ ]: which root objects pass (rule 2). Every
 * test is evaluated, so that an evaluation error shows whatever its
 * neighbours say. Depth is bounded by the parser.
 */
#include "engine/strict_part.h"

static bool has_value(const struct nrs_strict_values *values)
{
	for (unsigned int i = 0; i < values->count; i++) {
		if (values->list[i].json->type != NRS_JSON_NULL)
			return true;
	}
	return false;
}

/* 1, 0 or an error: the test over one root. */
static int test_root(struct nrs_strict_run *run,
		     const struct nrs_strict_operand *operand,
		     const struct nrs_strict_observed *observed,
		     const struct nrs_strict_object *object)
{
	const struct nrs_test *test = operand->test;
	struct nrs_strict_values values;
	int passes = 0;
	const int err =
		nrs_strict_select(run, &test->path, observed, object, &values);

	if (err != NRS_OK)
		return err;
	if (test->op == NRS_OP_EXISTS)
		return has_value(&values) != test->negated;
	for (unsigned int i = 0; i < values.count; i++) {
		const int one =
			nrs_strict_compare(operand, &values.list[i], run);

		if (one < 0)
			return one;
		passes |= one;
	}
	return passes;
}

static int test_roots(struct nrs_strict_run *run, const struct nrs_test *test,
		      bool *passes)
{
	const struct nrs_strict_documents *d = run->documents;
	struct nrs_strict_operand operand;
	int err = nrs_strict_operand_init(&operand, test, run);

	for (unsigned int o = 0; o < d->observed_count; o++) {
		const struct nrs_strict_observed *observed = &d->observed[o];

		for (unsigned int i = observed->object;
		     err >= 0 && i < observed->object_end; i++) {
			const struct nrs_strict_object *object = &d->objects[i];

			if (object->is_never_root ||
			    !nrs_span_equal(object->type, test->path.type))
				continue;
			err = test_root(run, &operand, observed, object);
			passes[i] = err > 0;
		}
	}
	nrs_strict_operand_fini(&operand);
	return err < 0 ? err : NRS_OK;
}

int nrs_strict_roots(struct nrs_strict_run *run, const struct nrs_node *child,
		     bool *passes)
{
	const unsigned int count = run->documents->object_count;
	int err = nrs_strict_spend(run, count + 1);

	if (err == NRS_OK && child->kind == NRS_NODE_TEST)
		return test_roots(run, child->u.test, passes);
	for (const struct nrs_node *c = child->child;
	     err == NRS_OK && c != NULL; c = c->next) {
		bool *one = nrs_arena_alloc(run->arena, count + 1);

		if (one == NULL)
			return NRS_E_NOMEM;
		err = nrs_strict_roots(run, c, one);
		for (unsigned int i = 0; i < count; i++) {
			if (c == child->child)
				passes[i] = one[i];
			else if (child->kind == NRS_NODE_CMP_AND)
				passes[i] = passes[i] && one[i];
			else
				passes[i] = passes[i] || one[i];
		}
	}
	return err;
}
