/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_file: packages on a stack, indicators into the set.
 */
#include "loaders/stix1_file.h"

#include <stdlib.h>

#define WAITING_MAX 1000000u
#define BUDGET ((uint64_t)128 << 20)

bool nrs_stix1_package_open(struct nrs_stix1_file *f,
			    const struct nrs_xml_element *e)
{
	struct nrs_stix1_package *p = &f->packages[f->package_count];

	if (f->package_count == NRS_STIX1_PACKAGES_MAX)
		return false;
	*p = (struct nrs_stix1_package){.depth = e->depth};
	f->failed |= !nrs_xml_sink_keep(&f->sink, nrs_xml_attribute(e, "id"),
					&p->id);
	f->package_count++;
	return true;
}

struct nrs_stix1_package *nrs_stix1_package(struct nrs_stix1_file *f)
{
	return f->package_count == 0 ? NULL
				     : &f->packages[f->package_count - 1];
}

void nrs_stix1_package_close(struct nrs_stix1_file *f,
			     const struct nrs_xml_element *e)
{
	const struct nrs_stix1_package *p = nrs_stix1_package(f);

	if (p != NULL && p->depth == e->depth)
		f->package_count--;
}

/* The strictest of all packages around and of the indicator itself. */
static enum nrs_tlp tlp_of(const struct nrs_stix1_file *f)
{
	enum nrs_tlp tlp = f->draft.tlp;

	for (unsigned int i = 0; i < f->package_count; i++)
		tlp = f->packages[i].tlp > tlp ? f->packages[i].tlp : tlp;
	return tlp != NRS_TLP_NONE ? tlp : f->sink.options.default_tlp;
}

static const struct nrs_indicator_context *context_of(struct nrs_stix1_file *f)
{
	const struct nrs_stix1_draft *d = &f->draft;
	struct nrs_background background = {
		.types = nrs_text_span(&d->types),
		.kill_chain = nrs_text_span(&d->kill_chain),
		.creator = nrs_text_span(&d->creator)};
	const struct nrs_indicator_context said = {
		.name = nrs_text_span(&d->title),
		.description = nrs_text_span(&d->description),
		.background = &background};

	if (d->title.failed || d->description.failed || d->types.failed ||
	    d->kill_chain.failed || d->creator.failed || d->id.failed)
		return NULL;
	if (f->package_count > 0) {
		background.report_id = f->packages[f->package_count - 1].id;
		background.report_name =
			f->packages[f->package_count - 1].title;
	}
	return nrs_set_context(f->sink.set, &said);
}

static int add(struct nrs_stix1_file *f, const struct nrs_indicator *item,
	       struct nrs_span id, struct nrs_span bytes)
{
	const struct nrs_condition_rules rules = {.joins = true,
						  .find = nrs_stix1_named_find,
						  .ctx = &f->named,
						  .budget = f->budget};
	const int err = nrs_xml_sink_add(&f->sink, item, id, bytes, &rules);

	if (err != NRS_OK || item->valid_until_ns > item->valid_from_ns ||
	    item->valid_from_ns == NRS_TIME_MIN)
		return err;
	return nrs_set_judge(f->sink.set, nrs_set_count(f->sink.set) - 1,
			     NRS_STATUS_REJECTED,
			     "its end is not after its start");
}

/* What it refers to may follow. */
static int wait_for_end(struct nrs_stix1_file *f,
			const struct nrs_indicator *item)
{
	const struct nrs_span bytes = nrs_text_span(&f->condition.bytes);
	struct nrs_stix1_waiting w = {.item = *item};

	if (f->waiting_count == WAITING_MAX)
		return nrs_xml_sink_refuse(&f->sink, item->place,
					   "too many indicators that refer to "
					   "others",
					   nrs_text_span(&f->draft.id));
	if (f->waiting_count == f->waiting_room) {
		const size_t room =
			f->waiting_room == 0 ? 64 : 2 * f->waiting_room;
		struct nrs_stix1_waiting *waiting =
			reallocarray(f->waiting, room, sizeof(*waiting));

		if (waiting == NULL)
			return NRS_E_NOMEM;
		f->waiting = waiting;
		f->waiting_room = room;
	}
	w.bytes = nrs_stix1_named_keep(&f->named, bytes);
	if (w.bytes.len == 0)
		return NRS_E_NOMEM;
	if (!nrs_xml_sink_keep(&f->sink, nrs_text_span(&f->draft.id), &w.id))
		return NRS_E_NOMEM;
	f->waiting[f->waiting_count++] = w;
	return NRS_OK;
}

int nrs_stix1_file_add(struct nrs_stix1_file *f)
{
	const struct nrs_stix1_draft *d = &f->draft;
	const struct nrs_span id = nrs_text_span(&d->id);
	const struct nrs_indicator item = {.context = context_of(f),
					   .created_ns = d->time_ns,
					   .modified_ns = d->time_ns,
					   .valid_from_ns = d->from_ns,
					   .valid_until_ns = d->until_ns,
					   .place = (uint32_t)d->line,
					   .confidence = d->confidence,
					   .tlp = (uint8_t)tlp_of(f),
					   .warned = d->warned};
	int err;

	if (item.context == NULL || f->condition.bytes.failed)
		return NRS_E_NOMEM;
	if (d->is_negated) {
		nrs_condition_clear(&f->condition);
		nrs_condition_refuse(&f->condition, "a negated indicator");
	}
	err = nrs_stix1_named_add(&f->named, id,
				  nrs_text_span(&f->condition.bytes));
	if (err != NRS_OK)
		return err;
	if (nrs_condition_refers(&f->condition))
		return wait_for_end(f, &item);
	return add(f, &item, id, nrs_text_span(&f->condition.bytes));
}

int nrs_stix1_file_end(struct nrs_stix1_file *f)
{
	uint64_t budget = BUDGET;
	int err = NRS_OK;

	/* Seen somewhere, but nobody asks to look for them. */
	if (f->waiting_count == 0) {
		f->sink.result.objects += f->observables;
		nrs_loader_ignore(&f->sink.result, NRS_IGNORED_OBSERVABLE,
				  f->observables);
	}
	f->budget = &budget;
	for (size_t i = 0; i < f->waiting_count && err == NRS_OK; i++)
		err = add(f, &f->waiting[i].item, f->waiting[i].id,
			  f->waiting[i].bytes);
	f->waiting_count = 0;
	f->budget = NULL;
	return f->failed ? NRS_E_NOMEM : err;
}

void nrs_stix1_file_fini(struct nrs_stix1_file *f)
{
	nrs_xml_sink_fini(&f->sink);
	nrs_stix1_draft_fini(&f->draft);
	nrs_condition_fini(&f->condition);
	nrs_stix1_named_fini(&f->named);
	free(f->waiting);
}
