/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sco: what was observed as STIX objects: each once, with its references,
 * and nothing of what is hidden. Ids are proved by the conformance data.
 */
#include "engine/sco.h"

#include "tests/nrs_test.h"

struct bench {
	struct nrs_sco_list list;
	struct nrs_arena *arena;
	struct nrs_flow_info flow;
};

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr a;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &a), NRS_OK);
	return a;
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	b->flow = (struct nrs_flow_info){.src = addr("10.0.0.5"),
					 .dst = addr("192.0.2.80"),
					 .src_port = 51234,
					 .dst_port = 80,
					 .proto = 6,
					 .start_ns =
						 INT64_C(1772366400123456789)};
	b->arena = nrs_arena_new(0);
	return b->arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_sco_list_fini(&b->list);
	nrs_arena_free(b->arena);
	free(b);
	return 0;
}

static struct nrs_hit_value text_value(enum nrs_field field, const char *text)
{
	return (struct nrs_hit_value){.field = field,
				      .value = nrs_span_of(text)};
}

/* All objects as an array. */
static const struct nrs_json *objects(struct bench *b)
{
	struct nrs_text text = {0};
	struct nrs_json *tree = NULL;

	nrs_text_putc(&text, '[');
	nrs_text_add(&text, nrs_text_span(&b->list.objects));
	nrs_text_putc(&text, ']');
	if (nrs_json_parse(nrs_text_span(&text), b->arena, &tree, NULL) !=
	    NRS_OK)
		fail_msg("%.*s", (int)text.len, (char *)text.ptr);
	nrs_text_fini(&text);
	return tree;
}

static const struct nrs_json *of_type(const struct nrs_json *list,
				      const char *type)
{
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		if (nrs_span_is(nrs_json_text(o, "type"), type))
			return o;
	}
	return NULL;
}

static void each_value_has_its_object(void **state)
{
	static const struct {
		enum nrs_field field;
		const char *text; /* as pushed */
		const char *type, *value;
	} rows[] = {
		{NRS_F_DNS_QUERY, "c2.example", "domain-name", "c2.example"},
		{NRS_F_TLS_SNI, "c2.example", "domain-name", "c2.example"},
		{NRS_F_HTTP_HOST, "c2.example:8080", "domain-name",
		 "c2.example"},
		{NRS_F_HTTP_HOST, "192.0.2.7:8080", "ipv4-addr", "192.0.2.7"},
		{NRS_F_HTTP_HOST, "[2001:db8::7]:80", "ipv6-addr",
		 "2001:db8::7"},
		{NRS_F_HTTP_URL, "http://c2.example/x", "url",
		 "http://c2.example/x"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench *b = *state;
		const struct nrs_hit_value value =
			text_value(rows[i].field, rows[i].text);

		nrs_sco_list_fini(&b->list);
		b->list = (struct nrs_sco_list){0};
		nrs_sco_add_values(&b->list, &value, 1);
		assert_int_equal(b->list.count, 1);
		const struct nrs_json *o = objects(b)->child;
		if (!nrs_span_is(nrs_json_text(o, "type"), rows[i].type) ||
		    !nrs_span_is(nrs_json_text(o, "value"), rows[i].value) ||
		    !nrs_span_is(nrs_json_text(o, "spec_version"), "2.1"))
			fail_msg("%s", rows[i].text);
		/* refs name the very id */
		const struct nrs_span refs = nrs_text_span(&b->list.refs);
		assert_true(nrs_span_equal(nrs_span_part(refs, 1, refs.len - 2),
					   nrs_json_text(o, "id")));
	}
}

static void addresses_of_either_family_and_of_cards(void **state)
{
	struct bench *b = *state;
	const struct nrs_addr v4 = addr("192.0.2.7"), v6 = addr("2001:db8::7");
	const struct nrs_hit_value values[] = {
		{.field = NRS_F_IP_DST, .value = nrs_span(v4.bytes, 16)},
		{.field = NRS_F_DNS_AAAA, .value = nrs_span(v6.bytes, 16)},
		{.field = NRS_F_MAC_SRC,
		 .value = nrs_span("\x02\0\0\0\0\xff", 6)}};

	for (size_t i = 0; i < 3; i++)
		nrs_sco_add_values(&b->list, &values[i], 1);
	const struct nrs_json *list = objects(b);
	assert_true(
		nrs_span_is(nrs_json_text(of_type(list, "ipv4-addr"), "value"),
			    "192.0.2.7"));
	assert_true(
		nrs_span_is(nrs_json_text(of_type(list, "ipv6-addr"), "value"),
			    "2001:db8::7"));
	assert_true(
		nrs_span_is(nrs_json_text(of_type(list, "mac-addr"), "value"),
			    "02:00:00:00:00:ff"));
}

static void what_stands_already_is_not_written_again(void **state)
{
	struct bench *b = *state;
	const struct nrs_hit_value value =
		text_value(NRS_F_DNS_QUERY, "c2.example");
	const struct nrs_hit_value same =
		text_value(NRS_F_TLS_SNI, "c2.example");
	const struct nrs_hit_value port = {.field = NRS_F_DST_PORT};
	const int64_t number = 80;
	struct nrs_hit_value with = port;

	with.value = nrs_span(&number, 8);
	nrs_sco_add_values(&b->list, &value, 1);
	nrs_sco_add_values(&b->list, &same, 1);
	nrs_sco_add_values(&b->list, &with, 1); /* part of network-traffic */
	assert_int_equal(b->list.count, 1);
}

static void a_flow_is_traffic_between_two_addresses(void **state)
{
	struct bench *b = *state;
	int64_t port = 0;

	nrs_sco_add_flow(&b->list, &b->flow, 1u << NRS_TXN_HTTP, NULL, 0);
	assert_int_equal(b->list.count, 3);
	const struct nrs_json *list = objects(b);
	const struct nrs_json *traffic = of_type(list, "network-traffic");
	assert_true(nrs_span_is(nrs_json_text(traffic, "start"),
				"2026-03-01T12:00:00.123456Z"));
	assert_int_equal(nrs_json_i64(nrs_json_get(traffic, "dst_port"), &port),
			 NRS_OK);
	assert_int_equal(port, 80);
	const struct nrs_json *protocol =
		nrs_json_get(traffic, "protocols")->child;
	assert_true(nrs_span_is(protocol->text, "ipv4"));
	assert_true(nrs_span_is(protocol->next->text, "tcp"));
	assert_true(nrs_span_is(protocol->next->next->text, "http"));
	/* both ends are there */
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		if (nrs_span_equal(nrs_json_text(o, "id"),
				   nrs_json_text(traffic, "src_ref")))
			assert_true(nrs_span_is(nrs_json_text(o, "value"),
						"10.0.0.5"));
		if (nrs_span_equal(nrs_json_text(o, "id"),
				   nrs_json_text(traffic, "dst_ref")))
			assert_true(nrs_span_is(nrs_json_text(o, "value"),
						"192.0.2.80"));
	}
	/* ICMP has no ports */
	b->flow.proto = 1;
	nrs_sco_list_fini(&b->list);
	b->list = (struct nrs_sco_list){0};
	nrs_sco_add_flow(&b->list, &b->flow, 0, NULL, 0);
	assert_null(nrs_json_get(of_type(objects(b), "network-traffic"),
				 "dst_port"));
}

static void is_an_extension(struct bench *b, enum nrs_field method,
			    enum nrs_field target, enum nrs_field header)
{
	const struct nrs_hit_value values[] = {
		text_value(method, "POST"),
		text_value(target, "/gate\"x"),
		text_value(header, "User-Agent: Lantern"),
		text_value(header, "Cookie: a=1"),
		text_value(header, "Cookie: b=2"),
	};

	nrs_sco_add_flow(&b->list, &b->flow, 1u << NRS_TXN_HTTP, values, 5);
	const struct nrs_json *extension = nrs_json_get(
		nrs_json_get(of_type(objects(b), "network-traffic"),
			     "extensions"),
		"http-request-ext");
	/* lower case: STIX 2.1 section 6.12.4 */
	assert_true(nrs_span_is(nrs_json_text(extension, "request_method"),
				"post"));
	assert_true(nrs_span_is(nrs_json_text(extension, "request_value"),
				"/gate\"x"));
	const struct nrs_json *headers =
		nrs_json_get(extension, "request_header");
	assert_true(nrs_span_is(
		nrs_json_get(headers, "User-Agent")->child->text, "Lantern"));
	/* a header that came twice is one key with both values */
	const struct nrs_json *cookie = nrs_json_get(headers, "Cookie");
	assert_true(nrs_span_is(cookie->child->text, "a=1"));
	assert_non_null(cookie->child->next);
	assert_true(nrs_span_is(cookie->child->next->text, "b=2"));
	assert_null(nrs_json_get(headers, "Cookie")->next);
}

static void requests_are_an_extension(void **state)
{
	is_an_extension(*state, NRS_F_HTTP_METHOD, NRS_F_HTTP_URI,
			NRS_F_HTTP_HEADER);
}

static void requests_of_http2_are_the_same_extension(void **state)
{
	is_an_extension(*state, NRS_F_HTTP2_METHOD, NRS_F_HTTP2_URI,
			NRS_F_HTTP2_HEADER);
}

static void without_method_or_target_there_is_no_extension(void **state)
{
	struct bench *b = *state;
	const struct nrs_hit_value uri = text_value(NRS_F_HTTP_URI, "/gate");

	nrs_sco_add_flow(&b->list, &b->flow, 0, &uri, 1);
	assert_null(nrs_json_get(of_type(objects(b), "network-traffic"),
				 "extensions"));
}

static void what_is_hidden_is_nowhere(void **state)
{
	struct bench *b = *state;
	const struct nrs_sco_traffic hidden = {
		.flow = &b->flow,
		.hides_src = true,
		.start_ns = INT64_C(1772366400) * 1000000000,
		.extra = nrs_span_of("\"object_marking_refs\":[\"x\"]")};

	nrs_sco_add_traffic(&b->list, &hidden);
	assert_int_equal(b->list.count, 2);
	const struct nrs_span text = nrs_text_span(&b->list.objects);
	assert_int_equal(nrs_span_find_text(text, "10.0.0.5"), SIZE_MAX);
	assert_int_equal(nrs_span_find_text(text, "51234"), SIZE_MAX);
	assert_int_equal(nrs_span_find_text(text, "src_"), SIZE_MAX);
	assert_true(nrs_span_find_text(text, "192.0.2.80") != SIZE_MAX);
	const struct nrs_json *list = objects(b);
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next)
		assert_non_null(nrs_json_get(o, "object_marking_refs"));
	/* and of a peer alone only its address is left */
	struct nrs_sco_traffic peer = hidden;
	peer.is_peer_only = true;
	nrs_sco_list_fini(&b->list);
	b->list = (struct nrs_sco_list){0};
	nrs_sco_add_traffic(&b->list, &peer);
	assert_int_equal(b->list.count, 1);
	assert_null(of_type(objects(b), "network-traffic"));
}

static void objects_have_ids_by_what_they_hold(void **state)
{
	static const struct {
		const char *object;
		bool has_id;
	} rows[] = {
		{"{\"type\":\"domain-name\",\"value\":\"c2.example\"}", true},
		{"{\"type\":\"domain-name\"}", false},
		{"{\"type\":\"nonsense\",\"value\":\"x\"}", false},
		{"{\"value\":\"x\"}", false},
	};
	struct bench *b = *state;
	char id[NRS_SCO_ID_LEN], again[NRS_SCO_ID_LEN];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_json *tree = NULL;

		assert_int_equal(nrs_json_parse(nrs_span_of(rows[i].object),
						b->arena, &tree, NULL),
				 NRS_OK);
		if (nrs_sco_id(tree, id) != rows[i].has_id)
			fail_msg("%s", rows[i].object);
		if (!rows[i].has_id)
			continue;
		assert_true(nrs_sco_id(tree, again));
		assert_string_equal(id, again);
		assert_int_equal(strncmp(id, "domain-name--", 13), 0);
	}
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(each_value_has_its_object),
		NRS_T(addresses_of_either_family_and_of_cards),
		NRS_T(what_stands_already_is_not_written_again),
		NRS_T(a_flow_is_traffic_between_two_addresses),
		NRS_T(requests_are_an_extension),
		NRS_T(requests_of_http2_are_the_same_extension),
		NRS_T(without_method_or_target_there_is_no_extension),
		NRS_T(what_is_hidden_is_nowhere),
		NRS_T(objects_have_ids_by_what_they_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
