/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_post_pace: waits after trouble, and how a way out says it fares.
 */
#include "tests/nrs_test.h"

#include "engine/base/stamp.h"
#include "hub/retry.h"
#include "sightings/post_pace.h"

#define NOW_NS (INT64_C(1772323200) * NRS_SECOND_NS)

static struct nrs_post_pace begin(void)
{
	struct nrs_post_pace pace;

	assert_int_equal(nrs_post_pace_init(&pace, 7), NRS_OK);
	assert_int_equal(pace.state.posted_ns, NRS_TIME_MIN);
	assert_true(nrs_post_pace_is_due(&pace, NOW_NS));
	return pace;
}

static void waits_grow_with_failures_in_a_row_and_end_with_success(void **state)
{
	const struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
						.retry_ns = -1,
						.message = "HTTP 503"};
	struct nrs_post_pace pace = begin();
	int64_t first_ns;

	(void)state;
	nrs_post_pace_trouble(&pace, &answer, NOW_NS);
	first_ns = pace.next_ns - NOW_NS;
	assert_in_range(first_ns, NRS_HUB_BACKOFF_MIN_NS / 2,
			NRS_HUB_BACKOFF_MIN_NS);
	assert_false(nrs_post_pace_is_due(&pace, NOW_NS));
	assert_int_equal(pace.state.health, NRS_POST_TROUBLE);
	assert_string_equal(pace.state.message, "HTTP 503");
	for (unsigned int i = 0; i < 9; i++)
		nrs_post_pace_trouble(&pace, &answer, NOW_NS);
	assert_int_equal(pace.state.failures, 10);
	assert_true(pace.next_ns - NOW_NS > 4 * first_ns);
	nrs_post_pace_well(&pace);
	assert_int_equal(pace.state.health, NRS_POST_WELL);
	assert_int_equal(pace.state.failures, 0);
	assert_string_equal(pace.state.message, "");
}

static void a_hub_that_says_when_is_not_asked_before(void **state)
{
	const struct nrs_taxii_answer answer = {
		.verdict = NRS_HUB_LATER, .retry_ns = 900 * NRS_SECOND_NS};
	struct nrs_post_pace pace = begin();

	(void)state;
	nrs_post_pace_trouble(&pace, &answer, NOW_NS);
	assert_int_equal(pace.next_ns, NOW_NS + 900 * NRS_SECOND_NS);
}

static void who_is_denied_asks_hourly(void **state)
{
	const struct nrs_taxii_answer answer = {.verdict = NRS_HUB_DENIED,
						.retry_ns = -1};
	struct nrs_post_pace pace = begin();

	(void)state;
	nrs_post_pace_trouble(&pace, &answer, NOW_NS);
	assert_int_equal(pace.state.health, NRS_POST_DENIED);
	assert_int_equal(pace.next_ns, NOW_NS + 3600 * NRS_SECOND_NS);
}

static void a_clock_that_went_back_makes_nobody_wait(void **state)
{
	struct nrs_post_pace pace = begin();

	(void)state;
	nrs_post_pace_local(&pace, "disk full", NOW_NS, 60 * NRS_SECOND_NS);
	assert_int_equal(pace.state.health, NRS_POST_LOCAL);
	assert_false(nrs_post_pace_is_due(&pace, NOW_NS));
	assert_true(nrs_post_pace_is_due(&pace, NOW_NS + 60 * NRS_SECOND_NS));
	assert_true(
		nrs_post_pace_is_due(&pace, NOW_NS - 86400 * NRS_SECOND_NS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			waits_grow_with_failures_in_a_row_and_end_with_success),
		cmocka_unit_test(a_hub_that_says_when_is_not_asked_before),
		cmocka_unit_test(who_is_denied_asks_hourly),
		cmocka_unit_test(a_clock_that_went_back_makes_nobody_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
