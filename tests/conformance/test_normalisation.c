/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: the shared cases of the sensor profile. Each case becomes a set
 * of one indicator and a flow with the values that the case says were seen.
 * Guards are off.
 */
#include "engine/db.h"
#include "engine/matcher.h"
#include "engine/pattern.h"
#include "tests/conformance/judged.h"

struct seen {
	struct nrs_matcher *matcher;
	struct nrs_txn flow, exchange;
	unsigned int hits;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct seen *seen = ctx;

	(void)hit;
	seen->hits++;
}

static void push(struct seen *s, enum nrs_field field, struct nrs_span text)
{
	const bool is_flow = nrs_field_table[field].scope == NRS_SCOPE_FLOW;
	struct nrs_addr addr;

	if (nrs_field_table[field].kind == NRS_VALUE_ADDR) {
		assert_int_equal(nrs_addr_parse(text, &addr), NRS_OK);
		text = nrs_span(addr.bytes, 16);
	}
	nrs_txn_value(s->matcher, is_flow ? &s->flow : &s->exchange, field,
		      field == NRS_F_IP_DST ? 1 : 0, text);
}

static void push_each(struct seen *s, enum nrs_field field,
		      const struct nrs_json *value)
{
	int64_t number;

	if (nrs_json_is(value, NRS_JSON_NUMBER)) {
		assert_int_equal(nrs_json_i64(value, &number), NRS_OK);
		nrs_txn_int(s->matcher, &s->flow, field, number);
	} else if (nrs_json_is(value, NRS_JSON_ARRAY)) {
		for (const struct nrs_json *v = value->child; v != NULL;
		     v = v->next)
			push(s, field, v->text);
	} else {
		push(s, field, value->text);
	}
}

/* What the capture side would push for one entry of "observed". */
static void observe(struct seen *s, const struct nrs_json *observed,
		    const struct nrs_json *entry)
{
	static const struct {
		const char *key;
		enum nrs_field field;
	} rows[] = {{"src_ip", NRS_F_IP_SRC},
		    {"dst_ip", NRS_F_IP_DST},
		    {"dst_port", NRS_F_DST_PORT},
		    {"protocols", NRS_F_PROTOCOL},
		    {"tcp_flags_src", NRS_F_TCP_SRC_FLAGS},
		    {"dns_qname", NRS_F_DNS_QUERY},
		    {"dns_answers", NRS_F_DNS_A},
		    {"host", NRS_F_HTTP_HOST},
		    {"http_method", NRS_F_HTTP_METHOD},
		    {"http_path", NRS_F_HTTP_URI},
		    {"url", NRS_F_HTTP_URL},
		    {"sni", NRS_F_TLS_SNI},
		    {"ja3", NRS_F_TLS_JA3},
		    {"ja3s", NRS_F_TLS_JA3S},
		    {"ja4", NRS_F_TLS_JA4},
		    {"cert_sha1", NRS_F_CERT_SHA1},
		    {"file_md5", NRS_F_FILE_MD5},
		    {"file_sha256", NRS_F_FILE_SHA256},
		    {"file_name", NRS_F_FILE_NAME},
		    {"mail_from", NRS_F_EMAIL_FROM},
		    {"mail_to", NRS_F_EMAIL_TO},
		    {"mail_cc", NRS_F_EMAIL_CC},
		    {"mail_subject", NRS_F_EMAIL_SUBJECT}};
	struct nrs_text text = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(entry->key, rows[i].key))
			push_each(s, rows[i].field, entry);
	}
	if (nrs_span_is(entry->key, "user_agent")) {
		nrs_text_puts(&text, "User-Agent: ");
		nrs_text_add(&text, entry->text);
		push(s, NRS_F_HTTP_HEADER, nrs_text_span(&text));
	}
	if (nrs_span_is(entry->key, "http_path")) {
		nrs_text_puts(&text, "http://");
		nrs_text_add(&text, nrs_json_text(observed, "host"));
		nrs_text_add(&text, entry->text);
		push(s, NRS_F_HTTP_URL, nrs_text_span(&text));
	}
	nrs_text_fini(&text);
}

static struct nrs_set *set_of(struct nrs_span pattern)
{
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("test"),
					nrs_span_of(""), &source),
			 NRS_OK);
	const struct nrs_indicator indicator = {
		.id = nrs_span_of("indicator--1"),
		.pattern = pattern,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = -1,
		.version = NRS_STIX_21};
	assert_int_equal(nrs_set_add(set, &indicator), NRS_OK);
	return set;
}

static struct seen play(const struct nrs_json *test)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 1};
	const struct nrs_json *observed = nrs_json_get(test, "observed");
	struct nrs_set *set = set_of(nrs_json_text(test, "pattern"));
	struct nrs_counters counters = {0};
	struct nrs_db *db = NULL;
	struct nrs_slab slab;
	struct seen s = {0};
	const struct nrs_match_sink sink = {.ctx = &s, .hit = on_hit};

	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	assert_int_equal(nrs_matcher_new(&s.matcher, db, 0, &sink, &counters),
			 NRS_OK);
	assert_int_equal(nrs_slab_init(&slab, NRS_KEPT_BYTES, 64), NRS_OK);
	nrs_matcher_at(s.matcher, 0, &slab);
	nrs_txn_begin(&s.flow, &s.flow, NRS_TXN_FLOW, 0, 0);
	nrs_txn_begin(&s.exchange, &s.flow, NRS_TXN_HTTP, 1, 0);
	for (const struct nrs_json *e = observed->child; e != NULL; e = e->next)
		observe(&s, observed, e);
	nrs_txn_end(s.matcher, &s.exchange);
	nrs_txn_end(s.matcher, &s.flow);
	nrs_matcher_free(s.matcher);
	nrs_slab_fini(&slab);
	nrs_db_free(db);
	nrs_set_free(set);
	return s;
}

static bool is_right(const struct nrs_json *c)
{
	const struct nrs_span id = nrs_json_text(c, "id");
	const bool want = nrs_json_is(nrs_json_get(c, "match"), NRS_JSON_TRUE);

	if ((play(c).hits > 0) == want)
		return true;
	fprintf(stderr, "%.*s: want %d\n", (int)id.len, (const char *)id.ptr,
		want);
	return false;
}

static void every_case_gets_its_verdict(void **state)
{
	all_are_right(*state, "sensor-normalisation/1", is_right);
}

int main(void)
{
	return RUN_ON_FILES(every_case_gets_its_verdict);
}
