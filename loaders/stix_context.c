/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_context: one table of facts for each thing that can be said.
 */
#include "loaders/stix_context.h"

#include <stdlib.h>

#include "loaders/stix_marking.h"

#define ID_MAX 512u

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
	c->names.limit = c->sectors.limit = NRS_STIX_OBJECTS_LIMIT;
	c->markings.limit = c->targets.limit = NRS_STIX_OBJECTS_LIMIT;
	c->mitigated.limit = NRS_STIX_OBJECTS_LIMIT;
	*out = c;
	return NRS_OK;
}

uint64_t nrs_stix_context_left_out(const struct nrs_stix_context *c)
{
	return c->names.left_out + c->links.left_out + c->reports.left_out +
	       c->markings.left_out + c->mitigated.left_out +
	       c->targets.left_out + c->sectors.left_out;
}

void nrs_stix_context_free(struct nrs_stix_context *c)
{
	if (c == NULL)
		return;
	nrs_arena_free(c->arena);
	nrs_text_fini(&c->text);
	nrs_stix_facts_fini(&c->names);
	nrs_stix_facts_fini(&c->links);
	nrs_stix_facts_fini(&c->reports);
	nrs_stix_facts_fini(&c->markings);
	nrs_stix_facts_fini(&c->mitigated);
	nrs_stix_facts_fini(&c->targets);
	nrs_stix_facts_fini(&c->sectors);
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

/* The report and its name are kept once, however many objects it holds. */
static int take_report(struct nrs_stix_context *c,
		       const struct nrs_json *object, struct nrs_stix_fact fact)
{
	const struct nrs_json *refs = nrs_json_get(object, "object_refs");
	int err = NRS_OK;

	fact.value = shortened(nrs_json_text(object, "name"));
	if (!nrs_json_is(refs, NRS_JSON_ARRAY) || fact.by.len == 0)
		return NRS_OK; /* a report without an id is none */
	if (!keep(c, &fact.by) || !keep(c, &fact.value))
		return NRS_E_NOMEM;
	for (const struct nrs_json *r = refs->child; r != NULL && err == NRS_OK;
	     r = r->next) {
		fact.about = r->text;
		if (nrs_json_is(r, NRS_JSON_STRING) &&
		    nrs_span_starts(r->text, "indicator--"))
			err = nrs_stix_facts_is_full(&c->reports)
				      ? NRS_OK
				      : nrs_stix_facts_add(&c->reports,
							   c->arena, fact);
	}
	return err;
}

/* The table for a relationship, or NULL: nobody asks for it. @fact gets both
 * ends, seen from what it says something about. */
static struct nrs_stix_facts *table_of(struct nrs_stix_context *c,
				       const struct nrs_json *object,
				       struct nrs_stix_fact *fact)
{
	const struct nrs_span type = nrs_json_text(object, "relationship_type");
	const struct nrs_span source = nrs_json_text(object, "source_ref");
	const struct nrs_span target = nrs_json_text(object, "target_ref");
	const bool is_indicator = nrs_span_starts(source, "indicator--");

	fact->about = source;
	fact->value = target;
	if (nrs_span_is(type, "indicates") ||
	    (is_indicator && nrs_span_is(type, "uses")))
		return &c->links;
	fact->kind = NRS_STIX_BASED_ON;
	if (is_indicator && nrs_span_is(type, "based-on"))
		return &c->links;
	fact->kind = 0;
	if (nrs_span_is(type, "targets"))
		return nrs_span_starts(target, "identity--") ? &c->targets
							     : NULL;
	fact->about = target;
	fact->value = source;
	return nrs_span_starts(source, "course-of-action--") &&
			       (nrs_span_is(type, "mitigates") ||
				nrs_span_is(type, "remediates") ||
				nrs_span_is(type, "investigates"))
		       ? &c->mitigated
		       : NULL;
}

static int take_link(struct nrs_stix_context *c, const struct nrs_json *object,
		     struct nrs_stix_fact fact)
{
	struct nrs_stix_facts *table = table_of(c, object, &fact);

	if (table == NULL || fact.value.len > ID_MAX ||
	    nrs_stix_facts_is_full(table))
		return NRS_OK;
	if (fact.by.len == 0)
		fact.by = fact.value;
	return keep(c, &fact.by) && keep(c, &fact.value)
		       ? nrs_stix_facts_add(table, c->arena, fact)
		       : NRS_E_NOMEM;
}

/* The number by which people know a technique: "T1566". */
static struct nrs_span technique(const struct nrs_json *object)
{
	const struct nrs_json *list =
		nrs_json_get(object, "external_references");

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return nrs_span(NULL, 0);
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next) {
		const struct nrs_span id = nrs_json_text(e, "external_id");

		if (nrs_span_starts(nrs_json_text(e, "source_name"),
				    "mitre-") &&
		    id.len > 0 && id.len <= 16)
			return id;
	}
	return nrs_span(NULL, 0);
}

/* What people call @object: with its number, and what to do about it. */
static void put_name(struct nrs_text *out, const struct nrs_json *object,
		     struct nrs_span type)
{
	const struct nrs_span description =
		nrs_json_text(object, "description");

	nrs_text_clear(out);
	if (nrs_span_is(type, "attack-pattern")) {
		nrs_text_add(out, technique(object));
		nrs_text_putc(out, ' ');
	}
	nrs_text_add(out, nrs_json_text(object, "name"));
	if (nrs_span_is(type, "course-of-action") && description.len > 0) {
		nrs_text_puts(out, ": ");
		nrs_text_add(out, description);
	}
}

static int take_name(struct nrs_stix_context *c, const struct nrs_json *object,
		     struct nrs_span type, struct nrs_stix_fact fact)
{
	fact.about = fact.by;
	fact.by = nrs_span(NULL, 0);
	if (nrs_json_text(object, "name").len == 0 ||
	    nrs_stix_facts_is_full(&c->names))
		return NRS_OK;
	put_name(&c->text, object, type);
	fact.value = shortened(nrs_span_trim(nrs_text_span(&c->text)));
	return !c->text.failed && keep(c, &fact.value)
		       ? nrs_stix_facts_add(&c->names, c->arena, fact)
		       : NRS_E_NOMEM;
}

static int take_sectors(struct nrs_stix_context *c,
			const struct nrs_json *object,
			struct nrs_stix_fact fact)
{
	const struct nrs_json *list = nrs_json_get(object, "sectors");

	fact.about = fact.by;
	fact.by = nrs_span(NULL, 0);
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return NRS_OK;
	nrs_text_clear(&c->text);
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next)
		nrs_items_add(&c->text, e->text);
	fact.value = nrs_text_span(&c->text);
	if (fact.value.len == 0 || fact.value.len > NRS_STIX_NAME_MAX ||
	    nrs_stix_facts_is_full(&c->sectors))
		return NRS_OK;
	return !c->text.failed && keep(c, &fact.value)
		       ? nrs_stix_facts_add(&c->sectors, c->arena, fact)
		       : NRS_E_NOMEM;
}

/* Who is named with an indicator: a 400 MB bundle has much else with names. */
static bool has_a_name_to_keep(struct nrs_span type)
{
	static const char *const types[] = {
		"malware",	  "campaign", "intrusion-set",
		"threat-actor",	  "tool",     "attack-pattern",
		"infrastructure", "identity", "course-of-action",
	};

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
	struct nrs_stix_fact fact = {
		.by = nrs_json_text(object, "id"),
		.modified_ns = NRS_TIME_MIN,
		.is_revoked = nrs_json_is(nrs_json_get(object, "revoked"),
					  NRS_JSON_TRUE)};
	int err = NRS_OK;

	if (fact.by.len > ID_MAX)
		return NRS_OK; /* nobody can mean it */
	(void)nrs_stamp_parse_human(nrs_json_text(object, "modified"),
				    &fact.modified_ns);
	if (nrs_span_is(type, "marking-definition")) {
		fact.about = fact.by;
		fact.by = nrs_span(NULL, 0);
		fact.kind = (uint8_t)nrs_marking_of(object);
		/* One that is left out is not known, and so RED. */
		if (nrs_stix_facts_is_full(&c->markings))
			return NRS_OK;
		return nrs_stix_facts_add(&c->markings, c->arena, fact);
	}
	if (nrs_span_is(type, "report") || nrs_span_is(type, "grouping"))
		return take_report(c, object, fact);
	if (nrs_span_is(type, "relationship"))
		return take_link(c, object, fact);
	if (nrs_span_is(type, "identity"))
		err = take_sectors(c, object, fact);
	if (err == NRS_OK && has_a_name_to_keep(type))
		err = take_name(c, object, type, fact);
	return err;
}
