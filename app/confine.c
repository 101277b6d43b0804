/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine: folders, user and rights; then what the kernel enforces on top.
 *
 * A right is kept over the change of user (PR_SET_KEEPCAPS), then everything
 * but CAP_NET_RAW is dropped from all sets: an interface that comes back is
 * opened with it.
 */
#include "app/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/command.h"

static int fail(struct nrs_diag *diag, const char *what, const char *which)
{
	return nrs_diag_set(diag, NRS_E_IO, 0, "%s %s: %s", what, which,
			    strerror(errno));
}

static int give_folders(const struct nrs_confine_options *o,
			const struct passwd *user, struct nrs_diag *diag)
{
	for (unsigned int i = 0; i < o->folder_count; i++) {
		const char *folder = o->folders[i];
		const bool is_others =
			i >= o->own_count && access(folder, F_OK) == 0;

		if (nrs_make_folder(folder) != NRS_OK)
			return fail(diag, "cannot make", folder);
		if (user != NULL && !is_others &&
		    chown(folder, user->pw_uid, user->pw_gid) != 0)
			return fail(diag, "cannot give away", folder);
	}
	return NRS_OK;
}

static int become(const struct passwd *user, struct nrs_diag *diag)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
	    initgroups(user->pw_name, user->pw_gid) != 0 ||
	    setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
		return fail(diag, "cannot become", user->pw_name);
	return NRS_OK;
}

/* While we may: what no set may ever hold again. */
static void shrink_bounds(void)
{
	for (int right = 0; prctl(PR_CAPBSET_READ, right, 0, 0, 0) >= 0;
	     right++) {
		if (right != CAP_NET_RAW)
			(void)prctl(PR_CAPBSET_DROP, right, 0, 0, 0);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static int drop_rights(struct nrs_diag *diag)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {{0}};
	const unsigned int wanted = 1u << CAP_NET_RAW;

	if (syscall(SYS_capget, &head, sets) != 0)
		return fail(diag, "cannot read", "rights");
	sets[0].permitted &= wanted;
	sets[0].effective = sets[0].permitted;
	sets[1].permitted = sets[1].effective = 0;
	sets[0].inheritable = sets[1].inheritable = 0;
	if (syscall(SYS_capset, &head, sets) != 0)
		return fail(diag, "cannot drop", "rights");
	return NRS_OK;
}

int nrs_confine(const struct nrs_confine_options *o, struct nrs_confined *out,
		struct nrs_diag *diag)
{
	const bool is_root = geteuid() == 0;
	const struct passwd *user = NULL;
	int err;

	*out = (struct nrs_confined){.is_root = is_root};
	if (is_root && o->user != NULL) {
		user = getpwnam(o->user);
		if (user == NULL)
			return nrs_diag_set(diag, NRS_E_NOTFOUND, 0,
					    "there is no user %s", o->user);
	}
	err = give_folders(o, user, diag);
	if (err != NRS_OK)
		return err;
	shrink_bounds();
	if (user != NULL)
		err = become(user, diag);
	if (err == NRS_OK)
		err = drop_rights(diag);
	if (err == NRS_OK && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		err = fail(diag, "cannot set", "no_new_privs");
	if (err != NRS_OK)
		return err;
	out->is_root = geteuid() == 0;
	out->is_landlocked = nrs_confine_paths(o);
	out->is_filtered = nrs_confine_calls(o);
	return NRS_OK;
}
