/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dns: messages by RFC 1035, and what no message should be able to do.
 */
#include "tests/nrs_test.h"

#include "capture/proto/dns.h"

/* www.example.com? A, CNAME, MX, TXT; names compressed as section 4.1.4 says */
static const uint8_t answer[] =
	"\x12\x34\x81\x80\x00\x01\x00\x04\x00\x00\x00\x00"
	"\x03www\x07"
	"Example\x03"
	"com\x00\x00\x01\x00\x01"
	"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01"
	"a\xc0\x10"
	"\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
	"\xc0\x10\x00\x0f\x00\x01\x00\x00\x00\x3c\x00\x07\x00\x0a\x02mx\xc0\x10"
	"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x06\x02hi\x02yo";

static void records_come_in_order(void **state)
{
	static const struct {
		enum nrs_dns_section section;
		uint16_t type;
		const char *name, *target;
	} want[] = {
		{NRS_DNS_QUESTION, NRS_DNS_A, "www.Example.com", ""},
		{NRS_DNS_ANSWER, NRS_DNS_CNAME, "www.Example.com",
		 "a.Example.com"},
		{NRS_DNS_ANSWER, NRS_DNS_A, "a.Example.com", ""},
		{NRS_DNS_ANSWER, NRS_DNS_MX, "Example.com", "mx.Example.com"},
		{NRS_DNS_ANSWER, NRS_DNS_TXT, "www.Example.com", ""},
	};
	struct nrs_dns dns;
	struct nrs_dns_record record = {0};
	struct nrs_dns_room room;
	struct nrs_span string;

	(void)state;
	assert_int_equal(
		nrs_dns_open(&dns, nrs_span(answer, sizeof(answer) - 1)),
		NRS_OK);
	assert_int_equal(dns.id, 0x1234);
	assert_true(dns.is_response);
	assert_int_equal(dns.rcode, 0);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(nrs_dns_next(&dns, &record, &room), NRS_OK);
		assert_int_equal(record.section, want[i].section);
		assert_int_equal(record.type, want[i].type);
		assert_true(nrs_span_is(record.name, want[i].name));
		assert_true(nrs_span_is(record.target, want[i].target));
		assert_int_equal(record.ttl_s, i == 0 ? 0 : 60);
		if (record.type == NRS_DNS_A && i > 0)
			assert_memory_equal(record.rdata.ptr, "\xc0\0\x02\x07",
					    4);
	}
	struct nrs_span rest = record.rdata;
	assert_true(nrs_dns_txt(&rest, &string));
	assert_true(nrs_span_is(string, "hi"));
	assert_true(nrs_dns_txt(&rest, &string));
	assert_true(nrs_span_is(string, "yo"));
	assert_false(nrs_dns_txt(&rest, &string));
	assert_int_equal(nrs_dns_next(&dns, &record, &room), NRS_E_NOTFOUND);
}

/* Cut anywhere it ends with an error, and what came before was good. */
static void every_cut_is_noticed(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(answer) - 1; len++) {
		uint8_t *copy = malloc(len + 1); /* asan sees a byte too far */
		struct nrs_dns dns;
		struct nrs_dns_record record = {0};
		struct nrs_dns_room room;
		int err;

		assert_non_null(copy);
		memcpy(copy, answer, len);
		err = nrs_dns_open(&dns, nrs_span(copy, len));
		while (err == NRS_OK)
			err = nrs_dns_next(&dns, &record, &room);
		assert_true(err == NRS_E_TRUNCATED || err == NRS_E_FORMAT);
		free(copy);
	}
}

static int name_of(const char *message, size_t len, struct nrs_dns_room *room,
		   struct nrs_dns_record *record)
{
	struct nrs_dns dns;
	const int err = nrs_dns_open(&dns, nrs_span(message, len));

	return err != NRS_OK ? err : nrs_dns_next(&dns, record, room);
}

#define HEAD "\0\0\0\0\0\1\0\0\0\0\0\0"
#define TAIL "\0\1\0\1"

static void hostile_names_end(void **state)
{
	static const struct {
		const char *name, *message;
		size_t len;
	} rows[] = {
		{"a pointer to itself", HEAD "\xc0\x0c" TAIL, 18},
		{"a pointer forward",
		 HEAD "\xc0\x0e\x01"
		      "a" TAIL,
		 20},
		{"two that point at each other",
		 HEAD "\x01"
		      "a\xc0\x10"
		      "\xc0\x0c" TAIL,
		 22},
		{"an extended label", HEAD "\x40\x01" TAIL, 18},
		{"a label beyond the message",
		 HEAD "\x3f"
		      "a" TAIL,
		 18},
	};
	struct nrs_dns_record record = {0};
	struct nrs_dns_room room;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int err =
			name_of(rows[i].message, rows[i].len, &room, &record);

		if (err != NRS_E_FORMAT && err != NRS_E_TRUNCATED)
			fail_msg("%s: %d", rows[i].name, err);
	}
}

static void names_of_any_octets_stay_told_apart(void **state)
{
	struct nrs_dns_record record = {0};
	struct nrs_dns_room room;

	(void)state;
	/* one label "a.b" is not the two labels a and b */
	assert_int_equal(name_of(HEAD "\x03"
				      "a.b\x00" TAIL,
				 21, &room, &record),
			 NRS_OK);
	assert_true(nrs_span_is(record.name, "a\\.b"));
	assert_int_equal(name_of(HEAD "\x01"
				      "a\x01"
				      "b\x00" TAIL,
				 21, &room, &record),
			 NRS_OK);
	assert_true(nrs_span_is(record.name, "a.b"));
	assert_int_equal(name_of(HEAD "\x00" TAIL, 17, &room, &record), NRS_OK);
	assert_int_equal(record.name.len, 0);
}

static void what_is_no_dns_is_refused(void **state)
{
	struct nrs_dns dns;

	(void)state;
	assert_int_equal(nrs_dns_open(&dns, nrs_span("\0\0\0", 3)),
			 NRS_E_TRUNCATED);
	/* opcode 15; counts that cannot fit */
	assert_int_equal(
		nrs_dns_open(&dns, nrs_span("\0\0\x78\0\0\1\0\0\0\0\0\0", 12)),
		NRS_E_FORMAT);
	assert_int_equal(
		nrs_dns_open(&dns,
			     nrs_span("\0\0\0\0\xff\xff\0\0\0\0\0\0", 12)),
		NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_order),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(hostile_names_end),
		cmocka_unit_test(names_of_any_octets_stay_told_apart),
		cmocka_unit_test(what_is_no_dns_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
