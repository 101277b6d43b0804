/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pattern_check: hash literals and sets beyond the grammar
 * (specification, section 1.2).
 */
#include "engine/pattern_check.h"

#include "tests/nrs_test.h"

#define HEX32 "0123456789abcdef0123456789ABCDEF"

/* A comparison of file:hashes.@key, or of file:@key, with one literal. */
static int check(const char *key, bool is_hash, enum nrs_op op,
		 enum nrs_literal_type type, const char *value)
{
	const struct nrs_step steps[] = {
		{.kind = NRS_STEP_KEY, .key = nrs_span_of("hashes")},
		{.kind = NRS_STEP_KEY, .key = nrs_span_of(key)}};
	const struct nrs_literal literal = {.type = type,
					    .bytes = nrs_span_of(value)};
	const struct nrs_test test = {
		.path = {.type = nrs_span_of("file"),
			 .steps = is_hash ? steps : steps + 1,
			 .step_count = is_hash ? 2 : 1},
		.op = op,
		.literals = &literal,
		.literal_count = 1};
	struct nrs_diag diag = {0};
	const int err = nrs_pattern_check_test(&test, &diag);

	assert_true((err == NRS_OK) == (diag.text[0] == '\0'));
	return err;
}

static void digests_have_their_length_and_alphabet(void **state)
{
	static const struct {
		const char *key;
		unsigned int digits;
	} rows[] = {
		{"MD5", 32},	  {"SHA-1", 40},     {"SHA-224", 56},
		{"SHA-256", 64},  {"SHA-384", 96},   {"SHA-512", 128},
		{"SHA3-256", 64}, {"SHA3-512", 128}, {"md5", 32},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char value[4 * 32 + 2];

		for (unsigned int n = 0; n < 4; n++)
			memcpy(value + 32 * n, HEX32, 32);
		value[rows[i].digits] = '\0';
		if (check(rows[i].key, true, NRS_OP_EQ, NRS_LIT_STRING,
			  value) != NRS_OK)
			fail_msg("%s of %u digits", rows[i].key,
				 rows[i].digits);
		value[rows[i].digits - 1] = 'g';
		if (check(rows[i].key, true, NRS_OP_EQ, NRS_LIT_STRING,
			  value) != NRS_E_FORMAT)
			fail_msg("%s with a g", rows[i].key);
		value[rows[i].digits - 1] = '\0';
		if (check(rows[i].key, true, NRS_OP_NE, NRS_LIT_STRING,
			  value) != NRS_E_FORMAT)
			fail_msg("%s of a digit too few", rows[i].key);
	}
}

static void only_whole_digests_are_checked(void **state)
{
	(void)state;
	/* a part of one, another property, another algorithm */
	assert_int_equal(
		check("MD5", true, NRS_OP_LIKE, NRS_LIT_STRING, "d41d%"),
		NRS_OK);
	assert_int_equal(check("MD5", false, NRS_OP_EQ, NRS_LIT_STRING, "x"),
			 NRS_OK);
	assert_int_equal(check("x_own", true, NRS_OP_EQ, NRS_LIT_STRING, "x"),
			 NRS_OK);
	assert_int_equal(check("MD5", true, NRS_OP_IN, NRS_LIT_STRING, "x"),
			 NRS_E_FORMAT);
}

static void sets_are_of_one_type(void **state)
{
	static const struct {
		enum nrs_literal_type types[3];
		int err;
	} rows[] = {
		{{NRS_LIT_INT, NRS_LIT_INT, NRS_LIT_INT}, NRS_OK},
		{{NRS_LIT_INT, NRS_LIT_FLOAT, NRS_LIT_INT}, NRS_OK},
		{{NRS_LIT_FLOAT, NRS_LIT_INT, NRS_LIT_FLOAT}, NRS_OK},
		{{NRS_LIT_STRING, NRS_LIT_STRING, NRS_LIT_STRING}, NRS_OK},
		{{NRS_LIT_STRING, NRS_LIT_STRING, NRS_LIT_INT}, NRS_E_FORMAT},
		{{NRS_LIT_INT, NRS_LIT_BOOL, NRS_LIT_INT}, NRS_E_FORMAT},
		{{NRS_LIT_STRING, NRS_LIT_TIME, NRS_LIT_STRING}, NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_step step = {.kind = NRS_STEP_KEY,
					      .key = nrs_span_of("b")};
		struct nrs_literal literals[3] = {{0}};
		struct nrs_test test = {.path = {.type = nrs_span_of("a"),
						 .steps = &step,
						 .step_count = 1},
					.op = NRS_OP_IN,
					.literals = literals,
					.literal_count = 3};

		for (unsigned int n = 0; n < 3; n++)
			literals[n].type = rows[i].types[n];
		if (nrs_pattern_check_test(&test, NULL) != rows[i].err)
			fail_msg("row %zu", i);
		/* nobody else has several */
		test.literal_count = 0;
		assert_int_equal(nrs_pattern_check_test(&test, NULL), NRS_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_have_their_length_and_alphabet),
		cmocka_unit_test(only_whole_digests_are_checked),
		cmocka_unit_test(sets_are_of_one_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
