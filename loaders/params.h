/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params: what stands behind the name of a format: NAME:KEY=VALUE,KEY=VALUE.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* NAME without what follows it. */
struct nrs_span nrs_params_name(struct nrs_span format);

/* KEY=VALUE,... behind the name. */
struct nrs_span nrs_params_of(struct nrs_span format);

/* The value of @key, or the empty span. The last one counts. */
struct nrs_span nrs_params_get(struct nrs_span format, const char *key);

/*
 * Cut the next KEY=VALUE off *@rest, which begins as nrs_params_of. False: no
 * more, or (*@rest is not empty then) what comes is no KEY=VALUE.
 */
bool nrs_params_next(struct nrs_span *rest, struct nrs_span *key,
		     struct nrs_span *value);

/* Is every key one of @keys (NULL ends them)? NRS_OK, or NRS_E_USAGE with the
 * first that is not in the diag. */
int nrs_params_check(struct nrs_span format, const char *const keys[],
		     struct nrs_diag *diag);
