/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_log: what a worker tells of flows and values, where somebody
 * keeps logs, and that it tells nothing where nobody does.
 */
#include "tests/capture/made_worker.h"

struct told {
	unsigned int ended, seen, asked;
	unsigned int why[NRS_FLOW_END_EVICTED + 1];
	struct nrs_record_ended last;
	struct nrs_record_asked questions[4];
	char values[512]; /* "field=value " */
};

static struct told told;

/* In place of give of made_worker.h. */
static void give_logs(void *ctx, struct nrs_block *block)
{
	(void)ctx;
	for (size_t at = 0; at < block->used;) {
		const struct nrs_record *r = (const void *)(block->bytes + at);

		if (r->kind == NRS_RECORD_ENDED) {
			memcpy(&told.last, r, sizeof(told.last));
			told.ended++;
			assert_in_range(told.last.end_reason, 1,
					NRS_FLOW_END_EVICTED);
			told.why[told.last.end_reason]++;
		}
		if (r->kind == NRS_RECORD_ASKED) {
			assert_true(told.asked < 4);
			memcpy(&told.questions[told.asked++], r,
			       sizeof(*told.questions));
		}
		if (r->kind == NRS_RECORD_SEEN) {
			const struct nrs_record_seen *seen = (const void *)r;
			const struct nrs_span value =
				nrs_record_seen_value(seen);
			const size_t used = strlen(told.values);

			snprintf(told.values + used, sizeof(told.values) - used,
				 "%s=%.*s ", nrs_field_table[seen->field].name,
				 nrs_field_table[seen->field].kind ==
						 NRS_VALUE_ADDR
					 ? 0
					 : (int)value.len,
				 (const char *)value.ptr);
			told.seen++;
		}
		at += r->bytes;
	}
}

/* The bench with another worker. */
static struct bench *begin_logs(unsigned int logs)
{
	struct bench *b = begin("[domain-name:value = 'never.example']");
	const struct nrs_worker_options options = {.workers = 1,
						   .db = b->db,
						   .key = &b->key,
						   .logs = logs,
						   .flows_total = 1024,
						   .blocks_ctx = b,
						   .take = take,
						   .give = give_logs};

	memset(&told, 0, sizeof(told));
	nrs_worker_free(b->worker);
	assert_int_equal(nrs_worker_new(&b->worker, &options), NRS_OK);
	return b;
}

static void exchange(struct bench *b)
{
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	add(b, &(struct frame_tcp){S2C, .seq = 90, .flags = 0x12}, SECOND);
	add(b,
	    &(struct frame_tcp){
		    C2S, .seq = 11, .flags = 0x18,
		    .payload = "GET /a HTTP/1.1\r\nHost: www.example\r\n\r\n"},
	    2 * SECOND);
	step(b, 2 * SECOND, false);
	assert_int_equal(told.ended, 0);
	step(b, 3 * SECOND, true);
}

static void a_flow_is_told_once_when_it_ends(void **state)
{
	struct bench *b = begin_logs(NRS_KEEP_FLOWS);

	(void)state;
	exchange(b);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.seen, 0);
	assert_int_equal(told.last.packets[0], 2);
	assert_int_equal(told.last.packets[1], 1);
	/* 20 of IP, 20 of TCP, the request */
	assert_int_equal(told.last.log.shortest[0], 40);
	assert_int_equal(told.last.log.longest[0], 40 + 38);
	assert_int_equal(told.last.bytes[0], 40 + 40 + 38);
	assert_int_equal(told.last.log.shortest[1], 40);
	assert_int_equal(told.last.tcp_flags[0], 0x1a);
	assert_int_equal(told.last.tcp_flags[1], 0x12);
	assert_int_equal(told.last.flow.dst_port, 80);
	assert_int_equal(told.last.flow.outcome, NRS_OUTCOME_ESTABLISHED);
	assert_int_equal(told.last.last_ns, 2 * SECOND);
	assert_int_equal(told.last.has_hits, 0);
	end(b);
}

/* 1,024 flows have room, each shard for its part of them. */
static void each_flow_says_why_it_ended(void **state)
{
	struct bench *b = begin_logs(NRS_KEEP_FLOWS);

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(b, 2 * SECOND, false);
	step(b, 7200 * SECOND, false);
	assert_int_equal(told.why[NRS_FLOW_END_IDLE], 1);
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, 7200 * SECOND);
	add(b, &(struct frame_tcp){S2C, .seq = 9, .flags = 4}, 7201 * SECOND);
	step(b, 14400 * SECOND, false); /* long after its reset */
	assert_int_equal(told.why[NRS_FLOW_END_CLOSED], 1);
	for (uint16_t port = 1; port <= 2000; port++) {
		add(b,
		    &(struct frame_tcp){.from = 1,
					.to = 2,
					.from_port = port,
					.to_port = 80,
					.flags = 2},
		    14400 * SECOND);
		if (port % FRAMES_MAX == 0)
			step(b, 14400 * SECOND, false);
	}
	assert_true(told.why[NRS_FLOW_END_EVICTED] >= 2000 - 1024);
	const unsigned int evicted = told.why[NRS_FLOW_END_EVICTED];
	step(b, 14400 * SECOND, true);
	assert_int_equal(told.why[NRS_FLOW_END_FORCED], 2000 - evicted);
	assert_int_equal(told.ended, 2002);
	end(b);
}

static void values_that_logs_hold_are_told_as_they_are_read(void **state)
{
	struct bench *b = begin_logs(NRS_KEEP_SEEN);

	(void)state;
	exchange(b);
	assert_int_equal(told.ended, 0);
	assert_string_equal(told.values,
			    "ip.src= ip.dst= http.host=www.example "
			    "http.url=http://www.example/a ");
	end(b);
}

static void what_is_asked_of_servers_is_told(void **state)
{
	struct bench *b = begin_logs(NRS_KEEP_ASKED);
	const struct nrs_record_asked *q = told.questions;

	(void)state;
	exchange(b);
	assert_int_equal(told.ended + told.seen, 0);
	assert_int_equal(told.asked, 1);
	assert_int_equal(q[0].asked, NRS_ASKED_HTTP);
	end(b);
}

static void add_dns(struct bench *b, bool is_answer, const uint8_t *octets,
		    size_t len, int64_t ts_ns)
{
	const struct frame_tcp t = {.from = is_answer ? 2 : 1,
				    .to = is_answer ? 1 : 2,
				    .from_port = is_answer ? 53 : 4000,
				    .to_port = is_answer ? 4000 : 53,
				    .data = nrs_span(octets, len)};
	struct frame *f = &b->frames[b->count++];
	struct nrs_counters counters = {0};

	assert_true(b->count <= FRAMES_MAX);
	frame_datagram(f, &t);
	const struct nrs_packet packet = frame_packet(f, b->ordinal++, ts_ns);
	assert_int_equal(nrs_round_add(&b->round, &packet, &b->key, b->defrag,
				       &counters),
			 1);
}

/* Questions and answers of one flow: who asked is the same in both. */
static void of_dns_type_and_code_are_told_by_who_asks(void **state)
{
	static const uint8_t query[] = {0, 7, 1, 0,   0, 1, 0,	0, 0, 0,
					0, 0, 1, 'a', 0, 0, 65, 0, 1};
	static const uint8_t answer[] = {0, 7, 0x81, 0x83, 0, 1, 0,  0, 0, 0,
					 0, 0, 1,    'a',  0, 0, 65, 0, 1};
	/* opcode 5, UPDATE: no question */
	static const uint8_t update[] = {0, 8, 0x28, 0,	  0, 1, 0, 0, 0, 0,
					 0, 0, 1,    'a', 0, 0, 6, 0, 1};
	struct bench *b = begin_logs(NRS_KEEP_ASKED);
	const struct nrs_record_asked *q = told.questions;

	(void)state;
	add_dns(b, false, query, sizeof(query), SECOND);
	add_dns(b, true, answer, sizeof(answer), 2 * SECOND);
	add_dns(b, false, update, sizeof(update), 3 * SECOND);
	step(b, 4 * SECOND, true);
	assert_int_equal(told.asked, 2);
	assert_int_equal(q[0].asked, NRS_ASKED_DNS);
	assert_int_equal(q[0].what, 65);
	assert_int_equal(q[0].head.ts_ns, SECOND);
	assert_int_equal(q[1].asked, NRS_ASKED_DNS_ANSWER);
	assert_int_equal(q[1].what, 3);
	assert_int_equal(nrs_addr_compare(&q[0].client, &q[1].client), 0);
	assert_int_equal(nrs_addr_compare(&q[0].server, &q[1].server), 0);
	assert_int_not_equal(nrs_addr_compare(&q[0].client, &q[0].server), 0);
	end(b);
}

static void where_nobody_keeps_logs_nothing_is_told(void **state)
{
	struct bench *b = begin_logs(0);

	(void)state;
	exchange(b);
	assert_int_equal(told.ended + told.seen + told.asked, 0);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flow_is_told_once_when_it_ends),
		cmocka_unit_test(each_flow_says_why_it_ended),
		cmocka_unit_test(
			values_that_logs_hold_are_told_as_they_are_read),
		cmocka_unit_test(what_is_asked_of_servers_is_told),
		cmocka_unit_test(of_dns_type_and_code_are_told_by_who_asks),
		cmocka_unit_test(where_nobody_keeps_logs_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
