/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_value: the canonical form of what is seen, and the tests that are
 * tried one by one.
 */
#include "engine/match.h"
#include "engine/pattern.h"

#include "tests/nrs_test.h"

static uint8_t room[NRS_CANON_URL_ROOM(NRS_MATCH_VALUE_MAX)];
static struct nrs_matcher matcher;
static const struct nrs_matched no_match;

static int setup(void **state)
{
	(void)state;
	matcher.room = room;
	matcher.room_len = sizeof(room);
	return 0;
}

static bool see(struct nrs_seen *seen, enum nrs_field field, const void *raw,
		size_t len)
{
	*seen = (struct nrs_seen){.field = field, .raw = nrs_span(raw, len)};
	return nrs_match_canonical(&matcher, seen);
}

static const struct {
	enum nrs_field field;
	const char *raw;
	const char *form; /* of an address its text; NULL: it has none */
	bool is_addr;
} forms[] = {
	{NRS_F_DNS_QUERY, "C2.Example", "c2.example", false},
	{NRS_F_DNS_QUERY, "c2.example.", "c2.example", false},
	/* names in traffic need be no host names (RFC 2181, 11) */
	{NRS_F_DNS_QUERY, "_dns._udp.c2.example", "_dns._udp.c2.example",
	 false},
	{NRS_F_HTTP_HOST, "C2.example:8080", "c2.example", false},
	{NRS_F_HTTP_HOST, "c2.example", "c2.example", false},
	{NRS_F_HTTP_HOST, "192.0.2.1:80", "192.0.2.1", true},
	{NRS_F_HTTP_HOST, "192.0.2.1", "192.0.2.1", true},
	{NRS_F_HTTP_HOST, "[2001:db8::1]:80", "2001:db8::1", true},
	{NRS_F_HTTP_HOST, "[2001:DB8::1]", "2001:db8::1", true},
	{NRS_F_HTTP_HOST, "[2001:db8::1", NULL, false},
	{NRS_F_HTTP_HOST, ":80", NULL, false},
	{NRS_F_TLS_SNI, "2001:db8::1", "2001:db8::1", true},
	{NRS_F_HTTP_METHOD, "PosT", "post", false},
	{NRS_F_HTTP_URI, "/Gate?X", "/Gate?X", false},
	{NRS_F_HTTP_URL, "http://C2.Example:80/A", "http://c2.example/A",
	 false},
	{NRS_F_HTTP_HEADER, "User-Agent:  Lantern ", "user-agent?Lantern",
	 false},
	{NRS_F_HTTP_HEADER, "X:", "x?", false},
	{NRS_F_HTTP_HEADER, "no header", NULL, false},
};

static void traffic_has_one_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct nrs_seen seen;
		char text[128] = "";
		const bool has = see(&seen, forms[i].field, forms[i].raw,
				     strlen(forms[i].raw));

		if (has != (forms[i].form != NULL))
			fail_msg("%s: %d", forms[i].raw, has);
		if (!has || forms[i].form == NULL)
			continue;
		if (seen.is_addr)
			(void)nrs_addr_format(&seen.addr, text);
		for (size_t c = 0; !seen.is_addr && c < seen.canonical.len; c++)
			text[c] = seen.canonical.ptr[c] == '\0'
					  ? '?'
					  : (char)seen.canonical.ptr[c];
		if (seen.is_addr != forms[i].is_addr ||
		    strcmp(text, forms[i].form) != 0)
			fail_msg("%s: %s", forms[i].raw, text);
	}
}

static void a_url_has_a_rest_without_its_scheme(void **state)
{
	static const char url[] = "http://c2.example/x";
	struct nrs_seen seen;

	(void)state;
	assert_true(see(&seen, NRS_F_HTTP_URL, url, strlen(url)));
	assert_true(nrs_span_is(seen.rest, "c2.example/x"));
}

static void a_value_that_is_too_long_has_no_form(void **state)
{
	static char text[NRS_MATCH_VALUE_MAX + 1];
	struct nrs_seen seen;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	assert_true(see(&seen, NRS_F_HTTP_URI, text, NRS_MATCH_VALUE_MAX));
	assert_false(see(&seen, NRS_F_HTTP_URI, text, sizeof(text)));
}

static struct nrs_prefix prefix(const char *text)
{
	struct nrs_prefix p;

	assert_int_equal(nrs_prefix_parse(nrs_span_of(text), &p), NRS_OK);
	return p;
}

static bool scan_port(enum nrs_op op, bool inverted,
		      const struct nrs_operand *operands, uint32_t count,
		      int64_t port)
{
	const struct nrs_scan scan = {.op = (uint8_t)op,
				      .inverted = inverted,
				      .operands = operands,
				      .operand_count = count};
	struct nrs_seen seen;

	assert_true(see(&seen, NRS_F_DST_PORT, &port, sizeof(port)));
	return nrs_match_scan(&scan, NRS_LANE_DST_PORT, &seen, &no_match);
}

static void numbers_compare_with_whole_and_broken_ones(void **state)
{
	const struct nrs_operand five = {.integer = 5, .real = 5};
	const struct nrs_operand half = {
		.integer = 4, .real = 4.5, .is_real = true};
	const struct nrs_operand set[] = {{.integer = 80}, {.integer = 443}};

	(void)state;
	static const struct {
		enum nrs_op op;
		bool four, five, six; /* against 5 */
	} rows[] = {
		{NRS_OP_GT, false, false, true}, {NRS_OP_GE, false, true, true},
		{NRS_OP_LT, true, false, false}, {NRS_OP_LE, true, true, false},
		{NRS_OP_IN, false, true, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(scan_port(rows[i].op, false, &five, 1, 4),
				 rows[i].four);
		assert_int_equal(scan_port(rows[i].op, false, &five, 1, 5),
				 rows[i].five);
		assert_int_equal(scan_port(rows[i].op, true, &five, 1, 6),
				 !rows[i].six);
	}
	assert_true(scan_port(NRS_OP_GT, false, &half, 1, 5));
	assert_false(scan_port(NRS_OP_GT, false, &half, 1, 4));
	assert_false(scan_port(NRS_OP_IN, false, &half, 1, 4));
	assert_true(scan_port(NRS_OP_IN, false, set, 2, 443));
	assert_true(scan_port(NRS_OP_IN, true, set, 2, 8080));
	assert_true(scan_port(NRS_OP_EXISTS, false, NULL, 0, 1));
}

static bool scan_addr(const struct nrs_scan *scan, const char *text)
{
	struct nrs_seen seen;
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	assert_true(see(&seen, NRS_F_IP_DST, addr.bytes, 16));
	return nrs_match_scan(scan, NRS_LANE_ADDR, &seen, &no_match);
}

static void addresses_compare_with_networks_of_their_family(void **state)
{
	const struct nrs_operand net = {.prefix = prefix("192.0.2.0/24")};
	const struct nrs_operand host = {.prefix = prefix("192.0.2.7")};
	struct nrs_scan scan = {.op = NRS_OP_IN,
				.inverted = true,
				.operands = &net,
				.operand_count = 1};

	(void)state;
	assert_false(scan_addr(&scan, "192.0.2.9"));
	assert_true(scan_addr(&scan, "198.51.100.9"));
	assert_true(scan_addr(&scan, "2001:db8::1"));
	/* ipv4-addr:value != X says nothing about an IPv6 address */
	scan.family = 4;
	assert_true(scan_addr(&scan, "198.51.100.9"));
	assert_false(scan_addr(&scan, "2001:db8::1"));
	scan.family = 6;
	assert_false(scan_addr(&scan, "198.51.100.9"));
	scan = (struct nrs_scan){.op = NRS_OP_ISSUBSET, .operands = &net};
	assert_true(scan_addr(&scan, "192.0.2.9"));
	assert_false(scan_addr(&scan, "192.0.3.9"));
	scan.inverted = true;
	assert_true(scan_addr(&scan, "192.0.3.9"));
	scan = (struct nrs_scan){.op = NRS_OP_ISSUPERSET, .operands = &host};
	assert_true(scan_addr(&scan, "192.0.2.7"));
	assert_false(scan_addr(&scan, "192.0.2.8"));
	scan.operands = &net; /* no single address holds a network */
	assert_false(scan_addr(&scan, "192.0.2.7"));
}

static void another_header_is_no_value_of_the_path(void **state)
{
	static const char line[] = "Referer: x", other[] = "Cookie: x";
	const struct nrs_operand operand = {.bytes = nrs_span("referer\0x", 9)};
	const struct nrs_scan scan = {.op = NRS_OP_IN,
				      .inverted = true,
				      .header = nrs_span("referer\0", 8),
				      .operands = &operand,
				      .operand_count = 1};
	const struct nrs_scan exists = {.op = NRS_OP_EXISTS,
					.header = scan.header};
	struct nrs_seen seen;

	(void)state;
	assert_true(see(&seen, NRS_F_HTTP_HEADER, line, strlen(line)));
	assert_false(nrs_match_scan(&scan, NRS_LANE_HEADER, &seen, &no_match));
	assert_true(nrs_match_scan(&exists, NRS_LANE_HEADER, &seen, &no_match));
	assert_true(see(&seen, NRS_F_HTTP_HEADER, other, strlen(other)));
	assert_false(nrs_match_scan(&scan, NRS_LANE_HEADER, &seen, &no_match));
	assert_false(
		nrs_match_scan(&exists, NRS_LANE_HEADER, &seen, &no_match));
}

static void not_like_holds_where_the_expression_did_not(void **state)
{
	static const uint32_t matched[] = {3, 9};
	const struct nrs_matched both = {.atoms = matched, .count = 2};
	const struct nrs_matched three = {.atoms = matched, .count = 1};
	const struct nrs_matched unsure = {
		.atoms = matched, .count = 1, .is_unsure = true};
	struct nrs_scan scan = {
		.op = NRS_OP_LIKE, .inverted = true, .regex = 9};
	struct nrs_seen seen;

	(void)state;
	assert_true(see(&seen, NRS_F_HTTP_URI, "/x", 2));
	assert_false(
		nrs_match_scan(&scan, NRS_LANE_REQUEST_VALUE, &seen, &both));
	assert_true(
		nrs_match_scan(&scan, NRS_LANE_REQUEST_VALUE, &seen, &three));
	/* some gave up: it may have been this one */
	assert_false(
		nrs_match_scan(&scan, NRS_LANE_REQUEST_VALUE, &seen, &unsure));
	scan.regex = 4;
	assert_true(
		nrs_match_scan(&scan, NRS_LANE_REQUEST_VALUE, &seen, &both));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traffic_has_one_form),
		cmocka_unit_test(a_url_has_a_rest_without_its_scheme),
		cmocka_unit_test(a_value_that_is_too_long_has_no_form),
		cmocka_unit_test(numbers_compare_with_whole_and_broken_ones),
		cmocka_unit_test(
			addresses_compare_with_networks_of_their_family),
		cmocka_unit_test(another_header_is_no_value_of_the_path),
		cmocka_unit_test(not_like_holds_where_the_expression_did_not),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
