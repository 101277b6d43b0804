/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_check: hash literals by alphabet and length, sets by type.
 */
#include "engine/pattern_check.h"

#include "engine/canon.h"

/* The algorithm that the path's last step names, after a "hashes" step. */
static const struct nrs_step *hash_step(const struct nrs_path *path)
{
	const unsigned int n = path->step_count;

	if (n < 2 || path->steps[n - 1].kind != NRS_STEP_KEY ||
	    path->steps[n - 2].kind != NRS_STEP_KEY ||
	    !nrs_span_is(path->steps[n - 2].key, "hashes"))
		return NULL;
	return &path->steps[n - 1];
}

static bool is_hex(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

static bool is_type_mix(enum nrs_literal_type a, enum nrs_literal_type b)
{
	const bool both_numbers = (a == NRS_LIT_INT || a == NRS_LIT_FLOAT) &&
				  (b == NRS_LIT_INT || b == NRS_LIT_FLOAT);

	return a != b && !both_numbers;
}

int nrs_pattern_check_test(const struct nrs_test *test, struct nrs_diag *diag)
{
	const struct nrs_step *step = hash_step(&test->path);
	size_t digits = 0;
	const char *name = NULL;

	if (step != NULL)
		name = nrs_canon_hash_name(step->key, &digits);
	for (unsigned int i = 0; i < test->literal_count; i++) {
		const struct nrs_literal *literal = &test->literals[i];

		if (test->op == NRS_OP_IN &&
		    is_type_mix(test->literals[0].type, literal->type))
			return nrs_diag_set(diag, NRS_E_FORMAT, 0,
					    "IN mixes types");
		if (name == NULL || digits == 0 ||
		    (test->op != NRS_OP_EQ && test->op != NRS_OP_NE &&
		     test->op != NRS_OP_IN) ||
		    literal->type != NRS_LIT_STRING)
			continue;
		if (literal->bytes.len != digits || !is_hex(literal->bytes))
			return nrs_diag_set(diag, NRS_E_FORMAT, 0,
					    "no %s hash: %zu hex digits wanted",
					    name, digits);
	}
	return NRS_OK;
}
