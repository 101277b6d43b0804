/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pulled: what is pulled from hubs, where it is kept, and how it becomes
 * indicators again, without a network.
 */
#pragma once

#include "app/http.h"
#include "loaders/loader.h"
#include "loaders/taxii_in.h"

/* One collection to pull; all borrowed. */
struct nrs_hub_settings {
	const char *name; /* of the source, for people: hub/collection */
	const char *url;  /* discovery or API root; a feed's folder */
	bool is_misp_feed;
	const char *collection;
	struct nrs_auth_config auth;
	struct nrs_http_config http;
	const char *types; /* match[type]; NULL: the default, "": all */
	/* 0: the defaults of taxii_in.h */
	uint32_t interval_s, limit, refresh_s;
	bool is_authoritative, trusts_discovery, overlaps;
	struct nrs_loader_options loading;
};

/* The file (or, of a MISP feed, folder) that keeps what was pulled of @hub,
 * below @state. */
void nrs_pulled_path(const struct nrs_hub_settings *hub, const char *state,
		     char *out, size_t room);

/* Is @path a folder, and not that of a MISP feed, which has a manifest? */
bool nrs_is_plain_folder(const char *path);

/* What was pulled of the collection @hub so far, into @set; nothing yet is
 * fine. A feed's folder is read as a file of the plan. */
int nrs_pulled_load(const struct nrs_hub_settings *hub, const char *state,
		    struct nrs_set *set, struct nrs_diag *diag);
