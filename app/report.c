/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: what happens to a hit in a live run.
 *
 * A raise names the number of the hit that it raises, so the numbers of a
 * flow's hits are remembered until it ends: in a table of fixed size, where a
 * newer flow takes the place of an older one in the same slot (then the older
 * one's rise is not written; counted nowhere else, it is not a hit).
 */
#include "app/report.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/threads.h"
#include "engine/record_cost.h"
#include "sightings/hits_out.h"

#define STEP_NS NRS_SECOND_NS
#define FLOW_SLOTS 8192u
#define HITS_PER_FLOW 12u

struct flow_hits {
	uint32_t session, id;
	uint8_t shard;
	uint8_t outcome; /* as last written */
	bool has_process;
	uint16_t count;
	uint64_t number[HITS_PER_FLOW];
	/* What each is worth when the outcome is so. */
	uint8_t grade[HITS_PER_FLOW][NRS_JUDGE_OUTCOMES];
};

struct nrs_report {
	struct nrs_report_options options;
	struct nrs_emitter *emitter;
	struct flow_hits *flows;
	struct nrs_site *site;
	_Atomic(struct nrs_site *) next_site; /* waits for a step; or NULL */
	struct nrs_text line;
	char digest[NRS_DIGEST_ROOM];
	uint32_t digest_generation;
	int64_t stepped_ns;
	_Atomic(bool) is_failing; /* the outbox's file: said once */
	_Atomic(uint64_t) hits, real, raised, lines_lost;
	_Atomic(uint64_t) classes[NRS_CLASS_URGENT + 1], put, refused;
	_Atomic(uint64_t) forgotten, undecided, untold, unfound;
};

static struct flow_hits *slot_of(struct nrs_report *r, uint32_t session,
				 uint8_t shard, uint32_t id)
{
	const uint32_t hash =
		(id * 2654435761u) ^ (uint32_t)shard * 40503u ^ session;

	return &r->flows[(hash >> 8) % FLOW_SLOTS];
}

static const struct nrs_judge *judge_of(const struct nrs_report *r)
{
	return r->site == NULL ? NULL : nrs_site_judge(r->site);
}

static void remember(struct nrs_report *r, const struct nrs_sighted *sighted,
		     uint64_t number)
{
	const struct nrs_record_hit *hit = sighted->hit;
	struct flow_hits *slot =
		slot_of(r, hit->head.session, hit->head.shard, hit->flow.id);

	if (slot->count == 0 || slot->session != hit->head.session ||
	    slot->shard != hit->head.shard || slot->id != hit->flow.id)
		*slot = (struct flow_hits){.session = hit->head.session,
					   .shard = hit->head.shard,
					   .id = hit->flow.id};
	slot->outcome = hit->flow.outcome;
	slot->has_process = hit->process.pid != 0;
	if (slot->count == HITS_PER_FLOW)
		return;
	if (r->options.hits != NULL) {
		enum nrs_class grades[NRS_JUDGE_OUTCOMES];

		nrs_judge_outcomes(judge_of(r), sighted, grades);
		for (unsigned int o = 0; o < NRS_JUDGE_OUTCOMES; o++)
			slot->grade[slot->count][o] = (uint8_t)grades[o];
	}
	slot->number[slot->count++] = number;
}

static struct nrs_span digest_of(struct nrs_report *r, uint32_t generation)
{
	if (r->digest_generation != generation) {
		struct nrs_supply_state state;

		nrs_supply_state(r->options.supply, &state);
		/* The next set may be in force when an old one's hit comes. */
		if (state.generation == generation) {
			memcpy(r->digest, state.digest, sizeof(r->digest));
			/* Until it is computed it is asked for again. */
			if (strncmp(r->digest, "sha256:", 7) == 0)
				r->digest_generation = generation;
		}
	}
	return nrs_span_of(r->digest);
}

static void write_line(struct nrs_report *r)
{
	if (r->line.failed) {
		atomic_fetch_add_explicit(&r->lines_lost, 1,
					  memory_order_relaxed);
		nrs_text_fini(&r->line);
		r->line = (struct nrs_text){0};
	} else {
		nrs_hits_file_add(r->options.hits, nrs_text_span(&r->line));
		atomic_store_explicit(&r->lines_lost,
				      nrs_hits_file_lost(r->options.hits),
				      memory_order_relaxed);
	}
}

/* The path of the group that @process is of, if it can be known. */
static const char *group_of(const struct nrs_report *r,
			    const struct nrs_process *process)
{
	return process->pid == 0 || r->options.groups == NULL
		       ? NULL
		       : nrs_cgroups_path(r->options.groups, process->cgroup,
					  nrs_monotonic_ns());
}

/* At home, in all ways; returns its number. @log: where it was found. */
static uint64_t tell(struct nrs_report *r, const struct nrs_sighted *sighted,
		     const char *log)
{
	const uint64_t number =
		atomic_fetch_add_explicit(&r->hits, 1, memory_order_relaxed) +
		1;
	const struct nrs_hits_run run = {
		.set_digest = digest_of(r, sighted->hit->generation),
		.captures = log == NULL ? r->options.interfaces : &log,
		.group = group_of(r, &sighted->hit->process),
		.is_live = true,
		.is_retro = log != NULL,
		.number = number,
		.judge = judge_of(r)};

	if (r->options.hits != NULL) {
		nrs_text_clear(&r->line);
		nrs_hits_line(&r->line, sighted, &run);
		write_line(r);
	}
	nrs_outlets_hit(r->options.outlets, sighted, &run);
	nrs_tally_hit(r->options.tally, sighted);
	if (!nrs_selftest_made(r->options.selftest, sighted))
		atomic_fetch_add_explicit(&r->real, 1, memory_order_relaxed);
	return number;
}

static int on_hit(void *ctx, const struct nrs_sighted *sighted)
{
	struct nrs_report *r = ctx;

	remember(r, sighted, tell(r, sighted, NULL));
	if (r->options.outbox != NULL)
		nrs_outbox_hit(r->options.outbox, sighted, nrs_wall_ns());
	nrs_selftest_hit(r->options.selftest, sighted);
	return NRS_OK;
}

void nrs_report_found(void *report, const struct nrs_record_hit *hit,
		      const char *log)
{
	struct nrs_report *r = report;
	const struct nrs_set *set =
		nrs_supply_set_of(r->options.supply, hit->generation);
	struct nrs_sighted sighted;

	if (set == NULL) { /* never, while the crew retires sets */
		atomic_fetch_add_explicit(&r->unfound, 1, memory_order_relaxed);
		return;
	}
	nrs_sighted_read(&sighted, hit, set, r->options.home);
	(void)tell(r, &sighted, log);
	if (r->options.outbox != NULL)
		nrs_outbox_found(r->options.outbox, &sighted, nrs_wall_ns());
}

bool nrs_report_more(void *report)
{
	struct nrs_report *r = report;

	return nrs_look_new_give(r->options.look, r, nrs_report_found);
}

static int on_raise(void *ctx, const struct nrs_record_flow *flow)
{
	struct nrs_report *r = ctx;
	struct flow_hits *slot =
		slot_of(r, flow->head.session, flow->head.shard, flow->id);

	if (r->options.outbox != NULL)
		nrs_outbox_flow(r->options.outbox, flow, nrs_wall_ns());
	if (slot->count == 0 || slot->session != flow->head.session ||
	    slot->shard != flow->head.shard || slot->id != flow->id)
		return NRS_OK;
	const bool has_news = flow->outcome > slot->outcome ||
			      (flow->process.pid != 0 && !slot->has_process);
	for (uint16_t i = 0; has_news && i < slot->count; i++) {
		if (r->options.hits != NULL) {
			nrs_text_clear(&r->line);
			nrs_hits_raise(
				&r->line, slot->number[i], flow,
				(enum nrs_class)slot->grade[i][flow->outcome],
				group_of(r, &flow->process));
			write_line(r);
		}
		atomic_fetch_add_explicit(&r->raised, 1, memory_order_relaxed);
	}
	if (flow->outcome > slot->outcome)
		slot->outcome = flow->outcome;
	slot->has_process = flow->process.pid != 0;
	if (flow->head.kind == NRS_RECORD_FLOW_END)
		slot->count = 0;
	return NRS_OK;
}

static const struct nrs_set *set_of(void *ctx, uint32_t generation)
{
	struct nrs_report *r = ctx;

	return nrs_supply_set_of(r->options.supply, generation);
}

static int on_logged(void *ctx, const struct nrs_record *record)
{
	struct nrs_report *r = ctx;
	const struct nrs_record_cost *cost = (const void *)record;

	if (record->kind == NRS_RECORD_COST) {
		nrs_tally_cost(r->options.tally,
			       set_of(r, cost->cost.generation), &cost->cost);
		return NRS_OK;
	}
	return r->options.logging == NULL
		       ? NRS_OK
		       : nrs_logging_record(r->options.logging, record);
}

int nrs_report_new(struct nrs_report **out,
		   const struct nrs_report_options *options)
{
	struct nrs_report *r = calloc(1, sizeof(*r));
	int err = NRS_E_NOMEM;

	if (r == NULL) {
		nrs_site_free(options->site);
		return NRS_E_NOMEM;
	}
	r->options = *options;
	r->site = options->site;
	const struct nrs_emitter_options emitting = {
		.workers = options->workers,
		.home = options->home,
		.at_once = true,
		.correlating = options->correlating,
		.ctx = r,
		.hit = on_hit,
		.set_of = set_of,
		.raise = on_raise,
		.logged = on_logged};
	r->flows = calloc(FLOW_SLOTS, sizeof(*r->flows));
	if (r->flows != NULL)
		err = nrs_emitter_new(&r->emitter, &emitting);
	if (err != NRS_OK) {
		nrs_report_free(r);
		return err;
	}
	*out = r;
	return NRS_OK;
}

void nrs_report_free(struct nrs_report *r)
{
	if (r == NULL)
		return;
	nrs_emitter_free(r->emitter);
	nrs_text_fini(&r->line);
	nrs_site_free(r->site);
	nrs_site_free(
		atomic_load_explicit(&r->next_site, memory_order_acquire));
	free(r->flows);
	free(r);
}

struct nrs_emitter *nrs_report_emitter(const struct nrs_report *r)
{
	return r->emitter;
}

void nrs_report_adopt(struct nrs_report *r, struct nrs_site *site)
{
	/* Pairs with the exchange in take_site. */
	nrs_site_free(atomic_exchange_explicit(&r->next_site, site,
					       memory_order_acq_rel));
}

static void take_site(struct nrs_report *r)
{
	/* Pairs with the exchange in nrs_report_adopt. */
	struct nrs_site *next = atomic_exchange_explicit(&r->next_site, NULL,
							 memory_order_acq_rel);

	if (next == NULL)
		return;
	if (r->options.outbox != NULL)
		nrs_outbox_judge(r->options.outbox, nrs_site_judge(next));
	nrs_site_free(r->site);
	r->site = next;
}

static void count_outbox(struct nrs_report *r)
{
	struct nrs_outbox_figures figures;

	nrs_outbox_figures(r->options.outbox, &figures);
	for (unsigned int c = 0; c <= NRS_CLASS_URGENT; c++)
		atomic_store_explicit(&r->classes[c], figures.classes[c],
				      memory_order_relaxed);
	atomic_store_explicit(&r->put, figures.put, memory_order_relaxed);
	atomic_store_explicit(&r->refused, figures.refused,
			      memory_order_relaxed);
	atomic_store_explicit(&r->untold,
			      figures.settle.lost + figures.windows.lost,
			      memory_order_relaxed);
}

static void count_correlation(struct nrs_report *r)
{
	struct nrs_correlator_figures figures;

	nrs_emitter_correlation(r->emitter, &figures);
	atomic_store_explicit(&r->forgotten, figures.expired + figures.dropped,
			      memory_order_relaxed);
	atomic_store_explicit(&r->undecided, figures.undecided,
			      memory_order_relaxed);
}

void nrs_report_step(void *report, bool is_end)
{
	struct nrs_report *r = report;
	const int64_t now_ns = nrs_wall_ns();
	struct nrs_diag diag = {0};

	count_correlation(r);
	take_site(r);
	if (r->options.logging != NULL)
		nrs_logging_step(r->options.logging, now_ns);
	if (r->options.outbox == NULL ||
	    (!is_end && now_ns - r->stepped_ns < STEP_NS &&
	     now_ns >= r->stepped_ns))
		return;
	r->stepped_ns = now_ns;
	const int err =
		nrs_outbox_step(r->options.outbox, now_ns, is_end, &diag);
	if (err != NRS_OK &&
	    !atomic_load_explicit(&r->is_failing, memory_order_relaxed))
		nrs_complain("spool: %s", diag.text[0] != '\0'
						  ? diag.text
						  : nrs_strerror(err));
	atomic_store_explicit(&r->is_failing, err != NRS_OK,
			      memory_order_relaxed);
	if (err == NRS_OK)
		nrs_selftest_stored(r->options.selftest);
	count_outbox(r);
}

void nrs_report_figures(const struct nrs_report *r,
			struct nrs_report_figures *out)
{
	out->hits = atomic_load_explicit(&r->hits, memory_order_relaxed);
	out->real = atomic_load_explicit(&r->real, memory_order_relaxed);
	out->raised = atomic_load_explicit(&r->raised, memory_order_relaxed);
	for (unsigned int c = 0; c <= NRS_CLASS_URGENT; c++)
		out->classes[c] = atomic_load_explicit(&r->classes[c],
						       memory_order_relaxed);
	out->put = atomic_load_explicit(&r->put, memory_order_relaxed);
	out->refused = atomic_load_explicit(&r->refused, memory_order_relaxed);
	out->untold = atomic_load_explicit(&r->untold, memory_order_relaxed) +
		      atomic_load_explicit(&r->unfound, memory_order_relaxed);
	out->is_failing =
		atomic_load_explicit(&r->is_failing, memory_order_relaxed);
	out->forgotten =
		atomic_load_explicit(&r->forgotten, memory_order_relaxed);
	out->undecided =
		atomic_load_explicit(&r->undecided, memory_order_relaxed);
	out->lines_lost =
		atomic_load_explicit(&r->lines_lost, memory_order_relaxed);
	out->logs = (struct nrs_logging_figures){.has_flows = false};
	if (r->options.logging != NULL)
		nrs_logging_figures(r->options.logging, &out->logs);
}
