/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_measure: what stands for itself in an indicator, and why the rest does
 * not.
 */
#include "tests/nrs_test.h"

#include "engine/measure.h"
#include "engine/pattern.h"

#define MD5 "0123456789abcdef0123456789abcdef"
#define DST "network-traffic:dst_ref.value"

static const struct {
	const char *name;
	enum nrs_shape shape;
	const char *pattern, *want, *reason;
} rows[] = {
	{"an address", NRS_SHAPE_IPV4, "198.51.100.7",
	 "0 any 0 198.51.100.7/32;", NULL},
	{"a prefix", NRS_SHAPE_IPV6, "2001:db8::/32", "0 any 0 2001:db8::/32;",
	 NULL},
	{"an address with a port", NRS_SHAPE_ADDR_PORT, "198.51.100.7:80",
	 "0 dst 80 198.51.100.7/32;", NULL},
	{"an address of six with a port", NRS_SHAPE_ADDR_PORT,
	 "[2001:db8::7]:443", "0 dst 443 2001:db8::7/128;", NULL},
	{"a name", NRS_SHAPE_NAME, "C2.example.net", "1 c2.example.net;", NULL},
	{"a name with all below", NRS_SHAPE_SUBDOMAINS, "c2.example.net",
	 "3 c2.example.net;", NULL},
	{"a URL", NRS_SHAPE_URL, "http://C2.example.net/A",
	 "4 http://c2.example.net/A;", NULL},
	{"a URL without a scheme", NRS_SHAPE_URL, "c2.example.net/A",
	 "4 c2.example.net/A;", NULL},
	{"a digest", NRS_SHAPE_MD5, MD5, "5 " MD5 ";", NULL},
	{"the digest of nothing", NRS_SHAPE_MD5,
	 "d41d8cd98f00b204e9800998ecf8427e", "", "guard: "},
	{"loopback", NRS_SHAPE_IPV4, "127.0.0.1", "", "guard: loopback"},
	{"an own network", NRS_SHAPE_IPV4, "10.0.0.0/8", "", "guard: an own"},
	{"everything", NRS_SHAPE_IPV4, "0.0.0.0/0", "", "guard: "},
	{"a public suffix", NRS_SHAPE_NAME, "co.uk", "", "guard: "},
	{"a name with a star", NRS_SHAPE_NAME, "*.example.net", "",
	 "a name with characters"},
	{"a name that would end a line elsewhere", NRS_SHAPE_NAME,
	 "a;b.example.net", "", "a name with characters"},
	{"a name that would be an option elsewhere", NRS_SHAPE_NAME,
	 "-f.example.net", "", "a name with characters"},
	{"a mail address", NRS_SHAPE_EMAIL, "A@b.example.net",
	 "12 a@b.example.net;", NULL},
	{"a mail address that is a name", NRS_SHAPE_EMAIL, "example.net", "",
	 "no mail address"},
	{"a URL with such a host", NRS_SHAPE_URL, "http://a;b.example.net/", "",
	 "no URL with one host"},
	{"the sides of an OR", 0,
	 "[domain-name:value = 'a.example.net' OR ipv4-addr:value = "
	 "'198.51.100.7']",
	 "0 any 0 198.51.100.7/32;1 a.example.net;", NULL},
	{"observations of an OR", 0,
	 "[domain-name:value = 'a.example.net'] OR [url:value = "
	 "'http://b.example.net/']",
	 "4 http://b.example.net/;1 a.example.net;", NULL},
	{"a set", 0,
	 "[domain-name:value IN ('a.example.net', 'b.example.net')]",
	 "1 a.example.net;1 b.example.net;", NULL},
	{"below a name", 0, "[domain-name:value LIKE '%.a.example.net']",
	 "2 a.example.net;", NULL},
	{"another pattern of text", 0, "[domain-name:value LIKE '%a%']", "",
	 "a pattern of text"},
	{"a regular expression", 0, "[url:value MATCHES 'x']", "",
	 "a pattern of text"},
	{"a destination with its port", 0,
	 "[" DST " = '198.51.100.7' AND network-traffic:dst_port = 443]",
	 "0 dst 443 198.51.100.7/32;", NULL},
	{"its port in quotes", 0,
	 "[" DST " = '198.51.100.7' AND network-traffic:dst_port = '443']",
	 "0 dst 443 198.51.100.7/32;", NULL},
	{"a port that is none", 0,
	 "[" DST " = '198.51.100.7' AND network-traffic:dst_port = 70000]", "",
	 "wants more than one"},
	{"another AND", 0,
	 "[domain-name:value = 'a.example.net' AND "
	 "network-traffic:dst_port = 443]",
	 "", "wants more than one"},
	{"a good side and one that is none", 0,
	 "[domain-name:value = 'a.example.net' OR (url:value = "
	 "'http://b.example/' AND "
	 "network-traffic:dst_port = 1)]",
	 "1 a.example.net;", "wants more than one"},
	{"a good side and everything", 0,
	 "[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value ISSUBSET "
	 "'0.0.0.0/0']",
	 "0 any 0 198.51.100.7/32;", "guard: "},
	{"a source", 0, "[network-traffic:src_ref.value = '198.51.100.7']",
	 "0 src 0 198.51.100.7/32;", NULL},
	{"a destination by name", 0, "[" DST " = 'a.example.net']",
	 "1 a.example.net;", NULL},
	{"not this one", 0, "[domain-name:value != 'a.example.net']", "",
	 "not to be there"},
	{"not like this one", 0, "[NOT EXISTS domain-name:value]", "",
	 "not to be there"},
	{"two observations", 0,
	 "[domain-name:value = 'a.example.net'] AND [domain-name:value = "
	 "'b.example.net']",
	 "", "several observations"},
	{"several times", 0,
	 "[domain-name:value = 'a.example.net'] REPEATS 2 TIMES", "",
	 "several observations"},
	{"in a window", 0,
	 "[domain-name:value = 'a.example.net'] START t'2026-01-01T00:00:00Z' "
	 "STOP t'2026-02-01T00:00:00Z'",
	 "", "several observations"},
	{"a digest of a file", 0, "[file:hashes.'MD5' = '" MD5 "']",
	 "5 " MD5 ";", NULL},
	{"a certificate", 0,
	 "[x509-certificate:hashes.'SHA-1' = "
	 "'0123456789ABCDEF0123456789ABCDEF01234567']",
	 "9 0123456789abcdef0123456789abcdef01234567;", NULL},
	{"a file's name", 0, "[file:name = 'x.exe']", "", "no other system"},
	{"a port alone", 0, "[network-traffic:dst_port = 4444]", "",
	 "no other system"},
	{"another language", 0, "alert tcp any any", "", "cannot be read"},
};

static int take(void *ctx, const struct nrs_measure *m)
{
	static const char *const sides[] = {"any", "src", "dst"};
	struct nrs_text *out = ctx;
	char text[NRS_ADDR_LEN];

	nrs_text_printf(out, "%d ", (int)m->kind);
	if (m->kind == NRS_MEASURE_ADDR) {
		(void)nrs_prefix_format(&m->prefix, text);
		nrs_text_printf(out, "%s %u %s", sides[m->side],
				(unsigned int)m->port, text);
	}
	nrs_text_add(out, m->value);
	nrs_text_putc(out, ';');
	return NRS_OK;
}

static void only_what_stands_for_itself_is_a_measure(void **state)
{
	struct nrs_prefix own;
	struct nrs_text got = {0};
	struct nrs_arena *scratch = nrs_arena_new(0);
	const struct nrs_measure_sink sink = {
		.ctx = &got, .take = take, .own = {.nets = &own, .count = 1}};

	(void)state;
	assert_int_equal(nrs_prefix_parse(nrs_span_of("10.0.0.0/8"), &own), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(rows[i].pattern),
			.shape = (uint8_t)rows[i].shape,
			.version = NRS_STIX_21};
		const char *reason = NULL;

		nrs_text_clear(&got);
		assert_int_equal(nrs_measures(&item, scratch, &sink, &reason),
				 NRS_OK);
		const bool is_right =
			nrs_span_is(nrs_text_span(&got), rows[i].want) &&
			(reason == NULL) == (rows[i].reason == NULL) &&
			(reason == NULL ||
			 strstr(reason, rows[i].reason) != NULL);
		if (!is_right) {
			print_error("%s: %.*s (%s)\n", rows[i].name,
				    (int)got.len, (const char *)got.ptr,
				    reason == NULL ? "-" : reason);
			fail();
		}
	}
	nrs_text_fini(&got);
	nrs_arena_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_stands_for_itself_is_a_measure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
