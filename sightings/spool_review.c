/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_review: rows by number, a step at a time, so that a transaction may
 * change what it walks over.
 */
#include "sightings/spool_review.h"

#include <stdio.h>

#include "sightings/release_log.h"

#define ROWS_PER_COMMIT 256u

#define ROW_COLUMNS                                                            \
	"SELECT n, audience, id, state, grade, made, coalesce(whole, bare),"   \
	" message, source, tlp_in, tlp, is_value, is_exercise, form FROM post"

enum column {
	N,
	AUDIENCE,
	ID,
	STATE,
	GRADE,
	MADE,
	OBJECTS,
	MESSAGE,
	SOURCE,
	TLP_IN,
	TLP,
	IS_VALUE,
	IS_EXERCISE,
	FORM
};

static bool read_row(struct nrs_store_query *q, struct nrs_spool_row *row)
{
	const int64_t state = nrs_store_i64(q, STATE);
	const int64_t grade = nrs_store_i64(q, GRADE);

	if (state < 0 || state >= NRS_SPOOL_STATES || grade < 0 ||
	    grade > NRS_CLASS_URGENT)
		return false;
	*row = (struct nrs_spool_row){
		.audience = nrs_store_bytes_at(q, AUDIENCE),
		.id = nrs_store_bytes_at(q, ID),
		.state = (enum nrs_spool_state)state,
		.made_ns = nrs_store_i64(q, MADE),
		.objects = nrs_store_bytes_at(q, OBJECTS),
		.message = nrs_store_bytes_at(q, MESSAGE),
		.item = {.source = nrs_store_bytes_at(q, SOURCE),
			 .tlp = nrs_spool_tlp(nrs_store_i64(q, TLP_IN)),
			 .grade = (enum nrs_class)grade,
			 .is_value = nrs_store_i64(q, IS_VALUE) != 0,
			 .is_exercise = nrs_store_i64(q, IS_EXERCISE) != 0,
			 .form = nrs_store_i64(q, FORM)},
		.tlp = nrs_spool_tlp(nrs_store_i64(q, TLP))};
	return true;
}

int nrs_spool_list(struct nrs_store *store, const struct nrs_spool_which *which,
		   nrs_spool_row_fn *give, void *ctx, struct nrs_diag *diag)
{
	struct nrs_store_query *q = NULL;
	bool found = true;
	int err = nrs_store_prepare(store, &q,
				    ROW_COLUMNS
				    " WHERE state = ?1"
				    " AND (?2 = '' OR audience = ?2)"
				    " AND (?3 = '' OR id = ?3) ORDER BY n",
				    diag);

	if (err == NRS_OK) {
		nrs_store_bind_i64(q, 1, (int64_t)which->state);
		nrs_store_bind_text(q, 2, which->audience);
		nrs_store_bind_text(q, 3, which->id);
	}
	while (err == NRS_OK) {
		struct nrs_spool_row row;

		err = nrs_store_step(q, &found, diag);
		if (err != NRS_OK || !found)
			break;
		if (read_row(q, &row))
			err = give(ctx, &row);
	}
	nrs_store_query_free(q);
	return err;
}

/* A walk over rows that changes them. */
struct walk {
	struct nrs_store *store;
	struct nrs_store_query *next, *move;
	const struct nrs_share_policy *policy;
	struct nrs_span audience, id, by;
	enum nrs_spool_state worst; /* rows up to this state */
	int64_t at;		    /* the last row's number */
	int64_t now_ns;
};

static unsigned int audience_of(const struct nrs_share_policy *policy,
				struct nrs_span name)
{
	unsigned int i = 0;

	while (i < policy->audience_count &&
	       !nrs_span_equal(policy->audiences[i].name, name))
		i++;
	return i;
}

static int walk_begin(struct walk *w, struct nrs_diag *diag)
{
	int err =
		nrs_store_prepare(w->store, &w->next,
				  ROW_COLUMNS " WHERE n > ?1 AND state <= ?2"
					      " AND (?3 = '' OR audience = ?3)"
					      " AND (?4 = '' OR id = ?4)"
					      " ORDER BY n LIMIT 1",
				  diag);

	return err != NRS_OK ? err
			     : nrs_store_prepare(w->store, &w->move,
						 "UPDATE post SET state = ?2,"
						 " message = ?3, since = ?4"
						 " WHERE n = ?1",
						 diag);
}

static void walk_end(struct walk *w)
{
	nrs_store_query_free(w->next);
	nrs_store_query_free(w->move);
}

/* Into state @to, with a line in the log. */
static int move(struct walk *w, const struct nrs_spool_row *row,
		const struct nrs_share_verdict *verdict,
		enum nrs_spool_state to, struct nrs_diag *diag)
{
	const unsigned int at = audience_of(w->policy, row->audience);
	const struct nrs_share_audience unknown = {.name = row->audience};
	const struct nrs_release release = {
		.verdict = verdict,
		.to = at < w->policy->audience_count ? &w->policy->audiences[at]
						     : &unknown,
		.object = row->id,
		.posted = row->objects,
		.by = w->by,
		.tlp_in = row->item.tlp,
		.now_ns = w->now_ns};
	int err = nrs_release_log_add(w->store, &release, diag);

	if (err != NRS_OK)
		return err;
	nrs_store_bind_i64(w->move, 1, w->at);
	nrs_store_bind_i64(w->move, 2, (int64_t)to);
	nrs_store_bind_i64(w->move, 4, w->now_ns);
	if (verdict->act == NRS_SHARE_REFUSE)
		nrs_store_bind_text(w->move, 3, nrs_span_of(verdict->text));
	else
		nrs_store_bind_null(w->move, 3);
	return nrs_store_done(w->move, diag);
}

/* A person decides what is told, not that nobody answers for it (rule 17). */
static void ask_for_contact(const struct nrs_share_audience *to,
			    struct nrs_share_verdict *verdict)
{
	if (to->reporter.name.len > 0 && to->reporter.contact.len > 0)
		return;
	verdict->act = NRS_SHARE_REFUSE;
	verdict->rule = 17;
	(void)snprintf(verdict->text, sizeof(verdict->text),
		       "a report must have a name and a contact: set "
		       "reporter.name and reporter.contact");
}

static int decide_row(struct walk *w, const struct nrs_spool_decision *d,
		      const struct nrs_spool_row *row,
		      struct nrs_spool_decided *out, struct nrs_diag *diag)
{
	struct nrs_share_verdict verdict = {.act = NRS_SHARE_REFUSE,
					    .rule = 1,
					    .tlp = row->tlp,
					    .text = "a person refused it"};
	const unsigned int to = audience_of(d->policy, row->audience);

	if (!d->release) {
		out->refused++;
		return move(w, row, &verdict, NRS_SPOOL_WITHHELD, diag);
	}
	if (to == d->policy->audience_count)
		(void)snprintf(verdict.text, sizeof(verdict.text),
			       "the configuration knows no audience %.*s",
			       (int)row->audience.len,
			       (const char *)row->audience.ptr);
	else
		nrs_disclose(d->policy, to, &row->item, &verdict);
	if (verdict.act != NRS_SHARE_REFUSE)
		ask_for_contact(&d->policy->audiences[to], &verdict);
	if (verdict.act == NRS_SHARE_REFUSE) {
		out->kept++;
		memcpy(out->why, verdict.text, sizeof(out->why));
		return move(w, row, &verdict, NRS_SPOOL_HELD, diag);
	}
	verdict.act = NRS_SHARE_RELEASE;
	verdict.rule = 1;
	(void)snprintf(verdict.text, sizeof(verdict.text),
		       "a person released it");
	verdict.tlp = row->tlp;
	out->released++;
	return move(w, row, &verdict, NRS_SPOOL_QUEUED, diag);
}

/* The next row into @row; its number is w->at then. */
static int next_row(struct walk *w, struct nrs_spool_row *row, bool *found,
		    struct nrs_diag *diag)
{
	int err;

	do {
		nrs_store_reset(w->next);
		nrs_store_bind_i64(w->next, 1, w->at);
		nrs_store_bind_i64(w->next, 2, (int64_t)w->worst);
		nrs_store_bind_text(w->next, 3, w->audience);
		nrs_store_bind_text(w->next, 4, w->id);
		err = nrs_store_step(w->next, found, diag);
		if (err != NRS_OK || !*found)
			return err;
		const int64_t at = nrs_store_i64(w->next, N);
		/* In a damaged file rows may stand in no order at all. */
		if (at <= w->at) {
			(void)nrs_diag_set(diag, NRS_E_FORMAT, 0,
					   "the spool is damaged");
			return NRS_E_FORMAT;
		}
		w->at = at;
	} while (!read_row(w->next, row));
	return NRS_OK;
}

typedef int change_fn(struct walk *w, void *ctx,
		      const struct nrs_spool_row *row, struct nrs_diag *diag);

/* Some rows in one transaction; *@is_over after the last. */
static int change_some(struct walk *w, change_fn *change, void *ctx,
		       bool *is_over, struct nrs_diag *diag)
{
	int err = nrs_store_begin(w->store, diag);

	for (unsigned int i = 0; i < ROWS_PER_COMMIT && err == NRS_OK; i++) {
		struct nrs_spool_row row;
		bool found = false;

		err = next_row(w, &row, &found, diag);
		*is_over = !found;
		if (err != NRS_OK || !found)
			break;
		err = change(w, ctx, &row, diag);
	}
	nrs_store_reset(w->next);
	if (err == NRS_OK)
		err = nrs_store_commit(w->store, diag);
	if (err != NRS_OK)
		nrs_store_rollback(w->store);
	return err;
}

static int change_all(struct walk *w, change_fn *change, void *ctx,
		      struct nrs_diag *diag)
{
	bool is_over = false;
	int err = walk_begin(w, diag);

	while (err == NRS_OK && !is_over)
		err = change_some(w, change, ctx, &is_over, diag);
	walk_end(w);
	return err;
}

struct deciding {
	const struct nrs_spool_decision *decision;
	struct nrs_spool_decided *decided;
};

static int decide(struct walk *w, void *ctx, const struct nrs_spool_row *row,
		  struct nrs_diag *diag)
{
	const struct deciding *d = ctx;

	return decide_row(w, d->decision, row, d->decided, diag);
}

int nrs_spool_decide(struct nrs_store *store,
		     const struct nrs_spool_decision *decision,
		     struct nrs_spool_decided *decided, struct nrs_diag *diag)
{
	struct deciding deciding = {.decision = decision, .decided = decided};
	struct walk w = {.store = store,
			 .policy = decision->policy,
			 .audience = decision->audience,
			 .id = decision->id,
			 .by = decision->by,
			 .worst = NRS_SPOOL_HELD,
			 .now_ns = decision->now_ns};

	*decided = (struct nrs_spool_decided){0};
	return change_all(&w, decide, &deciding, diag);
}

static int screen(struct walk *w, void *ctx, const struct nrs_spool_row *row,
		  struct nrs_diag *diag)
{
	const unsigned int to = audience_of(w->policy, row->audience);
	struct nrs_share_verdict verdict;
	uint64_t *withheld = ctx;

	if (to == w->policy->audience_count)
		return NRS_OK;
	nrs_disclose(w->policy, to, &row->item, &verdict);
	if (verdict.act != NRS_SHARE_REFUSE)
		return NRS_OK;
	++*withheld;
	return move(w, row, &verdict, NRS_SPOOL_WITHHELD, diag);
}

int nrs_spool_screen(struct nrs_store *store,
		     const struct nrs_share_policy *policy, int64_t now_ns,
		     uint64_t *withheld, struct nrs_diag *diag)
{
	struct walk w = {.store = store,
			 .policy = policy,
			 .worst = NRS_SPOOL_QUEUED,
			 .now_ns = now_ns};

	*withheld = 0;
	return change_all(&w, screen, withheld, diag);
}
