/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_post: what leaves, and what never does (sharing-rules.md rules 12
 * to 16 and 21).
 */
#include "engine/base/crypto.h"
#include "engine/handling.h"
#include "sightings/own_trace.h"
#include "tests/sightings/written.h"

#define OWN6 "fd12:3456:789a:1::2c"

static void a_sighting_has_what_the_specification_asks(void **state)
{
	struct bench *b = *state;

	made_usual(&b->made, OWN, MADE_NS + 104233000);
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
	const struct nrs_json *s = object(b, "sighting");
	assert_non_null(s);
	member_is(s, "id", b->post.id);
	member_is(s, "sighting_of_ref", MADE_ID);
	member_is(s, "first_seen", "2026-03-01T12:00:00.104233Z");
	member_is(s, "last_seen", "2026-03-01T12:03:20.000000Z");
	member_is(s, "count", "3");
	member_is(s, "confidence", "85");
	const struct nrs_json *who = object(b, "identity");
	assert_non_null(who);
	member_is(who, "name", "Example Ltd");
	member_is(who, "contact_information", "soc@example.org");
	assert_true(nrs_span_equal(nrs_json_text(who, "id"),
				   nrs_json_text(s, "created_by_ref")));
	const struct nrs_json *seen = object(b, "observed-data");
	assert_non_null(seen);
	const struct nrs_span seen_id = nrs_json_text(seen, "id");
	assert_true(nrs_span_equal(
		nrs_json_get(s, "observed_data_refs")->child->text, seen_id));
	const struct nrs_json *traffic = object(b, "network-traffic");
	assert_non_null(traffic);
	assert_null(nrs_json_get(traffic, "src_ref"));
	assert_null(nrs_json_get(traffic, "src_port"));
	member_is(traffic, "dst_port", "443");
	member_is(object(b, "ipv4-addr"), "value", PEER);
}

static void it_carries_the_marking_and_so_does_what_is_not_the_value(void **st)
{
	static const char amber[] =
		"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
	static const char *const marked[] = {"sighting", "observed-data",
					     "network-traffic", "ipv4-addr"};
	struct bench *b = *st;

	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	member_is(object(b, "marking-definition"), "id", amber);
	for (size_t i = 0; i < 4; i++)
		member_is(object(b, marked[i]), "object_marking_refs", amber);
	assert_null(
		nrs_json_get(object(b, "domain-name"), "object_marking_refs"));
}

static void ids_tell_nothing_and_repeat(void **state)
{
	struct bench *b = *state;
	char first[NRS_SCO_ID_LEN];

	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	memcpy(first, b->post.id, sizeof(first));
	write_post(b);
	assert_string_equal(b->post.id, first);
	/* Another own host, another audience's key: another id. */
	made_usual(&b->made, "10.20.30.41", MADE_NS);
	write_post(b);
	assert_string_not_equal(b->post.id, first);
	made_usual(&b->made, OWN, MADE_NS);
	b->audience.key = nrs_span_of("another audience's own key......");
	write_post(b);
	assert_string_not_equal(b->post.id, first);
}

static void confidence_is_the_lower_and_absent_stays_absent(void **state)
{
	struct bench *b = *state;
	struct nrs_indicator *item;

	made_usual(&b->made, OWN, MADE_NS);
	write_with(b,
		   &(struct nrs_window){.count = 1, .how = NRS_HOW_SUBDOMAIN});
	member_is(object(b, "sighting"), "confidence", "75");
	item = nrs_set_edit(b->made.set, 0);
	item->status = NRS_STATUS_PARTIAL;
	write_post(b);
	member_is(object(b, "sighting"), "confidence", "50");
	item->confidence = 20;
	write_post(b);
	member_is(object(b, "sighting"), "confidence", "20");
	item->confidence = -1;
	write_post(b);
	assert_null(nrs_json_get(object(b, "sighting"), "confidence"));
}

static void times_are_cut_to_the_audiences_grain(void **state)
{
	struct bench *b = *state;

	b->audience.grain_ns = 60 * NRS_SECOND_NS;
	made_usual(&b->made, OWN, MADE_NS + 104233000);
	write_post(b);
	member_is(object(b, "sighting"), "last_seen",
		  "2026-03-01T12:03:00.000000Z");
	assert_false(says(b, "104233"));
}

static void of_an_inbound_flow_no_value_of_ours_is_said(void **state)
{
	struct bench *b = *state;

	made_hit(&b->made, PEER, OWN, MADE_NS);
	made_text(&b->made, NRS_F_HTTP_HOST, "portal.example.org");
	made_text(&b->made, NRS_F_HTTP_URI, "/login.php");
	made_text(&b->made, NRS_F_HTTP_METHOD, "POST");
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
	assert_false(says(b, "portal"));
	assert_false(says(b, "login"));
	assert_false(says(b, "443"));
	member_is(object(b, "ipv4-addr"), "value", PEER);
	assert_null(nrs_json_get(object(b, "network-traffic"), "dst_ref"));
}

static void between_own_hosts_no_address_is_said(void **state)
{
	struct bench *b = *state;

	made_hit(&b->made, OWN, "10.9.9.9", MADE_NS);
	made_text(&b->made, NRS_F_DNS_QUERY, "c2.example");
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
	assert_null(object(b, "ipv4-addr"));
	assert_null(object(b, "network-traffic"));
	member_is(object(b, "domain-name"), "value", "c2.example");
}

/* Of HMAC-SHA256 over "own host|10.20.30.40", by another program. */
static void a_token_is_the_same_host_in_one_audience_alone(void **state)
{
	struct bench *b = *state;

	made_usual(&b->made, OWN, MADE_NS);
	b->audience.own_host = NRS_SHARE_OWN_TOKEN;
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
	member_is(object(b, "sighting"), "description",
		  "direction out, outcome answered, own host h-a686f8e0");
	assert_false(says(b, OWN));
	b->audience.tells_technique = false;
	b->audience.key = nrs_span_of("fedcba9876543210fedcba9876543210");
	write_post(b);
	member_is(object(b, "sighting"), "description", "own host h-633f5a8c");
}

static void full_tells_both_sides(void **state)
{
	struct bench *b = *state;

	made_usual(&b->made, OWN, MADE_NS);
	b->audience.own_host = NRS_SHARE_OWN_FULL;
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
	assert_true(says(b, "\"value\":\"" OWN "\""));
	assert_true(says(b, "\"value\":\"" PEER "\""));
	assert_non_null(nrs_json_get(object(b, "network-traffic"), "src_ref"));
	assert_non_null(nrs_json_get(object(b, "network-traffic"), "dst_ref"));
	member_is(object(b, "sighting"), "description",
		  "direction out, outcome answered");
}

/* Of a log's token no audience is told anything, whatever its rule. */
static void a_token_of_a_log_leaves_for_nobody(void **state)
{
	struct bench *b = *state;

	for (unsigned int own = NRS_SHARE_OWN_OMIT; own <= NRS_SHARE_OWN_FULL;
	     own++) {
		made_usual(&b->made, "100::4:7c1e:90ab", MADE_NS);
		b->made.record.hit.flow.tokens = 1;
		b->audience.own_host = (enum nrs_share_own)own;
		write_post(b);
		assert_int_equal(b->err, NRS_OK);
		assert_false(says(b, "7c1e"));
		assert_false(says(b, "ipv6-addr"));
		assert_false(says(b, "own host"));
		assert_true(says(b, "\"value\":\"" PEER "\""));
	}
}

static void in_transit_only_the_address_that_was_looked_for(void **state)
{
	struct bench *b = *state;
	const struct nrs_addr peer = made_addr(PEER);

	made_hit(&b->made, "203.0.113.9", PEER, MADE_NS);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	write_post(b);
	assert_null(object(b, "ipv4-addr"));
	made_hit(&b->made, "203.0.113.9", PEER, MADE_NS);
	made_value(&b->made, NRS_F_IP_DST, peer.bytes, 16);
	write_post(b);
	member_is(object(b, "ipv4-addr"), "value", PEER);
	assert_false(says(b, "203.0.113.9"));
}

static void without_block_technique_no_way_of_it_is_told(void **state)
{
	struct bench *b = *state;

	b->audience.tells_technique = false;
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	assert_null(object(b, "network-traffic"));
	assert_null(nrs_json_get(object(b, "sighting"), "description"));
	assert_false(says(b, "443"));
	member_is(object(b, "ipv4-addr"), "value", PEER); /* core */
	member_is(object(b, "domain-name"), "value", "c2.example");
}

static void a_pseudonym_tells_no_name_and_differs_by_audience(void **state)
{
	struct bench *b = *state;
	char first[NRS_SCO_ID_LEN];

	b->audience.reporter.as = NRS_SHARE_PSEUDONYM;
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	const struct nrs_span id = nrs_json_text(object(b, "identity"), "id");
	snprintf(first, sizeof(first), "%.*s", (int)id.len,
		 (const char *)id.ptr);
	for (unsigned int i = 0; i < 2; i++) {
		assert_false(says(b, "Example Ltd"));
		assert_false(says(b, "soc@example.org"));
		assert_false(says(b, "energy"));
		assert_int_equal(says(b, first), i == 0);
		b->audience.key =
			nrs_span_of("of another community...........");
		write_post(b);
	}
	b->audience.reporter.as = NRS_SHARE_ANONYMOUS;
	write_post(b);
	assert_false(says(b, "Example Ltd"));
	member_is(object(b, "identity"), "name", "anonymous");
}

static void without_block_provider_nobody_learns_who_and_where(void **state)
{
	struct bench *b = *state;
	struct nrs_share_reporter *r = &b->audience.reporter;

	r->site = nrs_span_of("Substation 4");
	r->as_number = 64500;
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	member_is(object(b, "identity"), "name", "Example Ltd");
	member_is(object(b, "sighting"), "description",
		  "direction out, outcome answered, site Substation 4, "
		  "AS 64500");
	for (unsigned int i = 0; i < 2; i++) {
		/* A pseudonym's site would tell who it is. */
		b->audience.tells_provider = i == 1;
		r->as = i == 1 ? NRS_SHARE_PSEUDONYM : NRS_SHARE_NAMED;
		write_post(b);
		assert_false(says(b, "Example Ltd"));
		assert_false(says(b, "soc@example.org"));
		assert_false(says(b, "Substation"));
		assert_false(says(b, "64500"));
	}
}

static void what_may_not_be_read_leaves_as_an_id(void **state)
{
	struct bench *b = *state;

	assert_int_equal(nrs_hidden_mark(b->made.set, 0), NRS_OK);
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	member_is(object(b, "sighting"), "sighting_of_ref", MADE_ID);
	assert_null(object(b, "observed-data"));
	assert_false(says(b, "c2.example"));
	assert_false(says(b, PEER));
}

static void a_lists_value_brings_its_indicator(void **state)
{
	struct bench *b = *state;

	nrs_set_free(b->made.set);
	made_set(&b->made, NRS_TLP_AMBER, "c2.example");
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	const struct nrs_json *item = object(b, "indicator");
	assert_non_null(item);
	member_is(item, "pattern", "[domain-name:value = 'c2.example']");
	assert_true(nrs_span_equal(
		nrs_json_text(item, "id"),
		nrs_json_text(object(b, "sighting"), "sighting_of_ref")));
}

static void without_detail_the_sighting_stands_alone(void **state)
{
	struct bench *b = *state;

	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	const struct nrs_span bare = nrs_text_span(&b->post.bare);
	assert_true(nrs_span_find_text(bare, b->post.id) != SIZE_MAX);
	assert_true(nrs_span_find_text(bare, "observed") == SIZE_MAX);
	assert_true(nrs_span_find_text(bare, PEER) == SIZE_MAX);
}

/* Every form of an address that rule 21 names, made here and not by the code
 * under test. */
static unsigned int forms_of(const char *own, char forms[16][128])
{
	const struct nrs_addr addr = made_addr(own);
	const bool is_v4 = nrs_addr_is_v4(&addr);
	const uint8_t *raw = addr.bytes + (is_v4 ? 12 : 0);
	const unsigned int len = is_v4 ? 4 : 16;
	unsigned int n = 0, at = 0;

	snprintf(forms[n++], 128, "%s", own);
	for (unsigned int i = 0; i < len; i++)
		at += (unsigned int)snprintf(forms[n] + at, 128 - at, "%02x",
					     (unsigned int)raw[i]);
	n++;
	for (at = 0; at < 2 * len; at++)
		forms[n][at] =
			(char)(forms[n - 1][at] >= 'a' ? forms[n - 1][at] - 32
						       : forms[n - 1][at]);
	forms[n++][at] = '\0';
	nrs_base64(nrs_span(raw, len), forms[n++]);
	nrs_base64(nrs_span_of(own), forms[n++]);
	at = 0;
	for (unsigned int i = len; i-- > 0;)
		at += (unsigned int)(is_v4 ? snprintf(forms[n] + at, 128 - at,
						      "%u.",
						      (unsigned int)raw[i])
					   : snprintf(forms[n] + at, 128 - at,
						      "%x.%x.",
						      (unsigned int)(raw[i] &
								     15),
						      (unsigned int)raw[i] >>
							      4));
	n++;
	if (is_v4) {
		snprintf(forms[n++], 128, "::ffff:%s", own);
		snprintf(forms[n++], 128, "::ffff:%x:%x",
			 (unsigned int)raw[0] << 8 | raw[1],
			 (unsigned int)raw[2] << 8 | raw[3]);
	}
	return n;
}

/* A hit whose value holds @form, from the own host or to it. */
static void write_value(struct bench *b, enum nrs_field field, const char *form,
			unsigned int host_and_side)
{
	static const char *const hosts[] = {OWN, OWN6};
	static const char *const peers[] = {PEER, "2001:db8::23"};
	const char *own = hosts[host_and_side / 2];
	const char *peer = peers[host_and_side / 2];
	const bool is_in = host_and_side % 2 == 1;
	char value[256];

	snprintf(value, sizeof(value), "%s%s.c2.example",
		 field == NRS_F_HTTP_HEADER ? "User-Agent: x-" : "", form);
	made_hit(&b->made, is_in ? peer : own, is_in ? own : peer, MADE_NS);
	made_text(&b->made, field, value);
	made_text(&b->made, NRS_F_HTTP_METHOD, "GET");
	write_post(b);
	assert_int_equal(b->err, NRS_OK);
}

/* A pattern may match anything that the traffic holds: also a URL or a name
 * that names the own host. */
static void no_byte_that_leaves_holds_an_own_address(void **state)
{
	static const enum nrs_field fields[] = {
		NRS_F_DNS_QUERY,   NRS_F_HTTP_URL, NRS_F_HTTP_URI,
		NRS_F_HTTP_HEADER, NRS_F_TLS_SNI,  NRS_F_HTTP_USER_AGENT};
	struct bench *b = *state;

	for (unsigned int side = 0; side < 4; side++) {
		char forms[16][128] = {{0}};
		const unsigned int count =
			forms_of(side < 2 ? OWN : OWN6, forms);

		for (unsigned int i = 0; i < count * 6; i++) {
			write_value(b, fields[i % 6], forms[i / 6], side);
			for (unsigned int f = 0; f < count; f++) {
				if (says(b, forms[f]))
					fail_msg("%s leaves", forms[f]);
			}
		}
	}
}

static void another_address_is_not_taken_for_an_own_one(void **state)
{
	const struct nrs_addr own = made_addr("10.0.0.1");
	struct bench *b = *state;

	assert_false(nrs_own_trace(nrs_span_of("http://110.0.0.5/x"),
				   &b->made.home));
	assert_false(nrs_own_trace(nrs_span_of("c2.example"), &b->made.home));
	assert_false(nrs_own_trace_of(nrs_span_of("210.0.0.15"), &own));
	assert_true(nrs_own_trace(nrs_span_of("x=10.0.0.5&y"), &b->made.home));
	assert_true(nrs_own_trace(nrs_span_of("[fd00::5]:80"), &b->made.home));
	assert_true(nrs_own_trace(nrs_span_of("5.0.0.10.IN-ADDR.arpa"),
				  &b->made.home));
	assert_true(nrs_own_trace(nrs_span_of("::ffff:a00:5"), &b->made.home));
	assert_true(nrs_own_trace_of(nrs_span_of("ip-10-0-0-1.example"), &own));
}

/* What a mail says is people's: only what the indicator itself says leaves. */
static void of_a_mail_only_what_the_pattern_names_leaves(void **state)
{
	static const enum nrs_how hows[] = {NRS_HOW_EXACT, NRS_HOW_PATTERN};
	struct bench *b = *state;

	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_record_value *value =
			(void *)(&b->made.record.hit + 1);

		made_hit(&b->made, OWN, PEER, MADE_NS);
		made_text(&b->made, NRS_F_EMAIL_SUBJECT, "a subject");
		value->how = (uint8_t)hows[i];
		write_post(b);
		assert_int_equal(b->err, NRS_OK);
		assert_int_equal(says(b, "a subject"), i == 0);
		assert_int_equal(says(b, "email-message"), i == 0);
	}
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_sighting_has_what_the_specification_asks),
		NRS_T(it_carries_the_marking_and_so_does_what_is_not_the_value),
		NRS_T(ids_tell_nothing_and_repeat),
		NRS_T(confidence_is_the_lower_and_absent_stays_absent),
		NRS_T(times_are_cut_to_the_audiences_grain),
		NRS_T(of_an_inbound_flow_no_value_of_ours_is_said),
		NRS_T(between_own_hosts_no_address_is_said),
		NRS_T(a_token_is_the_same_host_in_one_audience_alone),
		NRS_T(full_tells_both_sides),
		NRS_T(a_token_of_a_log_leaves_for_nobody),
		NRS_T(in_transit_only_the_address_that_was_looked_for),
		NRS_T(without_block_technique_no_way_of_it_is_told),
		NRS_T(a_pseudonym_tells_no_name_and_differs_by_audience),
		NRS_T(without_block_provider_nobody_learns_who_and_where),
		NRS_T(what_may_not_be_read_leaves_as_an_id),
		NRS_T(a_lists_value_brings_its_indicator),
		NRS_T(without_detail_the_sighting_stands_alone),
		NRS_T(no_byte_that_leaves_holds_an_own_address),
		NRS_T(another_address_is_not_taken_for_an_own_one),
		NRS_T(of_a_mail_only_what_the_pattern_names_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
