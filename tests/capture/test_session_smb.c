/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_smb: shares, files and what is in them, whatever pieces the
 * messages come in. The digest of "abc" is that of RFC 1321 (appendix A.5).
 */
#include "capture/session_smb.h"

#include "tests/capture/made_db.h"
#include "tests/capture/session_bench.h"
#include "tests/proto/made_smb.h"

#define MD5_ABC "900150983cd24fb0d6963f7d28e17f72"
#define CLIENT 0
#define SERVER 1

enum command { TREE = 3, CREATE = 5, CLOSE = 6, READ = 8, WRITE = 9 };

#define REQ(c, m) (&(struct smb_unit){.command = (c), .message = (m)})
#define ANS(c, m)                                                              \
	(&(struct smb_unit){                                                   \
		.command = (c), .message = (m), .is_response = true})

static void begin(struct session_bench *b)
{
	b->env.demand = NRS_FIELD_BIT(NRS_F_SMB_SHARE) |
			NRS_FIELD_BIT(NRS_F_SMB_FILENAME) |
			NRS_FIELD_BIT(NRS_F_FILE_MD5) |
			NRS_FIELD_BIT(NRS_F_FILE_NAME) |
			NRS_FIELD_BIT(NRS_F_FILE_PARTIAL);
	b->env.demand |= NRS_FIELD_BIT(NRS_F_FILE_SIZE);
}

static void give(struct session_bench *b, unsigned int side,
		 const struct made_smb *m)
{
	nrs_session_bytes(&b->env, &b->flow, side, smb_span(m));
}

static void end(struct session_bench *b)
{
	const struct nrs_dissector *d = &nrs_dissectors[b->session.kind];

	assert_int_equal(b->session.kind, NRS_SESSION_SMB);
	d->end(&b->env, &b->session);
	assert_int_equal(b->pools.files.taken, 0);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->kept.taken, 0);
}

static void a_share_is_told_when_it_is_asked_for(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	smb_tree(&m, REQ(TREE, 1), "\\\\srv.example\\pub");
	give(b, CLIENT, &m);
	assert_string_equal(b->seen, "1 smb.share=\\\\srv.example\\pub\n");
	assert_int_equal(b->ended, 1);
	end(b);
}

/* Open, two reads of "abc", close; the client's in one go. */
static void ask(struct session_bench *b, uint64_t size)
{
	struct made_smb m = {.len = 0}, answer = {.len = 0};

	smb_create(&m, REQ(CREATE, 1), "dir\\a.txt");
	give(b, CLIENT, &m);
	smb_created(&answer, ANS(CREATE, 1), 7, size);
	give(b, SERVER, &answer);
	m = (struct made_smb){.len = 0};
	smb_read(&m, REQ(READ, 2), 7, 0);
	give(b, CLIENT, &m);
	m = (struct made_smb){.len = 0};
	smb_read(&m, REQ(READ, 3), 7, 2);
	give(b, CLIENT, &m);
}

static void answer(struct session_bench *b, uint64_t message, const char *text)
{
	struct made_smb m = {.len = 0};

	smb_data(&m, ANS(READ, message), text);
	give(b, SERVER, &m);
}

static void close_file(struct session_bench *b)
{
	struct made_smb m = {.len = 0};

	smb_close(&m, REQ(CLOSE, 4), 7);
	give(b, CLIENT, &m);
}

#define ALL_OF_IT                                                              \
	"1 smb.filename=dir\\a.txt\n"                                          \
	"1 file.name=a.txt\n"                                                  \
	"1 file.size=3\n"                                                      \
	"1 file.md5=" MD5_ABC "\n"

static void a_file_is_told_when_it_is_closed(void **state)
{
	struct session_bench *b = *state;

	begin(b);
	ask(b, 3);
	answer(b, 2, "ab");
	answer(b, 3, "c");
	assert_string_equal(b->seen, "1 smb.filename=dir\\a.txt\n");
	close_file(b);
	assert_string_equal(b->seen, ALL_OF_IT);
	assert_int_equal(b->ended, 1);
	end(b);
}

static void answers_in_another_order_are_put_in_order(void **state)
{
	struct session_bench *b = *state;

	begin(b);
	ask(b, 3);
	answer(b, 3, "c");
	assert_int_equal(b->pools.buffers.taken, 1);
	answer(b, 2, "ab");
	assert_int_equal(b->pools.buffers.taken, 0);
	close_file(b);
	assert_string_equal(b->seen, ALL_OF_IT);
	end(b);
}

static void what_was_not_read_to_its_end_is_partial(void **state)
{
	struct session_bench *b = *state;

	begin(b);
	ask(b, 4);
	answer(b, 2, "ab");
	answer(b, 3, "c");
	close_file(b);
	assert_string_equal(b->seen, "1 smb.filename=dir\\a.txt\n"
				     "1 file.name=a.txt\n"
				     "1 file.partial=3\n");
	end(b);
}

static void octet_by_octet_is_the_same(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	ask(b, 3);
	smb_data(&m, ANS(READ, 2), "ab");
	for (size_t i = 0; i < m.len; i++)
		nrs_session_bytes(&b->env, &b->flow, SERVER,
				  nrs_span_part(smb_span(&m), i, 1));
	answer(b, 3, "c");
	close_file(b);
	assert_string_equal(b->seen, ALL_OF_IT);
	end(b);
}

static void compounded_requests_mean_the_file_before(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0}, answers = {.len = 0};
	struct smb_unit related = {
		.command = READ, .message = 2, .is_related = true};

	begin(b);
	smb_create(&m, REQ(CREATE, 1), "a.txt");
	smb_read(&m, &related, 0xff, 0);
	related.command = CLOSE;
	related.message = 3;
	smb_close(&m, &related, 0xff);
	give(b, CLIENT, &m);
	smb_created(&answers, ANS(CREATE, 1), 7, 3);
	smb_data(&answers, ANS(READ, 2), "abc");
	(void)smb_begin(&answers, ANS(CLOSE, 3));
	(void)smb_body(&answers, 60, 60);
	give(b, SERVER, &answers);
	assert_string_equal(b->seen, "1 smb.filename=a.txt\n"
				     "1 file.name=a.txt\n"
				     "1 file.size=3\n"
				     "1 file.md5=" MD5_ABC "\n");
	assert_int_equal(b->ended, 1);
	end(b);
}

static void an_interim_answer_is_not_the_answer(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};
	struct smb_unit later = {.command = READ,
				 .message = 2,
				 .is_response = true,
				 .is_async = true,
				 .status = 0x103};

	begin(b);
	ask(b, 3);
	(void)smb_begin(&m, &later);
	(void)smb_body(&m, 9, 9);
	give(b, SERVER, &m);
	later.status = 0;
	m = (struct made_smb){.len = 0};
	smb_data(&m, &later, "ab");
	give(b, SERVER, &m);
	answer(b, 3, "c");
	close_file(b);
	assert_string_equal(b->seen, ALL_OF_IT);
	end(b);
}

static void what_is_written_is_a_file_too(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0}, answers = {.len = 0};

	begin(b);
	smb_create(&m, REQ(CREATE, 1), "a.txt");
	give(b, CLIENT, &m);
	smb_created(&answers, ANS(CREATE, 1), 7, 0);
	give(b, SERVER, &answers);
	m = (struct made_smb){.len = 0};
	smb_write(&m, REQ(WRITE, 2), 7, "abc");
	give(b, CLIENT, &m);
	close_file(b);
	assert_non_null(strstr(b->seen, "file.md5=" MD5_ABC));
	end(b);
}

static void what_is_written_again_is_partial(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	smb_write(&m, REQ(WRITE, 2), 7, "abc");
	give(b, CLIENT, &m);
	m = (struct made_smb){.len = 0};
	smb_write(&m, REQ(WRITE, 3), 7, "x");
	give(b, CLIENT, &m);
	close_file(b);
	assert_string_equal(b->seen, "1 file.partial=3\n");
	end(b);
}

static void what_is_read_again_is_counted(void **state)
{
	struct session_bench *b = *state;

	begin(b);
	ask(b, 3);
	answer(b, 2, "abc");
	answer(b, 3, "x");
	close_file(b);
	assert_string_equal(b->seen, ALL_OF_IT);
	assert_int_equal(b->counters.value[NRS_C_SMB_READ_AGAIN], 1);
	end(b);
}

static void pipes_are_no_files(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};
	struct smb_unit shared = *ANS(TREE, 9), opened = *ANS(CREATE, 1);

	begin(b);
	shared.tree = opened.tree = 5;
	(void)smb_begin(&m, &shared);
	m.bytes[smb_body(&m, 16, 16) + 2] = 2; /* a pipe */
	give(b, SERVER, &m);
	m = (struct made_smb){.len = 0};
	smb_create(&m, REQ(CREATE, 1), "srvsvc");
	give(b, CLIENT, &m);
	m = (struct made_smb){.len = 0};
	smb_created(&m, &opened, 7, 0);
	give(b, SERVER, &m);
	assert_string_equal(b->seen, "1 smb.filename=srvsvc\n");
	assert_int_equal(b->ended, 1);
	end(b);
}

static void a_remote_call_is_no_file(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};
	const char bind[] = {5, 1, 11, 0};

	begin(b);
	smb_create(&m, REQ(CREATE, 1), "srvsvc");
	give(b, CLIENT, &m);
	m = (struct made_smb){.len = 0};
	smb_created(&m, ANS(CREATE, 1), 7, 0);
	give(b, SERVER, &m);
	m = (struct made_smb){.len = 0};
	smb_write(&m, REQ(WRITE, 2), 7, bind);
	m.bytes[m.len - 2] = 0; /* version 5.0 */
	give(b, CLIENT, &m);
	close_file(b);
	assert_string_equal(b->seen, "1 smb.filename=srvsvc\n");
	end(b);
}

static void octets_lost_in_a_file_make_it_partial(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	ask(b, 6);
	smb_data(&m, ANS(READ, 2), "abcdef");
	nrs_session_bytes(&b->env, &b->flow, SERVER,
			  nrs_span_part(smb_span(&m), 0, m.len - 4));
	nrs_session_gap(&b->env, &b->flow, SERVER, 3);
	nrs_session_bytes(&b->env, &b->flow, SERVER,
			  nrs_span_from(smb_span(&m), m.len - 1));
	close_file(b);
	assert_non_null(strstr(b->seen, "file.partial="));
	assert_null(strstr(b->seen, "file.md5="));
	end(b);
}

static void behind_a_hole_the_next_message_is_found(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	smb_tree(&m, REQ(TREE, 1), "\\\\a\\b");
	nrs_session_bytes(&b->env, &b->flow, CLIENT,
			  nrs_span_part(smb_span(&m), 0, 30));
	nrs_session_gap(&b->env, &b->flow, CLIENT, 5000);
	nrs_session_bytes(&b->env, &b->flow, CLIENT, nrs_span_of("rest"));
	give(b, CLIENT, &m);
	assert_string_equal(b->seen, "1 smb.share=\\\\a\\b\n");
	end(b);
}

static void encrypted_messages_are_counted(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};

	begin(b);
	(void)smb_begin(&m, REQ(0, 1));
	m.bytes[4] = 0xfd;
	give(b, CLIENT, &m);
	give(b, CLIENT, &m);
	assert_int_equal(b->counters.value[NRS_C_SMB_HIDDEN], 2);
	assert_int_equal(b->counters.value[NRS_C_SMB_BAD], 0);
	end(b);
}

static void more_open_files_than_fit_are_counted(void **state)
{
	struct session_bench *b = *state;

	begin(b);
	for (uint64_t i = 0; i < NRS_SMB_FILES + 3; i++) {
		struct made_smb m = {.len = 0};

		smb_create(&m, REQ(CREATE, i), "a");
		give(b, CLIENT, &m);
	}
	assert_int_equal(b->counters.value[NRS_C_SMB_FORGOTTEN], 3);
	assert_int_equal(b->ended, 3);
	end(b);
	assert_int_equal(b->ended, NRS_SMB_FILES + 3);
}

static unsigned int parts;

static void on_part(void *ctx, const struct nrs_hit *hit)
{
	(void)ctx;
	parts += hit->part > 0;
}

static void
a_file_open_for_a_minute_is_told_for_patterns_of_several(void **state)
{
	struct session_bench *b = *state;
	struct made_smb m = {.len = 0};
	struct nrs_set *set = NULL;
	struct nrs_db *db = build(&set,
				  "[file:name = 'a.txt'] FOLLOWEDBY "
				  "[file:name = 'b.txt']",
				  1);

	begin(b);
	parts = 0;
	b->sink.hit = on_part;
	nrs_matcher_adopt(b->env.matcher, db);
	smb_create(&m, REQ(CREATE, 1), "dir\\a.txt");
	give(b, CLIENT, &m);
	nrs_session_overdue(&b->env, &b->flow);
	assert_int_equal(parts, 0);
	b->env.now_ns += NRS_TXN_OPEN_NS;
	nrs_session_overdue(&b->env, &b->flow);
	assert_int_equal(parts, 1);
	nrs_dissectors[NRS_SESSION_SMB].end(&b->env, &b->session);
	nrs_txn_end(b->env.matcher, &b->flow.txn);
	nrs_db_free(db);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(a_share_is_told_when_it_is_asked_for),
		NRS_S(a_file_is_told_when_it_is_closed),
		NRS_S(answers_in_another_order_are_put_in_order),
		NRS_S(what_was_not_read_to_its_end_is_partial),
		NRS_S(octet_by_octet_is_the_same),
		NRS_S(compounded_requests_mean_the_file_before),
		NRS_S(an_interim_answer_is_not_the_answer),
		NRS_S(what_is_written_is_a_file_too),
		NRS_S(what_is_written_again_is_partial),
		NRS_S(what_is_read_again_is_counted),
		NRS_S(pipes_are_no_files),
		NRS_S(a_remote_call_is_no_file),
		NRS_S(octets_lost_in_a_file_make_it_partial),
		NRS_S(behind_a_hole_the_next_message_is_found),
		NRS_S(encrypted_messages_are_counted),
		NRS_S(more_open_files_than_fit_are_counted),
		NRS_S(a_file_open_for_a_minute_is_told_for_patterns_of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
