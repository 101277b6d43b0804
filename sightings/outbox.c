/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: what is told by the windows goes to each audience that may have it.
 * A window's telling, its new state and all its posts are one transaction.
 */
#include "sightings/outbox.h"

#include <stdlib.h>

#include "sightings/release_log.h"
#include "sightings/share_form.h"
#include "sightings/spool_review.h"
#include "sightings/stix_post.h"

#define SAVE_NS (5 * NRS_SECOND_NS)

struct nrs_outbox {
	struct nrs_outbox_options options;
	struct nrs_spool *spool;
	struct nrs_windows *windows;
	struct nrs_settle *settle;
	uint8_t keys[NRS_OUTBOX_AUDIENCES_MAX][NRS_SPOOL_KEY_LEN];
	int64_t now_ns, saved_ns;
	uint64_t lost; /* found, and no memory */
	struct nrs_outbox_figures figures;
};

static struct nrs_share_item item_of(const struct nrs_window *window)
{
	const struct nrs_witness *first = window->first;
	const struct nrs_witness_head *head = nrs_witness_head(first);

	return (struct nrs_share_item){
		.source = nrs_witness_text(first, NRS_WITNESS_SOURCE),
		.tlp = (enum nrs_tlp)head->tlp,
		.grade = window->grade,
		.is_value = head->is_value,
		.is_hidden = head->is_hidden,
		.is_exercise =
			nrs_witness_text(first, NRS_WITNESS_EXERCISE).len > 0};
}

/* One sighting for one audience that may have it. */
static int put(struct nrs_outbox *o, const struct nrs_window *window,
	       unsigned int to, const struct nrs_share_verdict *verdict,
	       struct nrs_diag *diag)
{
	const struct nrs_share_item item = item_of(window);
	struct nrs_share_item written = item;
	struct nrs_share_audience audience = o->options.policy->audiences[to];
	struct nrs_stix_post post;
	const struct nrs_stix_post_options writing = {.audience = &audience,
						      .home = o->options.home,
						      .sensor =
							      o->options.sensor,
						      .tlp = verdict->tlp};
	int err;

	if (audience.key.len == 0)
		audience.key = nrs_span(o->keys[to], NRS_SPOOL_KEY_LEN);
	err = nrs_stix_post(&post, window, &writing);
	if (err != NRS_OK)
		return err;
	written.form = nrs_share_form(&audience);
	const struct nrs_spool_post row = {
		.audience = audience.name,
		.id = nrs_span_of(post.id),
		.whole = nrs_text_span(&post.whole),
		.bare = nrs_text_span(&post.bare),
		.state = verdict->act == NRS_SHARE_HOLD ? NRS_SPOOL_HELD
							: NRS_SPOOL_QUEUED,
		.item = written,
		.indicator = nrs_witness_text(window->first, NRS_WITNESS_ID),
		.version_ns = nrs_witness_head(window->first)->modified_ns,
		.tlp = verdict->tlp,
		.made_ns = o->now_ns};
	const struct nrs_release release = {.verdict = verdict,
					    .to = &audience,
					    .object = row.id,
					    .posted = row.whole,
					    .tlp_in = item.tlp,
					    .now_ns = o->now_ns};
	const struct nrs_outbox_shown shown = {.to = &audience,
					       .verdict = verdict,
					       .id = row.id,
					       .objects = row.whole};
	if (o->options.show != NULL) {
		err = o->options.show(o->options.ctx, &shown);
		nrs_stix_post_fini(&post);
		return err;
	}
	err = nrs_spool_put(o->spool, &row, diag);
	if (err == NRS_OK)
		err = nrs_release_log_add(o->options.store, &release, diag);
	nrs_stix_post_fini(&post);
	return err;
}

static int tell_audience(struct nrs_outbox *o, const struct nrs_window *window,
			 const struct nrs_share_item *item, unsigned int to,
			 struct nrs_diag *diag)
{
	const struct nrs_share_audience *audience =
		&o->options.policy->audiences[to];
	struct nrs_share_verdict verdict;
	int err;

	nrs_disclose(o->options.policy, to, item, &verdict);
	if (verdict.act != NRS_SHARE_REFUSE) {
		err = put(o, window, to, &verdict, diag);
		if (err != NRS_E_USAGE) {
			o->figures.put += err == NRS_OK;
			return err;
		}
		verdict = (struct nrs_share_verdict){
			.rule = 13,
			.tlp = verdict.tlp,
			.text = "an own address would have stood in it"};
	}
	o->figures.refused++;
	const struct nrs_outbox_shown shown = {.to = audience,
					       .verdict = &verdict};
	if (o->options.show != NULL)
		return o->options.show(o->options.ctx, &shown);
	const struct nrs_release refusal = {.verdict = &verdict,
					    .to = audience,
					    .tlp_in = item->tlp,
					    .now_ns = o->now_ns};
	err = nrs_spool_refuse(o->spool, audience->name, &verdict, o->now_ns,
			       diag);
	return err == NRS_OK
		       ? nrs_release_log_add(o->options.store, &refusal, diag)
		       : err;
}

static bool is_told(const struct nrs_outbox *o, unsigned int to)
{
	const struct nrs_share_audience *audience =
		&o->options.policy->audiences[to];

	return !audience->is_second &&
	       (o->options.audience.len == 0 ||
		nrs_span_equal(o->options.audience, nrs_share_name(audience)));
}

static int tell(void *ctx, const struct nrs_window *window,
		struct nrs_diag *diag)
{
	struct nrs_outbox *o = ctx;
	const struct nrs_share_item item = item_of(window);
	int err = NRS_OK;

	for (unsigned int to = 0;
	     to < o->options.policy->audience_count && err == NRS_OK; to++) {
		if (is_told(o, to))
			err = tell_audience(o, window, &item, to, diag);
	}
	if (err == NRS_OK)
		o->figures.classes[item.grade]++;
	return err;
}

int nrs_outbox_adopt(struct nrs_outbox *o,
		     const struct nrs_share_policy *policy,
		     struct nrs_diag *diag)
{
	uint64_t withheld = 0;
	int err = NRS_OK;

	if (policy->audience_count > NRS_OUTBOX_AUDIENCES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, policy->audience_count,
				    "more than %u audiences",
				    NRS_OUTBOX_AUDIENCES_MAX);
	for (unsigned int i = 0; i < policy->audience_count && err == NRS_OK;
	     i++)
		err = nrs_spool_key(o->spool,
				    nrs_share_name(&policy->audiences[i]),
				    o->keys[i], diag);
	if (err != NRS_OK)
		return err;
	o->options.policy = policy;
	if (o->options.show != NULL)
		return NRS_OK; /* nothing is changed */
	err = nrs_spool_screen(o->options.store, policy, o->now_ns, &withheld,
			       diag);
	o->figures.withheld += withheld;
	return err;
}

static int start(struct nrs_outbox *o, struct nrs_diag *diag)
{
	const struct nrs_windows_options windows = {
		.keys_max = o->options.keys_max,
		.width_ns = {o->options.width_ns[0], o->options.width_ns[1],
			     o->options.width_ns[2]},
		.grace_ns = o->options.settle_ns,
		.judge = o->options.judge,
		.store = o->options.store,
		.is_fleeting = o->options.is_past,
		.ctx = o,
		.tell = tell};
	int err = nrs_spool_new(&o->spool, o->options.store, &o->options.limits,
				diag);

	if (err == NRS_OK)
		err = nrs_outbox_adopt(o, o->options.policy, diag);
	if (err == NRS_OK)
		err = nrs_windows_new(&o->windows, &windows, diag);
	const struct nrs_settle_options settle = {
		.windows = o->windows, .wait_ns = o->options.settle_ns};
	if (err == NRS_OK)
		err = nrs_settle_new(&o->settle, &settle);
	return err;
}

int nrs_outbox_new(struct nrs_outbox **out,
		   const struct nrs_outbox_options *options,
		   struct nrs_diag *diag)
{
	struct nrs_outbox *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NRS_E_NOMEM;
	o->options = *options;
	o->now_ns = options->now_ns;
	if (o->options.settle_ns == 0)
		o->options.settle_ns = 10 * NRS_SECOND_NS;
	const int err = start(o, diag);
	if (err != NRS_OK) {
		nrs_outbox_free(o);
		return err;
	}
	*out = o;
	return NRS_OK;
}

void nrs_outbox_free(struct nrs_outbox *o)
{
	if (o == NULL)
		return;
	nrs_settle_free(o->settle);
	nrs_windows_free(o->windows);
	nrs_spool_free(o->spool);
	free(o);
}

void nrs_outbox_judge(struct nrs_outbox *o, const struct nrs_judge *judge)
{
	nrs_windows_judge(o->windows, judge);
}

void nrs_outbox_hit(struct nrs_outbox *o, const struct nrs_sighted *hit,
		    int64_t now_ns)
{
	o->now_ns = now_ns;
	(void)nrs_settle_hit(o->settle, hit, now_ns); /* counts what it loses */
}

void nrs_outbox_flow(struct nrs_outbox *o, const struct nrs_record_flow *flow,
		     int64_t now_ns)
{
	o->now_ns = now_ns;
	nrs_settle_flow(o->settle, flow);
}

int nrs_outbox_witness(struct nrs_outbox *o, struct nrs_witness *witness,
		       enum nrs_outcome outcome)
{
	struct nrs_window_place place = {.outcome = outcome};

	return nrs_windows_add(o->windows, witness, &place);
}

void nrs_outbox_found(struct nrs_outbox *o, const struct nrs_sighted *hit,
		      int64_t now_ns)
{
	struct nrs_witness *witness = NULL;

	o->now_ns = now_ns;
	if (nrs_witness_new(&witness, hit) != NRS_OK)
		o->lost++;
	else /* the windows count what they lose */
		(void)nrs_outbox_witness(o, witness, hit->outcome);
	nrs_witness_free(witness);
}

int nrs_outbox_step(struct nrs_outbox *o, int64_t now_ns, bool is_end,
		    struct nrs_diag *diag)
{
	int err;

	if (!o->options.is_past)
		o->now_ns = now_ns;
	nrs_settle_step(o->settle, now_ns, is_end);
	err = nrs_windows_step(o->windows, now_ns, is_end, diag);
	if (err != NRS_OK)
		return err;
	if (!is_end && now_ns >= o->saved_ns && now_ns - o->saved_ns < SAVE_NS)
		return NRS_OK;
	err = nrs_windows_save(o->windows, diag);
	if (err == NRS_OK)
		o->saved_ns = now_ns;
	return err;
}

void nrs_outbox_figures(const struct nrs_outbox *o,
			struct nrs_outbox_figures *out)
{
	*out = o->figures;
	nrs_settle_figures(o->settle, &out->settle);
	out->settle.lost += o->lost;
	nrs_windows_figures(o->windows, &out->windows);
}
