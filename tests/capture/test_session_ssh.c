/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_ssh: what both sides of SSH give, in pieces of any size; the
 * digests are md5sum's of the lists by hand.
 */
#include "tests/capture/session_feed.h"

#define PACKET                                                                 \
	"\0\0\0\x55\4\x14"                                                     \
	"cookie-of-16-oct"                                                     \
	"\0\0\0\3a,b\0\0\0\3key\0\0\0\2c0\0\0\0\2s0\0\0\0\2c1\0\0\0\2s1"       \
	"\0\0\0\0\0\0\0\4zlib\0\0\0\0\0\0\0\0\0\0\0\0\0pads"
#define CLIENT "SSH-2.0-Example_1.0 comment\r\n"
#define SERVER "Welcome\r\nSSH-2.0-Other_2.0\r\n"
#define OF_CLIENT                                                              \
	"1 ssh.client.version=SSH-2.0-Example_1.0 comment\n"                   \
	"1 ssh.client.software=Example_1.0\n"
#define OF_SERVER                                                              \
	"1 ssh.server.version=SSH-2.0-Other_2.0\n"                             \
	"1 ssh.server.software=Other_2.0\n"
#define HASSH "1 ssh.hassh=3867fed0ef9f582441ee20ae4947d564\n"
#define HASSH_SERVER "1 ssh.hassh_server=47beb83a7ea84c994cfd0490fbf13b5a\n"

static void both_sides(struct session_bench *b, size_t piece)
{
	FEED(0, CLIENT, piece);
	FEED(1, SERVER PACKET "\0\0\0\0", piece);
	assert_int_equal(b->ended, 0);
	FEED(0, PACKET "more", piece);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER HASSH_SERVER HASSH);
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->counters.value[NRS_C_SSH], 1);
	assert_int_equal(b->counters.value[NRS_C_SSH_BAD], 0);
	assert_int_equal(b->pools.buffers.taken, 0);
}

static void both_sides_are_one_transaction(void **state)
{
	both_sides(*state, 1000);
}

static void both_sides_may_come_octet_by_octet(void **state)
{
	both_sides(*state, 1);
}

static void both_sides_may_come_in_pieces(void **state)
{
	both_sides(*state, 30);
}

static void a_greeting_before_the_first_line_does_not_hide_it(void **state)
{
	struct session_bench *b = *state;

	FEED(1, "Welcome\r\n", 100);
	assert_int_equal(b->session.kind, NRS_SESSION_WATCHED);
	FEED(1, "SSH-2.0-Other_2.0\r\n", 100);
	assert_string_equal(b->seen, OF_SERVER);
}

static void an_s_alone_does_not_hold_up_what_follows(void **state)
{
	struct session_bench *b = *state;

	FEED(0, "\0\0\0\x8\4\xd2\x16\x2f", 100); /* PostgreSQL: TLS? */
	FEED(1, "S", 100);
	FEED(1, "\x16\3\3\0\x2a\2", 100);
	assert_int_equal(b->session.kind, NRS_SESSION_TLS);
}

/* A list of what a server can do, in a protocol that nobody asks for. */
static void a_line_like_ours_in_a_dialogue_is_none(void **state)
{
	struct session_bench *b = *state;

	FEED(1, "Welcome\r\n", 100);
	FEED(0, "hello\r\n", 100);
	FEED(1, "SSH-2.0-Other_2.0\r\n", 100);
	assert_string_equal(b->seen, "");
	assert_int_equal(b->session.kind, NRS_SESSION_WATCHED);
}

/* Whether somebody else waits to see more of it must not matter. */
static void what_an_octet_was_waited_with_may_begin_tls(void **state)
{
	struct session_bench *b = *state;

	FEED(0, "\0", 1);
	assert_int_equal(b->session.kind, NRS_SESSION_UNKNOWN);
	FEED(0, "\x16\3\1\0\x2a\1", 100);
	assert_int_equal(b->session.kind, NRS_SESSION_TLS);
}

static void what_nobody_asks_for_is_not_waited_for(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_SSH_CLIENT_SOFTWARE);
	FEED(0, CLIENT, 100);
	assert_string_equal(b->seen, "1 ssh.client.software=Example_1.0\n");
	FEED(1, SERVER, 100);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
}

static void version_1_has_lines_only(void **state)
{
	struct session_bench *b = *state;

	FEED(1, "SSH-1.99-Other\n", 100);
	FEED(0, "SSH-1.5-Old\n", 100);
	FEED(1, "\0\0\0\x9\1\2\3\4\5\6\7\x8\x9", 100);
	FEED(0, "\0\0\0\x9\1\2\3\4\5\6\7\x8\x9", 100);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->counters.value[NRS_C_SSH_BAD], 0);
}

static void what_is_no_offer_is_counted(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT "\0\0\0\x6\4\x1epads", 100);
	assert_int_equal(b->counters.value[NRS_C_SSH_BAD], 1);
	FEED(1, SERVER PACKET, 100);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER HASSH_SERVER);
	assert_int_equal(b->ended, 1);
}

static void endless_lines_end(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT, 100);
	for (unsigned int i = 0; i < 64; i++)
		FEED(1, "never\n", 100);
	assert_int_equal(b->counters.value[NRS_C_SSH_BAD], 1);
	FEED(1, SERVER, 100);
	assert_string_equal(b->seen, OF_CLIENT);
}

static void a_gap_ends_a_side_alone(void **state)
{
	struct session_bench *b = *state;

	FEED(0, CLIENT "\0\0", 100);
	nrs_session_gap(&b->env, &b->flow, 0, 100);
	FEED(0, PACKET, 100);
	FEED(1, SERVER PACKET, 100);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER HASSH_SERVER);
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->pools.buffers.taken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(both_sides_are_one_transaction),
		NRS_S(both_sides_may_come_octet_by_octet),
		NRS_S(both_sides_may_come_in_pieces),
		NRS_S(a_greeting_before_the_first_line_does_not_hide_it),
		NRS_S(an_s_alone_does_not_hold_up_what_follows),
		NRS_S(a_line_like_ours_in_a_dialogue_is_none),
		NRS_S(what_an_octet_was_waited_with_may_begin_tls),
		NRS_S(what_nobody_asks_for_is_not_waited_for),
		NRS_S(version_1_has_lines_only),
		NRS_S(what_is_no_offer_is_counted),
		NRS_S(endless_lines_end),
		NRS_S(a_gap_ends_a_side_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
