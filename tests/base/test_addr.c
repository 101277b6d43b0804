/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as text: RFC 4291 in, RFC 5952 out, IPv4 strictly dotted decimal.
 */
#include "tests/nrs_test.h"

#include "engine/base/addr.h"
#include "engine/base/err.h"

static void texts_read_and_come_back_in_their_canonical_form(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
	} cases[] = {
		{"198.51.100.7", "198.51.100.7"},
		{"0.0.0.0", "0.0.0.0"},
		{"198.051.100.007", NULL},
		{"1.2.3", NULL},
		{"1.2.3.4.5", NULL},
		{"256.1.1.1", NULL},
		{"", NULL},
		/* RFC 5952 section 4 */
		{"2001:0db8::0001", "2001:db8::1"},
		{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:DB8::A", "2001:db8::a"},
		{"::", "::"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"fe80::1%eth0", "fe80::1"},
		{"2001:db8:::1", NULL},
		{"12345::", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_addr addr;
		char text[NRS_ADDR_LEN] = "";
		const int err = nrs_addr_parse(nrs_span_of(cases[i].in), &addr);

		print_message("%s\n", cases[i].in);
		assert_int_equal(err == NRS_OK, cases[i].out != NULL);
		if (err != NRS_OK)
			continue;
		nrs_addr_format(&addr, text);
		assert_string_equal(text, cases[i].out);
	}
}

static void prefixes_lose_their_host_bits_and_keep_their_length(void **state)
{
	static const struct {
		const char *in, *out, *inside, *outside;
	} cases[] = {
		{"198.51.100.9/24", "198.51.100.0/24", "198.51.100.255",
		 "198.51.101.0"},
		{"198.51.100.96/27", "198.51.100.96/27", "198.51.100.127",
		 "198.51.100.128"},
		{"0.0.0.0/0", "0.0.0.0/0", "255.255.255.255", "2001:db8::1"},
		{"2001:db8:dead:beef::7/64", "2001:db8:dead:beef::/64",
		 "2001:db8:dead:beef::9", "2001:db8:dead:bee0::9"},
		{"::/0", "::/0", "192.0.2.1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_prefix prefix;
		struct nrs_addr addr;
		char text[NRS_ADDR_LEN];

		print_message("%s\n", cases[i].in);
		assert_int_equal(
			nrs_prefix_parse(nrs_span_of(cases[i].in), &prefix),
			NRS_OK);
		nrs_prefix_format(&prefix, text);
		assert_string_equal(text, cases[i].out);
		(void)nrs_addr_parse(nrs_span_of(cases[i].inside), &addr);
		assert_true(nrs_prefix_contains(&prefix, &addr));
		if (cases[i].outside == NULL)
			continue;
		(void)nrs_addr_parse(nrs_span_of(cases[i].outside), &addr);
		assert_false(nrs_prefix_contains(&prefix, &addr));
	}
}

static void lengths_outside_the_family_are_refused(void **state)
{
	static const char *const cases[] = {"1.2.3.4/33", "::1/129", "1.2.3.4/",
					    "1.2.3.4/x", "1.2.3.4/024"};
	struct nrs_prefix prefix;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i]);
		assert_true(nrs_prefix_parse(nrs_span_of(cases[i]), &prefix) <
			    0);
	}
}

static void a_prefix_around_all_of_ipv4_is_told(void **state)
{
	static const struct {
		const char *prefix;
		bool is_around;
	} cases[] = {
		{"::/0", true},		  {"::/80", true},
		{"::8000:0:0/81", true},  {"::ffff:0:0/95", true},
		{"::ffff:0:0/96", false}, /* it is IPv4 itself */
		{"0.0.0.0/0", false},	  {"::/81", false},
		{"2001:db8::/32", false}, {"192.0.2.0/24", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_prefix prefix;

		assert_int_equal(
			nrs_prefix_parse(nrs_span_of(cases[i].prefix), &prefix),
			NRS_OK);
		if (nrs_prefix_is_around_v4(&prefix) != cases[i].is_around)
			fail_msg("%s", cases[i].prefix);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			texts_read_and_come_back_in_their_canonical_form),
		cmocka_unit_test(
			prefixes_lose_their_host_bits_and_keep_their_length),
		cmocka_unit_test(lengths_outside_the_family_are_refused),
		cmocka_unit_test(a_prefix_around_all_of_ipv4_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
