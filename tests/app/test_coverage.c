/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_coverage: the table of what was not inspected, and the same as JSON.
 */
#include "tests/nrs_test.h"

#include "app/coverage.h"

static const struct nrs_counters *made(void)
{
	static struct nrs_counters c;

	memset(&c, 0, sizeof(c));
	c.value[NRS_C_PACKETS] = 2000;
	c.value[NRS_C_BYTES] = 1000000;
	c.blind[NRS_B_ALL] = (struct nrs_blind_sum){40, 1900, 900000};
	c.blind[NRS_B_CLEAR] = (struct nrs_blind_sum){30, 900, 300000};
	c.blind[NRS_B_NOT_IP] = (struct nrs_blind_sum){0, 100, 4200};
	c.blind[NRS_B_ECH] = (struct nrs_blind_sum){10, 1000, 1234567};
	return &c;
}

static void the_table_has_only_what_occurred(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	nrs_coverage_text(&out, made());
	nrs_text_putc(&out, '\0');
	const char *text = (const char *)out.ptr;
	assert_non_null(strstr(text, "2,000 packets, 1,000,000 bytes; 40 "
				     "flows, of which 30 without"));
	assert_non_null(strstr(text, " 100   5.0 %"));
	assert_non_null(strstr(text, " 10  25.0 %"));
	assert_non_null(strstr(text, "1,234,567"));
	assert_non_null(strstr(text, nrs_blind_text(NRS_B_ECH)));
	assert_null(strstr(text, nrs_blind_text(NRS_B_GAPS)));
	/* every line of a table as wide as its head */
	const char *head = strstr(text, "  FLOWS NOT");
	const char *row = strchr(head, '\n') + 1;
	assert_int_equal(strchr(row, '\n') - row, strchr(head, '\n') - head);
	nrs_text_fini(&out);
}

static void nothing_at_all_is_no_division(void **state)
{
	const struct nrs_counters none = {0};
	struct nrs_text out = {0};

	(void)state;
	nrs_coverage_text(&out, &none);
	assert_true(out.len > 0);
	assert_int_equal(nrs_span_find_text(nrs_text_span(&out), "nan"),
			 SIZE_MAX);
	nrs_text_fini(&out);
}

static int64_t number(const struct nrs_json *at, const char *key)
{
	int64_t value = -1;

	(void)nrs_json_i64(nrs_json_get(at, key), &value);
	return value;
}

static void json_has_every_reason_by_its_name(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *tree = NULL;
	struct nrs_text out = {0};
	struct nrs_jsonw w = {.out = &out};

	(void)state;
	nrs_jsonw_open(&w, '{');
	nrs_coverage_json(&w, made());
	nrs_jsonw_close(&w, '}');
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&out), arena, &tree, NULL),
		NRS_OK);
	assert_int_equal(number(nrs_json_get(tree, "seen"), "flows"), 40);
	assert_int_equal(number(nrs_json_get(tree, "clear"), "bytes"), 300000);
	const struct nrs_json *why = nrs_json_get(tree, "not_inspected");
	for (unsigned int i = 0; i < NRS_BLINDS; i++) {
		const struct nrs_json *one =
			nrs_json_get(why, nrs_blind_name((enum nrs_blind)i));

		assert_non_null(one);
		assert_true(number(one, "packets") >= 0);
		/* of packets it is not known whose they are */
		assert_int_equal(number(one, "flows") >= 0,
				 i >= NRS_B_FIRST_OF_FLOWS);
	}
	assert_int_equal(number(nrs_json_get(why, "ech"), "flows"), 10);
	nrs_text_fini(&out);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_only_what_occurred),
		cmocka_unit_test(nothing_at_all_is_no_division),
		cmocka_unit_test(json_has_every_reason_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
