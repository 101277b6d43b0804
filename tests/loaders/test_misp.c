/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_misp: events and attributes of MISP as the specification has them
 * (section 8.1), in every wrapper, and what is left out or refused.
 */
#include "tests/loaders/reader_text.h"

#include "loaders/misp.h"

#define UUID "5bbe5d08-e794-4329-b715-0155000000"
#define MD5 "cead3f77f6cda6ec00f57d76c9a6879f"
#define A(type, value)                                                         \
	"{\"type\":\"" type "\",\"value\":\"" value "\",\"to_ids\":true}"
#define DST(a, p)                                                              \
	"[network-traffic:dst_ref.value = '" a                                 \
	"' AND network-traffic:dst_port = " p "]"

/* Each type's pattern; NULL: ignored; "!": refused for what stands behind. */
static const struct {
	const char *attribute, *wanted;
} types[] = {
	{A("ip-src", "192.0.2.1"), "[ipv4-addr:value = '192.0.2.1']"},
	{A("ip-dst", "192.0.2.0/24"),
	 "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"},
	{A("ip-dst|port", "192.0.2.1|443"), DST("192.0.2.1", "443")},
	{A("ip-dst|port", "192.0.2.1:443"), DST("192.0.2.1", "443")},
	{A("ip-src|port", "192.0.2.1|443"),
	 "[(network-traffic:src_ref.value = '192.0.2.1' AND "
	 "network-traffic:src_port = 443) OR (network-traffic:dst_ref.value = "
	 "'192.0.2.1' AND network-traffic:dst_port = 443)]"},
	{A("domain|ip", "a.example|192.0.2.1"),
	 "[domain-name:value = 'a.example' AND "
	 "domain-name:resolves_to_refs[*].value = '192.0.2.1']"},
	{A("hostname|port", "a.example|443"), DST("a.example", "443")},
	{A("domain", "a[.]example"), "[domain-name:value = 'a.example']"},
	{A("hostname", "b.a.example"), "[domain-name:value = 'b.a.example']"},
	{A("url", "http://a.example"), "[url:value = 'http://a.example/']"},
	{A("link", "http://a.example/x"), "[url:value = 'http://a.example/x']"},
	{A("uri", "/gate.php"),
	 "[network-traffic:extensions.'http-request-ext'.request_value = "
	 "'/gate.php']"},
	{A("user-agent", "Evil/1.0"),
	 "[network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'Evil/1.0']"},
	{A("md5", MD5), "[file:hashes.MD5 = '" MD5 "']"},
	{A("filename|md5", "a|b.exe|" MD5), "[file:hashes.MD5 = '" MD5 "']"},
	{A("malware-sample", "b.exe|" MD5), "[file:hashes.MD5 = '" MD5 "']"},
	{A("filename", "b.exe"), "[file:name = 'b.exe']"},
	{A("email", "A@a.example"), "[email-addr:value = 'a@a.example']"},
	{A("email-src", "a@a.example"),
	 "[email-message:from_ref.value = 'a@a.example']"},
	{A("email-subject", "It's free"),
	 "[email-message:subject = 'It\\'s free']"},
	{A("x509-fingerprint-md5", MD5),
	 "[x509-certificate:hashes.MD5 = '" MD5 "']"},
	{A("ja3-fingerprint-md5", MD5),
	 "[network-traffic:extensions.'tls-ext'.ja3 = '" MD5 "']"},
	{A("mac-address", "00:1b:44:11:3a:b7"),
	 "[mac-addr:value = '00:1b:44:11:3a:b7']"},
	{A("AS", "AS64500"), "[autonomous-system:number = 64500]"},
	{A("text", "192.0.2.1"), NULL},
	{A("comment", "a.example"), NULL},
	{A("btc", "x"), NULL},
	{A("regkey", "HKLM\\\\x"), NULL},
	{A("no-such-type", "a.example"), NULL},
	{A("port", "443"), "!port 443: alone it would match almost anything"},
	{A("http-method", "POST"),
	 "!http-method POST: alone it would match almost anything"},
	{A("pattern-in-traffic", "x"),
	 "!pattern-in-traffic x: content of payload is not matched"},
	{A("jarm-fingerprint", "x"),
	 "!jarm-fingerprint x: only a scan of the server shows it"},
	{A("ip-dst", "somewhere"), "!ip-dst somewhere: no address or prefix"},
	{A("ip-src", "999.9.9.9"), "!ip-src 999.9.9.9: no address or prefix"},
	{A("ip-dst|port", "999.9.9.9|443"),
	 "!ip-dst|port 999.9.9.9|443: no address or prefix before the port"},
	{A("ip-dst|port", "a.example|443"),
	 "!ip-dst|port a.example|443: no address or prefix before the port"},
	{A("ip-src|port", "a.example|443"),
	 "!ip-src|port a.example|443: no address or prefix before the port"},
	{A("email-src", "A Name <a@a.example>"),
	 "[email-message:from_ref.value = 'a@a.example']"},
	{A("email-dst", "A Name <a@a.example>"),
	 "[email-message:to_refs[*].value = 'a@a.example']"},
	{A("email-src", "A Name"), "!email-src A Name: no mail address"},
	{A("md5", "12"), "!md5 12: not 32 hex digits"},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\",\"to_ids\":\"1\"}",
	 "[ipv4-addr:value = '192.0.2.1']"},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\",\"to_ids\":1}",
	 "[ipv4-addr:value = '192.0.2.1']"},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\",\"to_ids\":false}",
	 NULL},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\",\"to_ids\":\"0\"}",
	 NULL},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\"}", NULL},
	{"{\"type\":\"ip-dst\",\"value\":\"192.0.2.1\",\"to_ids\":true,"
	 "\"deleted\":true}",
	 NULL},
};

static struct nrs_set *read_misp(const char *text, size_t step,
				 struct nrs_loader_result *result)
{
	return nrs_read_text(nrs_misp_open, "misp", text, step, result);
}

static void every_type_is_what_the_specification_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		const char *wanted = types[i].wanted;
		const struct nrs_set_refusal *refusals;
		struct nrs_loader_result result;
		struct nrs_text text = {0};

		nrs_text_printf(&text, "{\"Event\":{\"Attribute\":[%s]}}",
				types[i].attribute);
		nrs_text_putc(&text, '\0');
		struct nrs_set *set =
			read_misp((const char *)text.ptr, 4096, &result);
		nrs_text_clear(&text);
		if (nrs_set_count(set) > 0)
			nrs_set_pattern(set, 0, &text);
		if (nrs_set_refusals(set, &refusals) > 0) {
			nrs_text_putc(&text, '!');
			nrs_text_add(&text, refusals->text);
		}
		if (result.objects != 1 ||
		    result.ignored != (wanted == NULL ? 1u : 0u) ||
		    !nrs_is_text(nrs_text_span(&text), wanted)) {
			print_error("%s: %.*s\n", types[i].attribute,
				    (int)text.len, (const char *)text.ptr);
			fail();
		}
		nrs_text_fini(&text);
		nrs_set_free(set);
	}
}

/* The event's own words stand behind its attributes, as MISP writes them. */
static const char event[] =
	"{\"response\":[{\"Event\":{\"id\":\"7\",\"uuid\":\"" UUID "00\","
	"\"info\":\"A campaign\",\"threat_level_id\":\"2\","
	"\"timestamp\":\"1539269938\",\"Attribute\":["
	"{\"uuid\":\"" UUID "01\",\"type\":\"domain\",\"value\":\"a.example\","
	"\"to_ids\":true,\"timestamp\":\"1539269000\",\"comment\":\"C2\","
	"\"Tag\":[{\"name\":\"tlp:amber\"},{\"name\":"
	"\"misp:confidence-level=\\\"usually-confident\\\"\"},"
	"{\"name\":\"own\"}]},"
	"{\"uuid\":\"not one\",\"type\":\"ip-dst\",\"value\":\"192.0.2.1\","
	"\"to_ids\":true},"
	"{\"type\":\"filename|md5\",\"value\":\"b.exe|" MD5 "\","
	"\"to_ids\":true}],"
	"\"Galaxy\":[{\"name\":\"x\"}],\"Object\":[{\"name\":\"url\","
	"\"Attribute\":[{\"uuid\":\"" UUID "02\",\"type\":\"url\","
	"\"value\":\"http://a.example/x\",\"to_ids\":true},"
	"{\"type\":\"text\",\"value\":\"x\",\"to_ids\":true}]},"
	"{\"name\":\"gone\",\"deleted\":true,\"Attribute\":["
	"{\"type\":\"md5\",\"value\":\"" MD5 "\",\"to_ids\":true}]}],"
	"\"Orgc\":{\"uuid\":\"" UUID "09\",\"name\":\"CERT\"},"
	"\"Tag\":[{\"name\":\"TLP:GREEN\"},{\"name\":\"theirs\"},{\"name\":"
	"\"misp-galaxy:threat-actor=\\\"APT 0\\\"\"}]}}]}";

static void check_first(const struct nrs_set *set)
{
	const struct nrs_indicator *a = nrs_set_at(set, 0);
	const struct nrs_background *b = nrs_indicator_background(a);

	assert_true(nrs_span_is(a->id, "indicator--" UUID "01"));
	assert_true(a->modified_ns == INT64_C(1539269000) * NRS_SECOND_NS);
	assert_int_equal(a->confidence, 75);
	assert_int_equal(a->tlp, NRS_TLP_AMBER); /* stricter than the event */
	assert_true(nrs_span_is(a->context->description, "C2"));
	assert_true(nrs_span_is(
		b->labels, "own\ntheirs\nmisp-galaxy:threat-actor=\"APT 0\""));
	assert_true(nrs_span_is(b->indicates, "APT 0"));
	assert_true(nrs_span_is(b->report_name, "A campaign"));
	assert_true(nrs_span_is(b->report_id, "report--" UUID "00"));
	assert_true(nrs_span_is(b->created_by, "identity--" UUID "09"));
	assert_true(nrs_span_is(b->creator, "CERT"));
	assert_true(nrs_span_is(b->severity, "medium"));
	assert_true(a->valid_from_ns == NRS_TIME_MIN);
}

static void what_an_event_says_goes_to_each_of_its_attributes(void **state)
{
	(void)state;
	for (size_t step = 1; step < 5000; step = step * 7 + 3) {
		struct nrs_loader_result result;
		struct nrs_set *set = read_misp(event, step, &result);

		assert_int_equal(nrs_set_count(set), 4);
		assert_int_equal(result.objects, 6);
		assert_int_equal(result.ignored, 2);
		assert_int_equal(result.refused, 0);
		assert_string_equal(result.format, "MISP event");
		check_first(set);
		const struct nrs_indicator *b = nrs_set_at(set, 1);
		assert_int_equal(b->id.len, 0); /* derived */
		assert_true(b->modified_ns ==
			    INT64_C(1539269938) * NRS_SECOND_NS);
		assert_int_equal(b->confidence, 50);
		assert_int_equal(b->tlp, NRS_TLP_GREEN);
		assert_true(nrs_span_is(
			nrs_indicator_background(b)->labels,
			"theirs\nmisp-galaxy:threat-actor=\"APT 0\""));
		assert_true(nrs_span_is(nrs_set_at(set, 2)->context->name,
					"b.exe"));
		assert_true(nrs_span_is(nrs_set_at(set, 3)->id,
					"indicator--" UUID "02"));
		nrs_set_free(set);
	}
}

#define ONE A("domain", "a.example")
#define TWO A("domain", "b.example")

static const struct {
	const char *text;
	uint32_t indicators;
} wrappers[] = {
	{"{\"Event\":{\"Attribute\":[" ONE "]}}", 1},
	{"{\"info\":\"x\",\"Attribute\":[" ONE "," TWO "]}", 2},
	{"[{\"Event\":{\"Attribute\":[" ONE
	 "]}},{\"Event\":{\"Attribute\":[" TWO "]}}]",
	 2},
	{"{\"response\":[{\"Event\":{\"Attribute\":[" ONE "]}}]}", 1},
	{"{\"response\":{\"Attribute\":[" ONE "," TWO "]}}", 2},
	{"{\"response\":[" ONE "," TWO "]}", 2},
	{"{\"Attribute\":" ONE "}", 1},
	{"[" ONE "," TWO "]", 2},
	{"{\"Event\":{\"Attribute\":[" ONE
	 "]}}\n{\"Event\":{\"Attribute\":[" TWO "]}}\n",
	 2},
	{"{\"Event\":{\"Object\":[{\"Attribute\":[" ONE "]}]}}", 1},
	{"{\"Event\":{\"ShadowAttribute\":[" ONE "],\"RelatedEvent\":["
	 "{\"Event\":{\"Attribute\":[" TWO "]}}],\"Orgc\":{}}}",
	 0},
};

static void every_wrapper_is_opened_and_told_from_stix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers); i++) {
		struct nrs_loader_result result;
		struct nrs_set *set = read_misp(wrappers[i].text, 5, &result);

		if (nrs_set_count(set) != wrappers[i].indicators ||
		    !nrs_misp_detect(nrs_span_of(wrappers[i].text))) {
			print_error("%s: %u\n", wrappers[i].text,
				    nrs_set_count(set));
			fail();
		}
		nrs_set_free(set);
	}
	assert_false(nrs_misp_detect(nrs_span_of(
		"{\"type\":\"bundle\",\"objects\":[{\"Event\":1}]}")));
	assert_false(nrs_misp_detect(nrs_span_of(
		"[{\"name\":\"\\\"Event\\\":\",\"spec_version\":\"2.1\"}]")));
	assert_false(nrs_misp_detect(nrs_span_of("{\"a\":{\"b\":1}}")));
	assert_false(nrs_misp_detect(nrs_span_of("Event: none")));
}

/* An attribute of a search says itself which event it is of. */
static void an_attribute_may_name_its_event_itself(void **state)
{
	struct nrs_loader_result result;
	struct nrs_set *set =
		read_misp("{\"response\":{\"Attribute\":[{\"type\":\"domain\","
			  "\"value\":\"a.example\",\"to_ids\":true,\"Event\":"
			  "{\"info\":\"Found\",\"uuid\":\"" UUID "00\"}}]}}",
			  64, &result);
	const struct nrs_background *b =
		nrs_indicator_background(nrs_set_at(set, 0));

	(void)state;
	assert_true(nrs_span_is(b->report_name, "Found"));
	assert_true(nrs_span_is(b->report_id, "report--" UUID "00"));
	assert_string_equal(result.format, "MISP attributes");
	nrs_set_free(set);
}

static void what_is_no_object_is_refused_and_the_rest_loads(void **state)
{
	static const struct {
		const char *text;
		uint64_t objects, refused;
	} cases[] = {
		{"{\"Event\":{\"Attribute\":[7,\"x\",null,[1]," ONE "]}}", 5,
		 4},
		{"{\"response\":[true,{\"Event\":{\"Attribute\":[" ONE "]}}]}",
		 2, 1},
		{"{\"Event\":{\"Attribute\":[" ONE "],\"Object\":[\"x\"]}}", 2,
		 1},
		{"{\"Event\":{\"Object\":[{\"name\":\"x\",\"Attribute\":[" ONE
		 ",5,null]}]}}",
		 3, 2},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_set_refusal *refusals;
		struct nrs_loader_result result;
		struct nrs_set *set = nrs_read_text(
			nrs_misp_open, i % 2 == 0 ? "misp" : "misp:objects=and",
			cases[i / 2].text, 7, &result);

		if (nrs_set_count(set) != 1 ||
		    result.objects != cases[i / 2].objects ||
		    result.refused != cases[i / 2].refused)
			fail_msg("%s: %d objects, %d refused",
				 cases[i / 2].text, (int)result.objects,
				 (int)result.refused);
		assert_int_equal(nrs_set_refusals(set, &refusals),
				 cases[i / 2].refused);
		for (size_t r = 0; r < cases[i / 2].refused; r++)
			assert_true(nrs_span_find_text(refusals[r].text,
						       "no JSON object") !=
				    SIZE_MAX);
		nrs_set_free(set);
	}
}

static void parameters_take_more_or_less(void **state)
{
	static const char text[] =
		"[{\"type\":\"domain\",\"value\":\"a.example\",\"to_ids\":"
		"false,"
		"\"first_seen\":\"2026-01-02T03:04:05.000000+00:00\","
		"\"last_seen\":\"2026-02-01T00:00:00+00:00\",\"Tag\":["
		"{\"name\":\"false-positive:risk=\\\"high\\\"\"}]}]";
	struct nrs_loader_result result;
	struct nrs_set *set =
		nrs_read_text(nrs_misp_open, "misp:to_ids=any,seen=validity",
			      text, 64, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 1);
	assert_true(nrs_set_at(set, 0)->valid_from_ns ==
		    INT64_C(1767323045) * NRS_SECOND_NS);
	assert_true(nrs_set_at(set, 0)->valid_until_ns ==
		    INT64_C(1769904000) * NRS_SECOND_NS);
	nrs_set_free(set);
	set = nrs_read_text(nrs_misp_open,
			    "misp:to_ids=any,false-positive=skip", text, 64,
			    &result);
	assert_int_equal(nrs_set_count(set), 0);
	assert_int_equal(result.ignored, 1);
	assert_int_equal(result.ignored_for[NRS_IGNORED_FALSE_POSITIVE], 1);
	nrs_set_free(set);
}

static void each_ignored_attribute_has_its_reason(void **state)
{
	static const char text[] =
		"[{\"type\":\"domain\",\"value\":\"a.example\"},"
		"{\"type\":\"text\",\"value\":\"x\"},"
		"{\"type\":\"domain\",\"value\":\"a.example\",\"to_ids\":true,"
		"\"deleted\":true}]";
	struct nrs_loader_result result;
	struct nrs_set *set = read_misp(text, 64, &result);

	(void)state;
	assert_int_equal(result.objects, 3);
	assert_int_equal(result.ignored, 3);
	assert_int_equal(result.ignored_for[NRS_IGNORED_TO_IDS], 1);
	assert_int_equal(result.ignored_for[NRS_IGNORED_TYPE], 1);
	assert_int_equal(result.ignored_for[NRS_IGNORED_DELETED], 1);
	nrs_set_free(set);
}

static void sides_count_only_when_asked(void **state)
{
	static const struct nrs_want want[] = {
		{1, "[network-traffic:src_ref.value = '192.0.2.1']", "", "",
		 -1},
		{2, "[network-traffic:dst_ref.value = '192.0.2.2']", "", "",
		 -1},
		{3,
		 "[network-traffic:src_ref.value = '192.0.2.3' AND "
		 "network-traffic:src_port = 9]",
		 "", "", -1},
		{4, "[domain-name:value = 'a.example']", "", "", -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(
		nrs_misp_open, "misp:roles=strict",
		"[" A("ip-src", "192.0.2.1") "," A("ip-dst", "192.0.2.2") "," A(
			"ip-src|port", "192.0.2.3|9") "," ONE "]",
		64, &result);

	(void)state;
	nrs_check_indicators(set, want, 4);
	nrs_set_free(set);
}

/* All of an object at once, one of each relation; what is no part is an
 * indicator or nothing, as ever. */
static void an_object_is_one_indicator_when_asked(void **state)
{
	static const struct nrs_want want[] = {
		{4,
		 "[file:hashes.'SHA-1' = "
		 "'4da14224452c1fe61f46b1112c43ecfd9f322c82']",
		 "", "", -1},
		{5,
		 "[(domain-name:value = 'a.example' OR domain-name:value = "
		 "'b.example') AND network-traffic:dst_port = 8443]",
		 "", "", -1},
		{6, "[domain-name:value = 'c.example']", "", "", -1},
	};
	struct nrs_loader_result result;
	struct nrs_set *set = nrs_read_text(
		nrs_misp_open, "misp:objects=and,to_ids=any",
		"{\"Event\":{\"Object\":[{\"name\":\"x\",\"uuid\":\"" UUID
		"05\","
		"\"Attribute\":["
		"{\"type\":\"domain\",\"object_relation\":\"host\","
		"\"value\":\"a.example\"},"
		"{\"type\":\"domain\",\"object_relation\":\"host\","
		"\"value\":\"b.example\"},"
		"{\"type\":\"port\",\"object_relation\":\"port\",\"value\":"
		"\"8443\"},"
		"{\"type\":\"filename|sha1\",\"object_relation\":\"file\","
		"\"value\":\"x|4da14224452c1fe61f46b1112c43ecfd9f322c82\"},"
		"{\"type\":\"text\",\"object_relation\":\"note\",\"value\":"
		"\"x\"}]},"
		"{\"name\":\"one\",\"Attribute\":["
		"{\"type\":\"domain\",\"object_relation\":\"host\","
		"\"value\":\"c.example\"}]}]}}",
		64, &result);

	(void)state;
	nrs_check_indicators(set, want, 3);
	assert_true(
		nrs_span_is(nrs_set_at(set, 1)->id, "indicator--" UUID "05"));
	assert_int_equal(result.objects, 6);
	assert_int_equal(result.ignored, 1);
	nrs_set_free(set);
}

static void rules_of_other_engines_are_kept_but_not_evaluated(void **state)
{
	struct nrs_loader_result result;
	struct nrs_set *set = read_misp(
		"{\"Event\":{\"Attribute\":[" A("yara", "rule x { }") "]}}", 64,
		&result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 1);
	assert_int_equal(nrs_set_at(set, 0)->status, NRS_STATUS_UNSUPPORTED);
	assert_string_equal(nrs_set_reason(set, 0), "pattern type yara");
	nrs_set_free(set);
}

static const struct {
	const char *tag;
	enum nrs_tlp tlp;
} markings[] = {
	{"tlp:white", NRS_TLP_CLEAR},
	{"tlp:clear", NRS_TLP_CLEAR},
	{"tlp:green", NRS_TLP_GREEN},
	{"tlp:amber", NRS_TLP_AMBER},
	{"TLP:AMBER+STRICT", NRS_TLP_AMBER_STRICT},
	{"tlp:red", NRS_TLP_RED},
	{"tlp:ex:chr", NRS_TLP_AMBER_STRICT},
	{"tlp:unclear", NRS_TLP_RED},
	{"tulip:green", NRS_TLP_NONE},
};

static void markings_are_read_and_unknown_ones_are_the_strictest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++) {
		struct nrs_loader_result result;
		char text[200];

		snprintf(text, sizeof(text),
			 "{\"Tag\":[{\"name\":\"%s\"}],\"Attribute\":[" ONE
			 "]}",
			 markings[i].tag);
		struct nrs_set *set = read_misp(text, 64, &result);
		if (nrs_set_at(set, 0)->tlp != (uint8_t)markings[i].tlp) {
			print_error("%s: %u\n", markings[i].tag,
				    nrs_set_at(set, 0)->tlp);
			fail();
		}
		nrs_set_free(set);
	}
}

static void a_broken_attribute_is_named_and_the_others_load(void **state)
{
	static const struct nrs_want_refusal want[] = {
		{2, "{\"type\":\"domain\" \"value\":1}: at byte"},
	};
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_set *set =
		read_misp("{\"Event\":{\"Attribute\":[" ONE
			  ",{\"type\":\"domain\" \"value\":1}," TWO ",7]}}",
			  64, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 2);
	assert_int_equal(nrs_set_refusals(set, &refusals), 2);
	assert_int_equal(refusals->place, want->place);
	assert_int_equal(strncmp((const char *)refusals->text.ptr, want->text,
				 strlen(want->text)),
			 0);
	nrs_set_free(set);
}

static void a_cut_file_gives_what_came_before(void **state)
{
	struct nrs_loader_result result;
	struct nrs_set *set =
		read_misp("{\"Event\":{\"info\":\"x\",\"Attribute\":[" ONE
			  ",{\"type\":\"dom",
			  64, &result);

	(void)state;
	assert_int_equal(nrs_set_count(set), 1);
	assert_true(result.truncated);
	assert_int_equal(result.refused, 1);
	assert_true(nrs_span_is(
		nrs_indicator_background(nrs_set_at(set, 0))->report_name,
		"x"));
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_what_the_specification_says),
		cmocka_unit_test(
			what_an_event_says_goes_to_each_of_its_attributes),
		cmocka_unit_test(every_wrapper_is_opened_and_told_from_stix),
		cmocka_unit_test(an_attribute_may_name_its_event_itself),
		cmocka_unit_test(
			what_is_no_object_is_refused_and_the_rest_loads),
		cmocka_unit_test(parameters_take_more_or_less),
		cmocka_unit_test(an_object_is_one_indicator_when_asked),
		cmocka_unit_test(each_ignored_attribute_has_its_reason),
		cmocka_unit_test(sides_count_only_when_asked),
		cmocka_unit_test(
			rules_of_other_engines_are_kept_but_not_evaluated),
		cmocka_unit_test(
			markings_are_read_and_unknown_ones_are_the_strictest),
		cmocka_unit_test(
			a_broken_attribute_is_named_and_the_others_load),
		cmocka_unit_test(a_cut_file_gives_what_came_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
