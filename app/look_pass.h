/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_pass: one pass through the logs of a folder, for some indicators of the
 * published db, while packets are matched with it. It borrows the db from a
 * seat of its own for some hundred rows at a time, so that a swap waits for it
 * no longer than for a worker; after a swap it goes on with the new one.
 */
#pragma once

#include "app/look_known.h"
#include "engine/publish.h"
#include "engine/record.h"

struct nrs_look_pass_options {
	const char *folder;
	const char *stem; /* of the logs to be read: "seen-" */
	struct nrs_publisher *publisher;
	unsigned int seat; /* nobody else's */
	const struct nrs_look_list *list;
	int64_t from_ns; /* what was seen last before is not looked at */
	/* What comes late to the logs: all of it was before its indicator;
	 * live hits told of the rest. */
	bool is_late;
	void *ctx;
	bool (*is_over)(void *ctx);
	/* Hits of what is on the list, from the log @file, one record behind
	 * another; the set of their generation is there while this lasts.
	 * False: it is over. */
	bool (*found)(void *ctx, const char *file, struct nrs_span records);
	/* All up to @place was read and given; the db is not borrowed. */
	void (*step)(void *ctx, const struct nrs_look_place *place,
		     size_t rows);
};

struct nrs_look_pass_figures {
	uint64_t damaged; /* blocks, lines, files that are no log */
};

/* From list->from on. NRS_E_CANCELLED: it is over; NRS_E_NOMEM, NRS_E_IO: the
 * folder cannot be read. */
int nrs_look_pass(const struct nrs_look_pass_options *options,
		  struct nrs_look_pass_figures *figures);
