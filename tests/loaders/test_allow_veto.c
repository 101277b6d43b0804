/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_allow_veto: what is telling about an indicator, and when all of it is
 * covered; the record in the set.
 */
#include "tests/nrs_test.h"

#include "engine/pattern.h"
#include "loaders/allow.h"

static const char list[] = "good.example # ours\n"
			   "*.cdn.example\n"
			   "192.0.2.0/24\n"
			   "900150983cd24fb0d6963f7d28e17f72\n"
			   "http://page.example/x\n"
			   "a@good.example\n"
			   "mozilla kind=text\n";

#define GOOD "domain-name:value = 'good.example'"
#define BAD "domain-name:value = 'bad.example'"
#define ADDR "ipv4-addr:value = '192.0.2.7'"
#define PORT "network-traffic:dst_port = 443"
#define DST "network-traffic:dst_ref.value = '192.0.2.7'"
#define MD5 "file:hashes.MD5 = '900150983CD24FB0D6963F7D28E17F72'"

static const struct {
	const char *pattern;
	bool is_vetoed;
} cases[] = {
	{"[" GOOD "]", true},
	{"[" BAD "]", false},
	{"[domain-name:value = 'GOOD[.]example']", true},
	{"[domain-name:value = 'www.good.example']", false},
	{"[domain-name:value = 'www.cdn.example']", true},
	{"[domain-name:value LIKE '%.cdn.example']", true},
	{"[domain-name:value LIKE '%.good.example']", false},
	{"[domain-name:value LIKE '%cdn.example']", false},
	{"[domain-name:value MATCHES 'good.example']", false},
	{"[" ADDR "]", true},
	{"[ipv4-addr:value ISSUBSET '192.0.2.128/25']", true},
	{"[ipv4-addr:value ISSUBSET '192.0.0.0/16']", false},
	{"[domain-name:resolves_to_refs[*].value = '192.0.2.7']", true},
	{"[url:value = 'http://page.example/x']", true},
	{"[url:value = 'http://good.example/any']", true},
	{"[url:value = 'http://page.example/y']", false},
	{"[email-message:from_ref.value = 'A@good.example']", true},
	{"[" MD5 "]", true},
	{"[network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'Mozilla']",
	 true},
	{"[process:name = 'x']", false},
	/* What says nothing of its own. */
	{"[" PORT "]", false},
	{"[network-traffic:dst_ref.type = 'ipv4-addr' AND " DST "]", true},
	{"[" DST " AND " PORT "]", true},
	{"[" GOOD " AND domain-name:value != 'x.example']", true},
	{"[NOT " GOOD " AND " BAD "]", false},
	{"[domain-name:value != 'good.example']", false},
	{"[" MD5 " AND file:size = 5]", true},
	/* Of an AND all of it, of an OR all sides. */
	{"[" GOOD " AND " ADDR "]", true},
	{"[" BAD " AND " ADDR "]", false},
	{"[" GOOD " AND " BAD "]", false},
	{"[" GOOD " OR " BAD "]", false},
	{"[" GOOD " OR " ADDR "]", true},
	{"[" GOOD " OR " PORT "]", false},
	{"[" GOOD "] OR [" ADDR "]", true},
	{"[" GOOD "] OR [" BAD "]", false},
	{"[" GOOD "] AND [" ADDR "] WITHIN 5 SECONDS", true},
	{"[" GOOD "] FOLLOWEDBY [" BAD "]", false},
	{"([" GOOD "] REPEATS 3 TIMES) OR ([" BAD " AND " PORT "])", false},
	{"[(" GOOD " OR " ADDR ") AND " PORT "]", true},
	{"[domain-name:value IN ('good.example', 'www.cdn.example')]", true},
	{"[domain-name:value IN ('good.example', 'bad.example')]", false},
	{"[ipv4-addr:value", false},
};

static struct nrs_allow *allow_of(const char *text)
{
	struct nrs_allow *allow = NULL;

	assert_int_equal(nrs_allow_new(&allow), NRS_OK);
	assert_int_equal(nrs_allow_read(allow, nrs_span_of(text), "own", NULL),
			 NRS_OK);
	return allow;
}

static void add(struct nrs_set *set, enum nrs_shape shape, const char *text)
{
	struct nrs_indicator item = {.shape = (uint8_t)shape,
				     .version = NRS_STIX_21};

	item.pattern = nrs_arena_copy(nrs_set_arena(set), nrs_span_of(text));
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

static struct nrs_set *new_set(void)
{
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("feed"),
					nrs_span_of("feed"), &source),
			 NRS_OK);
	return set;
}

static void a_pattern_is_vetoed_if_nothing_telling_is_left(void **state)
{
	struct nrs_allow *allow = allow_of(list);
	struct nrs_set *set = new_set();
	struct nrs_allow_veto veto;

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		add(set, NRS_SHAPE_PATTERN, cases[i].pattern);
		if (nrs_allow_indicator(allow, set, i, 0, &veto) ==
		    cases[i].is_vetoed)
			continue;
		print_error("%s\n", cases[i].pattern);
		fail();
	}
	nrs_set_free(set);
	nrs_allow_free(allow);
}

static const struct {
	enum nrs_shape shape;
	const char *text;
	bool is_vetoed;
} shapes[] = {
	{NRS_SHAPE_IPV4, "192.0.2.9", true},
	{NRS_SHAPE_IPV4, "198.51.100.9", false},
	{NRS_SHAPE_IPV4, "192.0.2.0/25", true},
	{NRS_SHAPE_IPV6, "2001:db8::1", false},
	{NRS_SHAPE_ADDR_PORT, "192.0.2.9:443", true},
	{NRS_SHAPE_ADDR_PORT, "[2001:db8::1]:443", false},
	{NRS_SHAPE_NAME, "good.example", true},
	{NRS_SHAPE_NAME, "a.cdn.example", true},
	{NRS_SHAPE_SUBDOMAINS, "good.example", false},
	{NRS_SHAPE_SUBDOMAINS, "cdn.example", true},
	{NRS_SHAPE_URL, "page.example/x", true},
	{NRS_SHAPE_URL, "http://good.example/", true},
	{NRS_SHAPE_EMAIL, "a@good.example", true},
	{NRS_SHAPE_MD5, "900150983cd24fb0d6963f7d28e17f72", true},
	{NRS_SHAPE_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d", false},
};

static void values_of_lists_are_vetoed_by_their_shape(void **state)
{
	struct nrs_allow *allow = allow_of(list);
	struct nrs_set *set = new_set();
	struct nrs_allow_veto veto;

	(void)state;
	for (uint32_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		add(set, shapes[i].shape, shapes[i].text);
		if (nrs_allow_indicator(allow, set, i, 0, &veto) ==
		    shapes[i].is_vetoed)
			continue;
		print_error("%s\n", shapes[i].text);
		fail();
	}
	nrs_set_free(set);
	nrs_allow_free(allow);
}

static void every_veto_is_on_record(void **state)
{
	struct nrs_allow *allow = allow_of("good.example source=feed # ours\n"
					   "bad.example source=other\n"
					   "old.example until=1990-01-01\n");
	struct nrs_set *set = new_set();

	(void)state;
	add(set, NRS_SHAPE_NAME, "good.example");
	add(set, NRS_SHAPE_NAME, "bad.example");
	add(set, NRS_SHAPE_NAME, "old.example");
	add(set, NRS_SHAPE_NAME, "good.example");
	nrs_set_edit(set, 3)->status = NRS_STATUS_REVOKED;
	int64_t now;
	nrs_stamp_parse(nrs_span_of("2026-01-01T00:00:00Z"), &now);
	assert_int_equal(nrs_allow_run(allow, set, now), NRS_OK);
	assert_int_equal(nrs_set_at(set, 0)->status, NRS_STATUS_EXCEPTED);
	assert_string_equal(nrs_set_reason(set, 0),
			    "exception good.example of own, line 1: ours");
	assert_int_equal(nrs_set_at(set, 1)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(set, 2)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(set, 3)->status, NRS_STATUS_REVOKED);
	assert_int_equal(nrs_allow_list(allow, 0)->vetoes, 1);
	assert_int_equal(nrs_allow_list(allow, 0)->ended, 1);
	assert_int_equal(nrs_allow_list(allow, 0)->entries, 3);
	nrs_set_free(set);
	nrs_allow_free(allow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_pattern_is_vetoed_if_nothing_telling_is_left),
		cmocka_unit_test(values_of_lists_are_vetoed_by_their_shape),
		cmocka_unit_test(every_veto_is_on_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
