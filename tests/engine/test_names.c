/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_names: international names to ASCII, and what is a public suffix
 * (publicsuffix.org; the list that libpsl brings).
 */
#include "engine/names.h"

#include "tests/nrs_test.h"

static void names_become_a_labels(void **state)
{
	static const struct {
		const char *name, *ascii; /* NULL: it has none */
	} rows[] = {
		{"c2.example", "c2.example"},
		{"C2.EXAMPLE", "c2.example"},
		/* RFC 3492's way of writing u with two dots */
		{"b\xc3\xbc"
		 "cher.example",
		 "xn--bcher-kva.example"},
		{"B\xc3\x9c"
		 "CHER.example",
		 "xn--bcher-kva.example"},
		/* not transitional (UTS 46): sharp s stays itself */
		{"fa\xc3\x9f.example", "xn--fa-hia.example"},
		/* the ideographic full stop is a dot */
		{"a\xe3\x80\x82"
		 "example",
		 "a.example"},
		{"\xff\xff.example", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[NRS_NAME_MAX + 1] = "";
		size_t len = 0;
		const int err = nrs_names_to_ascii(nrs_span_of(rows[i].name),
						   out, &len);

		if (rows[i].ascii == NULL
			    ? err != NRS_E_FORMAT
			    : err != NRS_OK ||
				      strcmp(out, rows[i].ascii) != 0 ||
				      len != strlen(out))
			fail_msg("%s: %d %s", rows[i].name, err, out);
	}
}

static void what_is_too_long_or_holds_a_nul_is_no_name(void **state)
{
	char out[NRS_NAME_MAX + 1], label[5 * NRS_NAME_MAX];
	size_t len;

	(void)state;
	memset(label, 'a', sizeof(label));
	assert_int_equal(
		nrs_names_to_ascii(nrs_span(label, sizeof(label)), out, &len),
		NRS_E_FORMAT);
	assert_int_equal(
		nrs_names_to_ascii(nrs_span("a\0b.example", 11), out, &len),
		NRS_E_FORMAT);
}

static void suffixes_are_public_where_the_list_says_so(void **state)
{
	static const struct {
		const char *name;
		bool is_public, is_everybodys;
	} rows[] = {
		{"com", true, true},
		{"co.uk", true, true},
		{"uk", true, true},
		{"google.com", false, false},
		{"www.co.uk", false, false},
		/* no list knows it: it is somebody's own */
		{"example", false, false},
		{"c2.example", false, false},
		{"", false, false},
		/* *.ck, but not www.ck */
		{"anything.ck", true, true},
		{"www.ck", false, false},
		/* a hoster's own entry */
		{"github.io", true, true},
		{"somebody.github.io", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_span name = nrs_span_of(rows[i].name);

		if (nrs_names_is_public_suffix(name) != rows[i].is_public ||
		    nrs_names_is_everybodys(name) != rows[i].is_everybodys)
			fail_msg("%s", rows[i].name);
	}
}

static void below_a_hosters_wildcard_each_is_one_customers(void **state)
{
	/* the list has *.compute.amazonaws.com (PRIVATE) */
	const struct nrs_span host =
		nrs_span_of("ec2-192-0-2-1.compute.amazonaws.com");

	(void)state;
	if (!nrs_names_is_public_suffix(host))
		skip(); /* a list of another time */
	assert_false(nrs_names_is_everybodys(host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_a_labels),
		cmocka_unit_test(what_is_too_long_or_holds_a_nul_is_no_name),
		cmocka_unit_test(suffixes_are_public_where_the_list_says_so),
		cmocka_unit_test(
			below_a_hosters_wildcard_each_is_one_customers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
