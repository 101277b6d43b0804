/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the main thread of a live run. It waits for signals and for who asks at
 * the control socket.
 */
#include "app/run.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "app/command.h"
#include "app/notify.h"
#include "app/run_life.h"
#include "app/signals.h"
#include "engine/base/crypto.h"

#define TICK_MS 1000
#define LOOK_NS (5 * NRS_SECOND_NS)

static void look(struct nrs_life *l)
{
	const int64_t now_ns = nrs_wall_ns(), steady_ns = nrs_monotonic_ns();
	char line[100];

	if (nrs_notify_watchdog_us() > 0 &&
	    nrs_desk_is_alive(l->front.desk, now_ns))
		nrs_notify_alive();
	/* The wall clock may be set back. */
	if (steady_ns - l->looked_ns < LOOK_NS)
		return;
	l->looked_ns = steady_ns;
	nrs_desk_look(l->front.desk, now_ns);
	nrs_desk_line(l->front.desk, line, sizeof(line));
	nrs_notify_status(line);
	nrs_say_tick();
}

/* False: it is time to end. */
static bool take_signal(struct nrs_life *l)
{
	const enum nrs_signal signal = nrs_signals_next(l->signals);

	if (signal != NRS_SIGNAL_RELOAD)
		return false;
	nrs_notify_reloading();
	atomic_store_explicit(&l->asked.is_reloading, true,
			      memory_order_relaxed);
	nrs_life_reload(l, true, false);
	return true;
}

static void wait_for_end(struct nrs_life *l)
{
	struct pollfd fds[2 + NRS_CONTROL_FDS_MAX];
	bool goes_on = true;

	while (goes_on) {
		unsigned int count = 1;

		fds[0] = (struct pollfd){.fd = l->signals, .events = POLLIN};
		if (l->front.control != NULL)
			count += nrs_control_fds(l->front.control, fds + 1);
		if (l->front.metrics != NULL)
			fds[count++] = (struct pollfd){
				.fd = nrs_metrics_http_fd(l->front.metrics),
				.events = POLLIN};
		if (poll(fds, count, TICK_MS) > 0 && fds[0].revents != 0)
			goes_on = take_signal(l);
		if (l->front.control != NULL)
			nrs_control_step(l->front.control, nrs_monotonic_ns());
		nrs_metrics_http_step(l->front.metrics, nrs_monotonic_ns());
		look(l);
	}
	nrs_notify_stopping();
}

int nrs_run(const struct nrs_config *config)
{
	struct nrs_diag diag = {0};
	struct nrs_life l = {.config = config,
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
	if (err == NRS_OK)
		err = nrs_posture_new(&l.posture, config, l.choice, &diag);
	if (diag.text[0] != '\0')
		nrs_complain("%s", diag.text);
	if (err == NRS_OK)
		err = nrs_life_open(&l);
	if (err == NRS_OK) {
		nrs_notify_ready(NULL);
		nrs_say("running: %u interfaces, %u workers",
			l.plan->live.interface_count, l.plan->workers);
		wait_for_end(&l);
	} else {
		nrs_fail("not started: %s", nrs_strerror(err));
	}
	nrs_life_close(&l);
	return err == NRS_OK ? NRS_EXIT_OK : NRS_EXIT_PARTLY;
}
