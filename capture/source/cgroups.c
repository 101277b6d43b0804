/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroups: a walk over the folders, breadth first; the list of what was found
 * is the list of what is still to be looked into. A folder's inode is its
 * group's number, and no number is given twice.
 */
#include "capture/source/cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "engine/base/stamp.h"

#define CGROUP2 0x63677270 /* "cgrp": the file system of version 2 */

struct group {
	uint64_t number;
	char *path; /* with the mount before it */
};

struct list {
	struct group *groups; /* max */
	unsigned int count;
};

struct nrs_cgroups {
	struct nrs_cgroup_place place;
	size_t mount_len;
	unsigned int max;
	struct list known; /* by number */
	int64_t read_ns;
};

static bool is_group(const char *folder)
{
	struct statfs what;

	return statfs(folder, &what) == 0 && what.f_type == CGROUP2;
}

/* Up, as long as what is above is a group too. */
int nrs_cgroup_place(struct nrs_cgroup_place *out, const char *folder,
		     struct nrs_diag *diag)
{
	char *real = realpath(folder, NULL);

	if (real == NULL)
		return nrs_diag_set(diag, NRS_E_IO, 0, "cgroup %s: %s", folder,
				    strerror(errno));
	if (!is_group(real) || strlen(real) >= sizeof(out->mount)) {
		free(real);
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "cgroup %s: it is none of version 2",
				    folder);
	}
	memcpy(out->mount, real, strlen(real) + 1);
	for (char *slash; (slash = strrchr(out->mount, '/')) != NULL;) {
		*slash = '\0';
		if (is_group(out->mount))
			continue;
		*slash = '/';
		break;
	}
	const char *below = real + strlen(out->mount);
	memcpy(out->path, below[0] == '\0' ? "/" : below,
	       strlen(below) + (below[0] == '\0' ? 2 : 1));
	free(real);
	return NRS_OK;
}

static bool is_below(const char *path, const char *group)
{
	const size_t len = strlen(group);

	return group[1] == '\0' || (strncmp(path, group, len) == 0 &&
				    (path[len] == '\0' || path[len] == '/'));
}

uint64_t nrs_cgroup_number(const struct nrs_cgroup_place *place,
			   const char *path)
{
	char folder[2 * NRS_CGROUP_PATH];
	struct stat what;
	const size_t len = strlen(place->mount), more = strlen(path);

	if (!is_below(path, place->path) || len + more >= sizeof(folder))
		return 0;
	memcpy(folder, place->mount, len);
	memcpy(folder + len, path, more + 1);
	return stat(folder, &what) == 0 ? what.st_ino : 0;
}

static void clear(struct list *list)
{
	for (unsigned int i = 0; i < list->count; i++)
		free(list->groups[i].path);
	free(list->groups);
	*list = (struct list){0};
}

/* @path is taken. */
static void add(struct list *list, unsigned int max, uint64_t number,
		char *path)
{
	if (path == NULL || list->count == max) {
		free(path);
		return;
	}
	list->groups[list->count++] =
		(struct group){.number = number, .path = path};
}

static char *join(const char *folder, const char *name)
{
	const size_t len = strlen(folder), more = strlen(name);
	char *path;

	if (len + more + 2 > NRS_CGROUP_PATH)
		return NULL;
	path = malloc(len + more + 2);
	if (path == NULL)
		return NULL;
	memcpy(path, folder, len);
	path[len] = '/';
	memcpy(path + len + 1, name, more + 1);
	return path;
}

static void add_below(struct list *list, unsigned int max, const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (dir == NULL)
		return; /* it is gone already */
	while (list->count < max && (entry = readdir(dir)) != NULL) {
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			add(list, max, entry->d_ino,
			    join(folder, entry->d_name));
	}
	(void)closedir(dir);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = ((const struct group *)a)->number;
	const uint64_t y = ((const struct group *)b)->number;

	return (x > y) - (x < y);
}

static const struct group *find(const struct list *list, uint64_t number)
{
	const struct group wanted = {.number = number};

	return list->count == 0 ? NULL
				: bsearch(&wanted, list->groups, list->count,
					  sizeof(wanted), by_number);
}

/* What is not there any more may still be asked for. */
static void keep_gone(struct list *list, unsigned int max, struct list *before)
{
	const unsigned int here = list->count;

	for (unsigned int i = 0; i < before->count && list->count < max; i++) {
		const struct list living = {list->groups, here};

		if (find(&living, before->groups[i].number) != NULL)
			continue;
		list->groups[list->count++] = before->groups[i];
		before->groups[i].path = NULL;
	}
}

static void sort(struct list *list)
{
	if (list->count > 1)
		qsort(list->groups, list->count, sizeof(*list->groups),
		      by_number);
}

static int read_again(struct nrs_cgroups *g)
{
	const bool is_first = g->place.path[1] == '\0';
	struct list now = {.groups = calloc(g->max, sizeof(*now.groups))};

	if (now.groups == NULL)
		return NRS_E_NOMEM;
	add(&now, g->max, nrs_cgroup_number(&g->place, g->place.path),
	    is_first ? strdup(g->place.mount)
		     : join(g->place.mount, g->place.path + 1));
	for (unsigned int i = 0; i < now.count; i++)
		add_below(&now, g->max, now.groups[i].path);
	sort(&now);
	keep_gone(&now, g->max, &g->known);
	sort(&now);
	clear(&g->known);
	g->known = now;
	return NRS_OK;
}

int nrs_cgroups_new(struct nrs_cgroups **out, const char *folder,
		    unsigned int max, struct nrs_diag *diag)
{
	struct nrs_cgroups *g = calloc(1, sizeof(*g));
	int err;

	if (g == NULL)
		return NRS_E_NOMEM;
	g->max = max;
	err = nrs_cgroup_place(&g->place, folder, diag);
	g->mount_len = strlen(g->place.mount);
	if (err == NRS_OK)
		err = read_again(g);
	if (err != NRS_OK) {
		nrs_cgroups_free(g);
		return err;
	}
	*out = g;
	return NRS_OK;
}

void nrs_cgroups_free(struct nrs_cgroups *g)
{
	if (g == NULL)
		return;
	clear(&g->known);
	free(g);
}

const char *nrs_cgroups_path(struct nrs_cgroups *g, uint64_t number,
			     int64_t now_ns)
{
	const struct group *group = find(&g->known, number);

	if (group == NULL && now_ns - g->read_ns >= NRS_SECOND_NS) {
		g->read_ns = now_ns;
		(void)read_again(g);
		group = find(&g->known, number);
	}
	if (group == NULL)
		return NULL;
	return group->path[g->mount_len] == '\0' ? "/"
						 : group->path + g->mount_len;
}
