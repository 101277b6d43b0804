/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export_stix: the indicators as a STIX 2.1 bundle, with what this program
 * keeps of them: version, pattern, times, confidence, types, labels, kill
 * chain, creator and markings. The level that they are handled at is named
 * where the source named none of its own.
 */
#include <stdio.h>

#include "engine/base/crypto.h"
#include "sightings/export_part.h"
#include "sightings/stix_parts.h"

static void put_list(struct nrs_jsonw *w, const char *key, struct nrs_span list)
{
	struct nrs_span item;

	if (list.len == 0)
		return;
	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '[');
	while (nrs_span_split(&list, '\n', &item))
		nrs_jsonw_string(w, item);
	nrs_jsonw_close(w, ']');
}

/* "CHAIN:PHASE", as background.h has them. */
static void put_kill_chain(struct nrs_jsonw *w, struct nrs_span list)
{
	struct nrs_span item;

	if (list.len == 0)
		return;
	nrs_jsonw_key(w, "kill_chain_phases");
	nrs_jsonw_open(w, '[');
	while (nrs_span_split(&list, '\n', &item)) {
		const size_t colon = nrs_span_find(item, ':', 0);

		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "kill_chain_name",
				 nrs_span_part(item, 0, colon));
		nrs_jsonw_member(w, "phase_name",
				 colon == SIZE_MAX
					 ? item
					 : nrs_span_from(item, colon + 1));
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

/* The source's own ids, and the level they come to if none of them says it. */
static void put_markings(struct nrs_jsonw *w, const struct nrs_indicator *item)
{
	const struct nrs_background *b = nrs_indicator_background(item);
	const char *id =
		nrs_stix_marking_id(nrs_stix_tlp((enum nrs_tlp)item->tlp));
	struct nrs_span rest = b->markings, one;

	nrs_jsonw_key(w, "object_marking_refs");
	nrs_jsonw_open(w, '[');
	while (nrs_span_split(&rest, '\n', &one)) {
		if (nrs_span_starts(one, "marking-definition--") &&
		    !nrs_span_is(one, id))
			nrs_jsonw_string(w, one);
	}
	nrs_jsonw_string(w, nrs_span_of(id));
	nrs_jsonw_close(w, ']');
}

static void put_times(struct nrs_jsonw *w, const struct nrs_indicator *item)
{
	nrs_stix_time(w, "created", item->created_ns,
		      item->created_ns % 1000000 == 0 ? 3 : 6);
	nrs_stix_time(w, "modified", item->modified_ns,
		      item->modified_ns % 1000000 == 0 ? 3 : 6);
	nrs_stix_time(w, "valid_from",
		      item->valid_from_ns == NRS_TIME_MIN ? item->created_ns
							  : item->valid_from_ns,
		      3);
	if (item->valid_until_ns != NRS_TIME_MAX)
		nrs_stix_time(w, "valid_until", item->valid_until_ns, 3);
}

static void put_indicator(struct nrs_export *e, struct nrs_jsonw *w,
			  uint32_t index)
{
	const struct nrs_indicator *item = nrs_set_at(e->set, index);
	const struct nrs_background *b = nrs_indicator_background(item);
	struct nrs_text text = {0};

	nrs_jsonw_open(w, '{');
	nrs_stix_text(w, "type", "indicator");
	nrs_stix_text(w, "spec_version", "2.1");
	nrs_set_id(e->set, index, &text);
	nrs_jsonw_member(w, "id", nrs_text_span(&text));
	if (b->created_by.len > 0)
		nrs_jsonw_member(w, "created_by_ref", b->created_by);
	put_times(w, item);
	if (item->context != NULL && item->context->name.len > 0)
		nrs_jsonw_member(w, "name", item->context->name);
	if (item->context != NULL && item->context->description.len > 0)
		nrs_jsonw_member(w, "description", item->context->description);
	nrs_text_clear(&text);
	nrs_set_pattern(e->set, index, &text);
	nrs_jsonw_member(w, "pattern", nrs_text_span(&text));
	nrs_stix_text(w, "pattern_type", "stix");
	if (item->shape == NRS_SHAPE_PATTERN && item->version == 0)
		nrs_stix_text(w, "pattern_version", "2.0");
	w->out->failed |= text.failed;
	nrs_text_fini(&text);
	put_list(w, "indicator_types", b->types);
	put_list(w, "labels", b->labels);
	put_kill_chain(w, b->kill_chain);
	if (item->confidence >= 0) {
		nrs_jsonw_key(w, "confidence");
		nrs_jsonw_i64(w, item->confidence);
	}
	put_markings(w, item);
	nrs_jsonw_close(w, '}');
}

/* The definitions of the levels that are named. */
static void put_levels(struct nrs_export *e, struct nrs_jsonw *w)
{
	uint32_t used = 0;

	for (size_t i = 0; i < e->count; i++)
		used |= 1u << nrs_stix_tlp((enum nrs_tlp)nrs_set_at(
						   e->set, e->rows[i].indicator)
						   ->tlp);
	for (unsigned int t = NRS_TLP_CLEAR; t <= NRS_TLP_RED; t++) {
		if ((used >> t & 1) != 0)
			nrs_stix_marking(w, (enum nrs_tlp)t);
	}
}

void nrs_export_stix(struct nrs_export *e)
{
	struct nrs_jsonw w = {.out = e->out};
	struct nrs_text name = {0};
	char uuid[NRS_UUID_LEN + 1], id[8 + NRS_UUID_LEN + 1];

	nrs_text_printf(&name, "export|%lld|",
			(long long)e->options->rules.at_ns);
	e->out->failed |= nrs_set_digest(e->set, &name) != NRS_OK;
	nrs_uuid5(nrs_uuid_noroshi, nrs_text_span(&name), uuid);
	nrs_text_fini(&name);
	(void)snprintf(id, sizeof(id), "bundle--%s", uuid);
	nrs_jsonw_open(&w, '{');
	nrs_stix_text(&w, "type", "bundle");
	nrs_stix_text(&w, "id", id);
	nrs_jsonw_key(&w, "objects");
	nrs_jsonw_open(&w, '[');
	put_levels(e, &w);
	for (size_t i = 0; i < e->count; i++) {
		nrs_text_putc(e->out, '\n');
		put_indicator(e, &w, e->rows[i].indicator);
		nrs_export_written(e, i, 1);
	}
	nrs_jsonw_close(&w, ']');
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(e->out, '\n');
}
