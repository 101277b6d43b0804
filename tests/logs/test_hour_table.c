/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hour_table: with whom, how and in which hour traffic counts.
 */
#include "tests/nrs_test.h"

#include "logs/hour_table.h"
#include "logs/seen_row.h"

#define HOUR NRS_SEEN_HOUR_NS
#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */
#define ROWS_MAX 32

struct got {
	struct nrs_hour_row rows[ROWS_MAX];
	unsigned int count;
	int answer; /* what the writer says */
};

static int on_row(void *ctx, const struct nrs_hour_row *row)
{
	struct got *got = ctx;

	assert_true(got->count < ROWS_MAX);
	got->rows[got->count++] = *row;
	return got->answer;
}

/* 10.1/16 and fd00:1::/48 are finance's, 10.2/16 is sales'; 10/8 is own. */
static struct nrs_hour_table *make(struct got *got)
{
	static struct nrs_tenant tenants[2] = {{.name = "finance"},
					       {.name = "sales"}};
	static struct nrs_home_nets home;
	const struct nrs_hour_table_options options = {.home = &home,
						       .tenants = tenants,
						       .tenant_count = 2,
						       .ctx = got,
						       .write = on_row};
	struct nrs_hour_table *table = NULL;

	assert_int_equal(
		nrs_home_nets_parse(&home, nrs_span_of("10.0.0.0/8,fd00::/8")),
		NRS_OK);
	assert_int_equal(
		nrs_home_nets_parse(&tenants[0].nets,
				    nrs_span_of("10.1.0.0/16,fd00:1::/48")),
		NRS_OK);
	assert_int_equal(nrs_home_nets_parse(&tenants[1].nets,
					     nrs_span_of("10.2.0.0/16")),
			 NRS_OK);
	assert_int_equal(nrs_hour_table_new(&table, &options), NRS_OK);
	return table;
}

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr out;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &out), NRS_OK);
	return out;
}

static struct nrs_record_ended flow(const char *src, const char *dst,
				    int64_t last_ns)
{
	return (struct nrs_record_ended){
		.head = {.kind = NRS_RECORD_ENDED, .ts_ns = last_ns},
		.flow = {.src = addr(src),
			 .dst = addr(dst),
			 .start_ns = last_ns - 2 * HOUR,
			 .proto = 6,
			 .outcome = NRS_OUTCOME_ESTABLISHED,
			 .protocols = 1u << NRS_TXN_TLS},
		.last_ns = last_ns,
		.packets = {3, 5},
		.bytes = {300, 5000}};
}

static void add(struct nrs_hour_table *table, const char *src, const char *dst,
		int64_t last_ns)
{
	const struct nrs_record_ended ended = flow(src, dst, last_ns);

	assert_int_equal(nrs_hour_table_flow(table, &ended), NRS_OK);
}

static void ask(struct nrs_hour_table *table, const char *client,
		const char *server, enum nrs_ask asked, uint16_t what)
{
	const struct nrs_record_asked record = {
		.head = {.kind = NRS_RECORD_ASKED, .ts_ns = NOON},
		.client = addr(client),
		.server = addr(server),
		.what = what,
		.asked = (uint8_t)asked};

	assert_int_equal(nrs_hour_table_asked(table, &record), NRS_OK);
}

/* "NAME:counter=n,..." of all rows that were written. */
static void assert_rows(const struct got *got, const char *want)
{
	struct nrs_text out = {0};

	for (unsigned int i = 0; i < got->count; i++) {
		const struct nrs_hour_row *row = &got->rows[i];

		nrs_text_printf(&out, "%s%s:", i == 0 ? "" : " ",
				row->owner == NRS_HOUR_TRANSIT ? "transit"
							       : row->name);
		for (unsigned int c = 0; c < NRS_HOUR_COUNTERS_END; c++) {
			if (row->count[c] != 0)
				nrs_text_printf(
					&out, "%u=%llu,", c,
					(unsigned long long)row->count[c]);
		}
	}
	nrs_text_putc(&out, '\0');
	assert_string_equal((char *)out.ptr, want);
	nrs_text_fini(&out);
}

/* The rows that one flow makes, as their counters by number. */
static void a_flow_counts_with_each_end_that_is_own(void **state)
{
#define COMMON "16=1,17=1,23=1,"
	static const struct {
		const char *src, *dst, *want;
	} rows[] = {
		{"10.1.0.1", "192.0.2.1",
		 "finance:0=1,4=3,5=5,8=300,9=5000," COMMON},
		{"192.0.2.1", "fd00:1::1",
		 "finance:1=1,4=5,5=3,8=5000,9=300," COMMON},
		{"10.1.0.1", "10.1.0.2", "finance:2=1,6=8,10=5300," COMMON},
		{"10.1.0.1", "10.2.0.2",
		 "finance:2=1,6=8,10=5300," COMMON
		 " sales:2=1,6=8,10=5300," COMMON},
		{"10.9.0.1", "192.0.2.1",
		 "10.0.0.0/8:0=1,4=3,5=5,8=300,9=5000," COMMON},
		{"192.0.2.1", "198.51.100.1",
		 "transit:3=1,7=8,11=5300," COMMON},
	};

	(void)state;
	assert_int_equal(NRS_HOUR_ESTABLISHED, 16);
	assert_int_equal(NRS_HOUR_TCP, 17);
	assert_int_equal(NRS_HOUR_SPOKE_TLS, 23);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct got got = {0};
		struct nrs_hour_table *table = make(&got);

		print_message("%s %s\n", rows[i].src, rows[i].dst);
		add(table, rows[i].src, rows[i].dst, NOON);
		assert_int_equal(nrs_hour_table_write(table), NRS_OK);
		assert_rows(&got, rows[i].want);
		nrs_hour_table_free(table);
	}
}

static void outcome_transport_and_hits_are_told_apart(void **state)
{
	static const struct {
		uint8_t proto, outcome;
		enum nrs_hour_counter transport, end;
	} rows[] = {
		{6, NRS_OUTCOME_UNKNOWN, NRS_HOUR_TCP, NRS_HOUR_UNKNOWN},
		{17, NRS_OUTCOME_ATTEMPTED, NRS_HOUR_UDP, NRS_HOUR_ATTEMPTED},
		{1, NRS_OUTCOME_BLOCKED, NRS_HOUR_ICMP, NRS_HOUR_BLOCKED},
		{58, NRS_OUTCOME_ANSWERED, NRS_HOUR_ICMP, NRS_HOUR_ANSWERED},
		{47, NRS_OUTCOME_ESTABLISHED, NRS_HOUR_OTHER,
		 NRS_HOUR_ESTABLISHED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct got got = {0};
		struct nrs_hour_table *table = make(&got);
		struct nrs_record_ended ended =
			flow("10.1.0.1", "192.0.2.1", NOON);

		ended.flow.proto = rows[i].proto;
		ended.flow.outcome = rows[i].outcome;
		ended.flow.protocols = 0;
		ended.has_hits = i % 2 == 0;
		print_message("%u\n", (unsigned int)rows[i].proto);
		assert_int_equal(nrs_hour_table_flow(table, &ended), NRS_OK);
		assert_int_equal(nrs_hour_table_write(table), NRS_OK);
		assert_int_equal(got.count, 1);
		for (unsigned int c = NRS_HOUR_UNKNOWN;
		     c < NRS_HOUR_COUNTERS_END; c++)
			assert_int_equal(got.rows[0].count[c],
					 c == rows[i].transport ||
						 c == rows[i].end ||
						 (c == NRS_HOUR_HIT_FLOWS &&
						  i % 2 == 0));
		nrs_hour_table_free(table);
	}
}

/* Types of the IANA registry of DNS parameters. */
static void questions_count_by_type_and_answers_by_code(void **state)
{
	static const struct {
		uint16_t type;
		enum nrs_hour_counter counter;
	} types[] = {{1, NRS_HOUR_DNS_A},	 {28, NRS_HOUR_DNS_AAAA},
		     {12, NRS_HOUR_DNS_PTR},	 {15, NRS_HOUR_DNS_MX},
		     {16, NRS_HOUR_DNS_TXT},	 {65, NRS_HOUR_DNS_HTTPS},
		     {64, NRS_HOUR_DNS_SVCB},	 {33, NRS_HOUR_DNS_SRV},
		     {2, NRS_HOUR_DNS_NS},	 {6, NRS_HOUR_DNS_SOA},
		     {5, NRS_HOUR_DNS_CNAME},	 {10, NRS_HOUR_DNS_NULL},
		     {43, NRS_HOUR_DNS_DS},	 {48, NRS_HOUR_DNS_DNSKEY},
		     {252, NRS_HOUR_DNS_AXFR},	 {255, NRS_HOUR_DNS_ANY},
		     {0, NRS_HOUR_DNS_OTHER},	 {99, NRS_HOUR_DNS_OTHER},
		     {65535, NRS_HOUR_DNS_OTHER}};
	static const enum nrs_hour_counter codes[] = {
		NRS_HOUR_RCODE_NOERROR,	 NRS_HOUR_RCODE_FORMERR,
		NRS_HOUR_RCODE_SERVFAIL, NRS_HOUR_RCODE_NXDOMAIN,
		NRS_HOUR_RCODE_NOTIMP,	 NRS_HOUR_RCODE_REFUSED,
		NRS_HOUR_RCODE_OTHER,	 NRS_HOUR_RCODE_OTHER};
	struct nrs_hour_row want = {0};
	struct got got = {0};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		ask(table, "10.1.0.1", "192.0.2.53", NRS_ASKED_DNS,
		    types[i].type);
		want.count[types[i].counter]++;
		want.count[NRS_HOUR_ASKED_DNS]++;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		ask(table, "10.1.0.1", "192.0.2.53", NRS_ASKED_DNS_ANSWER,
		    (uint16_t)i);
		want.count[codes[i]]++;
	}
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.count, 1);
	assert_memory_equal(got.rows[0].count, want.count, sizeof(want.count));
	nrs_hour_table_free(table);
}

static void who_asks_and_who_serves_is_told(void **state)
{
	struct got got = {0};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	ask(table, "10.1.0.1", "10.2.0.53", NRS_ASKED_DNS, 1);
	ask(table, "10.1.0.1", "10.2.0.53", NRS_ASKED_DNS_ANSWER, 3);
	ask(table, "198.51.100.1", "10.2.0.53", NRS_ASKED_DNS, 16);
	ask(table, "198.51.100.1", "10.2.0.53", NRS_ASKED_DNS_ANSWER, 5);
	ask(table, "198.51.100.1", "192.0.2.1", NRS_ASKED_HTTP, 0);
	ask(table, "10.1.0.1", "192.0.2.1", NRS_ASKED_TLS, 0);
	ask(table, "10.1.0.1", "10.1.0.2", NRS_ASKED_HTTP, 0);
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.count, 3);
	assert_string_equal(got.rows[0].name, "finance");
	assert_int_equal(got.rows[0].count[NRS_HOUR_ASKED_DNS], 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_DNS_A], 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_RCODE_NXDOMAIN], 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_ASKED_TLS], 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_ASKED_HTTP], 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_SERVED_HTTP], 1);
	/* a stranger's questions are the server's to serve, no more */
	assert_string_equal(got.rows[1].name, "sales");
	assert_int_equal(got.rows[1].count[NRS_HOUR_SERVED_DNS], 2);
	assert_int_equal(got.rows[1].count[NRS_HOUR_DNS_TXT], 0);
	assert_int_equal(got.rows[1].count[NRS_HOUR_RCODE_REFUSED], 0);
	assert_int_equal(got.rows[2].owner, NRS_HOUR_TRANSIT);
	assert_int_equal(got.rows[2].count[NRS_HOUR_ASKED_HTTP], 1);
	nrs_hour_table_free(table);
}

static void an_hour_is_that_of_the_last_packet(void **state)
{
	struct got got = {0};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	assert_true(nrs_hour_table_oldest(table) == INT64_MAX);
	add(table, "10.1.0.1", "192.0.2.1", NOON + HOUR);
	add(table, "10.1.0.1", "192.0.2.1", NOON + HOUR - 1);
	add(table, "10.1.0.1", "192.0.2.1", NOON + 7);
	assert_true(nrs_hour_table_oldest(table) == nrs_seen_hour(NOON));
	assert_int_equal(got.count, 0);
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.rows[0].hour, nrs_seen_hour(NOON));
	assert_int_equal(got.rows[0].first_ns, NOON + 7);
	assert_int_equal(got.rows[0].last_ns, NOON + HOUR - 1);
	assert_int_equal(got.rows[0].count[NRS_HOUR_FLOWS_OUT], 2);
	assert_int_equal(got.rows[1].hour, nrs_seen_hour(NOON) + 1);
	assert_true(nrs_hour_table_oldest(table) == INT64_MAX);
	/* nothing is written twice */
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.count, 2);
	nrs_hour_table_free(table);
}

static void what_comes_after_the_writing_is_another_piece(void **state)
{
	struct got got = {0};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		add(table, "10.1.0.1", "192.0.2.1", NOON + i);
		assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	}
	assert_int_equal(got.count, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(got.rows[i].part, i + 1);
		assert_int_equal(got.rows[i].first_ns, NOON + i);
		assert_int_equal(got.rows[i].count[NRS_HOUR_FLOWS_OUT], 1);
	}
	nrs_hour_table_free(table);
}

static void few_hours_are_open_and_the_earliest_gives_place(void **state)
{
	struct got got = {0};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		add(table, "10.1.0.1", "192.0.2.1", NOON + i * HOUR);
	assert_int_equal(got.count, 1);
	assert_int_equal(got.rows[0].hour, nrs_seen_hour(NOON));
	/* late, and from before 1970 */
	add(table, "10.1.0.1", "192.0.2.1", -1);
	assert_int_equal(got.count, 2);
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.count, 6);
	assert_int_equal(got.rows[2].hour, -1);
	nrs_hour_table_free(table);
}

static void a_writer_that_fails_is_told_and_the_table_goes_on(void **state)
{
	struct got got = {.answer = NRS_E_IO};
	struct nrs_hour_table *table = make(&got);

	(void)state;
	add(table, "10.1.0.1", "192.0.2.1", NOON);
	add(table, "10.1.0.1", "192.0.2.1", NOON + HOUR);
	assert_int_equal(nrs_hour_table_write(table), NRS_E_IO);
	assert_int_equal(got.count, 2);
	got.answer = NRS_OK;
	add(table, "10.1.0.1", "192.0.2.1", NOON);
	assert_int_equal(nrs_hour_table_write(table), NRS_OK);
	assert_int_equal(got.rows[2].count[NRS_HOUR_FLOWS_OUT], 1);
	nrs_hour_table_free(table);
	nrs_hour_table_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flow_counts_with_each_end_that_is_own),
		cmocka_unit_test(outcome_transport_and_hits_are_told_apart),
		cmocka_unit_test(questions_count_by_type_and_answers_by_code),
		cmocka_unit_test(who_asks_and_who_serves_is_told),
		cmocka_unit_test(an_hour_is_that_of_the_last_packet),
		cmocka_unit_test(what_comes_after_the_writing_is_another_piece),
		cmocka_unit_test(
			few_hours_are_open_and_the_earliest_gives_place),
		cmocka_unit_test(
			a_writer_that_fails_is_told_and_the_table_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
