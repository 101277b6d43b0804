/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handling: labels. Contexts are pooled, so that a thousand indicators of one
 * delivery share the row with the label too.
 */
#include "engine/handling.h"

#include "engine/base/crypto.h"

struct nrs_span nrs_exercise_of(const struct nrs_indicator *indicator)
{
	struct nrs_span labels = nrs_indicator_background(indicator)->labels;
	struct nrs_span label;

	while (nrs_span_split(&labels, '\n', &label)) {
		const struct nrs_span word = nrs_span_part(label, 0, 8);

		if (!nrs_span_is_icase(word, "exercise"))
			continue;
		if (label.len == word.len)
			return label;
		if (label.len > word.len + 1 && label.ptr[word.len] == ':')
			return nrs_span_from(label, word.len + 1);
	}
	return nrs_span(NULL, 0);
}

static int mark(struct nrs_set *set, struct nrs_indicator *item,
		struct nrs_span label)
{
	struct nrs_background background = *nrs_indicator_background(item);
	struct nrs_indicator_context said = {.background = &background};
	struct nrs_text labels = {0};
	int err = NRS_E_NOMEM;

	if (item->context != NULL) {
		said.name = item->context->name;
		said.description = item->context->description;
	}
	nrs_text_add(&labels, background.labels);
	nrs_items_add(&labels, label);
	background.labels = nrs_text_span(&labels);
	const struct nrs_indicator_context *context =
		labels.failed ? NULL : nrs_set_context(set, &said);
	if (context != NULL) {
		item->context = context;
		err = NRS_OK;
	}
	nrs_text_fini(&labels);
	return err;
}

int nrs_exercise_mark(struct nrs_set *set, uint32_t first, struct nrs_span id)
{
	struct nrs_text label = {0};
	int err = NRS_OK;

	if (id.len == 0)
		return NRS_OK;
	nrs_text_puts(&label, "exercise:");
	nrs_text_add(&label, id);
	if (label.failed)
		err = NRS_E_NOMEM;
	for (uint32_t i = first; i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);

		if (nrs_exercise_of(item).len == 0)
			err = mark(set, item, nrs_text_span(&label));
	}
	nrs_text_fini(&label);
	return err;
}

bool nrs_is_hidden(const struct nrs_indicator *indicator)
{
	return nrs_items_hold(nrs_indicator_background(indicator)->labels,
			      NRS_LABEL_HIDDEN);
}

int nrs_hidden_mark(struct nrs_set *set, uint32_t first)
{
	int err = NRS_OK;

	for (uint32_t i = first; i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);

		if (!nrs_is_hidden(item))
			err = mark(set, item, nrs_span_of(NRS_LABEL_HIDDEN));
	}
	return err;
}

void nrs_opaque_name(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * 8 + 1];

	if (item->id.len == 0) {
		nrs_text_printf(out, "hidden--entry-%u", item->place);
		return;
	}
	nrs_sha256(item->id, sum);
	nrs_hex(nrs_span(sum, 8), hex);
	nrs_text_printf(out, "hidden--%s", hex);
}

void nrs_shown_id(const struct nrs_set *set, uint32_t index,
		  struct nrs_text *out)
{
	if (nrs_is_hidden(nrs_set_at(set, index)))
		nrs_opaque_name(set, index, out);
	else
		nrs_set_id(set, index, out);
}

void nrs_shown_pattern(const struct nrs_set *set, uint32_t index,
		       struct nrs_text *out)
{
	if (!nrs_is_hidden(nrs_set_at(set, index)))
		nrs_set_pattern(set, index, out);
}

const char *nrs_shown_reason(const struct nrs_set *set, uint32_t index)
{
	return nrs_is_hidden(nrs_set_at(set, index))
		       ? ""
		       : nrs_set_reason(set, index);
}
