/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_confine: the folders of a run, and one line about what is given away.
 */
#include "app/run.h"

#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/confine.h"

/* The folder that @path stands in; "" for one that is not given. */
static void folder_of(const char *path, char *out, size_t room)
{
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	const char *folder = slash == path ? "/" : path;
	size_t len = slash == path ? 1 : (size_t)(slash - path);

	if (slash == NULL) {
		folder = path == NULL || path[0] == '\0' ? "" : ".";
		len = strlen(folder);
	}
	(void)snprintf(out, room, "%.*s", (int)(len < room ? len : 0), folder);
}

static void add(struct nrs_confine_options *o, const char *folder)
{
	if (folder != NULL && folder[0] != '\0' &&
	    o->folder_count < NRS_CONFINE_FOLDERS)
		o->folders[o->folder_count++] = folder;
}

static void tell(const struct nrs_confined *had, const char *user)
{
	if (had->is_root)
		nrs_complain("runs as root: set sensor.user to a user of its "
			     "own");
	else if (user != NULL)
		nrs_say("runs as %s", user);
	if (!had->is_landlocked)
		nrs_complain("this kernel has no Landlock: files are guarded "
			     "by their modes alone");
	if (!had->is_filtered)
		nrs_complain("this kernel filters no system calls");
}

int nrs_run_confine(const struct nrs_config *config)
{
	struct nrs_confine_options options = {
		.user = config->sensor.user,
		.uses_maps = config->sensor.source == NRS_SOURCE_BPF};
	char socket_folder[4096], beat_folder[4096];
	struct nrs_confined had;
	struct nrs_diag diag = {0};

	if (!config->sensor.confine)
		return NRS_OK;
	add(&options, config->state.dir);
	add(&options, config->out.dir);
	for (unsigned int i = 0; i < config->audiences.count; i++)
		add(&options, config->audiences.items[i].folder);
	options.own_count = options.folder_count;
	folder_of(config->control.socket, socket_folder, sizeof(socket_folder));
	add(&options, socket_folder);
	folder_of(config->out.heartbeat, beat_folder, sizeof(beat_folder));
	add(&options, beat_folder);
	const int err = nrs_confine(&options, &had, &diag);
	if (err != NRS_OK)
		nrs_complain("%s", diag.text);
	else
		tell(&had, options.user);
	return err;
}
