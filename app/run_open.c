/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_open: what a live run opens, in which order, and how it closes.
 */
#include "app/run_life.h"

#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/run.h"
#include "app/run_logs.h"

#define GRACE_MS 5000 /* for a last post */

static int complain(int err, const struct nrs_diag *diag)
{
	if (err != NRS_OK)
		nrs_complain("%s", diag->text[0] != '\0' ? diag->text
							 : nrs_strerror(err));
	return err;
}

static void on_problem(void *ctx, const struct nrs_diag *diag)
{
	(void)ctx;
	nrs_complain("%s; tried again every second", diag->text);
}

static int load_pulled(void *ctx, struct nrs_supply_pull *pull,
		       struct nrs_set *set, struct nrs_diag *diag)
{
	struct nrs_life *l = ctx;

	return nrs_hubs_load(l->hubs, pull, set, diag);
}

static int open_hubs(struct nrs_life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_hubs_options options = {
		.hubs = s->hubs,
		.hub_count = s->hub_count,
		.posts = s->posts,
		.post_count = s->policy.audience_count,
		.policy = &s->policy,
		.state = l->config->state.dir,
		.ctx = l,
		.news = nrs_life_news};
	struct nrs_diag diag = {0};

	if (s->hub_count + s->policy.audience_count == 0)
		return NRS_OK;
	if (nrs_make_folder(l->config->state.dir) != NRS_OK)
		return NRS_E_IO;
	return complain(nrs_hubs_new(&l->hubs, &options, &diag), &diag);
}

/* Where the record of vetoes goes, if there can be one. */
static const char *vetoes_path(struct nrs_life *l)
{
	const char *dir = l->config->state.dir;

	if (l->config->spared.exceptions.count == 0 || dir == NULL ||
	    nrs_make_folder(dir) != NRS_OK)
		return NULL;
	(void)snprintf(l->vetoes_path, sizeof(l->vetoes_path),
		       "%s/vetoes.jsonl", dir);
	return l->vetoes_path;
}

/* Builder: a set is in force. */
static void on_force(void *ctx, const struct nrs_set *set)
{
	struct nrs_life *l = ctx;

	nrs_heart_force(l->heart, set);
	nrs_tally_force(l->front.tally, set);
	nrs_posture_force(l->posture, set);
	if (l->front.look == NULL)
		return;
	struct nrs_supply_state state;
	nrs_supply_state(l->supply, &state);
	nrs_look_new_force(l->front.look, set, state.since_ns);
}

/* Merger: all indicators are compiled. */
static void on_merged(void *ctx)
{
	nrs_life_wake(ctx);
}

static int first_set(struct nrs_life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_supply_options options = {
		.files = s->files,
		.file_count = s->file_count,
		/* the builder's is the last */
		.building = {.seats = s->workers + 1 +
				      nrs_run_looks_back(l->config),
			     .validity = (enum nrs_validity)l->config->validity,
			     .at_ns = nrs_wall_ns(),
			     .subdomains = l->config->subdomains,
			     .guards = l->config->guards,
			     .strict = l->config->strict,
			     .lenient_off = l->config->not_lenient,
			     .own = nrs_choice_guards(l->choice)},
		.exceptions = l->config->spared.exceptions.items,
		.exception_count = l->config->spared.exceptions.count,
		.by_hand = s->by_hand,
		.vetoes = vetoes_path(l),
		.policy = nrs_posture_policy(l->posture, nrs_wall_ns()),
		.feeds = {.shrink_percent = l->config->feeds.shrink_percent,
			  .grow_percent = l->config->feeds.grow_percent,
			  .least = l->config->feeds.least},
		.pulled_count = l->hubs == NULL ? 0 : s->hub_count,
		.ctx = l,
		.in_force = on_force,
		.wake = on_merged,
		.load = load_pulled};
	struct nrs_diag diag = {0};
	int err = nrs_supply_new(&l->supply, &options);

	if (err == NRS_OK)
		err = nrs_supply_build(l->supply, &diag);
	if (err != NRS_OK)
		nrs_complain("%s", diag.text[0] != '\0' ? diag.text
							: nrs_strerror(err));
	else
		nrs_life_say_set(l->supply);
	return err;
}

static int open_hits(struct nrs_life *l)
{
	const struct nrs_config_out *out = &l->config->out;
	const struct nrs_hits_file_options options = {
		.path = l->hits_path,
		.rotate_bytes = out->rotate_mb * 1000000,
		.keep = (unsigned int)out->keep};
	struct nrs_diag diag = {0};

	if (out->dir == NULL)
		return NRS_OK;
	if (nrs_make_folder(out->dir) != NRS_OK)
		return NRS_E_IO;
	(void)snprintf(l->hits_path, sizeof(l->hits_path), "%s/hits.jsonl",
		       out->dir);
	const int err = nrs_hits_file_open(&l->hits, &options, &diag);
	if (err != NRS_OK)
		nrs_complain("%s", diag.text);
	return err;
}

/* Logs of all traffic, if there shall be any. */
static int open_logs(struct nrs_life *l)
{
	struct nrs_diag diag = {0};

	return complain(nrs_run_logs_open(&l->front.logging, l->plan, &diag),
			&diag);
}

static int open_look(struct nrs_life *l)
{
	const int err = nrs_run_look_open(l);

	if (err != NRS_OK)
		nrs_complain("looking back: %s", nrs_strerror(err));
	return err;
}

/* What hits are worth, and where they go at home. */
static int open_home(struct nrs_life *l)
{
	struct nrs_diag diag = {0};
	int err = nrs_outlets_new(&l->outlets, l->config, &diag);

	if (err == NRS_OK)
		err = nrs_site_new(&l->site, l->config, &diag);
	return complain(err, &diag);
}

/* Nothing is told to anybody unless there is an audience (rule 1). */
static int open_outbox(struct nrs_life *l)
{
	struct nrs_outbox_options options = {
		.policy = &l->plan->policy,
		.judge = nrs_site_judge(l->site),
		.home = &l->config->home_net,
		.sensor = nrs_span_of(l->config->sensor.name),
		.now_ns = nrs_wall_ns()};
	struct nrs_diag diag = {0};
	char path[NRS_LIFE_PATH];

	if (l->plan->policy.audience_count == 0)
		return NRS_OK;
	(void)snprintf(path, sizeof(path), "%s/spool.db", l->config->state.dir);
	int err = nrs_store_open(&l->spool, path, &nrs_spool_schema,
				 NRS_STORE_SYNC_POWER, &diag);
	options.store = l->spool;
	if (err == NRS_OK)
		err = nrs_outbox_new(&l->outbox, &options, &diag);
	return complain(err, &diag);
}

/* What is lost of the processes is said, and all else works. */
static void open_groups(struct nrs_life *l)
{
	const char *lost = nrs_kernel_flows_lost(l->wire.flows);
	const char *older = nrs_kernel_flows_lost_older(l->wire.flows);
	struct nrs_diag diag = {0};

	if (lost != NULL) {
		nrs_complain("%s; hits name no process", lost);
		return;
	}
	if (older != NULL)
		nrs_complain("%s (it takes root, or CAP_SYS_PTRACE and "
			     "CAP_DAC_READ_SEARCH); connections that were open "
			     "before name no process",
			     older);
	if (nrs_cgroups_new(&l->wire.groups, l->config->sensor.cgroup,
			    NRS_CGROUPS_MAX, &diag) != NRS_OK)
		nrs_complain("%s; cgroups have numbers and no paths",
			     diag.text);
}

static int open_kernel_flows(struct nrs_life *l)
{
	struct nrs_diag diag = {0};
	const int err =
		nrs_kernel_flows_open(&l->wire.flows, &l->plan->live, &diag);

	if (err == NRS_OK)
		nrs_say("flows are kept in the kernel (%s): of each, what "
			"begins it is looked into, and the rest is counted",
			nrs_kernel_flows_hook(l->wire.flows));
	if (err == NRS_OK && l->config->sensor.confine &&
	    strcmp(nrs_kernel_flows_hook(l->wire.flows), "clsact") == 0)
		nrs_complain("the kernel is older than 6.6: the programs stay "
			     "at the interface when this sensor has ended "
			     "(tc qdisc del dev IF clsact), and an interface "
			     "that goes away is not watched again");
	if (err == NRS_OK && l->config->sensor.cgroup != NULL)
		open_groups(l);
	if (err == NRS_E_UNSUPPORTED)
		nrs_complain("%s; packets are read instead%s", diag.text,
			     l->config->sensor.cgroup == NULL
				     ? ""
				     : ", and hits name no process");
	else
		(void)complain(err, &diag);
	return err;
}

static int open_interfaces(struct nrs_life *l)
{
	struct nrs_diag diag = {0};
	int err = l->config->sensor.source == NRS_SOURCE_BPF
			  ? open_kernel_flows(l)
			  : NRS_E_UNSUPPORTED;

	if (err != NRS_E_UNSUPPORTED)
		return err;
	err = nrs_taps_open(&l->wire.taps, &l->plan->live, l->plan->workers,
			    &l->key, &diag);

	if (err == NRS_E_UNSUPPORTED) {
		nrs_complain("%s; one thread reads for all workers", diag.text);
		err = nrs_live_open(&l->wire.live, &l->plan->live, &diag);
	}
	return complain(err, &diag);
}

static int start(struct nrs_life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_report_options reporting = {
		.supply = l->supply,
		.home = &l->config->home_net,
		.interfaces = s->interface_names,
		.hits = l->hits,
		.outbox = l->outbox,
		.outlets = l->outlets,
		.tally = l->front.tally,
		.selftest = l->front.selftest,
		.logging = l->front.logging,
		.groups = l->wire.groups,
		.look = l->front.look,
		.site = l->site,
		.workers = s->workers,
		.correlating = {
			.window_ns = (int64_t)l->config->patterns.window_s *
				     NRS_SECOND_NS,
			.candidates_max =
				(uint32_t)l->config->patterns.candidates}};
	int err = nrs_report_new(&l->report, &reporting);

	if (err != NRS_OK) {
		l->site = NULL; /* the report took it */
		return err;
	}
	const struct nrs_crew_options crewing = {
		.workers = s->workers,
		.taps = l->wire.taps,
		.live = l->wire.live,
		.flows = l->wire.flows,
		.publisher = nrs_supply_publisher(l->supply),
		.db = nrs_supply_db(l->supply),
		.key = &l->key,
		.flows_total = (uint32_t)l->config->flows.total,
		.payload_bytes = l->config->flows.payload_bytes,
		.logs = nrs_run_log_kinds(l->config),
		.pins = l->config->sensor.pin,
		.clock = l->front.tally != NULL ? nrs_monotonic_ns : NULL,
		.emitter = nrs_report_emitter(l->report),
		.ctx = l->report,
		.step = nrs_report_step,
		.more = l->front.look != NULL ? nrs_report_more : NULL,
		.problem = on_problem};
	err = nrs_crew_start(&l->crew, &crewing);
	if (err != NRS_OK)
		return err;
	nrs_supply_serve(l->supply, l->crew);
	if (l->front.look != NULL)
		err = nrs_look_new_start(l->front.look);
	if (err == NRS_OK)
		err = nrs_thread_start(&l->builder, "builder", nrs_life_build,
				       l);
	return err == NRS_OK && l->hubs != NULL ? nrs_hubs_start(l->hubs) : err;
}

/* A socket that nobody named may fail: then nobody can ask. */
static int open_desk(struct nrs_life *l)
{
	const struct nrs_desk_options options = {
		.config = l->config,
		.plan = l->plan,
		.supply = l->supply,
		.posture = l->posture,
		.hubs = l->hubs,
		.hearts = l->heart,
		.crew = l->crew,
		.report = l->report,
		.outlets = l->outlets,
		.tally = l->front.tally,
		.selftest = l->front.selftest,
		.look = l->front.look,
		.guards = nrs_choice_guards(l->choice),
		.ctx = l,
		.reload = nrs_life_reload,
		.added = nrs_life_added};
	const char *path = l->config->control.socket;
	const bool is_named = nrs_config_is_set(l->config, "control.socket");
	struct nrs_diag diag = {0};
	int err = nrs_desk_new(&l->front.desk, &options, nrs_wall_ns());

	if (err != NRS_OK || path == NULL || path[0] == '\0')
		return err;
	err = nrs_control_open(&l->front.control, path, &nrs_desk_ops,
			       l->front.desk, &diag);
	if (err == NRS_OK)
		return NRS_OK;
	nrs_complain("%s%s", diag.text,
		     is_named ? "" : ": noroshi status cannot ask this sensor");
	return is_named ? err : NRS_OK;
}

/* What the kernel counted, of all interfaces. */
static void say_kernel(const struct nrs_life *l)
{
	struct nrs_live_stats sum = {0}, one;

	for (unsigned int i = 0; i < l->plan->live.interface_count; i++) {
		(void)nrs_kernel_flows_stats(l->wire.flows, i, &one);
		sum.received += one.received;
		sum.dropped += one.dropped;
	}
	nrs_say("the kernel has seen %llu packets, %llu packets and events "
		"had no room",
		(unsigned long long)sum.received,
		(unsigned long long)sum.dropped);
}

static void say_end(struct nrs_life *l)
{
	struct nrs_report_figures report;
	struct nrs_crew_figures crew;

	nrs_report_figures(l->report, &report);
	nrs_crew_figures(l->crew, &crew);
	nrs_say("ended: %llu packets, %llu flows, %llu hits",
		(unsigned long long)crew.counters.value[NRS_C_PACKETS],
		(unsigned long long)crew.counters.value[NRS_C_FLOWS],
		(unsigned long long)report.hits);
	if (crew.counters.value[NRS_C_FLOW_REPORTS] > 0)
		nrs_say("counted by the kernel alone: %llu packets, %llu "
			"octets",
			(unsigned long long)
				crew.counters.value[NRS_C_UNSAMPLED],
			(unsigned long long)
				crew.counters.value[NRS_C_UNSAMPLED_BYTES]);
	if (l->wire.flows != NULL)
		say_kernel(l);
	if (report.lines_lost > 0)
		nrs_complain("%llu lines of %s were lost: the disk was full",
			     (unsigned long long)report.lines_lost,
			     l->hits_path);
	if (crew.blocks_dropped > 0)
		nrs_complain("%llu blocks of records were dropped",
			     (unsigned long long)crew.blocks_dropped);
}

void nrs_life_close(struct nrs_life *l)
{
	nrs_control_close(l->front.control);
	nrs_metrics_http_close(l->front.metrics);
	nrs_desk_free(l->front.desk);
	nrs_look_new_end(l->front.look);
	atomic_store_explicit(&l->stop, true, memory_order_relaxed);
	nrs_life_wake(l);
	nrs_thread_join(l->builder);
	if (l->crew != NULL)
		nrs_crew_stop(l->crew);
	nrs_look_new_close(l->front.look);
	/* All hits are in the spool by now. */
	nrs_hubs_stop(l->hubs, GRACE_MS);
	if (l->crew != NULL && l->builder != NULL)
		say_end(l);
	nrs_crew_free(l->crew);
	if (l->report == NULL)
		nrs_site_free(l->site);
	nrs_report_free(l->report);
	nrs_heart_close(l->heart);
	nrs_outbox_free(l->outbox);
	nrs_store_close(l->spool);
	nrs_hits_file_close(l->hits);
	if (nrs_logging_close(l->front.logging) != NRS_OK)
		nrs_complain("the end of a log of all traffic was not written");
	nrs_outlets_free(l->outlets);
	nrs_tally_free(l->front.tally);
	nrs_selftest_free(l->front.selftest);
	nrs_taps_close(l->wire.taps);
	nrs_live_close(l->wire.live);
	nrs_kernel_flows_close(l->wire.flows);
	nrs_cgroups_free(l->wire.groups);
	nrs_supply_free(l->supply);
	nrs_posture_free(l->posture);
	nrs_choice_free(l->choice);
	nrs_hubs_free(l->hubs);
	nrs_plan_free(l->plan);
	if (l->signals >= 0)
		(void)close(l->signals);
	if (l->wake >= 0)
		(void)close(l->wake);
}

static int confine(struct nrs_life *l)
{
	return nrs_run_confine(l->config);
}

static int open_heart(struct nrs_life *l)
{
	return nrs_heart_open(&l->heart, l->plan);
}

/* In this order: nothing is written, and no thread made, before rights are
 * given away. */
static int (*const steps[])(struct nrs_life *) = {
	open_interfaces, confine,   nrs_life_tally,  open_hubs,
	open_heart,	 first_set, open_hits,	     open_logs,
	open_look,	 open_home, open_outbox,     nrs_life_selftest,
	start,		 open_desk, nrs_life_measure};

int nrs_life_open(struct nrs_life *l)
{
	int err = NRS_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && err == NRS_OK;
	     i++)
		err = steps[i](l);
	return err;
}
