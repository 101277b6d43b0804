/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_join: the facts of a file put to its indicators.
 *
 * Each look-up and each list has a bound, so that no file can make the work
 * for one indicator grow with the square of its size. Most indicators of a
 * delivery end with the same few rows, which the set keeps once.
 */
#include <stdlib.h>

#include "loaders/stix_context.h"
#include "loaders/stix_marking.h"

#define AHEAD 32u /* indicators whose facts are fetched together */

enum { INDICATES, BASED_ON, ACTIONS, SECTORS, GRANULAR, REPORTS, TEXTS };

struct join {
	const struct nrs_stix_context *context;
	struct nrs_set *set;
	struct nrs_text text[TEXTS];
	struct nrs_background row; /* of the indicator at hand */
};

static enum nrs_tlp meaning(const struct nrs_stix_context *c,
			    struct nrs_span id)
{
	const struct nrs_stix_fact *said =
		nrs_stix_facts_first(&c->markings, id);
	enum nrs_tlp tlp = NRS_TLP_RED; /* an unknown marking */

	if (!nrs_marking_of_id(id, &tlp) && said != NULL)
		tlp = (enum nrs_tlp)said->kind;
	return tlp;
}

static enum nrs_tlp strictest(const struct nrs_stix_context *c,
			      struct nrs_span ids, enum nrs_tlp otherwise)
{
	enum nrs_tlp most = NRS_TLP_NONE;
	struct nrs_span id;

	while (nrs_span_split(&ids, '\n', &id)) {
		const enum nrs_tlp tlp = meaning(c, id);

		most = tlp > most ? tlp : most;
	}
	return most == NRS_TLP_NONE ? otherwise : most;
}

/* "SELECTOR ID" becomes "SELECTOR TLP ID". */
static void join_granular(struct join *j)
{
	struct nrs_text *out = &j->text[GRANULAR];
	struct nrs_span rest = j->row.granular, line;

	while (nrs_span_split(&rest, '\n', &line)) {
		const size_t blank = nrs_span_find(line, ' ', 0);
		const struct nrs_span id = nrs_span_from(line, blank + 1);

		if (out->len > 0)
			nrs_text_putc(out, '\n');
		nrs_text_add(out, nrs_span_part(line, 0, blank + 1));
		nrs_text_puts(out, nrs_tlp_name(meaning(j->context, id)));
		nrs_text_putc(out, ' ');
		nrs_text_add(out, id);
	}
	j->row.granular = nrs_text_span(out);
}

static int by_text(const void *a, const void *b)
{
	return nrs_span_compare(*(const struct nrs_span *)a,
				*(const struct nrs_span *)b);
}

/* The @count @items sorted, each once, behind what @out holds already. */
static void put_sorted(struct nrs_text *out, struct nrs_span *items,
		       size_t count)
{
	size_t written = 0;

	if (count > 1)
		qsort(items, count, sizeof(*items), by_text);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && nrs_span_equal(items[i], items[i - 1]))
			continue;
		if (written++ == NRS_STIX_INDICATES_MAX) {
			nrs_items_add(out, nrs_span_of("..."));
			return;
		}
		nrs_items_add(out, items[i]);
	}
}

/* Names of the objects that @facts lead to, appended to @names. */
static size_t names_of(const struct nrs_stix_context *c,
		       const struct nrs_stix_fact **facts, size_t count,
		       struct nrs_span *names)
{
	const struct nrs_stix_fact *named;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (nrs_stix_facts_about(&c->names, facts[i]->value, &named,
					 1) > 0)
			names[found++] = named->value;
	}
	return found;
}

/* What mitigates the object @id, up to some, among @names. */
static size_t add_actions(const struct nrs_stix_context *c, struct nrs_span id,
			  struct nrs_span *names)
{
	const struct nrs_stix_fact *facts[NRS_STIX_INDICATES_MAX];
	const size_t count = nrs_stix_facts_about(&c->mitigated, id, facts,
						  NRS_STIX_INDICATES_MAX);

	return names_of(c, facts, count, names);
}

/* Sectors of the identities that the object @id targets. */
static size_t add_sectors(const struct nrs_stix_context *c, struct nrs_span id,
			  struct nrs_span *sectors)
{
	const struct nrs_stix_fact *facts[NRS_STIX_INDICATES_MAX], *said;
	size_t found = 0;
	const size_t count = nrs_stix_facts_about(&c->targets, id, facts,
						  NRS_STIX_INDICATES_MAX);

	for (size_t i = 0; i < count; i++) {
		struct nrs_span rest, one;

		if (nrs_stix_facts_about(&c->sectors, facts[i]->value, &said,
					 1) == 0)
			continue;
		rest = said->value;
		while (found < NRS_STIX_INDICATES_MAX &&
		       nrs_span_split(&rest, '\n', &one))
			sectors[found++] = one;
	}
	return found;
}

/* What it indicates, is based on, and what follows from that. */
static void join_links(struct join *j, struct nrs_span id)
{
	const struct nrs_stix_context *c = j->context;
	const struct nrs_stix_fact *links[NRS_STIX_FACTS_MAX];
	const struct nrs_stix_fact *meant[NRS_STIX_FACTS_MAX];
	/* One object more than are followed: the indicator itself. */
	struct nrs_span names[NRS_STIX_FACTS_MAX], actions[272], sectors[272];
	const size_t linked =
		nrs_stix_facts_about(&c->links, id, links, NRS_STIX_FACTS_MAX);
	size_t meant_count = 0;
	size_t acting = add_actions(c, id, actions);
	size_t sector_count = add_sectors(c, id, sectors);

	for (size_t i = 0; i < linked; i++) {
		if (links[i]->kind == NRS_STIX_BASED_ON) {
			if (j->text[BASED_ON].len < 1024)
				nrs_items_add(&j->text[BASED_ON],
					      links[i]->value);
			continue;
		}
		if (meant_count < NRS_STIX_INDICATES_MAX) {
			acting += add_actions(c, links[i]->value,
					      actions + acting);
			sector_count += add_sectors(c, links[i]->value,
						    sectors + sector_count);
		}
		meant[meant_count++] = links[i];
	}
	put_sorted(&j->text[INDICATES], names,
		   names_of(c, meant, meant_count, names));
	put_sorted(&j->text[ACTIONS], actions, acting);
	if (sector_count > 0) {
		nrs_text_add(&j->text[SECTORS], j->row.sectors);
		put_sorted(&j->text[SECTORS], sectors, sector_count);
		j->row.sectors = nrs_text_span(&j->text[SECTORS]);
	}
	j->row.indicates = nrs_text_span(&j->text[INDICATES]);
	j->row.based_on = nrs_text_span(&j->text[BASED_ON]);
	j->row.actions = nrs_text_span(&j->text[ACTIONS]);
}
_Static_assert(NRS_STIX_INDICATES_MAX *(NRS_STIX_INDICATES_MAX + 1) == 272,
	       "room for the actions of all that is followed");

static int by_news(const void *a, const void *b)
{
	const struct nrs_stix_fact *x = *(const struct nrs_stix_fact *const *)a;
	const struct nrs_stix_fact *y = *(const struct nrs_stix_fact *const *)b;

	if (x->modified_ns != y->modified_ns)
		return x->modified_ns < y->modified_ns ? 1 : -1;
	return nrs_span_compare(x->by, y->by);
}

/* All reports that hold @id, the newest by itself. */
static void join_reports(struct join *j, struct nrs_span id)
{
	const struct nrs_stix_fact *reports[NRS_STIX_FACTS_MAX];
	const size_t count = nrs_stix_facts_about(&j->context->reports, id,
						  reports, NRS_STIX_FACTS_MAX);
	struct nrs_text *more = &j->text[REPORTS];
	struct nrs_text line = {0};

	if (count == 0)
		return;
	if (count > 1)
		qsort(reports, count, sizeof(*reports), by_news);
	j->row.report_id = reports[0]->by;
	j->row.report_name = reports[0]->value;
	for (size_t i = 1; i < count && i < NRS_STIX_INDICATES_MAX; i++) {
		nrs_text_clear(&line);
		nrs_text_add(&line, reports[i]->by);
		nrs_text_putc(&line, ' ');
		nrs_text_add(&line, reports[i]->value);
		more->failed |= line.failed;
		nrs_items_add(more, nrs_text_span(&line));
	}
	nrs_text_fini(&line);
	j->row.more_reports = nrs_text_span(more);
}

static void join_creator(struct join *j)
{
	const struct nrs_stix_fact *named;

	if (j->row.created_by.len > 0 &&
	    nrs_stix_facts_about(&j->context->names, j->row.created_by, &named,
				 1) > 0)
		j->row.creator = named->value;
}

/* Ids have no order: the facts about the next indicators are fetched together
 * before they are asked for. */
static void expect(const struct join *j, uint32_t from)
{
	const uint32_t count = nrs_set_count(j->set);

	for (uint32_t i = from; i < count && i - from < AHEAD; i++) {
		const struct nrs_span id = nrs_set_at(j->set, i)->id;

		nrs_stix_facts_expect(&j->context->reports, id);
		nrs_stix_facts_expect(&j->context->links, id);
	}
}

/* Give @item the row of @j. */
static int put_row(struct join *j, struct nrs_indicator *item)
{
	const struct nrs_indicator_context said = {.background = &j->row};
	const struct nrs_indicator_context *kept =
		nrs_set_context(j->set, &said);
	bool failed = kept == NULL;

	for (unsigned int i = 0; i < TEXTS; i++)
		failed |= j->text[i].failed;
	if (failed)
		return NRS_E_NOMEM;
	if (item->context->name.len + item->context->description.len == 0)
		item->context = kept;
	else /* its own: the reader of this file made it a moment ago */
		((struct nrs_indicator_context *)(uintptr_t)item->context)
			->background = kept->background;
	return NRS_OK;
}

int nrs_stix_context_join(struct nrs_stix_context *c, struct nrs_set *set,
			  uint32_t first, enum nrs_tlp default_tlp)
{
	struct join j = {.context = c, .set = set};
	struct nrs_stix_facts *const tables[] = {
		&c->names,     &c->links,   &c->reports, &c->markings,
		&c->mitigated, &c->targets, &c->sectors};
	int err = NRS_OK;

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		err = err == NRS_OK ? nrs_stix_facts_sort(tables[t]) : err;
	for (uint32_t i = first; i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);

		if ((i - first) % AHEAD == 0)
			expect(&j, i);
		j.row = *item->context->background;
		item->tlp = (uint8_t)strictest(c, j.row.markings, default_tlp);
		for (unsigned int t = 0; t < TEXTS; t++)
			nrs_text_clear(&j.text[t]);
		if (j.row.granular.len > 0)
			join_granular(&j);
		join_creator(&j);
		join_reports(&j, item->id);
		join_links(&j, item->id);
		err = put_row(&j, item);
	}
	for (unsigned int t = 0; t < TEXTS; t++)
		nrs_text_fini(&j.text[t]);
	return err;
}
