/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measured: what holds for every measure, whatever it was made from.
 */
#pragma once

#include <stdlib.h>

#include "engine/measure.h"

static inline int nrs_fuzz_measured(void *ctx, const struct nrs_measure *m)
{
	(void)ctx;
	for (size_t i = 0; i < m->value.len; i++) {
		if (m->value.ptr[i] <= ' ' || m->value.ptr[i] >= 127)
			abort();
	}
	return NRS_OK;
}
