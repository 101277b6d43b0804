/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_pace: how a way out fares (a TAXII collection, a MISP, a folder), and
 * when it may be tried again. One thread.
 */
#pragma once

#include "hub/taxii.h"

enum nrs_post_health {
	NRS_POST_STARTING,
	NRS_POST_WELL,
	NRS_POST_TROUBLE, /* the hub: message says what; tried again */
	NRS_POST_DENIED,  /* 401, 403, or no can_write; tried hourly */
	NRS_POST_LOCAL,	  /* our own file: disk full, ... */
};
const char *nrs_post_health_name(enum nrs_post_health health);

/* For `status`. Counts are since the start. */
struct nrs_post_state {
	enum nrs_post_health health;
	char message[200]; /* of the last trouble; "" when well */
	int http_status;
	int64_t posted_ns; /* when the last was accepted; NRS_TIME_MIN: none */
	unsigned int failures;	/* in a row */
	uint64_t posts, posted; /* envelopes, sightings accepted */
	uint64_t quarantined;	/* that the hub would not take at all */
};

struct nrs_post_pace {
	struct nrs_post_state state;
	uint64_t random; /* of the waits' jitter */
	int64_t next_ns; /* not before */
};

/* @seed 0: random. NRS_E_IO: there is no randomness. */
int nrs_post_pace_init(struct nrs_post_pace *pace, uint64_t seed);

/* Something was taken. */
void nrs_post_pace_well(struct nrs_post_pace *pace);

/* It was not: wait as the hub asks, or longer from time to time. */
void nrs_post_pace_trouble(struct nrs_post_pace *pace,
			   const struct nrs_taxii_answer *answer,
			   int64_t now_ns);

/* Our own store or disk: @why; once more after @wait_ns. */
void nrs_post_pace_local(struct nrs_post_pace *pace, const char *why,
			 int64_t now_ns, int64_t wait_ns);

/* Is it time? A clock that went back does not make it wait for ever. */
bool nrs_post_pace_is_due(struct nrs_post_pace *pace, int64_t now_ns);
