/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1: each element has a place, decided from its parent's. Indicators are
 * added when they end, or, if they refer to something, when the file ends.
 */
#include "loaders/stix1.h"

#include <stdlib.h>

#include "loaders/stix1_file.h"
#include "loaders/stix1_object.h"

struct stix1 {
	struct nrs_reader reader;
	struct nrs_stix1_file file;
	struct nrs_xml *xml;
	enum nrs_stix1_place places[NRS_XML_DEPTH_MAX + 1];
	size_t starts[NRS_XML_DEPTH_MAX + 1]; /* in the condition */
	struct nrs_text ids[NRS_XML_DEPTH_MAX + 1];
	unsigned int indicator_at; /* depth of the outermost; 0: outside */
	struct nrs_stix1_object object;
	unsigned int skipping; /* below this depth; 0: not */
	bool saw_root;
};

static bool is_yes(struct nrs_span text)
{
	return nrs_span_is_icase(text, "true") || nrs_span_is(text, "1");
}

static int open_package(struct stix1 *s, const struct nrs_xml_element *e)
{
	s->saw_root = true;
	if (nrs_stix1_package_open(&s->file, e))
		return NRS_OK;
	s->skipping = e->depth;
	return nrs_xml_sink_refuse(&s->file.sink, e->line,
				   "a package too deep in others",
				   nrs_span(NULL, 0));
}

/* An Indicator by id is its own; by idref it is named somewhere else. */
static void open_indicator(struct stix1 *s, const struct nrs_xml_element *e)
{
	const struct nrs_span idref = nrs_xml_attribute(e, "idref");

	if (idref.len > 0) {
		if (s->indicator_at != 0)
			nrs_condition_refer(&s->file.condition, idref);
		s->skipping = e->depth;
		return;
	}
	if (s->indicator_at == 0) {
		s->indicator_at = e->depth;
		nrs_stix1_draft_begin(&s->file.draft, e);
		nrs_condition_clear(&s->file.condition);
		s->file.sink.result.objects++;
	} else if (is_yes(nrs_xml_attribute(e, "negate"))) {
		nrs_condition_refuse(&s->file.condition, "a negated indicator");
	}
	nrs_condition_open(&s->file.condition, false);
}

/* An Observable of no indicator: for those that refer to it. */
static void begin_outside(struct stix1 *s)
{
	nrs_condition_clear(&s->file.condition);
	s->file.observables++;
}

/* An Observable or Object: what it is, or by idref where that stands. */
static void open_observable(struct stix1 *s, const struct nrs_xml_element *e,
			    enum nrs_stix1_place place)
{
	const struct nrs_span idref = nrs_xml_attribute(e, "idref");
	const enum nrs_stix1_place parent = s->places[e->depth - 1];

	if (s->indicator_at == 0 &&
	    (parent == NRS_STIX1_OUTSIDE || parent == NRS_STIX1_PACKAGE))
		begin_outside(s);
	s->starts[e->depth] = s->file.condition.bytes.len;
	nrs_text_clear(&s->ids[e->depth]);
	nrs_text_add(&s->ids[e->depth], nrs_xml_attribute(e, "id"));
	if (idref.len > 0)
		nrs_condition_refer(&s->file.condition, idref);
	else if (place == NRS_STIX1_OBSERVABLE &&
		 is_yes(nrs_xml_attribute(e, "negate")))
		nrs_condition_refuse(&s->file.condition,
				     "a negated observable");
	else
		return;
	s->skipping = e->depth;
}

/* AND or OR of indicators or observables. */
static void open_composition(struct stix1 *s, const struct nrs_xml_element *e)
{
	const struct nrs_span word = nrs_xml_attribute(e, "operator");
	const bool is_all = nrs_span_is_icase(word, "AND");

	if (is_all || nrs_span_is_icase(word, "OR")) {
		nrs_condition_open(&s->file.condition, is_all);
		return;
	}
	nrs_condition_refuse(&s->file.condition,
			     "a composition that is neither AND nor OR");
	s->skipping = e->depth;
}

static enum nrs_tlp *marked(struct stix1 *s)
{
	struct nrs_stix1_package *p = nrs_stix1_package(&s->file);

	if (s->indicator_at != 0)
		return &s->file.draft.tlp;
	return p == NULL ? NULL : &p->tlp;
}

static int enter(struct stix1 *s, const struct nrs_xml_element *e,
		 enum nrs_stix1_place place)
{
	enum nrs_tlp *tlp;

	switch (place) {
	case NRS_STIX1_PACKAGE:
		return open_package(s, e);
	case NRS_STIX1_INDICATOR:
		open_indicator(s, e);
		break;
	case NRS_STIX1_OBSERVABLE:
	case NRS_STIX1_OBJECT:
		open_observable(s, e, place);
		break;
	case NRS_STIX1_COMPOSITE:
	case NRS_STIX1_COMPOSITION:
		open_composition(s, e);
		break;
	case NRS_STIX1_EVENT:
		nrs_condition_refuse(&s->file.condition, "an event");
		s->skipping = e->depth;
		break;
	case NRS_STIX1_PROPERTIES:
		nrs_stix1_object_begin(&s->object, &s->file.condition, e);
		break;
	case NRS_STIX1_FIELD:
		nrs_stix1_object_open(&s->object, e);
		break;
	case NRS_STIX1_HANDLING:
		tlp = marked(s);
		if (tlp != NULL)
			nrs_stix1_marking(e, tlp);
		break;
	case NRS_STIX1_PHASE:
		if (s->indicator_at == e->depth - 2)
			nrs_stix1_draft_phase(&s->file.draft, e);
		break;
	case NRS_STIX1_SKIPPED:
		s->skipping = e->depth;
		break;
	default:
		break;
	}
	return NRS_OK;
}

static int on_open(void *ctx, const struct nrs_xml_element *e)
{
	struct stix1 *s = ctx;

	if (s->skipping != 0)
		return NRS_OK;
	s->places[e->depth] = nrs_stix1_place(s->places[e->depth - 1], e);
	return enter(s, e, s->places[e->depth]);
}

/* What stood in an Observable or Object; outside of indicators, by its id. */
static int close_observable(struct stix1 *s, const struct nrs_xml_element *e)
{
	const size_t start = s->starts[e->depth];
	struct nrs_span bytes = nrs_text_span(&s->file.condition.bytes);

	if (!s->file.condition.is_too_large && bytes.len == start) {
		nrs_condition_refuse(&s->file.condition,
				     "an observable of nothing");
		bytes = nrs_text_span(&s->file.condition.bytes);
	}
	if (s->file.condition.bytes.failed || s->ids[e->depth].failed)
		return NRS_E_NOMEM;
	if (s->indicator_at != 0)
		return NRS_OK;
	if (!s->file.condition.is_too_large)
		bytes = nrs_span_from(bytes, start);
	return nrs_stix1_named_add(&s->file.named,
				   nrs_text_span(&s->ids[e->depth]), bytes);
}

static int close_indicator(struct stix1 *s, const struct nrs_xml_element *e)
{
	nrs_condition_close(&s->file.condition);
	if (s->indicator_at != e->depth)
		return NRS_OK;
	const int err = nrs_stix1_file_add(&s->file);
	s->indicator_at = 0;
	return err;
}

/* A text of the indicator itself, not of one in its composition; or of the
 * package around. */
static int close_leaf(struct stix1 *s, const struct nrs_xml_element *e,
		      enum nrs_stix1_place place)
{
	unsigned int above = e->depth - 1;
	struct nrs_stix1_package *p = nrs_stix1_package(&s->file);

	while (above > s->indicator_at &&
	       s->places[above] != NRS_STIX1_INDICATOR)
		above--;
	if (s->indicator_at != 0) {
		if (s->indicator_at == above)
			nrs_stix1_draft_leaf(&s->file.draft, place, e->text);
		return NRS_OK;
	}
	if (place != NRS_STIX1_TITLE || p == NULL)
		return NRS_OK;
	return nrs_xml_sink_keep(&s->file.sink, nrs_span_trim(e->text),
				 &p->title)
		       ? NRS_OK
		       : NRS_E_NOMEM;
}

static int leave(struct stix1 *s, const struct nrs_xml_element *e,
		 enum nrs_stix1_place place)
{
	switch (place) {
	case NRS_STIX1_PACKAGE:
		nrs_stix1_package_close(&s->file, e);
		return NRS_OK;
	case NRS_STIX1_INDICATOR:
		return close_indicator(s, e);
	case NRS_STIX1_OBSERVABLE:
	case NRS_STIX1_OBJECT:
		return close_observable(s, e);
	case NRS_STIX1_COMPOSITE:
	case NRS_STIX1_COMPOSITION:
		nrs_condition_close(&s->file.condition);
		return NRS_OK;
	case NRS_STIX1_PROPERTIES:
		nrs_stix1_object_end(&s->object, &s->file.condition);
		return NRS_OK;
	case NRS_STIX1_FIELD:
		nrs_stix1_object_close(&s->object, &s->file.condition, e);
		return NRS_OK;
	case NRS_STIX1_TITLE:
	case NRS_STIX1_DESCRIPTION:
	case NRS_STIX1_TYPE:
	case NRS_STIX1_CREATOR:
	case NRS_STIX1_START:
	case NRS_STIX1_END:
	case NRS_STIX1_LEVEL:
		return close_leaf(s, e, place);
	default:
		return NRS_OK;
	}
}

static int on_close(void *ctx, const struct nrs_xml_element *e)
{
	struct stix1 *s = ctx;

	if (s->skipping == 0)
		return leave(s, e, s->places[e->depth]);
	if (s->skipping != e->depth)
		return NRS_OK;
	s->skipping = 0;
	/* A reference, or what was refused, may have a name of its own. */
	return s->places[e->depth] == NRS_STIX1_OBSERVABLE ||
			       s->places[e->depth] == NRS_STIX1_OBJECT
		       ? close_observable(s, e)
		       : NRS_OK;
}

static int read_bytes(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_xml_push(((struct stix1 *)reader)->xml, bytes);
}

static int read_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	struct stix1 *s = (struct stix1 *)reader;
	int err = nrs_stix1_file_end(&s->file);

	if (err == NRS_OK)
		err = nrs_xml_sink_end(&s->file.sink, s->xml, result, diag);
	if (err == NRS_OK && !s->saw_root)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is XML, but no STIX package");
	return err;
}

static void read_free(struct nrs_reader *reader)
{
	struct stix1 *s = (struct stix1 *)reader;

	nrs_xml_free(s->xml);
	for (unsigned int i = 0; i <= NRS_XML_DEPTH_MAX; i++)
		nrs_text_fini(&s->ids[i]);
	nrs_stix1_file_fini(&s->file);
	free(s);
}

bool nrs_stix1_detect(struct nrs_span head)
{
	return nrs_span_is(nrs_xml_root(head), "STIX_Package");
}

int nrs_stix1_open(struct nrs_reader **out, struct nrs_set *set,
		   uint32_t source, const struct nrs_loader_options *options,
		   struct nrs_diag *diag)
{
	static const struct nrs_xml_events events = {.open = on_open,
						     .close = on_close};
	struct stix1 *s = calloc(1, sizeof(*s));

	(void)diag;
	if (s == NULL)
		return NRS_E_NOMEM;
	s->reader = (struct nrs_reader){
		.push = read_bytes, .end = read_end, .free = read_free};
	s->file.sink =
		(struct nrs_xml_sink){.set = set,
				      .source = source,
				      .options = *options,
				      .result = {.format = "STIX 1 package"}};
	const int err = nrs_xml_new(&s->xml, &events, s);
	if (err != NRS_OK) {
		read_free(&s->reader);
		return err;
	}
	*out = &s->reader;
	return NRS_OK;
}
