/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_retro: rows and lines through the matcher: what hits, at what time, and
 * what a log of single values does not decide.
 */
#include "tests/capture/made_db.h"

#include "logs/retro.h"
#include "tests/engine/empty_set.h"
#include "tests/logs/seen_made.h"

#define SECOND INT64_C(1000000000)

struct bench {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_retro *retro;
	struct nrs_text records;
};

static void begin(struct bench *b, const char *pattern)
{
	*b = (struct bench){0};
	b->db = build(&b->set, pattern, 1);
	const struct nrs_retro_options options = {
		.db = b->db, .from_ns = NRS_TIME_MIN, .to_ns = NRS_TIME_MAX};
	assert_int_equal(nrs_retro_new(&b->retro, &options), NRS_OK);
}

static void end(struct bench *b)
{
	nrs_retro_free(b->retro);
	nrs_text_fini(&b->records);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
}

static unsigned int hits(const struct bench *b)
{
	unsigned int count = 0;

	for (size_t at = 0; at < b->records.len; count++)
		at += ((const struct nrs_record
				*)(const void *)(b->records.ptr + at))
			      ->bytes;
	return count;
}

static struct nrs_seen_row row_of(enum nrs_field field, const char *value,
				  const char *client)
{
	struct nrs_seen_row row = {.field = field,
				   .value = nrs_span_of(value),
				   .first_ns = SEEN_NOON,
				   .last_ns = SEEN_NOON + SECOND,
				   .count = 3,
				   .server_port = 443,
				   .proto = 6,
				   .txn_kind = NRS_TXN_TLS,
				   .outcome = NRS_OUTCOME_ANSWERED,
				   .own_is_client = true};

	seen_addr(&row.client, client);
	seen_addr(&row.server, "192.0.2.80");
	return row;
}

static void each_row_of_a_value_that_hits_is_a_hit(void **state)
{
	const struct nrs_seen_row rows[] = {
		row_of(NRS_F_TLS_SNI, "a.example", "10.0.0.1"),
		row_of(NRS_F_TLS_SNI, "c2.example", "10.0.0.1"),
		row_of(NRS_F_TLS_SNI, "c2.example", "10.0.0.2"),
		row_of(NRS_F_TLS_SNI, "z.example", "10.0.0.1"),
	};
	struct bench b;

	(void)state;
	begin(&b, "[domain-name:value = 'c2.example']");
	assert_int_equal(nrs_retro_rows(b.retro, rows, 4, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 2);
	const struct nrs_record_hit *hit = (const void *)b.records.ptr;
	assert_int_equal(hit->head.ts_ns, SEEN_NOON);
	assert_int_equal(hit->txn_start_ns, SEEN_NOON);
	assert_int_equal(hit->txn_end_ns, SEEN_NOON + SECOND);
	assert_int_equal(hit->times, 3);
	assert_int_equal(hit->flow.outcome, NRS_OUTCOME_ANSWERED);
	assert_int_equal(hit->flow.dst_port, 443);
	assert_int_equal(hit->flow.src.bytes[15], 1);
	assert_int_equal(hit->txn_kind, NRS_TXN_TLS);
	assert_int_equal(hit->frame, 0);
	hit = (const void *)(b.records.ptr + hit->head.bytes);
	assert_int_equal(hit->flow.src.bytes[15], 2);
	end(&b);
}

/* The other side is matched as ever, and the family is the host's. */
static void a_token_stands_where_the_own_host_would(void **state)
{
	struct nrs_seen_row row = row_of(NRS_F_IP_DST, "", "100::4:7c1e:90ab");
	struct bench b;

	(void)state;
	row.value = nrs_span(row.server.bytes, 16);
	row.client_is_token = true;
	begin(&b, "[network-traffic:protocols[*] = 'ipv4' AND "
		  "network-traffic:dst_port = 443]");
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 1);
	end(&b);
	begin(&b, "[ipv4-addr:value = '192.0.2.80']");
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 1);
	const struct nrs_record_hit *hit = (const void *)b.records.ptr;
	assert_int_equal(hit->flow.tokens, 1);
	assert_int_equal(nrs_addr_compare(&hit->flow.src, &row.client), 0);
	end(&b);
}

static void a_single_value_decides_no_more_than_itself(void **state)
{
	static const struct {
		const char *pattern;
		unsigned int hits;
	} rows[] = {
		{"[domain-name:value = 'c2.example']", 1},
		{"[domain-name:value LIKE 'c_.example']", 1},
		{"[domain-name:value = 'x.example' OR domain-name:value = "
		 "'c2.example']",
		 1},
		/* true of the value, whatever else there was */
		{"[domain-name:value LIKE 'c%' AND domain-name:value LIKE "
		 "'%2.example']",
		 1},
		{"[domain-name:value = 'c2.example' AND "
		 "network-traffic:dst_port = 443]",
		 0},
		/* nobody knows that it was not there */
		{"[domain-name:value = 'c2.example' AND NOT "
		 "ipv4-addr:value = '192.0.2.80']",
		 0},
		{"[domain-name:value = 'c2.example'] REPEATS 2 TIMES", 0},
	};
	const struct nrs_seen_row row =
		row_of(NRS_F_TLS_SNI, "c2.example", "10.0.0.1");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;

		begin(&b, rows[i].pattern);
		assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records),
				 NRS_OK);
		if (hits(&b) != rows[i].hits)
			fail_msg("%s: %u", rows[i].pattern, hits(&b));
		end(&b);
	}
}

static void addresses_have_their_side(void **state)
{
	struct nrs_addr addr;
	struct nrs_seen_row row = row_of(NRS_F_IP_DST, "", "10.0.0.1");
	struct bench b;

	(void)state;
	seen_addr(&addr, "192.0.2.80");
	row.value = nrs_span(addr.bytes, 16);
	row.txn_kind = NRS_TXN_FLOW;
	begin(&b, "[network-traffic:dst_ref.value = '192.0.2.80']");
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 1);
	end(&b);
	/* its port and protocol are known with it */
	begin(&b, "[network-traffic:dst_ref.value = '192.0.2.80' AND "
		  "network-traffic:dst_port = 443 AND "
		  "network-traffic:protocols[*] = 'tcp']");
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 1);
	row.server_port = 80;
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 1);
	end(&b);
	begin(&b, "[network-traffic:src_ref.value = '192.0.2.80']");
	assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 0);
	end(&b);
}

#define FLOW                                                                   \
	"{\"start\":\"2026-03-01T12:00:00Z\",\"end\":\"2026-03-01T12:00:09Z\"" \
	",\"client\":{\"ip\":\"10.0.0.1\",\"port\":5000,\"packets\":3,"        \
	"\"bytes\":500,\"flags\":\"SA\"},\"server\":{\"ip\":\"192.0.2.80\","   \
	"\"port\":443,\"packets\":1,\"bytes\":60,\"flags\":\"RA\"},"           \
	"\"proto\":6,\"protocols\":[\"ipv4\",\"tcp\"],"                        \
	"\"outcome\":\"blocked\"}"
#define EXCHANGE                                                               \
	"{\"time\":\"2026-03-01T12:00:00Z\",\"kind\":\"tls\","                 \
	"\"transaction\":1,\"client\":{\"ip\":\"10.0.0.1\",\"port\":5000},"    \
	"\"server\":{\"ip\":\"192.0.2.80\",\"port\":443},"                     \
	"\"protocols\":[\"ipv4\",\"tcp\",\"tls\"],\"values\":["                \
	"{\"field\":\"tls.sni\",\"object\":0,\"value\":\"c2.example\"},"       \
	"{\"field\":\"tls.self_signed\",\"object\":0,\"value\":\"1\"},"        \
	"{\"field\":\"no.such\",\"object\":0,\"value\":\"1\"}]}"

static void a_line_is_a_whole_transaction(void **state)
{
	static const struct {
		const char *line, *pattern;
		unsigned int hits;
	} rows[] = {
		{FLOW, "[ipv4-addr:value = '192.0.2.80']", 1},
		{FLOW,
		 "[network-traffic:dst_port = 443 AND "
		 "network-traffic:dst_ref.value = '192.0.2.80']",
		 1},
		{FLOW,
		 "[network-traffic:dst_port = 443 AND "
		 "network-traffic:dst_ref.value = '192.0.2.81']",
		 0},
		{FLOW,
		 "[network-traffic:src_byte_count > 400 AND "
		 "network-traffic:dst_packets < 2]",
		 1},
		{FLOW,
		 "[network-traffic:dst_port = 443 AND NOT "
		 "network-traffic:src_byte_count > 400]",
		 0},
		{EXCHANGE,
		 "[domain-name:value = 'c2.example' AND "
		 "network-traffic:dst_port = 443]",
		 1},
		{EXCHANGE, "[x509-certificate:is_self_signed = true]", 1},
		/* the flow itself is another line */
		{EXCHANGE, "[ipv4-addr:value = '192.0.2.80']", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;

		begin(&b, rows[i].pattern);
		assert_int_equal(nrs_retro_line(b.retro,
						nrs_span_of(rows[i].line),
						&b.records),
				 NRS_OK);
		if (hits(&b) != rows[i].hits)
			fail_msg("%zu %s: %u", i, rows[i].pattern, hits(&b));
		if (rows[i].hits > 0) {
			const struct nrs_record_hit *hit =
				(const void *)b.records.ptr;

			assert_int_equal(hit->flow.src_port, 5000);
			assert_int_equal(hit->flow.proto, 6);
			assert_int_equal(hit->times, 0);
		}
		end(&b);
	}
}

static void other_lines_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"[]",
		"{}",
		"{\"start\":\"2026-03-01T12:00:00Z\"}",
		"{\"time\":\"then\",\"client\":{\"ip\":\"10.0.0.1\"},"
		"\"server\":{\"ip\":\"192.0.2.80\"},\"values\":[]}",
		"{\"time\":\"2026-03-01T12:00:00Z\",\"client\":\"10.0.0.1\","
		"\"server\":{\"ip\":\"192.0.2.80\"},\"values\":[]}",
	};
	struct bench b;

	(void)state;
	begin(&b, "[domain-name:value = 'c2.example']");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(nrs_retro_line(b.retro, nrs_span_of(rows[i]),
						&b.records),
				 NRS_E_FORMAT);
	assert_int_equal(
		nrs_retro_line(b.retro, nrs_span_of(EXCHANGE), &b.records),
		NRS_OK);
	assert_int_equal(hits(&b), 1);
	end(&b);
}

/* Valid from half a second behind the row's first time on. */
static void validity_is_asked_at_both_ends_of_a_row(void **state)
{
	static const struct {
		const char *name;
		int64_t from_ns, until_ns;
		unsigned int hits, with_before;
	} rows[] = {
		{"holds at the last", SEEN_NOON + SECOND / 2, NRS_TIME_MAX, 1,
		 1},
		{"holds at the first", NRS_TIME_MIN, SEEN_NOON + SECOND / 2, 1,
		 1},
		{"began later", SEEN_NOON + 2 * SECOND, NRS_TIME_MAX, 0, 1},
		{"ended before", NRS_TIME_MIN, SEEN_NOON - 1, 0, 0},
	};
	const struct nrs_seen_row row =
		row_of(NRS_F_TLS_SNI, "c2.example", "10.0.0.1");

	(void)state;
	for (size_t k = 0; k < 2 * sizeof(rows) / sizeof(*rows); k++) {
		const size_t i = k / 2;
		const bool takes_before = k % 2 == 1;
		const struct nrs_indicator item = {
			.id = nrs_span_of("indicator--1"),
			.pattern = nrs_span_of("[domain-name:value = "
					       "'c2.example']"),
			.valid_from_ns = rows[i].from_ns,
			.valid_until_ns = rows[i].until_ns,
			.confidence = -1,
			.version = NRS_STIX_21};
		const struct nrs_build_options building = {
			.seats = 1,
			.generation = 1,
			.validity = NRS_VALIDITY_STRICT};
		struct bench b = {0};

		b.set = empty_set();
		assert_int_equal(nrs_set_add(b.set, &item), NRS_OK);
		assert_int_equal(nrs_set_settle(b.set), NRS_OK);
		assert_int_equal(nrs_db_build(&b.db, b.set, &building), NRS_OK);
		const struct nrs_retro_options options = {
			.db = b.db,
			.from_ns = NRS_TIME_MIN,
			.to_ns = NRS_TIME_MAX,
			.takes_before = takes_before};
		assert_int_equal(nrs_retro_new(&b.retro, &options), NRS_OK);
		assert_int_equal(nrs_retro_rows(b.retro, &row, 1, &b.records),
				 NRS_OK);
		if (hits(&b) !=
		    (takes_before ? rows[i].with_before : rows[i].hits))
			fail_msg("%s: %u", rows[i].name, hits(&b));
		const struct nrs_record_hit *hit = (const void *)b.records.ptr;
		if (hits(&b) > 0 && takes_before)
			assert_int_equal(hit->before,
					 rows[i].from_ns > SEEN_NOON);
		end(&b);
	}
}

static void only_the_asked_time_is_looked_at(void **state)
{
	const struct nrs_seen_row row =
		row_of(NRS_F_TLS_SNI, "c2.example", "10.0.0.1");
	struct nrs_retro *retro = NULL;
	struct bench b;

	(void)state;
	begin(&b, "[domain-name:value = 'c2.example']");
	const struct nrs_retro_options options = {.db = b.db,
						  .from_ns = SEEN_NOON +
							     2 * SECOND,
						  .to_ns = NRS_TIME_MAX};
	assert_int_equal(nrs_retro_new(&retro, &options), NRS_OK);
	assert_int_equal(nrs_retro_rows(retro, &row, 1, &b.records), NRS_OK);
	assert_int_equal(hits(&b), 0);
	nrs_retro_free(retro);
	nrs_retro_free(NULL);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_stands_where_the_own_host_would),
		cmocka_unit_test(each_row_of_a_value_that_hits_is_a_hit),
		cmocka_unit_test(a_single_value_decides_no_more_than_itself),
		cmocka_unit_test(addresses_have_their_side),
		cmocka_unit_test(a_line_is_a_whole_transaction),
		cmocka_unit_test(other_lines_are_refused),
		cmocka_unit_test(validity_is_asked_at_both_ends_of_a_row),
		cmocka_unit_test(only_the_asked_time_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
