/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_transfer: files of FTP and TFTP, whose data comes in flows that
 * others announce. The MD5 of "abc" is that of RFC 1321 (appendix A.5).
 */
#include "capture/session_transfer.h"

#include "capture/expect.h"
#include "tests/capture/session_bench.h"

#define MD5_ABC "file.md5=900150983cd24fb0d6963f7d28e17f72\n"
#define CLIENT "192.0.2.1"
#define SERVER "198.51.100.2"

static struct nrs_flow data_flow;

static int setup(void **state)
{
	const int err = bench_setup(state);
	struct session_bench *b = *state;

	if (err != 0)
		return err;
	b->flow.session = NULL; /* of the slab, as a worker's */
	b->flow.info.proto = 6;
	b->flow.info.src_port = 40000;
	b->flow.info.dst_port = 21;
	(void)nrs_addr_parse(nrs_span_of(CLIENT), &b->flow.info.src);
	(void)nrs_addr_parse(nrs_span_of(SERVER), &b->flow.info.dst);
	return 0;
}

static void say(struct session_bench *b, unsigned int side, const char *text)
{
	nrs_session_bytes(&b->env, &b->flow, side, nrs_span_of(text));
}

/* Another flow of the pair, from @from's side of the first one. */
static void connect(struct session_bench *b, unsigned int from,
		    uint16_t src_port, uint16_t dst_port)
{
	memset(&data_flow, 0, sizeof(data_flow));
	data_flow.info = b->flow.info;
	if (from == 1) {
		data_flow.info.src = b->flow.info.dst;
		data_flow.info.dst = b->flow.info.src;
	}
	data_flow.info.src_port = src_port;
	data_flow.info.dst_port = dst_port;
	data_flow.info.protocols = 0;
	data_flow.tcp_flags[0] = data_flow.tcp_flags[1] = 0x02; /* SYN */
	nrs_txn_begin(&data_flow.txn, &data_flow.txn, NRS_TXN_FLOW, 0, 1);
}

static void carry(struct session_bench *b, unsigned int side, const char *text)
{
	nrs_session_bytes(&b->env, &data_flow, side, nrs_span_of(text));
}

static void close_data(struct session_bench *b, unsigned int side)
{
	data_flow.fins = (uint8_t)(1u << side);
	nrs_session_end(&b->env, &data_flow);
}

static void end(struct session_bench *b)
{
	nrs_session_end(&b->env, &b->flow);
	assert_int_equal(b->pools.files.taken, 0);
	assert_int_equal(b->pools.states.taken, 0);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->pools.sessions.taken, 0);
}

static bool has(const struct session_bench *b, const char *line)
{
	return strstr(b->seen, line) != NULL;
}

static void a_passive_download_is_a_file(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n");
	say(b, 0, "USER a\r\n");
	say(b, 0, "PA");
	say(b, 0, "SV\r\n");
	say(b, 1, "227 Entering Passive Mode (198,51,100,2,4,1)\r\n");
	connect(b, 0, 40001, 1025);
	say(b, 0, "RETR /pub/x.bin\r\n");
	carry(b, 1, "GET / HTTP/1.1\r\n"); /* whatever it looks like */
	carry(b, 1, "abc");
	close_data(b, 1);
	assert_true(has(b, "1 ftp.command=USER a\n"));
	assert_true(has(b, "2 ftp.command=PASV\n"));
	assert_true(has(b, "3 ftp.command=RETR /pub/x.bin\n"));
	assert_true(has(b, "1 file.name=x.bin\n1 file.size=19\n"));
	assert_null(b->pools.expected.first);
	end(b);
}

static void an_active_upload_is_a_file(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n");
	say(b, 0, "EPRT |1|192.0.2.1|50000|\r\nSTOR y\r\n");
	connect(b, 1, 20, 50000);
	carry(b, 1, "abc");
	close_data(b, 1);
	assert_true(has(b, "1 file.name=y\n"));
	assert_true(has(b, MD5_ABC));
	end(b);
}

/* Of 20 lines of a server none is a command, and the flow is read on. */
static void a_reply_of_many_lines_is_one(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n211-Features:\r\n");
	for (unsigned int i = 0; i < 20; i++)
		say(b, 1, i % 2 == 0 ? "SIZE x\r\n" : " EPRT and others\r\n");
	say(b, 1, "211 End\r\n");
	say(b, 0, "PWD\r\n");
	assert_true(has(b, "1 ftp.command=PWD\n"));
	assert_int_equal(b->counters.value[NRS_C_FTP_BAD], 0);
	end(b);
}

static void a_listing_is_no_file(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n");
	say(b, 1, "229 ok (|||1025|)\r\n");
	say(b, 0, "LIST\r\n");
	connect(b, 0, 40001, 1025);
	carry(b, 1, "a\r\nb\r\n");
	close_data(b, 1);
	assert_false(has(b, "file."));
	end(b);
}

static void what_begins_or_breaks_off_in_the_middle_is_partial(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n229 ok (|||1025|)\r\n");
	say(b, 0, "REST 100\r\nRETR x\r\n");
	connect(b, 0, 40001, 1025);
	carry(b, 1, "abc");
	close_data(b, 1);
	assert_true(has(b, "1 file.name=x\n1 file.partial=3\n"));
	b->len = 0;
	say(b, 1, "229 ok (|||1026|)\r\n");
	say(b, 0, "RETR z\r\n");
	connect(b, 0, 40002, 1026);
	carry(b, 1, "abc");
	nrs_session_end(&b->env, &data_flow);
	assert_true(has(b, "1 file.name=z\n1 file.partial=3\n"));
	end(b);
}

/* The front of a file is where its connection begins. */
static void what_has_no_front_is_partial(void **state)
{
	struct session_bench *b = *state;

	for (unsigned int round = 0; round < 2; round++) {
		say(b, 1, "220 welcome\r\n229 ok (|||1025|)\r\n");
		say(b, 0, "RETR x\r\n");
		connect(b, 0, 40001, 1025);
		if (round == 0)
			data_flow.blind = NRS_BLIND_BIT(NRS_B_GAPS);
		else
			memset(data_flow.tcp_flags, 0, 2);
		b->len = 0;
		carry(b, 1, "abc");
		close_data(b, 1);
		assert_true(has(b, "1 file.name=x\n1 file.partial=3\n"));
	}
	end(b);
}

static void a_connection_that_nobody_announced_is_not_read(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n229 ok (|||1025|)\r\n");
	say(b, 0, "RETR x\r\n");
	connect(b, 0, 40001, 1026);
	carry(b, 1, "abc");
	close_data(b, 1);
	connect(b, 0, 40001, 1025);
	data_flow.info.src.bytes[15]++; /* of another client */
	carry(b, 1, "abc");
	close_data(b, 1);
	b->env.now_ns += INT64_C(61000000000); /* or too late */
	connect(b, 0, 40001, 1025);
	carry(b, 1, "abc");
	close_data(b, 1);
	assert_false(has(b, "file."));
	end(b);
}

static void what_is_expected_has_a_quota(void **state)
{
	struct session_bench *b = *state;
	char line[64];

	say(b, 1, "220 welcome\r\n");
	for (unsigned int i = 0; i < 200; i++) {
		(void)snprintf(line, sizeof(line), "229 ok (|||%u|)\r\n",
			       2000 + i);
		say(b, 1, line);
	}
	assert_int_equal(b->pools.expected.items.taken, 64);
	say(b, 0, "RETR x\r\n");
	connect(b, 0, 40001, 2000); /* the oldest ones are forgotten */
	assert_null(nrs_expect_find(&b->env, &data_flow));
	connect(b, 0, 40001, 2199);
	assert_non_null(nrs_expect_find(&b->env, &data_flow));
	assert_null(nrs_expect_numbered(&b->env, 1));
	end(b);
}

static void tls_may_begin_where_the_server_agrees(void **state)
{
	struct session_bench *b = *state;

	say(b, 1, "220 welcome\r\n");
	say(b, 0, "AUTH TLS\r\n");
	say(b, 1, "234 go on\r\n");
	assert_int_equal(b->flow.session->kind, NRS_SESSION_WATCHED);
	end(b);
}

static void lines_that_are_lost_or_too_long_are_passed_over(void **state)
{
	struct session_bench *b = *state;
	static char line[NRS_SESSION_BUFFER];

	say(b, 1, "220 welcome\r\n");
	nrs_session_gap(&b->env, &b->flow, 0, 10);
	say(b, 0, "TYPE I\r\nQUIT\r\n");
	assert_false(has(b, "TYPE"));
	assert_true(has(b, "1 ftp.command=QUIT\n"));
	memset(line, 'A', sizeof(line) - 1);
	say(b, 0, line);
	say(b, 0, "SYST\r\nPWD\r\n");
	assert_false(has(b, "SYST"));
	assert_true(has(b, "2 ftp.command=PWD\n"));
	end(b);
}

static void octets(struct session_bench *b, struct nrs_flow *flow,
		   unsigned int side, const char *text, size_t len)
{
	nrs_session_datagram(&b->env, flow, side, nrs_span(text, len));
}
#define SEND(flow, side, text) octets(b, flow, side, text, sizeof(text) - 1)

static void begin_tftp(struct session_bench *b)
{
	b->flow.info.proto = 17;
	b->flow.info.dst_port = 69;
}

static void a_read_of_tftp_is_a_file(void **state)
{
	struct session_bench *b = *state;

	begin_tftp(b);
	SEND(&b->flow, 0,
	     "\0\1dir/a.bin\0octet\0blksize\0"
	     "8\0");
	assert_true(has(b, "1 tftp.file=dir/a.bin\n"));
	connect(b, 1, 3000, 40000);
	SEND(&data_flow, 0,
	     "\0\6blksize\0"
	     "8\0");
	SEND(&data_flow, 1, "\0\4\0\0");
	SEND(&data_flow, 0, "\0\3\0\1abcdefgh");
	SEND(&data_flow, 0, "\0\3\0\1abcdefgh"); /* again */
	SEND(&data_flow, 0, "\0\3\0\2ijk");
	assert_true(has(b, "1 file.name=a.bin\n1 file.size=11\n"));
	nrs_session_end(&b->env, &data_flow);
	end(b);
}

static void a_write_of_tftp_is_a_file(void **state)
{
	struct session_bench *b = *state;

	begin_tftp(b);
	SEND(&b->flow, 0, "\0\2a.bin\0octet\0");
	connect(b, 1, 3000, 40000);
	SEND(&data_flow, 0, "\0\4\0\0");
	SEND(&data_flow, 1, "\0\3\0\1abc");
	assert_true(has(b, MD5_ABC));
	nrs_session_end(&b->env, &data_flow);
	end(b);
}

static void a_block_that_is_lost_makes_a_part(void **state)
{
	struct session_bench *b = *state;

	begin_tftp(b);
	SEND(&b->flow, 0, "\0\1a\0octet\0");
	connect(b, 1, 3000, 40000);
	SEND(&data_flow, 0, "\0\3\0\2abc");
	assert_true(has(b, "1 file.name=a\n1 file.partial=3\n"));
	nrs_session_end(&b->env, &data_flow);
	end(b);
}

static void an_error_ends_a_transfer(void **state)
{
	struct session_bench *b = *state;
	char block[516] = {0, 3, 0, 1};

	begin_tftp(b);
	SEND(&b->flow, 0, "\0\1a\0octet\0");
	connect(b, 1, 3000, 40000);
	octets(b, &data_flow, 0, block, sizeof(block));
	SEND(&data_flow, 0, "\0\5\0\1no\0");
	assert_true(has(b, "1 file.name=a\n1 file.partial=512\n"));
	nrs_session_end(&b->env, &data_flow);
	end(b);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_passive_download_is_a_file),
		NRS_T(an_active_upload_is_a_file),
		NRS_T(a_reply_of_many_lines_is_one),
		NRS_T(a_listing_is_no_file),
		NRS_T(what_begins_or_breaks_off_in_the_middle_is_partial),
		NRS_T(what_has_no_front_is_partial),
		NRS_T(a_connection_that_nobody_announced_is_not_read),
		NRS_T(what_is_expected_has_a_quota),
		NRS_T(tls_may_begin_where_the_server_agrees),
		NRS_T(lines_that_are_lost_or_too_long_are_passed_over),
		NRS_T(a_read_of_tftp_is_a_file),
		NRS_T(a_write_of_tftp_is_a_file),
		NRS_T(a_block_that_is_lost_makes_a_part),
		NRS_T(an_error_ends_a_transfer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
