/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix: one object at a time out of a file of any size.
 *
 * The pattern is kept as text; whether it can be evaluated is the builder's
 * word. What breaks a rule of the specification's section 3 is judged here.
 */
#include "loaders/stix.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/pattern.h"
#include "loaders/stix_context.h"

struct nrs_stix {
	struct nrs_set *set;
	uint32_t source, first;
	struct nrs_loader_options options;
	struct nrs_loader_result result;
	struct nrs_json_split *split;
	struct nrs_arena *arena; /* of one object */
	struct nrs_stix_context *context;
	struct nrs_text text;
	bool saw_misp;
};

static int on_object(void *ctx, int err, struct nrs_span object,
		     uint64_t offset, uint64_t number);

int nrs_stix_new(struct nrs_stix **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options)
{
	struct nrs_stix *s = calloc(1, sizeof(*s));
	int err = NRS_E_NOMEM;

	if (s == NULL)
		return err;
	s->set = set;
	s->source = source;
	s->first = nrs_set_count(set);
	s->options = *options;
	s->arena = nrs_arena_new(0);
	if (s->arena != NULL)
		err = nrs_json_split_new(&s->split, on_object, s);
	if (err == NRS_OK)
		err = nrs_stix_context_new(&s->context);
	if (err != NRS_OK) {
		nrs_stix_free(s);
		return err;
	}
	*out = s;
	return NRS_OK;
}

void nrs_stix_free(struct nrs_stix *s)
{
	if (s == NULL)
		return;
	nrs_json_split_free(s->split);
	nrs_stix_context_free(s->context);
	nrs_arena_free(s->arena);
	nrs_text_fini(&s->text);
	free(s);
}

/* An array of strings, or of one member of objects, joined by blanks. */
static void add_list(struct nrs_text *out, const struct nrs_json *list,
		     const char *member)
{
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next) {
		const struct nrs_span text =
			member != NULL ? nrs_json_text(e, member) : e->text;

		if (text.len == 0)
			continue;
		if (out->len > 0)
			nrs_text_putc(out, ' ');
		nrs_text_add(out, text);
	}
}

/* Granular markings count where they mark what a sighting repeats. */
static bool marks_much(const struct nrs_json *granular)
{
	const struct nrs_json *selectors = nrs_json_get(granular, "selectors");

	if (!nrs_json_is(selectors, NRS_JSON_ARRAY))
		return false;
	for (const struct nrs_json *s = selectors->child; s != NULL;
	     s = s->next) {
		if (nrs_span_is(s->text, "pattern") ||
		    nrs_span_is(s->text, "name") ||
		    nrs_span_is(s->text, "description"))
			return true;
	}
	return false;
}

static struct nrs_span kept(struct nrs_stix *s, struct nrs_span text)
{
	return nrs_arena_copy(nrs_set_arena(s->set), text);
}

static int add_context(struct nrs_stix *s, const struct nrs_json *object,
		       struct nrs_indicator *item)
{
	struct nrs_indicator_context *c =
		nrs_arena_alloc(nrs_set_arena(s->set), sizeof(*c));
	const struct nrs_json *granular =
		nrs_json_get(object, "granular_markings");

	if (c == NULL)
		return NRS_E_NOMEM;
	c->name = kept(s, nrs_json_text(object, "name"));
	c->description = kept(s, nrs_json_text(object, "description"));
	c->created_by = kept(s, nrs_json_text(object, "created_by_ref"));
	nrs_text_clear(&s->text);
	add_list(&s->text, nrs_json_get(object, "object_marking_refs"), NULL);
	for (const struct nrs_json *g = nrs_json_is(granular, NRS_JSON_ARRAY)
						? granular->child
						: NULL;
	     g != NULL; g = g->next) {
		if (!marks_much(g))
			continue;
		nrs_text_putc(&s->text, ' ');
		nrs_text_add(&s->text, nrs_json_text(g, "marking_ref"));
	}
	c->markings = kept(s, nrs_span_trim(nrs_text_span(&s->text)));
	nrs_text_clear(&s->text);
	add_list(&s->text, nrs_json_get(object, "indicator_types"), NULL);
	add_list(&s->text, nrs_json_get(object, "labels"), NULL);
	add_list(&s->text, nrs_json_get(object, "kill_chain_phases"),
		 "phase_name");
	c->labels = kept(s, nrs_text_span(&s->text));
	item->context = c;
	return s->text.failed ? NRS_E_NOMEM : NRS_OK;
}

static bool is_benign(const struct nrs_json *object)
{
	const struct nrs_json *types = nrs_json_get(object, "indicator_types");

	return nrs_json_is(types, NRS_JSON_ARRAY) && types->child != NULL &&
	       types->child->next == NULL &&
	       nrs_span_is(types->child->text, "benign");
}

static enum nrs_stix_version version_of(const struct nrs_stix *s,
					const struct nrs_json *object)
{
	struct nrs_span text = nrs_json_text(object, "pattern_version");

	if (text.len == 0)
		text = nrs_json_text(object, "spec_version");
	if (text.len == 0)
		text = nrs_json_split_wrapper(s->split, "spec_version");
	return nrs_span_starts(text, "2.1") ? NRS_STIX_21 : NRS_STIX_20;
}

/* False (with the member's name in @bad) where a time cannot be read. */
static bool read_time(const struct nrs_json *object, const char *key,
		      int64_t *out, const char **bad)
{
	const struct nrs_span text = nrs_json_text(object, key);

	if (text.len == 0)
		return true;
	if (nrs_stamp_parse(text, out) == NRS_OK)
		return true;
	*bad = key;
	return false;
}

static void read_confidence(const struct nrs_json *object,
			    struct nrs_indicator *item)
{
	const struct nrs_json *value = nrs_json_get(object, "confidence");
	int64_t confidence = 0;

	item->confidence = -1;
	if (value == NULL)
		return;
	if (nrs_json_i64(value, &confidence) != NRS_OK || confidence < 0 ||
	    confidence > 100)
		item->warned = true;
	else
		item->confidence = (int8_t)confidence;
}

/* The reason why the indicator is not matched, or NULL. */
static const char *judge(const struct nrs_json *object,
			 struct nrs_indicator *item, char *room, size_t len)
{
	const struct nrs_span type = nrs_json_text(object, "pattern_type");
	const char *bad = NULL;

	item->status = NRS_STATUS_REJECTED;
	if (item->pattern.len == 0)
		return "no pattern";
	if (!read_time(object, "created", &item->created_ns, &bad) ||
	    !read_time(object, "modified", &item->modified_ns, &bad) ||
	    !read_time(object, "valid_from", &item->valid_from_ns, &bad) ||
	    !read_time(object, "valid_until", &item->valid_until_ns, &bad)) {
		snprintf(room, len, "%s is no timestamp", bad);
		return room;
	}
	if (item->modified_ns == NRS_TIME_MIN)
		item->modified_ns = item->created_ns;
	if (item->valid_from_ns == NRS_TIME_MIN) {
		item->valid_from_ns = item->created_ns;
		item->warned = true;
	}
	if (item->valid_until_ns <= item->valid_from_ns)
		return "valid_until is not after valid_from";
	if (nrs_json_is(nrs_json_get(object, "revoked"), NRS_JSON_TRUE)) {
		item->status = NRS_STATUS_REVOKED;
		return "revoked";
	}
	if (type.len > 0 && !nrs_span_is(type, "stix")) {
		item->status = NRS_STATUS_UNSUPPORTED;
		snprintf(room, len, "pattern type %.*s", (int)type.len,
			 (const char *)type.ptr);
		return room;
	}
	if (is_benign(object)) {
		item->status = NRS_STATUS_BENIGN;
		return "indicator_types is benign";
	}
	item->status = NRS_STATUS_FULL;
	return NULL;
}

static int take_indicator(struct nrs_stix *s, const struct nrs_json *object,
			  uint64_t number)
{
	struct nrs_indicator item = {
		.id = kept(s, nrs_json_text(object, "id")),
		.pattern = kept(s, nrs_json_text(object, "pattern")),
		.created_ns = NRS_TIME_MIN,
		.modified_ns = NRS_TIME_MIN,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.source = s->source,
		.place = (uint32_t)number,
		.version = (uint8_t)version_of(s, object)};
	char room[120];
	const char *reason;

	if (item.id.len == 0) {
		s->result.refused++;
		return nrs_set_refuse(s->set, s->source, number,
				      "an indicator without an id");
	}
	read_confidence(object, &item);
	reason = judge(object, &item, room, sizeof(room));
	int err = add_context(s, object, &item);
	if (err == NRS_OK)
		err = nrs_set_add(s->set, &item);
	if (err == NRS_OK && reason != NULL)
		err = nrs_set_judge(s->set, nrs_set_count(s->set) - 1,
				    (enum nrs_status)item.status, reason);
	s->result.indicators++;
	return err;
}

static int on_object(void *ctx, int err, struct nrs_span text, uint64_t offset,
		     uint64_t number)
{
	struct nrs_stix *s = ctx;
	struct nrs_json *object = NULL;
	struct nrs_diag diag = {0};
	char room[280];

	nrs_arena_reset(s->arena);
	s->result.objects++;
	if (err == NRS_OK)
		err = nrs_json_parse(text, s->arena, &object, &diag);
	else
		(void)nrs_diag_set(&diag, err, 0, "%s", nrs_strerror(err));
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK) {
		s->result.refused++;
		snprintf(room, sizeof(room), "object at byte %llu: %s",
			 (unsigned long long)(offset + diag.place), diag.text);
		return nrs_set_refuse(s->set, s->source, number, room);
	}
	if (nrs_span_is(nrs_json_text(object, "type"), "indicator"))
		return take_indicator(s, object, number);
	if (nrs_json_get(object, "Event") != NULL ||
	    nrs_json_get(object, "Attribute") != NULL)
		s->saw_misp = true;
	return nrs_stix_context_take(s->context, object);
}

int nrs_stix_push(struct nrs_stix *s, struct nrs_span bytes)
{
	return nrs_json_split_push(s->split, bytes);
}

int nrs_stix_end(struct nrs_stix *s, struct nrs_loader_result *result,
		 struct nrs_diag *diag)
{
	const int err = nrs_json_split_end(s->split, diag);
	const int joined = nrs_stix_context_join(s->context, s->set, s->first,
						 s->options.default_tlp);

	s->result.truncated = err == NRS_E_TRUNCATED;
	s->result.format = "STIX";
	*result = s->result;
	if (joined != NRS_OK)
		return joined;
	if (err == NRS_OK && s->saw_misp && result->indicators == 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is a MISP event: not read yet");
	return err;
}
