/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_eve_out: the members and types that Suricata's own schema allows in an
 * alert (etc/schema.json of Suricata 7: names and types as listed here), and
 * nothing above the ceiling.
 */
#include "sightings/eve_out.h"

#include "engine/base/arena.h"
#include "engine/base/json.h"
#include "tests/sightings/made_hit.h"

static struct nrs_text line;
static struct nrs_arena *arena;
static struct made_hit made;

static int setup(void **state)
{
	(void)state;
	arena = nrs_arena_new(0);
	made_set(&made, NRS_TLP_AMBER, NULL);
	return arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	nrs_arena_free(arena);
	nrs_text_fini(&line);
	nrs_set_free(made.set);
	return 0;
}

static const char *const captures[] = {"case.pcap"};
static const struct nrs_hits_run replay = {
	.set_digest = {(const uint8_t *)"sha256:41f0", 11},
	.captures = captures};

static const struct nrs_json *written(enum nrs_tlp max_tlp, bool is_live)
{
	struct nrs_hits_run run = replay;
	const struct nrs_eve_options options = {
		.run = &run, .max_tlp = max_tlp, .key = nrs_span_of("key")};
	struct nrs_json *tree = NULL;

	run.is_live = is_live;
	nrs_text_clear(&line);
	(void)nrs_eve_line(&line, made_sighted(&made), &options);
	assert_int_equal(nrs_span_find(nrs_text_span(&line), '\n', 0),
			 line.len - 1);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&line), arena, &tree, NULL),
		NRS_OK);
	return tree;
}

struct member {
	const char *name;
	enum nrs_json_type type;
};

static const struct member top[] = {{"timestamp", NRS_JSON_STRING},
				    {"flow_id", NRS_JSON_NUMBER},
				    {"in_iface", NRS_JSON_STRING},
				    {"pcap_filename", NRS_JSON_STRING},
				    {"pcap_cnt", NRS_JSON_NUMBER},
				    {"event_type", NRS_JSON_STRING},
				    {"vlan", NRS_JSON_ARRAY},
				    {"src_ip", NRS_JSON_STRING},
				    {"src_port", NRS_JSON_NUMBER},
				    {"dest_ip", NRS_JSON_STRING},
				    {"dest_port", NRS_JSON_NUMBER},
				    {"proto", NRS_JSON_STRING},
				    {"community_id", NRS_JSON_STRING},
				    {"tx_id", NRS_JSON_NUMBER},
				    {"alert", NRS_JSON_OBJECT},
				    {"app_proto", NRS_JSON_STRING},
				    {"http", NRS_JSON_OBJECT},
				    {"tls", NRS_JSON_OBJECT},
				    {"quic", NRS_JSON_OBJECT},
				    {"dns", NRS_JSON_OBJECT},
				    {NULL, NRS_JSON_NULL}};
static const struct member alert[] = {{"action", NRS_JSON_STRING},
				      {"gid", NRS_JSON_NUMBER},
				      {"signature_id", NRS_JSON_NUMBER},
				      {"rev", NRS_JSON_NUMBER},
				      {"signature", NRS_JSON_STRING},
				      {"category", NRS_JSON_STRING},
				      {"severity", NRS_JSON_NUMBER},
				      {"metadata", NRS_JSON_OBJECT},
				      {NULL, NRS_JSON_NULL}};
static const struct member metadata[] = {{"signature_severity", NRS_JSON_ARRAY},
					 {"tag", NRS_JSON_ARRAY},
					 {"updated_at", NRS_JSON_ARRAY},
					 {NULL, NRS_JSON_NULL}};
static const struct member http[] = {{"hostname", NRS_JSON_STRING},
				     {"url", NRS_JSON_STRING},
				     {"http_user_agent", NRS_JSON_STRING},
				     {NULL, NRS_JSON_NULL}};
static const struct member tls[] = {{"sni", NRS_JSON_STRING},
				    {"subject", NRS_JSON_STRING},
				    {"issuerdn", NRS_JSON_STRING},
				    {NULL, NRS_JSON_NULL}};

static void only(const struct nrs_json *object, const struct member *allowed)
{
	if (object == NULL)
		return;
	for (const struct nrs_json *at = object->child; at != NULL;
	     at = at->next) {
		const struct member *m = allowed;

		while (m->name != NULL && !nrs_span_is(at->key, m->name))
			m++;
		if (m->name == NULL || m->type != at->type)
			fail_msg("%.*s is not in the schema", (int)at->key.len,
				 (const char *)at->key.ptr);
	}
}

static void fits_the_schema(const struct nrs_json *tree)
{
	only(tree, top);
	only(nrs_json_get(tree, "alert"), alert);
	only(nrs_json_get(nrs_json_get(tree, "alert"), "metadata"), metadata);
	only(nrs_json_get(tree, "http"), http);
	only(nrs_json_get(tree, "tls"), tls);
	assert_true(nrs_span_is(nrs_json_text(tree, "event_type"), "alert"));
}

static void have(const struct nrs_json *tree, const char *key, const char *want)
{
	const struct nrs_json *value = nrs_json_get(tree, key);

	if (value == NULL || !nrs_span_is(value->text, want))
		fail_msg("%s is not %s: %.*s", key, want, (int)line.len,
			 (const char *)line.ptr);
}

static void an_alert_has_the_shape_of_suricatas(void **state)
{
	const struct nrs_json *tree, *inner;

	(void)state;
	(void)made_usual(&made, "10.20.30.40", MADE_NS + 104233000);
	made.record.hit.frame = 48211;
	made.record.hit.txn_number = 7;
	made.record.hit.txn_kind = NRS_TXN_TLS;
	made.record.hit.flow.outcome = NRS_OUTCOME_ANSWERED;
	tree = written(NRS_TLP_NONE, false);
	fits_the_schema(tree);
	have(tree, "timestamp", "2026-03-01T12:00:00.104233+0000");
	have(tree, "pcap_filename", "case.pcap");
	have(tree, "pcap_cnt", "48211");
	have(tree, "src_ip", "10.20.30.40");
	have(tree, "src_port", "51234");
	have(tree, "dest_ip", "198.51.100.23");
	have(tree, "dest_port", "443");
	have(tree, "proto", "TCP");
	have(tree, "tx_id", "6"); /* from 0 */
	have(tree, "app_proto", "tls");
	have(nrs_json_get(tree, "tls"), "sni", "c2.example");
	inner = nrs_json_get(tree, "alert");
	have(inner, "action", "allowed");
	have(inner, "gid", "1");
	have(inner, "severity", "2");
	have(inner, "rev", "1772365400"); /* the version, in seconds */
	assert_true(nrs_span_find_text(nrs_text_span(&line),
				       "\"indicator:" MADE_ID
				       "\"") != SIZE_MAX);
	assert_true(nrs_span_find_text(nrs_text_span(&line), "\"tlp:amber\"") !=
		    SIZE_MAX);
	int64_t sid = 0;
	assert_int_equal(
		nrs_json_i64(nrs_json_get(inner, "signature_id"), &sid),
		NRS_OK);
	assert_in_range(sid, 1073741824, 2147483647);
	int64_t flow = 0;
	assert_int_equal(nrs_json_i64(nrs_json_get(tree, "flow_id"), &flow),
			 NRS_OK);
	assert_in_range(flow, 1, (INT64_C(1) << 51) - 1);
}

static void each_protocol_has_its_object(void **state)
{
	static const struct {
		enum nrs_field field;
		enum nrs_txn_kind kind;
		const char *value, *object, *member;
	} cases[] = {
		{NRS_F_HTTP_HOST, NRS_TXN_HTTP, "c2.example", "http",
		 "hostname"},
		{NRS_F_HTTP_URI, NRS_TXN_HTTP, "/gate.php", "http", "url"},
		{NRS_F_HTTP_USER_AGENT, NRS_TXN_HTTP, "x", "http",
		 "http_user_agent"},
		{NRS_F_CERT_SUBJECT, NRS_TXN_TLS, "CN=a", "tls", "subject"},
		{NRS_F_QUIC_SNI, NRS_TXN_QUIC, "c2.example", "quic", "sni"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		made_hit(&made, "10.0.0.1", "198.51.100.23", MADE_NS);
		made_text(&made, cases[i].field, cases[i].value);
		made.record.hit.txn_kind = (uint8_t)cases[i].kind;
		const struct nrs_json *tree = written(NRS_TLP_NONE, true);

		fits_the_schema(tree);
		have(tree, "in_iface", "case.pcap");
		have(nrs_json_get(tree, cases[i].object), cases[i].member,
		     cases[i].value);
	}
	made_hit(&made, "10.0.0.1", "198.51.100.23", MADE_NS);
	made_text(&made, NRS_F_DNS_QUERY, "c2.example");
	const struct nrs_json *tree = written(NRS_TLP_NONE, true);
	have(nrs_json_get(nrs_json_get(tree, "dns"), "query")->child, "rrname",
	     "c2.example");
}

static void above_the_ceiling_only_an_opaque_id_leaves(void **state)
{
	static const enum nrs_tlp below[] = {NRS_TLP_CLEAR, NRS_TLP_GREEN};
	const struct nrs_json *tree;

	(void)state;
	(void)made_usual(&made, "10.20.30.40", MADE_NS);
	for (size_t i = 0; i < 2; i++) {
		tree = written(below[i], false);
		fits_the_schema(tree);
		have(tree, "timestamp", "2026-03-01T12:00:00.000000+0000");
		have(tree, "src_ip", "10.20.30.40"); /* the own endpoint */
		have(tree, "src_port", "51234");
		static const char *const hidden[] = {
			"c2.example", "198.51.100.23", MADE_ID,
			"isac-a",     "443",	       "amber"};
		for (size_t k = 0; k < sizeof(hidden) / sizeof(*hidden); k++) {
			if (nrs_span_find_text(nrs_text_span(&line),
					       hidden[k]) != SIZE_MAX)
				fail_msg("%s is told", hidden[k]);
		}
	}
	tree = written(NRS_TLP_AMBER, false);
	have(tree, "dest_ip", "198.51.100.23");
}

static void unmarked_is_above_amber(void **state)
{
	(void)state;
	assert_true(nrs_is_above(NRS_TLP_NONE, NRS_TLP_AMBER));
	assert_false(nrs_is_above(NRS_TLP_NONE, NRS_TLP_NONE));
	assert_true(nrs_is_above(NRS_TLP_RED, NRS_TLP_NONE));
	assert_false(nrs_is_above(NRS_TLP_AMBER_STRICT, NRS_TLP_NONE));
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A log is a file, also where a live run found it. */
static void what_was_found_in_a_log_names_the_log(void **state)
{
	const struct nrs_hits_run run = {.set_digest = replay.set_digest,
					 .captures = captures,
					 .is_live = true,
					 .is_retro = true,
					 .number = 1};
	const struct nrs_eve_options options = {
		.run = &run, .max_tlp = NRS_TLP_RED, .key = nrs_span_of("key")};
	struct nrs_json *tree = NULL;

	(void)state;
	(void)made_usual(&made, "10.20.30.40", MADE_NS);
	nrs_text_clear(&line);
	(void)nrs_eve_line(&line, made_sighted(&made), &options);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&line), arena, &tree, NULL),
		NRS_OK);
	assert_null(nrs_json_get(tree, "in_iface"));
	assert_true(
		nrs_span_is(nrs_json_text(tree, "pcap_filename"), "case.pcap"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(an_alert_has_the_shape_of_suricatas),
		NRS_T(each_protocol_has_its_object),
		NRS_T(above_the_ceiling_only_an_opaque_id_leaves),
		NRS_T(what_was_found_in_a_log_names_the_log),
		cmocka_unit_test(unmarked_is_above_amber),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
