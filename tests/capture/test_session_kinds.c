/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the first octets of a flow are taken for.
 */
#include "tests/capture/session_bench.h"

#define TLS_BIT NRS_FIELD_BIT(NRS_F_TLS_SNI)

struct row {
	const char *name;
	nrs_field_set demand;
	uint16_t port;
	struct nrs_span octets;
	enum nrs_session_kind kind;
};

#define S(text)                                                                \
	{                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                      \
	}

static const struct row of_tcp[] = {
	{"a request", 0, 8000, S("GET / HTTP/1.1\r\n"), NRS_SESSION_HTTP},
	{"half a method", 0, 8000, S("GE"), NRS_SESSION_UNKNOWN},
	{"a handshake", TLS_BIT, 8000, S("\x16\3\1\2\0\1\0\1\xfc"),
	 NRS_SESSION_TLS},
	{"SSH", NRS_FIELD_BIT(NRS_F_SSH_HASSH), 80, S("SSH-2.0-x\r\n"),
	 NRS_SESSION_SSH},
	{"SSH, which nobody asks about", 0, 22, S("SSH-2.0-x\r\n"),
	 NRS_SESSION_IGNORED},
	{"HTTP/2", NRS_FIELD_BIT(NRS_F_HTTP2_URL), 80,
	 S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), NRS_SESSION_HTTP2},
	{"HTTP/2, which nobody asks about", 0, 80,
	 S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), NRS_SESSION_IGNORED},
	{"a request on DNS's port", 0, 53, S("GET / HTTP/1.1\r\n"),
	 NRS_SESSION_HTTP},
	{"DNS, by its port", 0, 53, S("\0\x11"), NRS_SESSION_DNS},
	{"a greeting, and TLS asked for", TLS_BIT, 25,
	 S("220 mail.example\r\n"), NRS_SESSION_SMTP},
	{"what nothing else claims, and TLS asked for", TLS_BIT, 5222,
	 S("<?xml version='1.0'?>"), NRS_SESSION_WATCHED},
	{"a greeting that nobody asks about", 0, 25, S("220 mail.example\r\n"),
	 NRS_SESSION_IGNORED},
};

static const struct row of_udp[] = {
	{"DNS", 0, 53, S("?"), NRS_SESSION_DNS},
	{"multicast DNS", 0, 5353, S("?"), NRS_SESSION_DNS},
	{"LLMNR", 0, 5355, S("?"), NRS_SESSION_DNS},
	{"rubbish", TLS_BIT, 9999, S("rubbish"), NRS_SESSION_UNKNOWN},
};

static enum nrs_session_kind taken_for(struct session_bench *b,
				       const struct row *row, bool is_udp)
{
	enum nrs_session_kind kind = NRS_SESSION_UNKNOWN;

	b->flow.session = NULL;
	b->flow.flags = 0;
	b->flow.info.dst_port = row->port;
	b->flow.info.src_port = 40000;
	b->env.demand = row->demand;
	if (is_udp)
		nrs_session_datagram(&b->env, &b->flow, 0, row->octets);
	else
		nrs_session_bytes(&b->env, &b->flow, 0, row->octets);
	if (b->flow.session != NULL)
		kind = (enum nrs_session_kind)b->flow.session->kind;
	nrs_session_end(&b->env, &b->flow);
	return kind;
}

static void first_octets_tell_the_protocol(void **state)
{
	for (size_t i = 0; i < sizeof(of_tcp) / sizeof(*of_tcp); i++) {
		print_message("%s\n", of_tcp[i].name);
		assert_int_equal(taken_for(*state, &of_tcp[i], false),
				 of_tcp[i].kind);
	}
	for (size_t i = 0; i < sizeof(of_udp) / sizeof(*of_udp); i++) {
		print_message("%s\n", of_udp[i].name);
		assert_int_equal(taken_for(*state, &of_udp[i], true),
				 of_udp[i].kind);
	}
}

static void every_protocol_that_is_found_can_be_read(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < NRS_SESSION_KINDS; kind++) {
		const struct nrs_dissector *d = &nrs_dissectors[kind];

		assert_true(d->sniff == NULL || d->bytes != NULL);
		assert_true(d->sniff_datagram == NULL || d->datagram != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_octets_tell_the_protocol,
						bench_setup, bench_teardown),
		cmocka_unit_test(every_protocol_that_is_found_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
