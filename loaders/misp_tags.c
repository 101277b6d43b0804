/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_tags: taxonomies by their prefix; a marking that is not understood is
 * the strictest there is.
 */
#include "loaders/misp_tags.h"

#include "loaders/adder.h"

#define TLP_PREFIX "tlp:"
#define GALAXY_PREFIX "misp-galaxy:"
#define CONFIDENCE_PREFIX "misp:confidence-level=\""

void nrs_misp_tags_fini(struct nrs_misp_tags *tags)
{
	nrs_text_fini(&tags->labels);
	nrs_text_fini(&tags->indicates);
	nrs_text_fini(&tags->sectors);
}

static bool starts_icase(struct nrs_span text, const char *prefix)
{
	return nrs_span_is_icase(nrs_span_part(text, 0, strlen(prefix)),
				 prefix);
}

/* The part behind "tlp:". With the Chatham House rule the source must not be
 * named, and a sighting names it: it stays at home. */
static enum nrs_tlp tlp_of(struct nrs_span word)
{
	static const struct {
		const char *word;
		enum nrs_tlp tlp;
	} words[] = {
		{"white", NRS_TLP_CLEAR},
		{"clear", NRS_TLP_CLEAR},
		{"green", NRS_TLP_GREEN},
		{"amber", NRS_TLP_AMBER},
		{"amber+strict", NRS_TLP_AMBER_STRICT},
		{"ex:chr", NRS_TLP_AMBER_STRICT},
		{"red", NRS_TLP_RED},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is_icase(word, words[i].word))
			return words[i].tlp;
	}
	return NRS_TLP_RED;
}

/* The part behind the prefix, up to its quote; -1: it says none. */
static int8_t confidence_of(struct nrs_span word)
{
	static const struct {
		const char *word;
		int8_t confidence;
	} words[] = {
		{"completely-confident\"", 100},
		{"usually-confident\"", 75},
		{"fairly-confident\"", 50},
		{"rarely-confident\"", 25},
		{"unconfident\"", 0},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is_icase(word, words[i].word))
			return words[i].confidence;
	}
	return -1;
}

/* misp-galaxy:KIND="NAME": places are what it is about and not what it is. */
static void read_galaxy(struct nrs_misp_tags *tags, struct nrs_span name)
{
	static const char *const places[] = {"country", "region",
					     "target-information"};
	const size_t equals = nrs_span_find(name, '=', 0);
	const struct nrs_span kind =
		nrs_span_part(name, sizeof(GALAXY_PREFIX) - 1,
			      equals - (sizeof(GALAXY_PREFIX) - 1));
	struct nrs_span value = nrs_span_from(name, equals + 1);

	if (equals == SIZE_MAX || value.len < 3 || value.ptr[0] != '"' ||
	    value.ptr[value.len - 1] != '"')
		return;
	value = nrs_span_part(value, 1, value.len - 2);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (nrs_span_is(kind, places[i]))
			return;
	}
	nrs_adder_label(nrs_span_is(kind, "sector") ? &tags->sectors
						    : &tags->indicates,
			"", value);
}

static void read_tag(struct nrs_misp_tags *tags, struct nrs_span name)
{
	if (starts_icase(name, TLP_PREFIX)) {
		const enum nrs_tlp tlp =
			tlp_of(nrs_span_from(name, sizeof(TLP_PREFIX) - 1));

		if (tlp > tags->tlp)
			tags->tlp = tlp;
	} else if (starts_icase(name, CONFIDENCE_PREFIX)) {
		tags->confidence = confidence_of(
			nrs_span_from(name, sizeof(CONFIDENCE_PREFIX) - 1));
	} else {
		tags->is_false_positive |=
			nrs_span_is_icase(name, "false-positive:risk=\"high\"");
		nrs_adder_label(&tags->labels, "", name);
		if (nrs_span_starts(name, GALAXY_PREFIX))
			read_galaxy(tags, name);
	}
}

int nrs_misp_tags_read(struct nrs_misp_tags *tags,
		       const struct nrs_json *object)
{
	const struct nrs_json *list = nrs_json_get(object, "Tag");

	tags->tlp = NRS_TLP_NONE;
	tags->confidence = -1;
	tags->is_false_positive = false;
	nrs_text_clear(&tags->labels);
	nrs_text_clear(&tags->indicates);
	nrs_text_clear(&tags->sectors);
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return NRS_OK;
	for (const struct nrs_json *tag = list->child; tag != NULL;
	     tag = tag->next)
		read_tag(tags, nrs_json_text(tag, "name"));
	return tags->labels.failed || tags->indicates.failed ||
			       tags->sectors.failed
		       ? NRS_E_NOMEM
		       : NRS_OK;
}
