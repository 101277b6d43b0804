/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz: what every target has: its one function, and what must hold.
 */
#pragma once

#include <stdlib.h>

#include "engine/base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool holds)
{
	if (!holds)
		abort();
}
