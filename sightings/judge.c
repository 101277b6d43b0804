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

/* What the site knows of the own host and the indicator. */
static void look_up(const struct nrs_judge *judge, struct facts *f,
		    struct nrs_judgement *out)
{
	*out = (struct nrs_judgement){0};
	/* In transit nobody knows which side is whose. */
	if (f->question.direction != NRS_DIRECTION_TRANSIT)
		out->asset = nrs_assets_find(judge->assets, f->own);
	if (out->asset != NULL)
		f->question.importance = out->asset->importance;
	out->suppressed = nrs_suppressions_find(
		judge->suppressions, f->question.indicator, f->modified_ns,
		f->own, f->ts_ns);
}

static void grade(const struct nrs_judge *judge, const struct facts *f,
		  struct nrs_judgement *out)
{
	out->grade = out->suppressed != NULL
			     ? NRS_CLASS_NOISE
			     : nrs_classify(judge->rules, judge->rule_count,
					    &f->question);
	/* What a policy only watches is worth no report, whatever it did. */
	if (f->is_watched && out->grade > NRS_CLASS_WATCH)
		out->grade = NRS_CLASS_WATCH;
}

static const struct nrs_judge *or_shipped(const struct nrs_judge *judge)
{
	static const struct nrs_judge shipped;

	return judge != NULL ? judge : &shipped;
}

/* Does it look at the indicator's id? Of a list's it is a digest. */
static bool asks_for_id(const struct nrs_judge *judge)
{
	bool asks = nrs_suppressions_count(judge->suppressions) > 0;

	for (unsigned int i = 0; i < judge->rule_count; i++)
		asks |= judge->rules[i].indicator.len > 0;
	return asks;
}

static int match_grade(enum nrs_how how, bool is_partial)
{
	return is_partial ? 50 : nrs_how_grade(how);
}

/* But its outcome. @id: room for the indicator's. */
static struct facts facts_of(const struct nrs_judge *judge,
			     const struct nrs_sighted *hit, struct nrs_text *id)
{
	const struct nrs_indicator *item = hit->indicator;

	if (asks_for_id(judge))
		nrs_sighted_id(hit, id);
	return (struct facts){
		.question = {.direction = hit->direction,
			     .match_grade = match_grade(
				     nrs_sighted_how(hit),
				     item->status == NRS_STATUS_PARTIAL),
			     .confidence = item->confidence,
			     .indicator = nrs_text_span(id),
			     .source = nrs_set_source_of(hit->set, item->source)
					       ->name},
		.own = nrs_sighted_own(hit),
		.modified_ns = item->modified_ns,
		.ts_ns = hit->hit->head.ts_ns,
		.is_watched = item->watched};
}

void nrs_judge_sighted(const struct nrs_judge *judge,
		       const struct nrs_sighted *hit, enum nrs_outcome outcome,
		       struct nrs_judgement *out)
{
	struct nrs_text id = {0};

	judge = or_shipped(judge);
	struct facts facts = facts_of(judge, hit, &id);
	facts.question.outcome = outcome;
	look_up(judge, &facts, out);
	grade(judge, &facts, out);
	nrs_text_fini(&id);
}

void nrs_judge_outcomes(const struct nrs_judge *judge,
			const struct nrs_sighted *hit,
			enum nrs_class grades[NRS_JUDGE_OUTCOMES])
{
	struct nrs_text id = {0};
	struct nrs_judgement judged;

	judge = or_shipped(judge);
	struct facts facts = facts_of(judge, hit, &id);
	look_up(judge, &facts, &judged);
	for (unsigned int o = 0; o < NRS_JUDGE_OUTCOMES; o++) {
		facts.question.outcome = (enum nrs_outcome)o;
		grade(judge, &facts, &judged);
		grades[o] = judged.grade;
	}
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

	judge = or_shipped(judge);
	look_up(judge, &facts, out);
	grade(judge, &facts, out);
}
