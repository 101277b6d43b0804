/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_key: opened, read, closed: whoever else has the spool open waits a
 * moment.
 */
#include "app/own_key.h"

#include <assert.h>
#include <stdio.h>

#include "app/command.h"
#include "sightings/spool.h"

#define PATH_ROOM 4200
#define OF_LOGS "out.logs" /* no audience can be called so */

static_assert(NRS_OWN_KEY_LEN == NRS_SPOOL_KEY_LEN, "one kind of key");

bool nrs_own_key_wanted(const struct nrs_config *config)
{
	return config->out.logs.own_host == NRS_LOGS_TOKEN;
}

int nrs_own_key(uint8_t key[NRS_OWN_KEY_LEN], const struct nrs_config *config,
		struct nrs_diag *diag)
{
	const char *audience = config->out.logs.token_of;
	const struct nrs_spool_limits limits = {0};
	struct nrs_store *store = NULL;
	struct nrs_spool *spool = NULL;
	char path[PATH_ROOM];
	int err;

	if (config->state.dir == NULL)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.logs.own_host: token wants state.dir, "
				    "where its key is kept");
	if (nrs_make_folder(config->state.dir) != NRS_OK)
		return nrs_diag_set(diag, NRS_E_IO, 0,
				    "no folder for the key of tokens");
	(void)snprintf(path, sizeof(path), "%s/spool.db", config->state.dir);
	err = nrs_store_open(&store, path, &nrs_spool_schema,
			     NRS_STORE_SYNC_POWER, diag);
	if (err == NRS_OK)
		err = nrs_spool_new(&spool, store, &limits, diag);
	if (err == NRS_OK)
		err = nrs_spool_key(
			spool,
			nrs_span_of(audience != NULL ? audience : OF_LOGS), key,
			diag);
	nrs_spool_free(spool);
	nrs_store_close(store);
	return err;
}
