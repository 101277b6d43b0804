/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_tcp: one request over segments in every disorder that TCP allows,
 * and what a capture that lost packets still shows.
 */
#include "tests/capture/made_worker.h"

/* "Host: c2.example" ends at octet 34, the head at 38. */
static const char request[] = "GET / HTTP/1.1\r\nHost: c2.example\r\n\r\n";
#define CUT 20

static char first[CUT + 1], rest[sizeof(request) - CUT];

static int setup(void **state)
{
	(void)state;
	memcpy(first, request, CUT);
	memcpy(rest, request + CUT, sizeof(rest));
	return 0;
}

static struct bench *begin_request(void)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	add(b, &(struct frame_tcp){C2S, .seq = 99, .flags = 2}, SECOND);
	add(b, &(struct frame_tcp){S2C, .seq = 7, .flags = 0x12}, SECOND);
	return b;
}

/* Octets of the request from the client; the stream begins at 100. */
static void send(struct bench *b, uint32_t at, const char *text)
{
	add(b,
	    &(struct frame_tcp){C2S, .seq = 100 + at, .flags = 0x18,
				.payload = text},
	    SECOND);
}

static void acknowledge(struct bench *b, uint32_t at)
{
	add(b,
	    &(struct frame_tcp){S2C, .seq = 8, .ack = 100 + at, .flags = 0x10},
	    SECOND);
}

static void segments_out_of_order_are_put_in_order(void **state)
{
	struct bench *b = begin_request();

	(void)state;
	send(b, CUT, rest);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	send(b, 0, first);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_string_equal(b->value, "c2.example");
	assert_int_equal(counted(b, NRS_C_STREAM_EARLY), 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 0);
	step(b, SECOND, true);
	end(b);
}

static void octets_from_behind_are_put_in_order(void **state)
{
	struct bench *b = begin_request();

	(void)state;
	step(b, SECOND, false);
	for (uint32_t at = sizeof(request) - 1; at-- > 0;) {
		const char one[2] = {request[at], '\0'};

		send(b, at, one);
		step(b, SECOND, false);
	}
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 0);
	step(b, SECOND, true);
	end(b);
}

/* The server had it, we did not: the next request is not held back. */
static void what_is_acknowledged_will_not_come(void **state)
{
	struct bench *b = begin_request();

	(void)state;
	send(b, 10, request);
	step(b, SECOND, false);
	acknowledge(b, 10); /* up to the hole: it may still come */
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	acknowledge(b, 10 + sizeof(request) - 1);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAP_BYTES), 10);
	step(b, SECOND, true);
	end(b);
}

static void a_side_alone_waits_two_seconds(void **state)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 99, .flags = 2}, SECOND);
	send(b, 10, request);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	add(b,
	    &(struct frame_tcp){C2S, .seq = 200, .flags = 0x18, .payload = "x"},
	    4 * SECOND);
	step(b, 4 * SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
}

static void what_is_kept_is_read_at_the_end(void **state)
{
	struct bench *b = begin_request();

	(void)state;
	send(b, 10, request);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
}

static void the_first_copy_stays_and_another_is_counted(void **state)
{
	struct bench *b = begin_request();
	char other[sizeof(rest)];

	(void)state;
	memcpy(other, rest, sizeof(rest));
	memcpy(strstr(other, "2.ex"), "3", 1);
	send(b, CUT, rest);
	send(b, CUT, other);
	send(b, 0, first);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_STREAM_OVERLAPS), 1);
	end(b);
}

static void what_was_read_and_comes_again_is_compared(void **state)
{
	struct bench *b = begin_request();
	char other[sizeof(first)];

	(void)state;
	memcpy(other, first, sizeof(first));
	other[5] = 'X';
	send(b, 0, first);
	send(b, 0, first);
	step(b, SECOND, false);
	assert_int_equal(counted(b, NRS_C_STREAM_OVERLAPS), 0);
	send(b, 0, other);
	step(b, SECOND, false);
	assert_int_equal(counted(b, NRS_C_STREAM_OVERLAPS), 1);
	assert_int_equal(counted(b, NRS_C_STREAM_UNCHECKED), 0);
	send(b, 1, "ET");
	send(b, CUT, rest);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_STREAM_UNCHECKED), 1);
	assert_int_equal(b->hits, 1);
	end(b);
}

/* A keep-alive repeats the last octet, or any other one. */
static void a_keep_alive_changes_nothing(void **state)
{
	struct bench *b = begin_request();

	(void)state;
	send(b, 0, first);
	send(b, CUT - 1, "\x01");
	send(b, CUT, rest);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
}

static void more_than_the_cap_is_a_gap(void **state)
{
	struct bench *b = begin_request();
	uint32_t at = 10;

	(void)state;
	step(b, SECOND, false);
	for (unsigned int i = 0; i <= NRS_STREAM_SEGMENTS; i++) {
		send(b, at, "x");
		at += 2;
		step(b, SECOND, false);
	}
	assert_int_equal(counted(b, NRS_C_STREAM_NO_BUFFER), 1);
	send(b, at - 1, request);
	step(b, SECOND, true);
	end(b);
}

static void the_stream_goes_on_over_the_wrap(void **state)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");
	const uint32_t start = UINT32_MAX - 5;

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = start - 1, .flags = 2}, SECOND);
	add(b,
	    &(struct frame_tcp){C2S, .seq = start + CUT, .flags = 0x18,
				.payload = rest},
	    SECOND);
	add(b,
	    &(struct frame_tcp){C2S, .seq = start, .flags = 0x18,
				.payload = first},
	    SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 0);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_out_of_order_are_put_in_order),
		cmocka_unit_test(octets_from_behind_are_put_in_order),
		cmocka_unit_test(what_is_acknowledged_will_not_come),
		cmocka_unit_test(a_side_alone_waits_two_seconds),
		cmocka_unit_test(what_is_kept_is_read_at_the_end),
		cmocka_unit_test(the_first_copy_stays_and_another_is_counted),
		cmocka_unit_test(what_was_read_and_comes_again_is_compared),
		cmocka_unit_test(a_keep_alive_changes_nothing),
		cmocka_unit_test(more_than_the_cap_is_a_gap),
		cmocka_unit_test(the_stream_goes_on_over_the_wrap),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
