/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shed: steps are taken at once, in order, and taken back slowly; between
 * the two marks nothing moves.
 */
#include "capture/shed.h"

#include "tests/nrs_test.h"

#define MS INT64_C(1000000)

static bool is_filled(const void *ctx, unsigned int percent)
{
	return *(const unsigned int *)ctx >= percent;
}

/* A look at a ring that is so full; the level after it. */
static enum nrs_shed_level look(struct nrs_shed *shed, unsigned int fill,
				int64_t now_ms)
{
	const struct nrs_shed_ring ring = {&fill, is_filled};
	const enum nrs_shed_level before = shed->level;
	const bool is_other = nrs_shed_look(shed, &ring, now_ms * MS);

	assert_int_equal(is_other, shed->level != before);
	return shed->level;
}

static void each_fill_has_its_step(void **state)
{
	static const struct {
		unsigned int fill;
		enum nrs_shed_level level;
	} cases[] = {{0, NRS_SHED_NOTHING},   {39, NRS_SHED_NOTHING},
		     {40, NRS_SHED_PATTERNS}, {54, NRS_SHED_PATTERNS},
		     {55, NRS_SHED_DIGESTS},  {69, NRS_SHED_DIGESTS},
		     {70, NRS_SHED_BODIES},   {84, NRS_SHED_BODIES},
		     {85, NRS_SHED_FLOWS},    {100, NRS_SHED_FLOWS}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_shed shed = {0};

		assert_int_equal(look(&shed, cases[i].fill, 1), cases[i].level);
		for (unsigned int l = 1; l < NRS_SHED_LEVELS; l++)
			assert_int_equal(shed.steps[l], l <= cases[i].level);
	}
}

static void a_step_is_taken_back_after_a_second_far_below_it(void **state)
{
	struct nrs_shed shed = {0};

	(void)state;
	assert_int_equal(look(&shed, 60, 1000), NRS_SHED_DIGESTS);
	/* Not as full, and not far below: it stays as long as that lasts. */
	for (int64_t ms = 1010; ms < 9000; ms += 10)
		assert_int_equal(look(&shed, 35, ms), NRS_SHED_DIGESTS);
	for (int64_t ms = 9000; ms < 10000; ms += 10)
		assert_int_equal(look(&shed, 34, ms), NRS_SHED_DIGESTS);
	/* Once more: the second begins anew. */
	assert_int_equal(look(&shed, 35, 10000), NRS_SHED_DIGESTS);
	for (int64_t ms = 10010; ms < 11010; ms += 10)
		assert_int_equal(look(&shed, 34, ms), NRS_SHED_DIGESTS);
	assert_int_equal(look(&shed, 34, 11010), NRS_SHED_PATTERNS);
	/* The next one back has a mark of its own, and another second. */
	for (int64_t ms = 11020; ms < 20000; ms += 10)
		assert_int_equal(look(&shed, 20, ms), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 19, 20000), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 19, 20999), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 19, 21000), NRS_SHED_NOTHING);
	assert_int_equal(look(&shed, 0, 99000), NRS_SHED_NOTHING);
}

static void from_the_last_step_it_is_four_seconds(void **state)
{
	struct nrs_shed shed = {0};

	(void)state;
	assert_int_equal(look(&shed, 100, 1), NRS_SHED_FLOWS);
	for (unsigned int l = NRS_SHED_FLOWS; l > 0; l--) {
		const int64_t begun = 1000 * (NRS_SHED_FLOWS - (int64_t)l);

		assert_int_equal(look(&shed, 0, begun + 10), l);
		assert_int_equal(look(&shed, 0, begun + 1009), l);
		assert_int_equal(look(&shed, 0, begun + 1010), l - 1);
	}
	assert_int_equal(look(&shed, 100, 9000), NRS_SHED_FLOWS);
	for (unsigned int l = 1; l < NRS_SHED_LEVELS; l++)
		assert_int_equal(shed.steps[l], 2);
}

static void a_clock_that_goes_back_delays_and_no_more(void **state)
{
	struct nrs_shed shed = {0};

	(void)state;
	assert_int_equal(look(&shed, 40, 50000), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 0, 50500), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 0, 100), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 0, 1099), NRS_SHED_PATTERNS);
	assert_int_equal(look(&shed, 0, 1100), NRS_SHED_NOTHING);
}

static void fields_are_shed_in_order(void **state)
{
	(void)state;
	assert_true(nrs_shed_fields(NRS_SHED_NOTHING) == 0);
	assert_true(nrs_shed_fields(NRS_SHED_PATTERNS) == 0);
	const nrs_field_set digests = nrs_shed_fields(NRS_SHED_DIGESTS);
	assert_true((digests & NRS_FIELD_BIT(NRS_F_FILE_SHA256)) != 0);
	assert_true((digests & NRS_FIELD_BIT(NRS_F_FILE_NAME)) == 0);
	const nrs_field_set bodies = nrs_shed_fields(NRS_SHED_BODIES);
	assert_true((bodies & digests) == digests);
	assert_true((bodies & NRS_FIELD_BIT(NRS_F_FILE_NAME)) != 0);
	assert_true(nrs_shed_fields(NRS_SHED_FLOWS) == bodies);
	/* What a session opens with stays, whatever the load. */
	assert_true((bodies & (NRS_FIELD_BIT(NRS_F_IP_DST) |
			       NRS_FIELD_BIT(NRS_F_DNS_QUERY) |
			       NRS_FIELD_BIT(NRS_F_HTTP_HOST) |
			       NRS_FIELD_BIT(NRS_F_TLS_SNI) |
			       NRS_FIELD_BIT(NRS_F_CERT_SHA256))) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fill_has_its_step),
		cmocka_unit_test(
			a_step_is_taken_back_after_a_second_far_below_it),
		cmocka_unit_test(from_the_last_step_it_is_four_seconds),
		cmocka_unit_test(a_clock_that_goes_back_delays_and_no_more),
		cmocka_unit_test(fields_are_shed_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
