/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_key: a file of 32 random octets that only its owner can write.
 */
#include "app/image_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"

#define PATH_ROOM ((size_t)4096)
#define SERVICE_KEY "/var/lib/noroshi/image.key"

static bool read_key(const char *path, uint8_t key[NRS_IMAGE_KEY_LEN])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return false;
	/* A key that anybody could have put there proves nothing. */
	const bool is_good =
		fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & (S_IWGRP | S_IRWXO)) == 0 &&
		(st.st_uid == 0 || st.st_uid == geteuid()) &&
		read(fd, key, NRS_IMAGE_KEY_LEN) == NRS_IMAGE_KEY_LEN;
	(void)close(fd);
	return is_good;
}

/* The key as one write, under a name that is not there yet. */
static bool make_key(const char *path, uint8_t key[NRS_IMAGE_KEY_LEN])
{
	char beside[PATH_ROOM];
	const int len = snprintf(beside, sizeof(beside), "%s.%ld", path,
				 (long)getpid());

	if (len < 0 || (size_t)len >= sizeof(beside) ||
	    nrs_random(key, NRS_IMAGE_KEY_LEN) != NRS_OK)
		return false;
	const int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			    S_IRUSR | S_IWUSR);
	if (fd < 0)
		return false;
	const bool is_whole =
		write(fd, key, NRS_IMAGE_KEY_LEN) == NRS_IMAGE_KEY_LEN &&
		fsync(fd) == 0;
	/* Two first compiles at once: whoever links first made the key. */
	const bool is_ours =
		close(fd) == 0 && is_whole && link(beside, path) == 0;
	(void)unlink(beside);
	return is_ours || (is_whole && read_key(path, key));
}

/* All folders above @path, for the owner alone. */
static bool make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		const bool is_there =
			mkdir(path, S_IRWXU) == 0 || errno == EEXIST;
		*slash = '/';
		if (!is_there)
			return false;
	}
	return true;
}

/* $XDG_STATE_HOME, or what stands for it. */
static bool user_path(char path[PATH_ROOM])
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int len = -1;

	if (state != NULL && *state == '/')
		len = snprintf(path, PATH_ROOM, "%s/noroshi/image.key", state);
	else if (home != NULL && *home == '/')
		len = snprintf(path, PATH_ROOM,
			       "%s/.local/state/noroshi/image.key", home);
	return len >= 0 && (size_t)len < PATH_ROOM;
}

bool nrs_image_key(uint8_t key[NRS_IMAGE_KEY_LEN], bool may_make)
{
	char path[PATH_ROOM];

	if (read_key(SERVICE_KEY, key))
		return true;
	if (!user_path(path))
		return false;
	if (read_key(path, key))
		return true;
	return may_make && make_folders(path) && make_key(path, key);
}
