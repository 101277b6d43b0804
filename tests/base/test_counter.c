/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_counter: every counter and every error has a name and a text, and sums
 * are sums.
 */
#include "tests/nrs_test.h"

#include "engine/base/counter.h"
#include "engine/base/err.h"

static void each_counter_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NRS_COUNTER_COUNT; i++) {
		const char *name = nrs_counter_name((enum nrs_counter)i);

		assert_true(strlen(name) > 0);
		assert_true(strlen(nrs_counter_text((enum nrs_counter)i)) > 0);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(
				name, nrs_counter_name((enum nrs_counter)j));
	}
}

static void each_reason_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NRS_BLINDS; i++) {
		const char *name = nrs_blind_name((enum nrs_blind)i);

		assert_true(strlen(name) > 0);
		assert_true(strlen(nrs_blind_text((enum nrs_blind)i)) > 0);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(
				name, nrs_blind_name((enum nrs_blind)j));
	}
}

/* A mark is a bit of 32, and only reasons of flows are marks. */
static void counters_stand_for_reasons_of_flows(void **state)
{
	(void)state;
	assert_true(NRS_BLINDS <= 32);
	for (unsigned int i = 0; i < NRS_COUNTER_COUNT; i++)
		assert_int_equal(
			nrs_counter_blind((enum nrs_counter)i) &
				(NRS_BLIND_BIT(NRS_B_FIRST_OF_FLOWS) - 1),
			0);
	assert_int_equal(nrs_counter_blind(NRS_C_TLS_ECH),
			 NRS_BLIND_BIT(NRS_B_ECH));
	assert_int_equal(nrs_counter_blind(NRS_C_HITS), 0);
}

static void sums_are_word_by_word(void **state)
{
	struct nrs_counters a = {0}, b = {0};

	(void)state;
	nrs_blind_packets(&a, NRS_B_LINK, 2, 90);
	nrs_blind_packets(&b, NRS_B_LINK, 1, 10);
	b.blind[NRS_B_CLEAR].flows = 7;
	nrs_count(&a, NRS_C_PACKETS);
	nrs_count_add(&b, NRS_C_PACKETS, 41);
	nrs_count(&b, NRS_C_HITS);
	nrs_counters_sum(&a, &b);
	assert_int_equal(a.value[NRS_C_PACKETS], 42);
	assert_int_equal(a.value[NRS_C_HITS], 1);
	assert_int_equal(b.value[NRS_C_PACKETS], 41);
	assert_int_equal(a.blind[NRS_B_LINK].packets, 3);
	assert_int_equal(a.blind[NRS_B_LINK].bytes, 100);
	assert_int_equal(a.blind[NRS_B_CLEAR].flows, 7);
}

static void each_error_has_a_text(void **state)
{
	(void)state;
	for (int err = NRS_OK; err >= NRS_E_OPAQUE; err--)
		assert_true(strlen(nrs_strerror(err)) > 0);
	/* what is no code of ours has one too */
	assert_non_null(nrs_strerror(-9999));
	assert_non_null(nrs_strerror(1));
}

static void a_diagnosis_is_cut_and_never_overflows(void **state)
{
	struct nrs_diag diag;
	char text[400];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(nrs_diag_set(&diag, NRS_E_LIMIT, 7, "%s", text),
			 NRS_E_LIMIT);
	assert_int_equal(diag.code, NRS_E_LIMIT);
	assert_int_equal(diag.place, 7);
	assert_int_equal(strlen(diag.text), sizeof(diag.text) - 1);
	assert_int_equal(nrs_diag_set(NULL, NRS_E_IO, 0, "%s", "x"), NRS_E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_counter_has_a_name_of_its_own),
		cmocka_unit_test(each_reason_has_a_name_of_its_own),
		cmocka_unit_test(counters_stand_for_reasons_of_flows),
		cmocka_unit_test(sums_are_word_by_word),
		cmocka_unit_test(each_error_has_a_text),
		cmocka_unit_test(a_diagnosis_is_cut_and_never_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
