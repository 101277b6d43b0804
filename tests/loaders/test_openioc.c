/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_openioc: trees to indicators, terms to comparisons, what both versions
 * say beside, and everything that can be wrong with them.
 */
#include "tests/nrs_test.h"

#include "loaders/openioc.h"
#include "tests/loaders/loaded.h"

#define ONE_ZERO                                                               \
	"<ioc xmlns='http://schemas.mandiant.com/2010/ioc' "                   \
	"id='6d2a1b03-b216-4cd8-9a9e-8827af6ebf93' "                           \
	"last-modified='2024-02-03T04:05:06'>"                                 \
	"<short_description>A name</short_description>"                        \
	"<description>More of it</description>"                                \
	"<keywords>x TLP:AMBER</keywords>"                                     \
	"<authored_date>2024-01-02T03:04:05Z</authored_date>"                  \
	"<links><link rel='threatgroup'>Some Group</link>"                     \
	"<link rel='category'>Back door</link>"                                \
	"<link rel='license'>none</link></links>\n"
#define ITEM(attributes, search, value)                                        \
	"<IndicatorItem " attributes "><Context document='x' search='" search  \
	"' type='mir'/><Content type='string'>" value                          \
	"</Content></IndicatorItem>\n"
#define IS "condition='is'"
#define NAME(value) ITEM(IS, "Network/DNS", value)
#define OR "<Indicator operator='OR'>"
#define AND "<Indicator operator='AND'>"
#define END "</Indicator>"
#define DOCUMENT(tree) ONE_ZERO "<definition>" tree "</definition></ioc>"

static const struct {
	const char *tree, *expected;
} trees[] = {
	/* Each side of the outermost ORs is one indicator. */
	{OR NAME("a.example") NAME("b.example") END,
	 "full line 2 [domain-name:value = 'a.example']\n"
	 "full line 3 [domain-name:value = 'b.example']\n"},
	{OR NAME("a.example") OR NAME("b.example") END END,
	 "full line 2 [domain-name:value = 'a.example']\n"
	 "full line 3 [domain-name:value = 'b.example']\n"},
	/* An AND is one, with what is below it. */
	{AND NAME("a.example") ITEM(IS, "PortItem/remotePort", "443") END,
	 "full line 2 [domain-name:value = 'a.example' AND "
	 "network-traffic:dst_port = 443]\n"},
	{OR NAME("a.example") AND ITEM(IS, "FileItem/FileName", "a.exe")
		 OR ITEM(IS, "FileItem/SizeInBytes", "5")
			 ITEM(IS, "FileItem/SizeInBytes", "6") END END END,
	 "full line 2 [domain-name:value = 'a.example']\n"
	 "full line 3 [file:name = 'a.exe' AND (file:size = 5 OR file:size = "
	 "6)]\n"},
	/* What cannot be said is unsupported, by name. */
	{OR ITEM(IS, "PortItem/remoteIP", "999.9.9.9") NAME("a.example") END,
	 "not evaluable line 2 reason: '999.9.9.9' is no address or prefix\n"
	 "full line 3 [domain-name:value = 'a.example']\n"},
	{OR ITEM(IS, "RegistryItem/Path", "x") NAME("a.example") END,
	 "not evaluable line 2 reason: RegistryItem/Path is not seen on a "
	 "network\n"
	 "full line 3 [domain-name:value = 'a.example']\n"},
	{AND NAME("a.example") ITEM(IS, "RegistryItem/Path", "x") END,
	 "not evaluable line 2 reason: RegistryItem/Path is not seen on a "
	 "network\n"},
	{AND NAME("a.example") ITEM(IS, "FileItem/FileName", "x") END,
	 "not evaluable line 2 reason: joins terms that no single transaction "
	 "shows\n"},
	{OR ITEM("condition='isnot'", "Network/DNS", "a.example") END,
	 "not evaluable line 2 reason: a negation alone would match nearly "
	 "everything\n"},
	{AND ITEM(IS, "PortItem/remotePort", "25") ITEM(
		 IS " negate='true'", "PortItem/remoteIP", "192.0.2.1") END,
	 "full line 2 [network-traffic:dst_port = 25 AND "
	 "network-traffic:dst_ref.value != '192.0.2.1']\n"},
	/* Of an OR below an AND the rest is used, and the loss is told. */
	{AND ITEM(IS, "FileItem/SizeInBytes", "5")
		 OR ITEM(IS, "FileItem/FileName", "a.exe")
			 ITEM(IS, "FileItem/FilePath", "x") END END,
	 "full warned line 2 [file:size = 5 AND file:name = 'a.exe']\n"
	 "refused line 2: a side of an OR is left out: FileItem/FilePath is "
	 "not seen on a network\n"},
	/* What is wrong in itself is refused, the rest loads. */
	{"<Indicator operator='XOR'>" NAME("a.example") END OR NAME("b.example")
		 END,
	 "full line 3 [domain-name:value = 'b.example']\n"
	 "refused line 2: an Indicator whose operator is neither AND nor OR: "
	 "XOR\n"},
	{OR ITEM(IS, "Network/DNS", "") NAME("b.example") END,
	 "full line 3 [domain-name:value = 'b.example']\n"
	 "refused line 2: an IndicatorItem without a value: Network/DNS\n"},
	{OR "<IndicatorItem condition='is'><Content>a.example</Content>"
	    "</IndicatorItem>" END,
	 "refused line 2: an IndicatorItem without a Context\n"},
	{NAME("a.example"),
	 "refused line 2: an IndicatorItem outside of any Indicator: "
	 "Network/DNS\n"},
	{AND NAME("a.example") ITEM(IS, "Network/DNS", "") END,
	 "not evaluable line 2 reason: an IndicatorItem without a value\n"
	 "refused line 3: an IndicatorItem without a value: Network/DNS\n"},
	{OR END, ""},
	{AND END, "not evaluable line 2 reason: no term at all\n"},
};

static void trees_become_indicators(void **state)
{
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		snprintf(text, sizeof(text),
			 ONE_ZERO "<definition>%s</definition></ioc>",
			 trees[i].tree);
		check_loaded(nrs_openioc_open, text, trees[i].expected);
	}
}

static const struct {
	const char *condition, *search, *value, *pattern;
} terms[] = {
	{"is", "DnsEntryItem/Host", " a.example\n",
	 "[domain-name:value = 'a.example']"},
	{"contains", "DnsEntryItem/RecordName", "a.example",
	 "[domain-name:value LIKE '%a.example%']"},
	{"is", "UrlHistoryItem/HostName", "a.example",
	 "[domain-name:value = 'a.example']"},
	{"is", "PortItem/remoteIP", "192.0.2.1",
	 "[network-traffic:dst_ref.value = '192.0.2.1']"},
	{"contains", "PortItem/remoteIP", "192.0.2.1",
	 "[network-traffic:dst_ref.value = '192.0.2.1']"},
	{"is", "PortItem/remoteIP", "192.0.2.0/24",
	 "[network-traffic:dst_ref.value ISSUBSET '192.0.2.0/24']"},
	{"is", "PortItem/remoteIP", "[192.0.2.0 TO 192.0.2.1]",
	 "[(network-traffic:dst_ref.value ISSUBSET '192.0.2.0/31')]"},
	{"is", "PortItem/remotePort", "8080",
	 "[network-traffic:dst_port = 8080]"},
	{"contains", "Network/URI", "/gate.php?id=",
	 "[network-traffic:extensions.'http-request-ext'.request_value LIKE "
	 "'%/gate.php?id=%']"},
	{"is", "Network/URI", "http://a.example/x",
	 "[url:value = 'http://a.example/x']"},
	{"contains", "UrlHistoryItem/URL", "a.example/x",
	 "[url:value LIKE '%a.example/x%']"},
	{"is", "Network/UserAgent", "Evil/1.0",
	 "[network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'Evil/1.0']"},
	{"is", "FileItem/Md5sum", "900150983cd24fb0d6963f7d28e17f72",
	 "[file:hashes.MD5 = '900150983cd24fb0d6963f7d28e17f72']"},
	{"is", "FileItem/Sha1sum", "a9993e364706816aba3e25717850c26c9cd0d89d",
	 "[file:hashes.'SHA-1' = 'a9993e364706816aba3e25717850c26c9cd0d89d']"},
	{"is", "FileItem/SizeInBytes", "100 TO 200",
	 "[(file:size >= 100 AND file:size <= 200)]"},
	{"greater-than", "FileItem/SizeInBytes", "100", "[file:size > 100]"},
	{"starts-with", "FileItem/FileName", "inv", "[file:name LIKE 'inv%']"},
	{"matches", "FileItem/FileName", "^inv[0-9]+$",
	 "[file:name MATCHES '^inv[0-9]+$']"},
	{"is", "Email/From", "a@a.example",
	 "[email-message:from_ref.value = 'a@a.example']"},
	{"contains", "Email/Subject", "invoice",
	 "[email-message:subject LIKE '%invoice%']"},
	{"is", "Email/Attachment/Name", "a.zip",
	 "[email-message:body_multipart[*].body_raw_ref.name = 'a.zip']"},
	{"is", "fileitem/filename", "a.exe", "[file:name = 'a.exe']"},
	{"resembles", "FileItem/FileName", "a",
	 "reason: resembles is no condition that is known"},
	{"is", "PortItem/remotePort", "https",
	 "reason: a value that is no number"},
};

static void terms_become_comparisons(void **state)
{
	char text[4096], expected[512];

	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
		snprintf(text, sizeof(text),
			 ONE_ZERO
			 "<definition>" OR ITEM("condition='%s'", "%s", "%s")
				 END "</definition></ioc>",
			 terms[i].condition, terms[i].search, terms[i].value);
		snprintf(expected, sizeof(expected), "%s line 2 %s\n",
			 terms[i].pattern[0] == '[' ? "full" : "not evaluable",
			 terms[i].pattern);
		check_loaded(nrs_openioc_open, text, expected);
	}
}

static void a_document_gives_its_context_to_each(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_openioc_open,
		  DOCUMENT(OR NAME("a.example") NAME("b.example") END));
	const struct nrs_indicator *item = nrs_set_at(l.set, 0);
	int64_t time;
	assert_int_equal(nrs_set_count(l.set), 2);
	assert_true(nrs_span_is(item->context->name, "A name"));
	assert_true(nrs_span_is(item->context->description, "More of it"));
	assert_true(
		nrs_span_is(item->context->background->report_name, "A name"));
	assert_true(nrs_span_is(item->context->background->report_id,
				"6d2a1b03-b216-4cd8-9a9e-8827af6ebf93"));
	assert_true(nrs_span_is(item->context->background->labels,
				"Some Group\nBack door"));
	assert_true(nrs_span_is(item->context->background->indicates,
				"Some Group"));
	assert_int_equal(item->tlp, NRS_TLP_AMBER);
	assert_int_equal(item->confidence, -1);
	nrs_stamp_parse(nrs_span_of("2024-02-03T04:05:06Z"), &time);
	assert_true(item->modified_ns == time);
	nrs_stamp_parse(nrs_span_of("2024-01-02T03:04:05Z"), &time);
	assert_true(item->created_ns == time);
	assert_true(item->valid_from_ns == NRS_TIME_MIN);
	assert_ptr_equal(item->context, nrs_set_at(l.set, 1)->context);
	assert_string_equal(l.result.format, "OpenIOC 1.0");
	assert_int_equal(l.result.objects, 2);
	loaded_fini(&l);
}

static void version_1_1_is_read_as_well(void **state)
{
	struct loaded l;
	struct nrs_text got = {0};

	(void)state;
	load_text(&l, nrs_openioc_open,
		  "<OpenIOC xmlns='http://openioc.org/schemas/OpenIOC_1.1' "
		  "id='x' "
		  "last-modified='2024-02-03T04:05:06Z' "
		  "published-date='0001-01-01T00:00:00'><metadata>"
		  "<short_description>New</short_description>"
		  "<links><link rel='tlp'>red</link></links></metadata>"
		  "<criteria>" OR ITEM(IS " preserve-case='false'",
				       "Network/UserAgent", "Evil")
			  ITEM(IS " preserve-case='true'", "Network/UserAgent",
			       "Evil") END "</criteria>"
					   "<parameters/></OpenIOC>");
	loaded_say(&l, &got);
	assert_string_equal(
		(const char *)got.ptr,
		"full line 1 [network-traffic:extensions.'http-request-ext'."
		"request_header.'User-Agent' MATCHES '(?i)^Evil$']\n"
		"full line 2 [network-traffic:extensions.'http-request-ext'."
		"request_header.'User-Agent' = 'Evil']\n");
	assert_int_equal(nrs_set_at(l.set, 0)->tlp, NRS_TLP_RED);
	assert_true(nrs_span_is(nrs_set_at(l.set, 0)->context->name, "New"));
	assert_true(nrs_set_at(l.set, 0)->created_ns == 0);
	assert_string_equal(l.result.format, "OpenIOC 1.1");
	nrs_text_fini(&got);
	loaded_fini(&l);
}

#define UUID "b3d9c9a2-1c2b-4b57-9a57-0c6f2a4f4d11"

static void an_item_keeps_its_uuid_as_its_id(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_openioc_open,
		  DOCUMENT(OR ITEM(
			  "id='B3D9C9A2-1C2B-4B57-9A57-0C6F2A4F4D11' " IS,
			  "Network/DNS", "a.example") END));
	assert_true(nrs_span_is(nrs_set_at(l.set, 0)->id, "indicator--" UUID));
	loaded_fini(&l);
}

/* Else the second would count as another version of the first. */
static void an_id_that_stands_twice_is_kept_once(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_openioc_open,
		  DOCUMENT(OR ITEM("id='" UUID "' " IS, "Network/DNS",
				   "a.example") ITEM("id='" UUID "' " IS,
						     "Network/DNS", "b.example")
				   END));
	assert_int_equal(nrs_set_settle(l.set), NRS_OK);
	assert_int_equal(nrs_set_at(l.set, 0)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(l.set, 1)->status, NRS_STATUS_FULL);
	assert_true(nrs_span_is(nrs_set_at(l.set, 0)->id, "indicator--" UUID));
	loaded_fini(&l);
}

/* As one exporter does it: an empty Content, the value as the id. */
static void a_value_in_the_place_of_the_id_is_found(void **state)
{
	(void)state;
	check_loaded(nrs_openioc_open,
		     DOCUMENT(OR ITEM("id='a.example' " IS, "Network/DNS", "")
				      ITEM("id='" UUID "' " IS, "Network/DNS",
					   "") END),
		     "full line 2 [domain-name:value = 'a.example']\n"
		     "refused line 3: an IndicatorItem without a value: "
		     "Network/DNS\n");
}

static void a_document_that_breaks_keeps_what_came_before(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_openioc_open,
		  ONE_ZERO "<definition>" OR NAME("a.example") "</wrong>");
	assert_int_equal(l.err, NRS_E_TRUNCATED);
	assert_true(l.result.truncated);
	assert_int_equal(nrs_set_count(l.set), 1);
	assert_string_equal(l.diag.text, "line 3: mismatched tag; what stands "
					 "before it is kept");
	loaded_fini(&l);
}

static void what_is_no_openioc_says_so(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_openioc_open, "<html><p/></html>");
	assert_int_equal(l.err, NRS_E_FORMAT);
	assert_string_equal(l.diag.text, "is XML, but no OpenIOC");
	loaded_fini(&l);
	load_text(&l, nrs_openioc_open, "<!DOCTYPE ioc><ioc/>");
	assert_int_equal(l.err, NRS_E_FORMAT);
	assert_string_equal(l.diag.text,
			    "is XML that cannot be read: line 1: has a "
			    "DOCTYPE: documents with a DTD are not read");
	loaded_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_become_indicators),
		cmocka_unit_test(terms_become_comparisons),
		cmocka_unit_test(a_document_gives_its_context_to_each),
		cmocka_unit_test(version_1_1_is_read_as_well),
		cmocka_unit_test(an_item_keeps_its_uuid_as_its_id),
		cmocka_unit_test(an_id_that_stands_twice_is_kept_once),
		cmocka_unit_test(a_value_in_the_place_of_the_id_is_found),
		cmocka_unit_test(a_document_that_breaks_keeps_what_came_before),
		cmocka_unit_test(what_is_no_openioc_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
