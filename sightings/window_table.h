/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window_table: inside the windows, shared by the window*.c files and nobody
 * else.
 */
#pragma once

#include "sightings/chain.h"
#include "sightings/window.h"

#define NRS_WINDOW_BUCKETS 16384u
/* What a full table gives up first: below `answered`, the rest, urgent. */
#define NRS_WINDOW_LISTS 3u
#define NRS_WINDOW_GONE_MAX 1024u

/* Another number whenever the struct below changes. */
#define NRS_WINDOW_LAYOUT 0x4e4b0003u

/* Transactions that are not told yet. */
struct nrs_window_part {
	uint64_t count;
	int64_t first_ns, last_ns;
	uint32_t protocols;
	uint8_t how;
	uint8_t spare[3];
};

/* Of a key, as it is kept in the store. */
struct nrs_window_state {
	uint32_t layout;
	uint32_t part;	  /* the next one's number */
	uint64_t hits;	  /* in the open window, told or not */
	int64_t number;	  /* of the open window, or of the last */
	int64_t heard_ns; /* the last transaction of all */
	uint8_t stage, outcome, grade, importance;
	bool is_open; /* a window */
	bool is_new;  /* the lead is not told */
	uint8_t spare[2];
	struct nrs_window_part lead; /* the key's very first transaction */
	struct nrs_window_part rest; /* while the lead waits, the part after */
};

struct nrs_window_key {
	struct nrs_chain in_bucket, by_silence;
	struct nrs_witness *lead; /* names the key; never another one */
	struct nrs_witness *rest; /* the first of what waits there; or NULL */
	uint64_t serial;
	struct nrs_window_state state;
	/* The step after something came: what is found in logs is old, and
	 * more of it may come. */
	int64_t touched_ns;
	bool is_fresh; /* since the last step */
	bool is_dirty; /* not as it is in the store */
	bool is_saved; /* has a row */
};

static inline uint64_t nrs_window_untold(const struct nrs_window_key *key)
{
	return key->state.lead.count + key->state.rest.count;
}

/* A key that was told in the open transaction, as it was before. */
struct nrs_window_told {
	struct nrs_window_key *key;
	struct nrs_window_state before;
};
#define NRS_WINDOW_TOLD_MAX 256u

struct nrs_windows {
	struct nrs_windows_options options;
	struct nrs_chain lists[NRS_WINDOW_LISTS];
	struct nrs_chain buckets[NRS_WINDOW_BUCKETS];
	uint64_t next_serial;
	struct nrs_store_query *put, *drop; /* a row; NULL without a store */
	uint64_t gone[NRS_WINDOW_GONE_MAX]; /* rows to delete */
	unsigned int gone_count;
	bool rewrite;  /* all rows: too many are gone */
	bool is_begun; /* a transaction, with these told in it: */
	unsigned int told_count;
	struct nrs_window_told told[NRS_WINDOW_TOLD_MAX];
	struct nrs_windows_figures figures;
};

void nrs_window_insert(struct nrs_windows *windows, struct nrs_window_key *key);
void nrs_window_forget(struct nrs_windows *windows, struct nrs_window_key *key);

/* The store's side; all do nothing without one. */
int nrs_window_keep_open(struct nrs_windows *windows, struct nrs_diag *diag);
void nrs_window_keep_close(struct nrs_windows *windows);
int nrs_window_keep_begin(struct nrs_windows *windows, struct nrs_diag *diag);
int nrs_window_keep_key(struct nrs_windows *windows,
			const struct nrs_window_key *key,
			struct nrs_diag *diag);
/* Commit if @err is NRS_OK, else roll back; returns what it came to. */
int nrs_window_keep_end(struct nrs_windows *windows, int err,
			struct nrs_diag *diag);
