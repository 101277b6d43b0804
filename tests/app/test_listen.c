/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_listen: addresses and ports, and what is none.
 */
#include "app/listen.h"

#include "tests/nrs_test.h"

static const struct {
	const char *text, *addr; /* NULL: it is none */
	uint16_t port;
	bool is_loopback;
} cases[] = {{"127.0.0.1:9273", "127.0.0.1", 9273, true},
	     {"127.9.9.9:1", "127.9.9.9", 1, true},
	     {"192.0.2.1:80", "192.0.2.1", 80, false},
	     {"[::1]:9273", "::1", 9273, true},
	     {"[2001:db8::1]:65535", "2001:db8::1", 65535, false},
	     {"[::]:0", "::", 0, false},
	     {"", NULL, 0, false},
	     {":", NULL, 0, false},
	     {":9273", NULL, 0, false},
	     {"9273", NULL, 0, false},
	     {"localhost:9273", NULL, 0, false},
	     {"127.0.0.1", NULL, 0, false},
	     {"127.0.0.1:", NULL, 0, false},
	     {"127.0.0.1:65536", NULL, 0, false},
	     {"127.0.0.1:+1", NULL, 0, false},
	     {"[127.0.0.1]:9273", NULL, 0, false},
	     {"::1:9273", NULL, 0, false},
	     {"[::1:9273", NULL, 0, false},
	     {"2001:db8::1]:9273", NULL, 0, false},
	     {"[]:9273", NULL, 0, false}};

static void an_address_and_a_port_are_read_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_addr addr, wanted;
		uint16_t port = 0;
		const int err = nrs_listen_parse(nrs_span_of(cases[i].text),
						 &addr, &port);

		if (cases[i].addr == NULL) {
			if (err != NRS_E_SYNTAX)
				fail_msg("'%s' was taken", cases[i].text);
			continue;
		}
		assert_int_equal(
			nrs_addr_parse(nrs_span_of(cases[i].addr), &wanted),
			NRS_OK);
		if (err != NRS_OK || port != cases[i].port ||
		    nrs_addr_compare(&addr, &wanted) != 0 ||
		    nrs_listen_is_loopback(&addr) != cases[i].is_loopback)
			fail_msg("'%s' was misread", cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_address_and_a_port_are_read_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
