/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seen_table: what is one observation and what are two; order, bounds.
 */
#include "tests/logs/seen_made.h"

#include "logs/seen_table.h"

#define HOUR NRS_SEEN_HOUR_NS
#define ROWS_MAX 16

struct got {
	struct nrs_seen_room room[4];
	struct nrs_seen_row rows[ROWS_MAX];
	int64_t hours[4];
	size_t count, blocks;
	int answer; /* what the writer says */
};

static struct nrs_home_nets home;

static struct nrs_seen_table *make(uint32_t rows_max, size_t values_max)
{
	struct nrs_seen_table *table = NULL;

	nrs_home_nets_default(&home);
	assert_int_equal(nrs_seen_table_new(&table, rows_max, values_max),
			 NRS_OK);
	return table;
}

static int add(struct nrs_seen_table *table, const char *name, const char *src,
	       int64_t ts_ns)
{
	const struct seen_made made =
		seen_make(NRS_F_TLS_SNI, name, src, ts_ns);

	return nrs_seen_table_add(table, &made.seen, &home);
}

static int on_block(void *ctx, struct nrs_span block, int64_t hour)
{
	struct got *got = ctx;
	struct nrs_seen_head head;
	size_t count = 0;

	assert_int_equal(nrs_seen_head_read(block.ptr, &head), NRS_OK);
	assert_int_equal(nrs_seen_block_read(
				 &got->room[got->blocks], &head,
				 nrs_span_from(block, NRS_SEEN_HEAD), &count),
			 NRS_OK);
	assert_true(got->count + count <= ROWS_MAX);
	memcpy(got->rows + got->count, got->room[got->blocks].rows,
	       count * sizeof(*got->rows));
	got->count += count;
	assert_int_equal(head.hour, hour);
	got->hours[got->blocks++] = hour;
	return got->answer;
}

static void got_end(struct got *got)
{
	for (size_t i = 0; i < 4; i++)
		nrs_seen_room_fini(&got->room[i]);
}

static void the_same_again_is_counted(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct got got = {0};

	(void)state;
	assert_int_equal(add(table, "A.example", "10.0.0.1", SEEN_NOON + 5000),
			 NRS_OK);
	/* without case; the first writing stays; times may go back */
	assert_int_equal(add(table, "a.EXAMPLE", "10.0.0.1", SEEN_NOON + 9000),
			 NRS_OK);
	assert_int_equal(add(table, "a.example", "10.0.0.1", SEEN_NOON + 2999),
			 NRS_OK);
	assert_int_equal(nrs_seen_table_rows(table), 1);
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_OK);
	assert_int_equal(got.count, 1);
	assert_int_equal(got.rows[0].count, 3);
	assert_int_equal(got.rows[0].first_ns, SEEN_NOON + 2000);
	assert_int_equal(got.rows[0].last_ns, SEEN_NOON + 9000);
	assert_true(nrs_span_is(got.rows[0].value, "A.example"));
	assert_int_equal(nrs_seen_table_rows(table), 0);
	got_end(&got);
	nrs_seen_table_free(table);
}

static void host_role_hour_field_and_value_make_another(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct got got = {0};

	(void)state;
	assert_int_equal(add(table, "b.example", "10.0.0.2", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "b.example", "10.0.0.1", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "a.example", "10.0.0.9", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "b.example", "10.0.0.1", SEEN_NOON + HOUR),
			 NRS_OK);
	struct seen_made made =
		seen_make(NRS_F_DNS_QUERY, "b.example", "10.0.0.1", SEEN_NOON);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	/* from outside: the server is own */
	made = seen_make(NRS_F_TLS_SNI, "b.example", "198.51.100.1", SEEN_NOON);
	seen_addr(&made.seen.dst, "10.0.0.1");
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_oldest(table),
			 nrs_seen_hour(SEEN_NOON));
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_OK);
	assert_int_equal(got.blocks, 2);
	assert_int_equal(got.hours[1], got.hours[0] + 1);
	assert_int_equal(got.count, 6);
	/* by hour, field, value, role and own host */
	assert_int_equal(got.rows[0].field, NRS_F_DNS_QUERY);
	assert_true(nrs_span_is(got.rows[1].value, "a.example"));
	assert_int_equal(got.rows[2].client.bytes[15], 1);
	assert_int_equal(got.rows[3].client.bytes[15], 2);
	assert_false(got.rows[4].own_is_client);
	assert_int_equal(got.rows[5].first_ns, SEEN_NOON + HOUR);
	got_end(&got);
	nrs_seen_table_free(table);
}

static void what_came_further_has_a_row_of_its_own(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct seen_made made =
		seen_make(NRS_F_TLS_SNI, "b.example", "10.0.0.1", SEEN_NOON);
	struct got got = {0};

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		made.seen.outcome = i % 3 == 0 ? NRS_OUTCOME_ESTABLISHED
					       : NRS_OUTCOME_ATTEMPTED;
		assert_int_equal(nrs_seen_table_add(table, &made.seen, &home),
				 NRS_OK);
	}
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_OK);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.rows[0].outcome, NRS_OUTCOME_ATTEMPTED);
	assert_int_equal(got.rows[0].count, 4);
	assert_int_equal(got.rows[1].outcome, NRS_OUTCOME_ESTABLISHED);
	assert_int_equal(got.rows[1].count, 2);
	got_end(&got);
	nrs_seen_table_free(table);
}

static void a_server_has_a_row_for_each_of_its_ports(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct seen_made made =
		seen_make(NRS_F_IP_DST, "192.0.2.80", "10.0.0.1", SEEN_NOON);

	(void)state;
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made.seen.dst_port = 80;
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made.seen.proto = 17;
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_rows(table), 3);
	/* of a client its own do not count */
	made = seen_make(NRS_F_IP_SRC, "10.0.0.1", "10.0.0.1", SEEN_NOON);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made.seen.dst_port = 80;
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_rows(table), 4);
	nrs_seen_table_free(table);
}

/* Both ends where both are own; of strangers never. */
static void own_hosts_are_their_tokens_where_that_is_wanted(void **state)
{
	static const uint8_t key[NRS_OWN_KEY_LEN] = {1, 2, 3};
	struct nrs_seen_table *table = make(100, 10000);
	struct nrs_own_tokens *tokens = NULL;
	struct seen_made made =
		seen_make(NRS_F_TLS_SNI, "b.example", "10.0.0.2", SEEN_NOON);
	struct got got = {0};

	(void)state;
	assert_int_equal(nrs_own_tokens_new(&tokens, key), NRS_OK);
	nrs_seen_table_tokens(table, tokens);
	const struct nrs_addr own =
		nrs_own_token(nrs_span(key, sizeof(key)), &made.seen.src);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made = seen_make(NRS_F_TLS_SNI, "c.example", "198.51.100.1", SEEN_NOON);
	seen_addr(&made.seen.dst, "10.0.0.2");
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made = seen_make(NRS_F_TLS_SNI, "d.example", "10.0.0.9", SEEN_NOON);
	seen_addr(&made.seen.dst, "10.0.0.2");
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made = seen_make(NRS_F_TLS_SNI, "e.example", "198.51.100.1", SEEN_NOON);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_OK);
	assert_int_equal(got.count, 4);
	static const struct {
		bool client, server;
	} want[] = {{true, false}, {false, true}, {true, true}, {false, false}};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(got.rows[i].client_is_token, want[i].client);
		assert_int_equal(got.rows[i].server_is_token, want[i].server);
	}
	assert_int_equal(got.rows[0].count, 2);
	assert_int_equal(nrs_addr_compare(&got.rows[0].client, &own), 0);
	assert_int_equal(nrs_addr_compare(&got.rows[1].server, &own), 0);
	assert_int_equal(nrs_addr_compare(&got.rows[2].server, &own), 0);
	got_end(&got);
	nrs_seen_table_free(table);
	nrs_own_tokens_free(tokens);
}

static void text_is_told_apart_by_case(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct seen_made made = seen_make(NRS_F_HTTP_URL, "http://a.example/X",
					  "10.0.0.1", SEEN_NOON);

	(void)state;
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	made = seen_make(NRS_F_HTTP_URL, "http://a.example/x", "10.0.0.1",
			 SEEN_NOON);
	assert_int_equal(nrs_seen_table_add(table, &made.seen, &home), NRS_OK);
	assert_int_equal(nrs_seen_table_rows(table), 2);
	nrs_seen_table_free(table);
}

static void what_is_full_says_so_and_goes_on_counting(void **state)
{
	struct nrs_seen_table *table = make(2, 10000);
	struct got got = {0};

	(void)state;
	assert_int_equal(add(table, "a.example", "10.0.0.1", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "a.example", "10.0.0.2", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "a.example", "10.0.0.3", SEEN_NOON),
			 NRS_E_LIMIT);
	assert_int_equal(add(table, "b.example", "10.0.0.1", SEEN_NOON),
			 NRS_E_LIMIT);
	assert_int_equal(add(table, "a.example", "10.0.0.2", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_OK);
	assert_int_equal(got.count, 2);
	assert_int_equal(add(table, "b.example", "10.0.0.1", SEEN_NOON),
			 NRS_OK);
	got_end(&got);
	nrs_seen_table_free(table);
	table = make(100, 12); /* octets of values */
	assert_int_equal(add(table, "a.example", "10.0.0.1", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(add(table, "b.example", "10.0.0.1", SEEN_NOON),
			 NRS_E_LIMIT);
	nrs_seen_table_free(table);
}

static void a_writer_that_fails_leaves_an_empty_table(void **state)
{
	struct nrs_seen_table *table = make(100, 10000);
	struct got got = {.answer = NRS_E_IO};

	(void)state;
	assert_int_equal(add(table, "a.example", "10.0.0.1", SEEN_NOON),
			 NRS_OK);
	assert_int_equal(nrs_seen_table_write(table, &got, on_block), NRS_E_IO);
	assert_int_equal(nrs_seen_table_rows(table), 0);
	got_end(&got);
	nrs_seen_table_free(table);
	nrs_seen_table_free(NULL);
}

/* More than the first arrays and slots hold. */
static void thousands_are_told_apart(void **state)
{
	struct nrs_seen_table *table = make(10000, 1000000);
	char name[32];

	(void)state;
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 3000; i++) {
			snprintf(name, sizeof(name), "n%u.example", i);
			assert_int_equal(
				add(table, name, "10.0.0.1", SEEN_NOON),
				NRS_OK);
		}
	}
	assert_int_equal(nrs_seen_table_rows(table), 3000);
	nrs_seen_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_again_is_counted),
		cmocka_unit_test(host_role_hour_field_and_value_make_another),
		cmocka_unit_test(what_came_further_has_a_row_of_its_own),
		cmocka_unit_test(a_server_has_a_row_for_each_of_its_ports),
		cmocka_unit_test(
			own_hosts_are_their_tokens_where_that_is_wanted),
		cmocka_unit_test(text_is_told_apart_by_case),
		cmocka_unit_test(what_is_full_says_so_and_goes_on_counting),
		cmocka_unit_test(a_writer_that_fails_leaves_an_empty_table),
		cmocka_unit_test(thousands_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
