/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_context: sorted arrays of facts, looked up by id.
 *
 * A fact is about an id and came from an object, which has versions itself:
 * facts are sorted by the id they are about, then by the object that says so,
 * newest version first, so that the first of each run is the one that counts.
 */
#include "loaders/stix_context.h"

#include <stdlib.h>

#include "loaders/stix_marking.h"

/* Facts looked at for one indicator: many versions of it, each with many
 * facts, must not multiply. */
#define FACTS_MAX 256u
#define ID_MAX 512u

struct fact {
	struct nrs_span about;
	struct nrs_span by;    /* the object that says it */
	struct nrs_span value; /* a name or an id */
	int64_t modified_ns;
	uint8_t tlp;
	bool is_revoked;
};

struct table {
	struct fact *items;
	size_t count, cap;
};

struct nrs_stix_context {
	struct nrs_arena *arena;
	struct table names;    /* object: its name */
	struct table links;    /* indicator: id of what it indicates */
	struct table reports;  /* indicator: name of a report, by it */
	struct table markings; /* marking: TLP; NONE for a statement */
	struct nrs_text text;
	/* The report that was joined last, and its texts in the set. */
	const uint8_t *last_report;
	struct nrs_span last_id, last_name;
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
	nrs_text_fini(&c->text);
	free(c->names.items);
	free(c->links.items);
	free(c->reports.items);
	free(c->markings.items);
	free(c);
}

static bool keep(struct nrs_stix_context *c, struct nrs_span *text)
{
	const size_t len = text->len;

	*text = nrs_arena_copy(c->arena, *text);
	return text->len == len;
}

/* @name cut to NRS_STIX_NAME_MAX, never inside a character. */
static struct nrs_span shortened(struct nrs_span name)
{
	size_t len = NRS_STIX_NAME_MAX;

	if (name.len <= len)
		return name;
	while (len > 0 && (name.ptr[len] & 0xc0) == 0x80)
		len--;
	return nrs_span_part(name, 0, len);
}

/* Copy @fact in; by and value must be kept already. */
static int add(struct nrs_stix_context *c, struct table *table,
	       struct fact fact)
{
	if (fact.about.len == 0)
		return NRS_OK;
	if (table->count == table->cap) {
		const size_t cap = table->cap == 0 ? 64 : table->cap * 2;
		struct fact *items =
			realloc(table->items, cap * sizeof(*items));

		if (items == NULL)
			return NRS_E_NOMEM;
		table->items = items;
		table->cap = cap;
	}
	if (!keep(c, &fact.about))
		return NRS_E_NOMEM;
	table->items[table->count++] = fact;
	return NRS_OK;
}

/* The report and its name are kept once, however many objects it holds. */
static int take_report(struct nrs_stix_context *c,
		       const struct nrs_json *object, struct fact fact)
{
	const struct nrs_json *refs = nrs_json_get(object, "object_refs");
	int err = NRS_OK;

	fact.value = shortened(nrs_json_text(object, "name"));
	if (!nrs_json_is(refs, NRS_JSON_ARRAY))
		return NRS_OK;
	if (!keep(c, &fact.by) || !keep(c, &fact.value))
		return NRS_E_NOMEM;
	for (const struct nrs_json *r = refs->child; r != NULL && err == NRS_OK;
	     r = r->next) {
		fact.about = r->text;
		if (nrs_json_is(r, NRS_JSON_STRING) &&
		    nrs_span_starts(r->text, "indicator--"))
			err = add(c, &c->reports, fact);
	}
	return err;
}

static int take_link(struct nrs_stix_context *c, const struct nrs_json *object,
		     struct fact fact)
{
	if (!nrs_span_is(nrs_json_text(object, "relationship_type"),
			 "indicates"))
		return NRS_OK;
	fact.about = nrs_json_text(object, "source_ref");
	fact.value = nrs_json_text(object, "target_ref");
	if (fact.by.len == 0)
		fact.by = fact.value;
	return keep(c, &fact.by) && keep(c, &fact.value)
		       ? add(c, &c->links, fact)
		       : NRS_E_NOMEM;
}

static int take_name(struct nrs_stix_context *c, const struct nrs_json *object,
		     struct fact fact)
{
	fact.about = fact.by;
	fact.by = nrs_span(NULL, 0);
	fact.value = shortened(nrs_json_text(object, "name"));
	if (fact.value.len == 0)
		return NRS_OK;
	return keep(c, &fact.value) ? add(c, &c->names, fact) : NRS_E_NOMEM;
}

/* What an indicator can indicate: a 400 MB bundle has much else with names. */
static bool can_be_indicated(struct nrs_span type)
{
	static const char *const types[] = {
		"malware",	  "campaign", "intrusion-set", "threat-actor",
		"attack-pattern", "tool",     "infrastructure"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (nrs_span_is(type, types[i]))
			return true;
	}
	return false;
}

int nrs_stix_context_take(struct nrs_stix_context *c,
			  const struct nrs_json *object)
{
	const struct nrs_span type = nrs_json_text(object, "type");
	struct fact fact = {.by = nrs_json_text(object, "id"),
			    .modified_ns = NRS_TIME_MIN,
			    .is_revoked =
				    nrs_json_is(nrs_json_get(object, "revoked"),
						NRS_JSON_TRUE)};

	if (fact.by.len > ID_MAX)
		return NRS_OK; /* nobody can mean it */
	(void)nrs_stamp_parse_human(nrs_json_text(object, "modified"),
				    &fact.modified_ns);
	if (nrs_span_is(type, "marking-definition")) {
		fact.about = fact.by;
		fact.by = nrs_span(NULL, 0);
		fact.tlp = (uint8_t)nrs_marking_of(object);
		return add(c, &c->markings, fact);
	}
	if (nrs_span_is(type, "report") || nrs_span_is(type, "grouping"))
		return take_report(c, object, fact);
	if (nrs_span_is(type, "relationship"))
		return take_link(c, object, fact);
	return can_be_indicated(type) ? take_name(c, object, fact) : NRS_OK;
}

static int by_id(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int by = nrs_span_compare(x->about, y->about);

	if (by == 0)
		by = nrs_span_compare(x->by, y->by);
	if (by == 0 && x->modified_ns != y->modified_ns)
		by = x->modified_ns < y->modified_ns ? 1 : -1;
	if (by == 0 && x->tlp != y->tlp) /* twice defined: the strictest */
		by = x->tlp < y->tlp ? 1 : -1;
	return by != 0 ? by : nrs_span_compare(x->value, y->value);
}

static void sort(struct table *table)
{
	if (table->count > 1)
		qsort(table->items, table->count, sizeof(*table->items), by_id);
}

/* Index of the first fact about @id, or the table's count. */
static size_t find(const struct table *table, struct nrs_span id)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (nrs_span_compare(table->items[middle].about, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->count && nrs_span_equal(table->items[low].about, id)
		       ? low
		       : table->count;
}

/* The facts about @id that count, each object's newest version unless that is
 * revoked: @out gets up to @max of them. */
static size_t facts_about(const struct table *table, struct nrs_span id,
			  const struct fact **out, size_t max)
{
	const size_t begin = find(table, id);
	size_t count = 0;

	for (size_t i = begin;
	     i < table->count && count < max && i - begin < FACTS_MAX; i++) {
		const struct fact *fact = &table->items[i];

		if (!nrs_span_equal(fact->about, id))
			break;
		if (i > begin && nrs_span_equal(fact->by, (fact - 1)->by))
			continue; /* an older version */
		if (!fact->is_revoked)
			out[count++] = fact;
	}
	return count;
}

static enum nrs_tlp strictest(const struct nrs_stix_context *c,
			      struct nrs_span ids, enum nrs_tlp otherwise)
{
	enum nrs_tlp most = NRS_TLP_NONE;
	struct nrs_span id;

	while (nrs_span_split(&ids, ' ', &id)) {
		const size_t at = find(&c->markings, id);
		enum nrs_tlp tlp = NRS_TLP_RED; /* an unknown marking */

		if (!nrs_marking_of_id(id, &tlp) && at < c->markings.count)
			tlp = (enum nrs_tlp)c->markings.items[at].tlp;
		most = tlp > most ? tlp : most;
	}
	return most == NRS_TLP_NONE ? otherwise : most;
}

static int by_text(const void *a, const void *b)
{
	return nrs_span_compare(*(const struct nrs_span *)a,
				*(const struct nrs_span *)b);
}

/* Names of what @id indicates: sorted, each once. */
static int join_names(struct nrs_stix_context *c, struct nrs_set *set,
		      struct nrs_span id, struct nrs_span *out)
{
	const struct fact *links[FACTS_MAX], *named;
	struct nrs_span names[FACTS_MAX];
	size_t count = 0, written = 0;
	const size_t linked = facts_about(&c->links, id, links, FACTS_MAX);

	for (size_t i = 0; i < linked; i++) {
		if (facts_about(&c->names, links[i]->value, &named, 1) > 0)
			names[count++] = named->value;
	}
	if (count == 0)
		return NRS_OK;
	qsort(names, count, sizeof(*names), by_text);
	nrs_text_clear(&c->text);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && nrs_span_equal(names[i], names[i - 1]))
			continue;
		if (written++ == NRS_STIX_INDICATES_MAX) {
			nrs_text_puts(&c->text, "; ...");
			break;
		}
		if (c->text.len > 0)
			nrs_text_puts(&c->text, "; ");
		nrs_text_add(&c->text, names[i]);
	}
	*out = nrs_arena_copy(nrs_set_arena(set), nrs_text_span(&c->text));
	return out->ptr == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* Id and name of the newest report that holds @id. */
static int join_report(struct nrs_stix_context *c, struct nrs_set *set,
		       struct nrs_span id, struct nrs_indicator_context *out)
{
	const struct fact *reports[FACTS_MAX];
	const struct fact *newest = NULL;
	const size_t count = facts_about(&c->reports, id, reports, FACTS_MAX);

	for (size_t i = 0; i < count; i++) {
		if (newest == NULL ||
		    reports[i]->modified_ns > newest->modified_ns)
			newest = reports[i];
	}
	if (newest == NULL || newest->by.len == 0)
		return NRS_OK; /* a report without an id is none */
	if (newest->by.ptr != c->last_report) {
		c->last_id = nrs_arena_copy(nrs_set_arena(set), newest->by);
		c->last_name =
			nrs_arena_copy(nrs_set_arena(set), newest->value);
		if (c->last_id.len < newest->by.len ||
		    c->last_name.len < newest->value.len)
			return NRS_E_NOMEM;
		c->last_report = newest->by.ptr;
	}
	out->report_id = c->last_id;
	out->report_name = c->last_name;
	return NRS_OK;
}

int nrs_stix_context_join(struct nrs_stix_context *c, struct nrs_set *set,
			  uint32_t first, enum nrs_tlp default_tlp)
{
	int err = NRS_OK;

	sort(&c->names);
	sort(&c->links);
	sort(&c->reports);
	sort(&c->markings);
	for (uint32_t i = first; i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);
		/* Ours: the reader of this file made it a moment ago. */
		struct nrs_indicator_context *context =
			(struct nrs_indicator_context *)(uintptr_t)
				item->context;

		item->tlp =
			(uint8_t)strictest(c, context->markings, default_tlp);
		err = join_report(c, set, item->id, context);
		if (err == NRS_OK)
			err = join_names(c, set, item->id, &context->indicates);
	}
	return err;
}
