/* SPDX-License-Identifier: Apache-2.0 */
/* one_pattern: a set of one indicator against what was seen. */
#pragma once

#include "engine/matcher.h"
#include "tests/nrs_test.h"

#define SEEN_MAX 8

/* "flow" fields go to the flow's transaction, the rest to an exchange. */
struct seen {
	enum nrs_field field;
	unsigned int object;
	const char *text; /* NULL ends; integers in decimal */
};

/* Of its hits, and of the first values of the last. */
struct told {
	unsigned int hits, values;
	bool is_unsure; /* some value by a subdomain or prefix */
	enum nrs_how how;
};

/* One indicator with @pattern against @seen, which ends at SEEN_MAX or a text
 * that is NULL. */
struct told match(const char *pattern, const struct seen *seen);

/* A pattern and what it comes to. */
struct pattern_row {
	const char *name, *pattern;
	struct seen seen[SEEN_MAX];
	unsigned int hits;
	enum nrs_how how;
};

void expect_hits(const struct pattern_row *rows, size_t count);
