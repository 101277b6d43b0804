/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_life: a live run as its parts see it: what it holds open, and what other
 * threads ask of its builder. The builder is the thread that makes sets.
 */
#pragma once

#include <stdatomic.h>

#include "app/desk.h"
#include "app/metrics_http.h"
#include "app/threads.h"

#define NRS_LIFE_PATH 4096

/* Of the builder, by other threads. */
struct nrs_asked {
	_Atomic(bool) reload;
	_Atomic(bool) has_news;	    /* in a collection */
	_Atomic(bool) accepts;	    /* the next set, as it comes */
	_Atomic(bool) is_reloading; /* the service manager waits for its end */
};

/* Who is asked, and by which doors: NULL where the configuration opens none. */
struct nrs_front {
	struct nrs_desk *desk;
	struct nrs_control *control;
	struct nrs_tally *tally; /* for metrics, like them */
	struct nrs_selftest *selftest;
	struct nrs_metrics_http *metrics;
	struct nrs_logging *logging; /* of all traffic, or NULL */
	struct nrs_look_new *look;   /* back into them, or NULL */
};

struct nrs_life {
	struct nrs_plan *plan;
	const struct nrs_config *config;
	struct nrs_hash_key key;
	struct nrs_choice *choice;
	struct nrs_posture *posture;
	struct nrs_hubs *hubs;
	struct nrs_supply *supply;
	struct {
		struct nrs_taps *taps;
		struct nrs_live *live;		/* where taps cannot be had */
		struct nrs_kernel_flows *flows; /* or, if asked for, these */
		struct nrs_cgroups *groups;	/* and with processes */
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
	struct nrs_front front;
	int64_t looked_ns; /* nrs_monotonic_ns */
	char hits_path[NRS_LIFE_PATH], vetoes_path[NRS_LIFE_PATH];
	int signals;
	int wake; /* eventfd: the builder has something to do */
	_Atomic(bool) stop;
	struct nrs_asked asked;
};

/*
 * run_open: everything, in the order in which rights are given away; what a
 * failed opening left is for close, like a whole life. Problems are said.
 */
int nrs_life_open(struct nrs_life *life);
void nrs_life_close(struct nrs_life *life);

/* run_build: the builder's thread, until life->stop. @life: struct nrs_life. */
void nrs_life_build(void *life);

/* Any thread: the builder looks at once. */
void nrs_life_wake(const struct nrs_life *life);

/* Hub thread: something was pulled. @life: struct nrs_life, as below. */
void nrs_life_news(void *life);

/* Someone asked: read everything again; @with_hubs: ask them too, at once;
 * @accepts: and believe every source. */
void nrs_life_reload(void *life, bool with_hubs, bool accepts);

/* Files were added: only what changed is read. */
void nrs_life_added(void *life);

/* One line about the set in force. */
void nrs_life_say_set(struct nrs_supply *supply);

/* run_measure: for a step of opening. */
int nrs_life_selftest(struct nrs_life *life);

/* run_measure: two of the steps of opening. What metrics count is there before
 * the first set; they are told when there is somebody to ask. */
int nrs_life_tally(struct nrs_life *life);
int nrs_life_measure(struct nrs_life *life);
