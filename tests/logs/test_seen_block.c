/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seen_block: rows come back as they were, and whatever is done to the
 * octets of a block gives rows or an error.
 */
#include "tests/nrs_test.h"

#include "engine/base/checksum.h"
#include "engine/base/unpack.h"
#include "engine/record.h"
#include "logs/seen_block.h"
#include "logs/seen_column.h"

#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */
#define US 1000
#define ROWS 6 /* of make_rows */

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr out;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &out), NRS_OK);
	return out;
}

/* Sorted by field and value, as a table gives them. */
static size_t make_rows(struct nrs_seen_row rows[8])
{
	static struct nrs_addr server;
	const struct nrs_seen_row made[] = {
		{.field = NRS_F_IP_DST,
		 .value = nrs_span(server.bytes, 16),
		 .client = addr("10.0.0.7"),
		 .server = addr("192.0.2.9"),
		 .first_ns = NOON + 5 * US,
		 .last_ns = NOON + INT64_C(3599999999) * US,
		 .count = 70000,
		 .server_port = 65535,
		 .proto = 17,
		 .own_is_client = true},
		{.field = NRS_F_DNS_QUERY,
		 .value = nrs_span_of("a.example"),
		 .client = addr("10.0.0.1"),
		 .server = addr("10.0.0.53"),
		 .first_ns = NOON,
		 .last_ns = NOON,
		 .count = 1,
		 .server_port = 53,
		 .proto = 17,
		 .txn_kind = NRS_TXN_DNS,
		 .own_is_client = true},
		{.field = NRS_F_DNS_QUERY,
		 .value = nrs_span_of("a.example"),
		 .client = addr("fd00::1"),
		 .server = addr("2001:db8::53"),
		 .first_ns = NOON + 9 * US,
		 .last_ns = NOON + 10 * US,
		 .count = UINT64_MAX,
		 .server_port = 53,
		 .proto = 17,
		 .txn_kind = NRS_TXN_DNS,
		 .own_is_client = true},
		{.field = NRS_F_TLS_SNI,
		 .value = nrs_span_of("a.example.org"),
		 .client = addr("192.0.2.1"),
		 .server = addr("10.0.0.1"),
		 .first_ns = NOON + 1 * US,
		 .last_ns = NOON + 1 * US,
		 .count = 2,
		 .server_port = 443,
		 .proto = 6,
		 .txn_kind = NRS_TXN_TLS,
		 .outcome = NRS_OUTCOME_ESTABLISHED},
		{.field = NRS_F_TLS_SNI,
		 .value = nrs_span_of("b.example"),
		 .client = addr("100::4:7c1e:90ab"),
		 .server = addr("192.0.2.1"),
		 .first_ns = NOON,
		 .last_ns = NOON,
		 .count = 1,
		 .server_port = 443,
		 .proto = 255,
		 .txn_kind = NRS_TXN_DTLS,
		 .own_is_client = true,
		 .client_is_token = true},
		{.field = NRS_F_TLS_SNI,
		 .value = nrs_span_of("c.example"),
		 .client = addr("100::7c1e:90ab"),
		 .server = addr("100::1"),
		 .first_ns = NOON,
		 .last_ns = NOON,
		 .count = 1,
		 .server_port = 443,
		 .proto = 6,
		 .txn_kind = NRS_TXN_TLS,
		 .server_is_token = true},
	};

	server = addr("192.0.2.9");
	memcpy(rows, made, sizeof(made));
	return sizeof(made) / sizeof(*made);
}

static void write_block(struct nrs_text *block)
{
	struct nrs_pack *pack = nrs_pack_new(3);
	struct nrs_seen_row rows[8];

	assert_non_null(pack);
	assert_int_equal(
		nrs_seen_block_write(block, pack, rows, make_rows(rows)),
		NRS_OK);
	nrs_pack_free(pack);
}

static void is_row(const struct nrs_seen_row *a, const struct nrs_seen_row *b)
{
	assert_int_equal(a->field, b->field);
	assert_int_equal(a->value.len, b->value.len);
	assert_memory_equal(a->value.ptr, b->value.ptr, a->value.len);
	assert_memory_equal(&a->client, &b->client, 16);
	assert_memory_equal(&a->server, &b->server, 16);
	assert_int_equal(a->first_ns, b->first_ns);
	assert_int_equal(a->last_ns, b->last_ns);
	assert_true(a->count == b->count);
	assert_int_equal(a->server_port, b->server_port);
	assert_int_equal(a->proto, b->proto);
	assert_int_equal(a->txn_kind, b->txn_kind);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->own_is_client, b->own_is_client);
	assert_int_equal(a->client_is_token, b->client_is_token);
	assert_int_equal(a->server_is_token, b->server_is_token);
}

static void rows_come_back_as_they_were(void **state)
{
	struct nrs_seen_room room = {0};
	struct nrs_seen_row rows[8];
	struct nrs_seen_head head;
	struct nrs_text block = {0};
	const size_t made = make_rows(rows);
	size_t count = 0;

	(void)state;
	write_block(&block);
	assert_int_equal(nrs_seen_head_read(block.ptr, &head), NRS_OK);
	assert_int_equal(head.rows, made);
	assert_int_equal(head.packed, block.len - NRS_SEEN_HEAD);
	assert_int_equal(head.hour, NOON / NRS_SEEN_HOUR_NS);
	for (unsigned int again = 0; again < 2; again++) {
		assert_int_equal(
			nrs_seen_block_read(&room, &head,
					    nrs_span_from(nrs_text_span(&block),
							  NRS_SEEN_HEAD),
					    &count),
			NRS_OK);
		assert_int_equal(count, made);
		for (size_t i = 0; i < count; i++)
			is_row(&room.rows[i], &rows[i]);
	}
	nrs_seen_room_fini(&room);
	nrs_text_fini(&block);
}

static void a_head_that_makes_no_sense_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t octet;
		const char *name;
	} rows[] = {{0, 'X', "magic"},	  {7, '2', "another version"},
		    {11, 0xff, "packed"}, {15, 0xff, "plain"},
		    {18, 0x7f, "rows"},	  {31, 0x7f, "hour"}};
	struct nrs_text block = {0};
	struct nrs_seen_head head;

	(void)state;
	write_block(&block);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const uint8_t was = block.ptr[rows[i].at];

		block.ptr[rows[i].at] = rows[i].octet;
		if (nrs_seen_head_read(block.ptr, &head) != NRS_E_FORMAT)
			fail_msg("%s", rows[i].name);
		block.ptr[rows[i].at] = was;
	}
	memset(block.ptr + 16, 0, 4);
	assert_int_equal(nrs_seen_head_read(block.ptr, &head), NRS_E_FORMAT);
	nrs_text_fini(&block);
}

/* Reads @plain as a block of @rows, its frame and sum as they should be. */
static int read_plain(struct nrs_seen_room *room, struct nrs_span plain,
		      uint32_t rows, size_t *count)
{
	struct nrs_pack *pack = nrs_pack_new(1);
	struct nrs_text packed = {0};
	struct nrs_hash_key key;

	assert_int_equal(nrs_pack_add(pack, plain, NRS_PACK_END, &packed),
			 NRS_OK);
	nrs_hash_key_init(&key, 0);
	const struct nrs_seen_head head = {
		.packed = (uint32_t)packed.len,
		.plain = (uint32_t)plain.len,
		.rows = rows,
		.sum = nrs_hash(&key, nrs_text_span(&packed)),
		.hour = NOON / NRS_SEEN_HOUR_NS};
	const int err =
		nrs_seen_block_read(room, &head, nrs_text_span(&packed), count);
	nrs_text_fini(&packed);
	nrs_pack_free(pack);
	return err;
}

/* The plain octets of the block that write_block makes, in @room. */
static struct nrs_text plain_of(struct nrs_seen_room *room)
{
	struct nrs_text block = {0}, plain = {0};
	struct nrs_seen_head head;
	size_t count;

	write_block(&block);
	assert_int_equal(nrs_seen_head_read(block.ptr, &head), NRS_OK);
	assert_int_equal(
		nrs_seen_block_read(
			room, &head,
			nrs_span_from(nrs_text_span(&block), NRS_SEEN_HEAD),
			&count),
		NRS_OK);
	nrs_text_add(&plain, nrs_text_span(&room->plain));
	nrs_text_fini(&block);
	return plain;
}

static void any_octet_may_be_any_other(void **state)
{
	static const uint8_t others[] = {0x00, 0x01, 0x08, 0x7f, 0x80, 0xff};
	struct nrs_seen_room room = {0};
	struct nrs_text plain = plain_of(&room);
	unsigned int refused = 0;
	size_t count;

	(void)state;
	for (size_t at = 0; at < plain.len; at++) {
		const uint8_t was = plain.ptr[at];

		for (size_t i = 0; i < sizeof(others); i++) {
			plain.ptr[at] = others[i];
			const int err = read_plain(&room, nrs_text_span(&plain),
						   ROWS, &count);
			assert_true(err == NRS_OK || err == NRS_E_FORMAT);
			refused += err != NRS_OK;
		}
		plain.ptr[at] = was;
	}
	assert_true(refused > 100);
	nrs_text_fini(&plain);
	nrs_seen_room_fini(&room);
}

static void what_is_cut_or_too_long_is_refused(void **state)
{
	struct nrs_seen_room room = {0};
	struct nrs_text plain = plain_of(&room);
	size_t count;

	(void)state;
	for (size_t len = 0; len < plain.len; len++)
		assert_int_equal(read_plain(&room, nrs_span(plain.ptr, len),
					    ROWS, &count),
				 NRS_E_FORMAT);
	assert_int_equal(read_plain(&room, nrs_text_span(&plain), ROWS, &count),
			 NRS_OK);
	assert_int_equal(
		read_plain(&room, nrs_text_span(&plain), ROWS + 1, &count),
		NRS_E_FORMAT);
	nrs_text_putc(&plain, '\0');
	assert_int_equal(read_plain(&room, nrs_text_span(&plain), ROWS, &count),
			 NRS_E_FORMAT);
	nrs_text_fini(&plain);
	nrs_seen_room_fini(&room);
}

static void a_field_that_nobody_knows_is_left_out(void **state)
{
	struct nrs_seen_room room = {0};
	struct nrs_text plain = plain_of(&room);
	const char *name = memmem(plain.ptr, plain.len, "dns.query", 9);
	size_t count;

	(void)state;
	assert_non_null(name);
	plain.ptr[name - (const char *)plain.ptr] = 'q';
	assert_int_equal(read_plain(&room, nrs_text_span(&plain), ROWS, &count),
			 NRS_OK);
	assert_int_equal(count, ROWS - 2);
	nrs_text_fini(&plain);
	nrs_seen_room_fini(&room);
}

static void a_frame_of_other_octets_is_refused(void **state)
{
	struct nrs_seen_room room = {0};
	struct nrs_text block = {0};
	struct nrs_seen_head head;
	size_t count;

	(void)state;
	write_block(&block);
	assert_int_equal(nrs_seen_head_read(block.ptr, &head), NRS_OK);
	block.ptr[block.len - 1] ^= 1;
	assert_int_equal(
		nrs_seen_block_read(
			&room, &head,
			nrs_span_from(nrs_text_span(&block), NRS_SEEN_HEAD),
			&count),
		NRS_E_FORMAT);
	nrs_text_fini(&block);
	nrs_seen_room_fini(&room);
}

static void columns_hold_what_they_were_given(void **state)
{
	static const uint64_t rows[][3] = {
		{0, 0, 0}, {1, 0, 255}, {256, 1, 2}, {UINT64_MAX, 0, 7}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_text out = {0};
		uint64_t got[3];

		nrs_column_put(&out, rows[i], 3);
		struct nrs_span in = nrs_text_span(&out);
		assert_true(nrs_column_take(&in, got, 3));
		assert_int_equal(in.len, 0);
		assert_memory_equal(got, rows[i], sizeof(got));
		in = nrs_span(out.ptr, out.len - 1);
		assert_false(nrs_column_take(&in, got, 3) && out.len > 1);
		nrs_text_fini(&out);
	}
	assert_true(nrs_unzigzag(nrs_zigzag(-5)) == -5);
	assert_true(nrs_unzigzag(nrs_zigzag(INT64_MIN)) == INT64_MIN);
	assert_int_equal(nrs_zigzag(1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back_as_they_were),
		cmocka_unit_test(a_head_that_makes_no_sense_is_refused),
		cmocka_unit_test(any_octet_may_be_any_other),
		cmocka_unit_test(what_is_cut_or_too_long_is_refused),
		cmocka_unit_test(a_field_that_nobody_knows_is_left_out),
		cmocka_unit_test(a_frame_of_other_octets_is_refused),
		cmocka_unit_test(columns_hold_what_they_were_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
