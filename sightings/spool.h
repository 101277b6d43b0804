/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: the durable queue between what was decided to be told and the hubs.
 * A sighting is in it before it is sent, and gone only after the hub's
 * acknowledgement for that very object. The same id is never two objects: what
 * is put again under an id that stands already changes nothing.
 *
 * One file of the store for all audiences, with the windows' table in it. The
 * thread that puts and the one that sends each have a store and a spool of
 * their own on it; one struct is used by one thread.
 *
 * Bounded: above bytes_max go, each counted, first what hubs refused or never
 * confirmed, then the detail (observed-data) of what waits, the oldest first,
 * then what waits itself, the lowest class and the oldest first. What a hub
 * has accepted and not yet confirmed stays.
 */
#pragma once

#include "engine/base/store.h"
#include "engine/base/text.h"
#include "sightings/disclose.h"

extern const struct nrs_store_schema nrs_spool_schema;

enum nrs_spool_state {
	NRS_SPOOL_HELD,	       /* a person decides */
	NRS_SPOOL_QUEUED,      /* to be sent */
	NRS_SPOOL_SENT,	       /* accepted (202), not yet confirmed */
	NRS_SPOOL_CONFIRMED,   /* its status is complete */
	NRS_SPOOL_UNCONFIRMED, /* its status vanished twice */
	NRS_SPOOL_FAILED,      /* quarantined, with the hub's message */
	NRS_SPOOL_WITHHELD,    /* a person said no */
	NRS_SPOOL_STATES
};
const char *nrs_spool_state_name(enum nrs_spool_state state);

struct nrs_spool_limits {
	uint64_t bytes_max;   /* of objects; 0: 256 MiB */
	uint64_t history_max; /* finished ones remembered; 0: 100,000 */
};

struct nrs_spool;

/* @store is borrowed, opened with nrs_spool_schema. Errors of all functions
 * as in store.h. */
int nrs_spool_new(struct nrs_spool **out, struct nrs_store *store,
		  const struct nrs_spool_limits *limits, struct nrs_diag *diag);
void nrs_spool_free(struct nrs_spool *spool);

/* This audience's own key, made at random the first time and kept: ids stay
 * the same over restarts, and differ from audience to audience (rule 15). */
#define NRS_SPOOL_KEY_LEN 32
int nrs_spool_key(struct nrs_spool *spool, struct nrs_span audience,
		  uint8_t key[NRS_SPOOL_KEY_LEN], struct nrs_diag *diag);

struct nrs_spool_post {
	struct nrs_span audience;
	struct nrs_span id;	     /* of the sighting */
	struct nrs_span whole, bare; /* objects, a comma between */
	enum nrs_spool_state state;  /* HELD or QUEUED */
	struct nrs_share_item item;  /* what was disclosed, to ask again */
	struct nrs_span indicator;   /* that was sighted, and its version */
	int64_t version_ns;
	enum nrs_tlp tlp; /* of the sighting */
	int64_t made_ns;
};

/* Opens no transaction: several puts may be one. */
int nrs_spool_put(struct nrs_spool *spool, const struct nrs_spool_post *post,
		  struct nrs_diag *diag);

/* Count a refusal: nothing of what was refused is kept. */
int nrs_spool_refuse(struct nrs_spool *spool, struct nrs_span audience,
		     const struct nrs_share_verdict *verdict, int64_t now_ns,
		     struct nrs_diag *diag);

struct nrs_spool_counts {
	uint64_t states[NRS_SPOOL_STATES];
	uint64_t refused;
	int64_t oldest_queued_ns; /* NRS_TIME_MIN: none */
};
int nrs_spool_counts(struct nrs_spool *spool, struct nrs_span audience,
		     struct nrs_spool_counts *out, struct nrs_diag *diag);

/* A row's marking: one that no version of ours writes is the strictest. */
enum nrs_tlp nrs_spool_tlp(int64_t stored);

/* What was given up for room, since the file was made. */
struct nrs_spool_losses {
	uint64_t finished, details, sightings;
};
int nrs_spool_losses(struct nrs_spool *spool, struct nrs_spool_losses *out,
		     struct nrs_diag *diag);
