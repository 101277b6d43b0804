/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hour_row: a row as a line and back, and sums.
 */
#include "tests/nrs_test.h"

#include "engine/transaction.h"
#include "logs/hour_row.h"
#include "logs/seen_row.h"

#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */

static struct nrs_hour_row made(void)
{
	struct nrs_hour_row row = {.hour = nrs_seen_hour(NOON),
				   .first_ns = NOON + 1000000,
				   .last_ns = NOON + 5000000000,
				   .part = 2,
				   .owner = NRS_HOUR_TENANT,
				   .name = "finance"};

	row.count[NRS_HOUR_FLOWS_OUT] = 3;
	row.count[NRS_HOUR_BYTES_IN] = 12345678901;
	row.count[NRS_HOUR_DNS_AAAA] = 7;
	row.count[NRS_HOUR_DNS_OTHER] = 1;
	return row;
}

static const char line[] =
	"{\"hour\":\"2026-03-01T12:00:00Z\",\"tenant\":\"finance\",\"part\":2,"
	"\"first\":\"2026-03-01T12:00:00.001000Z\","
	"\"last\":\"2026-03-01T12:00:05.000000Z\",\"flows\":{\"out\":3},"
	"\"bytes\":{\"in\":12345678901},\"dns\":{\"AAAA\":7,\"other\":1},"
	"\"sensor\":\"edge-07\",\"location\":\"hall 2\"}\n";

static int read_line(struct nrs_hour_row *row, const char *text)
{
	struct nrs_arena *arena = nrs_arena_new(0);

	assert_non_null(arena);
	const int err = nrs_hour_read(row, nrs_span_of(text), arena);
	nrs_arena_free(arena);
	return err;
}

static void a_line_has_what_is_not_0_and_is_read_back(void **state)
{
	const struct nrs_hour_row row = made();
	struct nrs_hour_row back;
	struct nrs_text out = {0};

	(void)state;
	nrs_hour_line(&out, &row, "edge-07", "hall 2");
	nrs_text_putc(&out, '\0');
	assert_string_equal((char *)out.ptr, line);
	assert_int_equal(read_line(&back, (char *)out.ptr), NRS_OK);
	assert_int_equal(nrs_hour_compare(&row, &back), 0);
	assert_memory_equal(back.count, row.count, sizeof(row.count));
	assert_int_equal(back.first_ns, row.first_ns);
	assert_int_equal(back.last_ns, row.last_ns);
	nrs_text_fini(&out);
}

static void who_owns_it_is_told(void **state)
{
	static const struct {
		enum nrs_hour_owner owner;
		const char *name, *want;
	} rows[] = {{NRS_HOUR_TENANT, "transit", "\"tenant\":\"transit\""},
		    {NRS_HOUR_NETWORK, "fd00::/8", "\"network\":\"fd00::/8\""},
		    {NRS_HOUR_TRANSIT, "", "\"network\":\"transit\""}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_hour_row row = made(), back;
		struct nrs_text out = {0};

		row.owner = (uint8_t)rows[i].owner;
		(void)snprintf(row.name, sizeof(row.name), "%s", rows[i].name);
		nrs_hour_line(&out, &row, NULL, NULL);
		nrs_text_putc(&out, '\0');
		print_message("%s\n", rows[i].want);
		assert_non_null(strstr((char *)out.ptr, rows[i].want));
		assert_int_equal(read_line(&back, (char *)out.ptr), NRS_OK);
		assert_int_equal(back.owner, rows[i].owner);
		nrs_text_fini(&out);
	}
}

static void what_is_no_such_line_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"start\":\"2026-03-01T12:00:00Z\"}",
		/* no owner */
		"{\"hour\":\"2026-03-01T12:00:00Z\","
		"\"first\":\"2026-03-01T12:00:00Z\","
		"\"last\":\"2026-03-01T12:00:00Z\"}",
		/* no time */
		"{\"hour\":\"2026-03-01T12:00:00Z\",\"tenant\":\"a\","
		"\"first\":\"yesterday\",\"last\":\"2026-03-01T12:00:00Z\"}",
		/* a name that is longer than any */
		"{\"hour\":\"2026-03-01T12:00:00Z\","
		"\"first\":\"2026-03-01T12:00:00Z\","
		"\"last\":\"2026-03-01T12:00:00Z\",\"tenant\":\""
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
	};
	struct nrs_hour_row row;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i]);
		assert_int_equal(read_line(&row, rows[i]), NRS_E_FORMAT);
	}
}

static void counters_that_are_none_count_nothing(void **state)
{
	struct nrs_hour_row row;

	(void)state;
	assert_int_equal(
		read_line(&row,
			  "{\"hour\":\"2026-03-01T12:00:00Z\",\"tenant\":\"a\","
			  "\"first\":\"2026-03-01T12:00:00Z\","
			  "\"last\":\"2026-03-01T12:00:00Z\","
			  "\"flows\":{\"out\":-3,\"in\":\"x\",\"sideways\":4,"
			  "\"internal\":99999999999999999999},"
			  "\"bytes\":[1],\"asked\":{\"dns\":2}}"),
		NRS_OK);
	for (unsigned int i = 0; i < NRS_HOUR_COUNTERS_END; i++)
		assert_int_equal(row.count[i], i == NRS_HOUR_ASKED_DNS ? 2 : 0);
}

static void pieces_of_an_hour_add_up(void **state)
{
	struct nrs_hour_row sum = made();
	struct nrs_hour_row more = made();

	(void)state;
	more.first_ns -= 1000;
	more.last_ns += 1000;
	more.count[NRS_HOUR_FLOWS_OUT] = 4;
	more.count[NRS_HOUR_BYTES_IN] = UINT64_MAX;
	nrs_hour_sum(&sum, &more);
	assert_int_equal(sum.count[NRS_HOUR_FLOWS_OUT], 7);
	assert_int_equal(sum.count[NRS_HOUR_DNS_AAAA], 14);
	assert_true(sum.count[NRS_HOUR_BYTES_IN] == UINT64_MAX);
	assert_int_equal(sum.first_ns, more.first_ns);
	assert_int_equal(sum.last_ns, more.last_ns);
}

static void rows_stand_by_hour_owner_and_name(void **state)
{
	struct nrs_hour_row a = made(), b = made();

	(void)state;
	b.name[0] = 'g';
	assert_true(nrs_hour_compare(&a, &b) < 0);
	a.owner = NRS_HOUR_NETWORK;
	assert_true(nrs_hour_compare(&a, &b) > 0);
	b.hour++;
	assert_true(nrs_hour_compare(&a, &b) < 0);
}

/* The names of what is spoken are those of transactions, in their order. */
static void what_is_spoken_has_the_names_of_transactions(void **state)
{
	(void)state;
	for (unsigned int k = NRS_TXN_DNS; k < NRS_TXN_KINDS; k++) {
		struct nrs_hour_row row = {.owner = NRS_HOUR_TRANSIT};
		struct nrs_text out = {0};
		char want[64];

		row.count[NRS_HOUR_SPOKE_DNS + k - NRS_TXN_DNS] = 5;
		nrs_hour_line(&out, &row, NULL, NULL);
		nrs_text_putc(&out, '\0');
		(void)snprintf(want, sizeof(want), "\"spoken\":{\"%s\":5}",
			       nrs_txn_protocol((enum nrs_txn_kind)k));
		print_message("%s\n", want);
		assert_non_null(strstr((char *)out.ptr, want));
		nrs_text_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_what_is_not_0_and_is_read_back),
		cmocka_unit_test(who_owns_it_is_told),
		cmocka_unit_test(what_is_no_such_line_is_refused),
		cmocka_unit_test(counters_that_are_none_count_nothing),
		cmocka_unit_test(pieces_of_an_hour_add_up),
		cmocka_unit_test(rows_stand_by_hour_owner_and_name),
		cmocka_unit_test(what_is_spoken_has_the_names_of_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
