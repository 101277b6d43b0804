/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hubs: the threads of a live run that talk to hubs. They pull collections into
 * durable files and say when something new is in them, and post what waits in
 * the spool; a hub that is slow, gone or wrong delays nobody but itself.
 */
#pragma once

#include "app/pulled.h"
#include "app/sources.h"
#include "sightings/post_out.h"

#define NRS_HUBS_MAX 16

/* One audience to post to; all borrowed. */
struct nrs_post_settings {
	const char *audience;
	enum nrs_post_way way;
	const char *folder; /* of NRS_POST_FOLDER */
	const char *url, *collection;
	struct nrs_auth_config auth;
	struct nrs_http_config http;
	bool trusts_discovery;
	bool tells_heartbeat; /* of heart.h */
	/* What is late elsewhere goes here (nrs_spool_late); NULL: nothing. */
	const struct nrs_share_audience *late, *self;
};

struct nrs_hubs;

struct nrs_hubs_options {
	const struct nrs_hub_settings *hubs;
	unsigned int hub_count;
	const struct nrs_post_settings *posts;
	unsigned int post_count;
	/* That the posts' late and self are of; NULL: there are none. */
	const struct nrs_share_policy *policy;
	const char *state; /* folder of what was pulled, and of the spool */
	/* Any of the threads: new objects are durable. */
	void *ctx;
	void (*news)(void *ctx);
};

/* Open files and credentials. Errors with @diag. */
int nrs_hubs_new(struct nrs_hubs **out, const struct nrs_hubs_options *options,
		 struct nrs_diag *diag);

/* Builder's thread, and one aside: what was pulled of one collection so far,
 * into @set. */
int nrs_hubs_load(struct nrs_hubs *hubs, struct nrs_supply_pull *pull,
		  struct nrs_set *set, struct nrs_diag *diag);

int nrs_hubs_start(struct nrs_hubs *hubs);
/*
 * What waits in the spool is tried once more, for at most @grace_ms; then an
 * exchange under way is ended. What is durable stays.
 */
void nrs_hubs_stop(struct nrs_hubs *hubs, unsigned int grace_ms);
void nrs_hubs_free(struct nrs_hubs *hubs);

/* Any thread: poll now, and look into the spool. */
void nrs_hubs_wake(struct nrs_hubs *hubs);
/* Any thread: the next walk of each collection begins at its start. */
void nrs_hubs_refresh(struct nrs_hubs *hubs);

/* Any thread: a copy of a hub's state, as of its last step. */
void nrs_hubs_state(struct nrs_hubs *hubs, unsigned int index,
		    struct nrs_taxii_in_state *out);
void nrs_hubs_post_state(struct nrs_hubs *hubs, unsigned int index,
			 struct nrs_post_state *out);
