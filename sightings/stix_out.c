/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_out: identity, markings, indicators of our own making, observed-data
 * with its objects, sightings.
 */
#include "sightings/stix_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/base/json.h"
#include "engine/handling.h"
#include "engine/sco_tunnel.h"
#include "engine/value_text.h"
#include "sightings/stix_parts.h"

#define IDENTITY "identity--2b1d6c5e-7f44-4a0b-9c7e-5d1f0a9e3b60"
#define BORN "2026-01-01T00:00:00.000Z"

struct bundle {
	const struct nrs_stix_run *run;
	struct nrs_jsonw w;
	struct nrs_sco_list scos; /* of the whole bundle: each object once */
	struct nrs_text text;
};

static void put_identity(struct bundle *b)
{
	nrs_stix_begin(&b->w, "identity", IDENTITY);
	nrs_stix_text(&b->w, "created", BORN);
	nrs_stix_text(&b->w, "modified", BORN);
	nrs_stix_text(&b->w, "name",
		      "noroshi (internal, not cleared to leave)");
	nrs_stix_text(
		&b->w, "description",
		"Sightings written by noroshi match for use at home. They name "
		"own hosts and have not passed any sharing rule: do not post "
		"this file.");
	nrs_stix_text(&b->w, "identity_class", "system");
	nrs_jsonw_close(&b->w, '}');
}

/* Indicators that came as a list's value stand nowhere else. */
static void put_indicator(struct bundle *b, uint32_t index)
{
	const struct nrs_indicator *item = nrs_set_at(b->run->set, index);
	struct nrs_text id = {0}, pattern = {0};

	if (item->shape == NRS_SHAPE_PATTERN || nrs_is_hidden(item))
		return;
	nrs_set_id(b->run->set, index, &id);
	nrs_set_pattern(b->run->set, index, &pattern);
	nrs_text_putc(&id, '\0');
	const struct nrs_stix_value value = {.id = (const char *)id.ptr,
					     .created_by = IDENTITY,
					     .name = item->pattern,
					     .pattern = nrs_text_span(&pattern),
					     .exercise = nrs_exercise_of(item),
					     .tlp = (enum nrs_tlp)item->tlp};
	if (id.failed || pattern.failed)
		b->text.failed = true;
	else
		nrs_stix_value(&b->w, &value);
	nrs_text_fini(&id);
	nrs_text_fini(&pattern);
}

/* type--UUIDv5 over HMAC(key, sighting's key | part). */
static void make_id(struct bundle *b, const struct nrs_sighting *s,
		    const char *part, char out[NRS_SCO_ID_LEN])
{
	const struct nrs_span whole = nrs_span_of(part);
	const struct nrs_span type =
		nrs_span_part(whole, 0, nrs_span_find(whole, '|', 0));
	uint8_t mac[NRS_SHA256_LEN];
	char uuid[NRS_UUID_LEN + 1], addr[NRS_ADDR_LEN];
	const struct nrs_indicator *item =
		nrs_set_at(b->run->set, s->indicator);

	nrs_text_clear(&b->text);
	nrs_set_id(b->run->set, s->indicator, &b->text);
	nrs_text_printf(&b->text, "|%lld|%d|%d|", (long long)item->modified_ns,
			(int)s->direction, (int)s->outcome);
	nrs_text_add(&b->text, nrs_span(addr, nrs_addr_format(&s->own, addr)));
	if (s->direction == NRS_DIRECTION_TRANSIT) {
		nrs_text_putc(&b->text, '|');
		nrs_text_add(&b->text,
			     nrs_span(addr, nrs_addr_format(&s->peer, addr)));
	}
	nrs_text_printf(&b->text, "|%s", part);
	nrs_hmac_sha256(b->run->key, nrs_text_span(&b->text), mac);
	nrs_uuid5(nrs_uuid_noroshi, nrs_span(mac, sizeof(mac)), uuid);
	snprintf(out, NRS_SCO_ID_LEN, "%.*s--%s", (int)type.len,
		 (const char *)type.ptr, uuid);
}

/* The flow and what was in it; of hosts that are tokens there is no object. */
static void add_objects(struct nrs_sco_list *list,
			const struct nrs_record_hit *record)
{
	const struct nrs_flow_info *flow = &record->flow;
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	const unsigned int count = nrs_hit_values(record, values);
	struct nrs_outer outers[NRS_OUTERS_MAX];
	const unsigned int outer_count = nrs_hit_outers(record, outers);
	const struct nrs_sco_traffic traffic = {
		.flow = flow,
		.protocols = flow->protocols,
		.values = values,
		.count = count,
		.hides_src = nrs_flow_is_token(flow, true),
		.hides_dst = nrs_flow_is_token(flow, false),
		.start_ns = flow->start_ns};

	if (!traffic.hides_src || !traffic.hides_dst)
		nrs_sco_add_inner(list, &traffic, outers, outer_count);
	nrs_sco_add_values(list, values, count);
}

/* One observation, as observed-data of its own. False: of nothing in it there
 * is an object. */
static bool put_observed(struct bundle *b, const struct nrs_sighting *s,
			 const struct nrs_record_hit *record, const char *id)
{
	const bool is_part = record->head.kind == NRS_RECORD_PART;
	const struct nrs_indicator *item =
		nrs_set_at(b->run->set, s->indicator);
	struct nrs_sco_list own = {0};

	add_objects(&own, record);
	if (own.count == 0) {
		nrs_sco_list_fini(&own);
		return false;
	}
	add_objects(&b->scos, record);
	nrs_stix_begin(&b->w, "observed-data", id);
	nrs_stix_text(&b->w, "created_by_ref", IDENTITY);
	nrs_stix_time(&b->w, "created", s->last_ns, 3);
	nrs_stix_time(&b->w, "modified", s->last_ns, 3);
	nrs_stix_time(&b->w, "first_observed",
		      is_part ? record->txn_start_ns : record->head.ts_ns, 6);
	nrs_stix_time(&b->w, "last_observed",
		      is_part ? record->txn_end_ns : record->head.ts_ns, 6);
	nrs_jsonw_member_u64(&b->w, "number_observed", 1);
	nrs_text_clear(&b->text);
	nrs_text_putc(&b->text, '[');
	nrs_text_add(&b->text, nrs_text_span(&own.refs));
	nrs_text_putc(&b->text, ']');
	nrs_jsonw_key(&b->w, "object_refs");
	nrs_jsonw_raw(&b->w, nrs_text_span(&b->text));
	nrs_stix_exercise(&b->w, nrs_exercise_of(item));
	nrs_stix_ref(&b->w, "object_marking_refs",
		     nrs_stix_marking_id((enum nrs_tlp)item->tlp));
	nrs_jsonw_close(&b->w, '}');
	nrs_sco_list_fini(&own);
	return true;
}

/* All that the sighting was observed by; their ids, in order, in @ids. */
static void put_all_observed(struct bundle *b, const struct nrs_sighting *s,
			     struct nrs_text *ids)
{
	const struct nrs_sighted sighted = {.parts = nrs_text_span(&s->parts)};
	const struct nrs_record_hit *record = s->first;
	char name[64], id[NRS_SCO_ID_LEN];
	unsigned int number = 0;
	size_t at = 0;

	if (sighted.parts.len > 0)
		record = nrs_sighted_part(&sighted, &at);
	for (; record != NULL; record = nrs_sighted_part(&sighted, &at)) {
		(void)snprintf(name, sizeof(name), "observed-data|%u", number);
		make_id(b, s, number == 0 ? "observed-data" : name, id);
		if (put_observed(b, s, record, id))
			nrs_text_printf(ids, "%s\"%s\"",
					ids->len == 0 ? "" : ",", id);
		number++;
	}
}

/* An id in the form of STIX also of what may not be read (rule 4). */
static void put_shown_id(const struct bundle *b, uint32_t index,
			 struct nrs_text *out)
{
	struct nrs_text shown = {0};
	char uuid[NRS_UUID_LEN + 1];

	if (!nrs_is_hidden(nrs_set_at(b->run->set, index))) {
		nrs_set_id(b->run->set, index, out);
		return;
	}
	nrs_shown_id(b->run->set, index, &shown);
	nrs_uuid5(nrs_uuid_noroshi, nrs_text_span(&shown), uuid);
	nrs_text_printf(out, "indicator--%s", uuid);
	out->failed |= shown.failed;
	nrs_text_fini(&shown);
}

/* Where no object names the own host. */
static void put_token(struct nrs_text *out, const struct nrs_sighting *s)
{
	const struct nrs_flow_info *flow = &s->first->flow;
	const bool is_src = nrs_addr_compare(&s->own, &flow->src) == 0;
	char text[NRS_ADDR_LEN];

	if (!nrs_flow_is_token(flow, is_src))
		return;
	nrs_text_puts(out, ", own host ");
	nrs_text_add(out, nrs_span(text, nrs_flow_end(flow, is_src, text)));
}

static void put_sighting(struct bundle *b, const struct nrs_sighting *s)
{
	const struct nrs_indicator *item =
		nrs_set_at(b->run->set, s->indicator);
	char id[NRS_SCO_ID_LEN];
	struct nrs_text indicator = {0}, observed = {0};

	if (!nrs_is_hidden(item))
		put_all_observed(b, s, &observed);
	make_id(b, s, "sighting", id);
	nrs_stix_begin(&b->w, "sighting", id);
	nrs_stix_text(&b->w, "created_by_ref", IDENTITY);
	nrs_stix_time(&b->w, "created", s->last_ns, 3);
	nrs_stix_time(&b->w, "modified", s->last_ns, 3);
	nrs_text_clear(&b->text);
	nrs_text_printf(&b->text, "direction %s, outcome %s",
			nrs_direction_name(s->direction),
			nrs_outcome_name(s->outcome));
	put_token(&b->text, s);
	nrs_jsonw_member(&b->w, "description", nrs_text_span(&b->text));
	nrs_stix_time(&b->w, "first_seen", s->first_ns, 6);
	nrs_stix_time(&b->w, "last_seen", s->last_ns, 6);
	nrs_jsonw_member_u64(&b->w, "count",
			     s->count > 999999999 ? 999999999 : s->count);
	if (item->confidence >= 0) {
		nrs_jsonw_key(&b->w, "confidence");
		nrs_jsonw_i64(&b->w,
			      nrs_stix_confidence(item->confidence, s->how,
						  item->status ==
							  NRS_STATUS_PARTIAL));
	}
	put_shown_id(b, s->indicator, &indicator);
	nrs_jsonw_member(&b->w, "sighting_of_ref", nrs_text_span(&indicator));
	nrs_text_fini(&indicator);
	if (observed.len > 0) {
		nrs_text_clear(&b->text);
		nrs_text_putc(&b->text, '[');
		nrs_text_add(&b->text, nrs_text_span(&observed));
		nrs_text_putc(&b->text, ']');
		nrs_jsonw_key(&b->w, "observed_data_refs");
		nrs_jsonw_raw(&b->w, nrs_text_span(&b->text));
	}
	b->w.out->failed |= observed.failed;
	nrs_text_fini(&observed);
	nrs_stix_ref(&b->w, "where_sighted_refs", IDENTITY);
	nrs_jsonw_key(&b->w, "summary");
	nrs_jsonw_bool(&b->w, false);
	nrs_stix_exercise(&b->w, nrs_exercise_of(item));
	nrs_stix_ref(&b->w, "object_marking_refs",
		     nrs_stix_marking_id((enum nrs_tlp)item->tlp));
	nrs_jsonw_close(&b->w, '}');
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int put_indicators(struct bundle *b, const struct nrs_sighting *list,
			  size_t count)
{
	uint32_t *indices = calloc(count + 1, sizeof(*indices));
	bool used[NRS_TLP_RED + 1] = {false};

	if (indices == NULL)
		return NRS_E_NOMEM;
	for (size_t i = 0; i < count; i++) {
		indices[i] = list[i].indicator;
		const struct nrs_indicator *item =
			nrs_set_at(b->run->set, list[i].indicator);
		used[nrs_stix_tlp((enum nrs_tlp)item->tlp)] = true;
	}
	for (unsigned int t = NRS_TLP_CLEAR; t <= NRS_TLP_RED; t++) {
		if (used[t])
			nrs_stix_marking(&b->w, (enum nrs_tlp)t);
	}
	qsort(indices, count, sizeof(*indices), by_number);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || indices[i] != indices[i - 1])
			put_indicator(b, indices[i]);
	}
	free(indices);
	return NRS_OK;
}

int nrs_stix_bundle(struct nrs_text *out, const struct nrs_aggregate *aggregate,
		    const struct nrs_stix_run *run)
{
	const struct nrs_sighting *list;
	const size_t count = nrs_aggregate_list(aggregate, &list);
	struct bundle b = {.run = run, .w = {.out = out}};
	char uuid[NRS_UUID_LEN + 1], id[NRS_SCO_ID_LEN];

	nrs_uuid5(nrs_uuid_noroshi, run->key, uuid);
	snprintf(id, sizeof(id), "bundle--%s", uuid);
	nrs_jsonw_open(&b.w, '{');
	nrs_stix_text(&b.w, "type", "bundle");
	nrs_stix_text(&b.w, "id", id);
	nrs_jsonw_key(&b.w, "objects");
	nrs_jsonw_open(&b.w, '[');
	put_identity(&b);
	int err = put_indicators(&b, list, count);
	for (size_t i = 0; i < count && err == NRS_OK; i++)
		put_sighting(&b, &list[i]);
	if (b.scos.count > 0)
		nrs_jsonw_raw(&b.w, nrs_text_span(&b.scos.objects));
	nrs_jsonw_close(&b.w, ']');
	nrs_jsonw_close(&b.w, '}');
	nrs_text_putc(out, '\n');
	if (out->failed || b.scos.objects.failed)
		err = NRS_E_NOMEM;
	nrs_sco_list_fini(&b.scos);
	nrs_text_fini(&b.text);
	return err;
}
