/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list_shape: what single values are, and what they are not.
 */
#include "tests/nrs_test.h"

#include "loaders/list_shape.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define NOTHING "no address, name, URL, hash or mail address"
#define NO_HOST "a URL without a valid host"
#define NO_DOMAIN "a mail address without a valid domain"

static const struct {
	const char *value;
	enum nrs_shape shape;
	const char *text;
} good[] = {
	{"192.0.2.7", NRS_SHAPE_IPV4, "192.0.2.7"},
	{"192.0.2.7/32", NRS_SHAPE_IPV4, "192.0.2.7"},
	{"192.0.2.7/24", NRS_SHAPE_IPV4, "192.0.2.0/24"},
	{"::ffff:192.0.2.7", NRS_SHAPE_IPV4, "192.0.2.7"},
	{"2001:DB8:0::1", NRS_SHAPE_IPV6, "2001:db8::1"},
	{"[2001:db8::1]", NRS_SHAPE_IPV6, "2001:db8::1"},
	{"2001:db8::1/128", NRS_SHAPE_IPV6, "2001:db8::1"},
	{"2001:db8::1/32", NRS_SHAPE_IPV6, "2001:db8::/32"},
	{"192.0.2.7:8080", NRS_SHAPE_ADDR_PORT, "192.0.2.7:8080"},
	{"192.0.2.7:0080", NRS_SHAPE_ADDR_PORT, "192.0.2.7:80"},
	{"192.0.2.7:10005", NRS_SHAPE_ADDR_PORT, "192.0.2.7:10005"},
	{"192.0.2.7:65535", NRS_SHAPE_ADDR_PORT, "192.0.2.7:65535"},
	{"[2001:DB8::1]:443", NRS_SHAPE_ADDR_PORT, "[2001:db8::1]:443"},
	{HEX32, NRS_SHAPE_MD5, HEX32},
	{"0123456789ABCDEF0123456789ABCDEF", NRS_SHAPE_MD5, HEX32},
	{HEX32 "01234567", NRS_SHAPE_SHA1, HEX32 "01234567"},
	{HEX32 HEX32, NRS_SHAPE_SHA256, HEX32 HEX32},
	{HEX32 HEX32 HEX32, NRS_SHAPE_SHA384, HEX32 HEX32 HEX32},
	{HEX32 HEX32 HEX32 HEX32, NRS_SHAPE_SHA512, HEX32 HEX32 HEX32 HEX32},
	{"t13d1516h2_8daaf6152771_b186095e22b6", NRS_SHAPE_JA4,
	 "t13d1516h2_8daaf6152771_b186095e22b6"},
	{"qs2i0000zz_8daaf6152771_b186095e22b6", NRS_SHAPE_JA4,
	 "qs2i0000zz_8daaf6152771_b186095e22b6"},
	{"HTTP://C2.Okuribi.Example", NRS_SHAPE_URL,
	 "http://c2.okuribi.example/"},
	{"https://c2.okuribi.example:443/A?b=C#d", NRS_SHAPE_URL,
	 "https://c2.okuribi.example/A?b=C"},
	{"http://intranet/x", NRS_SHAPE_URL, "http://intranet/x"},
	{"http://[2001:db8::1]:81/x", NRS_SHAPE_URL,
	 "http://[2001:db8::1]:81/x"},
	{"c2.okuribi.example/a/../b", NRS_SHAPE_URL, "c2.okuribi.example/b"},
	{"192.0.2.7:81/x", NRS_SHAPE_URL, "192.0.2.7:81/x"},
	{"c2.okuribi.example/?to=a@b.example", NRS_SHAPE_URL,
	 "c2.okuribi.example/?to=a@b.example"},
	{"User@Okuribi.Example", NRS_SHAPE_EMAIL, "user@okuribi.example"},
	{"a@b\xc3\xbc"
	 "cher.example",
	 NRS_SHAPE_EMAIL, "a@xn--bcher-kva.example"},
	{"C2.Okuribi.Example.", NRS_SHAPE_NAME, "c2.okuribi.example"},
	{"_dmarc.okuribi.example", NRS_SHAPE_NAME, "_dmarc.okuribi.example"},
	{"1.2.3.4.in-addr.example", NRS_SHAPE_NAME, "1.2.3.4.in-addr.example"},
	{"b\xc3\xbc"
	 "cher.example",
	 NRS_SHAPE_NAME, "xn--bcher-kva.example"},
	{"*.okuribi.example", NRS_SHAPE_SUBDOMAINS, "okuribi.example"},
	{".okuribi.example", NRS_SHAPE_SUBDOMAINS, "okuribi.example"},
};

static const struct {
	const char *value, *reason;
} bad[] = {
	{"two words.example", "more than one word"},
	{"192.0.2.7 192.0.2.8", "more than one word"},
	{"192.0.2.7/33", "a prefix longer than its address"},
	{"2001:db8::/129", "a prefix longer than its address"},
	{"192.0.2.7:0", "a port outside 1 to 65535"},
	{"192.0.2.7:65536", "a port outside 1 to 65535"},
	{"192.0.2.7:99999999999999999999", "a port outside 1 to 65535"},
	{"c2.okuribi.example:8443", "a name with a port: not read yet"},
	{"/gate.php", "a path without a host"},
	{"n/a", "a path without a host"},
	{"user@okuribi.example/x", "a path without a host"},
	{"http:///x", NO_HOST},
	{"http://1.2.3/x", NO_HOST},
	{"http://bad!host.example/x", NO_HOST},
	{"http://[2001:db8::1/x", NO_HOST},
	{"http://c2.okuribi.example:70000/x", NO_HOST},
	{"@okuribi.example", NO_DOMAIN},
	{"user@localhost", NO_DOMAIN},
	{"a@b@okuribi.example", NO_DOMAIN},
	{"mailto:user@okuribi.example", NO_DOMAIN},
	{"localhost", NOTHING},
	{"1.2.3", NOTHING},
	{"256.1.1.1", NOTHING},
	{"010.0.0.1", NOTHING},
	{"a..example", NOTHING},
	{"okuribi.123", NOTHING},
	{"okuribi!.example", NOTHING},
	{"0123456789abcdef", NOTHING},
	{"t13d1516h2_8DAAF6152771_b186095e22b6", NOTHING},
	{"x13d1516h2_8daaf6152771_b186095e22b6", NOTHING},
};

static void every_shape_is_told_and_put_into_its_normal_form(void **state)
{
	uint8_t room[NRS_SHAPE_ROOM(256)];
	struct nrs_list_value found;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const int err = nrs_list_shape(nrs_span_of(good[i].value), room,
					       sizeof(room), &found);

		if (err == NRS_OK && found.shape == good[i].shape &&
		    nrs_span_is(found.text, good[i].text))
			continue;
		print_error("%s: %d %s '%.*s' (%s)\n", good[i].value, err,
			    nrs_shape_name(found.shape), (int)found.text.len,
			    (const char *)found.text.ptr,
			    found.reason == NULL ? "" : found.reason);
		fail();
	}
}

static void what_is_nearly_a_value_is_refused_with_its_reason(void **state)
{
	uint8_t room[NRS_SHAPE_ROOM(256)];
	struct nrs_list_value found;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const int err = nrs_list_shape(nrs_span_of(bad[i].value), room,
					       sizeof(room), &found);

		if (err == NRS_E_FORMAT && found.reason != NULL &&
		    strcmp(found.reason, bad[i].reason) == 0)
			continue;
		print_error("%s: %d %s (%s)\n", bad[i].value, err,
			    nrs_shape_name(found.shape),
			    found.reason == NULL ? "" : found.reason);
		fail();
	}
}

static void a_value_that_the_room_cannot_hold_is_refused(void **state)
{
	uint8_t room[16];
	struct nrs_list_value found;

	(void)state;
	assert_int_equal(nrs_list_shape(nrs_span_of("192.0.2.1"), room,
					sizeof(room), &found),
			 NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_shape_is_told_and_put_into_its_normal_form),
		cmocka_unit_test(
			what_is_nearly_a_value_is_refused_with_its_reason),
		cmocka_unit_test(a_value_that_the_room_cannot_hold_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
