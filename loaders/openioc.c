/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openioc: groups on a stack. While all that are open are ORs, each term or
 * AND below them is an indicator; inside an AND everything goes to one
 * condition, until its end.
 */
#include "loaders/openioc.h"

#include <stdlib.h>

#include "loaders/list_seen.h"
#include "loaders/openioc_term.h"
#include "loaders/stix_marking.h"
#include "loaders/xml_sink.h"

#define GROUPS_MAX NRS_CONDITION_DEPTH_MAX

struct group {
	bool is_all;
	uint64_t line;
	char uuid[37]; /* empty: it has none */
};

/* What stands before the definition and is true of all below it. */
struct document {
	struct nrs_indicator_context context;
	struct nrs_background background;
	const struct nrs_indicator_context *kept; /* NULL: not yet in the set */
	struct nrs_text labels, indicates;
	int64_t created_ns, modified_ns;
	enum nrs_tlp tlp;
};

struct item {
	struct nrs_text id, condition, search, value;
	uint64_t line;
	bool is_open, is_negated, ignores_case, is_cut;
};

struct openioc {
	struct nrs_reader reader;
	struct nrs_xml_sink sink;
	struct nrs_xml *xml;
	struct document document;
	struct item item;
	struct group groups[GROUPS_MAX];
	unsigned int depth;  /* of open groups */
	unsigned int all_at; /* depth of the outermost AND; 0: none */
	struct nrs_condition condition;
	struct nrs_seen ids;
	struct nrs_text relation; /* of the link under way */
	unsigned int skipping;	  /* below this depth of elements; 0: not */
	bool saw_root;
};

static void set_text(struct nrs_text *text, struct nrs_span span)
{
	nrs_text_clear(text);
	nrs_text_add(text, span);
}

static bool is_yes(struct nrs_span text)
{
	return nrs_span_is_icase(text, "true") || nrs_span_is(text, "1");
}

/* A time that cannot be read is not known: *@out stays. */
static void read_time(struct nrs_span text, int64_t *out)
{
	int64_t time;

	if (nrs_stamp_parse_human(nrs_span_trim(text), &time) == NRS_OK)
		*out = time;
}

static int begin_document(struct openioc *o, const struct nrs_xml_element *e)
{
	struct document *d = &o->document;
	const struct nrs_span id = nrs_xml_attribute(e, "id");

	d->context = (struct nrs_indicator_context){0};
	d->background = (struct nrs_background){0};
	d->kept = NULL;
	nrs_text_clear(&d->labels);
	nrs_text_clear(&d->indicates);
	d->created_ns = d->modified_ns = 0;
	d->tlp = NRS_TLP_NONE;
	read_time(nrs_xml_attribute(e, "last-modified"), &d->modified_ns);
	read_time(nrs_xml_attribute(e, "published-date"), &d->created_ns);
	o->depth = o->all_at = 0;
	o->saw_root = true;
	o->sink.result.format =
		nrs_span_is(e->name, "ioc") ? "OpenIOC 1.0" : "OpenIOC 1.1";
	return nrs_xml_sink_keep(&o->sink, id, &d->background.report_id)
		       ? NRS_OK
		       : NRS_E_NOMEM;
}

/* The texts that all indicators of the document share, once. */
static const struct nrs_indicator_context *share(struct openioc *o)
{
	struct document *d = &o->document;

	if (d->kept != NULL)
		return d->kept;
	d->background.report_name = d->context.name;
	d->background.labels = nrs_text_span(&d->labels);
	d->background.indicates = nrs_text_span(&d->indicates);
	d->context.background = &d->background;
	if (!d->labels.failed && !d->indicates.failed)
		d->kept = nrs_set_context(o->sink.set, &d->context);
	return d->kept;
}

/* The condition as an indicator of its own. */
static int emit(struct openioc *o, uint64_t line, struct nrs_span uuid)
{
	static const struct nrs_condition_rules rules = {.joins = false};
	const struct document *d = &o->document;
	const struct nrs_indicator item = {
		.context = share(o),
		.created_ns = d->created_ns,
		.modified_ns =
			d->modified_ns != 0 ? d->modified_ns : d->created_ns,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.place = (uint32_t)line,
		.confidence = -1,
		.tlp = (uint8_t)(d->tlp != NRS_TLP_NONE
					 ? d->tlp
					 : o->sink.options.default_tlp)};

	if (item.context == NULL)
		return NRS_E_NOMEM;
	/* An id that stands twice in a file names neither. */
	const int seen = uuid.len == 0 ? 0 : nrs_seen_add(&o->ids, 0, uuid);
	if (seen < 0)
		return seen;
	if (seen > 0)
		uuid.len = 0;
	if (o->condition.bytes.failed)
		return NRS_E_NOMEM;
	return nrs_xml_sink_add(&o->sink, &item, uuid,
				nrs_text_span(&o->condition.bytes), &rules);
}

static int open_group(struct openioc *o, const struct nrs_xml_element *e)
{
	const struct nrs_span word = nrs_xml_attribute(e, "operator");
	const bool is_all = nrs_span_is_icase(word, "AND");
	const char *reason = NULL;

	if (!is_all && !nrs_span_is_icase(word, "OR"))
		reason = "an Indicator whose operator is neither AND nor OR";
	else if (o->depth == GROUPS_MAX)
		reason = "an Indicator too deep in others";
	if (reason != NULL) {
		o->skipping = e->depth;
		if (o->all_at != 0)
			nrs_condition_refuse(&o->condition, reason);
		return nrs_xml_sink_refuse(&o->sink, e->line, reason, word);
	}
	struct group *g = &o->groups[o->depth++];
	*g = (struct group){.is_all = is_all, .line = e->line};
	if (!nrs_xml_uuid(nrs_xml_attribute(e, "id"), g->uuid))
		g->uuid[0] = '\0';
	if (o->all_at == 0 && is_all) {
		o->all_at = o->depth;
		nrs_condition_clear(&o->condition);
	}
	if (o->all_at != 0)
		nrs_condition_open(&o->condition, is_all);
	return NRS_OK;
}

static int close_group(struct openioc *o)
{
	int err = NRS_OK;

	if (o->depth == 0)
		return NRS_OK;
	const struct group *g = &o->groups[o->depth - 1];
	if (o->all_at != 0)
		nrs_condition_close(&o->condition);
	if (o->all_at == o->depth) {
		err = emit(o, g->line, nrs_span_of(g->uuid));
		o->all_at = 0;
	}
	o->depth--;
	return err;
}

static void open_item(struct openioc *o, const struct nrs_xml_element *e)
{
	struct item *i = &o->item;
	const struct nrs_span keep = nrs_xml_attribute(e, "preserve-case");

	set_text(&i->id, nrs_xml_attribute(e, "id"));
	set_text(&i->condition, nrs_xml_attribute(e, "condition"));
	nrs_text_clear(&i->search);
	nrs_text_clear(&i->value);
	i->line = e->line;
	i->is_open = true;
	i->is_cut = false;
	i->is_negated = is_yes(nrs_xml_attribute(e, "negate"));
	i->ignores_case = keep.len > 0 && !is_yes(keep);
	o->sink.result.objects++;
}

/* What is wrong with the item as such, or NULL. */
static const char *fault_of(const struct openioc *o, struct nrs_span value)
{
	if (o->depth == 0)
		return "an IndicatorItem outside of any Indicator";
	if (o->item.search.len == 0)
		return "an IndicatorItem without a Context";
	if (o->item.is_cut)
		return "an IndicatorItem whose value is too long";
	return value.len == 0 ? "an IndicatorItem without a value" : NULL;
}

static int close_item(struct openioc *o)
{
	struct item *i = &o->item;
	struct nrs_openioc_item item = {
		.search = nrs_span_trim(nrs_text_span(&i->search)),
		.condition = nrs_text_span(&i->condition),
		.value = nrs_span_trim(nrs_text_span(&i->value)),
		.is_negated = i->is_negated,
		.ignores_case = i->ignores_case};
	struct nrs_span uuid = nrs_text_span(&i->id);
	char text[37];

	i->is_open = false;
	o->condition.bytes.failed |= i->id.failed || i->condition.failed ||
				     i->search.failed || i->value.failed;
	if (!nrs_xml_uuid(uuid, text)) {
		/* Some exporters put the value where the id should be. */
		if (item.value.len == 0)
			item.value = nrs_span_trim(uuid);
		uuid.len = 0;
	}
	const char *reason = fault_of(o, item.value);
	if (reason != NULL) {
		if (o->all_at != 0)
			nrs_condition_refuse(&o->condition, reason);
		return nrs_xml_sink_refuse(&o->sink, i->line, reason,
					   item.search);
	}
	if (o->all_at == 0)
		nrs_condition_clear(&o->condition);
	nrs_openioc_term(&o->condition, &item);
	return o->all_at == 0 ? emit(o, i->line, uuid) : NRS_OK;
}

/* <link rel="threatgroup">: a label; "tlp" is the marking. */
static void take_link(struct openioc *o, struct nrs_span text)
{
	static const char *const names[] = {"threatgroup", "family", "campaign",
					    "malware"};
	const struct nrs_span relation = nrs_text_span(&o->relation);
	struct document *d = &o->document;

	if (nrs_span_is_icase(relation, "tlp")) {
		if (!nrs_marking_of_word(text, false, &d->tlp))
			d->tlp = NRS_TLP_RED;
		return;
	}
	if (text.len == 0 || nrs_span_is_icase(relation, "license"))
		return;
	nrs_marking_of_word(text, true, &d->tlp);
	nrs_items_add(&d->labels, text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (nrs_span_is_icase(relation, names[i]))
			nrs_items_add(&d->indicates, text);
	}
}

static void take_keywords(struct document *d, struct nrs_span text)
{
	struct nrs_span word;

	while (nrs_span_split(&text, ' ', &word))
		nrs_marking_of_word(nrs_span_trim(word), true, &d->tlp);
}

/* What a document says about itself; only before its definition. */
static int close_metadata(struct openioc *o, const struct nrs_xml_element *e)
{
	struct document *d = &o->document;
	const struct nrs_span text = nrs_span_trim(e->text);
	bool kept = true;

	if (nrs_span_is(e->name, "short_description"))
		kept = nrs_xml_sink_keep(&o->sink, text, &d->context.name);
	else if (nrs_span_is(e->name, "description"))
		kept = nrs_xml_sink_keep(&o->sink, text,
					 &d->context.description);
	else if (nrs_span_is(e->name, "authored_date"))
		read_time(text, &d->created_ns);
	else if (nrs_span_is(e->name, "keywords"))
		take_keywords(d, text);
	else if (nrs_span_is(e->name, "link"))
		take_link(o, text);
	return kept ? NRS_OK : NRS_E_NOMEM;
}

static int on_open(void *ctx, const struct nrs_xml_element *e)
{
	struct openioc *o = ctx;

	if (o->skipping != 0)
		return NRS_OK;
	if (nrs_span_is(e->name, "ioc") || nrs_span_is(e->name, "OpenIOC"))
		return begin_document(o, e);
	if (nrs_span_is(e->name, "Indicator"))
		return open_group(o, e);
	if (nrs_span_is(e->name, "IndicatorItem"))
		open_item(o, e);
	else if (o->item.is_open && nrs_span_is(e->name, "Context"))
		set_text(&o->item.search, nrs_xml_attribute(e, "search"));
	else if (nrs_span_is(e->name, "link"))
		set_text(&o->relation, nrs_xml_attribute(e, "rel"));
	return NRS_OK;
}

static int on_close(void *ctx, const struct nrs_xml_element *e)
{
	struct openioc *o = ctx;

	if (o->skipping != 0) {
		if (o->skipping == e->depth)
			o->skipping = 0;
		return NRS_OK;
	}
	if (nrs_span_is(e->name, "Indicator"))
		return close_group(o);
	if (nrs_span_is(e->name, "IndicatorItem"))
		return close_item(o);
	if (o->item.is_open && nrs_span_is(e->name, "Content")) {
		set_text(&o->item.value, e->text);
		o->item.is_cut = e->is_cut;
	}
	return o->depth == 0 && !o->item.is_open ? close_metadata(o, e)
						 : NRS_OK;
}

static int read_bytes(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_xml_push(((struct openioc *)reader)->xml, bytes);
}

static int read_end(struct nrs_reader *reader, struct nrs_loader_result *result,
		    struct nrs_diag *diag)
{
	struct openioc *o = (struct openioc *)reader;
	const int err = nrs_xml_sink_end(&o->sink, o->xml, result, diag);

	if (err == NRS_OK && !o->saw_root)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "is XML, but no OpenIOC");
	return err;
}

static void read_free(struct nrs_reader *reader)
{
	struct openioc *o = (struct openioc *)reader;

	nrs_xml_free(o->xml);
	nrs_xml_sink_fini(&o->sink);
	nrs_condition_fini(&o->condition);
	nrs_seen_fini(&o->ids);
	nrs_text_fini(&o->document.labels);
	nrs_text_fini(&o->document.indicates);
	nrs_text_fini(&o->item.id);
	nrs_text_fini(&o->item.condition);
	nrs_text_fini(&o->item.search);
	nrs_text_fini(&o->item.value);
	nrs_text_fini(&o->relation);
	free(o);
}

bool nrs_openioc_detect(struct nrs_span head)
{
	const struct nrs_span root = nrs_xml_root(head);

	return nrs_span_is(root, "ioc") || nrs_span_is(root, "OpenIOC");
}

int nrs_openioc_open(struct nrs_reader **out, struct nrs_set *set,
		     uint32_t source, const struct nrs_loader_options *options,
		     struct nrs_diag *diag)
{
	static const struct nrs_xml_events events = {.open = on_open,
						     .close = on_close};
	struct openioc *o = calloc(1, sizeof(*o));
	int err;

	(void)diag;
	if (o == NULL)
		return NRS_E_NOMEM;
	o->reader = (struct nrs_reader){
		.push = read_bytes, .end = read_end, .free = read_free};
	o->sink = (struct nrs_xml_sink){.set = set,
					.source = source,
					.options = *options,
					.result = {.format = "OpenIOC"}};
	err = nrs_seen_init(&o->ids);
	if (err == NRS_OK)
		err = nrs_xml_new(&o->xml, &events, o);
	if (err != NRS_OK) {
		read_free(&o->reader);
		return err;
	}
	*out = &o->reader;
	return NRS_OK;
}
