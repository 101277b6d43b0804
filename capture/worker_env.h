/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_env: what a worker has once for all its sessions: rooms for parsers,
 * contexts of libraries. All of it is there before the first packet.
 */
#pragma once

#include "capture/worker_state.h"

/* After the first adopt. NRS_E_NOMEM; what was made is to be given to fini. */
int nrs_worker_env_init(struct nrs_worker *w);
void nrs_worker_env_fini(struct nrs_session_env *env);
