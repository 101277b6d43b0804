/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_load: observed-data and the objects that each one names.
 */
#include "engine/strict.h"

#include "engine/base/stamp.h"

struct loader {
	struct nrs_strict_documents *out;
	const struct nrs_json **pool; /* every object of every bundle */
	unsigned int pool_count;
	enum nrs_stix_version version;
	struct nrs_diag *diag;
};

static bool is_never_root(struct nrs_span type)
{
	static const char *const types[] = {"attack-pattern",
					    "bundle",
					    "campaign",
					    "course-of-action",
					    "extension-definition",
					    "grouping",
					    "identity",
					    "incident",
					    "indicator",
					    "infrastructure",
					    "intrusion-set",
					    "language-content",
					    "location",
					    "malware",
					    "malware-analysis",
					    "marking-definition",
					    "note",
					    "observed-data",
					    "opinion",
					    "relationship",
					    "report",
					    "sighting",
					    "threat-actor",
					    "tool",
					    "vulnerability"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (nrs_span_is(type, types[i]))
			return true;
	}
	return false;
}

static int add_pool(struct loader *ld, const struct nrs_json *object)
{
	if (ld->pool_count == NRS_STRICT_OBJECTS_MAX)
		return nrs_diag_set(ld->diag, NRS_E_LIMIT, ld->pool_count,
				    "more than %u objects",
				    NRS_STRICT_OBJECTS_MAX);
	if (nrs_json_is(object, NRS_JSON_OBJECT))
		ld->pool[ld->pool_count++] = object;
	return NRS_OK;
}

static int add_document(struct loader *ld, const struct nrs_json *document)
{
	const struct nrs_json *objects = nrs_json_get(document, "objects");
	int err = NRS_OK;

	if (!nrs_span_is(nrs_json_text(document, "type"), "bundle"))
		return add_pool(ld, document);
	if (!nrs_json_is(objects, NRS_JSON_ARRAY))
		return NRS_OK;
	for (const struct nrs_json *object = objects->child;
	     err == NRS_OK && object != NULL; object = object->next)
		err = add_pool(ld, object);
	return err;
}

static int add_object(struct loader *ld, struct nrs_span id,
		      const struct nrs_json *json)
{
	struct nrs_strict_documents *out = ld->out;
	struct nrs_span type;

	if (!nrs_json_is(json, NRS_JSON_OBJECT))
		return NRS_OK;
	if (out->object_count == NRS_STRICT_OBJECTS_MAX)
		return nrs_diag_set(ld->diag, NRS_E_LIMIT, out->object_count,
				    "more than %u objects observed",
				    NRS_STRICT_OBJECTS_MAX);
	type = nrs_json_text(json, "type");
	out->objects[out->object_count++] = (struct nrs_strict_object){
		.id = id,
		.type = type,
		.json = json,
		.is_never_root =
			ld->version == NRS_STIX_21 && is_never_root(type)};
	return NRS_OK;
}

/* 2.1: what object_refs names, once each. */
static int add_referenced(struct loader *ld, const struct nrs_json *refs,
			  unsigned int begin)
{
	int err = NRS_OK;

	for (const struct nrs_json *ref = refs->child;
	     err == NRS_OK && ref != NULL; ref = ref->next) {
		bool is_new = nrs_json_is(ref, NRS_JSON_STRING);

		for (unsigned int i = begin; i < ld->out->object_count; i++)
			is_new = is_new &&
				 !nrs_span_equal(ld->out->objects[i].id,
						 ref->text);
		for (unsigned int i = 0; is_new && i < ld->pool_count; i++) {
			if (!nrs_span_equal(nrs_json_text(ld->pool[i], "id"),
					    ref->text))
				continue;
			err = add_object(ld, ref->text, ld->pool[i]);
			break;
		}
	}
	return err;
}

static int add_objects(struct loader *ld, const struct nrs_json *json)
{
	const struct nrs_json *refs = nrs_json_get(json, "object_refs");
	const struct nrs_json *objects = nrs_json_get(json, "objects");
	int err = NRS_OK;

	if (ld->version == NRS_STIX_21 && nrs_json_is(refs, NRS_JSON_ARRAY))
		return add_referenced(ld, refs, ld->out->object_count);
	if (!nrs_json_is(objects, NRS_JSON_OBJECT))
		return NRS_OK;
	for (const struct nrs_json *object = objects->child;
	     err == NRS_OK && object != NULL; object = object->next)
		err = add_object(ld, object->key, object);
	return err;
}

static int add_observed(struct loader *ld, const struct nrs_json *json)
{
	struct nrs_strict_documents *out = ld->out;
	struct nrs_strict_observed *o = &out->observed[out->observed_count];
	int64_t count = 0;

	if (out->observed_count == NRS_STRICT_OBSERVED_MAX)
		return nrs_diag_set(ld->diag, NRS_E_LIMIT, out->observed_count,
				    "more than %u observed-data",
				    NRS_STRICT_OBSERVED_MAX);
	if (nrs_json_i64(nrs_json_get(json, "number_observed"), &count) !=
		    NRS_OK ||
	    count < 1 ||
	    nrs_stamp_parse(nrs_json_text(json, "first_observed"),
			    &o->seen.first) != NRS_OK ||
	    nrs_stamp_parse(nrs_json_text(json, "last_observed"),
			    &o->seen.last) != NRS_OK)
		return nrs_diag_set(ld->diag, NRS_E_FORMAT, out->observed_count,
				    "observed-data without number_observed, "
				    "first_observed or last_observed");
	o->id = nrs_json_text(json, "id");
	o->count = (uint64_t)count;
	o->object = out->object_count;
	const int err = add_objects(ld, json);
	o->object_end = out->object_count;
	out->observed_count++;
	return err;
}

/* 2.0: old containers of objects carry other type names. */
static bool is_observed(const struct loader *ld, const struct nrs_json *json)
{
	return nrs_span_is(nrs_json_text(json, "type"), "observed-data") ||
	       (ld->version == NRS_STIX_20 &&
		nrs_json_is(nrs_json_get(json, "objects"), NRS_JSON_OBJECT));
}

/* All values below: at least as many as objects and references to them. */
static size_t count_children(const struct nrs_json *value)
{
	size_t count = 1;

	/* The parser bounds the depth. */
	for (const struct nrs_json *c = value->child; c != NULL; c = c->next)
		count += count_children(c);
	return count;
}

int nrs_strict_load(struct nrs_strict_documents *out,
		    const struct nrs_json *documents,
		    enum nrs_stix_version version, struct nrs_arena *arena,
		    struct nrs_diag *diag)
{
	struct loader ld = {.out = out, .version = version, .diag = diag};
	const size_t nodes = count_children(documents);
	const size_t objects =
		nodes < NRS_STRICT_OBJECTS_MAX ? nodes : NRS_STRICT_OBJECTS_MAX;
	const size_t observed = nodes < NRS_STRICT_OBSERVED_MAX
					? nodes
					: NRS_STRICT_OBSERVED_MAX;
	int err = NRS_OK;

	*out = (struct nrs_strict_documents){0};
	ld.pool = nrs_arena_alloc(arena, (objects + 1) * sizeof(*ld.pool));
	out->observed =
		nrs_arena_alloc(arena, (observed + 1) * sizeof(*out->observed));
	out->objects =
		nrs_arena_alloc(arena, (objects + 1) * sizeof(*out->objects));
	if (ld.pool == NULL || out->observed == NULL || out->objects == NULL)
		return NRS_E_NOMEM;
	if (nrs_json_is(documents, NRS_JSON_OBJECT))
		err = add_document(&ld, documents);
	else if (!nrs_json_is(documents, NRS_JSON_ARRAY))
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "neither an object nor a list");
	else
		for (const struct nrs_json *d = documents->child;
		     err == NRS_OK && d != NULL; d = d->next)
			err = add_document(&ld, d);
	for (unsigned int i = 0; err == NRS_OK && i < ld.pool_count; i++) {
		if (is_observed(&ld, ld.pool[i]))
			err = add_observed(&ld, ld.pool[i]);
	}
	return err;
}
