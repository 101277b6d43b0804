/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing: the indicator's own words are attacker's text.
 */
#include "app/listing.h"

#include "engine/handling.h"
#include "engine/indicator_json.h"
#include "engine/refang.h"
#include "sightings/table_out.h"

#define LINE_MAX 300u /* columns of one value */

const char *nrs_listing_validity(const struct nrs_indicator *item,
				 int64_t at_ns)
{
	if (at_ns >= item->valid_until_ns)
		return "expired";
	return at_ns < item->valid_from_ns ? "pending" : "in";
}

void nrs_listing_safe(struct nrs_text *out, struct nrs_span text,
		      unsigned int width)
{
	struct nrs_text defanged = {0};

	nrs_defang(&defanged, text);
	out->failed |= defanged.failed;
	nrs_table_safe(out, nrs_text_span(&defanged), width);
	nrs_text_fini(&defanged);
}

void nrs_listing_title(struct nrs_text *out, const struct nrs_set *set,
		       uint32_t index, unsigned int width)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	struct nrs_text pattern = {0};

	if (nrs_is_hidden(item)) {
		nrs_shown_id(set, index, out);
		return;
	}
	if (item->context != NULL && item->context->name.len > 0) {
		nrs_listing_safe(out, item->context->name, width);
		return;
	}
	nrs_text_add(&pattern, item->pattern);
	nrs_listing_safe(out, nrs_text_span(&pattern), width);
	nrs_text_fini(&pattern);
}

/* "  key:       " in front of what follows. */
static void put_key(struct nrs_text *out, const char *key)
{
	nrs_text_printf(out, "  %s:%*s", key, (int)(14 - strlen(key)), "");
}

static void put_line(struct nrs_text *out, const char *key,
		     struct nrs_span text)
{
	if (text.len == 0)
		return;
	put_key(out, key);
	nrs_listing_safe(out, text, LINE_MAX);
	nrs_text_putc(out, '\n');
}

static void put_list(struct nrs_text *out, const char *key,
		     struct nrs_span list)
{
	struct nrs_span item;
	bool is_first = true;

	if (list.len == 0)
		return;
	put_key(out, key);
	while (nrs_span_split(&list, '\n', &item)) {
		nrs_text_puts(out, is_first ? "" : "; ");
		nrs_listing_safe(out, item, LINE_MAX);
		is_first = false;
	}
	nrs_text_putc(out, '\n');
}

static void put_time(struct nrs_text *out, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	if (ns == NRS_TIME_MIN || ns == NRS_TIME_MAX)
		nrs_text_putc(out, '-');
	else
		nrs_text_add(out,
			     nrs_span(text, nrs_stamp_format(ns, 0, text)));
}

static void put_report(struct nrs_text *out, const struct nrs_background *b)
{
	if (b->report_id.len == 0)
		return;
	put_key(out, "report");
	nrs_listing_safe(out, b->report_name, LINE_MAX);
	nrs_text_puts(out, " (");
	nrs_listing_safe(out, b->report_id, LINE_MAX);
	nrs_text_puts(out, ")\n");
}

static void put_facts(struct nrs_text *out, const struct nrs_set *set,
		      uint32_t index, int64_t at_ns)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	const struct nrs_background *b = nrs_indicator_background(item);

	put_key(out, "source");
	nrs_table_safe(out, nrs_set_source_of(set, item->source)->name,
		       LINE_MAX);
	nrs_text_printf(out, ", entry %u\n", item->place);
	put_report(out, b);
	put_key(out, "validity");
	nrs_text_puts(out, nrs_listing_validity(item, at_ns));
	nrs_text_puts(out, ", from ");
	put_time(out, item->valid_from_ns);
	nrs_text_puts(out, " until ");
	put_time(out, item->valid_until_ns);
	nrs_text_putc(out, '\n');
	put_key(out, "marking");
	nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)item->tlp));
	if (item->confidence >= 0)
		nrs_text_printf(out, ", confidence %d", item->confidence);
	nrs_text_putc(out, '\n');
}

void nrs_listing_text(struct nrs_text *out, const struct nrs_set *set,
		      uint32_t index, int64_t at_ns)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	const struct nrs_background *b = nrs_indicator_background(item);
	struct nrs_text pattern = {0};
	const char *reason = nrs_shown_reason(set, index);

	nrs_shown_pattern(set, index, &pattern);
	out->failed |= pattern.failed;
	if (item->context != NULL && !nrs_is_hidden(item))
		put_line(out, "name", item->context->name);
	put_line(out, "pattern", nrs_text_span(&pattern));
	nrs_text_fini(&pattern);
	put_key(out, "status");
	nrs_text_puts(out, nrs_status_name((enum nrs_status)item->status));
	if (*reason != '\0') {
		nrs_text_puts(out, ": ");
		nrs_listing_safe(out, nrs_span_of(reason), LINE_MAX);
	}
	nrs_text_putc(out, '\n');
	put_facts(out, set, index, at_ns);
	if (nrs_is_hidden(item))
		return;
	for (size_t i = 0; i < NRS_BACKGROUND_MEMBERS; i++) {
		const struct nrs_background_member *row =
			&nrs_background_table[i];

		if (row->people == NULL)
			continue;
		if (row->form == NRS_FORM_TEXT)
			put_line(out, row->people, nrs_background_get(b, i));
		else
			put_list(out, row->people, nrs_background_get(b, i));
	}
}

void nrs_listing_json(struct nrs_jsonw *w, const struct nrs_set *set,
		      uint32_t index, int64_t at_ns)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	struct nrs_text text = {0};
	char modified[NRS_STAMP_LEN];

	nrs_shown_id(set, index, &text);
	nrs_jsonw_member(w, "id", nrs_text_span(&text));
	(void)nrs_stamp_format(item->modified_ns, 6, modified);
	nrs_jsonw_member(w, "modified", nrs_span_of(modified));
	nrs_text_clear(&text);
	nrs_shown_pattern(set, index, &text);
	nrs_jsonw_member(w, "pattern", nrs_text_span(&text));
	w->out->failed |= text.failed;
	nrs_text_fini(&text);
	nrs_jsonw_member(
		w, "status",
		nrs_span_of(nrs_status_name((enum nrs_status)item->status)));
	nrs_jsonw_member(w, "reason",
			 nrs_span_of(nrs_shown_reason(set, index)));
	nrs_jsonw_member(w, "source",
			 nrs_set_source_of(set, item->source)->name);
	nrs_jsonw_member_u64(w, "place", item->place);
	nrs_jsonw_member(w, "tlp",
			 nrs_span_of(nrs_tlp_name((enum nrs_tlp)item->tlp)));
	nrs_jsonw_key(w, "confidence");
	if (item->confidence >= 0)
		nrs_jsonw_i64(w, item->confidence);
	else
		nrs_jsonw_null(w);
	nrs_jsonw_member(w, "validity",
			 nrs_span_of(nrs_listing_validity(item, at_ns)));
	nrs_indicator_json_times(w, item);
	nrs_indicator_json_markings(w, item);
	if (!nrs_is_hidden(item))
		nrs_indicator_json_context(w, item);
}
