/* SPDX-License-Identifier: Apache-2.0 */
/*
 * written: a hit as the objects that leave for one audience, for tests.
 */
#pragma once

#include "sightings/stix_post.h"
#include "tests/sightings/made_hit.h"

#define OWN "10.20.30.40"
#define PEER "198.51.100.23"

struct bench {
	struct made_hit made;
	struct nrs_share_audience audience;
	struct nrs_stix_post post;
	struct nrs_arena *arena;
	struct nrs_json *objects; /* the first of whole's */
	int err;
};

static inline int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	b->arena = nrs_arena_new(0);
	assert_non_null(b->arena);
	b->audience = (struct nrs_share_audience){
		.name = nrs_span_of("isac-a"),
		.tells_technique = true,
		.tells_provider = true,
		.reporter = {.name = nrs_span_of("Example Ltd"),
			     .contact = nrs_span_of("soc@example.org"),
			     .sectors = nrs_span_of("energy, water")},
		.key = nrs_span_of("0123456789abcdef0123456789abcdef")};
	*state = b;
	return 0;
}

static inline int teardown(void **state)
{
	struct bench *b = *state;

	nrs_stix_post_fini(&b->post);
	nrs_arena_free(b->arena);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

static inline void write_with(struct bench *b, const struct nrs_window *more)
{
	struct nrs_window window = *more;
	struct nrs_witness *witness = NULL;
	const struct nrs_stix_post_options options = {
		.audience = &b->audience,
		.home = &b->made.home,
		.sensor = nrs_span_of("edge-07"),
		.tlp = NRS_TLP_AMBER};
	struct nrs_text array = {0};

	assert_int_equal(nrs_witness_new(&witness, made_sighted(&b->made)),
			 NRS_OK);
	window.first = witness;
	nrs_stix_post_fini(&b->post);
	b->err = nrs_stix_post(&b->post, &window, &options);
	nrs_witness_free(witness);
	if (b->err != NRS_OK)
		return;
	nrs_text_printf(&array, "[%.*s]", (int)b->post.whole.len,
			(const char *)b->post.whole.ptr);
	nrs_arena_reset(b->arena);
	assert_int_equal(nrs_json_parse(nrs_text_span(&array), b->arena,
					&b->objects, NULL),
			 NRS_OK);
	b->objects = b->objects->child;
	nrs_text_fini(&array);
}

static inline void write_post(struct bench *b)
{
	const struct nrs_window window = {
		.outcome = NRS_OUTCOME_ANSWERED,
		.number = MADE_NS / NRS_SECOND_NS / 300,
		.first_ns = MADE_NS + 104233000,
		.last_ns = MADE_NS + 200 * NRS_SECOND_NS,
		.count = 3};

	write_with(b, &window);
}

static inline const struct nrs_json *object(const struct bench *b,
					    const char *type)
{
	for (const struct nrs_json *o = b->objects; o != NULL; o = o->next) {
		if (nrs_span_is(nrs_json_text(o, "type"), type))
			return o;
	}
	return NULL;
}

static inline void member_is(const struct nrs_json *o, const char *key,
			     const char *want)
{
	const struct nrs_json *member = nrs_json_get(o, key);

	assert_non_null(member);
	if (nrs_json_is(member, NRS_JSON_ARRAY))
		member = member->child;
	if (member == NULL || !nrs_span_is(member->text, want))
		fail_msg("%s is not %s", key, want);
}

static inline bool says(const struct bench *b, const char *text)
{
	return nrs_span_find_text(nrs_text_span(&b->post.whole), text) !=
	       SIZE_MAX;
}
