/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_desk: configuration, plan, then the file, which is never made here.
 */
#include "app/spool_desk.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "sightings/spool.h"

#define PATH_ROOM 4096

static int open_store(struct nrs_spool_desk *desk, bool makes)
{
	struct nrs_diag diag = {0};
	char path[PATH_ROOM];

	(void)snprintf(path, sizeof(path), "%s/spool.db",
		       desk->config->state.dir);
	if (makes && nrs_make_folder(desk->config->state.dir) != NRS_OK)
		return NRS_EXIT_PARTLY;
	if (!makes && access(path, F_OK) != 0) {
		nrs_say("%s: no spool there: no sighting was ever to be told "
			"(--state says where else to look)",
			path);
		return NRS_EXIT_PARTLY;
	}
	if (nrs_store_open(&desk->store, path, &nrs_spool_schema,
			   NRS_STORE_SYNC_POWER, &diag) == NRS_OK)
		return NRS_EXIT_OK;
	nrs_say("%s", diag.text);
	return NRS_EXIT_PARTLY;
}

static int open_desk(struct nrs_spool_desk *desk, const struct nrs_given *given,
		     bool makes)
{
	struct nrs_diag diag = {0};

	*desk = (struct nrs_spool_desk){0};
	if (nrs_given_load(&desk->config, given) != NRS_OK)
		return NRS_EXIT_USAGE;
	const int err = nrs_plan_new(&desk->plan, desk->config, &diag);
	if (err == NRS_OK)
		return open_store(desk, makes);
	nrs_say("%s", diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return NRS_EXIT_PARTLY;
}

int nrs_spool_desk_open(struct nrs_spool_desk *desk,
			const struct nrs_given *given)
{
	return open_desk(desk, given, false);
}

int nrs_spool_desk_make(struct nrs_spool_desk *desk,
			const struct nrs_given *given)
{
	return open_desk(desk, given, true);
}

const char *nrs_spool_desk_user(void)
{
	const struct passwd *user = getpwuid(getuid());

	return user != NULL && user->pw_name[0] != '\0' ? user->pw_name
							: "somebody";
}

void nrs_spool_desk_close(struct nrs_spool_desk *desk)
{
	nrs_store_close(desk->store);
	nrs_plan_free(desk->plan);
	nrs_config_free(desk->config);
}
