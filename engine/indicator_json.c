/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator_json: the table of background members, walked.
 */
#include "engine/indicator_json.h"

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	if (ns == NRS_TIME_MIN || ns == NRS_TIME_MAX)
		return;
	nrs_jsonw_member(w, key, nrs_span(text, nrs_stamp_format(ns, 6, text)));
}

void nrs_indicator_json_times(struct nrs_jsonw *w,
			      const struct nrs_indicator *item)
{
	put_time(w, "valid_from", item->valid_from_ns);
	put_time(w, "valid_until", item->valid_until_ns);
}

/* @text, cut in front of a character. */
static void put_text(struct nrs_jsonw *w, struct nrs_span text)
{
	struct nrs_text cut = {0};
	size_t len = NRS_JSON_TEXT_MAX;

	if (text.len <= len) {
		nrs_jsonw_string(w, text);
		return;
	}
	while (len > 0 && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	nrs_text_add(&cut, nrs_span_part(text, 0, len));
	nrs_text_puts(&cut, "...");
	nrs_jsonw_string(w, nrs_text_span(&cut));
	w->out->failed |= cut.failed;
	nrs_text_fini(&cut);
}

static void put_list(struct nrs_jsonw *w, struct nrs_span list)
{
	struct nrs_span item;

	nrs_jsonw_open(w, '[');
	while (nrs_span_split(&list, '\n', &item))
		put_text(w, item);
	nrs_jsonw_close(w, ']');
}

void nrs_indicator_json_markings(struct nrs_jsonw *w,
				 const struct nrs_indicator *item)
{
	nrs_jsonw_key(w, "markings");
	put_list(w, nrs_indicator_background(item)->markings);
}

/* The first word of @rest, cut off it with the blank behind. */
static struct nrs_span word_of(struct nrs_span *rest)
{
	size_t blank = nrs_span_find(*rest, ' ', 0);
	struct nrs_span word;

	blank = blank > rest->len ? rest->len : blank;
	word = nrs_span_part(*rest, 0, blank);
	*rest = nrs_span_from(*rest, blank + 1);
	return word;
}

static void put_granular(struct nrs_jsonw *w, struct nrs_span list)
{
	struct nrs_span line;

	nrs_jsonw_open(w, '[');
	while (nrs_span_split(&list, '\n', &line)) {
		nrs_jsonw_open(w, '{');
		nrs_jsonw_member(w, "selector", word_of(&line));
		nrs_jsonw_member(w, "tlp", word_of(&line));
		nrs_jsonw_member(w, "marking", line);
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
}

static void put_report(struct nrs_jsonw *w, struct nrs_span id,
		       struct nrs_span name)
{
	nrs_jsonw_open(w, '{');
	nrs_jsonw_member(w, "id", id);
	nrs_jsonw_member(w, "name", name);
	nrs_jsonw_close(w, '}');
}

static void put_reports(struct nrs_jsonw *w,
			const struct nrs_background *background)
{
	struct nrs_span rest = background->more_reports, line;

	if (background->report_id.len == 0)
		return;
	nrs_jsonw_key(w, "reports");
	nrs_jsonw_open(w, '[');
	put_report(w, background->report_id, background->report_name);
	while (nrs_span_split(&rest, '\n', &line)) {
		const struct nrs_span id = word_of(&line);

		put_report(w, id, line);
	}
	nrs_jsonw_close(w, ']');
}

static void put_member(struct nrs_jsonw *w,
		       const struct nrs_background *background, size_t member)
{
	const struct nrs_background_member *row = &nrs_background_table[member];
	const struct nrs_span said = nrs_background_get(background, member);

	if (said.len == 0 || row->form >= NRS_FORM_REPORT)
		return;
	nrs_jsonw_key(w, row->name);
	if (row->form == NRS_FORM_GRANULAR)
		put_granular(w, said);
	else if (row->form == NRS_FORM_LIST)
		put_list(w, said);
	else
		put_text(w, said);
}

static bool says_something(const struct nrs_indicator *item)
{
	if (item->context == NULL)
		return false;
	if (item->context->name.len + item->context->description.len > 0)
		return true;
	for (size_t i = 0; i < NRS_BACKGROUND_MEMBERS; i++) {
		if (nrs_background_table[i].form != NRS_FORM_MARKING &&
		    nrs_background_get(nrs_indicator_background(item), i).len >
			    0)
			return true;
	}
	return false;
}

void nrs_indicator_json_context(struct nrs_jsonw *w,
				const struct nrs_indicator *item)
{
	const struct nrs_background *background =
		nrs_indicator_background(item);

	if (!says_something(item))
		return;
	nrs_jsonw_key(w, "context");
	nrs_jsonw_open(w, '{');
	if (item->context->name.len > 0) {
		nrs_jsonw_key(w, "name");
		put_text(w, item->context->name);
	}
	if (item->context->description.len > 0) {
		nrs_jsonw_key(w, "description");
		put_text(w, item->context->description);
	}
	put_reports(w, background);
	for (size_t i = 0; i < NRS_BACKGROUND_MEMBERS; i++)
		put_member(w, background, i);
	nrs_jsonw_close(w, '}');
}
