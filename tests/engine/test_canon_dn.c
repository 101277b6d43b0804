/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_canon_dn: one distinguished name in the spellings of RFC 4514, OpenSSL,
 * Suricata and the STIX specification's examples; and the digits of serials.
 */
#include "tests/nrs_test.h"

#include "engine/canon.h"

/* In a room of just the size that is asked for. */
static int form(const char *in, char *set, char *reversed)
{
	const size_t len = strlen(in);
	uint8_t *room = malloc(NRS_CANON_DN_ROOM(len));
	struct nrs_dn dn;

	assert_non_null(room);
	const int err = nrs_canon_dn(nrs_span(in, len), room, &dn);
	if (err == NRS_OK) {
		for (size_t i = 0; i < dn.set.len; i++)
			set[i] = dn.set.ptr[i] == 0 ? '|' : (char)dn.set.ptr[i];
		set[dn.set.len] = '\0';
		memcpy(reversed, dn.reversed.ptr, dn.reversed.len);
		reversed[dn.reversed.len] = '\0';
	}
	free(room);
	return err;
}

static void every_spelling_is_the_same_set(void **state)
{
	static const char want[] = "C=ZA|CN=Server CA|E=a@b.example|O=A, B+C";
	static const char *const rows[] = {
		"C=ZA, O=A\\, B\\+C, CN=Server CA, emailAddress=a@b.example",
		"C = ZA, O = \"A, B+C\", CN = Server CA, Email = a@b.example",
		"E=a@b.example,CN=Server CA,O=A\\2C B\\2bC,C=ZA",
		"/C=ZA/O=A, B+C/CN=Server CA/emailAddress=a@b.example",
		"C=ZA, O=A, B+C, CN=Server CA/emailAddress=a@b.example",
		"cn=Server CA+e=a@b.example,o=A, B+C,c=ZA",
		"  CN=Server CA;O=A, B+C; C=ZA;EMAIL=a@b.example ",
	};
	char set[256], reversed[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(form(rows[i], set, reversed), NRS_OK);
		if (strcmp(set, want) != 0)
			fail_msg("%s: %s", rows[i], set);
	}
}

static void what_differs_stays_different(void **state)
{
	static const struct {
		const char *in, *set, *reversed;
	} rows[] = {
		{"CN=host", "CN=host", "CN=host"},
		{"CN=Host", "CN=Host", "CN=Host"}, /* case counts */
		{"C=US, O=x, CN=y", "C=US|CN=y|O=x", "CN=y,O=x,C=US"},
		{"CN=gtk-gnutella/1.2.1", "CN=gtk-gnutella/1.2.1",
		 "CN=gtk-gnutella/1.2.1"},
		{"1.3.6.1.4.1.5=a,CN=b", "1.3.6.1.4.1.5=a|CN=b",
		 "CN=b,1.3.6.1.4.1.5=a"},
		{"CN=a=b,c=d", "C=d|CN=a=b", "c=d,CN=a=b"},
		{"CN=a,", "CN=a,", "CN=a,"},
		{"CN=", "CN=", "CN="},
		{"CN=\\", "CN=\\", "CN=\\"},
	};
	char set[256], reversed[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(form(rows[i].in, set, reversed), NRS_OK);
		if (strcmp(set, rows[i].set) != 0 ||
		    strcmp(reversed, rows[i].reversed) != 0)
			fail_msg("%s: %s %s", rows[i].in, set, reversed);
	}
}

static void what_is_no_name_is_refused(void **state)
{
	char set[4096], reversed[4096], many[1024] = "", longest[2100];

	(void)state;
	assert_int_equal(form("", set, reversed), NRS_E_FORMAT);
	assert_int_equal(form("host.example", set, reversed), NRS_E_FORMAT);
	assert_int_equal(form("/", set, reversed), NRS_E_FORMAT);
	assert_int_equal(form("nosuchtype=x", set, reversed), NRS_E_FORMAT);
	for (unsigned int i = 0; i < 65; i++)
		memcpy(many + 5 * (size_t)i, "CN=a,", 6);
	assert_int_equal(form(many, set, reversed), NRS_E_LIMIT);
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "CN=", 3);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(form(longest, set, reversed), NRS_E_LIMIT);
}

static void serials_are_numbers(void **state)
{
	static const struct {
		const char *in, *number, *digits;
	} rows[] = {
		{"4C:0B:1D", "4c0b1d", "4c0b1d"},
		{"00:c8-9b 8f", "c89b8f", "00c89b8f"},
		{"0", "0", "0"},
		{"00:00", "0", "0000"},
	};
	uint8_t room[32];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_span in = nrs_span_of(rows[i].in);

		assert_int_equal(nrs_canon_digits(in, true, room, &len),
				 NRS_OK);
		assert_true(nrs_span_is(nrs_span(room, len), rows[i].number));
		assert_int_equal(nrs_canon_digits(in, false, room, &len),
				 NRS_OK);
		assert_true(nrs_span_is(nrs_span(room, len), rows[i].digits));
	}
	assert_int_equal(nrs_canon_digits(nrs_span_of("xyz"), true, room, &len),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_canon_digits(nrs_span_of(":"), false, room, &len),
			 NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_is_the_same_set),
		cmocka_unit_test(what_differs_stays_different),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(serials_are_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
