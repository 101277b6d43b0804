/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_event: the event's own words below those of each attribute.
 */
#include "loaders/misp_event.h"

#define LIST_MAX ((size_t)512) /* of an attribute with words of its own */

struct event {
	struct nrs_background said;
	enum nrs_tlp tlp;
	int8_t confidence;
	int64_t timestamp_ns;
	struct nrs_misp_tags tags;
	struct nrs_text labels, indicates;
	/* The context that was completed last, and what it became. */
	const struct nrs_indicator_context *own, *completed;
	char report[64], creator[64];
};

/* What a threat level is worth where no tag says a confidence. */
static const struct {
	const char *level, *severity;
	int8_t confidence;
} levels[] = {
	{"1", "high", 85},
	{"2", "medium", 50},
	{"3", "low", 15},
};

static int read_event(struct event *event, const struct nrs_json *json)
{
	const struct nrs_json *creator = nrs_json_get(json, "Orgc");
	const struct nrs_span level = nrs_misp_text(json, "threat_level_id");
	const int err = nrs_misp_tags_read(&event->tags, json);

	if (err != NRS_OK)
		return err;
	event->tlp = event->tags.tlp;
	event->confidence = event->tags.confidence;
	event->timestamp_ns = nrs_misp_time(json, "timestamp");
	event->said = (struct nrs_background){
		.created_by = nrs_misp_id("identity", creator, event->creator),
		.creator = nrs_misp_cut(nrs_misp_text(creator, "name"),
					NRS_MISP_NAME_MAX),
		.labels = nrs_text_span(&event->tags.labels),
		.sectors = nrs_text_span(&event->tags.sectors),
		.indicates = nrs_text_span(&event->tags.indicates),
		.report_id = nrs_misp_id("report", json, event->report),
		.report_name = nrs_misp_cut(nrs_misp_text(json, "info"),
					    NRS_MISP_NAME_MAX)};
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		if (!nrs_span_is(level, levels[i].level))
			continue;
		event->said.severity = nrs_span_of(levels[i].severity);
		if (event->confidence < 0)
			event->confidence = levels[i].confidence;
	}
	return NRS_OK;
}

/* Both lists, its own first; the event's where there is room. */
static struct nrs_span join(struct nrs_text *room, struct nrs_span own,
			    struct nrs_span event)
{
	if (own.len == 0)
		return event;
	if (event.len == 0 || own.len + event.len >= LIST_MAX)
		return own;
	nrs_text_clear(room);
	nrs_text_add(room, own);
	nrs_text_putc(room, '\n');
	nrs_text_add(room, event);
	return nrs_text_span(room);
}

static int complete(struct nrs_set *set, struct event *event,
		    struct nrs_indicator *item)
{
	const struct nrs_background *own = nrs_indicator_background(item);
	struct nrs_background said = event->said;
	struct nrs_indicator_context context = {.background = &said};

	if (event->completed != NULL && event->own == item->context) {
		item->context = event->completed;
		return NRS_OK;
	}
	said.labels = join(&event->labels, own->labels, said.labels);
	said.indicates =
		join(&event->indicates, own->indicates, said.indicates);
	if (own->sectors.len > 0)
		said.sectors = own->sectors;
	if (said.report_name.len + said.report_id.len == 0) {
		said.report_id = own->report_id;
		said.report_name = own->report_name;
	}
	if (event->labels.failed || event->indicates.failed)
		return NRS_E_NOMEM;
	if (item->context != NULL) {
		context.name = item->context->name;
		context.description = item->context->description;
	}
	event->own = item->context;
	event->completed = nrs_set_context(set, &context);
	item->context = event->completed;
	return item->context == NULL ? NRS_E_NOMEM : NRS_OK;
}

int nrs_misp_event(struct nrs_adder *adder, const struct nrs_json *json,
		   uint32_t first)
{
	struct nrs_set *set = adder->set;
	struct event event = {.tlp = NRS_TLP_NONE};
	int err = NRS_OK;

	if (first == nrs_set_count(set))
		return NRS_OK;
	err = read_event(&event, json);
	for (uint32_t i = first; i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);

		if (item->tlp < (uint8_t)event.tlp)
			item->tlp = (uint8_t)event.tlp;
		if (item->tlp == NRS_TLP_NONE)
			item->tlp = (uint8_t)adder->options->default_tlp;
		if (item->confidence < 0)
			item->confidence = event.confidence;
		if (item->modified_ns == 0)
			item->created_ns = item->modified_ns =
				event.timestamp_ns;
		err = complete(set, &event, item);
	}
	nrs_misp_tags_fini(&event.tags);
	nrs_text_fini(&event.labels);
	nrs_text_fini(&event.indicates);
	return err;
}
