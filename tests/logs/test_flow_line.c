/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_flow_line: what a line says of a flow, and what it leaves out.
 */
#include "tests/nrs_test.h"

#include "engine/base/json.h"
#include "logs/flow_line.h"

#define START INT64_C(1772366400104233000) /* 2026-03-01T12:00:00.104233Z */

struct line {
	struct nrs_arena *arena;
	struct nrs_text text;
	struct nrs_json *root;
};

static struct nrs_record_ended ended(uint8_t proto, const char *src,
				     const char *dst)
{
	struct nrs_record_ended e = {
		.flow = {.start_ns = START, .proto = proto},
		.last_ns = START + 1500000000};

	assert_int_equal(nrs_addr_parse(nrs_span_of(src), &e.flow.src), NRS_OK);
	assert_int_equal(nrs_addr_parse(nrs_span_of(dst), &e.flow.dst), NRS_OK);
	return e;
}

static struct line line_of(const struct nrs_record_ended *e,
			   const char *location)
{
	static const char *const captures[] = {"a.pcap", "b.pcap"};
	struct nrs_home_nets home;
	struct line line = {0};
	struct nrs_diag diag;

	nrs_home_nets_default(&home);
	const struct nrs_flow_line_run run = {.home = &home,
					      .captures = captures,
					      .sensor = "edge-07",
					      .location = location};
	nrs_flow_line(&line.text, e, &run);
	assert_int_equal(line.text.ptr[line.text.len - 1], '\n');
	line.arena = nrs_arena_new(1 << 20);
	assert_non_null(line.arena);
	assert_int_equal(nrs_json_parse(nrs_text_span(&line.text), line.arena,
					&line.root, &diag),
			 NRS_OK);
	return line;
}

static void line_end(struct line *line)
{
	nrs_arena_free(line->arena);
	nrs_text_fini(&line->text);
}

/* "client.flags": the text or number there; "" if it is not. */
static void is(const struct line *line, const char *path, const char *want)
{
	struct nrs_span rest = nrs_span_of(path), key;
	const struct nrs_json *at = line->root;
	char name[32];

	while (at != NULL && nrs_span_split(&rest, '.', &key)) {
		snprintf(name, sizeof(name), "%.*s", (int)key.len,
			 (const char *)key.ptr);
		at = nrs_json_get(at, name);
	}
	const struct nrs_span got = at == NULL ? nrs_span(NULL, 0) : at->text;
	if (!nrs_span_is(got, want))
		fail_msg("%s: \"%.*s\", not \"%s\"", path, (int)got.len,
			 (const char *)got.ptr, want);
}

static void a_tcp_flow_says_all_that_was_counted(void **state)
{
	struct nrs_record_ended e = ended(6, "10.0.0.1", "192.0.2.80");

	(void)state;
	e.flow.src_port = 51234;
	e.flow.dst_port = 443;
	e.flow.vlan = 12;
	e.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	e.flow.protocols = 1u << NRS_TXN_TLS;
	e.packets[0] = 7;
	e.bytes[0] = 812;
	e.log.shortest[0] = 52;
	e.log.longest[0] = 312;
	e.tcp_flags[0] = 0x1b;
	e.packets[1] = 5;
	e.bytes[1] = 4100;
	e.log.shortest[1] = 60;
	e.log.longest[1] = 1500;
	e.tcp_flags[1] = 0x12;
	e.log.file = 1;
	e.has_hits = 1;
	e.end_reason = NRS_FLOW_END_CLOSED;
	struct line line = line_of(&e, "Kyoto");
	is(&line, "start", "2026-03-01T12:00:00.104233Z");
	is(&line, "end", "2026-03-01T12:00:01.604233Z");
	is(&line, "client.ip", "10.0.0.1");
	is(&line, "client.port", "51234");
	is(&line, "client.packets", "7");
	is(&line, "client.bytes", "812");
	is(&line, "client.shortest", "52");
	is(&line, "client.longest", "312");
	is(&line, "client.flags", "FSPA");
	is(&line, "server.ip", "192.0.2.80");
	is(&line, "server.port", "443");
	is(&line, "server.longest", "1500");
	is(&line, "server.flags", "SA");
	is(&line, "proto", "6");
	is(&line, "vlan", "12");
	is(&line, "direction", "out");
	is(&line, "outcome", "established");
	is(&line, "ended", "closed");
	is(&line, "sensor", "edge-07");
	is(&line, "location", "Kyoto");
	is(&line, "capture", "b.pcap");
	assert_true(nrs_json_is(nrs_json_get(line.root, "hit"), NRS_JSON_TRUE));
	const struct nrs_json *name =
		nrs_json_get(line.root, "protocols")->child;
	assert_true(nrs_span_is(name->text, "ipv4"));
	assert_true(nrs_span_is(name->next->text, "tcp"));
	assert_true(nrs_span_is(name->next->next->text, "tls"));
	line_end(&line);
}

static void what_is_not_known_is_left_out(void **state)
{
	struct nrs_record_ended e = ended(17, "192.0.2.1", "2001:db8::1");

	(void)state;
	e.flow.src_port = 5000;
	e.flow.dst_port = 53;
	e.packets[0] = 1;
	e.bytes[0] = e.log.shortest[0] = e.log.longest[0] = 60;
	struct line line = line_of(&e, NULL);
	is(&line, "server.packets", "0");
	assert_null(
		nrs_json_get(nrs_json_get(line.root, "server"), "shortest"));
	assert_null(nrs_json_get(nrs_json_get(line.root, "client"), "flags"));
	assert_null(nrs_json_get(nrs_json_get(line.root, "client"), "as"));
	assert_null(nrs_json_get(line.root, "hit"));
	assert_null(nrs_json_get(line.root, "vlan"));
	assert_null(nrs_json_get(line.root, "location"));
	assert_null(nrs_json_get(line.root, "refused"));
	is(&line, "direction", "transit");
	line_end(&line);
}

static void icmp_has_a_type_and_a_code_in_place_of_ports(void **state)
{
	struct nrs_record_ended e = ended(1, "10.0.0.1", "10.0.0.2");

	(void)state;
	e.flow.src_port = 8;
	e.flow.dst_port = 0;
	struct line line = line_of(&e, NULL);
	is(&line, "icmp.type", "8");
	is(&line, "icmp.code", "0");
	is(&line, "direction", "lateral");
	assert_null(nrs_json_get(nrs_json_get(line.root, "client"), "port"));
	line_end(&line);
	e = ended(17, "10.0.0.1", "10.0.0.2");
	e.log.refusal = 3 << 8 | 13;
	line = line_of(&e, NULL);
	is(&line, "refused.type", "3");
	is(&line, "refused.code", "13");
	line_end(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tcp_flow_says_all_that_was_counted),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(icmp_has_a_type_and_a_code_in_place_of_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
