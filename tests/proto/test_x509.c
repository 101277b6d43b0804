/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_x509: certificates of tests/data/x509 (made by OpenSSL; what it prints
 * of them is what is expected), cut and lied about.
 */
#include "tests/nrs_test.h"

#include "capture/proto/x509.h"
#include "engine/base/crypto.h"
#include "engine/base/stamp.h"

static uint8_t leaf[2048], root[2048];
static size_t leaf_len, root_len;

static size_t load(const char *name, uint8_t *room)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/data/x509/%s", nrs_test_source(),
		 name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	const size_t len = fread(room, 1, 2048, file);
	assert_int_equal(fclose(file), 0);
	assert_true(len > 0 && len < 2048);
	return len;
}

static int setup(void **state)
{
	(void)state;
	leaf_len = load("leaf.der", leaf);
	root_len = load("root.der", root);
	return 0;
}

static void text_is(struct nrs_span name, const char *want)
{
	uint8_t room[512];
	struct nrs_span text;

	assert_int_equal(nrs_x509_name_text(name, room, sizeof(room), &text),
			 NRS_OK);
	if (!nrs_span_is(text, want))
		fail_msg("%.*s, not %s", (int)text.len, (const char *)text.ptr,
			 want);
	assert_int_equal(nrs_x509_name_text(name, room, text.len - 1, &text),
			 NRS_E_LIMIT);
}

static void stamp_is(const struct nrs_x509_time *time, const char *want)
{
	char text[NRS_STAMP_LEN];
	int64_t ns;

	assert_true(nrs_x509_instant(time, &ns));
	(void)nrs_stamp_format(ns, 0, text);
	assert_string_equal(text, want);
}

static void a_certificate_has_its_fields(void **state)
{
	struct nrs_x509 c;

	(void)state;
	assert_int_equal(nrs_x509_parse(&c, nrs_span(leaf, leaf_len)), NRS_OK);
	/* positive: DER puts a zero before the upper bit */
	assert_int_equal(c.serial.len, 9);
	assert_memory_equal(c.serial.ptr,
			    "\x00\xfe\xdc\xba\x98\x76\x54\x32\x10", 9);
	text_is(c.subject,
		"DC=example, OU=A\\+B + OU=second, CN=www.host.example, "
		"emailAddress=admin@host.example, "
		"1.3.6.1.4.1.55555.1=\\#odd\\ ");
	text_is(c.issuer, "C=ZZ, O=Prüfstelle\\, Example, CN=Example Root");
	stamp_is(&c.not_before, "2026-11-21T08:11:26Z");
	stamp_is(&c.not_after, "2026-12-21T08:11:26Z");
	assert_false(c.is_self_signed);
	assert_true(nrs_span_is(nrs_x509_common_name(c.subject),
				"www.host.example"));
}

/* Its end is later than 2049: a GeneralizedTime. */
static void a_root_is_self_signed(void **state)
{
	struct nrs_x509 c;

	(void)state;
	assert_int_equal(nrs_x509_parse(&c, nrs_span(root, root_len)), NRS_OK);
	assert_true(c.is_self_signed);
	assert_int_equal(c.serial.len, 3);
	assert_memory_equal(c.serial.ptr, "\x4c\x0b\x1d", 3);
	stamp_is(&c.not_after, "2081-08-24T08:11:26Z");
	assert_int_equal(c.names.len, 0);
}

static void alternative_names_are_those_of_hosts(void **state)
{
	static const char *const want[] = {"www.host.example", "*.host.example",
					   "c2.example"};
	struct nrs_span name;
	struct nrs_x509 c;

	(void)state;
	assert_int_equal(nrs_x509_parse(&c, nrs_span(leaf, leaf_len)), NRS_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_true(nrs_x509_next_name(&c.names, &name));
		assert_true(nrs_span_is(name, want[i]));
	}
	assert_false(nrs_x509_next_name(&c.names, &name));
}

static void digests_are_openssls(void **state)
{
	struct nrs_hasher *hasher = nrs_hasher_new();
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1];

	(void)state;
	assert_non_null(hasher);
	nrs_hasher_md5(hasher, nrs_span(leaf, leaf_len), sum);
	nrs_hex(nrs_span(sum, NRS_MD5_LEN), hex);
	assert_string_equal(hex, "da0ab2d31f2da0c6f3f677e59318e666");
	nrs_hasher_sha1(hasher, nrs_span(leaf, leaf_len), sum);
	nrs_hex(nrs_span(sum, NRS_SHA1_LEN), hex);
	assert_string_equal(hex, "2589eb50925e0fd874b5579f031f14291e93b4ed");
	nrs_hasher_sha256(hasher, nrs_span(leaf, leaf_len), sum);
	nrs_hex(nrs_span(sum, NRS_SHA256_LEN), hex);
	assert_string_equal(hex, "a214cc22cf31b12e59dad0c7cacaeedb3e0a063f60f8"
				 "81761dbdee68554f0418");
	nrs_hasher_free(hasher);
}

/* Every cut and every changed octet in a copy of just that length, so that the
 * sanitizer sees a read behind it. */
static void nothing_is_read_behind_the_end(void **state)
{
	uint8_t room[512];

	(void)state;
	for (size_t len = 0; len <= leaf_len; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_span name, text;
		struct nrs_x509 c;

		assert_non_null(copy);
		memcpy(copy, leaf, len);
		if (len < leaf_len)
			assert_int_not_equal(
				nrs_x509_parse(&c, nrs_span(copy, len)),
				NRS_OK);
		if (len > 0)
			copy[len / 2] ^= 0xff;
		(void)nrs_x509_parse(&c, nrs_span(copy, len));
		(void)nrs_x509_name_text(c.subject, room, sizeof(room), &text);
		while (nrs_x509_next_name(&c.names, &name))
			assert_true(name.ptr >= copy && name.len <= len);
		free(copy);
	}
}

/* Only the validity of a certificate that has little else. */
static void times_are_those_of_rfc_5280(void **state)
{
	static const struct {
		const char *name, *der;
		const char *want; /* NULL: no time */
	} rows[] = {
		{"of this century",
		 "\x17\x0d"
		 "491231235959Z",
		 "2049-12-31T23:59:59Z"},
		{"of the last",
		 "\x17\x0d"
		 "500101000000Z",
		 "1950-01-01T00:00:00Z"},
		{"without seconds",
		 "\x17\x0b"
		 "0102030405Z",
		 "2001-02-03T04:05:00Z"},
		{"four digits",
		 "\x18\x0f"
		 "20500101000000Z",
		 "2050-01-01T00:00:00Z"},
		{"no end",
		 "\x18\x0f"
		 "99991231235959Z",
		 "2262-04-11T23:47:16Z"},
		{"no such day",
		 "\x17\x0d"
		 "010230000000Z",
		 NULL},
		{"another zone",
		 "\x17\x11"
		 "010203040506+0100",
		 NULL},
		{"letters",
		 "\x17\x0d"
		 "01020304050xZ",
		 NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t der[64] = "\x30\x00\x30\x00\x02\x01\x07\x30\x00\x30"
				  "\x00\x30\x00";
		const size_t len = 2 + (size_t)rows[i].der[1];
		struct nrs_x509 c;
		int64_t ns;

		memcpy(der + 13, rows[i].der, len);
		memcpy(der + 13 + len, "\x30\x00", 2);
		der[1] = (uint8_t)(13 + len);
		der[3] = (uint8_t)(11 + len);
		der[12] = (uint8_t)len;
		assert_int_equal(nrs_x509_parse(&c, nrs_span(der, 15 + len)),
				 NRS_OK);
		if (nrs_x509_instant(&c.not_before, &ns) !=
		    (rows[i].want != NULL))
			fail_msg("%s", rows[i].name);
		if (rows[i].want != NULL)
			stamp_is(&c.not_before, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_has_its_fields),
		cmocka_unit_test(a_root_is_self_signed),
		cmocka_unit_test(alternative_names_are_those_of_hosts),
		cmocka_unit_test(digests_are_openssls),
		cmocka_unit_test(nothing_is_read_behind_the_end),
		cmocka_unit_test(times_are_those_of_rfc_5280),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
