/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_export: what each target's file says of the same few indicators. The
 * targets' own programs judge the form in tests/e2e/export.py.
 */
#include "tests/nrs_test.h"

#include "sightings/export.h"

static struct nrs_set *set;

static const struct {
	enum nrs_shape shape;
	const char *value;
} values[] = {
	{NRS_SHAPE_IPV4, "198.51.100.0/24"},
	{NRS_SHAPE_IPV4, "198.51.100.7"},
	{NRS_SHAPE_IPV6, "2001:db8::7"},
	{NRS_SHAPE_ADDR_PORT, "203.0.113.9:80"},
	{NRS_SHAPE_NAME, "a.tree.example"},
	{NRS_SHAPE_SUBDOMAINS, "tree.example"},
	{NRS_SHAPE_URL, "http://c2.example:8080/a?b"},
	{NRS_SHAPE_MD5, "0123456789abcdef0123456789abcdef"},
};
#define VALUES (sizeof(values) / sizeof(*values))

static int setup(void **state)
{
	/* What a source says of itself must stay a comment. */
	const struct nrs_background by = {
		.creator = nrs_span_of("Circle\ndrop \"all\"; #")};
	const struct nrs_indicator_context context = {
		.name = nrs_span_of("Beacon \"x\"; sid:1"), .background = &by};
	uint32_t source, other;

	(void)state;
	if (nrs_set_new(&set) != NRS_OK ||
	    nrs_set_source(set, nrs_span_of("l.txt"), nrs_span_of("l"),
			   &source) != NRS_OK ||
	    nrs_set_source(set, nrs_span_of("m.json"), nrs_span_of("m"),
			   &other) != NRS_OK)
		return -1;
	for (size_t i = 0; i < VALUES; i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(values[i].value),
			.shape = (uint8_t)values[i].shape,
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.tlp = NRS_TLP_GREEN};

		nrs_set_add(set, &item);
	}
	const struct nrs_indicator item = {
		.id = nrs_span_of("indicator--1"),
		.pattern = nrs_span_of("[ipv4-addr:value = '198.51.100.7']"),
		.version = 1,
		.source = other,
		.context = nrs_set_context(set, &context),
		.modified_ns = NRS_SECOND_NS,
		.valid_until_ns = INT64_C(1798761600) * NRS_SECOND_NS,
		.confidence = 85};
	return nrs_set_add(set, &item);
}

static int teardown(void **state)
{
	(void)state;
	nrs_set_free(set);
	return 0;
}

/* The lines of the file for @target that are no comments, in @out. */
static void lines_of(const char *target, char mark, struct nrs_text *out,
		     struct nrs_export_result *result)
{
	const struct nrs_export_options options = {
		.target = nrs_export_target(nrs_span_of(target)),
		.rules = {.at_ns = INT64_C(1767225600) * NRS_SECOND_NS},
		.first_sid = 10};
	struct nrs_text file = {0};
	struct nrs_span rest, line;

	assert_non_null(options.target);
	assert_int_equal(nrs_export(&file, set, &options, result), NRS_OK);
	rest = nrs_text_span(&file);
	while (nrs_span_split(&rest, '\n', &line)) {
		line = nrs_span_trim(line);
		if (line.len == 0 || line.ptr[0] == (uint8_t)mark)
			continue;
		nrs_text_add(out, line);
		nrs_text_putc(out, '\n');
	}
	nrs_text_fini(&file);
}

static void check(const char *target, char mark, const char *want,
		  uint64_t entries)
{
	struct nrs_export_result *result = calloc(1, sizeof(*result));
	struct nrs_text got = {0};

	assert_non_null(result);
	lines_of(target, mark, &got, result);
	nrs_text_putc(&got, '\0');
	assert_string_equal((const char *)got.ptr, want);
	assert_int_equal(result->entries, entries);
	assert_int_equal(result->strictest, NRS_TLP_AMBER_STRICT);
	nrs_text_fini(&got);
	free(result);
}

static void a_zone_has_names_and_answers(void **state)
{
	(void)state;
	check("rpz", ';',
	      "$TTL 300\n"
	      "@ IN SOA localhost. hostmaster.localhost. 1767225600 3600 600 "
	      "604800 300\n"
	      "@ IN NS localhost.\n"
	      "24.0.100.51.198.rpz-ip CNAME .\n"
	      "32.7.100.51.198.rpz-ip CNAME .\n"
	      "128.7.zz.db8.2001.rpz-ip CNAME .\n"
	      "a.tree.example CNAME .\n"
	      "tree.example CNAME .\n"
	      "*.tree.example CNAME .\n",
	      5);
}

static void sets_hold_no_element_twice(void **state)
{
	struct nrs_export_result *result = calloc(1, sizeof(*result));
	struct nrs_text got = {0};

	(void)state;
	assert_non_null(result);
	lines_of("nftables", '#', &got, result);
	nrs_text_putc(&got, '\0');
	assert_non_null(strstr((const char *)got.ptr,
			       "set any4 {\ntype ipv4_addr\nflags interval\n"
			       "elements = {\n198.51.100.0/24,\n}\n}\n"));
	assert_non_null(strstr((const char *)got.ptr,
			       "elements = {\n203.0.113.9 . 80,\n}\n}\n"));
	assert_non_null(
		strstr((const char *)got.ptr,
		       "set to6 {\ntype ipv6_addr\nflags interval\n}\n"));
	assert_null(strstr((const char *)got.ptr, "@to6"));
	assert_int_equal(result->entries, 4);
	assert_int_equal(result->used, 5);
	nrs_text_fini(&got);
	free(result);
}

#define ANY " any any -> any any (msg:\"noroshi l.txt\"; "

static void rules_have_numbers_of_their_own(void **state)
{
	(void)state;
	check("suricata", '#',
	      "alert ip any any <> 198.51.100.0/24 any (msg:\"noroshi "
	      "l.txt\"; sid:10; rev:1;)\n"
	      "alert ip any any <> 198.51.100.7 any (msg:\"noroshi l.txt\"; "
	      "sid:11; rev:1;)\n"
	      "alert ip any any <> 2001:db8::7 any (msg:\"noroshi l.txt\"; "
	      "sid:12; rev:1;)\n"
	      "alert tcp any any -> 203.0.113.9 80 (msg:\"noroshi l.txt\"; "
	      "sid:13; rev:1;)\n"
	      "alert udp any any -> 203.0.113.9 80 (msg:\"noroshi l.txt\"; "
	      "sid:14; rev:1;)\n"
	      "alert dns" ANY "dns.query; content:\"a.tree.example\"; nocase; "
	      "bsize:14; sid:15; rev:1;)\n"
	      "alert tls" ANY "tls.sni; content:\"a.tree.example\"; nocase; "
	      "bsize:14; sid:16; rev:1;)\n"
	      "alert http" ANY "http.host; content:\"a.tree.example\"; "
	      "bsize:14; sid:17; rev:1;)\n"
	      "alert dns" ANY "dns.query; dotprefix; content:\".tree.example\";"
	      " nocase; endswith; sid:18; rev:1;)\n"
	      "alert tls" ANY "tls.sni; dotprefix; content:\".tree.example\"; "
	      "nocase; endswith; sid:19; rev:1;)\n"
	      "alert http" ANY "http.host; dotprefix; content:"
	      "\".tree.example\"; endswith; sid:20; rev:1;)\n"
	      "alert http" ANY "http.host; content:\"c2.example\"; bsize:10; "
	      "http.uri.raw; content:\"/a?b\"; bsize:4; sid:21; rev:1;)\n",
	      7);
}

static void a_proxy_is_not_told_the_same_twice(void **state)
{
	(void)state;
	check("squid", '#',
	      "acl noroshi_addresses dst 198.51.100.0/24\n"
	      "acl noroshi_addresses dst 2001:db8::7\n"
	      "acl noroshi_names dstdomain .tree.example\n"
	      "acl noroshi_urls url_regex ^http://c2\\.example:8080/a\\?b$\n",
	      6);
}

static void notes_name_owner_end_and_indicator_and_stay_notes(void **state)
{
	const struct nrs_export_options options = {
		.target = nrs_export_target(nrs_span_of("list")),
		.rules = {.at_ns = INT64_C(1767225600) * NRS_SECOND_NS}};
	struct nrs_export_result *result = calloc(1, sizeof(*result));
	struct nrs_text file = {0};

	(void)state;
	assert_non_null(result);
	assert_int_equal(nrs_export(&file, set, &options, result), NRS_OK);
	nrs_text_putc(&file, '\0');
	assert_non_null(strstr((const char *)file.ptr,
			       "\n198.51.100.7 # owner l.txt, until withdrawn, "
			       "indicator--"));
	assert_non_null(
		strstr((const char *)file.ptr,
		       "; owner m.json of Circle_drop _all__ _, until "
		       "2027-01-01T00:00:00Z, indicator--1, TLP amber+strict "
		       "(unmarked)\n2001:db8::7 # "));
	assert_non_null(strstr((const char *)file.ptr, "\n*.tree.example # "));
	assert_int_equal(result->used, 9);
	nrs_text_fini(&file);
	free(result);
}

static void what_is_left_out_is_counted_with_its_reason(void **state)
{
	struct nrs_text why = {0}, file = {0};
	const struct nrs_export_options options = {
		.target = nrs_export_target(nrs_span_of("rpz")),
		.rules = {.at_ns = INT64_C(1798761600) * NRS_SECOND_NS},
		.why = &why};
	struct nrs_export_result *result = calloc(1, sizeof(*result));

	(void)state;
	assert_non_null(result);
	assert_int_equal(nrs_export(&file, set, &options, result), NRS_OK);
	assert_string_equal(result->refused[0].reason, "expired");
	assert_int_equal(result->refused[0].count, 1);
	assert_null(result->refused[1].reason);
	uint64_t unsaid = 0;
	for (unsigned int i = 0; result->unsaid[i].reason != NULL; i++)
		unsaid += result->unsaid[i].count;
	assert_int_equal(unsaid, 3); /* a port, a URL, a digest */
	nrs_text_putc(&why, '\0');
	assert_non_null(
		strstr((const char *)why.ptr, "indicator--1\texpired\n"));
	assert_int_equal(result->strictest, NRS_TLP_GREEN);
	nrs_text_fini(&why);
	nrs_text_fini(&file);
	free(result);
}

static void nobody_knows_another_target(void **state)
{
	(void)state;
	assert_null(nrs_export_target(nrs_span_of("pf")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_has_names_and_answers),
		cmocka_unit_test(sets_hold_no_element_twice),
		cmocka_unit_test(rules_have_numbers_of_their_own),
		cmocka_unit_test(a_proxy_is_not_told_the_same_twice),
		cmocka_unit_test(
			notes_name_owner_end_and_indicator_and_stay_notes),
		cmocka_unit_test(what_is_left_out_is_counted_with_its_reason),
		cmocka_unit_test(nobody_knows_another_target),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
