/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_payload: which tests of payloads can be evaluated, and what is
 * said of the others.
 */
#include "engine/builder.h"

#include "tests/engine/made_builder.h"

#define BIN "artifact:payload_bin"

static const struct {
	const char *pattern;
	enum nrs_term_kind kind;
	const char *reason; /* a part of it */
	enum nrs_lane lane;
	const char *text; /* of its expression */
} rows[] = {
	{"[" BIN " MATCHES 'evil']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD,
	 "evil"},
	{"[" BIN " LIKE '%evil%']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD,
	 "%evil%"},
	{"[" BIN " = 'evil']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD, "evil"},
	{"[" BIN " = h'6576']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD, "ev"},
	{"[" BIN " = b'ZXY=']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD, "ev"},
	{"[" BIN " = 'caf\xc3\xa9']", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD,
	 "caf\xe9"},
	{"[" BIN " IN ('evil')]", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD, "evil"},
	{"[EXISTS " BIN "]", NRS_TERM_ATOM, "", NRS_LANE_PAYLOAD, "%"},
	{"[network-traffic:src_payload_ref.payload_bin MATCHES 'evil']",
	 NRS_TERM_ATOM, "", NRS_LANE_SRC_PAYLOAD, "evil"},
	{"[network-traffic:dst_payload_ref.payload_bin MATCHES 'evil']",
	 NRS_TERM_ATOM, "", NRS_LANE_DST_PAYLOAD, "evil"},
	{"[" BIN " = '\xe2\x82\xac']", NRS_TERM_NEVER, "that no octet is", 0,
	 NULL},
	{"[" BIN " MATCHES '\xe2\x82\xac']", NRS_TERM_NEVER, "that no octet is",
	 0, NULL},
	{"[" BIN " = h'']", NRS_TERM_NEVER, "empty", 0, NULL},
	{"[" BIN " = 5]", NRS_TERM_NEVER, "text and octets", 0, NULL},
	{"[" BIN " IN ()]", NRS_TERM_NEVER, "holds nothing", 0, NULL},
	{"[" BIN " MATCHES '(?<=a)b']", NRS_TERM_UNSEEN,
	 "cannot be run on a stream", 0, NULL},
	{"[" BIN " MATCHES '(a)\\\\1']", NRS_TERM_UNSEEN,
	 "cannot be run on a stream", 0, NULL},
	{"[" BIN " != 'evil']", NRS_TERM_UNSEEN, "only all of it", 0, NULL},
	{"[" BIN " NOT MATCHES 'evil']", NRS_TERM_UNSEEN, "only all of it", 0,
	 NULL},
	{"[NOT EXISTS " BIN "]", NRS_TERM_UNSEEN, "only all of it", 0, NULL},
	{"[" BIN " > h'00']", NRS_TERM_UNSEEN, "order", 0, NULL},
};

static void each_test_is_evaluated_or_says_why_not(void **state)
{
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_test *test =
			builder_test(&m->b, rows[i].pattern);
		struct nrs_path_map map;
		struct nrs_term *term = NULL;

		m->b.reason[0] = '\0';
		nrs_path_map(&test->path, &map);
		assert_true(nrs_is_payload(&map));
		assert_int_equal(
			nrs_build_payload_test(&m->b, test, &map, &term),
			NRS_OK);
		assert_non_null(term);
		if (term->kind != rows[i].kind ||
		    strstr(m->b.reason, rows[i].reason) == NULL)
			fail_msg("%s: %d, '%s'", rows[i].pattern, term->kind,
				 m->b.reason);
		if (rows[i].text == NULL)
			continue;
		/* one table for all lanes; found again by its value */
		const struct nrs_vector *all = &m->b.regexes[NRS_LANE_PAYLOAD];
		const struct nrs_regex *regexes =
			(const struct nrs_regex *)all->items;
		size_t at = 0;

		while (at < all->count && regexes[at].value != term->atom)
			at++;
		assert_true(at < all->count);
		assert_true(nrs_span_is(regexes[at].text, rows[i].text));
		assert_int_equal(builder_lane(&m->b, term->atom), rows[i].lane);
	}
}

static void what_takes_everything_is_guarded(void **state)
{
	struct made_builder *m = *state;
	const struct nrs_test *test = builder_test(&m->b, "[" BIN " LIKE '%']");
	struct nrs_path_map map;
	struct nrs_term *term = NULL;

	nrs_path_map(&test->path, &map);
	assert_int_equal(nrs_build_payload_test(&m->b, test, &map, &term),
			 NRS_OK);
	assert_non_null(term);
	assert_non_null(term->guard);
}

static void to_the_letter_like_is_of_texts(void **state)
{
	struct made_builder *m = *state;
	const struct nrs_test *test =
		builder_test(&m->b, "[" BIN " LIKE '%evil%']");
	struct nrs_term *term = NULL;

	m->db.options.strict = true;
	assert_int_equal(nrs_build_strict_test(&m->b, test, &term), NRS_OK);
	assert_non_null(term);
	assert_int_equal(term->kind, NRS_TERM_UNSEEN);
	test = builder_test(&m->b, "[" BIN " MATCHES 'evil']");
	assert_int_equal(nrs_build_strict_test(&m->b, test, &term), NRS_OK);
	assert_int_equal(term->kind, NRS_TERM_ATOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(each_test_is_evaluated_or_says_why_not),
		NRS_B(what_takes_everything_is_guarded),
		NRS_B(to_the_letter_like_is_of_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
