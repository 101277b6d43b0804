/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp: down to the lists of attributes and objects, whose elements are taken
 * one by one; of what stands around them the few members that count are kept
 * until it ends.
 */
#include "loaders/misp.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/json_walk.h"
#include "loaders/misp_event.h"
#include "loaders/misp_object.h"
#include "loaders/params.h"

#define FRAMES_MAX 16u
#define MEMBER_MAX ((size_t)1 << 20)   /* of an event, as text */
#define MEMBERS_MAX ((size_t)16 << 20) /* of an event, as trees */

enum kind {
	LIST, /* of events, or of attributes */
	WRAP, /* an event or what stands around it, or an attribute */
	ATTRIBUTES,
	OBJECTS
};

/* What was entered and has not ended. */
struct frame {
	enum kind kind;
	uint32_t first; /* its first indicator */
	/* of a WRAP: the members that count */
	struct nrs_arena *arena;
	struct nrs_json members;
};

struct misp {
	struct nrs_reader reader;
	struct nrs_adder adder;
	struct nrs_misp_taker taker;
	struct nrs_json_walk *walk;
	struct nrs_arena *arena; /* of one attribute or object */
	struct nrs_condition condition;
	struct frame frames[FRAMES_MAX];
	unsigned int depth;
	uint32_t done; /* indicators whose event has ended */
	bool saw_event, saw_manifest;
};

static bool is_one_of(struct nrs_span text, const char *const words[])
{
	while (*words != NULL && !nrs_span_is(text, *words))
		words++;
	return *words != NULL;
}

static bool counts(struct nrs_span key)
{
	static const char *const keys[] = {
		"uuid",	     "info",	"timestamp", "threat_level_id",
		"Orgc",	     "Tag",	"type",	     "value",
		"to_ids",    "deleted", "comment",   "first_seen",
		"last_seen", NULL};

	return is_one_of(key, keys);
}

static enum nrs_json_way open_frame(struct misp *m, enum kind kind)
{
	struct frame *frame = &m->frames[m->depth];

	if (m->depth == FRAMES_MAX)
		return NRS_JSON_PASS;
	if (kind == WRAP && frame->arena == NULL)
		frame->arena = nrs_arena_new(0);
	if (kind == WRAP && frame->arena == NULL)
		return NRS_JSON_PASS;
	if (kind == WRAP)
		nrs_arena_reset(frame->arena);
	frame->kind = kind;
	frame->first = nrs_set_count(m->adder.set);
	frame->members = (struct nrs_json){.type = NRS_JSON_OBJECT};
	m->depth++;
	return NRS_JSON_ENTER;
}

/* A member of an event or of what stands around one. */
static enum nrs_json_way begin_member(struct misp *m, struct nrs_span key,
				      uint8_t first)
{
	static const char *const wraps[] = {"Event", "response", "Attribute",
					    NULL};

	if (first == '{' && is_one_of(key, wraps))
		return open_frame(m, WRAP);
	if (first == '[' && nrs_span_is(key, "response"))
		return open_frame(m, LIST);
	if (first == '[' && nrs_span_is(key, "Attribute"))
		return open_frame(m, ATTRIBUTES);
	if (first == '[' && nrs_span_is(key, "Object"))
		return open_frame(m, OBJECTS);
	m->saw_manifest |= first == '{' && nrs_misp_is_uuid(key);
	m->saw_event |= nrs_span_is(key, "Orgc");
	return counts(key) ? NRS_JSON_TAKE : NRS_JSON_PASS;
}

static enum nrs_json_way on_begin(void *ctx, struct nrs_span key, uint8_t first)
{
	struct misp *m = ctx;

	if (m->depth == 0)
		return open_frame(m, first == '{' ? WRAP : LIST);
	switch (m->frames[m->depth - 1].kind) {
	case LIST:
		if (first != '{' && first != '[')
			return NRS_JSON_TAKE; /* to be refused */
		return open_frame(m, first == '{' ? WRAP : LIST);
	case WRAP:
		return begin_member(m, key, first);
	default:
		return NRS_JSON_TAKE;
	}
}

static int refuse(struct misp *m, struct nrs_span text, uint64_t offset,
		  const char *reason)
{
	char room[240];

	snprintf(room, sizeof(room), "at byte %llu: %s",
		 (unsigned long long)offset, reason);
	return nrs_adder_refuse(&m->adder, m->adder.result.objects, text, room);
}

static int take_attribute(struct misp *m, const struct nrs_json *attribute)
{
	return nrs_misp_attribute(&m->taker, attribute,
				  ++m->adder.result.objects);
}

static int take_object(struct misp *m, const struct nrs_json *object)
{
	const struct nrs_json *list = nrs_json_get(object, "Attribute");
	const bool is_deleted = nrs_misp_is(object, "deleted");
	int err = NRS_OK;

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return NRS_OK;
	if (m->taker.options.and_objects && !is_deleted)
		return nrs_misp_object(&m->taker, object, &m->condition);
	for (const struct nrs_json *a = list->child; a != NULL && err == NRS_OK;
	     a = a->next) {
		if (!is_deleted) {
			err = take_attribute(m, a);
			continue;
		}
		m->adder.result.objects++;
		nrs_loader_ignore(&m->adder.result, NRS_IGNORED_DELETED, 1);
	}
	return err;
}

/* Keep a member of the innermost WRAP. */
static int take_member(struct frame *frame, struct nrs_span key,
		       struct nrs_span text)
{
	struct nrs_json *member = NULL;

	if (text.len > MEMBER_MAX || nrs_arena_used(frame->arena) > MEMBERS_MAX)
		return NRS_E_LIMIT;
	const int err = nrs_json_parse(text, frame->arena, &member, NULL);
	if (err != NRS_OK)
		return err;
	member->key = nrs_arena_copy(frame->arena, key);
	member->next = frame->members.child;
	frame->members.child = member;
	return member->key.len == key.len ? NRS_OK : NRS_E_NOMEM;
}

static int on_value(void *ctx, int err, struct nrs_span key,
		    struct nrs_span text, uint64_t offset)
{
	struct misp *m = ctx;
	struct frame *frame = &m->frames[m->depth - 1];
	struct nrs_json *json = NULL;
	struct nrs_diag diag = {0};

	nrs_arena_reset(m->arena);
	if (err == NRS_OK && frame->kind == WRAP)
		err = take_member(frame, key, text);
	else if (err == NRS_OK)
		err = nrs_json_parse(text, m->arena, &json, &diag);
	if (err == NRS_OK && frame->kind != WRAP &&
	    !nrs_json_is(json, NRS_JSON_OBJECT))
		err = nrs_diag_set(&diag, NRS_E_FORMAT, 0, "no JSON object");
	if (err == NRS_OK && frame->kind == ATTRIBUTES)
		return take_attribute(m, json);
	if (err == NRS_OK && frame->kind == OBJECTS)
		return take_object(m, json);
	if (err == NRS_OK || err == NRS_E_NOMEM)
		return err;
	m->adder.result.objects++;
	return refuse(m, text, offset + diag.place,
		      diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
}

/* Of the indicators from @first on those whose event has not ended yet. */
static int end_event(struct misp *m, const struct nrs_json *event,
		     uint32_t first)
{
	const int err = nrs_misp_event(&m->adder, event,
				       first < m->done ? m->done : first);

	m->done = nrs_set_count(m->adder.set);
	return err;
}

static int on_end(void *ctx)
{
	struct misp *m = ctx;
	struct frame *frame = &m->frames[--m->depth];
	const struct nrs_json *members = &frame->members;

	if (frame->kind != WRAP)
		return NRS_OK;
	/* An attribute in a list of its own waits for what encloses it. */
	if (nrs_misp_text(members, "type").len > 0 &&
	    nrs_json_get(members, "value") != NULL)
		return take_attribute(m, members);
	return end_event(m, members, frame->first);
}

bool nrs_misp_detect(struct nrs_span head)
{
	static const char *const ours[] = {
		"Attribute",	   "Event",  "Orgc", "orgc_id",
		"threat_level_id", "to_ids", NULL};
	static const char *const others[] = {"created_by_ref", "objects",
					     "pattern", "spec_version", NULL};
	bool in_string = false;
	size_t from = 0;

	if (head.len == 0 || memchr("{[", head.ptr[0], 2) == NULL)
		return false;
	for (size_t i = 0; i < head.len; i++) {
		const uint8_t c = head.ptr[i];
		const struct nrs_span text =
			nrs_span_part(head, from, i - from);

		if (in_string && c == '\\') {
			i++;
		} else if (c == '"') {
			in_string = !in_string;
			from = in_string ? i + 1 : from;
		} else if (!in_string && c == ':') {
			const struct nrs_span key = nrs_span_part(
				text, 0, nrs_span_find(text, '"', 0));

			if (is_one_of(key, ours))
				return true;
			if (is_one_of(key, others))
				return false;
		}
	}
	return false;
}

static int misp_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_json_walk_push(((struct misp *)reader)->walk, bytes);
}

static int misp_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	struct misp *m = (struct misp *)reader;
	const struct nrs_json none = {.type = NRS_JSON_OBJECT};
	const int err = nrs_json_walk_end(m->walk, diag);

	if (end_event(m, &none, m->done) != NRS_OK)
		return NRS_E_NOMEM;
	*result = m->adder.result;
	result->truncated = err == NRS_E_TRUNCATED;
	result->format = m->saw_event ? "MISP event" : "MISP attributes";
	if (err != NRS_OK || m->saw_event || result->objects > 0)
		return err;
	return nrs_diag_set(diag, NRS_E_FORMAT, 0,
			    m->saw_manifest ? "is the manifest of a MISP feed: "
					      "give its folder"
					    : "is JSON, but holds no event or "
					      "attribute of MISP");
}

static void misp_free(struct nrs_reader *reader)
{
	struct misp *m = (struct misp *)reader;

	for (unsigned int i = 0; i < FRAMES_MAX; i++)
		nrs_arena_free(m->frames[i].arena);
	nrs_json_walk_free(m->walk);
	nrs_arena_free(m->arena);
	nrs_misp_taker_fini(&m->taker);
	nrs_condition_fini(&m->condition);
	nrs_adder_fini(&m->adder);
	free(m);
}

static int read_params(struct nrs_misp_options *options, struct nrs_span format,
		       struct nrs_diag *diag)
{
	static const char *const keys[] = {
		"to_ids", "seen", "false-positive", "roles", "objects", NULL};
	static const char *const words[] = {"any", "validity", "skip", "strict",
					    "and"};
	bool *const flags[] = {&options->all, &options->is_seen_validity,
			       &options->skip_false_positives,
			       &options->has_roles, &options->and_objects};
	const int err = nrs_params_check(format, keys, diag);

	if (err != NRS_OK)
		return err;
	for (unsigned int i = 0; i < 5; i++) {
		const struct nrs_span value = nrs_params_get(format, keys[i]);

		*flags[i] = nrs_span_is(value, words[i]);
		if (value.len > 0 && !*flags[i])
			return nrs_diag_set(diag, NRS_E_USAGE, 0,
					    "MISP: %s can only be %s", keys[i],
					    words[i]);
	}
	return NRS_OK;
}

int nrs_misp_open(struct nrs_reader **out, struct nrs_set *set, uint32_t source,
		  const struct nrs_loader_options *options,
		  struct nrs_diag *diag)
{
	static const struct nrs_json_walk_ops ops = {
		.begin = on_begin, .value = on_value, .end = on_end};
	struct misp *m = nrs_adder_reader(sizeof(*m));
	int err;

	if (m == NULL)
		return NRS_E_NOMEM;
	m->reader = (struct nrs_reader){
		.push = misp_push, .end = misp_end, .free = misp_free};
	m->taker.adder = &m->adder;
	m->done = nrs_set_count(set);
	m->arena = nrs_arena_new(0);
	err = m->arena == NULL
		      ? NRS_E_NOMEM
		      : nrs_adder_init(&m->adder, set, source, options);
	if (err == NRS_OK)
		err = nrs_json_walk_new(&m->walk, &ops, m);
	if (err == NRS_OK)
		err = read_params(&m->taker.options, options->format, diag);
	if (err != NRS_OK)
		misp_free(&m->reader);
	else
		*out = &m->reader;
	return err;
}
