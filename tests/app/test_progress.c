/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_progress: the line of a replay under way.
 */
#include "tests/nrs_test.h"

#include "app/progress.h"

static void the_line_says_how_far_how_fast_and_how_long(void **state)
{
	static const struct {
		struct nrs_progress_state state;
		double seconds;
		const char *want;
	} rows[] = {
		{{50000000, 200000000, 1000000, 7},
		 10,
		 "[#####...............] 50.0 of 200.0 MB  100 k packets/s  7 "
		 "hits  0:30 left"},
		{{200000000, 200000000, 4000000, 0},
		 40,
		 "[####################] 200.0 of 200.0 MB  100 k packets/s  0 "
		 "hits  0:00 left"},
		{{1000000, 8000000000, 1000, 1},
		 1,
		 "[#...................] 1.0 of 8000.0 MB  1 k packets/s  1 "
		 "hits  2:13:19 left"},
		/* a pipe has no end that one knows */
		{{1500000, 0, 3000, 2}, 1, "1.5 MB  3 k packets/s  2 hits"},
		/* nothing was read yet: no rate, and no division by it */
		{{0, 100, 0, 0}, 0, "0.0 MB  0 k packets/s  0 hits"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[NRS_PROGRESS_LEN];

		nrs_progress_line(&rows[i].state, rows[i].seconds, line);
		assert_string_equal(line, rows[i].want);
	}
}

static void nothing_is_shown_where_there_is_no_terminal(void **state)
{
	struct nrs_progress progress;

	(void)state;
	nrs_progress_begin(&progress);
	progress.is_terminal = false;
	assert_false(nrs_progress_due(&progress));
	nrs_progress_end(&progress);
	assert_false(progress.is_shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_says_how_far_how_fast_and_how_long),
		cmocka_unit_test(nothing_is_shown_where_there_is_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
