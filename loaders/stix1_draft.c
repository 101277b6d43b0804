/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_draft: times, confidence, markings of an Indicator.
 */
#include "loaders/stix1_draft.h"

#include "engine/background.h"
#include "loaders/confidence.h"
#include "loaders/stix_marking.h"

void nrs_stix1_draft_fini(struct nrs_stix1_draft *d)
{
	nrs_text_fini(&d->id);
	nrs_text_fini(&d->title);
	nrs_text_fini(&d->description);
	nrs_text_fini(&d->creator);
	nrs_text_fini(&d->types);
	nrs_text_fini(&d->kill_chain);
}

/* False: it is no time, and *@out stays. */
static bool read_time(struct nrs_span text, int64_t *out)
{
	int64_t time;

	if (nrs_stamp_parse_human(nrs_span_trim(text), &time) != NRS_OK)
		return false;
	*out = time;
	return true;
}

void nrs_stix1_draft_begin(struct nrs_stix1_draft *d,
			   const struct nrs_xml_element *e)
{
	const struct nrs_span time = nrs_xml_attribute(e, "timestamp");
	const struct nrs_span negate = nrs_xml_attribute(e, "negate");

	nrs_text_clear(&d->id);
	nrs_text_clear(&d->title);
	nrs_text_clear(&d->description);
	nrs_text_clear(&d->creator);
	nrs_text_clear(&d->types);
	nrs_text_clear(&d->kill_chain);
	nrs_text_add(&d->id, nrs_xml_attribute(e, "id"));
	d->time_ns = 0;
	d->warned = time.len > 0 && !read_time(time, &d->time_ns);
	d->from_ns = NRS_TIME_MIN;
	d->until_ns = NRS_TIME_MAX;
	d->line = e->line;
	d->confidence = -1;
	d->tlp = NRS_TLP_NONE;
	d->is_negated =
		nrs_span_is_icase(negate, "true") || nrs_span_is(negate, "1");
}

/* A word of the High-Medium-Low scale, or 0 to 100. */
static int8_t confidence_of(struct nrs_span text)
{
	int8_t confidence = -1;

	if (nrs_confidence_read(NRS_SCALE_WORDS, text, &confidence) != NRS_OK)
		(void)nrs_confidence_read(NRS_SCALE_PERCENT, text, &confidence);
	return confidence;
}

/* Several positions: from the first start to the last end. */
static void take_start(struct nrs_stix1_draft *d, struct nrs_span text)
{
	int64_t time;

	if (!read_time(text, &time))
		d->warned = true;
	else if (d->from_ns == NRS_TIME_MIN || time < d->from_ns)
		d->from_ns = time;
}

static void take_end(struct nrs_stix1_draft *d, struct nrs_span text)
{
	int64_t time;

	if (!read_time(text, &time))
		d->warned = true;
	else if (d->until_ns == NRS_TIME_MAX || time > d->until_ns)
		d->until_ns = time;
}

static void set_text(struct nrs_text *to, struct nrs_span text)
{
	nrs_text_clear(to);
	nrs_text_add(to, text);
}

void nrs_stix1_draft_leaf(struct nrs_stix1_draft *d, enum nrs_stix1_place place,
			  struct nrs_span text)
{
	text = nrs_span_trim(text);
	if (text.len == 0)
		return;
	switch (place) {
	case NRS_STIX1_TITLE:
		set_text(&d->title, text);
		break;
	case NRS_STIX1_DESCRIPTION:
		set_text(&d->description, text);
		break;
	case NRS_STIX1_TYPE:
		nrs_items_add(&d->types, text);
		break;
	case NRS_STIX1_CREATOR:
		set_text(&d->creator, text);
		break;
	case NRS_STIX1_START:
		take_start(d, text);
		break;
	case NRS_STIX1_END:
		take_end(d, text);
		break;
	case NRS_STIX1_LEVEL:
		d->confidence = confidence_of(text);
		break;
	default:
		break;
	}
}

void nrs_stix1_draft_phase(struct nrs_stix1_draft *d,
			   const struct nrs_xml_element *e)
{
	const struct nrs_span phase = nrs_xml_attribute(e, "name");
	struct nrs_text item = {0};

	if (phase.len == 0)
		return;
	nrs_text_add(&item, nrs_xml_attribute(e, "kill_chain_name"));
	nrs_text_putc(&item, ':');
	nrs_text_add(&item, phase);
	nrs_items_add(&d->kill_chain, nrs_text_span(&item));
	d->kill_chain.failed |= item.failed;
	nrs_text_fini(&item);
}

void nrs_stix1_marking(const struct nrs_xml_element *e, enum nrs_tlp *tlp)
{
	/* They say something else than whom to tell. */
	static const char *const others[] = {
		"SimpleMarkingStructureType", "TermsOfUseMarkingStructureType",
		"AISMarkingStructure",
		"AISMarkingStructureType"}; /* its TLPMarking follows */
	const struct nrs_span color = nrs_xml_attribute(e, "color");
	const struct nrs_span type = nrs_xml_type(e);

	if (color.len > 0) {
		if (!nrs_marking_of_word(color, false, tlp))
			*tlp = NRS_TLP_RED;
		return;
	}
	if (!nrs_span_is(e->name, "Marking_Structure"))
		return;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (nrs_span_is(type, others[i]))
			return;
	}
	*tlp = NRS_TLP_RED;
}
