/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session: what a flow's payload is read as, by content: DNS questions and
 * answers as one transaction, pipelined HTTP as several, and what is neither.
 */
#include "tests/capture/watch.h"

static void pipelined_requests_are_transactions_of_their_own(void **state)
{
	struct watch *w = *state;
	uint32_t one = 0, two = 0, status = 0;

	watch_add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 2});
	watch_add_tcp(
		w, &(struct frame_tcp){
			   C2S, .seq = 2, .flags = 0x18,
			   .payload = "GET /a HTTP/1.1\r\nHost: a.example\r\n"
				      "\r\nGET /b HTTP/1.1\r\nHost: "
				      "b.example\r\n\r\n"});
	watch_add_tcp(w,
		      &(struct frame_tcp){
			      S2C, .seq = 9, .flags = 0x18,
			      .payload = "HTTP/1.1 404 No\r\nContent-Length: "
					 "2\r\n\r\nnoHTTP/1.1 200 OK\r\n"
					 "Content-Length: 0\r\n\r\n"});
	watch_step(w, true);
	assert_int_equal(watch_times(w, NRS_F_HTTP_HOST, "a.example", &one), 1);
	assert_int_equal(watch_times(w, NRS_F_HTTP_HOST, "b.example", &two), 1);
	assert_int_not_equal(one, two);
	/* answers belong to their requests, in order */
	assert_int_equal(watch_times(w, NRS_F_HTTP_STATUS, "404", &status), 1);
	assert_int_equal(status, one);
	assert_int_equal(watch_times(w, NRS_F_HTTP_STATUS, "200", &status), 1);
	assert_int_equal(status, two);
	assert_int_equal(
		watch_times(w, NRS_F_HTTP_URL, "http://a.example/a", &status) +
			watch_times(w, NRS_F_HTTP_URL,
				    "http://a.example:8080/a", &status),
		1);
	assert_int_equal(w->ended, 2);
}

static void a_request_is_one_on_any_port(void **state)
{
	struct watch *w = *state;
	uint32_t txn;

	watch_add_tcp(
		w, &(struct frame_tcp){.from = 1,
				       .to = 2,
				       .from_port = 50000,
				       .to_port = 53,
				       .seq = 1,
				       .flags = 0x18,
				       .payload = "GET /a HTTP/1.1\r\n\r\n"});
	watch_step(w, true);
	assert_int_equal(watch_times(w, NRS_F_HTTP_URI, "/a", &txn), 1);
}

/* What came of a head counts at the end, and before a gap. */
static void a_head_that_is_cut_counts(void **state)
{
	struct watch *w = *state;
	uint32_t txn;

	watch_add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 2});
	watch_add_tcp(w, &(struct frame_tcp){
				 C2S, .seq = 2, .flags = 0x18,
				 .payload = "GET /a HTTP/1.1\r\nHost: a.example"
					    "\r\nCook"});
	watch_step(w, true);
	assert_int_equal(watch_times(w, NRS_F_HTTP_HOST, "a.example", &txn), 1);
}

/* STARTTLS: text first, then a hello of TLS 1.2 with one suite. */
static void tls_may_begin_later(void **state)
{
	static const char hello[] = "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03"
				    "\x03"
				    "0123456789abcdef0123456789abcdef\x00\x00"
				    "\x02\xc0\x2f\x01\x00";
	struct watch *w = *state;
	uint32_t txn;

	watch_add_tcp(w, &(struct frame_tcp){S2C, .seq = 1, .flags = 0x18,
					     .payload = "220 mail\r\n"});
	watch_add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 0x18,
					     .payload = "STARTTLS\r\n"});
	watch_add_tcp(w, &(struct frame_tcp){
				 C2S, .seq = 11, .flags = 0x18,
				 .data = nrs_span(hello, sizeof(hello) - 1)});
	watch_step(w, true);
	/* 771,49199,,, */
	assert_int_equal(watch_times(w, NRS_F_TLS_JA3,
				     "5a6f5ba859dd395751805f3064d612b9", &txn),
			 1);
}

static void what_is_no_known_protocol_is_left_alone(void **state)
{
	struct watch *w = *state;

	watch_add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 2});
	watch_add_tcp(w, &(struct frame_tcp){C2S, .seq = 2, .flags = 0x18,
					     .payload = "NNG-2.0-lantern\r\n"});
	watch_add_tcp(w,
		      &(struct frame_tcp){C2S, .seq = 19, .flags = 0x18,
					  .payload = "GET / HTTP/1.1\r\n\r\n"});
	watch_step(w, true);
	assert_int_equal(w->count, 0);
}

/* One message: id 7, a.example A, with the answer 192.0.2.9 if @is_answer. */
static void add_dns(struct watch *w, bool is_answer)
{
	struct frame *f = &w->frames[w->frame_count++];
	static const uint8_t question[] = "\x01"
					  "a\x07"
					  "example\0\0\1\0\1";
	static const uint8_t record[] =
		"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\x02\x09";
	const size_t len = 12 + sizeof(question) - 1 +
			   (is_answer ? sizeof(record) - 1 : 0);

	frame_ipv4(f, 17, is_answer ? 2 : 1, is_answer ? 1 : 2, 8 + len);
	frame_put_u16(f, is_answer ? 53 : 5000);
	frame_put_u16(f, is_answer ? 5000 : 53);
	frame_put_u16(f, (unsigned int)(8 + len));
	frame_put_u16(f, 0);
	frame_put(f,
		  is_answer ? "\0\7\x81\x80\0\1\0\1\0\0\0\0"
			    : "\0\7\1\0\0\1\0\0\0\0\0\0",
		  12);
	frame_put(f, question, sizeof(question) - 1);
	if (is_answer)
		frame_put(f, record, sizeof(record) - 1);
	watch_add(w, f);
}

static void a_question_and_its_answer_are_one_transaction(void **state)
{
	struct watch *w = *state;
	uint32_t asked = 0, answered = 0;

	add_dns(w, false);
	add_dns(w, true);
	watch_step(w, true);
	assert_int_equal(watch_times(w, NRS_F_DNS_QUERY, "a.example", &asked),
			 1);
	for (unsigned int i = 0; i < w->count; i++) {
		if (w->seen[i].field == NRS_F_DNS_A)
			answered = w->seen[i].txn;
	}
	assert_int_equal(asked, answered);
	assert_int_equal(w->ended, 1);
}

static void a_question_without_an_answer_ends_with_its_flow(void **state)
{
	struct watch *w = *state;

	add_dns(w, false);
	watch_step(w, false);
	assert_int_equal(w->ended, 0);
	watch_step(w, true);
	assert_int_equal(w->ended, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			pipelined_requests_are_transactions_of_their_own,
			watch_setup, watch_teardown),
		cmocka_unit_test_setup_teardown(a_request_is_one_on_any_port,
						watch_setup, watch_teardown),
		cmocka_unit_test_setup_teardown(a_head_that_is_cut_counts,
						watch_setup, watch_teardown),
		cmocka_unit_test_setup_teardown(tls_may_begin_later,
						watch_setup, watch_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_known_protocol_is_left_alone, watch_setup,
			watch_teardown),
		cmocka_unit_test_setup_teardown(
			a_question_and_its_answer_are_one_transaction,
			watch_setup, watch_teardown),
		cmocka_unit_test_setup_teardown(
			a_question_without_an_answer_ends_with_its_flow,
			watch_setup, watch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
