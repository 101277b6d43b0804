/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_canon: names, URLs, MAC addresses, hex and hash names in their one form
 * (specification, sections 2.1 and 2.3).
 */
#include "tests/nrs_test.h"

#include "engine/canon.h"
#include "engine/names.h"

static void names_have_one_form(void **state)
{
	static const struct {
		const char *in, *want; /* NULL: NRS_E_FORMAT */
		enum nrs_canon_side side;
	} rows[] = {
		{"Higan.EXAMPLE", "higan.example", NRS_CANON_TRAFFIC},
		{"higan.example.", "higan.example", NRS_CANON_TRAFFIC},
		{"_dmarc.Higan.example", "_dmarc.higan.example",
		 NRS_CANON_TRAFFIC},
		{"b\xc3\xbc"
		 "cher.example",
		 "xn--bcher-kva.example", NRS_CANON_INDICATOR},
		{"\xe7\x8b\xbc\xe7\x85\x99.example", "xn--ouxv8a.example",
		 NRS_CANON_INDICATOR},
		/* UTS 46: capital letters, and the ideographic full stop */
		{"B\xc3\x9c"
		 "CHER\xe3\x80\x82"
		 "example",
		 "xn--bcher-kva.example", NRS_CANON_INDICATOR},
		/* on the packet path there are no such names */
		{"b\xc3\xbc"
		 "cher.example",
		 NULL, NRS_CANON_TRAFFIC},
		{"", NULL, NRS_CANON_TRAFFIC},
		{".", NULL, NRS_CANON_TRAFFIC},
		{"a..b", NULL, NRS_CANON_TRAFFIC},
		{".a", NULL, NRS_CANON_TRAFFIC},
		{"a b", NULL, NRS_CANON_TRAFFIC},
		{"a/b", NULL, NRS_CANON_TRAFFIC},
		{"user@a.example", NULL, NRS_CANON_TRAFFIC},
	};
	uint8_t out[NRS_CANON_NAME_ROOM];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int err = nrs_canon_name(nrs_span_of(rows[i].in),
					       rows[i].side, out, &len);

		if (rows[i].want == NULL
			    ? err != NRS_E_FORMAT
			    : err != NRS_OK || !nrs_span_is(nrs_span(out, len),
							    rows[i].want))
			fail_msg("%s: %d", rows[i].in, err);
	}
}

static void lengths_are_those_of_dns(void **state)
{
	char text[300];
	uint8_t out[NRS_CANON_NAME_ROOM];
	size_t len;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(nrs_canon_name(nrs_span(text, 63), NRS_CANON_TRAFFIC,
					out, &len),
			 NRS_OK);
	assert_int_equal(nrs_canon_name(nrs_span(text, 64), NRS_CANON_TRAFFIC,
					out, &len),
			 NRS_E_FORMAT);
	for (size_t i = 49; i < sizeof(text); i += 50)
		text[i] = '.';
	assert_int_equal(nrs_canon_name(nrs_span(text, 253), NRS_CANON_TRAFFIC,
					out, &len),
			 NRS_OK);
	assert_int_equal(nrs_canon_name(nrs_span(text, 255), NRS_CANON_TRAFFIC,
					out, &len),
			 NRS_E_FORMAT);
}

static void an_address_is_no_name(void **state)
{
	static const char *const rows[] = {"192.0.2.1", "2001:db8::1"};
	uint8_t out[NRS_CANON_NAME_ROOM];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(nrs_canon_name(nrs_span_of(rows[i]),
						NRS_CANON_INDICATOR, out, &len),
				 NRS_E_UNSUPPORTED);
	assert_int_equal(nrs_canon_name(nrs_span_of("1.2.3"), NRS_CANON_TRAFFIC,
					out, &len),
			 NRS_OK);
}

/* Each row is one rule of section 2.3. */
static void urls_have_one_form(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"HTTP://Host.Example/Path", "http://host.example/Path"},
		{"http://h.example:80/", "http://h.example/"},
		{"https://h.example:443/a", "https://h.example/a"},
		{"https://h.example:80/a", "https://h.example:80/a"},
		{"ftp://h.example:21/a", "ftp://h.example/a"},
		{"http://h.example", "http://h.example/"},
		{"http://h.example?q=1", "http://h.example/?q=1"},
		{"http://h.example/%7Euser/%41", "http://h.example/~user/A"},
		{"http://h.example/a%2fb", "http://h.example/a%2Fb"},
		{"http://h.example/100%", "http://h.example/100%25"},
		{"http://h.example/%4%31", "http://h.example/%2541"},
		{"http://h.example/a b", "http://h.example/a%20b"},
		{"http://h.example/\xc3\xa9", "http://h.example/%C3%A9"},
		{"http://h.example/a#part", "http://h.example/a"},
		{"http://user:pw@h.example/a", "http://h.example/a"},
		{"http://h.example/a/./b/../c", "http://h.example/a/c"},
		{"http://h.example/../a", "http://h.example/a"},
		{"http://h.example/a?B=c+d&a=1",
		 "http://h.example/a?B=c+d&a=1"},
		{"http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"},
		{"http://192.0.2.7/x", "http://192.0.2.7/x"},
		{"h.example/gate.php", "h.example/gate.php"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_span in = nrs_span_of(rows[i].in);
		uint8_t out[1024];
		struct nrs_url url;

		if (nrs_canon_url(in, NRS_CANON_INDICATOR, out, sizeof(out),
				  &url) != NRS_OK ||
		    !nrs_span_is(url.whole, rows[i].want))
			fail_msg("%s: %.*s", rows[i].in, (int)url.whole.len,
				 (const char *)url.whole.ptr);
		/* the form of the form is itself */
		uint8_t again[1024];
		struct nrs_url same;
		assert_int_equal(nrs_canon_url(url.whole, NRS_CANON_TRAFFIC,
					       again, sizeof(again), &same),
				 NRS_OK);
		assert_true(nrs_span_equal(url.whole, same.whole));
	}
}

static void a_url_comes_in_parts(void **state)
{
	uint8_t out[1024];
	struct nrs_url url;

	(void)state;
	assert_int_equal(nrs_canon_url(nrs_span_of("HTTP://A.example:81/p?q"),
				       NRS_CANON_TRAFFIC, out, sizeof(out),
				       &url),
			 NRS_OK);
	assert_true(nrs_span_is(url.scheme, "http"));
	assert_true(nrs_span_is(url.host, "a.example"));
	assert_true(nrs_span_is(url.rest, "a.example:81/p?q"));
	assert_true(nrs_span_is(url.target, "/p?q"));
}

static void what_is_no_url_is_refused(void **state)
{
	static const char *const rows[] = {"",
					   "http://",
					   "http:///a",
					   "http://a b/",
					   "http://[::1/a",
					   "http://h.example:99999/"};
	uint8_t out[1024];
	struct nrs_url url;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_canon_url(nrs_span_of(rows[i]), NRS_CANON_INDICATOR,
				  out, sizeof(out), &url) != NRS_E_FORMAT)
			fail_msg("%s", rows[i]);
	}
}

static void mac_addresses_have_one_form(void **state)
{
	static const uint8_t want[6] = {0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7};
	static const char *const good[] = {"00:1b:44:11:3a:b7",
					   "00-1B-44-11-3A-B7",
					   "001b.4411.3ab7", "001B44113AB7"};
	static const char *const bad[] = {"",
					  "00:1b:44:11:3a",
					  "00:1b:44:11:3a:b7:00",
					  "00:1b-44:11-3a:b7",
					  "0:01b:44:11:3a:b7",
					  "gg:1b:44:11:3a:b7",
					  "00::1b4411:3ab:7"};
	uint8_t out[6];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(nrs_canon_mac(nrs_span_of(good[i]), out),
				 NRS_OK);
		assert_memory_equal(out, want, 6);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (nrs_canon_mac(nrs_span_of(bad[i]), out) != NRS_E_FORMAT)
			fail_msg("%s", bad[i]);
	}
}

static void hex_and_hash_names(void **state)
{
	static const struct {
		const char *in, *want;
		size_t digits;
	} names[] = {{"MD5", "MD5", 32},	 {"md5", "MD5", 32},
		     {"sha1", "SHA-1", 40},	 {"SHA256", "SHA-256", 64},
		     {"sha-256", "SHA-256", 64}, {"SHA-512", "SHA-512", 128}};
	uint8_t out[4];
	size_t len, digits;

	(void)state;
	assert_int_equal(nrs_canon_hex(nrs_span_of("00fFa1"), out, &len),
			 NRS_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(out, "\x00\xff\xa1", 3);
	assert_int_equal(nrs_canon_hex(nrs_span_of("0"), out, &len),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_canon_hex(nrs_span_of("0g"), out, &len),
			 NRS_E_FORMAT);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *name =
			nrs_canon_hash_name(nrs_span_of(names[i].in), &digits);

		assert_non_null(name);
		assert_string_equal(name, names[i].want);
		assert_int_equal(digits, names[i].digits);
	}
	assert_null(nrs_canon_hash_name(nrs_span_of("CRC32"), &digits));
}

static void public_suffixes_are_known(void **state)
{
	(void)state;
	assert_true(nrs_names_is_public_suffix(nrs_span_of("com")));
	assert_true(nrs_names_is_public_suffix(nrs_span_of("co.uk")));
	assert_true(nrs_names_is_public_suffix(nrs_span_of("co.jp")));
	assert_false(nrs_names_is_public_suffix(nrs_span_of("example.com")));
	assert_false(nrs_names_is_public_suffix(nrs_span_of("a.co.uk")));
}

static void the_last_name_of_a_path_is_behind_its_folders(void **state)
{
	static const char *const rows[][2] = {
		{"dir\\a.txt", "a.txt"}, {"\\a.txt", "a.txt"}, {"a/b.c", "b.c"},
		{"a.txt", "a.txt"},	 {"dir\\", ""},	       {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!nrs_span_is(nrs_canon_last_name(nrs_span_of(rows[i][0])),
				 rows[i][1]))
			fail_msg("%s", rows[i][0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_one_form),
		cmocka_unit_test(lengths_are_those_of_dns),
		cmocka_unit_test(an_address_is_no_name),
		cmocka_unit_test(urls_have_one_form),
		cmocka_unit_test(a_url_comes_in_parts),
		cmocka_unit_test(what_is_no_url_is_refused),
		cmocka_unit_test(mac_addresses_have_one_form),
		cmocka_unit_test(hex_and_hash_names),
		cmocka_unit_test(public_suffixes_are_known),
		cmocka_unit_test(the_last_name_of_a_path_is_behind_its_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
