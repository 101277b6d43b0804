/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_test: one comparison as a term: what is looked up, what is tried
 * one by one, what nobody can see, and what a guard holds back.
 */
#include "tests/engine/made_builder.h"

#define HTTP "network-traffic:extensions.'http-request-ext'."
#define NOWHERE NRS_LANE_COUNT

static const struct {
	const char *test;
	enum nrs_term_kind kind;
	enum nrs_lane lane; /* of its atom; of OR and UNSEEN: NOWHERE */
	bool at_end;
} rows[] = {
	{"domain-name:value = 'a.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 false},
	{"domain-name:value IN ('a.example', 'b.example')", NRS_TERM_OR,
	 NOWHERE, false},
	{"domain-name:value IN ('a.example')", NRS_TERM_ATOM, NRS_LANE_NAME,
	 false},
	{"domain-name:value IN ()", NRS_TERM_NEVER, NOWHERE, false},
	/* inverted: when the transaction ends */
	{"domain-name:value != 'a.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 true},
	{"domain-name:value NOT = 'a.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 true},
	{"domain-name:value NOT != 'a.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 false},
	{"domain-name:value NOT IN ('a.example')", NRS_TERM_ATOM, NRS_LANE_NAME,
	 true},
	{"domain-name:value LIKE '%.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 false},
	{"domain-name:value NOT LIKE '%.example'", NRS_TERM_ATOM, NRS_LANE_NAME,
	 true},
	{"url:value LIKE 'a.example/%'", NRS_TERM_ATOM, NRS_LANE_URL_REST,
	 false},
	{"url:value LIKE '%/gate'", NRS_TERM_ATOM, NRS_LANE_URL, false},
	{"url:value MATCHES '^http'", NRS_TERM_ATOM, NRS_LANE_URL, false},
	{"network-traffic:dst_port = 443", NRS_TERM_ATOM, NRS_LANE_DST_PORT,
	 false},
	{"network-traffic:dst_port > 1024", NRS_TERM_ATOM, NRS_LANE_DST_PORT,
	 false},
	/* no integer is one and a half */
	{"network-traffic:dst_port = 1.5", NRS_TERM_NEVER, NOWHERE, false},
	{"network-traffic:dst_port = 443.0", NRS_TERM_ATOM, NRS_LANE_DST_PORT,
	 false},
	{"network-traffic:dst_port LIKE '4%'", NRS_TERM_NEVER, NOWHERE, false},
	{"network-traffic:dst_port NOT LIKE '4%'", NRS_TERM_ATOM,
	 NRS_LANE_DST_PORT, false},
	{"network-traffic:start LIKE '2026-%'", NRS_TERM_ATOM, NRS_LANE_START,
	 false},
	{"mac-addr:value MATCHES '^00'", NRS_TERM_ATOM, NRS_LANE_MAC, false},
	{"network-traffic:extensions.'tcp-ext'.src_flags_hex LIKE '_'",
	 NRS_TERM_ATOM, NRS_LANE_SRC_FLAGS, false},
	{"network-traffic:src_ref.type IN ('ipv4-addr', 'ipv6-addr')",
	 NRS_TERM_OR, NOWHERE, false},
	{"NOT EXISTS network-traffic:dst_ref.value", NRS_TERM_NEVER, NOWHERE,
	 false},
	{"NOT EXISTS domain-name:resolves_to_refs[*].value", NRS_TERM_AND,
	 NOWHERE, false},
	{"ipv4-addr:value ISSUBSET '203.0.113.0/24'", NRS_TERM_ATOM,
	 NRS_LANE_ADDR, false},
	{"ipv4-addr:value ISSUPERSET '203.0.113.7'", NRS_TERM_ATOM,
	 NRS_LANE_ADDR, false},
	{"ipv4-addr:value ISSUPERSET '203.0.113.0/24'", NRS_TERM_NEVER, NOWHERE,
	 false},
	/* either address or name, as the expression may mean both */
	{"network-traffic:dst_ref.value LIKE '%.7'", NRS_TERM_OR, NOWHERE,
	 false},
	{"network-traffic:src_ref.value = 'a.example'", NRS_TERM_UNSEEN,
	 NOWHERE, false},
	{"network-traffic:dst_ref.type = 'ipv4-addr'", NRS_TERM_ATOM,
	 NRS_LANE_DST_ADDR, false},
	{"network-traffic:src_ref.type = 'mac-addr'", NRS_TERM_ATOM,
	 NRS_LANE_SRC_MAC, false},
	{"network-traffic:src_ref.type = 'domain-name'", NRS_TERM_UNSEEN,
	 NOWHERE, false},
	{"network-traffic:dst_ref.type != 'ipv4-addr'", NRS_TERM_UNSEEN,
	 NOWHERE, false},
	{HTTP "request_header.'User-Agent' MATCHES '^x'", NRS_TERM_ATOM,
	 NRS_LANE_HEADER, false},
	{"url:value = 'http://*.a.example/x'", NRS_TERM_UNSEEN, NOWHERE, false},
	{"file:hashes.SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d'",
	 NRS_TERM_ATOM, NRS_LANE_FILE_SHA1, false},
	{"file:hashes[*] = '900150983cd24fb0d6963f7d28e17f72'", NRS_TERM_ATOM,
	 NRS_LANE_FILE_MD5, false},
	{"file:hashes[*] = 'none'", NRS_TERM_UNSEEN, NOWHERE, false},
	{"file:size > 100", NRS_TERM_ATOM, NRS_LANE_FILE_SIZE, false},
	{"file:ctime = 'x'", NRS_TERM_UNSEEN, NOWHERE, false},
};

static void each_comparison_becomes_its_term(void **state)
{
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_term *term = NULL;
		char text[160];

		(void)snprintf(text, sizeof(text), "[%s]", rows[i].test);
		m->b.reason[0] = '\0';
		const int err =
			nrs_build_test(&m->b, builder_test(&m->b, text), &term);
		if (err != NRS_OK || term->kind != rows[i].kind ||
		    term->at_end != rows[i].at_end ||
		    (rows[i].lane != NOWHERE &&
		     builder_lane(&m->b, term->atom) != rows[i].lane))
			fail_msg("%s: %d, %s", text, err, m->b.reason);
		/* what cannot be seen says why */
		if ((term->kind == NRS_TERM_UNSEEN ||
		     term->kind == NRS_TERM_NEVER) &&
		    m->b.reason[0] == '\0')
			fail_msg("%s: no reason", text);
	}
}

static void existence_is_a_test_or_its_absence(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *term = NULL;

	assert_int_equal(nrs_build_test(&m->b,
					builder_test(&m->b, "[EXISTS " HTTP
							    "request_header."
							    "'Referer']"),
					&term),
			 NRS_OK);
	assert_int_equal(term->kind, NRS_TERM_ATOM);
	assert_false(term->at_end);
	assert_int_equal(
		nrs_build_test(&m->b,
			       builder_test(&m->b, "[NOT EXISTS " HTTP
						   "request_header.'Referer']"),
			       &term),
		NRS_OK);
	assert_int_equal(term->kind, NRS_TERM_NOT);
	assert_true(term->at_end);
	/* the same atom, once */
	assert_int_equal(m->b.atoms.count, 1);
}

static void what_cannot_be_compared_is_an_error(void **state)
{
	static const char *const bad[] = {
		"[ipv4-addr:value = 'x']",
		"[ipv4-addr:value IN ('192.0.2.1', 'x')]",
		"[ipv4-addr:value ISSUBSET 'a.example']",
		"[domain-name:value ISSUBSET 'a.example']",
		"[network-traffic:dst_port > 'x']",
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_term *term = NULL;

		m->b.reason[0] = '\0';
		if (nrs_build_test(&m->b, builder_test(&m->b, bad[i]), &term) !=
			    NRS_E_FORMAT ||
		    m->b.reason[0] == '\0')
			fail_msg("%s", bad[i]);
	}
}

static void whole_octets_of_like_are_a_network(void **state)
{
	static const struct {
		const char *test;
		unsigned int networks, expressions; /* all in all after it */
	} likes[] = {
		{"[ipv4-addr:value LIKE '203.0.113.%']", 1, 0},
		{"[ipv4-addr:value LIKE '203.0.%']", 2, 0},
		{"[ipv4-addr:value LIKE '203.0.11%']", 2, 1},
		{"[ipv4-addr:value LIKE '%.0.113.7']", 2, 2},
		{"[ipv4-addr:value LIKE '203.0.113._']", 2, 3},
		{"[ipv4-addr:value LIKE '203.0.113.7.%']", 2, 4},
		{"[ipv4-addr:value LIKE '303.0.113.%']", 2, 5},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(likes) / sizeof(*likes); i++) {
		struct nrs_term *term = NULL;

		assert_int_equal(
			nrs_build_test(&m->b,
				       builder_test(&m->b, likes[i].test),
				       &term),
			NRS_OK);
		if (m->b.prefixes[NRS_LANE_ADDR].count != likes[i].networks ||
		    m->b.regexes[NRS_LANE_ADDR].count != likes[i].expressions)
			fail_msg("%s: %zu %zu", likes[i].test,
				 m->b.prefixes[NRS_LANE_ADDR].count,
				 m->b.regexes[NRS_LANE_ADDR].count);
	}
}

static void guards_hold_back_what_would_match_the_innocent(void **state)
{
	static const struct {
		const char *test;
		bool is_guarded;
	} guards[] = {
		{"[ipv4-addr:value = '127.0.0.1']", true},
		{"[ipv4-addr:value ISSUBSET '0.0.0.0/0']", true},
		{"[ipv4-addr:value LIKE '127.0.0.%']", true},
		{"[ipv4-addr:value = '203.0.113.7']", false},
		{"[domain-name:value = 'co.uk']", true},
		{"[domain-name:value = 'a.co.uk']", false},
		{"[url:value = 'http://*/']", true}, /* any front page */
		{"[url:value = 'http://*/gate']", false},
		/* the MD5 of nothing (RFC 1321, A.5) */
		{"[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
		 true},
		{"[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427f']",
		 false},
		/* != of such a thing matches nothing innocent by itself */
		{"[ipv4-addr:value != '127.0.0.1']", false},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(guards) / sizeof(*guards); i++) {
		struct nrs_term *term = NULL;

		assert_int_equal(
			nrs_build_test(&m->b,
				       builder_test(&m->b, guards[i].test),
				       &term),
			NRS_OK);
		if ((term->guard != NULL) != guards[i].is_guarded)
			fail_msg("%s: %s", guards[i].test,
				 term->guard == NULL ? "" : term->guard);
	}
	m->db.options.guards = false;
	struct nrs_term *term = NULL;
	assert_int_equal(nrs_build_test(&m->b,
					builder_test(&m->b, guards[0].test),
					&term),
			 NRS_OK);
	assert_null(term->guard);
}

static void a_type_test_stands_for_any_address_of_the_family(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *term = NULL;
	const struct nrs_test *test = builder_test(
		&m->b, "[network-traffic:dst_ref.type = 'ipv6-addr']");

	assert_int_equal(nrs_build_type_test(&m->b, test, false, &term),
			 NRS_OK);
	assert_int_equal(term->kind, NRS_TERM_ATOM);
	assert_int_equal(builder_lane(&m->b, term->atom), NRS_LANE_DST_ADDR);
	assert_int_equal(nrs_build_type_test(&m->b, test, true, &term), NRS_OK);
	assert_int_equal(builder_lane(&m->b, term->atom), NRS_LANE_SRC_ADDR);
	test = builder_test(&m->b,
			    "[network-traffic:dst_ref.type = 'ipv4-addr']");
	assert_int_equal(nrs_build_type_test(&m->b, test, false, &term),
			 NRS_OK);
	const struct nrs_iptab_entry *all =
		(const struct nrs_iptab_entry *)m->b.prefixes[NRS_LANE_DST_ADDR]
			.items;
	assert_int_equal(all[0].prefix.bits, 96); /* ::ffff:0:0/96 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(each_comparison_becomes_its_term),
		NRS_B(existence_is_a_test_or_its_absence),
		NRS_B(what_cannot_be_compared_is_an_error),
		NRS_B(whole_octets_of_like_are_a_network),
		NRS_B(guards_hold_back_what_would_match_the_innocent),
		NRS_B(a_type_test_stands_for_any_address_of_the_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
