/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_zeek: every type of Zeek's intelligence framework, the directives, two
 * sources of one value, and lines that are none.
 */
#include "tests/loaders/reader_text.h"

#include "loaders/zeek.h"

#define HEAD "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"

static const char types[] =
	"#fields\tindicator_type\tmeta.do_notice\tindicator\tmeta.url\t"
	"meta.source\tmeta.desc\r\n"
	"Intel::ADDR\tT\t192.0.2.7\t-\tone\tA host\r\n"
	"Intel::SUBNET\tF\t198.51.100.0/24\thttp://r.example/\tone\t-\r\n"
	"Intel::DOMAIN\tT\tEvil.Example\thttp://r.example/\tone\tSeen\r\n"
	"Intel::URL\tT\thttps://evil.example/a?b\t-\ttwo words\t(empty)\r\n"
	"Intel::URL\tT\tevil.example\t-\tone\t-\r\n"
	"Intel::EMAIL\tT\tA@evil.example\t-\tone\t-\r\n"
	"Intel::FILE_HASH\tT\tCEAD3F77F6CDA6EC00F57D76C9A6879F\t-\tone\t-\r\n"
	"Intel::CERT_HASH\tT\t4da14224452c1fe61f46b1112c43ecfd9f322c82\t-\t-"
	"\t-\r\n"
	"Intel::PUBKEY_HASH\tT\t"
	"16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48\t-\tone\t-\r\n"
	"Intel::JA3\tT\te7d705a3286e19ea42f587b344ee6865\t-\tone\t-\r\n"
	"Intel::FILE_NAME\tT\tit's a\\b.exe\t-\tone\t-\r\n"
	"Intel::USER_NAME\tT\troot\t-\tone\t-\r\n"
	"Intel::SOFTWARE\tT\twget\t-\tone\t-\r\n";

static const struct nrs_want of_types[] = {
	{2, "[ipv4-addr:value = '192.0.2.7']", "source:one", "A host", -1},
	{3, "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "source:one",
	 "http://r.example/", -1},
	{4, "[domain-name:value = 'evil.example']", "source:one",
	 "Seen http://r.example/", -1},
	{5, "[url:value = 'evil.example/a?b']", "source:two words", "", -1},
	{6, "[url:value = 'evil.example/']", "source:one", "", -1},
	{7, "[email-addr:value = 'a@evil.example']", "source:one", "", -1},
	{8, "[file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f']",
	 "source:one", "", -1},
	{9,
	 "[x509-certificate:hashes.'SHA-1' = "
	 "'4da14224452c1fe61f46b1112c43ecfd9f322c82']",
	 "", "", -1},
	{10,
	 "[network-traffic:extensions.'ssh-ext'.host_key_md5 = "
	 "'1627aca576282d36631b564debdfa648']",
	 "source:one", "", -1},
	{11,
	 "[network-traffic:extensions.'tls-ext'.ja3 = "
	 "'e7d705a3286e19ea42f587b344ee6865']",
	 "source:one", "", -1},
	{12, "[file:name = 'it\\'s a\\\\b.exe']", "source:one", "", -1},
	{13, "[user-account:account_login = 'root']", "source:one", "", -1},
	{14, "[software:name = 'wget']", "source:one", "", -1},
};

static void every_type_is_read_however_its_bytes_come(void **state)
{
	static const size_t steps[] = {1, 7, sizeof(types)};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nrs_loader_result result;
		struct nrs_set *set = nrs_read_text(nrs_zeek_open, "", types,
						    steps[i], &result);

		nrs_check_indicators(set, of_types,
				     sizeof(of_types) / sizeof(*of_types));
		assert_int_equal(result.indicators, 13);
		assert_int_equal(result.objects, 13);
		assert_int_equal(result.refused, 0);
		assert_string_equal(result.format, "Zeek intel");
		nrs_set_free(set);
	}
}

/* Only the one that comes last of a source counts; sources add up. */
static void sources_of_one_value_add_up_and_replace_themselves(void **state)
{
	static const struct nrs_want want[] = {
		{2, "[domain-name:value = 'a.example']",
		 "source:one\nsource:two", "newer", -1},
		{4, "[domain-name:value = 'b.example']", "source:one", "other",
		 -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_zeek_open, "",
			      HEAD "a.example\tIntel::DOMAIN\tone\told\n"
				   "a.example\tIntel::DOMAIN\ttwo\tsecond\n"
				   "b.example\tIntel::DOMAIN\tone\tother\n"
				   "a.example\tIntel::DOMAIN\tone\tnewer\n",
			      4096, &result);

	(void)state;
	nrs_check_indicators(set, want, 2);
	assert_int_equal(result.indicators, 2);
	assert_int_equal(result.objects, 4);
	nrs_set_free(set);
}

/* Ten thousand of them must not cost ten thousand times their list. */
static void sources_of_one_value_are_bounded(void **state)
{
	struct nrs_loader_result result;
	struct nrs_text text = {0};

	(void)state;
	nrs_text_puts(&text, HEAD);
	for (unsigned int i = 0; i < 10000; i++)
		nrs_text_printf(&text, "a.example\tIntel::DOMAIN\ts%u\t-\n", i);
	nrs_text_putc(&text, '\0');
	struct nrs_set *set = nrs_read_text(
		nrs_zeek_open, "", (const char *)text.ptr, 5000, &result);
	const struct nrs_indicator *item = nrs_set_at(set, 0);
	assert_int_equal(nrs_set_count(set), 1);
	assert_true(nrs_indicator_background(item)->labels.len <= 512);
	assert_true(item->warned);
	assert_true(nrs_arena_used(nrs_set_arena(set)) < 200000);
	nrs_set_free(set);
	nrs_text_fini(&text);
}

static void directives_change_how_lines_are_read(void **state)
{
	static const struct nrs_want want[] = {
		{6, "[ipv4-addr:value = '192.0.2.1']", "", "", -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_zeek_open, "",
			      "#separator \\x7c\n"
			      "#unset_field|none\n"
			      "#empty_field|void\n"
			      "# a remark\n"
			      "#fields|indicator|indicator_type|meta.source|"
			      "meta.desc\n"
			      "192.0.2.1|Intel::ADDR|none|void\n",
			      4096, &result);

	(void)state;
	nrs_check_indicators(set, want, 1);
	nrs_set_free(set);
}

static void each_bad_line_is_named_and_the_others_load(void **state)
{
	static const struct nrs_want want[] = {
		{8, "[ipv4-addr:value = '192.0.2.9']", "source:s", "", -1},
	};
	static const struct nrs_want_refusal refusals[] = {
		{1, "192.0.2.1 Intel::ADDR: stands before a #fields line with "
		    "indicator and indicator_type"},
		{3, "a.example Intel::DOMAIN: 2 columns where #fields names 4"},
		{4, "a.example Intel::ODD s -: of a type that is not known"},
		{5, "a.example Intel::ADDR s -: no address or prefix"},
		{6, "- Intel::ADDR s -: no value"},
		{7, "300.1.1.1 Intel::ADDR s -: no address or prefix"},
	};
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(nrs_zeek_open, "",
					    "192.0.2.1\tIntel::ADDR\n" HEAD
					    "a.example\tIntel::DOMAIN\n"
					    "a.example\tIntel::ODD\ts\t-\n"
					    "a.example\tIntel::ADDR\ts\t-\n"
					    "-\tIntel::ADDR\ts\t-\n"
					    "300.1.1.1\tIntel::ADDR\ts\t-\n"
					    "192.0.2.9\tIntel::ADDR\ts\t-\n",
					    4096, &result);

	(void)state;
	nrs_check_indicators(set, want, 1);
	nrs_check_refusals(set, refusals, sizeof(refusals) / sizeof(*refusals));
	assert_int_equal(result.refused, 6);
	nrs_set_free(set);
}

static void only_its_own_files_are_taken_for_it(void **state)
{
	(void)state;
	assert_true(nrs_zeek_detect(nrs_span_of(HEAD)));
	assert_true(nrs_zeek_detect(nrs_span_of("#separator \\x09\n" HEAD)));
	assert_false(nrs_zeek_detect(nrs_span_of("#fields\tts\tuid\n")));
	assert_false(nrs_zeek_detect(nrs_span_of("a.example\n" HEAD)));
	assert_false(nrs_zeek_detect(nrs_span_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read_however_its_bytes_come),
		cmocka_unit_test(
			sources_of_one_value_add_up_and_replace_themselves),
		cmocka_unit_test(sources_of_one_value_are_bounded),
		cmocka_unit_test(directives_change_how_lines_are_read),
		cmocka_unit_test(each_bad_line_is_named_and_the_others_load),
		cmocka_unit_test(only_its_own_files_are_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
