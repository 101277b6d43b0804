/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_like: LIKE and MATCHES in the form of what they are over, and the
 * lanes of a LIKE over URLs.
 */
#include "tests/engine/made_builder.h"

#include "engine/build_like.h"

static void an_expression_gets_the_form_of_its_values(void **state)
{
	static const struct {
		enum nrs_lane lane;
		const char *test, *wanted;
	} rows[] = {
		{NRS_LANE_NAME, "domain-name:value LIKE '%.A.Example.'",
		 "%.a.example"},
		{NRS_LANE_NAME, "domain-name:value MATCHES '^A'", "(?i)^A"},
		{NRS_LANE_URL, "url:value LIKE 'HTTP://A.example/X%'",
		 "http://a.example/X%"},
		{NRS_LANE_URL, "url:value LIKE 'HTTP%/X'", "http%/X"},
		{NRS_LANE_URL, "url:value LIKE '%A/X'", "%A/X"},
		{NRS_LANE_URL_REST, "url:value LIKE 'A.example/X'",
		 "a.example/X"},
		{NRS_LANE_URL, "url:value MATCHES '^A'", "^A"},
		{NRS_LANE_MAC, "mac-addr:value LIKE 'AA-%'", "aa:%"},
		{NRS_LANE_FILE_MD5, "file:hashes.MD5 LIKE 'AB:CD%'", "abcd%"},
		{NRS_LANE_MAIL_SUBJECT, "email-message:subject LIKE 'Aa%'",
		 "Aa%"},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[160];

		(void)snprintf(text, sizeof(text), "[%s]", rows[i].test);
		const struct nrs_span made = nrs_like_text(
			&m->b, rows[i].lane, builder_test(&m->b, text));
		if (!nrs_span_is(made, rows[i].wanted))
			fail_msg("%s: %.*s", text, (int)made.len,
				 (const char *)made.ptr);
	}
}

static void a_like_over_urls_has_one_lane_or_two(void **state)
{
	static const struct {
		const char *like;
		unsigned int count;
		enum nrs_lane first;
	} rows[] = {
		{"http://a.example/%", 1, NRS_LANE_URL},
		{"%a.example/", 1, NRS_LANE_URL},
		{"a.example/%", 1, NRS_LANE_URL_REST},
		{"a.exampl_/", 1, NRS_LANE_URL_REST},
		{"http%", 2, NRS_LANE_URL},
		{"ftp_%", 2, NRS_LANE_URL},
		{"a", 1, NRS_LANE_URL_REST},
		{"", 1, NRS_LANE_URL_REST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum nrs_lane lanes[2] = {NRS_LANE_URL, NRS_LANE_URL};
		const unsigned int count =
			nrs_like_url_lanes(nrs_span_of(rows[i].like), lanes);

		if (count != rows[i].count || lanes[0] != rows[i].first ||
		    (count == 2 && lanes[1] != NRS_LANE_URL_REST))
			fail_msg("%s: %u lanes", rows[i].like, count);
	}
}

static void whole_octets_are_a_prefix_of_ipv4(void **state)
{
	static const struct {
		const char *test, *prefix; /* NULL: none */
	} rows[] = {
		{"ipv4-addr:value LIKE '198.51.100.%'", "198.51.100.0/24"},
		{"ipv4-addr:value LIKE '198.%'", "198.0.0.0/8"},
		{"ipv4-addr:value LIKE '198.5%'", NULL},
		{"ipv4-addr:value LIKE '298.%'", NULL},
		{"ipv4-addr:value LIKE '1.2.3.4.%'", NULL},
		{"ipv4-addr:value MATCHES '198.%'", NULL},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_prefix made;
		char text[160], shown[NRS_ADDR_LEN];

		(void)snprintf(text, sizeof(text), "[%s]", rows[i].test);
		const bool is_prefix =
			nrs_like_octets(builder_test(&m->b, text), &made);
		assert_true(is_prefix == (rows[i].prefix != NULL));
		if (!is_prefix)
			continue;
		(void)nrs_prefix_format(&made, shown);
		assert_string_equal(shown, rows[i].prefix);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(an_expression_gets_the_form_of_its_values),
		NRS_B(a_like_over_urls_has_one_lane_or_two),
		NRS_B(whole_octets_are_a_prefix_of_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
