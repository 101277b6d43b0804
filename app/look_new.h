/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_new: what is new among the indicators in force is looked for in the
 * logs of the days before, once, by a thread that runs when nobody else wants
 * the processor. One look at a time: what comes meanwhile is for the next.
 */
#pragma once

#include "app/logging.h"
#include "app/look_figures.h"
#include "app/look_known.h"
#include "engine/publish.h"
#include "engine/record.h"

struct nrs_look_new;

struct nrs_look_new_options {
	const char *folder;	/* with the logs */
	const char *stem;	/* of those to be read: "seen-" */
	const char *state_path; /* of what was looked for; or NULL */
	unsigned int days;
	struct nrs_publisher *publisher;
	unsigned int seat; /* nobody else's */
	/* They are written before a look: what was seen before the new set
	 * was in force is read. */
	struct nrs_logging *logging;
	void *ctx;
	void (*wake)(void *ctx); /* the emitter: there is something to give */
	int64_t settle_ns; /* so long what was seen may take to them: 0: 1 s */
	/* So long what ended before may take to them, as a flow does until it
	 * is over: what came to the logs since is looked at once more then, in
	 * this life. 0: nothing takes longer. */
	int64_t late_ns;
};

/* Borrows what the options name. No thread yet. NRS_E_NOMEM. */
int nrs_look_new_open(struct nrs_look_new **out,
		      const struct nrs_look_new_options *options);
/* NRS_E_NOMEM, NRS_E_IO. */
int nrs_look_new_start(struct nrs_look_new *look);
/* What is under way ends soon, and goes on from there in the next life. Does
 * not wait. NULL is fine, here and below. */
void nrs_look_new_end(struct nrs_look_new *look);
/* Waits for the end. Before what the options name goes. */
void nrs_look_new_close(struct nrs_look_new *look);

/* Builder's thread: @set came into force. */
void nrs_look_new_force(struct nrs_look_new *look, const struct nrs_set *set,
			int64_t now_ns);

/* The emitter's thread: give what was found, in the order of the logs, with
 * the name of the log. The set of its generation is there. False: nothing. */
bool nrs_look_new_give(struct nrs_look_new *look, void *ctx,
		       void (*hit)(void *ctx, const struct nrs_record_hit *hit,
				   const char *file));

/* Any thread. */
void nrs_look_new_figures(struct nrs_look_new *look,
			  struct nrs_look_figures *out);
