/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_dns: every answer type that is read, and names that would never
 * end; messages by RFC 1035, 2782, 4255, 6762 and 6891.
 */
#include "tests/capture/session_feed.h"

#define ASKED "\1a\2c2\0\0\1\0\1"
#define HEAD(answers) "\x12\x34\x81\x80\0\1\0" answers "\0\0\0\1" ASKED
/* The owner that was asked for, class IN, a minute. */
#define RECORD(type, len) "\xc0\xc\0" type "\0\1\0\0\0\x3c\0" len
/* A pseudo record of EDNS: 4096 octets, a cookie of eight. */
#define OPT                                                                    \
	"\0\0\x29\x10\0\0\0\0\0\0\xc\0\xa\0\x8"                                \
	"cookies!"
#define OF_QUESTION "1 dns.answer.rrname=a.c2\n1 dns.rr.name=a.c2\n"

static const struct {
	const char *name;
	struct nrs_span message;
	const char *seen;
} types[] = {
#define ROW(title, octets, values)                                             \
	{                                                                      \
		title, {(const uint8_t *)(octets), sizeof(octets) - 1},        \
			OF_QUESTION values                                     \
	}
	ROW("CNAME", HEAD("\1") RECORD("\5", "\4") "\1b\xc0\xe" OPT,
	    "1 dns.rr.CNAME=b.c2\n"),
	ROW("NS", HEAD("\1") RECORD("\2", "\4") "\1b\xc0\xe" OPT,
	    "1 dns.rr.NS=b.c2\n"),
	ROW("PTR", HEAD("\1") RECORD("\xc", "\4") "\1b\xc0\xe" OPT,
	    "1 dns.rr.PTR=b.c2\n"),
	ROW("MX", HEAD("\1") RECORD("\xf", "\6") "\0\1\1b\xc0\xe" OPT,
	    "1 dns.rr.MX=b.c2\n"),
	ROW("SOA",
	    HEAD("\1") RECORD("\6", "\x1c") "\1b\xc0\xe\1m\xc0\xe"
					    "1234567890abcdefghij" OPT,
	    "1 dns.rr.SOA=b.c2\n"),
	ROW("SRV",
	    HEAD("\1") RECORD("\x21", "\xa") "\0\1\0\2\0\x50\1b\xc0\xe" OPT,
	    "1 dns.rr.SRV=b.c2\n"),
	ROW("TXT", HEAD("\1") RECORD("\x10", "\6") "\2hi\2yo" OPT,
	    "1 dns.rr.TXT=hi\n1 dns.rr.TXT=yo\n"),
	ROW("NULL", HEAD("\1") RECORD("\xa", "\3") "any" OPT,
	    "1 dns.rr.NULL=any\n"),
	ROW("SSHFP", HEAD("\1") RECORD("\x2c", "\5") "\4\2\x0b\x24\xd9" OPT,
	    "1 dns.rr.SSHFP=0b:24:d9\n"),
	ROW("SSHFP without a digest", HEAD("\1") RECORD("\x2c", "\1") "\4" OPT,
	    ""),
	ROW("a type that nobody reads",
	    HEAD("\1") RECORD("\x63", "\3") "???" OPT, ""),
	ROW("an A of another length", HEAD("\1") RECORD("\1", "\3") "???" OPT,
	    ""),
};

static void every_answer_type_has_its_value(void **state)
{
	struct session_bench *b = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		b->len = 0;
		b->seen[0] = '\0';
		b->flow.txn_count = 0;
		nrs_session_dns(&b->env, &b->flow, 1, types[i].message);
		if (strcmp(b->seen, types[i].seen) != 0)
			fail_msg("%s: %s", types[i].name, b->seen);
	}
	assert_int_equal(b->counters.value[NRS_C_DNS_BAD], 0);
}

/* Two questions at once, and an answer that flushes caches (RFC 6762). */
static void multicast_answers_need_no_question(void **state)
{
	struct session_bench *b = *state;
	static const char answer[] =
		"\0\0\x84\0\0\0\0\1\0\0\0\0\5_http\4_tcp\5local\0\0\xc\x80\1"
		"\0\0\0\x3c\0\4\1x\xc0\xc";
	static const char questions[] =
		"\0\0\0\0\0\2\0\0\0\0\0\0\1a\5local\0\0\xff\x80\1"
		"\1b\xc0\xe\0\x1c\0\1";

	nrs_session_dns(&b->env, &b->flow, 1,
			nrs_span(answer, sizeof(answer) - 1));
	nrs_session_dns(&b->env, &b->flow, 0,
			nrs_span(questions, sizeof(questions) - 1));
	assert_string_equal(b->seen,
			    "1 dns.rr.name=_http._tcp.local\n"
			    "1 dns.rr.PTR=x._http._tcp.local\n"
			    "2 dns.query=a.local\n2 dns.query=b.local\n");
	assert_int_equal(b->counters.value[NRS_C_DNS_BAD], 0);
}

static void names_that_never_end_are_refused(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span message;
	} rows[] = {
		{"a pointer at itself",
		 {(const uint8_t *)"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\xc\0\1\0\1",
		  18}},
		{"two that point at each other",
		 {(const uint8_t
			   *)"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\xe\xc0\xc\0\1\0\1",
		  20}},
		{"a pointer ahead",
		 {(const uint8_t *)"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x10\0\1\0\1"
				   "\1a\0",
		  21}},
		{"a pointer into the header",
		 {(const uint8_t *)"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\2\0\1\0\1",
		  18}},
		{"a label of another kind",
		 {(const uint8_t *)"\0\1\1\0\0\1\0\0\0\0\0\0\x41x\0\0\1\0\1",
		  19}},
	};
	struct session_bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_session_dns(&b->env, &b->flow, 0, rows[i].message);
		if (b->counters.value[NRS_C_DNS_BAD] != i + 1)
			fail_msg("%s", rows[i].name);
	}
	assert_string_equal(b->seen, "");
}

/* Each record's name leads through all those before it, one label longer each
 * time, so that what is short here would be long in full. */
static void a_bomb_of_names_costs_no_more_than_its_names(void **state)
{
	static uint8_t bomb[12 + 300 * 14];
	struct session_bench *b = *state;
	size_t at = 12, name_at = 0;

	memcpy(bomb, "\0\1\x81\x80\0\0\1\x2c\0\0\0\0", 12); /* 300 answers */
	b->env.demand = NRS_FIELD_BIT(NRS_F_DNS_TXT);
	for (unsigned int i = 0; i < 300; i++) {
		const size_t here = at;

		bomb[at++] = 1;
		bomb[at++] = 'x';
		if (i == 0) {
			bomb[at++] = 0;
		} else {
			bomb[at++] = (uint8_t)(0xc0 | name_at >> 8);
			bomb[at++] = (uint8_t)name_at;
		}
		name_at = here;
		memcpy(bomb + at, "\0\x63\0\1\0\0\0\0\0\0", 10);
		at += 10;
	}
	nrs_session_dns(&b->env, &b->flow, 1, nrs_span(bomb, at));
	/* the 128th name has 257 octets: no name has more than 255 */
	assert_int_equal(b->counters.value[NRS_C_DNS_BAD], 1);
	assert_int_equal(b->ended, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(every_answer_type_has_its_value),
		NRS_S(multicast_answers_need_no_question),
		NRS_S(names_that_never_end_are_refused),
		NRS_S(a_bomb_of_names_costs_no_more_than_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
