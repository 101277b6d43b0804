/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine_paths: Landlock. Reading stays free (indicator files may lie
 * anywhere); writing, making and removing is for our folders, and running a
 * program for none.
 */
#include "app/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What every version of Landlock knows. */
#define WRITES                                                                 \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |       \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |       \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |           \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |         \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool allow(int rules, const char *path, uint64_t what)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = what};

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return false;
	const long err = syscall(SYS_landlock_add_rule, rules,
				 LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.parent_fd);
	return err == 0;
}

bool nrs_confine_paths(const struct nrs_confine_options *o)
{
	const struct landlock_ruleset_attr all = {
		.handled_access_fs = WRITES | LANDLOCK_ACCESS_FS_EXECUTE};
	const int rules =
		(int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	bool good = rules >= 0;

	for (unsigned int i = 0; i < o->folder_count && good; i++)
		good = allow(rules, o->folders[i], WRITES);
	good = good && /* /dev/null */
	       allow(rules, "/dev", LANDLOCK_ACCESS_FS_WRITE_FILE) &&
	       syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	if (rules >= 0)
		(void)close(rules);
	return good;
}
