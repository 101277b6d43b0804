/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the main thread of a live run, and the builder's loop.
 *
 * Main waits for signals and for who asks at the control socket. The builder
 * looks at its files twice a second and rebuilds when one was replaced, or when
 * it is asked to (SIGHUP).
 */
#include "app/run.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/command.h"
#include "app/desk.h"
#include "app/notify.h"
#include "app/signals.h"
#include "app/threads.h"
#include "engine/base/crypto.h"

#define PATH_ROOM 4096
#define LOOK_MS 500   /* the builder's, at its files */
#define GRACE_MS 5000 /* for a last post */
#define TICK_MS 1000  /* main's */
#define LOOK_NS (5 * NRS_SECOND_NS)

/* Of the builder, by other threads. */
struct asked {
	_Atomic(bool) reload;
	_Atomic(bool) has_news;	    /* in a collection */
	_Atomic(bool) accepts;	    /* the next set, as it comes */
	_Atomic(bool) is_reloading; /* the service manager waits for its end */
};

struct life {
	struct nrs_plan *plan;
	const struct nrs_config *config;
	struct nrs_hash_key key;
	struct nrs_choice *choice;
	struct nrs_hubs *hubs;
	struct nrs_supply *supply;
	struct {
		struct nrs_taps *taps;
		struct nrs_live *live; /* where taps cannot be had */
	} wire;
	struct nrs_hits_file *hits;
	struct nrs_outlets *outlets;
	struct nrs_store *spool; /* the emitter's handle */
	struct nrs_outbox *outbox;
	struct nrs_report *report;
	struct nrs_site *site; /* the report's; the builder looks at it */
	struct nrs_crew *crew;
	struct nrs_thread *builder;
	struct nrs_hearts *heart;
	struct nrs_desk *desk;
	struct nrs_control *control;
	int64_t looked_ns;
	char hits_path[PATH_ROOM], vetoes_path[PATH_ROOM];
	int signals;
	int wake; /* eventfd: the builder has something to do */
	_Atomic(bool) stop;
	struct asked asked;
};

static int complain(int err, const struct nrs_diag *diag)
{
	if (err != NRS_OK)
		nrs_complain("%s", diag->text[0] != '\0' ? diag->text
							 : nrs_strerror(err));
	return err;
}

static void say_set(struct nrs_supply *supply)
{
	struct nrs_supply_state state;

	nrs_supply_state(supply, &state);
	nrs_say("set generation %u %s: %u of %llu indicators", state.generation,
		state.digest, state.kept,
		(unsigned long long)state.funnel.received);
	if (state.unmarked > 0)
		nrs_complain(
			"%u of them are unmarked = AMBER+STRICT: sightings of "
			"them never leave; set a default_tlp for their source",
			state.unmarked);
}

/* Everything anew (@is_all), or what changed. */
static void rebuild(struct life *l, bool is_all)
{
	struct nrs_supply_state before, after;
	struct nrs_diag diag = {0};

	nrs_supply_state(l->supply, &before);
	if (atomic_exchange_explicit(&l->asked.accepts, false,
				     memory_order_relaxed))
		nrs_supply_accept(l->supply);
	if (is_all)
		nrs_supply_want_all(l->supply);
	const int err = nrs_supply_update(l->supply, &diag);
	nrs_supply_state(l->supply, &after);
	if (err != NRS_OK)
		nrs_complain("%s; generation %u stays in force",
			     diag.text[0] != '\0' ? diag.text
						  : nrs_strerror(err),
			     before.generation);
	else if (after.generation != before.generation)
		say_set(l->supply);
	else if (after.is_merging && !before.is_merging)
		nrs_say("all indicators are compiled anew; generation %u stays "
			"in force meanwhile",
			before.generation);
	else if (!after.is_merging)
		nrs_say("nothing changed; generation %u stays in force",
			before.generation);
	if (after.is_merging)
		return;
	if (atomic_exchange_explicit(&l->asked.is_reloading, false,
				     memory_order_relaxed))
		nrs_notify_ready(NULL);
}

/* Assets or verdicts were edited. What cannot be read changes nothing. */
static void look_at_site(struct life *l)
{
	struct nrs_site *next = NULL;
	struct nrs_diag diag = {0};

	if (!nrs_site_changed(l->site))
		return;
	if (nrs_site_new(&next, l->config, &diag) != NRS_OK) {
		nrs_complain("%s; what was read before stays in force",
			     diag.text);
		return;
	}
	nrs_report_adopt(l->report, next);
	l->site = next;
	nrs_say("assets and verdicts were read again");
}

static bool is_woken(void *ctx)
{
	const struct life *l = ctx;
	struct pollfd wake = {.fd = l->wake, .events = POLLIN};

	return poll(&wake, 1, 0) > 0;
}

static void build_once(struct life *l)
{
	const bool is_all = atomic_exchange_explicit(&l->asked.reload, false,
						     memory_order_relaxed);

	if (atomic_exchange_explicit(&l->asked.has_news, false,
				     memory_order_relaxed))
		nrs_supply_news(l->supply);
	if (is_all || nrs_supply_changed(l->supply))
		rebuild(l, is_all);
	else
		nrs_supply_rest(l->supply, is_woken, l);
}

static void build_on(void *arg)
{
	struct life *l = arg;
	struct pollfd wake = {.fd = l->wake, .events = POLLIN};
	uint64_t times;

	while (!atomic_load_explicit(&l->stop, memory_order_relaxed)) {
		if (poll(&wake, 1, LOOK_MS) > 0)
			(void)!read(l->wake, &times, sizeof(times));
		build_once(l);
		look_at_site(l);
	}
}

static void on_problem(void *ctx, const struct nrs_diag *diag)
{
	(void)ctx;
	nrs_complain("%s; tried again every second", diag->text);
}

static void wake_builder(const struct life *l)
{
	const uint64_t one = 1;

	(void)!write(l->wake, &one, sizeof(one));
}

/* Hub thread: something was pulled. */
static void on_news(void *ctx)
{
	struct life *l = ctx;

	atomic_store_explicit(&l->asked.has_news, true, memory_order_relaxed);
	wake_builder(l);
}

static int load_pulled(void *ctx, struct nrs_supply_pull *pull,
		       struct nrs_set *set, struct nrs_diag *diag)
{
	struct life *l = ctx;

	return nrs_hubs_load(l->hubs, pull, set, diag);
}

static int open_hubs(struct life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_hubs_options options = {
		.hubs = s->hubs,
		.hub_count = s->hub_count,
		.posts = s->posts,
		.post_count = s->policy.audience_count,
		.state = l->config->state.dir,
		.ctx = l,
		.news = on_news};
	struct nrs_diag diag = {0};

	if (s->hub_count + s->policy.audience_count == 0)
		return NRS_OK;
	if (nrs_make_folder(l->config->state.dir) != NRS_OK)
		return NRS_E_IO;
	return complain(nrs_hubs_new(&l->hubs, &options, &diag), &diag);
}

/* Where the record of vetoes goes, if there can be one. */
static const char *vetoes_path(struct life *l)
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
	struct life *l = ctx;

	nrs_heart_force(l->heart, set);
}

static int first_set(struct life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_supply_options options = {
		.files = s->files,
		.file_count = s->file_count,
		.building = {.seats = s->workers,
			     .validity = (enum nrs_validity)l->config->validity,
			     .at_ns = nrs_wall_ns(),
			     .subdomains = l->config->subdomains,
			     .guards = l->config->guards,
			     .strict = l->config->strict,
			     .lenient_off = l->config->not_lenient,
			     .own = nrs_choice_guards(l->choice)},
		.exceptions = l->config->spared.exceptions.items,
		.exception_count = l->config->spared.exceptions.count,
		.vetoes = vetoes_path(l),
		.policy = nrs_choice_policy(l->choice),
		.feeds = {.shrink_percent = l->config->feeds.shrink_percent,
			  .grow_percent = l->config->feeds.grow_percent,
			  .least = l->config->feeds.least},
		.pulled_count = l->hubs == NULL ? 0 : s->hub_count,
		.ctx = l,
		.in_force = on_force,
		.load = load_pulled};
	struct nrs_diag diag = {0};
	int err = nrs_supply_new(&l->supply, &options);

	if (err == NRS_OK)
		err = nrs_supply_build(l->supply, &diag);
	if (err != NRS_OK)
		nrs_complain("%s", diag.text[0] != '\0' ? diag.text
							: nrs_strerror(err));
	else
		say_set(l->supply);
	return err;
}

static int open_hits(struct life *l)
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

/* What hits are worth, and where they go at home. */
static int open_home(struct life *l)
{
	struct nrs_diag diag = {0};
	int err = nrs_outlets_new(&l->outlets, l->config, &diag);

	if (err == NRS_OK)
		err = nrs_site_new(&l->site, l->config, &diag);
	return complain(err, &diag);
}

/* Nothing is told to anybody unless there is an audience (rule 1). */
static int open_outbox(struct life *l)
{
	struct nrs_outbox_options options = {
		.policy = &l->plan->policy,
		.judge = nrs_site_judge(l->site),
		.home = &l->config->home_net,
		.sensor = nrs_span_of(l->config->sensor.name),
		.now_ns = nrs_wall_ns()};
	struct nrs_diag diag = {0};
	char path[PATH_ROOM];

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

static int open_interfaces(struct life *l)
{
	struct nrs_diag diag = {0};
	int err = nrs_taps_open(&l->wire.taps, &l->plan->live, l->plan->workers,
				&l->key, &diag);

	if (err == NRS_E_UNSUPPORTED) {
		nrs_complain("%s; one thread reads for all workers", diag.text);
		err = nrs_live_open(&l->wire.live, &l->plan->live, &diag);
	}
	return complain(err, &diag);
}

static int start(struct life *l)
{
	const struct nrs_plan *s = l->plan;
	const struct nrs_report_options reporting = {
		.supply = l->supply,
		.home = &l->config->home_net,
		.interfaces = s->interface_names,
		.hits = l->hits,
		.outbox = l->outbox,
		.outlets = l->outlets,
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
		.publisher = nrs_supply_publisher(l->supply),
		.db = nrs_supply_db(l->supply),
		.key = &l->key,
		.flows_total = (uint32_t)l->config->flows.total,
		.payload_bytes = l->config->flows.payload_bytes,
		.emitter = nrs_report_emitter(l->report),
		.ctx = l->report,
		.step = nrs_report_step,
		.problem = on_problem};
	err = nrs_crew_start(&l->crew, &crewing);
	if (err != NRS_OK)
		return err;
	nrs_supply_serve(l->supply, l->crew);
	err = nrs_thread_start(&l->builder, "builder", build_on, l);
	return err == NRS_OK && l->hubs != NULL ? nrs_hubs_start(l->hubs) : err;
}

/* Someone asked: read everything again. */
static void on_reload(void *ctx, bool with_hubs, bool accepts)
{
	struct life *l = ctx;

	if (accepts)
		atomic_store_explicit(&l->asked.accepts, true,
				      memory_order_relaxed);
	atomic_store_explicit(&l->asked.reload, true, memory_order_relaxed);
	wake_builder(l);
	if (with_hubs && l->hubs != NULL)
		nrs_hubs_wake(l->hubs);
}

/* Files were added: only what changed is read. */
static void on_added(void *ctx)
{
	wake_builder(ctx);
}

/* A socket that nobody named may fail: then nobody can ask. */
static int open_desk(struct life *l)
{
	const struct nrs_desk_options options = {.config = l->config,
						 .plan = l->plan,
						 .supply = l->supply,
						 .choice = l->choice,
						 .hubs = l->hubs,
						 .hearts = l->heart,
						 .crew = l->crew,
						 .report = l->report,
						 .outlets = l->outlets,
						 .ctx = l,
						 .reload = on_reload,
						 .added = on_added};
	const char *path = l->config->control.socket;
	const bool is_named = nrs_config_is_set(l->config, "control.socket");
	struct nrs_diag diag = {0};
	int err = nrs_desk_new(&l->desk, &options, nrs_wall_ns());

	if (err != NRS_OK || path == NULL || path[0] == '\0')
		return err;
	err = nrs_control_open(&l->control, path, &nrs_desk_ops, l->desk,
			       &diag);
	if (err == NRS_OK)
		return NRS_OK;
	nrs_complain("%s%s", diag.text,
		     is_named ? "" : ": noroshi status cannot ask this sensor");
	return is_named ? err : NRS_OK;
}

static void look(struct life *l)
{
	const int64_t now_ns = nrs_wall_ns();
	char line[100];

	if (nrs_notify_watchdog_us() > 0)
		nrs_notify_alive();
	if (now_ns - l->looked_ns < LOOK_NS)
		return;
	l->looked_ns = now_ns;
	nrs_desk_look(l->desk, now_ns);
	nrs_desk_line(l->desk, line, sizeof(line));
	nrs_notify_status(line);
	nrs_say_tick();
}

/* False: it is time to end. */
static bool take_signal(struct life *l)
{
	const enum nrs_signal signal = nrs_signals_next(l->signals);

	if (signal != NRS_SIGNAL_RELOAD)
		return false;
	nrs_notify_reloading();
	atomic_store_explicit(&l->asked.is_reloading, true,
			      memory_order_relaxed);
	on_reload(l, true, false);
	return true;
}

static void wait_for_end(struct life *l)
{
	struct pollfd fds[1 + NRS_CONTROL_FDS_MAX];
	bool goes_on = true;

	while (goes_on) {
		unsigned int count = 1;

		fds[0] = (struct pollfd){.fd = l->signals, .events = POLLIN};
		if (l->control != NULL)
			count += nrs_control_fds(l->control, fds + 1);
		if (poll(fds, count, TICK_MS) > 0 && fds[0].revents != 0)
			goes_on = take_signal(l);
		if (l->control != NULL)
			nrs_control_step(l->control, nrs_wall_ns());
		look(l);
	}
	nrs_notify_stopping();
}

static void say_end(struct life *l)
{
	struct nrs_report_figures report;
	struct nrs_crew_figures crew;

	nrs_report_figures(l->report, &report);
	nrs_crew_figures(l->crew, &crew);
	nrs_say("ended: %llu packets, %llu flows, %llu hits",
		(unsigned long long)crew.counters.value[NRS_C_PACKETS],
		(unsigned long long)crew.counters.value[NRS_C_FLOWS],
		(unsigned long long)report.hits);
	if (report.lines_lost > 0)
		nrs_complain("%llu lines of %s were lost: the disk was full",
			     (unsigned long long)report.lines_lost,
			     l->hits_path);
	if (crew.blocks_dropped > 0)
		nrs_complain("%llu blocks of records were dropped",
			     (unsigned long long)crew.blocks_dropped);
}

static void end(struct life *l)
{
	nrs_control_close(l->control);
	nrs_desk_free(l->desk);
	atomic_store_explicit(&l->stop, true, memory_order_relaxed);
	wake_builder(l);
	nrs_thread_join(l->builder);
	if (l->crew != NULL)
		nrs_crew_stop(l->crew);
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
	nrs_outlets_free(l->outlets);
	nrs_taps_close(l->wire.taps);
	nrs_live_close(l->wire.live);
	nrs_supply_free(l->supply);
	nrs_choice_free(l->choice);
	nrs_hubs_free(l->hubs);
	nrs_plan_free(l->plan);
	if (l->signals >= 0)
		(void)close(l->signals);
	if (l->wake >= 0)
		(void)close(l->wake);
}

static int confine(struct life *l)
{
	return nrs_run_confine(l->config);
}

static int open_heart(struct life *l)
{
	return nrs_heart_open(&l->heart, l->plan);
}

/* In this order: nothing is written, and no thread made, before rights are
 * given away. */
static int (*const steps[])(struct life *) = {
	open_interfaces, confine,   open_hubs,	 open_heart, first_set,
	open_hits,	 open_home, open_outbox, start,	     open_desk};

int nrs_run(const struct nrs_config *config)
{
	struct nrs_diag diag = {0};
	struct life l = {.config = config,
			 .signals = nrs_signals_open(),
			 .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	uint64_t seed = 0;
	int err = l.signals < 0 || l.wake < 0 ? NRS_E_IO
					      : nrs_random(&seed, sizeof(seed));

	nrs_hash_key_init(&l.key, seed);
	if (err == NRS_OK)
		err = nrs_plan_new(&l.plan, config, &diag);
	if (err == NRS_OK)
		err = nrs_choice_new(&l.choice, config, &diag);
	if (diag.text[0] != '\0')
		nrs_complain("%s", diag.text);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && err == NRS_OK;
	     i++)
		err = steps[i](&l);
	if (err == NRS_OK) {
		nrs_notify_ready(NULL);
		nrs_say("running: %u interfaces, %u workers",
			l.plan->live.interface_count, l.plan->workers);
		wait_for_end(&l);
	}
	end(&l);
	return err == NRS_OK ? NRS_EXIT_OK : NRS_EXIT_PARTLY;
}
