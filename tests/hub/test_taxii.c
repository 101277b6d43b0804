/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TAXII client asks and what it makes of answers, with a canned hub.
 */
#include "tests/hub/canned.h"

#include "engine/base/stamp.h"
#include "hub/taxii_find.h"

#define ROOT "https://hub.example/api/"

static void urls_carry_what_was_asked_and_nothing_else(void **state)
{
	static const struct {
		struct nrs_taxii_query query;
		const char *next, *types, *url;
	} cases[] = {
		{{.added_after_ns = NRS_TIME_MIN},
		 "",
		 "",
		 ROOT "collections/c%2F1/objects/"},
		{{.added_after_ns = 1772366400104233000, .limit = 100},
		 "",
		 "",
		 ROOT "collections/c%2F1/objects/?added_after=2026-03-01T12%3A"
		      "00%3A00.104233Z&limit=100"},
		{{.added_after_ns = 1772366400104233001},
		 "",
		 "",
		 ROOT "collections/c%2F1/objects/?added_after=2026-03-01T12%3A"
		      "00%3A00.104233001Z"},
		{{.added_after_ns = NRS_TIME_MIN, .limit = 5},
		 "a&b=c",
		 "indicator,note",
		 ROOT "collections/c%2F1/objects/?limit=5&match%5Btype%5D="
		      "indicator%2Cnote&next=a%26b%3Dc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_taxii_query query = cases[i].query;
		struct nrs_text out = {0};

		print_message("%s\n", cases[i].url);
		query.next = nrs_span_of(cases[i].next);
		query.types = nrs_span_of(cases[i].types);
		assert_int_equal(nrs_taxii_objects_url(&out, nrs_span_of(ROOT),
						       nrs_span_of("c/1"),
						       &query),
				 NRS_OK);
		assert_true(nrs_span_is(nrs_text_span(&out), cases[i].url));
		nrs_text_fini(&out);
	}
}

static void a_status_id_is_opaque_text(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(
		nrs_taxii_status_url(&out, nrs_span_of("https://h.example/r"),
				     nrs_span_of("w_1:2/..")),
		NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&out),
				"https://h.example/r/status/w_1%3A2%2F../"));
	nrs_text_fini(&out);
	assert_int_equal(nrs_taxii_status_url(&out, nrs_span_of("file:///x"),
					      nrs_span_of("s")),
			 NRS_E_SYNTAX);
	nrs_text_fini(&out);
}

static int ask(struct canned *hub, struct nrs_taxii_answer *answer)
{
	const struct nrs_taxii_peer peer = {.http = canned_http(hub)};
	const struct nrs_taxii_call call = {.url = nrs_span_of(ROOT)};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *json = NULL;
	const int err = nrs_taxii_ask(&peer, &call, arena, &json, answer);

	nrs_arena_free(arena);
	return err;
}

static void answers_get_their_verdict_and_one_line(void **state)
{
	static const struct {
		struct canned_answer answer;
		int err;
		enum nrs_hub_verdict verdict;
		const char *message;
		int64_t retry_ns;
	} cases[] = {
		{{.status = 200, .body = "{}"},
		 NRS_OK,
		 NRS_HUB_OK,
		 "HTTP 200",
		 -1},
		{{.status = 429, .retry_after = "7", .body = "slow down"},
		 NRS_OK,
		 NRS_HUB_LATER,
		 "HTTP 429",
		 7 * NRS_SECOND_NS},
		{{.status = 503,
		  .body = "{\"title\":\"Busy\",\"description\":\"Later\"}"},
		 NRS_OK,
		 NRS_HUB_LATER,
		 "HTTP 503: Busy: Later",
		 -1},
		{{.status = 401, .body = "<h1>Unauthorized</h1>"},
		 NRS_OK,
		 NRS_HUB_DENIED,
		 "HTTP 401",
		 -1},
		{{.status = 302},
		 NRS_OK,
		 NRS_HUB_MOVED,
		 "HTTP 302: sends us to another place, which is not followed",
		 -1},
		{{.err = NRS_E_IO},
		 NRS_E_IO,
		 NRS_HUB_LATER,
		 "hub.example: no answer",
		 -1},
		{{.err = NRS_E_LIMIT},
		 NRS_E_LIMIT,
		 NRS_HUB_TOO_LARGE,
		 "hub.example: no answer",
		 -1},
		{{.err = NRS_E_CANCELLED},
		 NRS_E_CANCELLED,
		 NRS_HUB_LATER,
		 "hub.example: no answer",
		 -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct canned hub = {.answers = &cases[i].answer, .count = 1};
		struct nrs_taxii_answer answer;

		print_message("%s\n", cases[i].message);
		assert_int_equal(ask(&hub, &answer), cases[i].err);
		assert_int_equal(answer.verdict, cases[i].verdict);
		assert_string_equal(answer.message, cases[i].message);
		assert_int_equal(answer.retry_ns, cases[i].retry_ns);
	}
}

static void a_2xx_without_json_is_an_error(void **state)
{
	static const struct canned_answer html = {
		.status = 200, .type = "text/html", .body = "<html>"};
	struct canned hub = {.answers = &html, .count = 1};
	struct nrs_taxii_answer answer;

	(void)state;
	assert_int_equal(ask(&hub, &answer), NRS_E_SYNTAX);
	assert_true(answer.is_odd_media);
	assert_int_equal(answer.verdict, NRS_HUB_LATER);
}

static void odd_media_types_are_told_from_right_ones(void **state)
{
	static const struct {
		const char *type;
		bool is_odd;
	} cases[] = {
		{"application/taxii+json;version=2.1", false},
		{"Application/TAXII+json; version=2.1", false},
		{"application/taxii+json", false},
		{"application/json", true},
		{"application/taxii+jsonx", true},
		{"", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct canned_answer a = {
			.status = 200, .type = cases[i].type, .body = "{}"};
		struct canned hub = {.answers = &a, .count = 1};
		struct nrs_taxii_answer answer;

		print_message("%s\n", cases[i].type);
		assert_int_equal(ask(&hub, &answer), NRS_OK);
		assert_int_equal(answer.is_odd_media, cases[i].is_odd);
	}
}

static void a_406_is_asked_once_more_without_the_version(void **state)
{
	static const struct canned_answer answers[] = {
		{.status = 406}, {.status = 200, .body = "{}"}};
	static const struct canned_answer stubborn[] = {{.status = 406},
							{.status = 406}};
	struct canned hub = {.answers = answers, .count = 2};
	struct canned other = {.answers = stubborn, .count = 2};
	struct nrs_taxii_answer answer;

	(void)state;
	assert_int_equal(ask(&hub, &answer), NRS_OK);
	assert_int_equal(answer.verdict, NRS_HUB_OK);
	assert_string_equal(hub.accept, "application/taxii+json");
	assert_int_equal(ask(&other, &answer), NRS_OK);
	assert_int_equal(answer.verdict, NRS_HUB_MEDIA);
}

static void a_get_has_the_exact_accept_and_no_content_type(void **state)
{
	static const struct canned_answer ok = {.status = 200, .body = "{}"};
	struct canned hub = {.answers = &ok, .count = 1};
	struct nrs_taxii_answer answer;

	(void)state;
	assert_int_equal(ask(&hub, &answer), NRS_OK);
	assert_string_equal(hub.method, "GET");
	assert_string_equal(hub.accept, "application/taxii+json;version=2.1");
	assert_string_equal(hub.content_type, "");
	assert_string_equal(hub.authorization, "");
}

static void a_post_carries_envelope_type_and_credentials(void **state)
{
	static const struct canned_answer accepted = {
		.status = 202,
		.body = "{\"id\":\"s1\",\"status\":\"pending\","
			"\"total_count\":1}"};
	const struct nrs_auth_config config = {
		.kind = NRS_AUTH_BEARER, .secret_variable = "NRS_TEST_SECRET"};
	struct canned hub = {.answers = &accepted, .count = 1};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_taxii_peer peer = {.http = canned_http(&hub)};
	struct nrs_taxii_call call = {
		.url = nrs_span_of(ROOT "collections/c/objects/"),
		.envelope = nrs_span_of("{\"objects\":[{}]}")};
	struct nrs_taxii_status status;
	struct nrs_taxii_answer answer;
	struct nrs_auth *auth = NULL;
	struct nrs_json *json = NULL;

	(void)state;
	assert_int_equal(setenv("NRS_TEST_SECRET", "tok", 1), 0);
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_OK);
	peer.auth = auth;
	assert_int_equal(nrs_taxii_ask(&peer, &call, arena, &json, &answer),
			 NRS_OK);
	assert_int_equal(answer.status, 202);
	assert_int_equal(nrs_taxii_parse_status(json, arena, &status), NRS_OK);
	assert_string_equal(hub.method, "POST");
	assert_string_equal(hub.body, "{\"objects\":[{}]}");
	assert_string_equal(hub.content_type, NRS_TAXII_MEDIA);
	assert_string_equal(hub.authorization, "Bearer tok");
	nrs_auth_close(auth);
	nrs_arena_free(arena);
}

static void an_echoed_credential_is_not_in_the_message(void **state)
{
	static const struct canned_answer echo = {
		.status = 403,
		.body = "{\"title\":\"Bearer hunter2hunter2 is not enough\"}"};
	const struct nrs_auth_config config = {
		.kind = NRS_AUTH_BEARER, .secret_variable = "NRS_TEST_SECRET"};
	struct canned hub = {.answers = &echo, .count = 1};
	struct nrs_taxii_peer peer = {.http = canned_http(&hub)};
	const struct nrs_taxii_call call = {.url = nrs_span_of(ROOT)};
	struct nrs_taxii_answer answer;
	struct nrs_auth *auth = NULL;

	(void)state;
	assert_int_equal(setenv("NRS_TEST_SECRET", "hunter2hunter2", 1), 0);
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_OK);
	peer.auth = auth;
	assert_int_equal(nrs_taxii_exchange(&peer, &call, &answer), NRS_OK);
	assert_string_equal(answer.message,
			    "HTTP 403: Bearer ************** is not enough");
	nrs_auth_close(auth);
}

static void dates_of_a_page_are_read_in_any_form(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"2020-02-20T20:52:39.000001Z", 1582231959000001000},
		{"2020-02-20T20:52:39+00:00", 1582231959000000000},
		{"undefined", NRS_TIME_MIN},
		{NULL, NRS_TIME_MIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct canned_answer a = {
			.status = 200, .body = "{}", .last = cases[i].text};
		struct canned hub = {.answers = &a, .count = 1};
		struct nrs_taxii_answer answer;

		assert_int_equal(ask(&hub, &answer), NRS_OK);
		assert_int_equal(answer.last_ns, cases[i].ns);
		assert_int_equal(answer.first_ns, NRS_TIME_MIN);
	}
}

#define COLLECTIONS                                                            \
	"{\"collections\":[{\"id\":\"11\",\"title\":\"a\"},{\"id\":\"22\","    \
	"\"alias\":\"alerts\",\"can_read\":true}]}"
#define A_ROOT                                                                 \
	"{\"title\":\"r\",\"versions\":[\"application/taxii+json;version=2."   \
	"1\"],\"max_content_length\":9000}"

static const struct {
	const char *name;
	struct canned_answer answers[5];
	size_t count;
	int err;
	enum nrs_hub_verdict verdict;
	const char *root; /* "": none */
} finds[] = {
	{"the second root",
	 {{.status = 200,
	   .body = "{\"api_roots\":[\"/one/\","
		   "\"https://hub.example/two\"]}"},
	  {.status = 200, .body = "{\"collections\":[]}"},
	  {.status = 200, .body = COLLECTIONS},
	  {.status = 200, .body = A_ROOT}},
	 4,
	 NRS_OK,
	 NRS_HUB_OK,
	 "https://hub.example/two/"},
	{"the URL is the root",
	 {{.status = 200, .body = A_ROOT},
	  {.status = 200, .body = COLLECTIONS},
	  {.status = 200, .body = A_ROOT}},
	 3,
	 NRS_OK,
	 NRS_HUB_OK,
	 ROOT},
	{"a root that refuses does not hide the next",
	 {{.status = 200,
	   .body = "{\"default\":\"/one/\",\"api_roots\":[\"/one/\","
		   "\"/two/\"]}"},
	  {.status = 403},
	  {.status = 200, .body = COLLECTIONS},
	  {.status = 500}},
	 4,
	 NRS_OK,
	 NRS_HUB_OK,
	 "https://hub.example/two/"},
	{"no credentials to a root elsewhere",
	 {{.status = 200,
	   .body = "{\"api_roots\":[\"http://localhost:5000/api1/"
		   "\"]}"}},
	 1,
	 NRS_E_NOTFOUND,
	 NRS_HUB_OK,
	 ""},
	{"not there",
	 {{.status = 200, .body = A_ROOT},
	  {.status = 200, .body = "{\"collections\":[]}"}},
	 2,
	 NRS_E_NOTFOUND,
	 NRS_HUB_OK,
	 ""},
	{"denied", {{.status = 401}}, 1, NRS_OK, NRS_HUB_DENIED, ""},
	{"not TAXII",
	 {{.status = 200, .body = "{\"a\":1}"}},
	 1,
	 NRS_E_FORMAT,
	 NRS_HUB_OK,
	 ""},
	{"not there at all",
	 {{.err = NRS_E_IO}},
	 1,
	 NRS_E_IO,
	 NRS_HUB_LATER,
	 ""},
};

static void a_collection_is_found_by_discovery_or_in_its_root(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(finds) / sizeof(*finds); i++) {
		struct canned hub = {.answers = finds[i].answers,
				     .count = finds[i].count};
		const struct nrs_taxii_peer peer = {.http = canned_http(&hub)};
		struct nrs_taxii_place place;
		struct nrs_taxii_answer answer;

		print_message("%s\n", finds[i].name);
		assert_int_equal(nrs_taxii_find(&peer, nrs_span_of(ROOT),
						nrs_span_of("alerts"), &place,
						&answer),
				 finds[i].err);
		assert_int_equal(answer.verdict, finds[i].verdict);
		assert_int_equal(hub.asked, finds[i].count);
		assert_true(
			nrs_span_is(nrs_text_span(&place.root), finds[i].root));
		if (finds[i].root[0] != '\0') {
			assert_true(nrs_span_is(
				nrs_text_span(&place.collection), "22"));
			assert_true(place.can_read && !place.can_write);
		} else {
			assert_string_not_equal(answer.message, "");
		}
		nrs_taxii_place_fini(&place);
	}
}

/* With trust_discovery: at the hub's own place, and nowhere else. */
static void a_root_elsewhere_is_looked_for_at_home_if_trusted(void **state)
{
	static const struct canned_answer list[] = {
		{.status = 200,
		 .body = "{\"api_roots\":[\"http://localhost:5000/api1/\"]}"},
		{.status = 200, .body = COLLECTIONS},
		{.status = 200, .body = A_ROOT}};
	struct canned hub = {.answers = list, .count = 3};
	const struct nrs_taxii_peer peer = {.http = canned_http(&hub),
					    .trusts_discovery = true};
	struct nrs_taxii_place place;
	struct nrs_taxii_answer answer;

	(void)state;
	assert_int_equal(nrs_taxii_find(&peer, nrs_span_of(ROOT),
					nrs_span_of("alerts"), &place, &answer),
			 NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&place.root),
				"https://hub.example/api1/"));
	assert_string_equal(hub.urls[1],
			    "https://hub.example/api1/collections/");
	nrs_taxii_place_fini(&place);
}

static void a_manifest_is_asked_for_like_objects(void **state)
{
	const struct nrs_taxii_query query = {.added_after_ns = NRS_TIME_MIN,
					      .limit = 5};
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_taxii_manifest_url(&out, nrs_span_of(ROOT),
						nrs_span_of("c/1"), &query),
			 NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&out),
				ROOT "collections/c%2F1/manifest/?limit=5"));
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_carry_what_was_asked_and_nothing_else),
		cmocka_unit_test(a_status_id_is_opaque_text),
		cmocka_unit_test(
			a_root_elsewhere_is_looked_for_at_home_if_trusted),
		cmocka_unit_test(a_manifest_is_asked_for_like_objects),
		cmocka_unit_test(answers_get_their_verdict_and_one_line),
		cmocka_unit_test(a_2xx_without_json_is_an_error),
		cmocka_unit_test(odd_media_types_are_told_from_right_ones),
		cmocka_unit_test(a_406_is_asked_once_more_without_the_version),
		cmocka_unit_test(
			a_get_has_the_exact_accept_and_no_content_type),
		cmocka_unit_test(a_post_carries_envelope_type_and_credentials),
		cmocka_unit_test(an_echoed_credential_is_not_in_the_message),
		cmocka_unit_test(dates_of_a_page_are_read_in_any_form),
		cmocka_unit_test(
			a_collection_is_found_by_discovery_or_in_its_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
