/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_out: the bundle that stays at home: what refers to what, and
 * which times and counts a sighting has.
 */
#include "sightings/stix_out.h"

#include "engine/base/json.h"
#include "tests/sightings/made_hit.h"

struct bench {
	struct made_hit made;
	struct nrs_aggregate *aggregate;
	struct nrs_arena *arena;
	struct nrs_text text;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	b->arena = nrs_arena_new(0);
	return b->arena == NULL ? -1 : nrs_aggregate_new(&b->aggregate);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_text_fini(&b->text);
	nrs_arena_free(b->arena);
	nrs_aggregate_free(b->aggregate);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

static void add(struct bench *b, const char *own, int64_t ns)
{
	assert_int_equal(
		nrs_aggregate_add(b->aggregate, made_usual(&b->made, own, ns)),
		NRS_OK);
}

/* The bundle's list of objects. */
static const struct nrs_json *objects(struct bench *b)
{
	const struct nrs_stix_run run = {.set = b->made.set,
					 .home = &b->made.home,
					 .key = nrs_span_of("key")};
	struct nrs_json *tree = NULL;

	nrs_text_clear(&b->text);
	assert_int_equal(nrs_stix_bundle(&b->text, b->aggregate, &run), NRS_OK);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&b->text), b->arena, &tree, NULL),
		NRS_OK);
	const struct nrs_json *list = nrs_json_get(tree, "objects");
	assert_true(nrs_json_is(list, NRS_JSON_ARRAY));
	return list;
}

static unsigned int count_of(const struct nrs_json *list, const char *type)
{
	unsigned int count = 0;

	for (const struct nrs_json *o = list->child; o != NULL; o = o->next)
		count += nrs_span_is(nrs_json_text(o, "type"), type);
	return count;
}

static const struct nrs_json *first_of(const struct nrs_json *list,
				       const char *type)
{
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		if (nrs_span_is(nrs_json_text(o, "type"), type))
			return o;
	}
	fail_msg("no %s", type);
	return NULL;
}

/* Is there an object with the id that the first element of @refs names? */
static bool leads_somewhere(const struct nrs_json *list,
			    const struct nrs_json *refs)
{
	if (!nrs_json_is(refs, NRS_JSON_ARRAY) || refs->child == NULL)
		return false;
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		if (nrs_span_equal(nrs_json_text(o, "id"), refs->child->text))
			return true;
	}
	return false;
}

static void nothing_seen_is_an_identity_alone(void **state)
{
	const struct nrs_json *list = objects(*state);

	assert_int_equal(count_of(list, "identity"), 1);
	assert_int_equal(count_of(list, "sighting"), 0);
	assert_null(list->child->next);
}

static void a_sighting_says_when_and_how_often(void **state)
{
	struct bench *b = *state;
	int64_t count = 0, confidence = 0;

	add(b, "10.0.0.1", MADE_NS + 2 * NRS_SECOND_NS);
	add(b, "10.0.0.1", MADE_NS);
	add(b, "10.0.0.1", MADE_NS + 9 * NRS_SECOND_NS);
	const struct nrs_json *list = objects(b);
	const struct nrs_json *sighting = first_of(list, "sighting");
	static const char *const want[][2] = {
		{"sighting_of_ref", MADE_ID},
		{"first_seen", "2026-03-01T12:00:00.000000Z"},
		{"last_seen", "2026-03-01T12:00:09.000000Z"},
		/* created = modified = last_seen */
		{"created", "2026-03-01T12:00:09.000Z"},
		{"modified", "2026-03-01T12:00:09.000Z"}};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (!nrs_span_is(nrs_json_text(sighting, want[i][0]),
				 want[i][1]))
			fail_msg("%s", want[i][0]);
	}
	assert_int_equal(nrs_json_i64(nrs_json_get(sighting, "count"), &count),
			 NRS_OK);
	assert_int_equal(count, 3);
	assert_int_equal(
		nrs_json_i64(nrs_json_get(sighting, "confidence"), &confidence),
		NRS_OK);
	assert_int_equal(confidence, 85);
	assert_int_equal(count_of(list, "sighting"), 1);
	/* an indicator that came as STIX is the community's: not repeated */
	assert_int_equal(count_of(list, "indicator"), 0);
}

static void every_reference_leads_to_an_object(void **state)
{
	struct bench *b = *state;

	add(b, "10.0.0.1", MADE_NS);
	const struct nrs_json *list = objects(b);
	const struct nrs_json *sighting = first_of(list, "sighting");
	const struct nrs_json *observed = first_of(list, "observed-data");
	assert_true(leads_somewhere(
		list, nrs_json_get(sighting, "observed_data_refs")));
	assert_true(leads_somewhere(
		list, nrs_json_get(sighting, "where_sighted_refs")));
	assert_true(leads_somewhere(
		list, nrs_json_get(sighting, "object_marking_refs")));
	assert_true(
		leads_somewhere(list, nrs_json_get(observed, "object_refs")));
	assert_int_equal(count_of(list, "marking-definition"), 1);
	/* the flow and the name that was asked for */
	assert_int_equal(count_of(list, "network-traffic"), 1);
	assert_int_equal(count_of(list, "ipv4-addr"), 2);
	assert_int_equal(count_of(list, "domain-name"), 1);
}

/* Words name it, and every reference still leads to an object. */
static void of_a_token_there_is_no_address(void **state)
{
	struct bench *b = *state;
	const struct nrs_json *list, *traffic;

	(void)made_usual(&b->made, "100::4:7c1e:90ab", MADE_NS);
	b->made.record.hit.flow.tokens = 1;
	assert_int_equal(
		nrs_aggregate_add(b->aggregate, made_sighted(&b->made)),
		NRS_OK);
	list = objects(b);
	traffic = first_of(list, "network-traffic");
	assert_null(nrs_json_get(traffic, "src_ref"));
	assert_non_null(nrs_json_get(traffic, "dst_ref"));
	assert_int_equal(count_of(list, "ipv6-addr"), 0);
	assert_int_equal(count_of(list, "ipv4-addr"), 1);
	assert_true(
		leads_somewhere(list, nrs_json_get(first_of(list, "sighting"),
						   "observed_data_refs")));
	assert_true(nrs_span_is(
		nrs_json_text(first_of(list, "sighting"), "description"),
		"direction out, outcome attempted, own host h-7c1e90ab"));
}

static void objects_that_two_sightings_share_stand_once(void **state)
{
	struct bench *b = *state;

	add(b, "10.0.0.1", MADE_NS);
	add(b, "10.0.0.2", MADE_NS);
	const struct nrs_json *list = objects(b);
	assert_int_equal(count_of(list, "sighting"), 2);
	assert_int_equal(count_of(list, "observed-data"), 2);
	assert_int_equal(count_of(list, "domain-name"), 1);
	assert_int_equal(count_of(list, "ipv4-addr"), 3); /* one peer */
	assert_int_equal(count_of(list, "marking-definition"), 1);
}

static void a_lists_value_comes_along_as_an_indicator(void **state)
{
	struct bench *b = *state;

	nrs_set_free(b->made.set);
	made_set(&b->made, NRS_TLP_NONE, "c2.example");
	add(b, "10.0.0.1", MADE_NS);
	add(b, "10.0.0.2", MADE_NS);
	const struct nrs_json *list = objects(b);
	assert_int_equal(count_of(list, "indicator"), 1);
	assert_true(nrs_span_equal(
		nrs_json_text(first_of(list, "sighting"), "sighting_of_ref"),
		nrs_json_text(first_of(list, "indicator"), "id")));
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(nothing_seen_is_an_identity_alone),
		NRS_T(a_sighting_says_when_and_how_often),
		NRS_T(every_reference_leads_to_an_object),
		NRS_T(of_a_token_there_is_no_address),
		NRS_T(objects_that_two_sightings_share_stand_once),
		NRS_T(a_lists_value_comes_along_as_an_indicator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
