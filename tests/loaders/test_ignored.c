/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ignored: what is told of entries that are nothing to look for.
 */
#include "tests/nrs_test.h"

#include "loaders/ignored.h"

static const struct {
	uint64_t counts[NRS_IGNORED_COUNT];
	const char *said;
} rows[] = {
	{{0}, ""},
	{{[NRS_IGNORED_DELETED] = 7}, "deleted"},
	{{[NRS_IGNORED_TYPE] = 3, [NRS_IGNORED_DELETED] = 1},
	 "3 of a type that no traffic shows, 1 deleted"},
};

static void
each_reason_is_told_with_its_count_where_there_are_several(void **state)
{
	struct nrs_text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_text_clear(&text);
		nrs_ignored_say(rows[i].counts, &text);
		if (!nrs_span_is(nrs_text_span(&text), rows[i].said))
			fail_msg("%s: %.*s", rows[i].said, (int)text.len,
				 (const char *)text.ptr);
	}
	nrs_text_fini(&text);
}

static void every_reason_has_a_text_and_all_are_bounded(void **state)
{
	uint64_t all[NRS_IGNORED_COUNT];
	struct nrs_text text = {0};

	(void)state;
	for (unsigned int i = 0; i < NRS_IGNORED_COUNT; i++) {
		uint64_t one[NRS_IGNORED_COUNT] = {0};

		one[i] = 1;
		all[i] = UINT64_MAX;
		nrs_text_clear(&text);
		nrs_ignored_say(one, &text);
		assert_true(text.len > 0);
	}
	nrs_text_clear(&text);
	nrs_ignored_say(all, &text);
	assert_true(text.len <= 1024);
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_reason_is_told_with_its_count_where_there_are_several),
		cmocka_unit_test(every_reason_has_a_text_and_all_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
