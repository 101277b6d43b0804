/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window: the live aggregation of sharing-rules.md rule 11. One key is
 * (indicator and version, own host or pair, direction, outcome, class). Its
 * windows grow while it goes on: 5 min, 1 h, 24 h; a window of stage s is
 * number floor(time / W_s), and a key moves up one stage when a window closes
 * with hits, back to the first after 24 h of silence.
 *
 * What is told: the first transaction of a key at the next step (specification
 * section 4.5), all others when their window closes. Each telling is one part;
 * parts are numbered, and the number is kept with the stage, so that a restart
 * goes on with new ids and repeats the same ids for the same content. One
 * thread.
 */
#pragma once

#include "engine/base/store.h"
#include "sightings/judge.h"

#define NRS_WINDOW_STAGES 3

/* A sighting to be told. Borrowed during the call. */
struct nrs_window {
	const struct nrs_witness *first; /* its first transaction */
	enum nrs_outcome outcome;
	enum nrs_class grade;
	enum nrs_importance importance; /* of the own host */
	unsigned int stage;
	int64_t number; /* floor(time / width of the stage) */
	uint32_t part;
	int64_t first_ns, last_ns;
	uint64_t count;	  /* transactions */
	enum nrs_how how; /* the weakest that occurred */
	uint32_t protocols;
};

struct nrs_windows_options {
	uint32_t keys_max; /* 0: 65,536 */
	/* Widths of the stages; 0: 5 min, 1 h, 24 h. */
	int64_t width_ns[NRS_WINDOW_STAGES];
	int64_t silence_ns;	       /* 0: 24 h */
	int64_t grace_ns;	       /* a window closes that much later */
	const struct nrs_judge *judge; /* NULL: the shipped rules alone */
	/*
	 * Where the keys are kept (nrs_windows_sql makes the table); NULL:
	 * nowhere. A step's tellings (256 at most) and their keys' new state
	 * are one transaction, in which @tell may write too: all stand or fall
	 * together. Borrowed.
	 */
	struct nrs_store *store;
	bool is_fleeting; /* transactions, but no key is kept or read back */
	void *ctx;
	/* Non-zero: not taken; it is told again at a later step. */
	int (*tell)(void *ctx, const struct nrs_window *window,
		    struct nrs_diag *diag);
};

/* The table, and what a later version added to it. */
extern const char nrs_windows_sql[], nrs_windows_rest_sql[];

struct nrs_windows;

/* With what the store kept; rows of another layout are dropped. NRS_E_NOMEM,
 * or as in store.h. */
int nrs_windows_new(struct nrs_windows **out,
		    const struct nrs_windows_options *options,
		    struct nrs_diag *diag);
void nrs_windows_free(struct nrs_windows *windows);

/* Another judge for what comes from now on; borrowed. */
void nrs_windows_judge(struct nrs_windows *windows,
		       const struct nrs_judge *judge);

/* What it would be worth with @outcome. */
enum nrs_class nrs_windows_grade(const struct nrs_windows *windows,
				 const struct nrs_witness *witness,
				 enum nrs_outcome outcome);

/* Where a transaction was counted. */
struct nrs_window_place {
	uint64_t key;
	uint32_t part;
	enum nrs_outcome outcome;
	enum nrs_class grade;
};

/* Count one transaction, of place->outcome; fills the rest of @place.
 * NRS_E_NOMEM: it is lost, and counted so. */
int nrs_windows_add(struct nrs_windows *windows, struct nrs_witness *witness,
		    struct nrs_window_place *place);

/* Its outcome rose: it is counted there instead, and no longer in @place,
 * unless that was told already (figures.told_lower). */
int nrs_windows_raise(struct nrs_windows *windows, struct nrs_witness *witness,
		      enum nrs_outcome outcome, struct nrs_window_place *place);

/* Close what is due. @all: tell what is not told yet, close nothing. Stops at
 * the first that is not taken. */
int nrs_windows_step(struct nrs_windows *windows, int64_t now_ns, bool all,
		     struct nrs_diag *diag);

/* Keep what was counted since the last save and is not told yet: without it a
 * kill forgets that. */
int nrs_windows_save(struct nrs_windows *windows, struct nrs_diag *diag);

/*
 * A full table gives up, of the outcomes below `answered` first and of class
 * urgent last, the key that was silent longest: what it has not told is told at
 * once, so that nothing is lost but its stage.
 */
struct nrs_windows_figures {
	uint64_t keys;
	uint64_t given_up;   /* keys, to make room */
	uint64_t told_lower; /* transactions told under a lower outcome too */
	uint64_t lost;	     /* transactions: no memory, or not taken */
	uint64_t unreadable; /* rows of the store */
};
void nrs_windows_figures(const struct nrs_windows *windows,
			 struct nrs_windows_figures *out);
