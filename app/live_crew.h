/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_crew: the threads of a live run that touch packets: N workers, which
 * read their own sockets or are fed by one capture thread, and one emitter that
 * merges.
 */
#pragma once

#include "capture/feed.h"
#include "capture/worker.h"
#include "engine/publish.h"
#include "sightings/emitter.h"

struct nrs_crew;

struct nrs_crew_options {
	unsigned int workers;
	struct nrs_taps *taps; /* each worker reads its own; or NULL */
	struct nrs_live *live; /* then: the capture thread's; or NULL: then */
	struct nrs_kernel_flows *flows;	 /* likewise */
	struct nrs_publisher *publisher; /* with a seat for each worker */
	const struct nrs_db *db;	 /* its current one */
	const struct nrs_hash_key *key;
	uint32_t flows_total;
	uint64_t payload_bytes;	     /* of worker.h */
	unsigned int logs;	     /* likewise */
	int64_t (*clock)(void);	     /* likewise, for costs */
	bool pins;		     /* workers stay on processors */
	struct nrs_emitter *emitter; /* the emitter thread's */
	void *ctx;
	/* Emitter thread: after what came was merged, at least every 100 ms;
	 * the last time with @is_end. */
	void (*step)(void *ctx, bool is_end);
	/* Emitter thread, often: hits that come from elsewhere, and name sets
	 * as those of workers do; false: there were none. Or NULL. */
	bool (*more)(void *ctx);
	/* A thread that reads: an interface went away. */
	void (*problem)(void *ctx, const struct nrs_diag *diag);
};

/* Start all threads. All is borrowed. NRS_E_NOMEM, NRS_E_IO. */
int nrs_crew_start(struct nrs_crew **out,
		   const struct nrs_crew_options *options);

/* Read no more, end every flow, tell everything, end all threads. */
void nrs_crew_stop(struct nrs_crew *crew);
void nrs_crew_free(struct nrs_crew *crew);

/*
 * After a swap, from the builder's thread: wait until nobody will ask for what
 * @generation refers to. Returns at once when the crew has stopped.
 */
void nrs_crew_forget(struct nrs_crew *crew, uint32_t generation);

/* Any thread: there is something for options.more. */
void nrs_crew_wake(struct nrs_crew *crew);

/* Any thread: put @packet in front of a worker, as if an interface had brought
 * it. Borrowed as long as the crew runs; what is put there before it was taken
 * takes its place. */
void nrs_crew_inject(struct nrs_crew *crew, const struct nrs_packet *packet);

/* What is counted, as of now; waits for a round's end, at most 200 ms (then
 * some worker's figures are older). One asking thread. */
struct nrs_crew_interface {
	bool is_down;
	struct nrs_live_stats stats;
};
struct nrs_crew_figures {
	struct nrs_counters counters; /* of all threads */
	uint64_t blocks_dropped;      /* no room on the way to the emitter */
	unsigned int down;	      /* interfaces */
	unsigned int silent;	      /* threads that did not answer */
	enum nrs_shed_level shed;     /* of the worker that sheds most */
	unsigned int shedding;	      /* workers that leave something out */
	uint64_t shed_steps[NRS_SHED_LEVELS]; /* taken by all of them */
	bool knows_interfaces; /* the capture thread answered in time */
	struct nrs_crew_interface interfaces[NRS_LIVE_INTERFACES_MAX];
};
void nrs_crew_figures(struct nrs_crew *crew, struct nrs_crew_figures *out);
