/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_shed: what a worker leaves out at each level is left out and
 * counted, the rest goes on, and afterwards everything is seen again. Nothing
 * that has a hole is taken for whole.
 */
#include "tests/capture/made_worker.h"

#define EVIL "[artifact:payload_bin MATCHES 'evil']"
/* MD5 of "abc": RFC 1321, appendix A.5. */
#define ABC "[file:hashes.MD5 = '900150983cd24fb0d6963f7d28e17f72']"

static void say(struct bench *b, const struct frame_tcp *tcp)
{
	add(b, tcp, SECOND);
	step(b, SECOND, false);
}

/* A flow from @port: its SYN, then its text from 100 on. */
static void begin_flow(struct bench *b, uint16_t port)
{
	say(b, &(struct frame_tcp){.from = 1,
				   .to = 2,
				   .from_port = port,
				   .to_port = 80,
				   .seq = 99,
				   .flags = 2});
}

static void send(struct bench *b, uint16_t port, uint32_t at, const char *text)
{
	say(b, &(struct frame_tcp){.from = 1,
				   .to = 2,
				   .from_port = port,
				   .to_port = 80,
				   .seq = 100 + at,
				   .flags = 0x18,
				   .payload = text});
}

static void patterns_are_shed_and_a_hole_joins_nothing(void **state)
{
	struct bench *b = begin(EVIL);

	(void)state;
	begin_flow(b, 1001);
	send(b, 1001, 0, "\x01 ev");
	nrs_worker_shed(b->worker, NRS_SHED_PATTERNS);
	send(b, 1001, 4, "....");
	begin_flow(b, 1002);
	send(b, 1002, 0, "\x01 evil");
	assert_int_equal(b->hits, 0);
	assert_int_equal(counted(b, NRS_C_SHED_PATTERNS), 3);
	assert_int_equal(counted(b, NRS_C_SHED_DIGESTS), 0);
	nrs_worker_shed(b->worker, NRS_SHED_NOTHING);
	send(b, 1001, 8, "il"); /* behind the hole: not "evil" */
	assert_int_equal(b->hits, 0);
	send(b, 1001, 10, " evil");
	assert_int_equal(b->hits, 1); /* but what follows is seen */
	send(b, 1002, 6, " evil");    /* its beginning was not looked at */
	assert_int_equal(b->hits, 1);
	begin_flow(b, 1003);
	send(b, 1003, 0, "\x01 evil");
	assert_int_equal(b->hits, 2);
	assert_int_equal(counted(b, NRS_C_SHED_PATTERNS), 3);
	step(b, SECOND, true);
	end(b);
}

/* A request and its response with the body "abc". */
static void fetch(struct bench *b, uint16_t port)
{
	begin_flow(b, port);
	say(b, &(struct frame_tcp){.from = 2,
				   .to = 1,
				   .from_port = 80,
				   .to_port = port,
				   .seq = 499,
				   .flags = 0x12});
	send(b, port, 0, "GET /f HTTP/1.1\r\nHost: a.example\r\n\r\n");
	say(b,
	    &(struct frame_tcp){.from = 2,
				.to = 1,
				.from_port = 80,
				.to_port = port,
				.seq = 500,
				.flags = 0x18,
				.payload = "HTTP/1.1 200 OK\r\nContent-Length: "
					   "3\r\n\r\nabc"});
}

static void files_are_shed_and_seen_again(void **state)
{
	static const struct {
		enum nrs_shed_level level;
		unsigned int hits;
	} cases[] = {{NRS_SHED_NOTHING, 1}, {NRS_SHED_PATTERNS, 1},
		     {NRS_SHED_DIGESTS, 0}, {NRS_SHED_BODIES, 0},
		     {NRS_SHED_FLOWS, 0},   {NRS_SHED_NOTHING, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bench *b = begin(ABC);

		nrs_worker_shed(b->worker, cases[i].level);
		fetch(b, 1001);
		assert_int_equal(b->hits, cases[i].hits);
		assert_int_equal(counted(b, NRS_C_FLOWS),
				 cases[i].level < NRS_SHED_FLOWS);
		assert_int_equal(counted(b, NRS_C_SHED_DIGESTS),
				 cases[i].level >= NRS_SHED_DIGESTS ? 4 : 0);
		assert_int_equal(counted(b, NRS_C_SHED_BODIES),
				 cases[i].level >= NRS_SHED_BODIES ? 4 : 0);
		nrs_worker_shed(b->worker, NRS_SHED_NOTHING);
		fetch(b, 1002);
		assert_int_equal(b->hits, cases[i].hits + 1);
		step(b, SECOND, true);
		end(b);
	}
}

/* A swap while something is shed does not bring it back. */
static void what_is_shed_stays_so_over_a_swap(void **state)
{
	struct bench *b = begin(ABC);
	struct nrs_set *set = NULL;

	(void)state;
	nrs_worker_shed(b->worker, NRS_SHED_DIGESTS);
	struct nrs_db *db = build(&set, ABC, 2);
	nrs_worker_adopt(b->worker, db);
	fetch(b, 1001);
	assert_int_equal(b->hits, 0);
	nrs_worker_shed(b->worker, NRS_SHED_NOTHING);
	fetch(b, 1002);
	assert_int_equal(b->hits, 1);
	step(b, SECOND, true);
	nrs_worker_adopt(b->worker, b->db);
	end(b);
	nrs_db_free(db);
	nrs_set_free(set);
}

static void flows_are_refused_and_those_that_are_open_go_on(void **state)
{
	struct bench *b = begin("[url:value = 'http://a.example/f']");

	(void)state;
	begin_flow(b, 1001);
	nrs_worker_shed(b->worker, NRS_SHED_FLOWS);
	begin_flow(b, 1002);
	send(b, 1002, 0, "GET /f HTTP/1.1\r\nHost: a.example\r\n\r\n");
	assert_int_equal(b->hits, 0);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	assert_int_equal(counted(b, NRS_C_SHED_FLOWS), 2);
	send(b, 1001, 0, "GET /f HTTP/1.1\r\nHost: a.example\r\n\r\n");
	assert_int_equal(b->hits, 1);
	nrs_worker_shed(b->worker, NRS_SHED_NOTHING);
	begin_flow(b, 1003);
	send(b, 1003, 0, "GET /f HTTP/1.1\r\nHost: a.example\r\n\r\n");
	assert_int_equal(b->hits, 2);
	step(b, SECOND, true);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_shed_and_a_hole_joins_nothing),
		cmocka_unit_test(files_are_shed_and_seen_again),
		cmocka_unit_test(what_is_shed_stays_so_over_a_swap),
		cmocka_unit_test(
			flows_are_refused_and_those_that_are_open_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
