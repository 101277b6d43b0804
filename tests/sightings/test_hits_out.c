/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hits_out: a line of hits.jsonl has the shape of sharing-rules.md
 * section 6, and a raise names the line that it raises.
 */
#include "sightings/hits_out.h"

#include "engine/base/json.h"
#include "tests/sightings/made_hit.h"

struct bench {
	struct made_hit made;
	struct nrs_arena *arena;
	struct nrs_text line;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	b->arena = nrs_arena_new(0);
	return b->arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_text_fini(&b->line);
	nrs_arena_free(b->arena);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

/* The line as it is written for @s, read back. */
static const struct nrs_json *written(struct bench *b,
				      const struct nrs_sighted *s,
				      const struct nrs_hits_run *run)
{
	struct nrs_json *tree = NULL;

	nrs_text_clear(&b->line);
	nrs_hits_line(&b->line, s, run);
	assert_true(b->line.len > 0 && b->line.ptr[b->line.len - 1] == '\n');
	assert_int_equal(nrs_span_find(nrs_text_span(&b->line), '\n', 0),
			 b->line.len - 1);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&b->line), b->arena, &tree, NULL),
		NRS_OK);
	return tree;
}

static const char *const captures[] = {"case.pcap"};
static const struct nrs_hits_run replay = {
	.set_digest = {(const uint8_t *)"sha256:41f0", 11},
	.captures = captures};

static void have(const struct nrs_json *tree, const char *key, const char *want)
{
	if (!nrs_span_is(nrs_json_text(tree, key), want))
		fail_msg("%s is not %s", key, want);
}

static void have_number(const struct nrs_json *tree, const char *key,
			int64_t want)
{
	int64_t value = -1;

	assert_int_equal(nrs_json_i64(nrs_json_get(tree, key), &value), NRS_OK);
	if (value != want)
		fail_msg("%s is %lld", key, (long long)value);
}

static void a_line_has_everything_that_people_ask_for(void **state)
{
	struct bench *b = *state;

	(void)made_usual(&b->made, "10.20.30.40", MADE_NS + 104233000);
	b->made.record.hit.frame = 48211;
	b->made.record.hit.txn_number = 7;
	b->made.record.hit.flow.protocols = 1 << NRS_TXN_TLS;
	const struct nrs_json *tree =
		written(b, made_sighted(&b->made), &replay);
	have(tree, "time", "2026-03-01T12:00:00.104233Z");
	have(tree, "indicator", MADE_ID);
	have(tree, "modified", "2026-03-01T11:43:20.000Z");
	have(tree, "source", "isac-a/alerts");
	have(tree, "tlp", "amber");
	have_number(tree, "confidence", 85);
	have(tree, "grade", "full");
	have(tree, "how", "exact");
	have(tree, "field", "tls.sni");
	have(tree, "value", "c2.example");
	have(nrs_json_get(tree, "own"), "ip", "10.20.30.40");
	have_number(nrs_json_get(tree, "own"), "port", 51234);
	have(nrs_json_get(tree, "own"), "role", "client");
	have(nrs_json_get(tree, "peer"), "ip", "198.51.100.23");
	have_number(nrs_json_get(tree, "peer"), "port", 443);
	have(tree, "direction", "out");
	have(tree, "outcome", "attempted");
	have(tree, "validity", "in");
	have(tree, "capture", "case.pcap");
	have_number(tree, "packet", 48211);
	have(tree, "mode", "replay");
	have(tree, "set", "sha256:41f0");
	have_number(tree, "transaction", 7);
	have(tree, "class", "watch"); /* nobody answered */
	assert_null(nrs_json_get(tree, "asset"));
	assert_null(nrs_json_get(tree, "listed"));
	assert_true(nrs_json_is(nrs_json_get(tree, "exercise"), NRS_JSON_NULL));
	/* no report spoke of it */
	assert_true(nrs_json_is(nrs_json_get(tree, "report"), NRS_JSON_NULL));
	/* a replay numbers no lines */
	assert_null(nrs_json_get(tree, "n"));
	const struct nrs_json *protocol =
		nrs_json_get(tree, "protocols")->child;
	assert_true(nrs_span_is(protocol->text, "ipv4"));
	assert_true(nrs_span_is(protocol->next->text, "tcp"));
	assert_true(nrs_span_is(protocol->next->next->text, "tls"));
}

static void a_line_says_the_class_and_the_asset_that_made_it(void **state)
{
	struct nrs_assets *assets = NULL;
	struct bench *b = *state;

	assert_int_equal(nrs_assets_new(&assets), NRS_OK);
	assert_int_equal(
		nrs_assets_add(assets,
			       nrs_span_of("10.20.0.0/16, high, plc, plant 2"),
			       NULL),
		NRS_OK);
	nrs_assets_seal(assets);
	const struct nrs_judge judge = {.assets = assets};
	struct nrs_hits_run run = replay;

	run.judge = &judge;
	(void)made_usual(&b->made, "10.20.30.40", MADE_NS);
	b->made.record.hit.flow.outcome = NRS_OUTCOME_ANSWERED;
	const struct nrs_json *tree = written(b, made_sighted(&b->made), &run);
	have(tree, "class", "urgent");
	have(nrs_json_get(tree, "asset"), "importance", "high");
	have(nrs_json_get(tree, "asset"), "role", "plc");
	have(nrs_json_get(tree, "asset"), "owner", "plant 2");
	nrs_assets_free(assets);
}

static void a_value_of_a_list_brings_its_pattern(void **state)
{
	struct bench *b = *state;

	nrs_set_free(b->made.set);
	made_set(&b->made, NRS_TLP_AMBER, "c2.example");
	const struct nrs_json *tree =
		written(b, made_usual(&b->made, "10.0.0.1", MADE_NS), &replay);
	have(nrs_json_get(tree, "listed"), "name", "c2.example");
	have(nrs_json_get(tree, "listed"), "pattern",
	     "[domain-name:value = 'c2.example']");
}

static void sides_follow_the_direction(void **state)
{
	struct bench *b = *state;

	const struct nrs_json *in = NULL;
	made_hit(&b->made, "198.51.100.23", "10.0.0.1", MADE_NS);
	made_text(&b->made, NRS_F_HTTP_HOST, "c2.example");
	in = written(b, made_sighted(&b->made), &replay);
	have(in, "direction", "in");
	have(nrs_json_get(in, "own"), "ip", "10.0.0.1");
	have(nrs_json_get(in, "own"), "role", "server");
	have(nrs_json_get(in, "peer"), "ip", "198.51.100.23");
	made_hit(&b->made, "198.51.100.23", "203.0.113.1", MADE_NS);
	made_text(&b->made, NRS_F_HTTP_HOST, "c2.example");
	in = written(b, made_sighted(&b->made), &replay);
	have(in, "direction", "transit");
	assert_true(nrs_json_is(nrs_json_get(in, "own"), NRS_JSON_NULL));
	have(nrs_json_get(in, "client"), "ip", "198.51.100.23");
}

/* From a log of tokens: own whichever networks are. */
static void of_a_token_no_address_is_told(void **state)
{
	static const struct {
		const char *src, *dst, *direction, *own, *peer, *key;
		uint8_t tokens;
	} rows[] = {
		{"100::4:7c1e:90ab", "198.51.100.23", "out", "h-7c1e90ab",
		 "198.51.100.23", "ip", 1},
		{"198.51.100.23", "100::4:7c1e:90ab", "in", "h-7c1e90ab",
		 "198.51.100.23", "ip", 2},
		{"100::4:7c1e:90ab", "100::4:0:1", "lateral", "h-7c1e90ab",
		 "h-00000001", "token", 3},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		made_hit(&b->made, rows[i].src, rows[i].dst, MADE_NS);
		made_text(&b->made, NRS_F_HTTP_HOST, "c2.example");
		b->made.record.hit.flow.tokens = rows[i].tokens;
		print_message("%s\n", rows[i].direction);
		const struct nrs_json *line =
			written(b, made_sighted(&b->made), &replay);
		have(line, "direction", rows[i].direction);
		have(nrs_json_get(line, "own"), "token", rows[i].own);
		assert_null(nrs_json_get(nrs_json_get(line, "own"), "ip"));
		have(nrs_json_get(line, "peer"), rows[i].key, rows[i].peer);
		assert_true(
			nrs_json_is(nrs_json_get(line, "flow"), NRS_JSON_NULL));
		assert_true(nrs_json_is(nrs_json_get(line, "protocols")->child,
					NRS_JSON_STRING));
		assert_true(nrs_span_is(
			nrs_json_get(line, "protocols")->child->text, "ipv4"));
	}
}

static void a_hit_at_a_tick_has_no_packet(void **state)
{
	struct bench *b = *state;

	const struct nrs_json *tree =
		written(b, made_usual(&b->made, "10.0.0.1", MADE_NS), &replay);
	assert_true(nrs_json_is(nrs_json_get(tree, "packet"), NRS_JSON_NULL));
}

static void live_lines_are_numbered_and_raised_by_number(void **state)
{
	const struct nrs_hits_run live = {.set_digest = replay.set_digest,
					  .captures = captures,
					  .is_live = true,
					  .number = 12};
	const struct nrs_record_flow flow = {.head = {.ts_ns = MADE_NS + 5},
					     .outcome =
						     NRS_OUTCOME_ESTABLISHED};
	struct bench *b = *state;

	const struct nrs_json *tree =
		written(b, made_usual(&b->made, "10.0.0.1", MADE_NS), &live);
	have(tree, "mode", "live");
	have_number(tree, "n", 12);
	nrs_text_clear(&b->line);
	nrs_hits_raise(&b->line, 12, &flow, NRS_CLASS_URGENT, NULL);
	assert_true(nrs_span_is(nrs_text_span(&b->line),
				"{\"time\":\"2026-03-01T12:00:00.000000Z\","
				"\"raises\":12,\"outcome\":\"established\","
				"\"class\":\"urgent\"}"
				"\n"));
}

static void a_process_stands_with_its_group(void **state)
{
	const struct nrs_process process = {
		.cgroup = 4711, .pid = 42, .command = "curl"};
	struct nrs_hits_run run = replay;
	struct nrs_record_flow flow = {.process = process};
	struct bench *b = *state;

	(void)made_usual(&b->made, "10.0.0.1", MADE_NS);
	assert_null(nrs_json_get(written(b, made_sighted(&b->made), &run),
				 "process"));
	b->made.record.hit.process = process;
	const struct nrs_json *got = nrs_json_get(
		written(b, made_sighted(&b->made), &run), "process");
	have_number(got, "pid", 42);
	have(got, "command", "curl");
	have_number(got, "cgroup", 4711);
	assert_null(nrs_json_get(got, "cgroup_path")); /* it is gone */
	run.group = "/system.slice/cron.service";
	have(nrs_json_get(written(b, made_sighted(&b->made), &run), "process"),
	     "cgroup_path", run.group);
	nrs_text_clear(&b->line);
	nrs_hits_raise(&b->line, 12, &flow, NRS_CLASS_URGENT, "/a");
	assert_true(
		nrs_span_ends(nrs_text_span(&b->line),
			      "\"process\":{\"pid\":42,\"command\":\"curl\","
			      "\"cgroup\":4711,\"cgroup_path\":\"/a\"}}\n"));
}

static void text_of_strangers_stays_json(void **state)
{
	struct bench *b = *state;

	made_hit(&b->made, "10.0.0.1", "192.0.2.1", MADE_NS);
	made_text(&b->made, NRS_F_HTTP_URI, "/\"},\n{\"x\":\"\xff");
	/* one line, one object, and the value did not break out of it */
	const struct nrs_json *tree =
		written(b, made_sighted(&b->made), &replay);
	assert_true(nrs_span_starts(nrs_json_text(tree, "value"),
				    "/\"},\n{\"x\":\""));
	assert_null(nrs_json_get(tree, "x"));
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_line_has_everything_that_people_ask_for),
		NRS_T(a_line_says_the_class_and_the_asset_that_made_it),
		NRS_T(a_value_of_a_list_brings_its_pattern),
		NRS_T(sides_follow_the_direction),
		NRS_T(of_a_token_no_address_is_told),
		NRS_T(a_hit_at_a_tick_has_no_packet),
		NRS_T(live_lines_are_numbered_and_raised_by_number),
		NRS_T(a_process_stands_with_its_group),
		NRS_T(text_of_strangers_stays_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
