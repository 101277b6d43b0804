/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_build: the builder's loop. It looks at its files twice a second and
 * rebuilds when one was replaced, or when it is asked to (SIGHUP).
 */
#include "app/run_life.h"

#include <poll.h>
#include <unistd.h>

#include "app/command.h"
#include "app/notify.h"

#define LOOK_MS 500 /* at its files */

void nrs_life_say_set(struct nrs_supply *supply)
{
	struct nrs_supply_state state;

	nrs_supply_state(supply, &state);
	/* Of a large set that changed it is computed when all is compiled. */
	const bool has_digest = strchr(state.digest, ':') != NULL;
	nrs_say("set generation %u%s%s: %u of %llu indicators",
		state.generation, has_digest ? " " : "",
		has_digest ? state.digest : "", state.kept,
		(unsigned long long)state.funnel.received);
	if (state.unmarked > 0)
		nrs_complain(
			"%u of them are unmarked = AMBER+STRICT: sightings of "
			"them never leave; set a default_tlp for their source",
			state.unmarked);
}

/* Everything anew (@is_all), or what changed. */
static void rebuild(struct nrs_life *l, bool is_all)
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
		nrs_life_say_set(l->supply);
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
static void look_at_site(struct nrs_life *l)
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
	const struct nrs_life *l = ctx;
	struct pollfd wake = {.fd = l->wake, .events = POLLIN};

	return poll(&wake, 1, 0) > 0;
}

static void build_once(struct nrs_life *l)
{
	nrs_supply_choose(l->supply,
			  nrs_posture_policy(l->posture, nrs_wall_ns()));
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

void nrs_life_build(void *arg)
{
	struct nrs_life *l = arg;
	struct pollfd wake = {.fd = l->wake, .events = POLLIN};
	uint64_t times;

	while (!atomic_load_explicit(&l->stop, memory_order_relaxed)) {
		if (poll(&wake, 1, LOOK_MS) > 0)
			(void)!read(l->wake, &times, sizeof(times));
		build_once(l);
		look_at_site(l);
	}
}

void nrs_life_wake(const struct nrs_life *l)
{
	const uint64_t one = 1;

	(void)!write(l->wake, &one, sizeof(one));
}

/* Hub thread: something was pulled. */
void nrs_life_news(void *ctx)
{
	struct nrs_life *l = ctx;

	atomic_store_explicit(&l->asked.has_news, true, memory_order_relaxed);
	nrs_life_wake(l);
}

/* Someone asked: read everything again. */
void nrs_life_reload(void *ctx, bool with_hubs, bool accepts)
{
	struct nrs_life *l = ctx;

	if (accepts)
		atomic_store_explicit(&l->asked.accepts, true,
				      memory_order_relaxed);
	atomic_store_explicit(&l->asked.reload, true, memory_order_relaxed);
	nrs_life_wake(l);
	if (with_hubs && l->hubs != NULL)
		nrs_hubs_wake(l->hubs);
}

/* Files were added: only what changed is read. */
void nrs_life_added(void *ctx)
{
	nrs_life_wake(ctx);
}
