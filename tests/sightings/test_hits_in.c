/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hits_in: a hit that went through hits.jsonl is the hit that it was:
 * sightings of it have the same ids and the same octets as those of a live
 * run; and no line of a stranger can make it anything else.
 */
#include "engine/own_token.h"
#include "sightings/hits_in.h"

#include "sightings/hits_out.h"
#include "tests/sightings/posted.h"

static const char *const captures[] = {"eth1"};

static struct nrs_text line;

static int no_line(void **state)
{
	nrs_text_fini(&line);
	return posted_teardown(state);
}

/* The line of @s, read again. */
static struct nrs_hit_line through(const struct nrs_sighted *s)
{
	const struct nrs_hits_run run = {.set_digest = nrs_span_of("sha256:0"),
					 .captures = captures,
					 .is_live = true,
					 .number = 7};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_hit_line out;
	struct nrs_diag diag = {0};

	nrs_text_clear(&line);
	nrs_hits_line(&line, s, &run);
	if (nrs_hit_read(&out, nrs_text_span(&line), arena, &diag) != NRS_OK)
		fail_msg("%s: %.*s", diag.text, (int)line.len,
			 (const char *)line.ptr);
	nrs_arena_free(arena);
	return out;
}

struct shape {
	const char *name, *src, *dst;
	enum nrs_field field;
	const char *value; /* NULL: the destination's address */
	unsigned int kind; /* enum nrs_txn_kind in its protocols */
	enum nrs_how how;
};

static const struct shape shapes[] = {
	{"a name in TLS", "10.1.0.1", "198.51.100.23", NRS_F_TLS_SNI,
	 "c2.example", NRS_TXN_TLS, NRS_HOW_EXACT},
	{"an address", "10.1.0.1", "198.51.100.23", NRS_F_IP_DST, NULL,
	 NRS_TXN_DNS, NRS_HOW_EXACT},
	{"a prefix, IPv6", "fd12::1", "2001:db8::99", NRS_F_IP_DST, NULL,
	 NRS_TXN_HTTP, NRS_HOW_PREFIX},
	{"from outside", "198.51.100.23", "10.1.0.1", NRS_F_IP_SRC,
	 "198.51.100.23", NRS_TXN_HTTP, NRS_HOW_EXACT},
	{"between own", "10.1.0.1", "10.2.0.1", NRS_F_DNS_QUERY, "a.c2.example",
	 NRS_TXN_DNS, NRS_HOW_SUBDOMAIN},
	{"in transit", "203.0.113.5", "198.51.100.23", NRS_F_TLS_SNI,
	 "c2.example", NRS_TXN_TLS, NRS_HOW_PATTERN},
	{"text that needs care", "10.1.0.1", "198.51.100.23", NRS_F_HTTP_URI,
	 "/a\"b\\\n\xc3\xa9", NRS_TXN_HTTP, NRS_HOW_EXACT},
};

static const struct nrs_sighted *shaped(struct posted *p,
					const struct shape *shape, int64_t ns)
{
	struct made_hit *m = &p->made;

	made_hit(m, shape->src, shape->dst, ns);
	if (shape->field == NRS_F_IP_DST)
		made_value(m, shape->field, m->record.hit.flow.dst.bytes, 16);
	else if (shape->field == NRS_F_IP_SRC)
		made_value(m, shape->field, m->record.hit.flow.src.bytes, 16);
	else
		made_text(m, shape->field, shape->value);
	struct nrs_record_value *value = (void *)(&m->record.hit + 1);
	value->how = (uint8_t)shape->how;
	m->record.hit.flow.outcome = NRS_OUTCOME_ESTABLISHED;
	m->record.hit.flow.protocols = 1u << shape->kind;
	m->record.hit.txn_number = 3;
	return made_sighted(m);
}

static void a_hit_comes_back_as_it_was(void **state)
{
	struct posted *p = *state;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const struct nrs_sighted *s =
			shaped(p, &shapes[i], MADE_NS + 104233000);
		struct nrs_hit_line read = through(s);
		struct nrs_witness *was;

		assert_int_equal(nrs_witness_new(&was, s), NRS_OK);
		const struct nrs_witness_head *a = nrs_witness_head(was);
		const struct nrs_witness_head *b =
			nrs_witness_head(read.witness);
		const struct nrs_record_hit *x = nrs_witness_hit(was);
		const struct nrs_record_hit *y = nrs_witness_hit(read.witness);

		if (!nrs_witness_same(was, read.witness) ||
		    a->confidence != b->confidence ||
		    a->own_is_src != b->own_is_src ||
		    a->is_value != b->is_value ||
		    a->is_partial != b->is_partial ||
		    a->outcome != b->outcome || a->protocols != b->protocols ||
		    x->head.bytes != y->head.bytes ||
		    memcmp(x + 1, y + 1, x->head.bytes - sizeof(*x)) != 0 ||
		    memcmp(&x->flow.src, &y->flow.src, 32) != 0 ||
		    x->flow.src_port != y->flow.src_port ||
		    x->flow.dst_port != y->flow.dst_port ||
		    x->flow.proto != y->flow.proto ||
		    x->flow.start_ns != y->flow.start_ns ||
		    x->head.ts_ns != y->head.ts_ns ||
		    x->txn_number != y->txn_number)
			fail_msg("%s: %.*s", shapes[i].name, (int)line.len,
				 (const char *)line.ptr);
		assert_int_equal(read.outcome, NRS_OUTCOME_ESTABLISHED);
		assert_int_equal(read.number, 7);
		nrs_witness_free(was);
		nrs_witness_free(read.witness);
	}
}

static void how_often_a_log_saw_it_comes_back(void **state)
{
	struct posted *p = *state;
	const int64_t last_ns = MADE_NS + 90 * NRS_SECOND_NS;

	(void)shaped(p, &shapes[0], MADE_NS);
	p->made.record.hit.times = 9;
	p->made.record.hit.txn_end_ns = last_ns;
	struct nrs_hit_line read = through(made_sighted(&p->made));
	const struct nrs_record_hit *hit = nrs_witness_hit(read.witness);

	assert_int_equal(hit->times, 9);
	assert_int_equal(hit->head.ts_ns, MADE_NS);
	assert_int_equal(hit->txn_end_ns, last_ns);
	nrs_witness_free(read.witness);
}

static void a_token_comes_back_as_one(void **state)
{
	struct posted *p = *state;

	(void)shaped(p, &shapes[0], MADE_NS);
	assert_true(nrs_own_token_parse(nrs_span_of("h-7c1e90ab"), true,
					&p->made.record.hit.flow.src));
	p->made.record.hit.flow.tokens = 1;
	struct nrs_hit_line read = through(made_sighted(&p->made));
	const struct nrs_record_hit *hit = nrs_witness_hit(read.witness);

	assert_int_equal(hit->flow.tokens, 1);
	assert_int_equal(
		nrs_addr_compare(&hit->flow.src, &p->made.record.hit.flow.src),
		0);
	nrs_witness_free(read.witness);
}

static int collect(void *ctx, const struct nrs_spool_row *row)
{
	struct nrs_text *all = ctx;

	nrs_text_add(all, row->objects);
	nrs_text_putc(all, '\n');
	return NRS_OK;
}

/* What stands in the spool now, whole. */
static void spooled(struct posted *p, struct nrs_text *out)
{
	const struct nrs_spool_which which = {.state = NRS_SPOOL_QUEUED};

	assert_int_equal(
		nrs_spool_list(p->disk.store, &which, collect, out, NULL),
		NRS_OK);
	assert_int_equal(nrs_store_run(p->disk.store, "DELETE FROM post", NULL),
			 NRS_OK);
}

#define HITS 60
static int64_t when(unsigned int i)
{
	return MADE_NS + (int64_t)i * i * NRS_SECOND_NS + 333000;
}

static void run_live(struct posted *p)
{
	for (unsigned int i = 0; i < HITS; i++) {
		const struct nrs_sighted *s =
			shaped(p, &shapes[i % 3], when(i));

		p->made.record.hit.flow.id = i;
		nrs_outbox_hit(p->outbox, s, when(i));
		assert_int_equal(
			nrs_outbox_step(p->outbox, when(i), false, NULL),
			NRS_OK);
	}
	assert_int_equal(nrs_outbox_step(p->outbox,
					 MADE_NS + 100 * 3600 * NRS_SECOND_NS,
					 true, NULL),
			 NRS_OK);
}

static void run_past(struct posted *p)
{
	const struct nrs_outbox_options options = {.store = p->disk.store,
						   .policy = &p->share.policy,
						   .home = &p->made.home,
						   .sensor = nrs_span_of("s"),
						   .is_past = true,
						   .now_ns = MADE_NS};
	struct nrs_outbox *outbox = NULL;

	assert_int_equal(nrs_outbox_new(&outbox, &options, NULL), NRS_OK);
	for (unsigned int i = 0; i < HITS; i++) {
		struct nrs_hit_line read =
			through(shaped(p, &shapes[i % 3], when(i)));

		assert_int_equal(
			nrs_outbox_witness(outbox, read.witness, read.outcome),
			NRS_OK);
		nrs_witness_free(read.witness);
	}
	assert_int_equal(nrs_outbox_step(outbox,
					 MADE_NS + 100 * 3600 * NRS_SECOND_NS,
					 true, NULL),
			 NRS_OK);
	nrs_outbox_free(outbox);
}

static int compare_lines(const void *a, const void *b)
{
	return nrs_span_compare(*(const struct nrs_span *)a,
				*(const struct nrs_span *)b);
}

static unsigned int sorted(struct nrs_span all, struct nrs_span out[200])
{
	unsigned int count = 0;
	struct nrs_span one;

	while (nrs_span_split(&all, '\n', &one) && count < 200)
		out[count++] = one;
	qsort(out, count, sizeof(*out), compare_lines);
	return count;
}

/* The order in which windows close is not that of the live run: all else is
 * the same to the octet. */
static void a_file_tells_what_the_run_would_have_told(void **state)
{
	struct posted *p = *state;
	struct nrs_text live = {0}, past = {0};
	struct nrs_span a[200], b[200];

	run_live(p);
	spooled(p, &live);
	run_past(p);
	spooled(p, &past);
	const unsigned int count = sorted(nrs_text_span(&live), a);
	assert_true(count >= 6);
	assert_int_equal(sorted(nrs_text_span(&past), b), count);
	for (unsigned int i = 0; i < count; i++) {
		if (!nrs_span_equal(a[i], b[i]))
			fail_msg("%.*s\n%.*s", (int)a[i].len,
				 (const char *)a[i].ptr, (int)b[i].len,
				 (const char *)b[i].ptr);
	}
	nrs_text_fini(&live);
	nrs_text_fini(&past);
}

#define GOOD                                                                   \
	"{\"time\":\"2026-03-01T12:00:00.104233Z\",\"indicator\":\"" MADE_ID   \
	"\",\"modified\":\"2026-02-27T09:00:00.000Z\",\"source\":\"isac-a/"    \
	"alerts\",\"tlp\":\"amber\",\"confidence\":85,\"how\":\"exact\","      \
	"\"own\":{\"ip\":\"10.20.30.40\",\"port\":51234,\"role\":\"client\"}," \
	"\"peer\":{\"ip\":\"198.51.100.23\",\"port\":443},\"direction\":"      \
	"\"out\",\"outcome\":\"answered\",\"values\":[{\"field\":\"tls.sni\"," \
	"\"object\":0,\"value\":\"c2.example\"}],\"start\":"                   \
	"\"2026-03-01T12:00:00.104233Z\"}"

/* GOOD with @from (the first) replaced. */
static const char *changed(const char *from, const char *to)
{
	static char text[2000];
	const char *at = strstr(GOOD, from);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - GOOD), GOOD, to,
		 at + strlen(from));
	return text;
}

static void a_line_that_is_none_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *from, *to, *reason;
	} cases[] = {
		{"{\"time\"", "[{\"time\"", "is no JSON object"},
		{"\"out\"", "\"up\"", "no such direction"},
		{"\"answered\"", "\"maybe\"", "no such outcome"},
		{"\"10.20.30.40\"", "\"10.20.30\"", "an address"},
		{"\"10.20.30.40\"", "\"fd12::1\"", "two families"},
		{"51234", "65536", "a port"},
		{"51234", "-1", "a port"},
		{"tls.sni", "tls.none", "no such field"},
		{"tls.sni", "ip.dst", "no address"},
		{"\"object\":0", "\"object\":70000", "no such object"},
		{"\"exact\"", "\"by luck\"", "how it matched"},
		{"\"" MADE_ID "\"", "\"\"", "names no indicator"},
		{"2026-02-27T", "27.2.2026T", "a time"},
		{"\"start\"", "\"begin\"", "a time"},
		{"85", "101", "confidence"},
		{"[{\"field\"", "[],\"x\":[{\"field\"", "no value"},
	};
	struct nrs_arena *arena = nrs_arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_hit_line out;
		struct nrs_diag diag = {0};
		const char *text = changed(cases[i].from, cases[i].to);

		if (nrs_hit_read(&out, nrs_span_of(text), arena, &diag) !=
			    NRS_E_FORMAT ||
		    strstr(diag.text, cases[i].reason) == NULL)
			fail_msg("%s: %s", cases[i].to, diag.text);
		assert_null(out.witness);
	}
	nrs_arena_free(arena);
}

static void a_marking_that_is_not_known_is_red(void **state)
{
	static const struct {
		const char *from, *to;
		enum nrs_tlp want;
	} cases[] = {{"amber", "amber", NRS_TLP_AMBER},
		     {"amber", "ambr", NRS_TLP_RED},
		     {"\"amber\"", "null", NRS_TLP_NONE},
		     {"\"tlp\"", "\"no\"", NRS_TLP_NONE},
		     {"\"amber\"", "7", NRS_TLP_RED}};
	struct nrs_arena *arena = nrs_arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_hit_line out;

		assert_int_equal(nrs_hit_read(&out,
					      nrs_span_of(changed(cases[i].from,
								  cases[i].to)),
					      arena, NULL),
				 NRS_OK);
		assert_int_equal(nrs_witness_head(out.witness)->tlp,
				 cases[i].want);
		nrs_witness_free(out.witness);
	}
	nrs_arena_free(arena);
}

static void a_raise_is_no_hit(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_hit_line out;

	(void)state;
	assert_int_equal(
		nrs_hit_read(&out,
			     nrs_span_of("{\"time\":\"2026-03-01T12:00:00Z\","
					 "\"raises\":12,\"outcome\":"
					 "\"established\"}"),
			     arena, NULL),
		NRS_OK);
	assert_true(out.is_raise);
	assert_int_equal(out.number, 12);
	assert_int_equal(out.outcome, NRS_OUTCOME_ESTABLISHED);
	assert_null(out.witness);
	nrs_arena_free(arena);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, posted_setup, no_line)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_hit_comes_back_as_it_was),
		NRS_T(how_often_a_log_saw_it_comes_back),
		NRS_T(a_token_comes_back_as_one),
		NRS_T(a_file_tells_what_the_run_would_have_told),
		cmocka_unit_test(
			a_line_that_is_none_is_refused_with_the_reason),
		cmocka_unit_test(a_marking_that_is_not_known_is_red),
		cmocka_unit_test(a_raise_is_no_hit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
