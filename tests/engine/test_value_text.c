/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_value_text: values as text, the Community ID against its own baseline,
 * and the table of fields.
 */
#include "tests/nrs_test.h"

#include "engine/field.h"
#include "engine/value_text.h"

static void is(enum nrs_field field, const void *value, size_t len,
	       const char *want)
{
	struct nrs_text text = {0};

	nrs_value_text(&text, field, nrs_span(value, len));
	if (!nrs_span_is(nrs_text_span(&text), want))
		fail_msg("%s: %.*s", want, (int)text.len,
			 (const char *)text.ptr);
	nrs_text_fini(&text);
}

static void each_kind_has_its_text(void **state)
{
	struct nrs_addr addr;
	const int64_t port = 443, time = INT64_C(1767225600500000000);

	(void)state;
	assert_int_equal(nrs_addr_parse(nrs_span_of("2001:db8:0:0::1"), &addr),
			 NRS_OK);
	is(NRS_F_IP_DST, addr.bytes, 16, "2001:db8::1");
	assert_int_equal(nrs_addr_parse(nrs_span_of("192.0.2.1"), &addr),
			 NRS_OK);
	is(NRS_F_DNS_A, addr.bytes, 16, "192.0.2.1");
	is(NRS_F_MAC_SRC, "\x00\x1b\x44\x11\x3a\xb7", 6, "00:1b:44:11:3a:b7");
	is(NRS_F_DST_PORT, &port, sizeof(port), "443");
	is(NRS_F_START, &time, sizeof(time), "2026-01-01T00:00:00.500000Z");
	is(NRS_F_DNS_QUERY, "A.example", 9, "A.example");
}

/* The baseline of the Community ID specification, version 1, seed 0. */
static void community_ids_are_those_of_its_baseline(void **state)
{
	static const struct {
		uint8_t proto;
		const char *src, *dst;
		uint16_t src_port, dst_port;
		const char *want;
	} rows[] = {
		{6, "128.232.110.120", "66.35.250.204", 34855, 80,
		 "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{6, "66.35.250.204", "128.232.110.120", 80, 34855,
		 "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{17, "192.168.1.52", "8.8.8.8", 54585, 53,
		 "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{1, "192.168.0.89", "192.168.0.1", 8, 0,
		 "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{1, "192.168.0.1", "192.168.0.89", 0, 0,
		 "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{1, "10.0.0.1", "10.0.0.2", 11, 0,
		 "1:YHxtAirCG//0OzkcVAukqKQN9xM="},
		{58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea",
		 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
		{58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da",
		 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
		{58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da",
		 3, 0, "1:2ObVBgIn28oZvibYZhZMBgh7WdQ="},
		{58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2",
		 128, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
		{58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 0,
		 "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0="},
		{6, "2001:470:e5bf:dead:4957:2174:e82c:4887",
		 "2607:f8b0:400c:c03::1a", 63943, 25,
		 "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
		{46, "10.1.12.2", "10.1.12.1", 0, 0,
		 "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="},
		{132, "192.168.170.8", "192.168.170.56", 7, 80,
		 "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_flow_info flow = {.proto = rows[i].proto,
					     .src_port = rows[i].src_port,
					     .dst_port = rows[i].dst_port};
		char id[NRS_COMMUNITY_ID_LEN];

		assert_int_equal(
			nrs_addr_parse(nrs_span_of(rows[i].src), &flow.src),
			NRS_OK);
		assert_int_equal(
			nrs_addr_parse(nrs_span_of(rows[i].dst), &flow.dst),
			NRS_OK);
		nrs_flow_community_id(&flow, id);
		if (strcmp(id, rows[i].want) != 0)
			fail_msg("row %zu: %s", i, id);
	}
}

static void each_field_has_a_name_and_the_table_is_whole(void **state)
{
	(void)state;
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		const struct nrs_field_info *info = &nrs_field_table[f];

		assert_non_null(info->name);
		assert_int_equal(nrs_field_by_name(nrs_span_of(info->name)), f);
		/* a lane compares the kind that its fields bring */
		for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
			if ((info->lanes >> l & 1) != 0)
				assert_true(
					(nrs_field_demand(NRS_LANE_BIT(l)) >>
						 f &
					 1) != 0);
		}
	}
	assert_int_equal(nrs_field_by_name(nrs_span_of("no.such")),
			 NRS_FIELD_COUNT);
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++)
		assert_true(strlen(nrs_lane_name((enum nrs_lane)l)) > 0);
}

static void records_have_one_order(void **state)
{
	/* session, ordinal, phase, shard, sequence: each later than the last */
	static const struct nrs_record rows[] = {
		{.session = 1, .ordinal = 5, .phase = 0, .shard = 9},
		{.session = 1,
		 .ordinal = 5,
		 .phase = 0,
		 .shard = 9,
		 .sequence = 1},
		{.session = 1, .ordinal = 5, .phase = 1, .shard = 2},
		{.session = 1, .ordinal = 5, .phase = 1, .shard = 3},
		{.session = 1, .ordinal = 6, .phase = 0, .shard = 0},
		{.session = 2, .ordinal = 0, .phase = 0, .shard = 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t j = 0; j < sizeof(rows) / sizeof(*rows); j++) {
			const int order =
				nrs_record_compare(&rows[i], &rows[j]);

			assert_true(i < j   ? order < 0
				    : i > j ? order > 0
					    : order == 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_text),
		cmocka_unit_test(community_ids_are_those_of_its_baseline),
		cmocka_unit_test(each_field_has_a_name_and_the_table_is_whole),
		cmocka_unit_test(records_have_one_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
