/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_operand: which lane a literal leads to, its canonical form there,
 * and what cannot be compared (specification, sections 2.1 and 2.4).
 */
#include "engine/build_operand.h"

#include "tests/engine/made_builder.h"

#define NOWHERE NRS_LANE_COUNT
#define SRC "network-traffic:src_ref.value"
#define DST "network-traffic:dst_ref.value"
#define RESOLVES "domain-name:resolves_to_refs[*].value"
#define FLAGS "network-traffic:extensions.'tcp-ext'.src_flags_hex"
#define HTTP "network-traffic:extensions.'http-request-ext'."

static const struct {
	const char *test; /* path = literal */
	enum nrs_lane lane;
	const char *bytes; /* canonical; NULL: not looked at */
} rows[] = {
	{"domain-name:value = 'C2.Example.'", NRS_LANE_NAME, "c2.example"},
	{"domain-name:value = 'c2[.]example'", NRS_LANE_NAME, "c2.example"},
	{"domain-name:value = '*.c2.example'", NRS_LANE_NAME, "c2.example"},
	{"domain-name:value = 'b\xc3\xbc"
	 "cher.example'",
	 NRS_LANE_NAME, "xn--bcher-kva.example"},
	/* retyped */
	{"domain-name:value = '192.0.2.1'", NRS_LANE_ADDR, NULL},
	{"domain-name:value = '2001:db8::1'", NRS_LANE_ADDR, NULL},
	{"domain-name:value = 'http://c2.example/x'", NRS_LANE_URL,
	 "http://c2.example/x"},
	{"domain-name:value = 'c2.example/x'", NRS_LANE_URL_REST,
	 "c2.example/x"},
	{"url:value = 'HTTP://C2.Example:80/X'", NRS_LANE_URL,
	 "http://c2.example/X"},
	{"url:value = 'hxxp://c2[.]example/'", NRS_LANE_URL,
	 "http://c2.example/"},
	{"url:value = 'c2.example/x'", NRS_LANE_URL_REST, "c2.example/x"},
	{"url:value = 'http://*/gate.php'", NRS_LANE_REQUEST_VALUE,
	 "/gate.php"},
	{"url:value = 'http://*:8080/gate.php'", NRS_LANE_REQUEST_VALUE,
	 "/gate.php"},
	/* by what the literal is */
	{SRC " = '192.0.2.1'", NRS_LANE_SRC_ADDR, NULL},
	{SRC " = '02:00:00:00:00:01'", NRS_LANE_SRC_MAC, NULL},
	{SRC " = 'c2.example'", NOWHERE, NULL},
	{DST " = '2001:db8::/32'", NRS_LANE_DST_ADDR, NULL},
	{DST " = '02-00-00-00-00-01'", NRS_LANE_DST_MAC, NULL},
	{DST " = 'C2.example'", NRS_LANE_DST_NAME, "c2.example"},
	{RESOLVES " = '192.0.2.1'", NRS_LANE_RESOLVES_ADDR, NULL},
	{RESOLVES " = 'c2.example'", NRS_LANE_RESOLVES_NAME, "c2.example"},
	{RESOLVES " = '02:00:00:00:00:01'", NOWHERE, NULL},
	/* requests */
	{HTTP "request_method = 'Post'", NRS_LANE_METHOD, "post"},
	{HTTP "request_value = '/Gate'", NRS_LANE_REQUEST_VALUE, "/Gate"},
	{HTTP "request_value = 'http://c2.example/'", NRS_LANE_URL,
	 "http://c2.example/"},
	/* the name folds, the value does not; a NUL between them */
	{HTTP "request_header.'User-Agent' = ' Mozilla '", NRS_LANE_HEADER,
	 "user-agent?Mozilla"},
};

static void the_literal_decides_the_lane_and_gets_its_form(void **state)
{
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_path_map map;
		struct nrs_operand operand;
		char text[256];

		(void)snprintf(text, sizeof(text), "[%s]", rows[i].test);
		const struct nrs_test *test = builder_test(&m->b, text);
		nrs_path_map(&test->path, &map);
		const enum nrs_lane lane =
			nrs_operand_lane(&m->b, &map, test->literals);
		if (lane != rows[i].lane)
			fail_msg("%s: lane %d", text, (int)lane);
		if (lane == NOWHERE)
			continue;
		assert_int_equal(nrs_operand_make(&m->b, lane, &map,
						  test->literals, &operand),
				 NRS_OK);
		if (rows[i].bytes == NULL)
			continue;
		char got[256] = "";
		for (size_t c = 0; c < operand.bytes.len; c++)
			got[c] = operand.bytes.ptr[c] == '\0'
					 ? '?'
					 : (char)operand.bytes.ptr[c];
		if (strcmp(got, rows[i].bytes) != 0)
			fail_msg("%s: %s", text, got);
	}
}

static int make(struct made_builder *m, const char *text,
		struct nrs_operand *out)
{
	struct nrs_path_map map;
	const struct nrs_test *test = builder_test(&m->b, text);

	nrs_path_map(&test->path, &map);
	m->b.reason[0] = '\0';
	return nrs_operand_make(&m->b, map.lane, &map, test->literals, out);
}

static void numbers_come_in_several_forms(void **state)
{
	static const struct {
		const char *test;
		int64_t integer;
	} numbers[] = {
		{"[network-traffic:dst_port = 443]", 443},
		{"[network-traffic:dst_port = '443']", 443},
		{"[network-traffic:dst_port = ' 443 ']", 443},
		{"[network-traffic:is_active = true]", 1},
		{"[network-traffic:is_active = false]", 0},
		/* text of a _hex property is hexadecimal */
		{"[" FLAGS " = '12']", 0x12},
		{"[" FLAGS " = 'aF']", 0xaf},
		{"[" FLAGS " = h'0102']", 0x102},
	};
	struct made_builder *m = *state;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct nrs_operand operand;

		if (make(m, numbers[i].test, &operand) != NRS_OK ||
		    operand.integer != numbers[i].integer)
			fail_msg("%s: %lld %s", numbers[i].test,
				 (long long)operand.integer, m->b.reason);
	}
}

static void fractions_are_kept_and_great_ones_bounded(void **state)
{
	struct made_builder *m = *state;
	struct nrs_operand operand;

	assert_int_equal(
		make(m, "[network-traffic:src_byte_count > 1.5]", &operand),
		NRS_OK);
	assert_true(operand.is_real && operand.real == 1.5);
	assert_int_equal(
		make(m,
		     "[network-traffic:src_byte_count > 99999999999999999999"
		     ".0]",
		     &operand),
		NRS_OK);
	assert_true(operand.integer > 0);
}

static void what_cannot_be_compared_has_a_reason(void **state)
{
	static const char *const bad[] = {
		"[network-traffic:dst_port = 'https']",
		"[network-traffic:dst_port = true]",
		"[network-traffic:dst_port = h'0102030405060708']",
		"[network-traffic:start = 'yesterday']",
		"[network-traffic:start = 7]",
		"[ipv4-addr:value = 'c2.example']",
		"[ipv4-addr:value = 7]",
		"[domain-name:value = 'a b']",
		"[domain-name:value = '']",
		"[mac-addr:value = '02:00']",
	};
	static const char *const flags[] = {"xy", "00000000000000001", ""};
	struct made_builder *m = *state;
	struct nrs_operand operand;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "[" FLAGS " = '%s']",
			       flags[i]);
		assert_int_equal(make(m, text, &operand), NRS_E_FORMAT);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {

		if (make(m, bad[i], &operand) != NRS_E_FORMAT ||
		    m->b.reason[0] == '\0')
			fail_msg("%s", bad[i]);
	}
}

static void leniencies_are_counted(void **state)
{
	struct made_builder *m = *state;
	struct nrs_operand operand;
	struct nrs_path_map map;
	const struct nrs_test *test;

	assert_int_equal(
		make(m, "[network-traffic:dst_port = '443']", &operand),
		NRS_OK);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_NUMBERS], 1);
	test = builder_test(&m->b, "[domain-name:value = '192.0.2.1']");
	nrs_path_map(&test->path, &map);
	(void)nrs_operand_lane(&m->b, &map, test->literals);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_RETYPED], 1);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_REFANGED], 0);
	assert_int_equal(
		make(m, "[url:value = 'hxxp://c2.example/']", &operand),
		NRS_OK);
	assert_int_equal(m->db.sizes.lenient[NRS_LENIENT_REFANGED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(the_literal_decides_the_lane_and_gets_its_form),
		NRS_B(numbers_come_in_several_forms),
		NRS_B(fractions_are_kept_and_great_ones_bounded),
		NRS_B(what_cannot_be_compared_has_a_reason),
		NRS_B(leniencies_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
