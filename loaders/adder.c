/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adder: read by type, drop what was there, copy the rest into the arena.
 */
#include "loaders/adder.h"

#include <stdlib.h>

#include "engine/pattern.h"
#include "loaders/quoted.h"

#define LABEL_MAX ((size_t)200)
#define LABELS_MAX ((size_t)4096)
#define JOINED_MAX ((size_t)512) /* labels that came one by one */

int nrs_adder_init(struct nrs_adder *adder, struct nrs_set *set,
		   uint32_t source, const struct nrs_loader_options *options)
{
	adder->set = set;
	adder->source = source;
	adder->options = options;
	return nrs_seen_init(&adder->seen);
}

void nrs_adder_fini(struct nrs_adder *adder)
{
	nrs_seen_fini(&adder->seen);
	nrs_typed_room_fini(&adder->room);
	nrs_text_fini(&adder->joined);
}

void *nrs_adder_reader(size_t bytes)
{
	const size_t line = _Alignof(struct nrs_seen);
	const size_t room = (bytes + line - 1) / line * line;
	void *reader = aligned_alloc(line, room);

	if (reader != NULL)
		memset(reader, 0, room);
	return reader;
}

struct nrs_entry nrs_adder_entry(const struct nrs_adder *adder, uint64_t place)
{
	return (struct nrs_entry){.place = place,
				  .valid_from_ns = NRS_TIME_MIN,
				  .valid_until_ns = NRS_TIME_MAX,
				  .confidence = -1,
				  .tlp = (uint8_t)adder->options->default_tlp};
}

int nrs_adder_refuse(struct nrs_adder *adder, uint64_t place,
		     struct nrs_span text, const char *reason)
{
	adder->result.refused++;
	return nrs_refuse_quoted(adder->set, adder->source, place, text,
				 reason);
}

static bool says_something(const struct nrs_indicator_context *said)
{
	if (said->name.len + said->description.len > 0)
		return true;
	for (size_t i = 0;
	     said->background != NULL && i < NRS_BACKGROUND_MEMBERS; i++) {
		if (nrs_background_get(said->background, i).len > 0)
			return true;
	}
	return false;
}

int nrs_adder_context(struct nrs_adder *adder,
		      const struct nrs_indicator_context *wanted,
		      const struct nrs_indicator_context **out)
{
	*out = NULL;
	if (wanted == NULL || !says_something(wanted))
		return NRS_OK;
	*out = nrs_set_context(adder->set, wanted);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

void nrs_adder_label(struct nrs_text *out, const char *prefix,
		     struct nrs_span word)
{
	word = nrs_span_trim(word);
	if (word.len > LABEL_MAX)
		word.len = LABEL_MAX;
	while (word.len > 0 && !nrs_span_is_utf8(word))
		word.len--;
	if (word.len == 0 || out->len + word.len > LABELS_MAX)
		return;
	if (out->len > 0)
		nrs_text_putc(out, '\n');
	nrs_text_puts(out, prefix);
	for (size_t i = 0; i < word.len; i++)
		nrs_text_putc(out, word.ptr[i] < ' ' ? ' ' : (char)word.ptr[i]);
}

int nrs_adder_join(struct nrs_adder *adder, struct nrs_span label, bool *had)
{
	struct nrs_indicator *item = nrs_set_edit(adder->set, adder->index);
	struct nrs_background background = *nrs_indicator_background(item);
	struct nrs_indicator_context both = {.background = &background};
	struct nrs_span rest = background.labels, one;

	*had = label.len == 0;
	while (nrs_span_split(&rest, '\n', &one))
		*had |= nrs_span_equal(one, label);
	if (*had)
		return NRS_OK;
	if (background.labels.len + label.len > JOINED_MAX) {
		item->warned = true; /* each step would copy the list again */
		return NRS_OK;
	}
	nrs_text_clear(&adder->joined);
	nrs_text_add(&adder->joined, background.labels);
	nrs_adder_label(&adder->joined, "", label);
	if (adder->joined.failed)
		return NRS_E_NOMEM;
	background.labels = nrs_text_span(&adder->joined);
	if (item->context != NULL) {
		both.name = item->context->name;
		both.description = item->context->description;
	}
	return nrs_adder_context(adder, &both, &item->context);
}

/* 1: a value without an id that was there before; 0: it is new. */
static int was_there(struct nrs_adder *adder, const struct nrs_entry *entry,
		     const struct nrs_typed_value *value)
{
	adder->index = nrs_set_count(adder->set);
	if (entry->id.len > 0)
		return 0;
	return nrs_seen_first(&adder->seen, value->shape, value->text,
			      adder->index, &adder->index);
}

static int add(struct nrs_adder *adder, const struct nrs_entry *entry,
	       const struct nrs_typed_value *value)
{
	struct nrs_arena *arena = nrs_set_arena(adder->set);
	struct nrs_indicator item = {
		.id = nrs_arena_copy(arena, entry->id),
		.pattern = nrs_arena_copy(arena, value->text),
		.created_ns = entry->created_ns,
		.modified_ns = entry->modified_ns,
		.valid_from_ns = entry->valid_from_ns,
		.valid_until_ns = entry->valid_until_ns,
		.source = adder->source,
		.place = (uint32_t)entry->place,
		.confidence = entry->confidence,
		.tlp = entry->tlp,
		.shape = (uint8_t)value->shape,
		.version = NRS_STIX_21,
		.warned = entry->warned || value->is_retyped};
	const int err = nrs_adder_context(adder, entry->context, &item.context);
	struct nrs_span labels = nrs_indicator_background(&item)->labels, tag;

	while (item.confidence < 0 && nrs_span_split(&labels, '\n', &tag))
		(void)nrs_confidence_of_tag(tag, &item.confidence);

	if (err != NRS_OK || item.id.len != entry->id.len ||
	    item.pattern.len != value->text.len)
		return NRS_E_NOMEM;
	adder->result.indicators++;
	return nrs_set_add(adder->set, &item);
}

int nrs_adder_add(struct nrs_adder *adder, const struct nrs_entry *entry,
		  const char **reason)
{
	struct nrs_typed_value value;
	const int err =
		nrs_typed_read(&adder->room, entry->type, entry->value, &value);

	*reason = value.reason;
	if (err != NRS_OK)
		return err;
	if (value.shape == NRS_SHAPE_NAME && adder->options->subdomains)
		value.shape = NRS_SHAPE_SUBDOMAINS;
	const int seen = was_there(adder, entry, &value);
	adder->was_there = seen == 1;
	if (seen == 1)
		nrs_set_repeat(adder->set);
	if (seen != 0)
		return seen < 0 ? seen : NRS_OK;
	return add(adder, entry, &value);
}
