/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge: a hit as a question, whichever form it has.
 */
#include "sightings/judge.h"

/* What both forms of a hit say. */
struct facts {
	struct nrs_class_question question;
	const struct nrs_addr *own;
	int64_t modified_ns, ts_ns;
	bool is_watched;
};

static void judge_facts(const struct nrs_judge *judge, struct facts *f,
			struct nrs_judgement *out)
{
	static const struct nrs_judge shipped;

	if (judge == NULL)
		judge = &shipped;
	*out = (struct nrs_judgement){0};
	/* In transit nobody knows which side is whose. */
	if (f->question.direction != NRS_DIRECTION_TRANSIT)
		out->asset = nrs_assets_find(judge->assets, f->own);
	if (out->asset != NULL)
		f->question.importance = out->asset->importance;
	out->suppressed = nrs_suppressions_find(
		judge->suppressions, f->question.indicator, f->modified_ns,
		f->own, f->ts_ns);
	out->grade = out->suppressed != NULL
			     ? NRS_CLASS_NOISE
			     : nrs_classify(judge->rules, judge->rule_count,
					    &f->question);
	/* What a policy only watches is worth no report, whatever it did. */
	if (f->is_watched && out->grade > NRS_CLASS_WATCH)
		out->grade = NRS_CLASS_WATCH;
}

static int match_grade(enum nrs_how how, bool is_partial)
{
	return is_partial ? 50 : nrs_how_grade(how);
}

void nrs_judge_sighted(const struct nrs_judge *judge,
		       const struct nrs_sighted *hit, enum nrs_outcome outcome,
		       struct nrs_judgement *out)
{
	const struct nrs_indicator *item = hit->indicator;
	struct nrs_text id = {0};
	struct facts facts = {
		.question = {.direction = hit->direction,
			     .outcome = outcome,
			     .match_grade = match_grade(
				     nrs_sighted_how(hit),
				     item->status == NRS_STATUS_PARTIAL),
			     .confidence = item->confidence,
			     .source = nrs_set_source_of(hit->set, item->source)
					       ->name},
		.own = nrs_sighted_own(hit),
		.modified_ns = item->modified_ns,
		.ts_ns = hit->hit->head.ts_ns,
		.is_watched = item->watched};

	nrs_sighted_id(hit, &id);
	facts.question.indicator = nrs_text_span(&id);
	judge_facts(judge, &facts, out);
	nrs_text_fini(&id);
}

void nrs_judge_witness(const struct nrs_judge *judge,
		       const struct nrs_witness *hit, enum nrs_outcome outcome,
		       struct nrs_judgement *out)
{
	const struct nrs_witness_head *head = nrs_witness_head(hit);
	const struct nrs_record_hit *record = nrs_witness_hit(hit);
	struct facts facts = {
		.question = {.direction = (enum nrs_direction)head->direction,
			     .outcome = outcome,
			     .match_grade = match_grade((enum nrs_how)head->how,
							head->is_partial),
			     .confidence = head->confidence,
			     .indicator = nrs_witness_text(hit, NRS_WITNESS_ID),
			     .source =
				     nrs_witness_text(hit, NRS_WITNESS_SOURCE)},
		.own = nrs_witness_own(hit),
		.modified_ns = head->modified_ns,
		.ts_ns = record->head.ts_ns,
		.is_watched = head->is_watched};

	judge_facts(judge, &facts, out);
}
