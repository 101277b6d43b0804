/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_matcher: patterns against what was seen, through builder and matcher:
 * which indicator fires, why, on which values, and how often.
 */
#include "tests/engine/one_pattern.h"

static const struct pattern_row rows[] = {
	{"an address",
	 "[ipv4-addr:value = '192.0.2.7']",
	 {{NRS_F_IP_SRC, 0, "10.0.0.1"}, {NRS_F_IP_DST, 1, "192.0.2.7"}},
	 1,
	 NRS_HOW_EXACT},
	{"another address",
	 "[ipv4-addr:value = '192.0.2.7']",
	 {{NRS_F_IP_DST, 1, "192.0.2.8"}},
	 0,
	 NRS_HOW_EXACT},
	{"the last address of a subnet",
	 "[ipv4-addr:value ISSUBSET '192.0.2.0/25']",
	 {{NRS_F_IP_DST, 1, "192.0.2.127"}},
	 1,
	 NRS_HOW_PREFIX},
	{"the first one behind it",
	 "[ipv4-addr:value ISSUBSET '192.0.2.0/25']",
	 {{NRS_F_IP_DST, 1, "192.0.2.128"}},
	 0,
	 NRS_HOW_EXACT},
	{"a name is no part of another",
	 "[domain-name:value = 'higan.example']",
	 {{NRS_F_DNS_QUERY, 0, "michigan.example"}},
	 0,
	 NRS_HOW_EXACT},
	{"a name without case",
	 "[domain-name:value = 'higan.example']",
	 {{NRS_F_DNS_QUERY, 0, "HiGaN.example"}},
	 1,
	 NRS_HOW_EXACT},
	{"a subdomain is another name",
	 "[domain-name:value = 'higan.example']",
	 {{NRS_F_DNS_QUERY, 0, "www.higan.example"}},
	 0,
	 NRS_HOW_EXACT},
	{"LIKE over a name",
	 "[domain-name:value LIKE '%.higan.example']",
	 {{NRS_F_TLS_SNI, 0, "www.higan.example"}},
	 1,
	 NRS_HOW_PATTERN},
	{"MATCHES over a name has no case",
	 "[domain-name:value MATCHES '^Www.Higan']",
	 {{NRS_F_TLS_SNI, 0, "wwW.higan.example"}},
	 1,
	 NRS_HOW_PATTERN},
	{"MATCHES over IPv4 is of no IPv6",
	 "[ipv4-addr:value MATCHES '1$']",
	 {{NRS_F_IP_DST, 1, "2001:db8::1"}},
	 0,
	 NRS_HOW_PATTERN},
	{"MATCHES over IPv4",
	 "[ipv4-addr:value MATCHES '1$']",
	 {{NRS_F_IP_SRC, 0, "2001:db8::1"}, {NRS_F_IP_DST, 1, "192.0.2.1"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over IPv6 is of no IPv4",
	 "[ipv6-addr:value LIKE '%2%']",
	 {{NRS_F_IP_DST, 1, "192.0.2.1"}},
	 0,
	 NRS_HOW_PATTERN},
	{"NOT LIKE over whole octets: an address among them",
	 "[network-traffic:src_ref.value NOT LIKE '192.0.2.%']",
	 {{NRS_F_IP_SRC, 0, "192.0.2.1"}},
	 0,
	 NRS_HOW_PATTERN},
	{"all of IPv6 is not IPv4",
	 "[ipv6-addr:value ISSUBSET '::/0' AND network-traffic:dst_port = 25]",
	 {{NRS_F_IP_DST, 1, "192.0.2.1"}, {NRS_F_DST_PORT, 0, "25"}},
	 0,
	 NRS_HOW_PREFIX},
	{"all of IPv6",
	 "[ipv6-addr:value = '::/0' AND network-traffic:dst_port = 25]",
	 {{NRS_F_IP_DST, 1, "2001:db8::1"}, {NRS_F_DST_PORT, 0, "25"}},
	 1,
	 NRS_HOW_PATTERN},
	{"IPv4 is within no subnet of IPv6",
	 "[network-traffic:src_ref.value NOT ISSUBSET '::/0']",
	 {{NRS_F_IP_SRC, 0, "192.0.2.1"}},
	 1,
	 NRS_HOW_PATTERN},
	{"a URL as it was sent, where an expression asks for that",
	 "[url:value MATCHES '/%7Ea/']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/%7Ea/"}},
	 1,
	 NRS_HOW_PATTERN},
	{"a URL without its scheme, as it was sent",
	 "[url:value LIKE 'h.example/%7Ea/_']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/%7Ea/x"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over a URL by its scheme",
	 "[url:value LIKE 'HTTP%a.example/%']",
	 {{NRS_F_HTTP_URL, 0, "https://a.example/x"}},
	 1,
	 NRS_HOW_PATTERN},
	{"NOT LIKE over a URL by its scheme",
	 "[url:value NOT LIKE 'http%']",
	 {{NRS_F_HTTP_URL, 0, "http://a.example/x"}},
	 0,
	 NRS_HOW_PATTERN},
	{"NOT LIKE over a URL by its host",
	 "[url:value NOT LIKE 'a%']",
	 {{NRS_F_HTTP_URL, 0, "http://a.example/x"}},
	 0,
	 NRS_HOW_PATTERN},
	{"NOT LIKE looks at a URL in both forms",
	 "[url:value NOT LIKE '%7Ea/']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/%7Ea/"}},
	 0,
	 NRS_HOW_PATTERN},
	{"MATCHES over a request",
	 "[network-traffic:extensions.'http-request-ext'.request_value "
	 "MATCHES '^/gate/[0-9a-f]{8}\\\\.php$']",
	 {{NRS_F_HTTP_URI, 0, "/gate/deadbee1.php"}},
	 1,
	 NRS_HOW_PATTERN},
	{"MATCHES that does not",
	 "[network-traffic:extensions.'http-request-ext'.request_value "
	 "MATCHES '^/gate/[0-9a-f]{8}\\\\.php$']",
	 {{NRS_F_HTTP_URI, 0, "/gate/deadbee1.phps"}},
	 0,
	 NRS_HOW_PATTERN},
	{"a URL by its form",
	 "[url:value = 'http://H.example:80/%7ea']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/~a"}},
	 1,
	 NRS_HOW_EXACT},
	{"the host of a URL is not the URL",
	 "[url:value = 'http://h.example/a']",
	 {{NRS_F_DNS_QUERY, 0, "h.example"}, {NRS_F_HTTP_HOST, 0, "h.example"}},
	 0,
	 NRS_HOW_EXACT},
	{"a URL with any host, by its request",
	 "[url:value = 'http://*:80/delay/#x']",
	 {{NRS_F_HTTP_HOST, 0, "h.example"}, {NRS_F_HTTP_URI, 0, "/delay/"}},
	 1,
	 NRS_HOW_EXACT},
	{"the whole request, not its beginning",
	 "[url:value = 'http://*/delay/']",
	 {{NRS_F_HTTP_URI, 0, "/delay/1"}},
	 0,
	 NRS_HOW_EXACT},
	{"LIKE over a URL: a host has no case",
	 "[url:value LIKE 'HTTP://H.Example/%.PHP']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/a.PHP"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over a URL: a path has",
	 "[url:value LIKE 'http://h.example/%.PHP']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/a.php"}},
	 0,
	 NRS_HOW_PATTERN},
	{"LIKE over a URL without its scheme",
	 "[url:value LIKE 'H.example/A%']",
	 {{NRS_F_HTTP_URL, 0, "https://h.example/Ab"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over a URL that begins anywhere keeps its case",
	 "[url:value LIKE '%/Gate.PHP']",
	 {{NRS_F_HTTP_URL, 0, "http://h.example/Gate.PHP"}},
	 1,
	 NRS_HOW_PATTERN},
	{"AND of both sides",
	 "[network-traffic:dst_ref.value = '192.0.2.7' AND "
	 "network-traffic:dst_port = 4444]",
	 {{NRS_F_IP_DST, 1, "192.0.2.7"}, {NRS_F_DST_PORT, 0, "4444"}},
	 1,
	 NRS_HOW_EXACT},
	{"AND with one side only",
	 "[network-traffic:dst_ref.value = '192.0.2.7' AND "
	 "network-traffic:dst_port = 4444]",
	 {{NRS_F_IP_DST, 1, "192.0.2.7"}, {NRS_F_DST_PORT, 0, "80"}},
	 0,
	 NRS_HOW_EXACT},
	{"a name of the destination and what the flow counted in the end",
	 "[network-traffic:dst_ref.value = 'a.example' AND "
	 "network-traffic:src_byte_count > 1000]",
	 {{NRS_F_HTTP_HOST, 0, "A.example"}, {NRS_F_SRC_BYTES, 0, "1001"}},
	 1,
	 NRS_HOW_EXACT},
	{"a name of the destination and too few octets",
	 "[network-traffic:dst_ref.value = 'a.example' AND "
	 "network-traffic:src_byte_count > 1000]",
	 {{NRS_F_HTTP_HOST, 0, "A.example"}, {NRS_F_SRC_BYTES, 0, "1000"}},
	 0,
	 NRS_HOW_EXACT},
	{"OR fires once",
	 "[domain-name:value = 'a.example' OR domain-name:value = "
	 "'b.example']",
	 {{NRS_F_DNS_QUERY, 0, "a.example"}, {NRS_F_DNS_CNAME, 1, "b.example"}},
	 1,
	 NRS_HOW_EXACT},
	{"greater than",
	 "[network-traffic:dst_port > 1023]",
	 {{NRS_F_DST_PORT, 0, "1024"}},
	 1,
	 NRS_HOW_PATTERN},
	{"not greater than",
	 "[network-traffic:dst_port > 1023]",
	 {{NRS_F_DST_PORT, 0, "1023"}},
	 0,
	 NRS_HOW_PATTERN},
	{"IN a set of numbers",
	 "[network-traffic:dst_port IN (80, 443)]",
	 {{NRS_F_DST_PORT, 0, "443"}},
	 1,
	 NRS_HOW_EXACT},
	{"a header by its name",
	 "[network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'lantern/1']",
	 {{NRS_F_HTTP_HEADER, 0, "user-agent: lantern/1"}},
	 1,
	 NRS_HOW_EXACT},
	{"the same value in another header",
	 "[network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'lantern/1']",
	 {{NRS_F_HTTP_HEADER, 0, "X-Agent: lantern/1"}},
	 0,
	 NRS_HOW_EXACT},
	{"an answer resolves to",
	 "[domain-name:value = 'a.example' AND "
	 "domain-name:resolves_to_refs[*].value = '192.0.2.7']",
	 {{NRS_F_DNS_QUERY, 0, "a.example"}, {NRS_F_DNS_A, 3, "192.0.2.7"}},
	 1,
	 NRS_HOW_EXACT},
	{"a certificate by its digest in upper case",
	 "[x509-certificate:hashes.sha1 = "
	 "'46ABA99AA7158E4609AAA72B50990842FD22AE86']",
	 {{NRS_F_CERT_SHA1, 0, "46aba99aa7158e4609aaa72b50990842fd22ae86"}},
	 1,
	 NRS_HOW_EXACT},
	{"a file by its digest in upper case",
	 "[file:hashes.'SHA-1' = 'A9993E364706816ABA3E25717850C26C9CD0D89D']",
	 {{NRS_F_FILE_SHA1, 0, "a9993e364706816aba3e25717850c26c9cd0d89d"}},
	 1,
	 NRS_HOW_EXACT},
	{"a file by what was sent of it",
	 "[file:hashes.MD5 = '900150983cd24fb0d6963f7d28e17f72']",
	 {{NRS_F_FILE_SENT_MD5, 1, "900150983cd24fb0d6963f7d28e17f72"}},
	 1,
	 NRS_HOW_EXACT},
	{"any digest of a file",
	 "[file:hashes[*] = '900150983cd24fb0d6963f7d28e17f72']",
	 {{NRS_F_FILE_MD5, 0, "900150983cd24fb0d6963f7d28e17f72"}},
	 1,
	 NRS_HOW_EXACT},
	{"a file's name, case and all",
	 "[file:name = 'a.exe']",
	 {{NRS_F_FILE_NAME, 0, "A.exe"}},
	 0,
	 NRS_HOW_EXACT},
	{"AND over one file",
	 "[file:name = 'a.exe' AND file:mime_type = 'application/zip']",
	 {{NRS_F_FILE_NAME, 2, "a.exe"},
	  {NRS_F_FILE_TYPE, 2, "application/zip"}},
	 1,
	 NRS_HOW_EXACT},
	{"AND over one file, not over two",
	 "[file:name = 'a.exe' AND file:mime_type = 'application/zip']",
	 {{NRS_F_FILE_NAME, 2, "a.exe"},
	  {NRS_F_FILE_TYPE, 1, "application/zip"}},
	 0,
	 NRS_HOW_EXACT},
	{"an issuer in another order, a serial without its zero",
	 "[x509-certificate:issuer = 'CN=Example Root,O=x,C=ZZ' AND "
	 "x509-certificate:serial_number = 'c8:9b:8f']",
	 {{NRS_F_CERT_ISSUER, 1, "C=ZZ, O=x, CN=Example Root"},
	  {NRS_F_CERT_SERIAL, 1, "00:c8:9b:8f"}},
	 1,
	 NRS_HOW_EXACT},
	{"AND over one certificate, not over its chain",
	 "[x509-certificate:issuer = 'CN=Example Root' AND "
	 "x509-certificate:serial_number = 'c8:9b:8f']",
	 {{NRS_F_CERT_ISSUER, 0, "CN=Example Root"},
	  {NRS_F_CERT_SERIAL, 1, "c8:9b:8f"}},
	 0,
	 NRS_HOW_EXACT},
	{"LIKE over an issuer, in the order of RFC 4514",
	 "[x509-certificate:issuer LIKE 'CN=Example%']",
	 {{NRS_F_CERT_ISSUER, 0, "C=ZZ, O=x, CN=Example Root"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over an issuer, in its own order",
	 "[x509-certificate:issuer LIKE 'C=ZZ, O=_, %']",
	 {{NRS_F_CERT_ISSUER, 0, "C=ZZ, O=x, CN=Example Root"}},
	 1,
	 NRS_HOW_PATTERN},
	{"NOT LIKE looks at both orders",
	 "[x509-certificate:issuer NOT LIKE 'CN=Example%']",
	 {{NRS_F_CERT_ISSUER, 0, "C=ZZ, O=x, CN=Example Root"}},
	 0,
	 NRS_HOW_PATTERN},
	{"LIKE over a serial",
	 "[x509-certificate:serial_number LIKE '4C:0B%']",
	 {{NRS_F_CERT_SERIAL, 0, "4c:0b:1d"}},
	 1,
	 NRS_HOW_PATTERN},
	{"self-signed",
	 "[x509-certificate:is_self_signed = true]",
	 {{NRS_F_CERT_SELF_SIGNED, 0, "0"}, {NRS_F_CERT_SELF_SIGNED, 1, "1"}},
	 1,
	 NRS_HOW_EXACT},
	{"not self-signed",
	 "[x509-certificate:is_self_signed != true]",
	 {{NRS_F_CERT_SELF_SIGNED, 0, "1"}},
	 0,
	 NRS_HOW_EXACT},
	{"valid for too long",
	 "[x509-certificate:validity_not_after >= t'2027-01-01T00:00:00Z']",
	 {{NRS_F_CERT_NOT_AFTER, 0, "1798761600000000000"}},
	 1,
	 NRS_HOW_PATTERN},
	{"what an SSH client offers",
	 "[network-traffic:extensions.'ssh-ext'.hassh = "
	 "'06046964C022C6407D15A27B12A6A4FB']",
	 {{NRS_F_SSH_HASSH, 0, "06046964c022c6407d15a27b12a6a4fb"}},
	 1,
	 NRS_HOW_EXACT},
	{"what an SSH server offers is no client's",
	 "[network-traffic:extensions.'ssh-ext'.hassh_server = "
	 "'06046964c022c6407d15a27b12a6a4fb']",
	 {{NRS_F_SSH_HASSH, 0, "06046964c022c6407d15a27b12a6a4fb"}},
	 0,
	 NRS_HOW_EXACT},
	{"LIKE over a MAC address, however it is written",
	 "[mac-addr:value LIKE '00-53-00-%-AF']",
	 {{NRS_F_MAC_SRC, 0, "00:53:00:00:00:af"}},
	 1,
	 NRS_HOW_PATTERN},
	{"MATCHES over a MAC address has no case",
	 "[mac-addr:value MATCHES 'AF$']",
	 {{NRS_F_MAC_DST, 1, "00:53:00:00:00:af"}},
	 1,
	 NRS_HOW_PATTERN},
	{"NOT LIKE over a MAC address",
	 "[mac-addr:value NOT LIKE '00:53:%']",
	 {{NRS_F_MAC_SRC, 0, "00:53:00:00:00:af"}},
	 0,
	 NRS_HOW_PATTERN},
	{"LIKE over a time, which is text of microseconds",
	 "[network-traffic:start LIKE '1970-01-01T00:00:01.5%Z']",
	 {{NRS_F_START, 0, "1500000000"}},
	 1,
	 NRS_HOW_PATTERN},
	{"MATCHES over flags, which are an octet",
	 "[network-traffic:extensions.'tcp-ext'.src_flags_hex MATCHES "
	 "'[\\\\x02\\\\x12]']",
	 {{NRS_F_TCP_SRC_FLAGS, 0, "18"}},
	 1,
	 NRS_HOW_PATTERN},
	{"LIKE over flags",
	 "[network-traffic:extensions.'tcp-ext'.src_flags_hex LIKE 'S']",
	 {{NRS_F_TCP_SRC_FLAGS, 0, "18"}},
	 0,
	 NRS_HOW_PATTERN},
	{"a number is no text, and so not like any",
	 "[network-traffic:dst_port NOT LIKE '4%']",
	 {{NRS_F_DST_PORT, 0, "443"}},
	 1,
	 NRS_HOW_PATTERN},
	{"one of two types",
	 "[network-traffic:src_ref.type IN ('ipv6-addr', 'mac-addr')]",
	 {{NRS_F_MAC_SRC, 0, "00:53:00:00:00:af"}},
	 1,
	 NRS_HOW_PATTERN},
	{"a name of a certificate",
	 "[domain-name:value = 'c2.example']",
	 {{NRS_F_CERT_NAME, 1, "www.host.example"},
	  {NRS_F_CERT_NAME, 2, "C2.example"}},
	 1,
	 NRS_HOW_EXACT},
};

static void each_pattern_has_its_hits(void **state)
{
	(void)state;
	expect_hits(rows, sizeof(rows) / sizeof(*rows));
}

static void a_hit_names_every_value_of_its_pattern(void **state)
{
	static const struct seen seen[SEEN_MAX] = {
		{NRS_F_IP_DST, 1, "192.0.2.7"}, {NRS_F_DST_PORT, 0, "4444"}};

	(void)state;
	assert_int_equal(match("[network-traffic:dst_ref.value = '192.0.2.7' "
			       "AND network-traffic:dst_port = 4444]",
			       seen)
				 .values,
			 2);
}

/* A list of values has an end; how sure the match is must be seen behind it. */
static void a_less_sure_value_is_named_however_many_there_are(void **state)
{
	static const struct seen seen[SEEN_MAX] = {
		{NRS_F_DST_PORT, 0, "4444"},
		{NRS_F_IP_DST, 1, "192.0.2.7"},
		{NRS_F_TLS_SNI, 0, "a.example"}};
	struct nrs_text text = {0};

	(void)state;
	nrs_text_puts(&text, "[domain-name:value = 'a.example'");
	for (unsigned int i = 0; i < NRS_HIT_VALUES_MAX; i++)
		nrs_text_printf(&text, " AND network-traffic:dst_port > %u", i);
	nrs_text_puts(&text, " AND network-traffic:dst_ref.value ISSUBSET "
			     "'192.0.2.0/24']");
	nrs_text_putc(&text, '\0');
	const struct told told = match((const char *)text.ptr, seen);
	assert_int_equal(told.hits, 1);
	assert_int_equal(told.values, NRS_HIT_VALUES_MAX);
	assert_true(told.is_unsure);
	nrs_text_fini(&text);
}

/* Whatever order the values come in. */
static void an_expression_that_gives_up_has_not_failed_to_match(void **state)
{
	/* the lookahead tries every way of cutting the run of a */
	static const char pattern[] = "[url:value NOT MATCHES '/(?=(a+)+$)a']";
	static const struct seen runaway[SEEN_MAX] = {
		{NRS_F_HTTP_URL, 0,
		 "http://h.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}};
	static const struct seen plain[SEEN_MAX] = {
		{NRS_F_HTTP_URL, 0, "http://h.example/xyz"}};

	(void)state;
	assert_int_equal(match(pattern, plain).hits, 1);
	assert_int_equal(match(pattern, runaway).hits, 0);
}

static void order_does_not_matter(void **state)
{
	static const struct seen seen[SEEN_MAX] = {
		{NRS_F_DST_PORT, 0, "4444"}, {NRS_F_IP_DST, 1, "192.0.2.7"}};

	(void)state;
	assert_int_equal(match("[network-traffic:dst_ref.value = '192.0.2.7' "
			       "AND network-traffic:dst_port = 4444]",
			       seen)
				 .hits,
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pattern_has_its_hits),
		cmocka_unit_test(a_hit_names_every_value_of_its_pattern),
		cmocka_unit_test(
			a_less_sure_value_is_named_however_many_there_are),
		cmocka_unit_test(
			an_expression_that_gives_up_has_not_failed_to_match),
		cmocka_unit_test(order_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
