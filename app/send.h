/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send: what waits in the spool for one audience, posted by a command that is
 * no sensor. A sensor may run beside: then the same ids are posted by either.
 */
#pragma once

#include "app/hubs.h"

struct nrs_sent {
	uint64_t posted, quarantined;
	uint64_t waiting;  /* still queued */
	char message[200]; /* of the last trouble; "": none */
};

/*
 * Until nothing is queued and no status is waited for, the hub is in trouble,
 * or @limit_s seconds are over. Errors of files, credentials and the store,
 * with @diag.
 */
int nrs_send(const struct nrs_post_settings *settings, struct nrs_store *store,
	     unsigned int limit_s, struct nrs_sent *out, struct nrs_diag *diag);
