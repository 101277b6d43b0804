/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_pattern: whole patterns of one observation into predicates.
 */
#include "tests/engine/made_builder.h"

static const struct {
	const char *pattern;
	int err;
	size_t predicates;
	bool is_partial;
	const char *reason; /* somewhere in it */
} rows[] = {
	{"[domain-name:value = 'a.example']", NRS_OK, 1, false, ""},
	{"[domain-name:value = 'a.example' AND network-traffic:dst_port = 80]",
	 NRS_OK, 1, false, ""},
	{"[domain-name:value = 'a.example' OR domain-name:value = "
	 "'b.example']",
	 NRS_OK, 2, false, ""},
	/* sides that cannot be seen */
	{"[domain-name:value = 'a.example' OR file:ctime = 'x']", NRS_OK, 1,
	 true, "file:ctime"},
	{"[domain-name:value = 'a.example' AND file:ctime = 'x']",
	 NRS_E_UNSUPPORTED, 0, false, "file:ctime"},
	{"[domain-name:value = 'a.example'] OR [file:ctime = 'x']", NRS_OK, 1,
	 true, "file:ctime"},
	{"[mutex:name = 'x'] OR [file:ctime = 'x']", NRS_E_UNSUPPORTED, 0, true,
	 ""},
	/* an exchange is over before its flow is */
	{"[url:value = 'http://a.example/' AND network-traffic:src_byte_count "
	 "> 5]",
	 NRS_E_UNSUPPORTED, 0, false, "an exchange is over"},
	{"[(domain-name:value = 'a.example' AND network-traffic:is_active = "
	 "false) OR ipv4-addr:value = '203.0.113.7']",
	 NRS_OK, 1, true, "an exchange is over"},
	{"[network-traffic:dst_ref.value = 'a.example' AND "
	 "network-traffic:src_byte_count > 5]",
	 NRS_OK, 1, false, ""},
	{"[ipv4-addr:value = '203.0.113.7' AND network-traffic:dst_packets > "
	 "5]",
	 NRS_OK, 1, false, ""},
	/* X_ref.type beside its value says nothing new */
	{"[network-traffic:dst_ref.type = 'ipv4-addr' AND "
	 "network-traffic:dst_ref.value = '203.0.113.7']",
	 NRS_OK, 1, false, ""},
	{"[network-traffic:src_ref.type = 'domain-name' AND "
	 "network-traffic:dst_ref.value = 'a.example']",
	 NRS_E_UNSUPPORTED, 0, false, ""},
	/* one observation is always within its time, and there once */
	{"[domain-name:value = 'a.example'] WITHIN 5 SECONDS", NRS_OK, 1, false,
	 ""},
	{"[domain-name:value = 'a.example'] REPEATS 1 TIMES", NRS_OK, 1, false,
	 ""},
	{"[domain-name:value = 'a.example'] START t'2026-01-01T00:00:00Z' "
	 "STOP t'2026-01-02T00:00:00Z'",
	 NRS_OK, 1, false, ""},
	/* errors have the column */
	{"[domain-name:value = 'a.example'", NRS_E_SYNTAX, 0, false,
	 "column 32"},
	{"[ipv4-addr:value = 'x']", NRS_E_FORMAT, 0, false, "not an address"},
	{"[ipv4-addr:value = '127.0.0.1']", NRS_E_FORMAT, 0, false, "guard"},
	/* the good side narrows the absurd one */
	{"[ipv4-addr:value = '127.0.0.1' AND network-traffic:dst_port = 80]",
	 NRS_OK, 1, false, ""},
	{"[ipv4-addr:value = '127.0.0.1' OR network-traffic:dst_port = 80]",
	 NRS_E_FORMAT, 0, false, "guard"},
};

static int build(struct made_builder *m, const char *pattern,
		 enum nrs_stix_version version)
{
	const struct nrs_indicator item = {.pattern = nrs_span_of(pattern),
					   .version = (uint8_t)version};

	m->b.predicates.count = m->b.leads.count = m->b.at_end.count = 0;
	m->b.is_partial = m->b.is_guarded = false;
	m->b.reason[0] = '\0';
	nrs_arena_reset(m->b.scratch);
	return nrs_build_pattern(&m->b, &item);
}

static void each_pattern_becomes_its_predicates(void **state)
{
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int err = build(m, rows[i].pattern, NRS_STIX_21);

		if (err != rows[i].err ||
		    (err == NRS_OK &&
		     (m->b.predicates.count != rows[i].predicates ||
		      m->b.is_partial != rows[i].is_partial)) ||
		    strstr(m->b.reason, rows[i].reason) == NULL)
			fail_msg("%s: %d, %zu predicates, %s", rows[i].pattern,
				 err, m->b.predicates.count, m->b.reason);
	}
}

static void each_observation_of_several_is_looked_for(void **state)
{
	static const struct {
		const char *pattern;
		int err;
		size_t predicates; /* at least */
	} several[] = {
		{"[domain-name:value = 'a.example'] AND "
		 "[ipv4-addr:value = '203.0.113.7']",
		 NRS_OK, 2},
		{"[domain-name:value = 'a.example'] FOLLOWEDBY "
		 "[domain-name:value = 'b.example'] WITHIN 60 SECONDS",
		 NRS_OK, 2},
		{"[domain-name:value = 'a.example'] REPEATS 3 TIMES", NRS_OK,
		 1},
		/* one of them nobody can see */
		{"[domain-name:value = 'a.example'] AND [mutex:name = 'm']",
		 NRS_E_UNSUPPORTED, 0},
		{"[domain-name:value = 'a.example'] AND "
		 "[ipv4-addr:value = 'x']",
		 NRS_E_FORMAT, 0},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(several) / sizeof(*several); i++) {
		const int err = build(m, several[i].pattern, NRS_STIX_21);

		if (err != several[i].err ||
		    (err == NRS_OK &&
		     m->b.predicates.count < several[i].predicates) ||
		    (err != NRS_OK && m->b.reason[0] == '\0'))
			fail_msg("%s: %d, %zu predicates, %s",
				 several[i].pattern, err, m->b.predicates.count,
				 m->b.reason);
	}
}

static void the_other_versions_grammar_is_tried_too(void **state)
{
	/* EXISTS is a keyword in 2.1, and a mere name in 2.0 */
	static const char exists[] = "[EXISTS url:value]";
	static const char name[] =
		"[network-traffic:extensions.'http-request-ext'."
		"request_header.EXISTS = 'x']";
	struct made_builder *m = *state;

	assert_int_equal(build(m, exists, NRS_STIX_20), NRS_OK);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_VERSION], 1);
	assert_int_equal(build(m, name, NRS_STIX_21), NRS_OK);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_VERSION], 2);
	assert_int_equal(build(m, exists, NRS_STIX_21), NRS_OK);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_VERSION], 2);
	/* what neither takes has the error of its own version */
	assert_int_equal(build(m, "[x]", NRS_STIX_21), NRS_E_SYNTAX);
	assert_non_null(strstr(m->b.reason, "column"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(each_pattern_becomes_its_predicates),
		NRS_B(each_observation_of_several_is_looked_for),
		NRS_B(the_other_versions_grammar_is_tried_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
