/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of statuses in section 5.1 of the specification, and the waits.
 */
#include "tests/nrs_test.h"

#include "hub/retry.h"

#define SECOND INT64_C(1000000000)
/* 1994-11-06T08:49:37Z */
#define NOW (784111777 * SECOND)

static void every_status_has_its_verdict(void **state)
{
	static const struct {
		int status;
		enum nrs_hub_verdict verdict;
	} cases[] = {
		{200, NRS_HUB_OK},	    {202, NRS_HUB_OK},
		{206, NRS_HUB_OK},	    {301, NRS_HUB_MOVED},
		{308, NRS_HUB_MOVED},	    {400, NRS_HUB_REFUSED},
		{401, NRS_HUB_DENIED},	    {403, NRS_HUB_DENIED},
		{404, NRS_HUB_GONE},	    {406, NRS_HUB_MEDIA},
		{408, NRS_HUB_LATER},	    {410, NRS_HUB_GONE},
		{413, NRS_HUB_TOO_LARGE},   {415, NRS_HUB_MEDIA},
		{416, NRS_HUB_REFUSED},	    {418, NRS_HUB_REFUSED},
		{422, NRS_HUB_BAD_CONTENT}, {429, NRS_HUB_LATER},
		{500, NRS_HUB_LATER},	    {503, NRS_HUB_LATER},
		{599, NRS_HUB_LATER},	    {0, NRS_HUB_LATER},
		{-1, NRS_HUB_LATER},	    {700, NRS_HUB_LATER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%d\n", cases[i].status);
		assert_int_equal(nrs_hub_verdict(cases[i].status),
				 cases[i].verdict);
		assert_non_null(nrs_hub_verdict_name(cases[i].verdict));
	}
}

static void retry_after_is_read_and_capped_at_an_hour(void **state)
{
	static const struct {
		const char *text;
		int64_t wait_ns;
	} cases[] = {
		{"0", 0},
		{"120", 120 * SECOND},
		{" 5 ", 5 * SECOND},
		{"3600", 3600 * SECOND},
		{"3601", 3600 * SECOND},
		{"99999999999999999999999", 3600 * SECOND},
		{"Sun, 06 Nov 1994 08:50:37 GMT", 60 * SECOND},
		{"Sun, 06 Nov 1994 08:48:37 GMT", 0}, /* is over */
		{"Sun, 06 Nov 1999 08:48:37 GMT", 3600 * SECOND},
		{"", -1},
		{"soon", -1},
		{"-5", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("'%s'\n", cases[i].text);
		assert_int_equal(
			nrs_hub_retry_after(nrs_span_of(cases[i].text), NOW),
			cases[i].wait_ns);
	}
}

static void waits_double_from_a_second_to_five_minutes(void **state)
{
	static const int64_t seconds[] = {1,  1,  2,   4,   8,	 16,
					  32, 64, 128, 256, 300, 300};

	(void)state;
	for (unsigned int i = 0; i < 12; i++) {
		const int64_t full = seconds[i] * SECOND;

		assert_int_equal(nrs_hub_backoff(i, 0), full / 2);
		assert_true(nrs_hub_backoff(i, UINT32_MAX) < full);
		assert_true(nrs_hub_backoff(i, UINT32_MAX) > full - full / 100);
	}
	assert_int_equal(nrs_hub_backoff(UINT32_MAX, 0), 150 * SECOND);
}

static void waits_follow_the_verdict_and_what_the_hub_asks(void **state)
{
	static const struct {
		enum nrs_hub_verdict verdict;
		int64_t asked_s, least_s, most_s;
	} cases[] = {
		{NRS_HUB_DENIED, -1, 3600, 3600},
		{NRS_HUB_MOVED, 10, 3600, 3600},
		{NRS_HUB_GONE, -1, 300, 300},
		{NRS_HUB_REFUSED, 1000, 1000, 1000},
		{NRS_HUB_LATER, -1, 1, 2},
		{NRS_HUB_LATER, 60, 60, 60},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (uint64_t r = 0; r <= UINT32_MAX; r += UINT32_MAX / 5) {
			const int64_t wait_ns = nrs_hub_wait(
				cases[i].verdict, 2, (uint32_t)r,
				cases[i].asked_s < 0
					? -1
					: cases[i].asked_s * SECOND);

			assert_true(wait_ns >= cases[i].least_s * SECOND &&
				    wait_ns <= cases[i].most_s * SECOND);
		}
}

static void intervals_are_ten_percent_more_or_less(void **state)
{
	(void)state;
	assert_int_equal(nrs_hub_interval(300, 0), 270 * SECOND);
	assert_true(nrs_hub_interval(300, UINT32_MAX) <= 330 * SECOND);
	assert_true(nrs_hub_interval(300, UINT32_MAX) > 329 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_verdict),
		cmocka_unit_test(retry_after_is_read_and_capped_at_an_hour),
		cmocka_unit_test(waits_double_from_a_second_to_five_minutes),
		cmocka_unit_test(
			waits_follow_the_verdict_and_what_the_hub_asks),
		cmocka_unit_test(intervals_are_ten_percent_more_or_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
