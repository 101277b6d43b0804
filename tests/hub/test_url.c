/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which URLs are taken, which are one place, and what joins to what.
 */
#include "tests/nrs_test.h"

#include "hub/url.h"

static void only_plain_http_urls_are_bases(void **state)
{
	static const struct {
		const char *url;
		bool is_base;
	} cases[] = {
		{"https://hub.example/taxii2/", true},
		{"http://hub.example", true},
		{"HTTPS://[2001:db8::1]:8443/x", true},
		{"https://hub.example:/x", true},
		{"https://", false},
		{"https:///x", false},
		{"https://:443/", false},
		{"https://hub.example:99999/", false},
		{"https://hub.example:0x50/", false},
		{"ftp://hub.example/", false},
		{"file:///etc/passwd", false},
		{"hub.example/taxii2/", false},
		{"https://user:word@hub.example/", false},
		{"https://hub.example\\@other.example/", false},
		{"https://hub.example/?a=b", false},
		{"https://hub.example/#x", false},
		{"https://hub.example/a b", false},
		{"https://hub.example/\r\nX: y", false},
		{"https://hub.example/\xc3\xa9", false},
		{"", false},
	};
	char huge[NRS_URL_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].url);
		assert_int_equal(nrs_url_is_base(nrs_span_of(cases[i].url)),
				 cases[i].is_base);
	}
	memset(huge, 'a', sizeof(huge));
	memcpy(huge, "http://", 7);
	assert_true(nrs_url_is_base(nrs_span(huge, NRS_URL_MAX)));
	assert_false(nrs_url_is_base(nrs_span(huge, NRS_URL_MAX + 1)));
}

static void an_origin_is_scheme_host_and_port(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
		{"https://hub.example/a", "https://HUB.example:443/b", true},
		{"http://hub.example", "http://hub.example:80/", true},
		{"https://[2001:db8::1]/", "https://[2001:DB8::1]:443/", true},
		{"https://hub.example/", "http://hub.example/", false},
		{"https://hub.example/", "http://hub.example:443/", false},
		{"https://hub.example/", "https://hub.example:8443/", false},
		{"https://hub.example/", "https://hub.example.evil.example/",
		 false},
		{"https://hub.example/", "https://other.example/", false},
		{"https://hub.example/", "", false},
		{"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s %s\n", cases[i].a, cases[i].b);
		assert_int_equal(nrs_url_same_origin(nrs_span_of(cases[i].a),
						     nrs_span_of(cases[i].b)),
				 cases[i].is_same);
	}
}

static void references_join_as_they_are_meant(void **state)
{
	static const struct {
		const char *base, *reference, *joined; /* NULL: no URL */
	} cases[] = {
		{"https://h.example/taxii2/", "https://o.example/api",
		 "https://o.example/api/"},
		{"https://h.example/taxii2/", "/api1/",
		 "https://h.example/api1/"},
		{"https://h.example/taxii2", "api1",
		 "https://h.example/taxii2/api1/"},
		{"https://h.example/taxii2/", "", "https://h.example/taxii2/"},
		{"https://h.example/", "//o.example/api", NULL},
		{"https://h.example/", "https://u@o.example/", NULL},
		{"https://h.example/", "/a?b=c", NULL},
		{"ftp://h.example/", "/a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_text out = {0};

		print_message("%s %s\n", cases[i].base, cases[i].reference);
		const int err = nrs_url_join(&out, nrs_span_of(cases[i].base),
					     nrs_span_of(cases[i].reference));
		assert_int_equal(err, cases[i].joined == NULL ? NRS_E_SYNTAX
							      : NRS_OK);
		if (cases[i].joined != NULL)
			assert_true(nrs_span_is(nrs_text_span(&out),
						cases[i].joined));
		nrs_text_fini(&out);
	}
}

static void an_encoded_segment_cannot_leave_its_place(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	nrs_url_encode(&out, nrs_span_of("../a?b#c d%e\xc3\xa9~_-."));
	assert_true(nrs_span_is(nrs_text_span(&out),
				"..%2Fa%3Fb%23c%20d%25e%C3%A9~_-."));
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_plain_http_urls_are_bases),
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
		cmocka_unit_test(references_join_as_they_are_meant),
		cmocka_unit_test(an_encoded_segment_cannot_leave_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
