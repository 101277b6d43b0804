/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_list: a walk by the manifest (specification section 5.2): of each
 * page of it, what is not kept yet is asked for by id. For hubs whose pages of
 * objects go in a circle, and for those that give no dates with them.
 *
 * The watermark follows the rows only as long as all of them are kept, so that
 * what was added between the two resources is not skipped. A manifest has no
 * `next` (section 5.4): its pages follow their dates.
 */
#include <stdio.h>

#include "hub/taxii.h"
#include "loaders/taxii_inside.h"

#define IDS_MAX 40u /* in one URL */

void nrs_taxii_list_begin(struct nrs_taxii_in *in, bool is_for_dates,
			  int64_t now_ns)
{
	nrs_arena_reset(in->list.arena);
	in->list = (struct nrs_taxii_list){.arena = in->list.arena,
					   .after_ns = in->mark->watermark_ns,
					   .last_ns = NRS_TIME_MIN,
					   .limit = in->limit_wanted,
					   .is_on = true,
					   .is_gapless = true,
					   .is_for_dates = is_for_dates};
	in->state.is_walking = true;
	in->next_ns = now_ns;
}

/* No manifest: a hub without dates is then read as a whole each time. */
static int give_up(struct nrs_taxii_in *in, int64_t now_ns,
		   struct nrs_diag *diag)
{
	const bool was_whole = in->list.is_for_dates;

	in->has_no_manifest = true;
	if (was_whole)
		return nrs_taxii_whole_walk(in, now_ns, diag);
	nrs_taxii_end_walk(in, now_ns);
	nrs_taxii_say(in, NRS_TAXII_IN_STUCK,
		      "the hub sends the same page again and again");
	return nrs_taxii_commit(in, now_ns, diag);
}

static int no_answer(struct nrs_taxii_in *in, struct nrs_taxii_answer *answer,
		     int err, int64_t now_ns, struct nrs_diag *diag)
{
	if (err == NRS_E_CANCELLED)
		return err;
	if (err != NRS_OK && answer->verdict == NRS_HUB_OK)
		answer->verdict = NRS_HUB_REFUSED;
	if (answer->verdict != NRS_HUB_LATER &&
	    answer->verdict != NRS_HUB_DENIED)
		return give_up(in, now_ns, diag);
	nrs_taxii_trouble(in, answer, now_ns);
	return nrs_taxii_commit(in, now_ns, diag);
}

/* The next page of the manifest. */
static int ask_rows(struct nrs_taxii_in *in, const struct nrs_taxii_peer *peer,
		    int64_t now_ns, struct nrs_diag *diag)
{
	struct nrs_taxii_list *list = &in->list;
	const struct nrs_taxii_query query = {
		.added_after_ns = list->after_ns,
		.limit = list->limit,
		.types = nrs_span_of(in->config.types)};
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
					  .retry_ns = -1};
	struct nrs_taxii_manifest page = {0};
	struct nrs_text url = {0};
	struct nrs_json *json = NULL;
	int err = nrs_taxii_manifest_url(&url, nrs_text_span(&in->mark->root),
					 nrs_text_span(&in->mark->id), &query);

	nrs_arena_reset(list->arena);
	list->row = NULL;
	if (err == NRS_OK)
		err = nrs_taxii_ask(
			peer,
			&(struct nrs_taxii_call){.url = nrs_text_span(&url)},
			list->arena, &json, &answer);
	nrs_text_fini(&url);
	in->state.http_status = answer.status;
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK)
		err = nrs_taxii_parse_manifest(json, list->arena, &page);
	if (err != NRS_OK || answer.verdict != NRS_HUB_OK)
		return no_answer(in, &answer, err, now_ns, diag);
	in->state.pages++;
	list->row = page.rows;
	list->more = page.more;
	list->has_page = true;
	list->last_ns = NRS_TIME_MIN;
	for (const struct nrs_taxii_row *r = page.rows; r != NULL; r = r->next)
		if (nrs_taxii_likely(r->added_ns, now_ns) > list->last_ns)
			list->last_ns = r->added_ns;
	in->next_ns = now_ns;
	return NRS_OK;
}

/* Of the rows from list.row on, up to @end (NULL: to the last), which are not
 * kept: their ids, a comma between, and where to go on. */
static int find_missing(struct nrs_taxii_in *in, struct nrs_text *ids,
			unsigned int *count, const struct nrs_taxii_row **end,
			struct nrs_diag *diag)
{
	const struct nrs_taxii_row *row = in->list.row;
	bool has = false;
	int err = NRS_OK;

	*count = 0;
	for (; row != NULL && *count < IDS_MAX && err == NRS_OK;
	     row = row->next) {
		err = nrs_taxii_keep_has(in->keep, row->id, row->version_ns,
					 &has, diag);
		/* A comma in an id would make two of it. */
		if (err != NRS_OK || has ||
		    nrs_span_find(row->id, ',', 0) != SIZE_MAX)
			continue;
		if ((*count)++ > 0)
			nrs_text_putc(ids, ',');
		nrs_text_add(ids, row->id);
	}
	*end = row;
	return err == NRS_OK && ids->failed ? NRS_E_NOMEM : err;
}

/* Past the rows before @end; @are_given: the hub gave all it was asked for,
 * which may still be nothing that can be kept. */
static int pass_rows(struct nrs_taxii_in *in, const struct nrs_taxii_row *end,
		     bool are_given, int64_t now_ns, struct nrs_diag *diag)
{
	struct nrs_taxii_list *list = &in->list;
	bool has = false;
	int err = NRS_OK;

	for (; list->row != end && err == NRS_OK; list->row = list->row->next) {
		const struct nrs_taxii_row *row = list->row;
		const int64_t added_ns =
			nrs_taxii_likely(row->added_ns, now_ns);

		err = nrs_taxii_keep_has(in->keep, row->id, row->version_ns,
					 &has, diag);
		if (!has && !are_given)
			list->missing++;
		if ((!has && !are_given) || added_ns == NRS_TIME_MIN)
			list->is_gapless = false;
		if (list->is_gapless && added_ns - NRS_TAXII_MICROSECOND_NS >
						in->mark->watermark_ns)
			in->mark->watermark_ns =
				added_ns - NRS_TAXII_MICROSECOND_NS;
	}
	return err;
}

/* All rows of the page are behind us. */
static int end_page(struct nrs_taxii_in *in, int64_t now_ns,
		    struct nrs_diag *diag)
{
	struct nrs_taxii_list *list = &in->list;
	char text[100];
	int err;

	list->has_page = false;
	if (list->more && list->last_ns != NRS_TIME_MIN &&
	    list->last_ns - NRS_TAXII_MICROSECOND_NS > list->after_ns) {
		list->after_ns = list->last_ns - NRS_TAXII_MICROSECOND_NS;
		in->next_ns = now_ns;
		return nrs_taxii_commit(in, now_ns, diag);
	}
	if (list->more && list->limit < NRS_TAXII_LIMIT_MAX) {
		list->limit = NRS_TAXII_LIMIT_MAX;
		in->next_ns = now_ns;
		return nrs_taxii_commit(in, now_ns, diag);
	}
	if (list->more) /* not even so */
		return give_up(in, now_ns, diag);
	if (list->is_gapless)
		nrs_taxii_read_up_to(in, list->last_ns);
	nrs_taxii_say(in, NRS_TAXII_IN_WELL, "");
	err = nrs_taxii_whole_walk(in, now_ns, diag);
	if (err == NRS_OK && list->missing > 0) {
		(void)snprintf(text, sizeof(text),
			       "the hub lists %llu objects that it does not "
			       "give",
			       (unsigned long long)list->missing);
		nrs_taxii_say(in, NRS_TAXII_IN_STUCK, text);
	}
	return err;
}

/* Ask for what is listed and not kept. */
static int fetch_missing(struct nrs_taxii_in *in,
			 const struct nrs_taxii_peer *peer, int64_t now_ns,
			 struct nrs_diag *diag)
{
	const struct nrs_taxii_row *end = NULL;
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_OK};
	struct nrs_envelope_end page = {0};
	struct nrs_text ids = {0};
	unsigned int count;
	int failed = NRS_E_INTERNAL;
	int err = find_missing(in, &ids, &count, &end, diag);

	if (err == NRS_OK && count > 0) {
		const struct nrs_taxii_query query = {
			.added_after_ns = NRS_TIME_MIN,
			.limit = count,
			.ids = nrs_text_span(&ids)};

		err = nrs_taxii_fetch(in, peer, &query, &answer, &page);
		failed = nrs_taxii_fetch_failed(in, err, now_ns, diag);
	}
	nrs_text_fini(&ids);
	if (failed != NRS_E_INTERNAL)
		err = failed;
	else if (err != NRS_OK || answer.verdict != NRS_HUB_OK)
		err = no_answer(in, &answer, err, now_ns, diag);
	else
		err = pass_rows(in, end, page.objects + page.broken >= count,
				now_ns, diag);
	if (count > 0)
		nrs_envelope_free(in->page.envelope);
	in->page.envelope = NULL;
	return err;
}

int nrs_taxii_list_step(struct nrs_taxii_in *in,
			const struct nrs_taxii_peer *peer, int64_t now_ns,
			struct nrs_diag *diag)
{
	if (!in->list.has_page)
		return ask_rows(in, peer, now_ns, diag);
	if (in->list.row == NULL)
		return end_page(in, now_ns, diag);
	return fetch_missing(in, peer, now_ns, diag);
}
