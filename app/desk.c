/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk: a snapshot from everybody's figures, and what is asked for.
 *
 * A hub says how it is now; since when it has been failing is remembered here,
 * look by look. So is what was counted at midnight (UTC), from which "today"
 * begins.
 */
#include "app/desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/added.h"
#include "app/command.h"
#include "app/metrics.h"
#include "app/notes.h"
#include "app/silence.h"
#include "app/status.h"
#include "app/threads.h"
#include "sightings/answers.h"

#define DAY_NS (86400 * NRS_SECOND_NS)
#define LOOK_AGAIN_NS NRS_SECOND_NS

struct nrs_desk {
	struct nrs_desk_options options;
	struct nrs_store *store; /* this thread's, on the spool; or NULL */
	struct nrs_spool *spool;
	int64_t begun_ns; /* nrs_monotonic_ns */
	int64_t looked_ns, day;
	uint64_t hits_at_midnight;
	struct nrs_silence silence;
	struct nrs_posture_state posture;
	uint64_t lines_lost, blocks_dropped; /* at the look before */
	bool loses;			     /* more than then */
	struct nrs_supply_state set;
	struct nrs_crew_figures crew;
	struct nrs_report_figures report;
	struct nrs_status_interface interfaces[NRS_LIVE_INTERFACES_MAX];
	struct nrs_taxii_in_state states[NRS_HUBS_MAX];
	struct nrs_status_hub hubs[NRS_HUBS_MAX];
	struct nrs_post_state posts[NRS_OUTBOX_AUDIENCES_MAX];
	struct nrs_status_audience audiences[NRS_OUTBOX_AUDIENCES_MAX];
	struct nrs_tally_figures *tally; /* NULL without one */
	struct nrs_look_figures look;
	struct nrs_notes notes;
};

/* Without it there are no counts of what was sent, and all else holds. */
static void open_spool(struct nrs_desk *desk)
{
	const struct nrs_spool_limits limits = {0};
	char path[4096];

	if (desk->options.plan->policy.audience_count == 0)
		return;
	(void)snprintf(path, sizeof(path), "%s/spool.db",
		       desk->options.config->state.dir);
	if (nrs_store_open(&desk->store, path, &nrs_spool_schema,
			   NRS_STORE_SYNC_POWER, NULL) == NRS_OK)
		(void)nrs_spool_new(&desk->spool, desk->store, &limits, NULL);
}

int nrs_desk_new(struct nrs_desk **out, const struct nrs_desk_options *options,
		 int64_t now_ns)
{
	struct nrs_desk *desk = calloc(1, sizeof(*desk));

	if (desk == NULL)
		return NRS_E_NOMEM;
	desk->options = *options;
	if (options->tally != NULL)
		desk->tally = calloc(1, sizeof(*desk->tally));
	if (options->tally != NULL && desk->tally == NULL) {
		free(desk);
		return NRS_E_NOMEM;
	}
	desk->begun_ns = nrs_monotonic_ns();
	desk->day = now_ns / DAY_NS;
	for (unsigned int i = 0; i < NRS_HUBS_MAX; i++)
		desk->hubs[i].failing_since_ns = NRS_TIME_MIN;
	for (unsigned int i = 0; i < NRS_OUTBOX_AUDIENCES_MAX; i++)
		desk->audiences[i].failing_since_ns = NRS_TIME_MIN;
	open_spool(desk);
	*out = desk;
	return NRS_OK;
}

void nrs_desk_free(struct nrs_desk *desk)
{
	if (desk == NULL)
		return;
	nrs_spool_free(desk->spool);
	nrs_store_close(desk->store);
	free(desk->tally);
	free(desk);
}

static void look_at_interfaces(struct nrs_desk *desk, int64_t passed_ns)
{
	const struct nrs_plan *plan = desk->options.plan;

	if (!desk->crew.knows_interfaces)
		return;
	for (unsigned int i = 0; i < plan->live.interface_count; i++) {
		struct nrs_status_interface *to = &desk->interfaces[i];
		const struct nrs_crew_interface *now =
			&desk->crew.interfaces[i];

		to->name = plan->interface_names[i];
		to->is_down = now->is_down;
		if (now->is_down)
			continue;
		/* A card's count begins anew when it comes back. */
		to->packets_per_s =
			now->stats.received < to->received || passed_ns <= 0
				? 0
				: (now->stats.received - to->received) * 1000 /
					  (uint64_t)(passed_ns / 1000000 + 1);
		to->received = now->stats.received;
		to->dropped = now->stats.dropped;
	}
}

static void remember_failing(int64_t *since_ns, int64_t now_ns, bool is_failing)
{
	if (!is_failing)
		*since_ns = NRS_TIME_MIN;
	else if (*since_ns == NRS_TIME_MIN)
		*since_ns = now_ns;
}

static void look_at_hubs(struct nrs_desk *desk, int64_t now_ns)
{
	const struct nrs_plan *plan = desk->options.plan;

	for (unsigned int i = 0; i < plan->hub_count; i++) {
		struct nrs_taxii_in_state *state = &desk->states[i];
		struct nrs_status_hub *to = &desk->hubs[i];

		nrs_hubs_state(desk->options.hubs, i, state);
		to->name = plan->hubs[i].name;
		to->pulled_ns = state->pulled_ns;
		to->message = state->message;
		remember_failing(&to->failing_since_ns, now_ns,
				 state->health != NRS_TAXII_IN_WELL &&
					 state->health !=
						 NRS_TAXII_IN_STARTING);
	}
}

static void count_posts(struct nrs_desk *desk, struct nrs_status_audience *to)
{
	struct nrs_spool_counts counts;
	struct nrs_answers_counts answers;

	if (desk->spool == NULL ||
	    nrs_spool_counts(desk->spool, nrs_span_of(to->name), &counts,
			     NULL) != NRS_OK)
		return; /* the figures of the look before stay */
	to->held = counts.states[NRS_SPOOL_HELD];
	to->queued = counts.states[NRS_SPOOL_QUEUED];
	to->confirmed = counts.states[NRS_SPOOL_CONFIRMED];
	to->accepted = counts.states[NRS_SPOOL_SENT] +
		       counts.states[NRS_SPOOL_UNCONFIRMED] + to->confirmed;
	to->failed = counts.states[NRS_SPOOL_FAILED];
	to->refused = counts.refused;
	if (nrs_answers_count(desk->store, nrs_span_of(to->name), &answers,
			      NULL) != NRS_OK)
		return;
	to->answered = answers.answered;
	to->agreed = answers.confirmed;
	to->refuted = answers.refuted;
}

static unsigned int audience_count(const struct nrs_desk *desk)
{
	const unsigned int count = desk->options.plan->policy.audience_count;

	return desk->options.hubs == NULL	  ? 0
	       : count > NRS_OUTBOX_AUDIENCES_MAX ? NRS_OUTBOX_AUDIENCES_MAX
						  : count;
}

static void look_at_audiences(struct nrs_desk *desk, int64_t now_ns)
{
	const struct nrs_plan *plan = desk->options.plan;

	for (unsigned int i = 0; i < audience_count(desk); i++) {
		struct nrs_post_state *state = &desk->posts[i];
		struct nrs_status_audience *to = &desk->audiences[i];

		nrs_hubs_post_state(desk->options.hubs, i, state);
		to->name = plan->posts[i].audience;
		to->message = state->message;
		remember_failing(&to->failing_since_ns, now_ns,
				 state->health != NRS_POST_WELL &&
					 state->health != NRS_POST_STARTING);
		count_posts(desk, to);
	}
}

void nrs_desk_look(struct nrs_desk *desk, int64_t now_ns)
{
	const int64_t passed_ns = now_ns - desk->looked_ns;
	const int64_t day = now_ns / DAY_NS;

	nrs_crew_figures(desk->options.crew, &desk->crew);
	nrs_silence_look(&desk->silence, desk->crew.silent, now_ns);
	nrs_report_figures(desk->options.report, &desk->report);
	if (day != desk->day)
		desk->hits_at_midnight = desk->report.real;
	desk->day = day;
	desk->loses = desk->report.lines_lost > desk->lines_lost ||
		      desk->crew.blocks_dropped > desk->blocks_dropped;
	desk->lines_lost = desk->report.lines_lost;
	desk->blocks_dropped = desk->crew.blocks_dropped;
	look_at_interfaces(desk, desk->looked_ns == 0 ? 0 : passed_ns);
	nrs_heart_beat(desk->options.hearts, desk->options.supply);
	if (desk->options.selftest != NULL)
		nrs_selftest_look(desk->options.selftest, now_ns);
	look_at_hubs(desk, now_ns);
	look_at_audiences(desk, now_ns);
	desk->looked_ns = now_ns;
}

bool nrs_desk_is_alive(const struct nrs_desk *desk, int64_t now_ns)
{
	return !nrs_silence_is_long(&desk->silence, now_ns);
}

static void make_notes(struct nrs_desk *desk, int64_t now_ns)
{
	struct nrs_outlets_figures outlets;
	struct nrs_spool_losses lost;
	const bool knows_lost =
		desk->spool != NULL &&
		nrs_spool_losses(desk->spool, &lost, NULL) == NRS_OK;
	const struct nrs_notes_view view = {
		.set = &desk->set,
		.crew = &desk->crew,
		.report = &desk->report,
		.outlets = &outlets,
		.lost = knows_lost ? &lost : NULL,
		.state_dir = desk->options.config->state.dir,
		.loses = desk->loses,
		.silent_threads = nrs_desk_is_alive(desk, now_ns)
					  ? 0
					  : desk->silence.threads};

	nrs_outlets_figures(desk->options.outlets, &outlets);
	nrs_notes_make(&desk->notes, &view);
}

static void snapshot(struct nrs_desk *desk, struct nrs_status_view *out)
{
	const struct nrs_desk_options *o = &desk->options;
	const int64_t now_ns = nrs_wall_ns();

	if (now_ns - desk->looked_ns >= LOOK_AGAIN_NS ||
	    now_ns < desk->looked_ns)
		nrs_desk_look(desk, now_ns);
	struct nrs_supply_state *set = &desk->set;

	nrs_supply_state(o->supply, set);
	nrs_look_new_figures(o->look, &desk->look);
	if (o->posture != NULL)
		nrs_posture_state(o->posture, &desk->posture);
	make_notes(desk, now_ns);
	*out = (struct nrs_status_view){
		.posture = &desk->posture,
		.sensor = o->config->sensor.name,
		.now_ns = now_ns,
		.up_ns = nrs_monotonic_ns() - desk->begun_ns,
		.generation = set->generation,
		.since_ns = set->since_ns,
		.kept = set->kept,
		.received = set->funnel.received,
		.exercise = o->config->sensor.exercise,
		.disbelieved = set->disbelieved,
		.funnel = &set->funnel,
		.rules = set->policy,
		.interfaces = desk->interfaces,
		.interface_count = o->plan->live.interface_count,
		.hubs = desk->hubs,
		.hub_count = o->plan->hub_count,
		.audiences = desk->audiences,
		.audience_count = audience_count(desk),
		.notes = desk->notes.notes,
		.note_count = desk->notes.count,
		.look = o->look == NULL ? NULL : &desk->look,
		.logs = &desk->report.logs,
		.hits_today = desk->report.real - desk->hits_at_midnight};
	(void)snprintf(out->digest, sizeof(out->digest), "%s", set->digest);
}

static int on_status(void *ctx, bool is_json, struct nrs_text *out)
{
	struct nrs_status_view view;

	snapshot(ctx, &view);
	return is_json ? nrs_status_json(&view, out)
		       : nrs_status_text(&view, out);
}

static int on_reload(void *ctx, bool accepts, bool refreshes,
		     struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;

	if (refreshes && desk->options.hubs != NULL)
		nrs_hubs_refresh(desk->options.hubs);

	desk->options.reload(desk->options.ctx, true, accepts);
	nrs_text_puts(out, "reading again\n");
	return 0;
}

static const char *state_folder(struct nrs_desk *desk, struct nrs_text *out)
{
	const char *dir = desk->options.config->state.dir;

	if (dir == NULL)
		nrs_text_puts(out, "not added: set state.dir (--state DIR)\n");
	else
		(void)nrs_make_folder(dir); /* what follows says why not */
	return dir;
}

/* Also when only some were added. */
static int on_add(void *ctx, const struct nrs_span *values, unsigned int count,
		  struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	const char *dir = state_folder(desk, out);
	const struct nrs_build_options building = {
		.seats = 1,
		.subdomains = desk->options.config->subdomains,
		.guards = desk->options.config->guards,
		.own = desk->options.guards};

	if (dir == NULL)
		return 1;
	const bool is_all =
		nrs_added_values(dir, values, count, &building, out);
	desk->options.added(desk->options.ctx);
	return is_all ? 0 : 1;
}

static int on_add_file(void *ctx, const char *path, struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	const char *dir = state_folder(desk, out);
	struct nrs_supply_state set;

	nrs_supply_state(desk->options.supply, &set);
	if (dir == NULL ||
	    !nrs_added_file(dir, path, set.is_large ? &set.room : NULL, out))
		return 1;
	desk->options.added(desk->options.ctx);
	return 0;
}

static int on_withdraw(void *ctx, const struct nrs_span *values,
		       unsigned int count, struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	const char *dir = state_folder(desk, out);

	if (dir == NULL)
		return 1;
	const bool is_all = nrs_added_withdraw(dir, values, count, out);
	desk->options.added(desk->options.ctx);
	return is_all ? 0 : 1;
}

static int on_posture(void *ctx, struct nrs_span word, struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	struct nrs_posture *posture = desk->options.posture;
	struct nrs_posture_state now;

	if (posture == NULL) {
		nrs_text_puts(out, "this sensor has no postures\n");
		return 1;
	}
	if (word.len == 0) {
		nrs_posture_state(posture, &now);
		nrs_text_puts(out,
			      now.is_heightened ? "heightened\n" : "normal\n");
		return 0;
	}
	if (!nrs_posture_set(posture, word, nrs_wall_ns(), out))
		return 1;
	desk->options.added(desk->options.ctx); /* the builder looks */
	return 0;
}

static int on_selftest(void *ctx, bool is_begin, bool with_wire,
		       struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	struct nrs_selftest *test = desk->options.selftest;

	if (test == NULL)
		return NRS_SELFTEST_NONE;
	return (int)(is_begin ? nrs_selftest_begin(test, nrs_wall_ns(), out)
			      : nrs_selftest_ask(test, with_wire, nrs_wall_ns(),
						 out));
}

const struct nrs_control_ops nrs_desk_ops = {
	on_status,   on_reload,	 on_add,     on_add_file,
	on_withdraw, on_posture, on_selftest};

void nrs_desk_line(struct nrs_desk *desk, char *out, size_t room)
{
	struct nrs_status_view view;

	snapshot(desk, &view);
	(void)snprintf(out, room, "set %u, %llu indicators, %llu hits today",
		       view.generation, (unsigned long long)view.kept,
		       (unsigned long long)view.hits_today);
}

void nrs_desk_metrics(void *ctx, struct nrs_text *out)
{
	struct nrs_desk *desk = ctx;
	struct nrs_status_view status;
	struct nrs_outlets_figures outlets;
	struct nrs_text verdict = {0};

	if (desk->tally == NULL)
		return;
	snapshot(desk, &status);
	nrs_outlets_figures(desk->options.outlets, &outlets);
	nrs_tally_figures(desk->options.tally, desk->tally);
	const struct nrs_metrics_view view = {
		.version = NRS_VERSION,
		.status = &status,
		.set = &desk->set,
		.crew = &desk->crew,
		.report = &desk->report,
		.outlets = &outlets,
		.tally = desk->tally,
		.is_degraded =
			nrs_status_text(&status, &verdict) != NRS_STATUS_WELL};
	nrs_metrics_text(&view, out);
	nrs_text_fini(&verdict);
}
