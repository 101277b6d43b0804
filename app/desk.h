/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk: what a running sensor answers to who asks: its status, reload, add.
 * Main thread.
 */
#pragma once

#include "app/control.h"
#include "app/heart_open.h"
#include "app/look_new.h"
#include "app/plan.h"
#include "app/posture.h"
#include "app/report.h"

struct nrs_desk;

/* All borrowed. */
struct nrs_desk_options {
	const struct nrs_config *config;
	const struct nrs_plan *plan;
	struct nrs_supply *supply;
	struct nrs_posture *posture; /* or NULL: there is one only */
	struct nrs_hubs *hubs;	     /* or NULL */
	struct nrs_hearts *hearts;   /* or NULL: beats at each look */
	struct nrs_crew *crew;
	struct nrs_report *report;
	struct nrs_outlets *outlets;   /* or NULL */
	struct nrs_tally *tally;       /* or NULL: no metrics */
	struct nrs_selftest *selftest; /* or NULL */
	struct nrs_look_new *look;     /* or NULL: nobody looks back */
	struct nrs_guard_own guards;   /* what they know, if they are on */
	void *ctx;
	/* Read everything again; @with_hubs: ask them at once too; @accepts:
	 * and believe every source. */
	void (*reload)(void *ctx, bool with_hubs, bool accepts);
	void (*added)(void *ctx); /* look at what was added */
};

int nrs_desk_new(struct nrs_desk **out, const struct nrs_desk_options *options,
		 int64_t now_ns);
void nrs_desk_free(struct nrs_desk *desk);

/* With a desk as ctx. */
extern const struct nrs_control_ops nrs_desk_ops;

/* Look at the figures; call every few seconds: rates are over that time. */
void nrs_desk_look(struct nrs_desk *desk, int64_t now_ns);

/* Append what Prometheus reads (metrics.h). @desk: struct nrs_desk. */
void nrs_desk_metrics(void *desk, struct nrs_text *out);

/* False: a worker has not answered for long (silence.h): it hangs. */
bool nrs_desk_is_alive(const struct nrs_desk *desk, int64_t now_ns);

/* A line for the service manager: sets, hits, the first trouble. */
void nrs_desk_line(struct nrs_desk *desk, char *out, size_t room);
