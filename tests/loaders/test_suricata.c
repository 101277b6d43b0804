/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_suricata: datasets, reputations, and what they are not. Base64 was
 * written with base64(1).
 */
#include "tests/loaders/reader_text.h"

#include "loaders/base64.h"
#include "loaders/suricata.h"
#include "loaders/suricata_json.h"

static const struct {
	const char *text, *octets; /* NULL: is none */
} codes[] = {
	{"", NULL},	      {"YQ==", "a"},
	{"YWI=", "ab"},	      {"YWJj", "abc"},
	{"YWJjZA==", "abcd"}, {"Pz8/Pj4+", "?\?\?>>>"},
	{"YWJj ", NULL},      {"YWJ", NULL},
	{"YR==", NULL}, /* bits behind the last octet */
	{"Y===", NULL},	      {"YQ==YQ==", NULL},
	{"Pz8_", NULL},
};

static void base64_has_one_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		uint8_t out[16];
		size_t len = 0;
		const bool is_read =
			nrs_base64_read(nrs_span_of(codes[i].text), out, &len);

		if (is_read == (codes[i].octets != NULL) &&
		    (!is_read ||
		     nrs_span_is(nrs_span(out, len), codes[i].octets)))
			continue;
		print_error("'%s'\n", codes[i].text);
		fail();
	}
}

static void strings_are_known_by_their_look_or_by_the_field(void **state)
{
	static const char text[] = "ZXZpbC5leGFtcGxl\r\n"
				   "LnN1Yi5leGFtcGxl\r\n"
				   "L2dhdGUucGhw\r\n"
				   "not base64\r\n"
				   "192.0.2.1\r\n";
	static const struct nrs_want by_look[] = {
		{1, "[domain-name:value = 'evil.example']", "", "", -1},
		{2,
		 "[domain-name:value = 'sub.example' OR domain-name:value LIKE "
		 "'%.sub.example']",
		 "", "", -1},
		{5, "[ipv4-addr:value = '192.0.2.1']", "", "", -1},
	};
	static const struct nrs_want_refusal refusals[] = {
		{3, "L2dhdGUucGhw: a path without a host"},
		{4, "not base64: no base64, address or digest"},
	};
	static const struct nrs_want by_field[] = {
		{3,
		 "[network-traffic:extensions.'http-request-ext'."
		 "request_value = '/gate.php']",
		 "", "", -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_suricata_open, "", text, 3, &result);

	(void)state;
	nrs_check_indicators(set, by_look, 3);
	nrs_check_refusals(set, refusals, 2);
	assert_string_equal(result.format, "Suricata dataset");
	nrs_set_free(set);
	set = nrs_read_text(nrs_suricata_open,
			    "suricata-dataset:field=http.uri,encoding=base64",
			    "# none\n\nL2dhdGUucGhw\n", 3, &result);
	nrs_check_indicators(set, by_field, 1);
	nrs_set_free(set);
}

static void a_dataset_of_addresses_holds_no_names(void **state)
{
	static const struct nrs_want want[] = {
		{3, "[ipv4-addr:value = '192.0.2.1']", "", "", -1},
	};
	static const struct nrs_want_refusal refusals[] = {
		{1, "999.9.9.9: no address or prefix"},
		{2, "a.example: no address or prefix"},
	};
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(
		nrs_suricata_open, "suricata-dataset:field=ip,encoding=plain",
		"999.9.9.9\na.example\n192.0.2.1\n", 4096, &result);

	(void)state;
	nrs_check_indicators(set, want, 1);
	nrs_check_refusals(set, refusals, 2);
	nrs_set_free(set);
}

static void scores_become_confidence_and_labels(void **state)
{
	static const struct nrs_want addresses[] = {
		{1, "[ipv4-addr:value = '192.0.2.1']", "category:1\ncategory:2",
		 "", 100},
		{2, "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
		 "category:60", "", 0},
	};
	static const struct nrs_want_refusal refusals[] = {
		{4, "192.0.2.2,61,5: not ADDRESS,CATEGORY,SCORE with a "
		    "category up to 60 and a score from 1 to 127"},
		{5, "a.example,1,5: no address or prefix"},
	};
	static const struct nrs_want strings[] = {
		{1, "[domain-name:value = 'evil.example']", "score:120", "",
		 -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_suricata_open, "suricata-iprep",
			      "192.0.2.1,1,63\n198.51.100.0/24, 60, 1\n"
			      "192.0.2.1,2,127\n192.0.2.2,61,5\n"
			      "a.example,1,5\n",
			      4096, &result);

	(void)state;
	nrs_check_indicators(set, addresses, 2);
	nrs_check_refusals(set, refusals, 2);
	nrs_set_free(set);
	set = nrs_read_text(nrs_suricata_open, "suricata-datarep",
			    "ZXZpbC5leGFtcGxl,120\nZXZpbC5leGFtcGxl,65536\n",
			    4096, &result);
	nrs_check_indicators(set, strings, 1);
	assert_int_equal(result.refused, 1);
	nrs_set_free(set);
}

static void names_of_categories_are_nothing_to_look_for(void **state)
{
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(
		nrs_suricata_open, "suricata-categories",
		"1,CnC,Known, and bad\n2,Scanner,Scanning\n", 4096, &result);

	(void)state;
	assert_int_equal(result.objects, 2);
	assert_int_equal(result.ignored, 2);
	assert_int_equal(result.ignored_for[NRS_IGNORED_CATEGORY], 2);
	assert_int_equal(result.refused, 0);
	assert_int_equal(nrs_set_count(set), 0);
	nrs_set_free(set);
}

static const struct {
	const char *name, *format, *text, *values; /* a / behind each */
	uint64_t refused;
} documents[] = {
	{"an array of strings", "suricata-json",
	 "[\"a.example\",\"192.0.2.1\",7]", "a.example/192.0.2.1/", 1},
	{"an array of objects", "suricata-json:value_key=v.ip",
	 "[{\"v\":{\"ip\":\"192.0.2.1\"}},{\"v\":3},{\"v\":{\"ip\":"
	 "\"192.0.2.2\"}}]",
	 "192.0.2.1/192.0.2.2/", 1},
	{"an object a line", "suricata-json:value_key=h,field=dns.query",
	 "{\"h\":\"a.example\"}\n{\"h\":\"b.example\"}\n",
	 "a.example/b.example/", 0},
	{"an array further down", "suricata-json:array_key=a.b,value_key=h",
	 "{\"x\":[{\"h\":\"c.example\"}],\"a\":{\"x\":[1],\"b\":["
	 "{\"h\":\"a.example\"},{\"h\":\"b.example\"}]},\"b\":[1]}",
	 "a.example/b.example/", 0},
	{"strings of a field", "suricata-json:array_key=a,field=file.name",
	 "{\"a\":[\"x.exe\"]}", "[file:name = 'x.exe']/", 0},
};

static void json_is_read_where_the_keys_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(documents) / sizeof(*documents);
	     i++) {
		struct nrs_loader_result result;
		struct nrs_text values = {0};
		struct nrs_set *set = nrs_read_text(
			nrs_suricata_json_open, documents[i / 2].format,
			documents[i / 2].text, i % 2 == 0 ? 1 : 4096, &result);

		for (uint32_t k = 0; k < nrs_set_count(set); k++) {
			nrs_text_add(&values, nrs_set_at(set, k)->pattern);
			nrs_text_putc(&values, '/');
		}
		if (result.refused != documents[i / 2].refused ||
		    !nrs_is_text(nrs_text_span(&values),
				 documents[i / 2].values)) {
			print_error("%s: %.*s\n", documents[i / 2].name,
				    (int)values.len, (const char *)values.ptr);
			fail();
		}
		nrs_text_fini(&values);
		nrs_set_free(set);
	}
}

static const struct {
	const char *head, *kinds; /* d dataset, r datarep, i iprep, c categories
				   */
} heads[] = {
	{"ZXZpbC5leGFtcGxl\n", "d"},
	{"ZXZpbC5leGFtcGxl\na.example\n", ""},
	{"cead3f77f6cda6ec00f57d76c9a6879f\n", ""}, /* a list */
	{"ZXZpbC5leGFtcGxl,3\n", "r"},
	{"cead3f77f6cda6ec00f57d76c9a6879f,3\n", "r"},
	{"192.0.2.1,443\n", ""}, /* address and port, for all we know */
	{"192.0.2.1,1,127\n2001:db8::/32,2,1\n", "i"},
	{"192.0.2.1,1,128\n", ""},
	{"1,CnC,Known\n", "c"},
	{"1,a.example,Known\n", ""},
	{"", ""},
};

static void only_their_own_files_are_taken_for_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		const struct nrs_span head = nrs_span_of(heads[i].head);
		char kinds[5] = "", *at = kinds;

		if (nrs_suricata_detect_dataset(head))
			*at++ = 'd';
		if (nrs_suricata_detect_datarep(head))
			*at++ = 'r';
		if (nrs_suricata_detect_iprep(head))
			*at++ = 'i';
		if (nrs_suricata_detect_categories(head))
			*at++ = 'c';
		if (strcmp(kinds, heads[i].kinds) == 0)
			continue;
		print_error("%s: %s\n", heads[i].head, kinds);
		fail();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_has_one_reading),
		cmocka_unit_test(
			strings_are_known_by_their_look_or_by_the_field),
		cmocka_unit_test(a_dataset_of_addresses_holds_no_names),
		cmocka_unit_test(scores_become_confidence_and_labels),
		cmocka_unit_test(json_is_read_where_the_keys_say),
		cmocka_unit_test(names_of_categories_are_nothing_to_look_for),
		cmocka_unit_test(only_their_own_files_are_taken_for_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
