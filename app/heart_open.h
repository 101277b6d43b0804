/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heart_open: the heartbeat of a run: what the configuration says of it, and
 * what goes wrong told to people.
 */
#pragma once

#include "app/heart.h"
#include "app/plan.h"

struct nrs_hearts;

/* *@out stays NULL where nobody wants one; NULL is fine below. Errors are said.
 * The state folder is there already. */
int nrs_heart_open(struct nrs_hearts **out, const struct nrs_plan *plan);
void nrs_heart_close(struct nrs_hearts *hearts);

/* Builder: @set is in force now. */
void nrs_heart_force(struct nrs_hearts *hearts, const struct nrs_set *set);
/* Main, each second or so. */
void nrs_heart_beat(struct nrs_hearts *hearts, struct nrs_supply *supply);
