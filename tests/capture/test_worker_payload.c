/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_payload: what flows carry reaches the patterns on payloads once,
 * in order and whole, whatever the packets do, and no further than it should.
 */
#include "tests/capture/made_worker.h"

#define EVIL "[artifact:payload_bin MATCHES 'evil']"

/* Octets of the client; the stream begins at 100. No protocol that is read. */
static void send(struct bench *b, uint32_t at, const char *text)
{
	add(b,
	    &(struct frame_tcp){C2S, .seq = 100 + at, .flags = 0x18,
				.payload = text},
	    SECOND);
}

static struct bench *begin_stream(const char *pattern)
{
	struct bench *b = begin(pattern);

	add(b, &(struct frame_tcp){C2S, .seq = 99, .flags = 2}, SECOND);
	return b;
}

static void segments_are_looked_at_in_order(void **state)
{
	struct bench *b = begin_stream(EVIL);

	(void)state;
	send(b, 7, "il one");
	send(b, 0, "\x01 an ev");
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_PAYLOAD), 13);
	step(b, SECOND, true);
	end(b);
}

static void what_no_parser_reads_is_looked_at_all_the_same(void **state)
{
	struct bench *b = begin_stream(EVIL);

	(void)state;
	for (uint32_t i = 0; i < 14; i++) {
		send(b, i, "\x01");
		step(b, SECOND, false);
	}
	send(b, 15, "vil");
	send(b, 14, "e");
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 0);
	end(b);
}

static void a_new_connection_begins_anew(void **state)
{
	struct bench *b = begin_stream("[artifact:payload_bin MATCHES "
				       "'^evil$']");

	(void)state;
	send(b, 0, "evil");
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0); /* more could come */
	add(b, &(struct frame_tcp){C2S, .seq = 104, .flags = 0x14}, SECOND);
	add(b, &(struct frame_tcp){C2S, .seq = 999, .flags = 2}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	send(b, 900, "evil");
	step(b, SECOND, true);
	assert_int_equal(b->hits, 2); /* another flow */
	end(b);
}

static void add_datagram(struct bench *b, const char *text)
{
	struct frame *f = &b->frames[b->count++];
	struct nrs_counters counters = {0};

	assert_true(b->count <= FRAMES_MAX);
	frame_datagram(f, &(struct frame_tcp){C2S, .data = nrs_span_of(text)});
	const struct nrs_packet packet = frame_packet(f, b->ordinal++, SECOND);
	assert_int_equal(nrs_round_add(&b->round, &packet, &b->key, b->defrag,
				       &counters),
			 1);
}

static void datagrams_are_looked_at_one_by_one(void **state)
{
	struct bench *b = begin(EVIL);

	(void)state;
	add_datagram(b, "an ev");
	add_datagram(b, "il");
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	add_datagram(b, "evil");
	add_datagram(b, "evil"); /* of the same flow */
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
}

static void new_indicators_are_asked_of_open_flows(void **state)
{
	struct nrs_set *set = NULL;
	struct nrs_db *other = build(&set, EVIL, 2);
	struct bench *b = begin_stream("[domain-name:value = 'c2.example']");

	(void)state;
	send(b, 0, "\x01 evil");
	step(b, SECOND, false);
	assert_int_equal(counted(b, NRS_C_PAYLOAD), 0);
	nrs_worker_adopt(b->worker, other);
	send(b, 6, "more evil");
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_PAYLOAD), 9);
	nrs_worker_adopt(b->worker, b->db); /* of generation 1: nobody asks */
	send(b, 15, "again evil");
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
	nrs_db_free(other);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_are_looked_at_in_order),
		cmocka_unit_test(
			what_no_parser_reads_is_looked_at_all_the_same),
		cmocka_unit_test(a_new_connection_begins_anew),
		cmocka_unit_test(datagrams_are_looked_at_one_by_one),
		cmocka_unit_test(new_indicators_are_asked_of_open_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
