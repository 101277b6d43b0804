/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sighted: sides, directions, values and texts of a hit.
 */
#include "tests/sightings/made_hit.h"

static const struct {
	const char *src, *dst, *own, *peer; /* own NULL: in transit, either */
	const char *direction;
} sides[] = {
	{"10.0.0.1", "192.0.2.1", "10.0.0.1", "192.0.2.1", "out"},
	{"192.0.2.1", "10.0.0.1", "10.0.0.1", "192.0.2.1", "in"},
	/* both own: who opened the flow */
	{"10.0.0.1", "192.168.7.9", "10.0.0.1", "192.168.7.9", "lateral"},
	{"192.0.2.1", "198.51.100.1", NULL, NULL, "transit"},
	{"fd12::1", "2001:db8::1", "fd12::1", "2001:db8::1", "out"},
	{"2001:db8::1", "fe80::1", "fe80::1", "2001:db8::1", "in"},
	/* the borders of RFC 1918 and of link-local */
	{"172.16.0.0", "192.0.2.1", "172.16.0.0", "192.0.2.1", "out"},
	{"172.31.255.255", "192.0.2.1", "172.31.255.255", "192.0.2.1", "out"},
	{"172.32.0.0", "192.0.2.1", NULL, NULL, "transit"},
	{"169.254.1.1", "192.0.2.1", "169.254.1.1", "192.0.2.1", "out"},
	{"fbff::1", "2001:db8::1", NULL, NULL, "transit"},
};

static void the_home_networks_tell_the_sides(void **state)
{
	struct made_hit m;

	(void)state;
	made_set(&m, NRS_TLP_GREEN, NULL);
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		char own[NRS_ADDR_LEN] = "", peer[NRS_ADDR_LEN] = "";

		made_hit(&m, sides[i].src, sides[i].dst, MADE_NS);
		made_text(&m, NRS_F_TLS_SNI, "c2.example");
		const struct nrs_sighted *s = made_sighted(&m);
		(void)nrs_addr_format(nrs_sighted_own(s), own);
		(void)nrs_addr_format(nrs_sighted_peer(s), peer);
		if (strcmp(nrs_direction_name(s->direction),
			   sides[i].direction) != 0 ||
		    (sides[i].own != NULL &&
		     (strcmp(own, sides[i].own) != 0 ||
		      strcmp(peer, sides[i].peer) != 0)))
			fail_msg("%s to %s: %s, own %s, peer %s", sides[i].src,
				 sides[i].dst, nrs_direction_name(s->direction),
				 own, peer);
	}
	nrs_set_free(m.set);
}

static void values_are_read_behind_the_record_in_their_order(void **state)
{
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	struct made_hit m;

	(void)state;
	made_set(&m, NRS_TLP_GREEN, NULL);
	made_hit(&m, "10.0.0.1", "192.0.2.1", MADE_NS);
	/* 1, 8 and 9 octets: each is padded to a multiple of 8 */
	made_text(&m, NRS_F_HTTP_METHOD, "x");
	made_text(&m, NRS_F_HTTP_URI, "/1234567");
	made_text(&m, NRS_F_DNS_QUERY, "c.example");
	assert_int_equal(nrs_hit_values(&m.record.hit, values), 3);
	assert_true(nrs_span_is(values[0].value, "x"));
	assert_int_equal(values[1].field, NRS_F_HTTP_URI);
	assert_true(nrs_span_is(values[1].value, "/1234567"));
	assert_true(nrs_span_is(values[2].value, "c.example"));
	nrs_set_free(m.set);
}

static void home_networks_are_a_bounded_list(void **state)
{
	static const struct {
		const char *text;
		int err;
		unsigned int count;
	} rows[] = {
		{"192.0.2.0/24", NRS_OK, 1},
		{" 192.0.2.0/24 , 2001:db8::/32 ", NRS_OK, 2},
		{"192.0.2.7", NRS_OK, 1},
		{"", NRS_E_SYNTAX, 0},
	};
	struct nrs_text many = {0};
	struct nrs_home_nets nets;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(
			nrs_home_nets_parse(&nets, nrs_span_of(rows[i].text)),
			rows[i].err);
		if (rows[i].err == NRS_OK)
			assert_int_equal(nets.count, rows[i].count);
	}
	assert_int_not_equal(
		nrs_home_nets_parse(&nets, nrs_span_of("192.0.2.0/24,,x")),
		NRS_OK);
	for (int i = 0; i < NRS_HOME_NETS_MAX; i++)
		nrs_text_printf(&many, "%s192.0.2.%d/32", i == 0 ? "" : ",", i);
	assert_int_equal(nrs_home_nets_parse(&nets, nrs_text_span(&many)),
			 NRS_OK);
	assert_int_equal(nets.count, NRS_HOME_NETS_MAX);
	nrs_text_puts(&many, ",198.51.100.0/24");
	assert_int_equal(nrs_home_nets_parse(&nets, nrs_text_span(&many)),
			 NRS_E_LIMIT);
	nrs_text_fini(&many);
}

static void id_and_version_are_the_indicators(void **state)
{
	struct nrs_text text = {0};
	struct made_hit m;

	(void)state;
	made_set(&m, NRS_TLP_GREEN, NULL);
	const struct nrs_sighted *s = made_usual(&m, "10.0.0.1", MADE_NS);
	nrs_sighted_id(s, &text);
	assert_true(nrs_span_is(nrs_text_span(&text), MADE_ID));
	nrs_text_clear(&text);
	/* 1,000 seconds before noon; milliseconds as STIX writes "modified" */
	nrs_sighted_modified(s, &text);
	assert_true(
		nrs_span_is(nrs_text_span(&text), "2026-03-01T11:43:20.000Z"));
	nrs_text_fini(&text);
	nrs_set_free(m.set);
}

static void of_two_matches_the_less_sure_one_counts(void **state)
{
	/* rule 12: exact 100, subdomain or prefix 75; LIKE, MATCHES and
	 * comparisons are what the pattern says: 100 */
	static const struct {
		enum nrs_how a, b, weaker;
	} rows[] = {
		{NRS_HOW_EXACT, NRS_HOW_EXACT, NRS_HOW_EXACT},
		{NRS_HOW_EXACT, NRS_HOW_PREFIX, NRS_HOW_PREFIX},
		{NRS_HOW_SUBDOMAIN, NRS_HOW_EXACT, NRS_HOW_SUBDOMAIN},
		{NRS_HOW_PREFIX, NRS_HOW_PATTERN, NRS_HOW_PREFIX},
		{NRS_HOW_PATTERN, NRS_HOW_PREFIX, NRS_HOW_PREFIX},
		{NRS_HOW_PATTERN, NRS_HOW_SUBDOMAIN, NRS_HOW_SUBDOMAIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(nrs_how_weaker(rows[i].a, rows[i].b),
				 rows[i].weaker);
	assert_int_equal(nrs_how_grade(NRS_HOW_EXACT), 100);
	assert_int_equal(nrs_how_grade(NRS_HOW_SUBDOMAIN), 75);
	assert_int_equal(nrs_how_grade(NRS_HOW_PREFIX), 75);
	assert_int_equal(nrs_how_grade(NRS_HOW_PATTERN), 100);
}

static void the_least_sure_value_of_a_match_counts(void **state)
{
	static const struct {
		enum nrs_how how[3], want;
	} rows[] = {
		{{NRS_HOW_EXACT, NRS_HOW_EXACT, NRS_HOW_EXACT}, NRS_HOW_EXACT},
		{{NRS_HOW_EXACT, NRS_HOW_PATTERN, NRS_HOW_PREFIX},
		 NRS_HOW_PREFIX},
		{{NRS_HOW_SUBDOMAIN, NRS_HOW_EXACT, NRS_HOW_EXACT},
		 NRS_HOW_SUBDOMAIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_sighted sighted = {.value_count = 3};

		for (unsigned int v = 0; v < 3; v++)
			sighted.values[v].how = rows[i].how[v];
		assert_int_equal(nrs_sighted_how(&sighted), rows[i].want);
	}
}

/* Of several observations, whichever of them it is in. */
static void the_least_sure_observation_of_a_match_counts(void **state)
{
	struct made_hit m;

	(void)state;
	made_set(&m, NRS_TLP_GREEN, NULL);
	struct nrs_sighted whole = *made_usual(&m, "10.0.0.1", MADE_NS);
	assert_int_equal(nrs_sighted_how(&whole), NRS_HOW_EXACT);
	struct made_hit part = m;
	struct nrs_record_value *value = (void *)(&part.record.hit + 1);
	value->how = NRS_HOW_PREFIX;
	whole.parts = nrs_span(&part.record, part.record.hit.head.bytes);
	assert_int_equal(nrs_sighted_how(&whole), NRS_HOW_PREFIX);
	nrs_set_free(m.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_home_networks_tell_the_sides),
		cmocka_unit_test(
			values_are_read_behind_the_record_in_their_order),
		cmocka_unit_test(home_networks_are_a_bounded_list),
		cmocka_unit_test(id_and_version_are_the_indicators),
		cmocka_unit_test(of_two_matches_the_less_sure_one_counts),
		cmocka_unit_test(the_least_sure_value_of_a_match_counts),
		cmocka_unit_test(the_least_sure_observation_of_a_match_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
