/* SPDX-License-Identifier: Apache-2.0 */
/*
 * looked_at: a set in force behind a publisher, and logs to look for it in.
 */
#pragma once

#include <errno.h>
#include <sys/stat.h>

#include "app/seen_log.h"
#include "app/supply.h"
#include "engine/record.h"
#include "tests/app/workshop.h"
#include "tests/logs/seen_made.h"

struct looked_at {
	struct nrs_supply_file file;
	struct nrs_supply *supply;
	char list[WORKSHOP_PATH], folder[WORKSHOP_PATH];
	void (*force)(void *ctx, const struct nrs_set *set);
	void *ctx;
};

static inline void looked_force(void *ctx, const struct nrs_set *set)
{
	const struct looked_at *at = ctx;

	if (at->force != NULL)
		at->force(at->ctx, set);
}

/* @names in force, one a line; two seats. */
static inline void looked_begin(struct looked_at *at, const char *names)
{
	const struct nrs_supply_options options = {.files = &at->file,
						   .file_count = 1,
						   .building = {.seats = 3},
						   .ctx = at,
						   .in_force = looked_force};
	struct nrs_diag diag = {0};

	(void)snprintf(at->list, sizeof(at->list), "%s",
		       workshop_write("list", names));
	(void)snprintf(at->folder, sizeof(at->folder), "%s",
		       workshop_path("logs"));
	assert_true(mkdir(at->folder, 0700) == 0 || errno == EEXIST);
	at->file = (struct nrs_supply_file){.path = at->list};
	assert_int_equal(nrs_supply_new(&at->supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(at->supply, &diag), NRS_OK);
}

/* Other names are in force. */
static inline void looked_turn(struct looked_at *at, const char *names)
{
	struct nrs_diag diag = {0};

	assert_int_equal(rename(workshop_write("list.new", names), at->list),
			 0);
	assert_true(nrs_supply_changed(at->supply));
	assert_int_equal(nrs_supply_update(at->supply, &diag), NRS_OK);
}

/* The set in force. */
static inline const struct nrs_set *looked_set(const struct looked_at *at)
{
	struct nrs_supply_state state;

	nrs_supply_state(at->supply, &state);
	return nrs_supply_set_of(at->supply, state.generation);
}

/* The value behind a hit's record is @name. */
static inline bool looked_is(const struct nrs_record_hit *hit, const char *name)
{
	const struct nrs_record_value *value = (const void *)(hit + 1);

	return nrs_span_is(nrs_span(value + 1, value->len), name);
}
