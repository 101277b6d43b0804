/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_said: the names under which handling fields are met are one table: a
 * property "urgency", "x_urgency" or "x_isac_urgency", at the object or in one
 * of its extensions, and a tag 'urgency:high', 'isac:urgency="high"'.
 */
#include "loaders/stix_said.h"

#include "loaders/stix_marking.h"

enum {
	MARKINGS,
	GRANULAR,
	TYPES,
	LABELS,
	KILL_CHAIN,
	SECTORS,
	URGENCY,
	CREDIBILITY,
	AUDIENCE,
	PURPOSE,
	SEVERITY
};
_Static_assert(SEVERITY + 1 == NRS_STIX_SAID_TEXTS, "one text each");

/* A word that a property or a tag ends in, and what it says. */
#define WORD(word, text)                                                       \
	{                                                                      \
		word, sizeof(word) - 1, text                                   \
	}
static const struct {
	const char *word;
	size_t len;
	unsigned int text;
} handling[] = {
	WORD("sectors", SECTORS),
	WORD("sector", SECTORS),
	WORD("urgency", URGENCY),
	WORD("credibility", CREDIBILITY),
	WORD("audience", AUDIENCE),
	WORD("purpose", PURPOSE),
	WORD("severity", SEVERITY),
	WORD("source-reliability", CREDIBILITY),
	WORD("reliability", CREDIBILITY),
	WORD("information-credibility", CREDIBILITY),
	WORD("pap", PURPOSE),
};
#define HANDLING (sizeof(handling) / sizeof(*handling))

/* Values of one field, from a hostile object. */
#define VALUE_MAX 200u

void nrs_stix_said_fini(struct nrs_stix_said *said)
{
	for (unsigned int i = 0; i < NRS_STIX_SAID_TEXTS; i++)
		nrs_text_fini(&said->text[i]);
}

/* One more value of a text that is no list: a comma between. */
static void add_value(struct nrs_text *text, unsigned int which,
		      struct nrs_span value)
{
	value = nrs_span_part(nrs_span_trim(value), 0, VALUE_MAX);
	while (value.len > 0 && !nrs_span_is_utf8(value))
		value.len--; /* cut inside a character */
	if (which == SECTORS) {
		nrs_items_add(text, value);
		return;
	}
	if (value.len == 0 || text->len > 4 * VALUE_MAX)
		return;
	if (text->len > 0)
		nrs_text_puts(text, ", ");
	for (size_t i = 0; i < value.len; i++)
		nrs_text_putc(text,
			      value.ptr[i] < ' ' ? ' ' : (char)value.ptr[i]);
}

/* The field that @name means, or HANDLING: equal to its word, or ending in it
 * behind one of @separators. */
static size_t field_of(struct nrs_span name, const char *separators)
{
	/* What the words end in: most names are none by that alone. */
	static const bool is_end[UINT8_MAX + 1] = {
		['e'] = true, ['p'] = true, ['r'] = true, ['s'] = true,
		['y'] = true, ['E'] = true, ['P'] = true, ['R'] = true,
		['S'] = true, ['Y'] = true};

	if (name.len == 0 || !is_end[name.ptr[name.len - 1]])
		return HANDLING;
	for (size_t i = 0; i < HANDLING; i++) {
		const size_t len = handling[i].len;
		const size_t at = name.len - len;

		/* Its ends first: this is asked of every property there is. */
		if (name.len < len ||
		    nrs_ascii_lower(name.ptr[at]) !=
			    (uint8_t)handling[i].word[0] ||
		    nrs_ascii_lower(name.ptr[name.len - 1]) !=
			    (uint8_t)handling[i].word[len - 1] ||
		    !nrs_span_is_icase(nrs_span_from(name, at),
				       handling[i].word))
			continue;
		if (at == 0 || strchr(separators, name.ptr[at - 1]) != NULL)
			return i;
	}
	return HANDLING;
}

static void add_json(struct nrs_text *text, unsigned int which,
		     const struct nrs_json *value)
{
	if (nrs_json_is(value, NRS_JSON_ARRAY)) {
		for (const struct nrs_json *e = value->child; e != NULL;
		     e = e->next)
			add_value(text, which, e->text);
		return;
	}
	add_value(text, which, value->text);
}

/* Properties of @object whose name tells a field; all of an extension's. */
static void read_properties(struct nrs_stix_said *said,
			    const struct nrs_json *object)
{
	if (!nrs_json_is(object, NRS_JSON_OBJECT))
		return;
	for (const struct nrs_json *m = object->child; m != NULL; m = m->next) {
		const size_t field = field_of(m->key, "_-");

		if (field < HANDLING)
			add_json(&said->text[handling[field].text],
				 handling[field].text, m);
	}
}

/* 'namespace:predicate="value"' or 'predicate:value'. */
static void read_tag(struct nrs_stix_said *said, struct nrs_span tag)
{
	const size_t equals = nrs_span_find(tag, '=', 0);
	const size_t colon = nrs_span_find(tag, ':', 0);
	const size_t end = equals < tag.len ? equals : colon;

	if (end >= tag.len)
		return;
	const size_t field = field_of(nrs_span_part(tag, 0, end), ":_-");
	struct nrs_span value = nrs_span_trim(nrs_span_from(tag, end + 1));
	if (field == HANDLING)
		return;
	if (value.len >= 2 && value.ptr[0] == '"' &&
	    value.ptr[value.len - 1] == '"')
		value = nrs_span_part(value, 1, value.len - 2);
	if (strcmp(handling[field].word, "pap") == 0)
		value = tag; /* "PAP:AMBER" is a word of its own */
	add_value(&said->text[handling[field].text], handling[field].text,
		  value);
}

static void read_words(struct nrs_text *out, const struct nrs_json *list)
{
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next)
		nrs_items_add(out, e->text);
}

static void read_kill_chain(struct nrs_text *out, const struct nrs_json *list)
{
	struct nrs_text one = {0};

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return;
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next) {
		const struct nrs_span phase = nrs_json_text(e, "phase_name");

		if (phase.len == 0)
			continue;
		nrs_text_clear(&one);
		nrs_text_add(&one, nrs_json_text(e, "kill_chain_name"));
		nrs_text_putc(&one, ':');
		nrs_text_add(&one, phase);
		out->failed |= one.failed;
		nrs_items_add(out, nrs_text_span(&one));
	}
	nrs_text_fini(&one);
}

static void read_handling(struct nrs_stix_said *said,
			  const struct nrs_json *object)
{
	const struct nrs_json *extensions = nrs_json_get(object, "extensions");
	const struct nrs_json *labels = nrs_json_get(object, "labels");

	read_properties(said, object);
	if (nrs_json_is(extensions, NRS_JSON_OBJECT)) {
		for (const struct nrs_json *e = extensions->child; e != NULL;
		     e = e->next)
			read_properties(said, e);
	}
	if (nrs_json_is(labels, NRS_JSON_ARRAY)) {
		for (const struct nrs_json *e = labels->child; e != NULL;
		     e = e->next)
			read_tag(said, e->text);
	}
}

int nrs_stix_said_read(struct nrs_stix_said *said,
		       const struct nrs_json *object,
		       struct nrs_background *out)
{
	struct nrs_text *text = said->text;
	bool failed = false;

	for (unsigned int i = 0; i < NRS_STIX_SAID_TEXTS; i++)
		nrs_text_clear(&text[i]);
	nrs_marking_ids(object, &text[MARKINGS]);
	nrs_marking_granular(object, &text[GRANULAR]);
	read_words(&text[TYPES], nrs_json_get(object, "indicator_types"));
	read_words(&text[LABELS], nrs_json_get(object, "labels"));
	read_kill_chain(&text[KILL_CHAIN],
			nrs_json_get(object, "kill_chain_phases"));
	read_handling(said, object);
	for (unsigned int i = 0; i < NRS_STIX_SAID_TEXTS; i++)
		failed |= text[i].failed;
	*out = (struct nrs_background){
		.created_by = nrs_json_text(object, "created_by_ref"),
		.markings = nrs_text_span(&text[MARKINGS]),
		.granular = nrs_text_span(&text[GRANULAR]),
		.types = nrs_text_span(&text[TYPES]),
		.labels = nrs_text_span(&text[LABELS]),
		.kill_chain = nrs_text_span(&text[KILL_CHAIN]),
		.sectors = nrs_text_span(&text[SECTORS]),
		.urgency = nrs_text_span(&text[URGENCY]),
		.credibility = nrs_text_span(&text[CREDIBILITY]),
		.audience = nrs_text_span(&text[AUDIENCE]),
		.purpose = nrs_text_span(&text[PURPOSE]),
		.severity = nrs_text_span(&text[SEVERITY])};
	return failed ? NRS_E_NOMEM : NRS_OK;
}
