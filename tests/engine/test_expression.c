/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_expression: found anywhere, with or without regard to case.
 */
#include "tests/nrs_test.h"

#include "engine/expression.h"

static bool finds(const char *text, bool ignores_case, const char *subject)
{
	struct nrs_expression *expression = NULL;

	assert_int_equal(nrs_expression_new(&expression, nrs_span_of(text),
					    ignores_case, NULL),
			 NRS_OK);
	const bool found =
		nrs_expression_finds(expression, nrs_span_of(subject));
	nrs_expression_free(expression);
	return found;
}

static void an_expression_is_found_anywhere(void **state)
{
	(void)state;
	assert_true(finds("b+c", false, "abbc"));
	assert_false(finds("^b+c", false, "abbc"));
	assert_false(finds("B", false, "b"));
	assert_true(finds("B", true, "b"));
}

static void a_bad_expression_says_why(void **state)
{
	struct nrs_expression *expression = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(
		nrs_expression_new(&expression, nrs_span_of("("), true, &diag),
		NRS_E_SYNTAX);
	assert_true(diag.text[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_is_found_anywhere),
		cmocka_unit_test(a_bad_expression_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
