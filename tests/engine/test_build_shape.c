/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_shape: values of lists, by their shape.
 */
#include "tests/engine/made_builder.h"

#define NOWHERE NRS_LANE_COUNT

static const struct {
	enum nrs_shape shape;
	const char *value;
	int err;
	enum nrs_lane lane; /* of what leads to it; NOWHERE: nothing does */
} rows[] = {
	{NRS_SHAPE_IPV4, "203.0.113.7", NRS_OK, NRS_LANE_ADDR},
	{NRS_SHAPE_IPV4, "203.0.113.0/24", NRS_OK, NRS_LANE_ADDR},
	{NRS_SHAPE_IPV6, "2001:db8::/32", NRS_OK, NRS_LANE_ADDR},
	{NRS_SHAPE_IPV4, "0.0.0.0/0", NRS_E_FORMAT, NOWHERE},
	{NRS_SHAPE_IPV4, "127.0.0.1", NRS_E_FORMAT, NOWHERE},
	{NRS_SHAPE_NAME, "A.Example", NRS_OK, NRS_LANE_NAME},
	{NRS_SHAPE_SUBDOMAINS, "a.example", NRS_OK, NRS_LANE_NAME},
	{NRS_SHAPE_NAME, "co.uk", NRS_E_FORMAT, NOWHERE},
	{NRS_SHAPE_URL, "http://a.example/x", NRS_OK, NRS_LANE_URL},
	{NRS_SHAPE_URL, "a.example/x", NRS_OK, NRS_LANE_URL_REST},
	{NRS_SHAPE_URL, "http://*.a.example/x", NRS_E_UNSUPPORTED, NOWHERE},
	/* the address is rarer than the port */
	{NRS_SHAPE_ADDR_PORT, "203.0.113.7:443", NRS_OK, NRS_LANE_DST_ADDR},
	{NRS_SHAPE_ADDR_PORT, "[2001:db8::1]:443", NRS_OK, NRS_LANE_DST_ADDR},
	{NRS_SHAPE_ADDR_PORT, "203.0.113.7", NRS_E_FORMAT, NOWHERE},
	{NRS_SHAPE_ADDR_PORT, "127.0.0.1:443", NRS_E_FORMAT, NOWHERE},
	{NRS_SHAPE_EMAIL, "Bait@A.Example", NRS_OK, NRS_LANE_EMAIL_ADDR},
	{NRS_SHAPE_JA4, "T13d1516h2_8daaf6152771_b186095e22b6", NRS_OK,
	 NRS_LANE_JA4},
	{NRS_SHAPE_MD5, "D41D8cd98f00b204e9800998ecf8427f", NRS_OK,
	 NRS_LANE_FILE_MD5},
	{NRS_SHAPE_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d", NRS_OK,
	 NRS_LANE_FILE_SHA1},
	{NRS_SHAPE_SHA256,
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	 NRS_OK, NRS_LANE_FILE_SHA256},
	{NRS_SHAPE_SHA512, "00", NRS_E_UNSUPPORTED, NOWHERE},
	/* the digest of nothing (RFC 1321, A.5) */
	{NRS_SHAPE_MD5, "d41d8cd98f00b204e9800998ecf8427e", NRS_E_FORMAT,
	 NOWHERE},
};

static void each_shape_leads_to_its_lane(void **state)
{
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(rows[i].value),
			.shape = (uint8_t)rows[i].shape};

		m->b.predicates.count = m->b.leads.count = 0;
		m->b.reason[0] = '\0';
		const int err = nrs_build_shape(&m->b, &item);
		if (err != rows[i].err ||
		    m->b.predicates.count != (err == NRS_OK) ||
		    m->b.leads.count != (err == NRS_OK))
			fail_msg("%s: %d, %zu predicates", rows[i].value, err,
				 m->b.predicates.count);
		if (err == NRS_OK &&
		    builder_lane(&m->b,
				 ((const struct nrs_lead *)m->b.leads.items)
					 ->atom) != rows[i].lane)
			fail_msg("%s: another lane", rows[i].value);
	}
}

static void names_match_below_them_only_where_it_was_said(void **state)
{
	struct nrs_indicator item = {.pattern = nrs_span_of("a.example"),
				     .shape = NRS_SHAPE_NAME};
	struct made_builder *m = *state;

	assert_int_equal(nrs_build_shape(&m->b, &item), NRS_OK);
	assert_true(m->db.suffix_lanes == 0);
	item.shape = NRS_SHAPE_SUBDOMAINS;
	assert_int_equal(nrs_build_shape(&m->b, &item), NRS_OK);
	assert_true(m->db.suffix_lanes == NRS_L(NAME));
	m->db.suffix_lanes = 0;
	m->db.options.subdomains = true;
	item.shape = NRS_SHAPE_NAME;
	item.pattern = nrs_span_of("b.example");
	assert_int_equal(nrs_build_shape(&m->b, &item), NRS_OK);
	assert_true(m->db.suffix_lanes == NRS_L(NAME));
}

static void own_networks_are_guarded(void **state)
{
	const struct nrs_indicator item = {
		.pattern = nrs_span_of("203.0.113.7"), .shape = NRS_SHAPE_IPV4};
	struct made_builder *m = *state;
	struct nrs_prefix own;

	assert_int_equal(nrs_prefix_parse(nrs_span_of("203.0.113.0/24"), &own),
			 NRS_OK);
	m->db.options.own = (struct nrs_guard_own){.nets = &own, .count = 1};
	assert_int_equal(nrs_build_shape(&m->b, &item), NRS_E_FORMAT);
	assert_true(m->b.is_guarded);
	assert_non_null(strstr(m->b.reason, "own network"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(each_shape_leads_to_its_lane),
		NRS_B(names_match_below_them_only_where_it_was_said),
		NRS_B(own_networks_are_guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
