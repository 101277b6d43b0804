/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hubs: the thread of a live run that talks to hubs. It pulls collections into
 * a durable file and says when something new is in it; a hub that is slow,
 * gone or wrong delays nobody but itself.
 */
#pragma once

#include "app/http.h"
#include "loaders/taxii_in.h"

#define NRS_HUBS_MAX 16

/* One collection to pull; all borrowed. */
struct nrs_hub_settings {
	const char *name; /* of the source, for people: hub/collection */
	const char *url;  /* discovery or API root */
	const char *collection;
	struct nrs_auth_config auth;
	struct nrs_http_config http;
	uint32_t interval_s; /* 0: the default */
	struct nrs_loader_options loading;
};

struct nrs_hubs;

struct nrs_hubs_options {
	const struct nrs_hub_settings *hubs;
	unsigned int hub_count;
	const char *state; /* folder of what was pulled */
	/* Hub thread: new objects are durable. */
	void *ctx;
	void (*news)(void *ctx);
};

/* Open files and credentials. Errors with @diag. */
int nrs_hubs_new(struct nrs_hubs **out, const struct nrs_hubs_options *options,
		 struct nrs_diag *diag);

/* Builder's thread: all that was pulled so far, into @set. */
int nrs_hubs_load(struct nrs_hubs *hubs, struct nrs_set *set,
		  struct nrs_diag *diag);

int nrs_hubs_start(struct nrs_hubs *hubs);
/* Ends an exchange under way; what is durable stays. */
void nrs_hubs_stop(struct nrs_hubs *hubs);
void nrs_hubs_free(struct nrs_hubs *hubs);

/* Any thread: poll now. */
void nrs_hubs_wake(struct nrs_hubs *hubs);

/* Any thread: a copy of a hub's state, as of its last step. */
void nrs_hubs_state(struct nrs_hubs *hubs, unsigned int index,
		    struct nrs_taxii_in_state *out);
