/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_marking: three ways to write a TLP, and the ids that everybody knows.
 */
#include "loaders/stix_marking.h"

static enum nrs_tlp stricter(enum nrs_tlp a, enum nrs_tlp b)
{
	return a > b ? a : b;
}

bool nrs_marking_of_word(struct nrs_span word, bool needs_prefix,
			 enum nrs_tlp *tlp)
{
	static const struct {
		const char *word;
		enum nrs_tlp tlp;
	} rows[] = {{"white", NRS_TLP_CLEAR},
		    {"clear", NRS_TLP_CLEAR},
		    {"green", NRS_TLP_GREEN},
		    {"amber", NRS_TLP_AMBER},
		    {"amber+strict", NRS_TLP_AMBER_STRICT},
		    {"red", NRS_TLP_RED}};
	const bool has_prefix =
		nrs_span_is_icase(nrs_span_part(word, 0, 4), "tlp:");

	if (has_prefix)
		word = nrs_span_from(word, 4);
	if (needs_prefix && !has_prefix)
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!nrs_span_is_icase(word, rows[i].word))
			continue;
		*tlp = stricter(*tlp, rows[i].tlp);
		return true;
	}
	return false;
}

bool nrs_marking_of_id(struct nrs_span id, enum nrs_tlp *tlp)
{
	static const char prefix[] = "marking-definition--";
	static const struct {
		const char *uuid;
		enum nrs_tlp tlp;
	} rows[] = {
		{"613f2e26-407d-48c7-9eca-b8e91df99dc9", NRS_TLP_CLEAR},
		{"34098fce-860f-48ae-8e50-ebd3cc5e41da", NRS_TLP_GREEN},
		{"f88d31f6-486f-44da-b317-01333bde0b82", NRS_TLP_AMBER},
		{"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", NRS_TLP_RED},
		{"94868c89-83c2-464b-929b-a1a8aa3c8487", NRS_TLP_CLEAR},
		{"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", NRS_TLP_GREEN},
		{"55d920b0-5e8b-4f79-9ee9-91f868d9b421", NRS_TLP_AMBER},
		{"939a9414-2ddd-4d32-a0cd-375ea402b003", NRS_TLP_AMBER_STRICT},
		{"e828b379-4e03-4974-9ac4-e53a884c97c1", NRS_TLP_RED}};

	if (!nrs_span_starts(id, prefix))
		return false;
	id = nrs_span_from(id, sizeof(prefix) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(id, rows[i].uuid)) {
			*tlp = rows[i].tlp;
			return true;
		}
	}
	return false;
}

enum nrs_tlp nrs_marking_of(const struct nrs_json *definition)
{
	const struct nrs_span type =
		nrs_json_text(definition, "definition_type");
	const struct nrs_json *extensions =
		nrs_json_get(definition, "extensions");
	enum nrs_tlp tlp = NRS_TLP_NONE;
	bool is_tlp = nrs_marking_of_word(
		nrs_json_text(nrs_json_get(definition, "definition"), "tlp"),
		false, &tlp);

	is_tlp |= nrs_marking_of_word(nrs_json_text(definition, "name"), true,
				      &tlp);
	is_tlp |= nrs_marking_of_word(type, true, &tlp);
	if (nrs_json_is(extensions, NRS_JSON_OBJECT)) {
		for (const struct nrs_json *e = extensions->child; e != NULL;
		     e = e->next)
			is_tlp |= nrs_marking_of_word(
				nrs_json_text(e, "tlp_2_0"), false, &tlp);
	}
	if (is_tlp)
		return tlp;
	return nrs_span_is(type, "statement") ? NRS_TLP_NONE : NRS_TLP_RED;
}

/* An id, or "?" for what is none: lists of ids are cut at blanks. */
static struct nrs_span id_of(const struct nrs_json *id)
{
	static const struct nrs_span nobody = {(const uint8_t *)"?", 1};

	if (!nrs_json_is(id, NRS_JSON_STRING) || id->text.len == 0)
		return nobody;
	for (size_t i = 0; i < id->text.len; i++) {
		if (id->text.ptr[i] <= ' ')
			return nobody;
	}
	return id->text;
}

static void add_id(struct nrs_text *out, const struct nrs_json *id)
{
	if (out->len > 0)
		nrs_text_putc(out, '\n');
	nrs_text_add(out, id_of(id));
}

/* Selectors that name something which a sighting or a table repeats. */
static bool selects_much(const struct nrs_json *selectors)
{
	if (!nrs_json_is(selectors, NRS_JSON_ARRAY))
		return true; /* unreadable: take it as said of everything */
	for (const struct nrs_json *s = selectors->child; s != NULL;
	     s = s->next) {
		if (nrs_span_is(s->text, "pattern") ||
		    nrs_span_is(s->text, "name") ||
		    nrs_span_is(s->text, "description"))
			return true;
	}
	return false;
}

static void add_granular(struct nrs_text *out, const struct nrs_json *granular)
{
	const struct nrs_json *id = nrs_json_get(granular, "marking_ref");

	if (id == NULL && nrs_json_get(granular, "lang") != NULL)
		return; /* the language of a text, no marking */
	if (selects_much(nrs_json_get(granular, "selectors")))
		add_id(out, id);
}

void nrs_marking_ids(const struct nrs_json *object, struct nrs_text *out)
{
	static const char *const keys[] = {"object_marking_refs",
					   "granular_markings"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct nrs_json *list = nrs_json_get(object, keys[i]);

		if (list == NULL || nrs_json_is(list, NRS_JSON_NULL))
			continue;
		if (!nrs_json_is(list, NRS_JSON_ARRAY)) {
			add_id(out, i == 0 ? list : NULL);
			continue;
		}
		for (const struct nrs_json *e = list->child; e != NULL;
		     e = e->next) {
			if (i == 0)
				add_id(out, e);
			else
				add_granular(out, e);
		}
	}
}

/* One line for each of @selectors. */
static void add_selected(struct nrs_text *out, const struct nrs_json *selectors,
			 const struct nrs_json *id)
{
	if (!nrs_json_is(selectors, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *s = selectors->child; s != NULL;
	     s = s->next) {
		if (out->len > 0)
			nrs_text_putc(out, '\n');
		nrs_text_add(out, id_of(s));
		nrs_text_putc(out, ' ');
		nrs_text_add(out, id_of(id));
	}
}

void nrs_marking_granular(const struct nrs_json *object, struct nrs_text *out)
{
	const struct nrs_json *list = nrs_json_get(object, "granular_markings");

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next) {
		const struct nrs_json *id = nrs_json_get(e, "marking_ref");

		if (id != NULL || nrs_json_get(e, "lang") == NULL)
			add_selected(out, nrs_json_get(e, "selectors"), id);
	}
}
