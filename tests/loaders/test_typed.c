/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_typed: a value with what a format says it is, to a pattern or a reason.
 * Patterns as the STIX 2.1 objects have their properties, pairs as the
 * specification's section 8.1 has them.
 */
#include "tests/nrs_test.h"

#include "engine/set.h"
#include "loaders/typed.h"

#define MD5 "cead3f77f6cda6ec00f57d76c9a6879f"
#define HTTP "network-traffic:extensions.'http-request-ext'."

static const struct {
	const char *type, *value, *wanted; /* pattern, or the reason */
	bool is_refused, is_retyped;
} cases[] = {
	{"any", "hxxp://a[.]example/x", "[url:value = 'http://a.example/x']",
	 false, false},
	{"any", "two words", "more than one word", true, false},
	{"address", " 192.0.2.1 ", "[ipv4-addr:value = '192.0.2.1']", false,
	 false},
	{"address", "2001:DB8::/32",
	 "[ipv6-addr:value ISSUBSET '2001:db8::/32']", false, false},
	{"address", "192.0.2.1:80",
	 "[network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 80]",
	 false, true},
	{"address", "a.example", "no address or prefix", true, false},
	{"address", "999.9.9.9", "no address or prefix", true, false},
	{"address", "999.9.9.9:80", "no address or prefix", true, false},
	{"address", "192.0.2.0/33", "no address or prefix", true, false},
	{"mail-from", "A Name <a@b.example>",
	 "[email-message:from_ref.value = 'a@b.example']", false, false},
	{"mail-from", "\"Last, <First>\" <a@b.example>",
	 "[email-message:from_ref.value = 'a@b.example']", false, false},
	{"mail-to", "<a@b.example>",
	 "[email-message:to_refs[*].value = 'a@b.example']", false, false},
	{"mail-to", "a[@]b[.]example",
	 "[email-message:to_refs[*].value = 'a@b.example']", false, false},
	{"mail-from", "a@[192.0.2.1]",
	 "[email-message:from_ref.value = 'a@[192.0.2.1]']", false, false},
	{"mail-from", "A Name", "no mail address", true, false},
	{"mail-from", "A Name <nobody>", "no mail address", true, false},
	{"mail-from", "A Name <>", "no mail address", true, false},
	{"mail-from", "<a@b.example", "no mail address", true, false},
	{"mail-from", "@b.example", "no mail address", true, false},
	{"mail-from", "a@", "no mail address", true, false},
	{"mail-to", "a@b.example, c@d.example", "no mail address", true, false},
	{"name", "A.Example.", "[domain-name:value = 'a.example']", false,
	 false},
	{"name", "192.0.2.1", "[ipv4-addr:value = '192.0.2.1']", false, true},
	{"name", "a.example/x", "[url:value = 'a.example/x']", false, true},
	{"name", MD5, "no domain name", true, false},
	{"url", "http://a.example/x y  z",
	 "[url:value = 'http://a.example/x%20y%20%20z']", false, false},
	{"url", "http://a b.example/x", "no URL", true, false},
	{"url", "a.example b", "no URL", true, false},
	{"any", "http://a.example/x y", "more than one word", true, false},
	{"url", "a.example", "[url:value = 'a.example/']", false, false},
	{"url", "192.0.2.1:8080/x", "[url:value = '192.0.2.1:8080/x']", false,
	 false},
	{"url", "/x", "no URL", true, false},
	{"md5", "CEAD3F77F6CDA6EC00F57D76C9A6879F",
	 "[file:hashes.MD5 = '" MD5 "']", false, false},
	{"md5", "cead3f", "not 32 hex digits", true, false},
	{"sha1", MD5, "not 40 hex digits", true, false},
	{"ja3", MD5, "[network-traffic:extensions.'tls-ext'.ja3 = '" MD5 "']",
	 false, false},
	{"ja3", MD5 "0", "not 32 hex digits", true, false},
	{"ja3", "gead3f77f6cda6ec00f57d76c9a6879f", "not 32 hex digits", true,
	 false},
	{"user-agent", "Evil/1.0 (it's)",
	 "[" HTTP "request_header.'User-Agent' = 'Evil/1.0 (it\\'s)']", false,
	 false},
	{"request", "/gate.php?a=1",
	 "[" HTTP "request_value = '/gate.php?a=1']", false, false},
	{"mac", "00-1B-44-11-3A-B7", "[mac-addr:value = '00:1b:44:11:3a:b7']",
	 false, false},
	{"mac", "00-1B", "no MAC address", true, false},
	{"as", "AS64500", "[autonomous-system:number = 64500]", false, false},
	{"as", "64500", "[autonomous-system:number = 64500]", false, false},
	{"as", "4294967296", "no number of an autonomous system", true, false},
	{"destination", "192.0.2.1|443",
	 "[network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 443]",
	 false, false},
	{"destination", "192.0.2.1:443",
	 "[network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 443]",
	 false, false},
	{"destination", "2001:db8::1|443",
	 "[network-traffic:dst_ref.value = '2001:db8::1' AND "
	 "network-traffic:dst_port = 443]",
	 false, false},
	{"destination", "192.0.2.0/24|443",
	 "[network-traffic:dst_ref.value ISSUBSET '192.0.2.0/24' AND "
	 "network-traffic:dst_port = 443]",
	 false, false},
	{"destination", "192.0.2.1|0", "no port from 1 to 65535", true, false},
	{"destination", "192.0.2.1", "one value where two belong together",
	 true, false},
	{"endpoint", "192.0.2.1|443",
	 "[(network-traffic:src_ref.value = '192.0.2.1' AND "
	 "network-traffic:src_port = 443) OR "
	 "(network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 443)]",
	 false, false},
	{"service", "a[.]example|8080",
	 "[network-traffic:dst_ref.value = 'a.example' AND "
	 "network-traffic:dst_port = 8080]",
	 false, false},
	{"service", "192.0.2.1|8080",
	 "[network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 8080]",
	 false, true},
	{"name-address", "a.example|192.0.2.1",
	 "[domain-name:value = 'a.example' AND "
	 "domain-name:resolves_to_refs[*].value = '192.0.2.1']",
	 false, false},
	{"name-address", "a.example|b.example", "no address behind the name",
	 true, false},
	{"name-address", "192.0.2.1|192.0.2.2", "no name before the address",
	 true, false},
	{"source", "192.0.2.1|443",
	 "[network-traffic:src_ref.value = '192.0.2.1' AND "
	 "network-traffic:src_port = 443]",
	 false, false},
	{"source-address", "192.0.2.0/24",
	 "[network-traffic:src_ref.value ISSUBSET '192.0.2.0/24']", false,
	 false},
	{"destination-address", "192[.]0[.]2[.]1",
	 "[network-traffic:dst_ref.value = '192.0.2.1']", false, false},
	{"destination-address", "a.example", "no address or prefix", true,
	 false},
	{"pattern", "[a:b = 1]", "[a:b = 1]", false, false},
	{"file-name", "", "no value", true, false},
};

static void each_value_becomes_what_its_type_says(void **state)
{
	static struct nrs_typed_room room;
	struct nrs_text pattern = {0};
	struct nrs_set *set = NULL;
	uint32_t source;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"), &source);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const enum nrs_typed type =
			nrs_typed_by_name(nrs_span_of(cases[i].type));
		struct nrs_typed_value out;
		struct nrs_indicator item = {.source = source};

		assert_int_not_equal(type, NRS_TYPED_COUNT);
		const int err = nrs_typed_read(
			&room, type, nrs_span_of(cases[i].value), &out);
		item.shape = (uint8_t)out.shape;
		item.pattern = out.text;
		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
		nrs_text_clear(&pattern);
		if (err == NRS_OK)
			nrs_set_pattern(set, i, &pattern);
		else
			nrs_text_puts(&pattern, out.reason);
		if (err == (cases[i].is_refused ? NRS_E_FORMAT : NRS_OK) &&
		    nrs_span_is(nrs_text_span(&pattern), cases[i].wanted) &&
		    out.is_retyped == cases[i].is_retyped)
			continue;
		print_error("%s '%s': %d %.*s\n", cases[i].type, cases[i].value,
			    err, (int)pattern.len, (const char *)pattern.ptr);
		fail();
	}
	nrs_text_fini(&pattern);
	nrs_typed_room_fini(&room);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_becomes_what_its_type_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
