/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix: one object at a time out of a file of any size: indicators into the
 * set, what others say about them into the context, everything else ignored.
 */
#include "loaders/stix.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/pattern.h"
#include "loaders/stix_context.h"
#include "loaders/stix_indicator.h"

/* An indicator whose bundle has not said its version yet. */
struct open_version {
	uint32_t index;
	unsigned int depth; /* of its wrapper */
	bool has_type;
};

struct nrs_stix {
	struct nrs_reader reader;
	struct nrs_set *set;
	uint32_t source, first;
	struct nrs_loader_options options;
	struct nrs_loader_result result;
	struct nrs_json_split *split;
	struct nrs_arena *arena; /* of one object */
	struct nrs_stix_context *context;
	struct nrs_stix_taker taker;
	struct open_version *open;
	size_t open_count, open_room;
	bool saw_stix; /* some object with a type and an id */
	bool saw_misp;
	bool saw_bundle;
};

static int on_object(void *ctx, int err, struct nrs_span object,
		     uint64_t offset, uint64_t number);
static void on_close(void *ctx);
static int on_stray(void *ctx, uint64_t offset, uint64_t number);

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
	s->taker = (struct nrs_stix_taker){
		.set = set, .source = source, .scale = options->scale};
	s->arena = nrs_arena_new(0);
	if (s->arena != NULL)
		err = nrs_json_split_new(&s->split, on_object, s);
	if (err == NRS_OK)
		nrs_json_split_on_close(s->split, on_close);
	if (err == NRS_OK)
		nrs_json_split_on_stray(s->split, on_stray);
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
	nrs_stix_taker_fini(&s->taker);
	free(s->open);
	nrs_arena_free(s->arena);
	free(s);
}

static int refuse(struct nrs_stix *s, uint64_t number, const char *text)
{
	s->result.refused++;
	return nrs_set_refuse(s->set, s->source, number, text);
}

/* The indicator just added waits for what its wrapper says behind its list. */
static int leave_open(struct nrs_stix *s, const struct nrs_json *object)
{
	if (s->open_count == s->open_room) {
		const size_t room = s->open_room > 0 ? 2 * s->open_room : 64;
		struct open_version *open =
			reallocarray(s->open, room, sizeof(*open));

		if (open == NULL)
			return NRS_E_NOMEM;
		s->open = open;
		s->open_room = room;
	}
	s->open[s->open_count++] = (struct open_version){
		.index = nrs_set_count(s->set) - 1,
		.depth = nrs_json_split_depth(s->split),
		.has_type = nrs_json_text(object, "pattern_type").len > 0};
	return NRS_OK;
}

/* A wrapper ends: its own version is known now, or never will be. */
static void on_close(void *ctx)
{
	struct nrs_stix *s = ctx;
	const unsigned int depth = nrs_json_split_depth(s->split);
	const enum nrs_stix_version version = nrs_stix_version_said(
		nrs_json_split_wrapper(s->split, "spec_version"));

	while (s->open_count > 0 && s->open[s->open_count - 1].depth == depth) {
		const struct open_version *o = &s->open[--s->open_count];
		struct nrs_indicator *item = nrs_set_edit(s->set, o->index);

		item->version = (uint8_t)version;
		item->warned |= version != NRS_STIX_20 && !o->has_type;
	}
}

static int take(struct nrs_stix *s, const struct nrs_json *object,
		uint64_t number)
{
	const struct nrs_span type = nrs_json_text(object, "type");

	s->saw_stix |= type.len > 0 && nrs_json_text(object, "id").len > 0;
	s->saw_misp |= nrs_json_get(object, "Event") != NULL ||
		       nrs_json_get(object, "Attribute") != NULL;
	/* By its id too: with sorted keys the type stands behind the objects.
	 */
	s->saw_bundle |= nrs_span_is(nrs_json_split_wrapper(s->split, "type"),
				     "bundle") ||
			 nrs_span_starts(nrs_json_split_wrapper(s->split, "id"),
					 "bundle--");
	if (!nrs_span_is(type, "indicator"))
		return nrs_stix_context_take(s->context, object);
	const struct nrs_span said =
		nrs_json_split_wrapper(s->split, "spec_version");
	const int err = nrs_stix_indicator(&s->taker, object, number, said);
	if (err == NRS_E_FORMAT)
		return refuse(s, number, "an indicator without a usable id");
	s->result.indicators++;
	if (err == NRS_OK && said.len == 0 &&
	    nrs_stix_leaves_version_open(object) &&
	    nrs_json_split_depth(s->split) > 0)
		return leave_open(s, object);
	return err;
}

/* A bad object is one refusal; the next one still comes. */
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
	if (err == NRS_OK)
		return take(s, object, number);
	if (err == NRS_E_NOMEM)
		return err;
	snprintf(room, sizeof(room), "object at byte %llu: %s",
		 (unsigned long long)(offset + diag.place),
		 diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return refuse(s, number, room);
}

/* A number, a text or rubbish where an object belongs. */
static int on_stray(void *ctx, uint64_t offset, uint64_t number)
{
	struct nrs_stix *s = ctx;
	char text[64];

	s->result.objects++;
	(void)snprintf(text, sizeof(text), "at byte %llu: no JSON object",
		       (unsigned long long)offset);
	return refuse(s, number, text);
}

int nrs_stix_push(struct nrs_stix *s, struct nrs_span bytes)
{
	return nrs_json_split_push(s->split, bytes);
}

/* "STIX 2.1 bundle": by what the indicators are. */
static const char *format_of(const struct nrs_stix *s)
{
	static const char *const names[2][4] = {
		{"STIX objects", "STIX 2.0 objects", "STIX 2.1 objects",
		 "STIX 2.0 and 2.1 objects"},
		{"STIX bundle", "STIX 2.0 bundle", "STIX 2.1 bundle",
		 "STIX 2.0 and 2.1 bundle"}};
	unsigned int versions = 0;

	for (uint32_t i = s->first; i < nrs_set_count(s->set); i++)
		versions |=
			nrs_set_at(s->set, i)->version == NRS_STIX_20 ? 1u : 2u;
	return names[s->saw_bundle][versions];
}

/* Names, reports and links beyond what is kept of one file. */
static int tell_left_out(struct nrs_stix *s)
{
	const uint64_t count = nrs_stix_context_left_out(s->context);
	char text[128];

	if (count == 0)
		return NRS_OK;
	(void)snprintf(text, sizeof(text),
		       "%llu facts about indicators are left out: too many "
		       "objects in one file",
		       (unsigned long long)count);
	return refuse(s, s->result.objects, text);
}

int nrs_stix_end(struct nrs_stix *s, struct nrs_loader_result *result,
		 struct nrs_diag *diag)
{
	const int err = nrs_json_split_end(s->split, diag);
	int joined = nrs_stix_context_join(s->context, s->set, s->first,
					   s->options.default_tlp);

	if (joined == NRS_OK)
		joined = tell_left_out(s);

	s->result.truncated = err == NRS_E_TRUNCATED;
	s->result.format = format_of(s);
	*result = s->result;
	if (joined != NRS_OK)
		return joined;
	if (err != NRS_OK || s->saw_stix)
		return err;
	if (s->saw_misp)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is of MISP: --format misp reads it");
	if (s->result.objects > s->result.refused)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is JSON, but holds no STIX object");
	if (s->result.refused > 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "holds no JSON object that can be read");
	return NRS_OK;
}

bool nrs_stix_detect(struct nrs_span head)
{
	if (nrs_span_starts(head, "["))
		head = nrs_span_trim(nrs_span_from(head, 1));
	else if (!nrs_span_starts(head, "{"))
		return false;
	/* An array, and not "[2001:db8::1]:443" or "[Adblock Plus]". */
	return head.len == 0 || memchr("{[]\"", head.ptr[0], 4) != NULL;
}

static int read_bytes(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_stix_push((struct nrs_stix *)reader, bytes);
}

static int read_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	return nrs_stix_end((struct nrs_stix *)reader, result, diag);
}

static void read_free(struct nrs_reader *reader)
{
	nrs_stix_free((struct nrs_stix *)reader);
}

int nrs_stix_open(struct nrs_reader **out, struct nrs_set *set, uint32_t source,
		  const struct nrs_loader_options *options,
		  struct nrs_diag *diag)
{
	struct nrs_stix *stix = NULL;
	const int err = nrs_stix_new(&stix, set, source, options);

	(void)diag;
	if (err != NRS_OK)
		return err;
	stix->reader = (struct nrs_reader){
		.push = read_bytes, .end = read_end, .free = read_free};
	*out = &stix->reader;
	return NRS_OK;
}
