/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_context: sorted arrays of pairs, looked up by id.
 */
#include "loaders/stix_context.h"

#include <stdlib.h>

struct pair {
	struct nrs_span id;
	struct nrs_span value;
	struct nrs_span more;
	uint8_t tlp;
};

struct table {
	struct pair *items;
	size_t count, cap;
};

struct nrs_stix_context {
	struct nrs_arena *arena;
	struct table names;    /* id -> name */
	struct table links;    /* indicator -> what it indicates */
	struct table reports;  /* object -> report id, name */
	struct table markings; /* id -> TLP; NONE: a statement */
};

int nrs_stix_context_new(struct nrs_stix_context **out)
{
	struct nrs_stix_context *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NRS_E_NOMEM;
	c->arena = nrs_arena_new(0);
	if (c->arena == NULL) {
		free(c);
		return NRS_E_NOMEM;
	}
	*out = c;
	return NRS_OK;
}

void nrs_stix_context_free(struct nrs_stix_context *c)
{
	if (c == NULL)
		return;
	nrs_arena_free(c->arena);
	free(c->names.items);
	free(c->links.items);
	free(c->reports.items);
	free(c->markings.items);
	free(c);
}

static int add(struct nrs_stix_context *c, struct table *table,
	       struct pair pair)
{
	if (pair.id.len == 0)
		return NRS_OK;
	if (table->count == table->cap) {
		const size_t cap = table->cap == 0 ? 64 : table->cap * 2;
		struct pair *items =
			realloc(table->items, cap * sizeof(*items));

		if (items == NULL)
			return NRS_E_NOMEM;
		table->items = items;
		table->cap = cap;
	}
	pair.id = nrs_arena_copy(c->arena, pair.id);
	pair.value = nrs_arena_copy(c->arena, pair.value);
	pair.more = nrs_arena_copy(c->arena, pair.more);
	table->items[table->count++] = pair;
	return NRS_OK;
}

static const struct {
	const char *word;
	enum nrs_tlp tlp;
} words[] = {{"white", NRS_TLP_CLEAR},
	     {"clear", NRS_TLP_CLEAR},
	     {"green", NRS_TLP_GREEN},
	     {"amber", NRS_TLP_AMBER},
	     {"amber+strict", NRS_TLP_AMBER_STRICT},
	     {"red", NRS_TLP_RED}};

static bool tlp_of_word(struct nrs_span word, enum nrs_tlp *tlp)
{
	if (word.len > 4 &&
	    nrs_span_is_icase(nrs_span_part(word, 0, 4), "tlp:"))
		word = nrs_span_from(word, 4);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is_icase(word, words[i].word)) {
			*tlp = words[i].tlp;
			return true;
		}
	}
	return false;
}

/* The ids that need no object: TLP 1.0 and 2.0 (specification section 3). */
static bool tlp_of_id(struct nrs_span id, enum nrs_tlp *tlp)
{
	static const struct {
		const char *id;
		enum nrs_tlp tlp;
	} ids[] = {
		{"613f2e26-407d-48c7-9eca-b8e91df99dc9", NRS_TLP_CLEAR},
		{"34098fce-860f-48ae-8e50-ebd3cc5e41da", NRS_TLP_GREEN},
		{"f88d31f6-486f-44da-b317-01333bde0b82", NRS_TLP_AMBER},
		{"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", NRS_TLP_RED},
		{"94868c89-83c2-464b-929b-a1a8aa3c8487", NRS_TLP_CLEAR},
		{"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", NRS_TLP_GREEN},
		{"55d920b0-5e8b-4f79-9ee9-91f868d9b421", NRS_TLP_AMBER},
		{"939a9414-2ddd-4d32-a0cd-375ea402b003", NRS_TLP_AMBER_STRICT},
		{"e828b379-4e03-4974-9ac4-e53a884c97c1", NRS_TLP_RED}};
	const size_t at = nrs_span_find_text(id, "--");

	for (size_t i = 0; at != SIZE_MAX && i < sizeof(ids) / sizeof(*ids);
	     i++) {
		if (nrs_span_is(nrs_span_from(id, at + 2), ids[i].id)) {
			*tlp = ids[i].tlp;
			return true;
		}
	}
	return false;
}

static int take_marking(struct nrs_stix_context *c,
			const struct nrs_json *object)
{
	const struct nrs_json *definition = nrs_json_get(object, "definition");
	const struct nrs_json *extensions = nrs_json_get(object, "extensions");
	enum nrs_tlp tlp = NRS_TLP_NONE;
	bool is_tlp =
		tlp_of_word(nrs_json_text(definition, "tlp"), &tlp) ||
		tlp_of_word(nrs_json_text(object, "name"), &tlp) ||
		tlp_of_word(nrs_json_text(object, "definition_type"), &tlp);

	for (const struct nrs_json *e = nrs_json_is(extensions, NRS_JSON_OBJECT)
						? extensions->child
						: NULL;
	     e != NULL && !is_tlp; e = e->next)
		is_tlp = tlp_of_word(nrs_json_text(e, "tlp_2_0"), &tlp);
	/* Something else than a statement is not understood: RED. */
	if (!is_tlp &&
	    !nrs_span_is(nrs_json_text(object, "definition_type"), "statement"))
		tlp = NRS_TLP_RED;
	return add(c, &c->markings,
		   (struct pair){.id = nrs_json_text(object, "id"),
				 .tlp = (uint8_t)tlp});
}

static int take_report(struct nrs_stix_context *c,
		       const struct nrs_json *object)
{
	const struct nrs_json *refs = nrs_json_get(object, "object_refs");

	if (!nrs_json_is(refs, NRS_JSON_ARRAY))
		return NRS_OK;
	for (const struct nrs_json *r = refs->child; r != NULL; r = r->next) {
		if (!nrs_json_is(r, NRS_JSON_STRING) ||
		    !nrs_span_starts(r->text, "indicator--"))
			continue;
		const int err = add(
			c, &c->reports,
			(struct pair){.id = r->text,
				      .value = nrs_json_text(object, "id"),
				      .more = nrs_json_text(object, "name")});
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

int nrs_stix_context_take(struct nrs_stix_context *c,
			  const struct nrs_json *object)
{
	const struct nrs_span type = nrs_json_text(object, "type");

	if (nrs_span_is(type, "marking-definition"))
		return take_marking(c, object);
	if (nrs_span_is(type, "report") || nrs_span_is(type, "grouping"))
		return take_report(c, object);
	if (nrs_span_is(type, "relationship"))
		return nrs_span_is(nrs_json_text(object, "relationship_type"),
				   "indicates")
			       ? add(c, &c->links,
				     (struct pair){
					     .id = nrs_json_text(object,
								 "source_ref"),
					     .value = nrs_json_text(
						     object, "target_ref")})
			       : NRS_OK;
	return add(c, &c->names,
		   (struct pair){.id = nrs_json_text(object, "id"),
				 .value = nrs_json_text(object, "name")});
}

static int by_id(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	const int by = nrs_span_compare(x->id, y->id);

	return by != 0 ? by : nrs_span_compare(x->value, y->value);
}

/* Index of the first pair with @id, or the table's count. */
static size_t find(const struct table *table, struct nrs_span id)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (nrs_span_compare(table->items[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->count && nrs_span_equal(table->items[low].id, id)
		       ? low
		       : table->count;
}

static enum nrs_tlp strictest(const struct nrs_stix_context *c,
			      struct nrs_span ids, enum nrs_tlp otherwise)
{
	enum nrs_tlp most = NRS_TLP_NONE;
	struct nrs_span id;

	while (nrs_span_split(&ids, ' ', &id)) {
		const size_t at = find(&c->markings, id);
		enum nrs_tlp tlp = NRS_TLP_RED; /* an unknown marking */

		if (!tlp_of_id(id, &tlp) && at < c->markings.count)
			tlp = (enum nrs_tlp)c->markings.items[at].tlp;
		most = tlp > most ? tlp : most;
	}
	return most == NRS_TLP_NONE ? otherwise : most;
}

static int join_names(const struct nrs_stix_context *c, struct nrs_set *set,
		      struct nrs_span id, struct nrs_span *out)
{
	struct nrs_text text = {0};

	for (size_t at = find(&c->links, id);
	     at < c->links.count && nrs_span_equal(c->links.items[at].id, id);
	     at++) {
		const size_t name = find(&c->names, c->links.items[at].value);

		if (name == c->names.count)
			continue;
		if (text.len > 0)
			nrs_text_puts(&text, "; ");
		nrs_text_add(&text, c->names.items[name].value);
	}
	*out = nrs_arena_copy(nrs_set_arena(set), nrs_text_span(&text));
	const int err = text.failed ? NRS_E_NOMEM : NRS_OK;
	nrs_text_fini(&text);
	return err;
}

static void sort(struct table *table)
{
	if (table->count > 1)
		qsort(table->items, table->count, sizeof(*table->items), by_id);
}

int nrs_stix_context_join(struct nrs_stix_context *c, struct nrs_set *set,
			  uint32_t first, enum nrs_tlp default_tlp)
{
	sort(&c->names);
	sort(&c->links);
	sort(&c->reports);
	sort(&c->markings);
	for (uint32_t i = first; i < nrs_set_count(set); i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);
		struct nrs_indicator_context *context =
			(struct nrs_indicator_context *)(uintptr_t)
				item->context;
		const size_t report = find(&c->reports, item->id);

		item->tlp =
			(uint8_t)strictest(c, context->markings, default_tlp);
		if (report < c->reports.count) {
			context->report_id =
				nrs_arena_copy(nrs_set_arena(set),
					       c->reports.items[report].value);
			context->report_name =
				nrs_arena_copy(nrs_set_arena(set),
					       c->reports.items[report].more);
		}
		const int err =
			join_names(c, set, item->id, &context->indicates);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}
