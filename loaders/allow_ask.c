/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_ask: one value, asked of every key that could cover it: itself, its
 * parents, its host, its substrings.
 */
#include "loaders/allow_ask.h"

#include <stdio.h>
#include <strings.h>

/* Who asks: what decides whether an entry is good for it. */
struct asker {
	unsigned int kind;
	struct nrs_span source;
	int64_t at_ns;
};

/* "word" or "start*". */
static bool is_source(struct nrs_span name, struct nrs_span form)
{
	if (form.len == 0 || form.ptr[form.len - 1] != '*')
		return form.len == name.len &&
		       strncasecmp((const char *)name.ptr,
				   (const char *)form.ptr, name.len) == 0;
	return name.len + 1 >= form.len &&
	       strncasecmp((const char *)name.ptr, (const char *)form.ptr,
			   form.len - 1) == 0;
}

static bool is_of(const struct nrs_allow_terms *terms, struct nrs_span source)
{
	struct nrs_span rest = terms->source, form;

	if (rest.len == 0 || source.len == 0)
		return true;
	while (nrs_span_split(&rest, ',', &form)) {
		if (is_source(source, form))
			return true;
	}
	return false;
}

static bool fits(void *ctx, const struct nrs_allow_entry *entry)
{
	const struct asker *asker = ctx;

	if ((entry->kinds >> asker->kind & 1u) == 0)
		return false;
	return entry->terms == NULL || (asker->at_ns < entry->terms->until_ns &&
					is_of(entry->terms, asker->source));
}

static const struct nrs_allow_entry *find(const struct nrs_allow *a,
					  enum nrs_allow_key key,
					  struct nrs_span text,
					  struct asker *asker)
{
	return nrs_allow_table_find(&a->table, key, text, fits, asker);
}

/* The name itself, or it and each parent of it with all below. */
static const struct nrs_allow_entry *
ask_name(const struct nrs_allow *a, struct nrs_span name, struct asker *asker)
{
	const struct nrs_allow_entry *found = NULL;

	if (asker->kind != NRS_ALLOW_SUBDOMAINS)
		found = find(a, NRS_ALLOW_KEY_NAME, name, asker);
	while (found == NULL && name.len > 0) {
		const size_t dot = nrs_span_find(name, '.', 0);

		found = find(a, NRS_ALLOW_KEY_BELOW, name, asker);
		name = dot == SIZE_MAX ? nrs_span(NULL, 0)
				       : nrs_span_from(name, dot + 1);
	}
	return found;
}

static const struct nrs_allow_entry *
ask_host(const struct nrs_allow *a, struct nrs_span host, struct asker *asker)
{
	uint8_t name[NRS_CANON_NAME_ROOM];
	struct nrs_prefix prefix;
	size_t len;

	if (nrs_prefix_parse(host, &prefix) == NRS_OK)
		return nrs_allow_table_prefix(&a->table, &prefix, fits, asker);
	if (nrs_canon_name(host, NRS_CANON_INDICATOR, name, &len) != NRS_OK)
		return NULL;
	return ask_name(a, nrs_span(name, len), asker);
}

static const struct nrs_allow_entry *
ask_url(struct nrs_allow *a, struct nrs_span text, struct asker *asker)
{
	const struct nrs_allow_entry *found;
	struct nrs_url url;

	if (nrs_canon_url(text, NRS_CANON_INDICATOR, a->shaped,
			  sizeof(a->shaped), &url) != NRS_OK)
		return NULL;
	found = find(a, NRS_ALLOW_KEY_URL, url.rest, asker);
	return found != NULL ? found : ask_host(a, url.host, asker);
}

static const struct nrs_allow_entry *ask_kind(struct nrs_allow *a,
					      const struct nrs_allow_ask *ask,
					      struct nrs_span lower,
					      struct asker *asker)
{
	switch (ask->kind) {
	case NRS_ALLOW_ADDR:
	case NRS_ALLOW_NAME:
	case NRS_ALLOW_SUBDOMAINS:
		return ask_host(a, ask->text, asker);
	case NRS_ALLOW_URL:
		return ask_url(a, ask->text, asker);
	case NRS_ALLOW_EMAIL:
		return find(a, NRS_ALLOW_KEY_EMAIL, lower, asker);
	case NRS_ALLOW_HASH:
		return find(a, NRS_ALLOW_KEY_HASH, lower, asker);
	default:
		return NULL;
	}
}

const struct nrs_allow_entry *
nrs_allow_ask_value(struct nrs_allow *a, const struct nrs_allow_ask *ask)
{
	struct asker asker = {.kind = (unsigned int)ask->kind,
			      .source = ask->source,
			      .at_ns = ask->at_ns};
	const struct nrs_allow_entry *found;

	if (ask->text.len == 0 || ask->text.len > sizeof(a->plain))
		return NULL;
	nrs_canon_lower(ask->text, a->plain);
	const struct nrs_span lower = nrs_span(a->plain, ask->text.len);
	found = ask_kind(a, ask, lower, &asker);
	if (found == NULL)
		found = find(a, NRS_ALLOW_KEY_TEXT, lower, &asker);
	if (found == NULL)
		found = nrs_allow_table_part(&a->table, asker.kind, lower, fits,
					     &asker);
	return found;
}

void nrs_allow_told(const struct nrs_allow_entry *entry,
		    struct nrs_allow_veto *veto)
{
	*veto = (struct nrs_allow_veto){.list = entry->list,
					.entry = entry->text,
					.place = entry->place,
					.is_below = entry->key ==
						    NRS_ALLOW_KEY_BELOW,
					.until_ns = NRS_TIME_MAX};
	if (entry->terms == NULL)
		return;
	veto->why = entry->terms->why;
	veto->until_ns = entry->terms->until_ns;
}

bool nrs_allow_value(struct nrs_allow *a, const struct nrs_allow_ask *ask,
		     struct nrs_allow_veto *veto)
{
	const struct nrs_allow_entry *found = nrs_allow_ask_value(a, ask);

	if (found != NULL)
		nrs_allow_told(found, veto);
	return found != NULL;
}

void nrs_allow_say(const struct nrs_allow *a, const struct nrs_allow_veto *veto,
		   struct nrs_text *out)
{
	const struct nrs_allow_list *list = &a->lists[veto->list];
	char stamp[NRS_STAMP_LEN];

	nrs_text_printf(out, "exception %s", veto->is_below ? "*." : "");
	nrs_text_add(out, veto->entry);
	nrs_text_puts(out, " of ");
	nrs_text_add(out, list->name);
	nrs_text_printf(out, ", %s %llu",
			list->is_warninglist ? "entry" : "line",
			(unsigned long long)veto->place);
	if (veto->until_ns != NRS_TIME_MAX) {
		nrs_stamp_format(veto->until_ns, 0, stamp);
		nrs_text_printf(out, ", until %s", stamp);
	}
	if (veto->why.len > 0) {
		nrs_text_puts(out, ": ");
		nrs_text_add(out, veto->why);
	}
}
