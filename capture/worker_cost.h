/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_cost: what indicators cost, told where somebody asks; inside a worker.
 */
#pragma once

#include "capture/worker_state.h"

void nrs_worker_cost_begin(struct nrs_worker *w);
/* At the end of a round. */
void nrs_worker_cost_tell(struct nrs_worker *w);
