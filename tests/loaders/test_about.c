/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_about: of which objects and values an indicator speaks.
 */
#include "tests/engine/empty_set.h"

#include "engine/pattern.h"
#include "loaders/about.h"

static struct nrs_set *one(enum nrs_shape shape, const char *text)
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--7"),
					   .pattern = nrs_span_of(text),
					   .shape = (uint8_t)shape,
					   .version = NRS_STIX_21};
	struct nrs_set *set = NULL;

	set = empty_set();
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	return set;
}

static void types_are_those_that_the_pattern_speaks_of(void **state)
{
	static const struct {
		enum nrs_shape shape;
		const char *text;
		uint32_t types;
	} cases[] = {
		{0, "[domain-name:value = 'a.example' OR url:value = 'x']",
		 1u << 2 | 1u << 3},
		{0, "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
		 1u << 6},
		{0,
		 "[network-traffic:dst_ref.type = 'ipv4-addr' AND "
		 "network-traffic:dst_ref.value = '192.0.2.7']",
		 1u << 7 | 1u << 0},
		{0, "[network-traffic:dst_ref.value = '2001:db8::1']",
		 1u << 7 | 1u << 1},
		{0, "[x-thing:y = 1]", 1u << 18},
		{0, "[process:pid = 1] FOLLOWEDBY [mutex:name = 'm']",
		 1u << 14 | 1u << 16},
		{0, "[", 0},
		{NRS_SHAPE_IPV6, "2001:db8::1", 1u << 1},
		{NRS_SHAPE_ADDR_PORT, "192.0.2.1:80", 1u << 7},
		{NRS_SHAPE_JA4, "t13d1516h2_8daaf6152771_b186095e22b6",
		 1u << 7},
	};
	struct nrs_about *about = NULL;

	(void)state;
	assert_int_equal(nrs_about_new(&about), NRS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *set = one(cases[i].shape, cases[i].text);

		if (nrs_about_types(about, nrs_set_at(set, 0)) !=
		    cases[i].types)
			fail_msg("%s", cases[i].text);
		nrs_set_free(set);
	}
	nrs_about_free(about);
}

/* Values one after the other: a letter for the kind, then the text. */
static bool list(void *ctx, const struct nrs_about_value *value)
{
	struct nrs_text *out = ctx;

	nrs_text_printf(out, "%c%.*s ", "ansuet"[value->kind],
			(int)value -> text.len, (const char *)value->text.ptr);
	return false;
}

static void values_are_read_whatever_holds_them(void **state)
{
	static const struct {
		enum nrs_shape shape;
		const char *text, *want;
	} cases[] = {
		{0, "[ipv4-addr:value = '192.0.2[.]7']", "a192.0.2.7 "},
		{0, "[domain-name:value = '*.a.example']", "sa.example "},
		{0, "[domain-name:value LIKE '%.a.example']", "sa.example "},
		{0, "[domain-name:value IN ('a.example', 'b.example')]",
		 "na.example nb.example "},
		{0, "[url:value = 'hxxp://a[.]example/']",
		 "uhttp://a.example/ "},
		{0, "[email-addr:value = 'x@a.example']", "ex@a.example "},
		{0, "[mutex:name = 'a[.]b']", "ta[.]b "},
		{0, "[network-traffic:dst_ref.value = 'a.example']",
		 "na.example "},
		{0, "[domain-name:value != 'a.example']", ""},
		{0, "[domain-name:value NOT IN ('a.example')]", ""},
		{0,
		 "[a:b = 'x'] AND ([c:d = 'y'] OR [e:f = 'z']) WITHIN 5 "
		 "SECONDS",
		 "tx ty tz "},
		{0, "[a:b = 7]", ""},
		{0, "[", ""},
		{NRS_SHAPE_SUBDOMAINS, "a.example", "sa.example "},
		{NRS_SHAPE_ADDR_PORT, "192.0.2.7:80",
		 "t192.0.2.7:80 a192.0.2.7 "},
		{NRS_SHAPE_MD5, "00", "t00 "},
	};
	struct nrs_about *about = NULL;

	(void)state;
	assert_int_equal(nrs_about_new(&about), NRS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *set = one(cases[i].shape, cases[i].text);
		struct nrs_text got = {0};

		assert_false(
			nrs_about_any(about, nrs_set_at(set, 0), list, &got));
		if (!nrs_span_is(nrs_text_span(&got), cases[i].want))
			fail_msg("%s: %.*s", cases[i].text, (int)got.len,
				 (const char *)got.ptr);
		nrs_text_fini(&got);
		nrs_set_free(set);
	}
	nrs_about_free(about);
}

static void hosts_are_found_in_urls_and_mail_addresses(void **state)
{
	static const struct {
		enum nrs_about_kind kind;
		const char *text, *host;
	} cases[] = {
		{NRS_ABOUT_URL, "http://a.example/b", "a.example"},
		{NRS_ABOUT_URL, "http://u:p@a.example:80?x=@", "a.example"},
		{NRS_ABOUT_URL, "a.example/b@c", "a.example"},
		{NRS_ABOUT_URL, "http://[2001:db8::1]:80/", "2001:db8::1"},
		{NRS_ABOUT_URL, "http://", ""},
		{NRS_ABOUT_EMAIL, "x@a.example", "a.example"},
		{NRS_ABOUT_EMAIL, "nobody", ""},
		{NRS_ABOUT_NAME, "a.example", "a.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_about_value value = {
			.kind = cases[i].kind,
			.text = nrs_span_of(cases[i].text)};

		if (!nrs_span_is(nrs_about_host(&value), cases[i].host))
			fail_msg("%s", cases[i].text);
	}
}

static void a_name_is_below_its_parent_by_whole_labels(void **state)
{
	(void)state;
	assert_true(nrs_about_is_below(nrs_span_of("a.b"), nrs_span_of("b")));
	assert_true(nrs_about_is_below(nrs_span_of("b"), nrs_span_of("b")));
	assert_false(nrs_about_is_below(nrs_span_of("ab"), nrs_span_of("b")));
	assert_false(nrs_about_is_below(nrs_span_of("b"), nrs_span_of("a.b")));
	assert_false(nrs_about_is_below(nrs_span_of("b"), nrs_span_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_those_that_the_pattern_speaks_of),
		cmocka_unit_test(values_are_read_whatever_holds_them),
		cmocka_unit_test(hosts_are_found_in_urls_and_mail_addresses),
		cmocka_unit_test(a_name_is_below_its_parent_by_whole_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
