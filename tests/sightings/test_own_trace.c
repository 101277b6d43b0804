/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own_trace: every form in which an own address can hide in a text
 * (sharing-rules.md rule 21), and its neighbours, which are others' business.
 * The encoded forms were made by hand from the octets.
 */
#include "sightings/own_trace.h"

#include "tests/nrs_test.h"

/* 10.20.30.40 is 0a 14 1e 28; fd00:20:30::12 is
 * fd00 0020 0030 0000 0000 0000 0000 0012. */
#define V4 "10.20.30.40"
#define V6 "fd00:20:30::12"

static const struct {
	const char *address, *text;
	bool is_there;
} rows[] = {
	{"fd12:3456:789a:1::2c", "ip=fd12%3A3456%3A789a%3A1%3A%3A2c", true},
	{"10.20.30.40", "x%3D10.20.30.40%26", true},
	{"10.20.30.40", "x%3D10.20.30.4%30", true},
	{"10.20.30.40", "x%3D10.20.30.4%31", false},
	{V4, "10.20.30.40", true},
	{V4, "http://x.example/?ip=10.20.30.40&y", true},
	{V4, "10.20.30.401", false},
	{V4, "110.20.30.40", false},
	{V4, "10.20.30.4", false},
	{V4, "", false},
	{V4, "c2.example", false},
	/* hexadecimal, in either case */
	{V4, "id=0a141e28", true},
	{V4, "ID=0A141E28", true},
	{V4, "0a:14:1e:28", false}, /* a MAC address has such groups */
	/* the IPv4-mapped form */
	{V4, "::ffff:a14:1e28", true},
	{V4, "[::FFFF:A14:1E28]:80", true},
	/* names of hosts */
	{V4, "ip-10-20-30-40.lan.example", true},
	{V4, "ip-10-20-30-41.lan.example", false},
	/* reversed pointers (RFC 1035, 3.5) */
	{V4, "40.30.20.10.in-addr.arpa", true},
	{V4, "140.30.20.10.in-addr.arpa", false},
	/* base64 of the text, of each alignment: "10.20.30.40" */
	{V4, "MTAuMjAuMzAuNDA=", true},
	/* "x10.20.30.40y" and "xx10.20.30.40" */
	{V4, "eDEwLjIwLjMwLjQweQ==", true},
	{V4, "eHgxMC4yMC4zMC40MA==", true},
	/* "10.20.31.40"; a difference in the last letter's spare bits only
	 * would not be seen: better a value too few */
	{V4, "MTAuMjAuMzEuNDA=", false},
	{V6, "fd00:20:30::12", true},
	{V6, "[FD00:20:30::12]:443", true},
	{V6, "fd00:20:30::123", false},
	{V6, "1fd00:20:30::12", false},
	{V6, "fd000020003000000000000000000012", true},
	{V6, "fd00:0020:0030:0000:0000:0000:0000:0012", true},
	/* nibbles (RFC 3596, 2.5) */
	{V6,
	 "2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.0.2.0.0.0.0.d.f."
	 "ip6.arpa",
	 true},
	{V6,
	 "3.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.0.2.0.0.0.0.d.f."
	 "ip6.arpa",
	 false},
};

static void each_form_of_an_address_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_addr addr;

		assert_int_equal(
			nrs_addr_parse(nrs_span_of(rows[i].address), &addr),
			NRS_OK);
		if (nrs_own_trace_of(nrs_span_of(rows[i].text), &addr) !=
		    rows[i].is_there)
			fail_msg("%s in %s", rows[i].address, rows[i].text);
	}
}

static const struct {
	const char *text;
	bool is_there;
} nets[] = {
	{"10.255.255.255", true},
	{"11.0.0.0", false},
	{"user=172.16.0.1;", true},
	{"172.15.255.255", false},
	{"192.168.1.1:8080", true},
	{"192.169.1.1", false},
	{"1192.168.1.1", false},
	{"1.192.168.1.1", true}, /* better one too few than one too many */
	{"fd12:3456::1", true},
	{"fe80::1%eth0", true},
	{"fe7f::1", false},
	{"2001:db8::1", false},
	{"FD00:0:0:0:0:0:0:5", true},
	{"::ffff:10.0.0.1", true},
	/* as a URL passes it on, and a URL in a URL */
	{"http://c2.example/gate?ip=fd12%3a3456%3A%3A1&v=2", true},
	{"http://c2.example/?u=x%253Fip%253Dfd12%253A3456%253A%253A1", true},
	{"http://c2.example/?ip=10%2E0%2E0%2E1", true},
	{"http://c2.example/?a=100%25", false},
	{"%", false},
	{"%3", false},
	{"2001%3Adb8%3A%3A1", false},
	/* any reversed pointer: it may be ours */
	{"1.2.0.192.in-addr.arpa", true},
	{"8.b.d.0.1.0.0.2.IP6.ARPA", true},
	{"version 10.20.30", false},
	{"", false},
};

static void any_address_of_the_home_networks_is_found(void **state)
{
	struct nrs_home_nets home;

	(void)state;
	nrs_home_nets_default(&home);
	for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
		if (nrs_own_trace(nrs_span_of(nets[i].text), &home) !=
		    nets[i].is_there)
			fail_msg("%s", nets[i].text);
	}
}

static void other_networks_have_other_addresses(void **state)
{
	struct nrs_home_nets home;

	(void)state;
	assert_int_equal(
		nrs_home_nets_parse(&home, nrs_span_of("203.0.113.0/24")),
		NRS_OK);
	assert_true(nrs_own_trace(nrs_span_of("x=203.0.113.7"), &home));
	assert_false(nrs_own_trace(nrs_span_of("x=10.0.0.7"), &home));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_of_an_address_is_found),
		cmocka_unit_test(any_address_of_the_home_networks_is_found),
		cmocka_unit_test(other_networks_have_other_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
