/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_key: the key of own hosts' tokens in logs: that of an audience, so that
 * the tokens are those in its sightings, or one that no audience has.
 */
#pragma once

#include "app/config.h"
#include "engine/own_token.h"

/* What @config says of tokens. False: logs hold addresses. */
bool nrs_own_key_wanted(const struct nrs_config *config);

/* From the spool in state.dir, made there the first time. NRS_E_USAGE (no
 * state.dir), NRS_E_IO, NRS_E_FORMAT with @diag; NRS_E_NOMEM. */
int nrs_own_key(uint8_t key[NRS_OWN_KEY_LEN], const struct nrs_config *config,
		struct nrs_diag *diag);
