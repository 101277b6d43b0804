/* SPDX-License-Identifier: Apache-2.0 */
/*
 * captures: the capture files that a test goes through, in the order of their
 * names.
 */
#pragma once

#include "tests/capture/mutate.h"

/* @wanted: a file or folder; NULL: tests/data; "corpus": the shared captures.
 * 0, or what the test ends with. */
int captures_find(const char *wanted);
unsigned int captures_count(void);
const char *captures_at(unsigned int index);

/* All packets of the capture at @path that can be read. */
void captures_load(struct mutant *m, const char *path);
