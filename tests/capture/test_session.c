/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session: what a flow's payload is read as, by content: DNS questions and
 * answers as one transaction, pipelined HTTP as several, and what is neither.
 */
#include "capture/decode/defrag.h"
#include "capture/worker.h"
#include "tests/capture/frames.h"

#define SEEN_MAX 64

struct seen {
	enum nrs_field field;
	uint32_t txn;
	char value[96];
};

struct watch {
	struct nrs_hash_key key;
	struct nrs_worker *worker;
	struct nrs_round round;
	struct nrs_defrag *defrag;
	struct frame frames[8];
	unsigned int frame_count;
	uint64_t ordinal;
	struct nrs_block block;
	struct seen seen[SEEN_MAX];
	unsigned int count, ended;
};

static struct nrs_block *take(void *ctx)
{
	struct watch *w = ctx;

	return &w->block;
}

static void give(void *ctx, struct nrs_block *block)
{
	(void)ctx, (void)block;
}

/* Values of exchanges; the flow's own are another test's. */
static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	struct watch *w = ctx;
	struct seen *seen = &w->seen[w->count];

	(void)object;
	if (txn->flow == txn)
		return;
	assert_true(w->count < SEEN_MAX);
	seen->field = field;
	seen->txn = txn->number;
	snprintf(seen->value, sizeof(seen->value), "%.*s", (int)value.len,
		 (const char *)value.ptr);
	w->count++;
}

static void on_end(void *ctx, const struct nrs_txn *txn)
{
	struct watch *w = ctx;

	w->ended += txn->flow != txn;
}

static int setup(void **state)
{
	struct watch *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	const struct nrs_match_sink sink = {
		.ctx = w, .value = on_value, .end = on_end};
	nrs_hash_key_init(&w->key, 0);
	const struct nrs_worker_options options = {.workers = 1,
						   .key = &w->key,
						   .flows_total = 1024,
						   .observer = &sink,
						   .blocks_ctx = w,
						   .take = take,
						   .give = give};
	assert_int_equal(nrs_round_init(&w->round, 1), NRS_OK);
	assert_int_equal(nrs_defrag_new(&w->defrag), NRS_OK);
	assert_int_equal(nrs_worker_new(&w->worker, &options), NRS_OK);
	nrs_round_begin(&w->round, 1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct watch *w = *state;

	nrs_worker_free(w->worker);
	nrs_round_fini(&w->round);
	nrs_defrag_free(w->defrag);
	free(w);
	return 0;
}

static void add(struct watch *w, const struct frame *f)
{
	struct nrs_counters counters = {0};
	const struct nrs_packet packet = frame_packet(f, w->ordinal++, SECOND);

	assert_int_equal(nrs_round_add(&w->round, &packet, &w->key, w->defrag,
				       &counters),
			 1);
}

static void step(struct watch *w, bool is_end)
{
	w->round.clock_ns = SECOND;
	w->round.last_ordinal = w->ordinal == 0 ? 0 : w->ordinal - 1;
	w->round.is_session_end = is_end;
	nrs_worker_step(w->worker, &w->round);
	nrs_round_begin(&w->round, 1);
	w->frame_count = 0;
}

static void add_tcp(struct watch *w, const struct frame_tcp *tcp)
{
	assert_true(w->frame_count < 8);
	frame_tcp(&w->frames[w->frame_count], tcp);
	add(w, &w->frames[w->frame_count++]);
}

/* How often @field had @value, and in which transaction last. */
static unsigned int times(const struct watch *w, enum nrs_field field,
			  const char *value, uint32_t *txn)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < w->count; i++) {
		if (w->seen[i].field != field ||
		    strcmp(w->seen[i].value, value) != 0)
			continue;
		found++;
		*txn = w->seen[i].txn;
	}
	return found;
}

static void pipelined_requests_are_transactions_of_their_own(void **state)
{
	struct watch *w = *state;
	uint32_t one = 0, two = 0, status = 0;

	add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 2});
	add_tcp(w, &(struct frame_tcp){
			   C2S, .seq = 2, .flags = 0x18,
			   .payload = "GET /a HTTP/1.1\r\nHost: a.example\r\n"
				      "\r\nGET /b HTTP/1.1\r\nHost: "
				      "b.example\r\n\r\n"});
	add_tcp(w, &(struct frame_tcp){
			   S2C, .seq = 9, .flags = 0x18,
			   .payload = "HTTP/1.1 404 No\r\nContent-Length: "
				      "2\r\n\r\nnoHTTP/1.1 200 OK\r\n"
				      "Content-Length: 0\r\n\r\n"});
	step(w, true);
	assert_int_equal(times(w, NRS_F_HTTP_HOST, "a.example", &one), 1);
	assert_int_equal(times(w, NRS_F_HTTP_HOST, "b.example", &two), 1);
	assert_int_not_equal(one, two);
	/* answers belong to their requests, in order */
	assert_int_equal(times(w, NRS_F_HTTP_STATUS, "404", &status), 1);
	assert_int_equal(status, one);
	assert_int_equal(times(w, NRS_F_HTTP_STATUS, "200", &status), 1);
	assert_int_equal(status, two);
	assert_int_equal(
		times(w, NRS_F_HTTP_URL, "http://a.example/a", &status) +
			times(w, NRS_F_HTTP_URL, "http://a.example:8080/a",
			      &status),
		1);
	assert_int_equal(w->ended, 2);
}

static void what_is_no_known_protocol_is_left_alone(void **state)
{
	struct watch *w = *state;

	add_tcp(w, &(struct frame_tcp){C2S, .seq = 1, .flags = 2});
	add_tcp(w, &(struct frame_tcp){C2S, .seq = 2, .flags = 0x18,
				       .payload = "SSH-2.0-lantern\r\n"});
	add_tcp(w, &(struct frame_tcp){C2S, .seq = 19, .flags = 0x18,
				       .payload = "GET / HTTP/1.1\r\n\r\n"});
	step(w, true);
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
	add(w, f);
}

static void a_question_and_its_answer_are_one_transaction(void **state)
{
	struct watch *w = *state;
	uint32_t asked = 0, answered = 0;

	add_dns(w, false);
	add_dns(w, true);
	step(w, true);
	assert_int_equal(times(w, NRS_F_DNS_QUERY, "a.example", &asked), 1);
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
	step(w, false);
	assert_int_equal(w->ended, 0);
	step(w, true);
	assert_int_equal(w->ended, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			pipelined_requests_are_transactions_of_their_own, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_known_protocol_is_left_alone, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_question_and_its_answer_are_one_transaction, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_question_without_an_answer_ends_with_its_flow, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
