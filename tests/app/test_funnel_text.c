/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_funnel_text: the funnel of 720,000 indicators that the shared design
 * shows (sharing-rules.md section 6), made by a seed, in any order, in time.
 */
#include "tests/nrs_test.h"

#include <time.h>

#include "app/funnel_text.h"
#include "engine/pattern.h"

#define NOW (INT64_C(1790000000) * NRS_SECOND_NS)
#define RECEIVED 720000u
#define REFUSED_ENTRIES 1000u /* of the rejected ones */

#ifdef __SANITIZE_ADDRESS__
#define SECONDS_MAX 60
#else
#define SECONDS_MAX 5
#endif

enum kind {
	BROKEN,
	PROCESS,
	MUTEX,
	REGISTRY,
	EXPIRED,
	REVOKED,
	TWICE,
	UNSURE,
	ELSEWHERE,
	WANTED,
	WANTED_IN_PART,
	KINDS
};

/* How many of each, less the refused entries of the first. */
static const uint32_t counts[KINDS] = {
	1114, 61204, 20000, 7106, 280000, 21220, 41007, 230118, 56575, 612, 44};

static const char *const pattern[KINDS] = {"[domain-name:value = ",
					   "[process:command_line = 'x']",
					   "[mutex:name = 'x']",
					   "[windows-registry-key:key = 'x']",
					   NULL,
					   NULL,
					   NULL,
					   NULL,
					   NULL,
					   NULL,
					   NULL};

struct heap {
	struct nrs_set *set;
	uint8_t *order; /* a kind each */
	uint32_t unsure, twice;
	struct nrs_indicator_context here, there;
	struct nrs_background wanted, unwanted;
};

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return *seed >> 33;
}

/* All kinds, shuffled. */
static uint8_t *shuffled(uint64_t seed, uint32_t *count)
{
	uint8_t *order = malloc(RECEIVED);

	assert_non_null(order);
	*count = 0;
	for (unsigned int k = 0; k < KINDS; k++) {
		memset(order + *count, (int)k, counts[k]);
		*count += counts[k];
	}
	assert_int_equal(*count + REFUSED_ENTRIES, RECEIVED);
	for (uint32_t i = *count - 1; i > 0; i--) {
		const uint32_t j = (uint32_t)(next(&seed) % (i + 1));
		const uint8_t kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
	return order;
}

static struct nrs_span say(struct nrs_set *set, const char *format,
			   uint32_t number)
{
	char text[160];

	snprintf(text, sizeof(text), format, number, number);
	return nrs_arena_copy(nrs_set_arena(set), nrs_span_of(text));
}

static void add(struct heap *h, enum kind kind, uint32_t number)
{
	struct nrs_indicator item = {
		.context = kind == ELSEWHERE ? &h->there : &h->here,
		.modified_ns = NOW - 5,
		.valid_from_ns = NOW - 5,
		.valid_until_ns = kind == EXPIRED ? NOW : NRS_TIME_MAX,
		.confidence = kind == UNSURE || kind == TWICE ? 50 : 85,
		.tlp = NRS_TLP_GREEN,
		.version = NRS_STIX_21};

	/* What comes twice is one of those of which nobody is sure. */
	if (kind == TWICE)
		number = h->twice++;
	else if (kind == UNSURE)
		number = h->unsure++;
	item.id = say(h->set,
		      kind == UNSURE || kind == TWICE ? "indicator--u%08u"
						      : "indicator--%08u",
		      number);
	if (pattern[kind] != NULL)
		item.pattern = nrs_span_of(pattern[kind]);
	else
		item.pattern =
			say(h->set,
			    kind == WANTED_IN_PART
				    ? "[domain-name:value = 'n%u.example' OR "
				      "process:pid = %u]"
			    : kind == UNSURE || kind == TWICE
				    ? "[url:value = 'http://u.example/%u']"
				    : "[ipv4-addr:value = '192.0.2.7' AND "
				      "network-traffic:dst_port = %u]",
			    number % 65536);
	assert_int_equal(nrs_set_add(h->set, &item), NRS_OK);
	if (kind == REVOKED)
		assert_int_equal(nrs_set_judge(h->set,
					       nrs_set_count(h->set) - 1,
					       NRS_STATUS_REVOKED, "revoked"),
				 NRS_OK);
}

static void fill(struct heap *h, uint64_t seed)
{
	uint32_t source, count;
	uint8_t *order = shuffled(seed, &count);

	h->wanted.sectors = nrs_span_of("energy");
	h->unwanted.sectors = nrs_span_of("retail");
	h->here.background = &h->wanted;
	h->there.background = &h->unwanted;
	assert_int_equal(nrs_set_new(&h->set), NRS_OK);
	assert_int_equal(nrs_set_source(h->set, nrs_span_of("isac-a/alerts"),
					nrs_span_of("x"), &source),
			 NRS_OK);
	for (uint32_t i = 0; i < REFUSED_ENTRIES; i++)
		assert_int_equal(nrs_set_refuse(h->set, source, i, "bad"),
				 NRS_OK);
	for (uint32_t i = 0; i < count; i++)
		add(h, (enum kind)order[i], i);
	free(order);
}

/* From received to kept, as `check --why` goes. */
static void flow(struct heap *h, struct nrs_select *select,
		 struct nrs_funnel *funnel)
{
	const struct nrs_build_options building = {.seats = 1, .guards = true};
	const struct nrs_choose_options choosing = {.building = &building,
						    .select = select,
						    .at_ns = NOW,
						    .drop_expired = true};
	struct nrs_db *db = NULL;

	assert_int_equal(nrs_set_settle(h->set), NRS_OK);
	assert_int_equal(nrs_choose(h->set, &choosing), NRS_OK);
	assert_int_equal(nrs_db_build(&db, h->set, &building), NRS_OK);
	nrs_funnel_count(funnel, h->set, select);
	nrs_db_free(db);
}

static const char *const lab = "lab/*";
static const char *const energy = "energy";
static const char *const own = "power.example";
static const struct nrs_select_rule rules[] = {
	{.action = NRS_SELECT_KEEP, .words[NRS_SELECT_SOURCE] = {&lab, 1}},
	{.action = NRS_SELECT_DROP, .words[NRS_SELECT_WITHIN] = {&own, 1}},
	{.action = NRS_SELECT_REQUIRE,
	 .where = "noroshi.yaml:41",
	 .bounds[NRS_SELECT_CONFIDENCE] = {.has_least = true, .least = 70}},
	{.action = NRS_SELECT_WATCH, .types = 1u << 4},
	{.action = NRS_SELECT_REQUIRE,
	 .where = "noroshi.yaml:44",
	 .words[NRS_SELECT_SECTOR] = {&energy, 1}},
};
static const struct nrs_select_policy policy = {.rules = rules,
						.rule_count = 5};

static const char as_designed[] =
	"720,000 received | -2,114 rejected | -88,310 not evaluable (process "
	"61,204, ..) | -301,220 expired, revoked\n"
	"  | -41,007 duplicates (ids kept) | -230,118 confidence < 70 (rule 3, "
	"noroshi.yaml:41) | -56,575 sector (rule 5, :44)\n"
	"= 656 kept: full 612, partial 44\n";

static void the_funnel_of_the_design_comes_out_in_any_order(void **state)
{
	struct nrs_text json[2] = {{0}};

	(void)state;
	for (unsigned int run = 0; run < 2; run++) {
		struct heap h = {0};
		struct nrs_select *select = NULL;
		struct nrs_funnel *funnel = malloc(sizeof(*funnel));
		struct nrs_text text = {0};
		struct nrs_jsonw w = {.out = &json[run]};

		assert_non_null(funnel);
		fill(&h, 20261120 + run);
		assert_int_equal(nrs_select_new(&select, &policy, NULL),
				 NRS_OK);
		const clock_t begin = clock();
		flow(&h, select, funnel);
		nrs_funnel_text(&text, funnel, &policy);
		const double seconds =
			(double)(clock() - begin) / CLOCKS_PER_SEC;
		nrs_text_putc(&text, '\0');
		assert_string_equal((const char *)text.ptr, as_designed);
		nrs_jsonw_open(&w, '{');
		nrs_funnel_json(&w, funnel, &policy);
		nrs_jsonw_close(&w, '}');
		fprintf(stderr, "720,000 chosen among in %.2f s of CPU\n",
			seconds);
		assert_true(seconds < SECONDS_MAX);
		nrs_text_fini(&text);
		free(funnel);
		nrs_select_free(select);
		nrs_set_free(h.set);
	}
	assert_true(nrs_span_equal(nrs_text_span(&json[0]),
				   nrs_text_span(&json[1])));
	nrs_text_fini(&json[0]);
	nrs_text_fini(&json[1]);
}

static void stages_that_took_nothing_are_in_the_json_only(void **state)
{
	const struct nrs_funnel funnel = {.received = 3,
					  .full = 2,
					  .watched = 1,
					  .by_rule = {[3] = 1},
					  .dropped = 1};
	struct nrs_text text = {0}, json = {0};
	struct nrs_jsonw w = {.out = &json};

	(void)state;
	nrs_funnel_text(&text, &funnel, &policy);
	assert_true(nrs_span_is(
		nrs_text_span(&text),
		"3 received | -1 type email-addr (rule 4)\n"
		"= 2 kept: full 2, partial 0; 1 of them watched\n"));
	nrs_jsonw_open(&w, '{');
	nrs_funnel_json(&w, &funnel, NULL);
	nrs_jsonw_close(&w, '}');
	assert_true(nrs_span_is(
		nrs_text_span(&json),
		"{\"received\":3,\"stages\":[{\"stage\":\"rejected\","
		"\"dropped\":0,\"left\":3},{\"stage\":\"not evaluable\","
		"\"dropped\":0,\"left\":3,\"reasons\":[]},{\"stage\":"
		"\"expired\",\"dropped\":0,\"left\":3},{\"stage\":\"revoked\","
		"\"dropped\":0,\"left\":3},{\"stage\":\"superseded\","
		"\"dropped\":0,\"left\":3},{\"stage\":\"duplicates\","
		"\"dropped\":0,\"left\":3},{\"stage\":\"benign\",\"dropped\":"
		"0,\"left\":3},{\"stage\":\"guards\",\"dropped\":0,\"left\":3}"
		",{\"stage\":\"excepted\",\"dropped\":0,\"left\":3}],\"kept\":"
		"{\"all\":2,\"full\":2,\"partial\":0,\"watched\":1}}"));
	nrs_text_fini(&text);
	nrs_text_fini(&json);
}

static void each_way_out_is_told_apart(void **state)
{
	const struct nrs_funnel funnel = {
		.received = 1234567,
		.rejected = 1,
		.unseen = 3,
		.expired = 1,
		.superseded = 4,
		.benign = 5,
		.guarded = 6,
		.excepted = 7,
		.partial = 1234540,
		.reasons = {{.word = "x-\x1b[31m", .count = 3}}};
	struct nrs_text text = {0};

	(void)state;
	nrs_funnel_text(&text, &funnel, NULL);
	assert_true(
		nrs_span_is(nrs_text_span(&text),
			    "1,234,567 received | -1 rejected | -3 not "
			    "evaluable (x-?[31m 3)"
			    " | -5 expired, superseded | -5 benign\n"
			    "  | -6 refused by guards | -7 excepted\n"
			    "= 1,234,540 kept: full 0, partial 1,234,540\n"));
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_funnel_of_the_design_comes_out_in_any_order),
		cmocka_unit_test(stages_that_took_nothing_are_in_the_json_only),
		cmocka_unit_test(each_way_out_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
