/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_status_look: how looking back goes, as a line and as JSON; what was
 * refused is said.
 */
#include "app/status_look.h"

#include "engine/base/arena.h"
#include "tests/nrs_test.h"

#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */

static void a_line_says_what_was_looked_for(void **state)
{
	static const struct {
		struct nrs_look_figures look;
		const char *text;
	} rows[] = {
		{{.known = 9},
		 "looked back for 0 indicators: 0 rows, 0 hits\n"},
		{{.indicators = 1234,
		  .rows = 5000000,
		  .hits = 7,
		  .looks = 3,
		  .ended_ns = NOON},
		 "looked back for 1,234 indicators: 5,000,000 rows, 7 hits, "
		 "the last look until 2026-03-01T12:00:00Z\n"},
		{{.wanted = 2, .is_under_way = true},
		 "looked back for 0 indicators: 0 rows, 0 hits; under way for "
		 "2\n"},
		{{.wanted = 2, .failed = 1, .damaged = 3},
		 "looked back for 0 indicators: 0 rows, 0 hits; 2 wait\n"
		 "WARN looking back: 3 damaged parts of logs, 1 looks "
		 "failed\n"},
		{{.refused = 4, .lost = 5, .unwritten = 6},
		 "looked back for 0 indicators: 0 rows, 0 hits\n"
		 "WARN looking back: 4 indicators never looked for (too many), "
		 "5 hits too long, 6 times what is known was not kept "
		 "(state.dir)\n"},
	};
	struct nrs_text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_text_clear(&text);
		nrs_status_look_text(&rows[i].look, &text);
		nrs_text_putc(&text, '\0');
		assert_string_equal((const char *)text.ptr, rows[i].text);
	}
	nrs_text_clear(&text);
	nrs_status_look_text(NULL, &text);
	assert_int_equal(text.len, 0);
	nrs_text_fini(&text);
}

static void programs_get_every_figure(void **state)
{
	static const char *const keys[] = {
		"known",   "waiting", "looks",	 "indicators",
		"rows",	   "hits",    "refused", "forgotten",
		"damaged", "lost",    "failed",	 "unwritten"};
	const struct nrs_look_figures look = {.known = 1,
					      .wanted = 2,
					      .looks = 3,
					      .indicators = 4,
					      .rows = 5,
					      .hits = 6,
					      .refused = 7,
					      .forgotten = 8,
					      .damaged = 9,
					      .lost = 10,
					      .failed = 11,
					      .unwritten = 12,
					      .ended_ns = NOON};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text text = {0};
	struct nrs_jsonw w = {.out = &text};
	struct nrs_json *tree = NULL;

	(void)state;
	nrs_jsonw_open(&w, '{');
	nrs_status_look_json(NULL, &w);
	nrs_status_look_json(&look, &w);
	nrs_jsonw_close(&w, '}');
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), arena, &tree, NULL),
		NRS_OK);
	const struct nrs_json *it = nrs_json_get(tree, "look_back");
	assert_non_null(it);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		int64_t value = 0;

		assert_int_equal(
			nrs_json_i64(nrs_json_get(it, keys[i]), &value),
			NRS_OK);
		if (value != (int64_t)i + 1)
			fail_msg("%s is %d", keys[i], (int)value);
	}
	assert_true(nrs_span_is(nrs_json_text(it, "ended"),
				"2026-03-01T12:00:00.000Z"));
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_what_was_looked_for),
		cmocka_unit_test(programs_get_every_figure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
