/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow: the same replay with another db, whose hits are only counted.
 */
#include "app/shadow.h"

#include <stdlib.h>

#include "app/replay.h"
#include "sightings/emitter.h"

#define HELD_MAX 1000000u

struct counting {
	uint32_t *hits; /* per indicator */
};

static int on_hit(void *ctx, const struct nrs_sighted *sighted)
{
	struct counting *counting = ctx;
	uint32_t *hits = &counting->hits[sighted->hit->indicator];

	*hits += *hits < UINT32_MAX;
	return NRS_OK;
}

/* Files that cannot be read whole were told in the first pass. */
static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	(void)ctx, (void)path, (void)err, (void)diag;
}

static int replay(struct counting *counting, const struct nrs_db *db,
		  const struct nrs_shadow_options *o)
{
	const struct nrs_emitter_options emitting = {.workers =
							     o->match->workers,
						     .set = nrs_db_set(db),
						     .home = &o->match->home,
						     .held_max = HELD_MAX,
						     .ctx = counting,
						     .hit = on_hit};
	struct nrs_reader_options reading = *o->reading;
	struct nrs_emitter *emitter = NULL;
	struct nrs_reader *reader = NULL;
	struct nrs_replay *run = calloc(1, sizeof(*run));
	int err = run == NULL ? NRS_E_NOMEM : NRS_OK;

	reading.want_digests = false;
	if (err == NRS_OK)
		err = nrs_reader_new(&reader, &reading);
	if (err == NRS_OK)
		err = nrs_emitter_new(&emitter, &emitting);
	if (err == NRS_OK) {
		const struct nrs_replay_options replaying = {
			.reader = reader,
			.workers = o->match->workers,
			.db = db,
			.key = reading.key,
			.emitter = emitter,
			.problem = on_problem,
			.ctx = counting};

		err = nrs_replay_run(run, &replaying);
	}
	nrs_emitter_free(emitter);
	nrs_reader_free(reader);
	free(run);
	return err;
}

static void add(struct nrs_shadow_count *count, uint32_t hits)
{
	count->dropped++;
	count->hit += hits > 0;
	count->hits += hits;
}

static void sum_up(struct nrs_shadow *out, const struct nrs_set *set,
		   const struct counting *counting,
		   const struct nrs_select *select)
{
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const enum nrs_status status = nrs_set_status(set, i);
		unsigned int by = NRS_SHADOW_EXCEPTED;

		if (status == NRS_STATUS_DROPPED && select != NULL)
			by = nrs_select_decided(select, i);
		else if (status != NRS_STATUS_EXCEPTED)
			continue;
		add(&out->by[by], counting->hits[i]);
		add(&out->all, counting->hits[i]);
	}
}

int nrs_shadow_run(struct nrs_shadow *out, struct nrs_set *set,
		   const struct nrs_shadow_options *options)
{
	struct nrs_build_options building = *options->building;
	struct counting counting = {
		.hits = calloc((size_t)nrs_set_count(set) + 1,
			       sizeof(*counting.hits))};
	struct nrs_db *db = NULL;
	int err = counting.hits == NULL ? NRS_E_NOMEM : NRS_OK;

	*out = (struct nrs_shadow){.policy = options->policy};
	building.shadow = true;
	if (err == NRS_OK)
		err = nrs_db_build(&db, set, &building);
	if (err == NRS_OK)
		err = replay(&counting, db, options);
	if (err == NRS_OK)
		sum_up(out, set, &counting, options->select);
	nrs_db_free(db);
	free(counting.hits);
	return err;
}

static unsigned int rule_count(const struct nrs_shadow *shadow)
{
	return shadow->policy == NULL ? 0 : shadow->policy->rule_count;
}

static void put_count(struct nrs_text *out,
		      const struct nrs_shadow_count *count)
{
	nrs_text_printf(out, "%llu hits of %llu indicators, dropped %llu",
			(unsigned long long)count->hits,
			(unsigned long long)count->hit,
			(unsigned long long)count->dropped);
}

void nrs_shadow_text(const struct nrs_shadow *shadow, struct nrs_text *out)
{
	const struct nrs_shadow_count *excepted =
		&shadow->by[NRS_SHADOW_EXCEPTED];

	nrs_text_puts(out, "what was dropped would have given ");
	put_count(out, &shadow->all);
	nrs_text_putc(out, '\n');
	if (excepted->dropped > 0) {
		nrs_text_puts(out, "  exceptions: ");
		put_count(out, excepted);
		nrs_text_putc(out, '\n');
	}
	for (unsigned int r = 0; r <= rule_count(shadow); r++) {
		if (shadow->by[r].dropped == 0)
			continue;
		if (r < rule_count(shadow))
			nrs_text_printf(out, "  rule %u, ", r + 1);
		else
			nrs_text_puts(out, "  ");
		nrs_select_label(shadow->policy, r, out);
		nrs_text_puts(out, ": ");
		put_count(out, &shadow->by[r]);
		nrs_text_putc(out, '\n');
	}
}

static void json_count(struct nrs_jsonw *w,
		       const struct nrs_shadow_count *count)
{
	nrs_jsonw_member_u64(w, "dropped", count->dropped);
	nrs_jsonw_member_u64(w, "hit", count->hit);
	nrs_jsonw_member_u64(w, "hits", count->hits);
}

void nrs_shadow_json(const struct nrs_shadow *shadow, struct nrs_jsonw *w)
{
	struct nrs_text label = {0};

	json_count(w, &shadow->all);
	nrs_jsonw_key(w, "exceptions");
	nrs_jsonw_open(w, '{');
	json_count(w, &shadow->by[NRS_SHADOW_EXCEPTED]);
	nrs_jsonw_close(w, '}');
	nrs_jsonw_key(w, "rules");
	nrs_jsonw_open(w, '[');
	for (unsigned int r = 0;
	     shadow->policy != NULL && r <= shadow->policy->rule_count; r++) {
		nrs_text_clear(&label);
		nrs_select_label(shadow->policy, r, &label);
		nrs_jsonw_open(w, '{');
		if (r < shadow->policy->rule_count)
			nrs_jsonw_member_u64(w, "rule", r + 1);
		nrs_jsonw_member(w, "drops", nrs_text_span(&label));
		json_count(w, &shadow->by[r]);
		nrs_jsonw_close(w, '}');
	}
	nrs_jsonw_close(w, ']');
	nrs_text_fini(&label);
}
