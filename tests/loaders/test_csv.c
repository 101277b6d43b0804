/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_csv: the abuse.ch layouts as the specification has them (section 8.6),
 * columns by header and by parameter, and records that are none.
 */
#include "tests/loaders/reader_text.h"

#include "loaders/csv.h"

#define SHA1 "4da14224452c1fe61f46b1112c43ecfd9f322c82"
#define MD5 "cead3f77f6cda6ec00f57d76c9a6879f"
#define SHA256                                                                 \
	"aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"
#define DST(a, p)                                                              \
	"[network-traffic:dst_ref.value = '" a                                 \
	"' AND network-traffic:dst_port = " p "]"

static const struct {
	const char *format, *text, *name;
	struct nrs_want want[4];
	uint32_t count;
	uint64_t refused, ignored;
} cases[] = {
	{"",
	 "# abuse.ch\r\n# id,dateadded,url,url_status,last_online,threat,tags,"
	 "urlhaus_link,reporter\r\n"
	 "\"1\",\"2026-02-26 12:05:20\",\"http://192.0.2.1:5801/i\",\"online\","
	 "\"\",\"malware_download\",\"elf,32-bit\",\"https://r.example/1\","
	 "\"t\"\r\n"
	 "\"2\",\"2026-02-26 11:54:17\",\"https://a.example/a,b?c=\"\"q\"\"\","
	 "\"offline\",\"\",\"malware_download\",\"None\",\"\",\"t\"\r\n",
	 "URLhaus CSV",
	 {{3, "[url:value = 'http://192.0.2.1:5801/i']",
	   "status:online\nmalware_download\nelf\n32-bit",
	   "https://r.example/1", -1},
	  {4, "[url:value = 'https://a.example/a,b?c=\"q\"']",
	   "status:offline\nmalware_download", "", -1}},
	 2,
	 0,
	 0},
	{"urlhaus:skip=offline",
	 "1,2026-02-26,http://192.0.2.1/i,online,,x,,,t\n"
	 "2,2026-02-26,http://192.0.2.2/i,offline,,x,,,t\n",
	 "URLhaus CSV",
	 {{1, "[url:value = 'http://192.0.2.1/i']", "status:online\nx", "",
	   -1}},
	 1,
	 0,
	 1},
	{"",
	 "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\","
	 "\"threat_type\",\"fk_malware\",\"malware_alias\","
	 "\"malware_printable\",\"last_seen_utc\",\"confidence_level\","
	 "\"reference\",\"tags\",\"anonymous\",\"reporter\"\n"
	 "\"2026-02-26 09:30:35\", \"1\", \"192.0.2.1:443\", \"ip:port\", "
	 "\"botnet_cc\", \"win.x\", \"A,B\", \"X\", \"\", \"75\", \"None\", "
	 "\"c2\", \"0\", \"t\"\n"
	 "\"2026-02-26 09:30:35\", \"2\", \"" MD5 "\", \"md5_hash\", "
	 "\"payload\", \"win.x\", \"None\", \"X\", \"\", \"100\", \"None\", "
	 "\"\", \"0\", \"t\"\n"
	 "\"2026-02-26 09:30:35\", \"3\", \"x\", \"odd\", \"\", \"\", \"\", "
	 "\"\", \"\", \"1\", \"\", \"\", \"0\", \"t\"\n",
	 "ThreatFox CSV",
	 {{2, DST("192.0.2.1", "443"), "botnet_cc\nwin.x\nc2", "", 75},
	  {3, "[file:hashes.MD5 = '" MD5 "']", "payload\nwin.x", "", 100}},
	 2,
	 1,
	 0},
	{"",
	 "\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\","
	 "\"last_online\",\"malware\"\n"
	 "\"2026-01-01 00:00:00\",\"::ffff:192.0.2.2\",\"443\",\"offline\","
	 "\"2026-02-21\",\"Emotet\"\n",
	 "Feodo Tracker CSV",
	 {{2, DST("192.0.2.2", "443"), "status:offline", "", -1}},
	 1,
	 0,
	 0},
	{"",
	 "# Listingdate,SHA1,Listingreason\n"
	 "2026-02-02 06:17:52," SHA1 ",Some C&C\n",
	 "SSLBL CSV",
	 {{2, "[x509-certificate:hashes.'SHA-1' = '" SHA1 "']", "", "Some C&C",
	   -1}},
	 1,
	 0,
	 0},
	{"",
	 "# ja3_md5,Firstseen,Lastseen,Listingreason\n" MD5
	 ",2017-07-14 18:08:15,2019-07-27 20:42:54,Dridex\n",
	 "SSLBL JA3 CSV",
	 {{2, "[network-traffic:extensions.'tls-ext'.ja3 = '" MD5 "']", "",
	   "Dridex", 10}},
	 1,
	 0,
	 0},
	{"malwarebazaar",
	 "\"2026-02-26 10:00:00\", \"" SHA256 "\", \"" MD5 "\", \"n/a\", "
	 "\"t\", \"a, b.exe\", \"exe\", \"x/y\", \"AgentTesla\", \"n/a\", "
	 "\"n/a\", \"f34d5f2d4577ed6d9ceec516c1f5a744\", \"\", \"\"\n",
	 "MalwareBazaar CSV",
	 {{1, "[file:hashes.'SHA-256' = '" SHA256 "']", "", "", -1},
	  {1, "[file:hashes.MD5 = '" MD5 "']", "", "", -1}},
	 2,
	 0,
	 0},
	{"",
	 "Domain;Confidence;Comment\nA.example;70;\"two\nlines\"\n"
	 "b.example;high;-\nnot a name;1;x\nb.example;1\n",
	 "CSV",
	 {{2, "[domain-name:value = 'a.example']", "", "two\nlines", 70},
	  {4, "[domain-name:value = 'b.example']", "", "", -1}},
	 2,
	 2,
	 0},
	{"csv:value=2,confidence=4,labels=1",
	 "x,a.example,,55\ny,192.0.2.7,more,,and more\nz,\n",
	 "CSV",
	 {{1, "[domain-name:value = 'a.example']", "x", "", 55},
	  {2, "[ipv4-addr:value = '192.0.2.7']", "y", "", -1}},
	 2,
	 1,
	 0},
	{"csv:user-agent=agent,title=who,delimiter=bar",
	 "who|agent\nme|Evil/1.0\n",
	 "CSV",
	 {{2,
	   "[network-traffic:extensions.'http-request-ext'.request_header."
	   "'User-Agent' = 'Evil/1.0']",
	   "", "", -1}},
	 1,
	 0,
	 0},
	{"csv:value=1,header=yes",
	 "what,ever\n192.0.2.1,x\n",
	 "CSV",
	 {{2, "[ipv4-addr:value = '192.0.2.1']", "", "", -1}},
	 1,
	 0,
	 0},
	{"csv:value=1,header=no",
	 "ip,x\n192.0.2.1,x\n",
	 "CSV",
	 {{2, "[ipv4-addr:value = '192.0.2.1']", "", "", -1}},
	 1,
	 1,
	 0},
};

static void every_layout_gives_its_values_however_its_bytes_come(void **state)
{
	static const size_t steps[] = {1, 5, 4096};

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_loader_result result;
		struct nrs_set *set =
			nrs_read_text(nrs_csv_open, cases[i / 3].format,
				      cases[i / 3].text, steps[i % 3], &result);

		nrs_check_indicators(set, cases[i / 3].want,
				     cases[i / 3].count);
		assert_string_equal(result.format, cases[i / 3].name);
		assert_int_equal(result.refused, cases[i / 3].refused);
		assert_int_equal(result.ignored, cases[i / 3].ignored);
		assert_int_equal(result.ignored_for[NRS_IGNORED_STATUS],
				 cases[i / 3].ignored);
		nrs_set_free(set);
	}
}

static void times_are_kept_and_bound_validity_only_when_asked(void **state)
{
	static const char text[] =
		"ip,first_seen,last_seen\n"
		"192.0.2.1,2026-01-02 03:04:05,2026-02-01 00:00:00\n"
		"192.0.2.2,soon,\n";
	const int64_t first = INT64_C(1767323045) * NRS_SECOND_NS;
	const int64_t last = INT64_C(1769904000) * NRS_SECOND_NS;
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_csv_open, "", text, 4096, &result);

	(void)state;
	assert_true(nrs_set_at(set, 0)->created_ns == first);
	assert_true(nrs_set_at(set, 0)->valid_from_ns == NRS_TIME_MIN);
	assert_true(nrs_set_at(set, 0)->valid_until_ns == NRS_TIME_MAX);
	assert_false(nrs_set_at(set, 0)->warned);
	assert_true(nrs_set_at(set, 1)->warned);
	nrs_set_free(set);
	set = nrs_read_text(nrs_csv_open, "csv:seen=validity", text, 4096,
			    &result);
	assert_true(nrs_set_at(set, 0)->valid_from_ns == first);
	assert_true(nrs_set_at(set, 0)->valid_until_ns == last);
	assert_true(nrs_set_at(set, 1)->valid_from_ns == NRS_TIME_MIN);
	nrs_set_free(set);
}

/* One line is lost, whatever the quote would have swallowed. */
static void a_stray_quote_costs_its_own_line(void **state)
{
	static const struct nrs_want_refusal refusals[] = {
		{2, "192.0.2.1,\"stray: a quote that does not end"},
	};
	struct nrs_loader_result result;
	struct nrs_text text = {0};

	(void)state;
	nrs_text_puts(&text, "ip,comment\n192.0.2.1,\"stray\n");
	for (unsigned int i = 0; i < 10000; i++)
		nrs_text_printf(&text, "198.51.%u.%u,x\n", i / 250, i % 250);
	nrs_text_putc(&text, '\0');
	struct nrs_set *set = nrs_read_text(
		nrs_csv_open, "", (const char *)text.ptr, 5000, &result);
	assert_int_equal(nrs_set_count(set), 10000);
	assert_int_equal(nrs_set_at(set, 9999)->place, 10002);
	nrs_check_refusals(set, refusals, 1);
	nrs_set_free(set);
	nrs_text_fini(&text);
}

static void what_a_column_calls_an_address_is_one_or_refused(void **state)
{
	static const struct nrs_want_refusal refusals[] = {
		{2, "999.9.9.9: no address or prefix"},
		{3, "a.example: no address or prefix"},
		{4, "a.example|443: no address or prefix before the port"},
	};
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(nrs_csv_open, "",
					    "ip,port\n999.9.9.9,\na.example,\n"
					    "a.example,443\n192.0.2.1,443\n",
					    4096, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 1);
	assert_int_equal(result.refused, 3);
	nrs_check_refusals(set, refusals, 3);
	nrs_set_free(set);
}

static void what_no_header_names_is_an_error_that_says_what_to_do(void **state)
{
	const struct nrs_loader_options options = {.format =
							   nrs_span_of("csv")};
	struct nrs_loader_options wrong = {.format =
						   nrs_span_of("csv:colour=2")};
	struct nrs_loader_result result;
	struct nrs_reader *reader = NULL;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	uint32_t source;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"), &source);
	assert_int_equal(nrs_csv_open(&reader, set, source, &options, &diag),
			 NRS_OK);
	assert_int_equal(reader->push(reader, nrs_span_of("a.example,x\n")),
			 NRS_OK);
	assert_int_equal(reader->end(reader, &result, &diag), NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "--format csv:value=1"));
	assert_int_equal(result.refused, 1);
	reader->free(reader);
	assert_int_equal(nrs_csv_open(&reader, set, source, &wrong, &diag),
			 NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "'colour=2': no role"));
	wrong.format = nrs_span_of("csv:value=1,delimiter=colon");
	assert_int_equal(nrs_csv_open(&reader, set, source, &wrong, &diag),
			 NRS_E_USAGE);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_layout_gives_its_values_however_its_bytes_come),
		cmocka_unit_test(
			times_are_kept_and_bound_validity_only_when_asked),
		cmocka_unit_test(a_stray_quote_costs_its_own_line),
		cmocka_unit_test(
			what_a_column_calls_an_address_is_one_or_refused),
		cmocka_unit_test(
			what_no_header_names_is_an_error_that_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
