/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pulled: where what was pulled lies, and how it becomes indicators again.
 */
#include "app/pulled.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"

#define PATH_ROOM 4096

void nrs_pulled_path(const struct nrs_hub_settings *hub, const char *state,
		     char *out, size_t room)
{
	uint8_t digest[NRS_SHA256_LEN];
	char name[64];
	size_t len = 0;

	for (const char *c = hub->name; *c != '\0' && len + 1 < sizeof(name);
	     c++)
		name[len++] = strchr("abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-",
				     *c) == NULL
				      ? '_'
				      : *c;
	name[len] = '\0';
	nrs_sha256(nrs_span_of(hub->name), digest);
	(void)snprintf(out, room, "%s/pulled-%s-%02x%02x%02x%02x%s", state,
		       name, digest[0], digest[1], digest[2], digest[3],
		       hub->is_misp_feed ? "" : ".db");
}

int nrs_pulled_load(const struct nrs_hub_settings *hub, const char *state,
		    struct nrs_set *set, struct nrs_diag *diag)
{
	const struct nrs_taxii_where where = {
		.source = nrs_span_of(hub->name),
		.url = nrs_span_of(hub->url),
		.collection = nrs_span_of(hub->collection)};
	struct nrs_taxii_load from = {.where = &where,
				      .options = &hub->loading};
	struct nrs_loader_result result;
	char path[PATH_ROOM];
	int err;

	nrs_pulled_path(hub, state, path, sizeof(path));
	if (hub->is_misp_feed || access(path, F_OK) != 0)
		return NRS_OK;
	err = nrs_store_open(&from.store, path, &nrs_taxii_schema,
			     NRS_STORE_SYNC_CRASH, diag);
	if (err == NRS_OK)
		err = nrs_taxii_load(&from, set, &result, diag);
	nrs_store_close(from.store);
	return err;
}

bool nrs_is_plain_folder(const char *path)
{
	char manifest[PATH_ROOM];
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	(void)snprintf(manifest, sizeof(manifest), "%s/manifest.json", path);
	return access(manifest, F_OK) != 0;
}
