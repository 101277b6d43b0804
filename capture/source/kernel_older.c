/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_older: /proc names the processes of a group and what they hold open; a
 * socket among it is taken over (pidfd_getfd) for as long as its owner is being
 * noted. An iterator in the kernel could do without taking over, but reads the
 * kernel's own structures, which is for programs under its licence alone.
 */
#include "capture/source/kernel_older.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/bpf/flow_event.h"
#include "capture/source/bpf.h"
#include "capture/source/cgroups.h"

#define TEXT_MAX (2 * NRS_CGROUP_PATH)

struct survey {
	int owners;
	struct nrs_cgroup_place place;
	unsigned int noted;
	int refused; /* errno of the last refusal; 0: none */
};

/* A small file of /proc as text. False: the process is gone. */
static bool read_file(int pid, const char *name, char out[static TEXT_MAX])
{
	char path[64];
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, out, TEXT_MAX - 1);
	(void)close(fd);
	out[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* Its group, if that is one of those asked for; 0: it is not. */
static uint64_t group_of(const struct survey *s, int pid)
{
	char text[TEXT_MAX];
	char *line;

	if (!read_file(pid, "cgroup", text))
		return 0;
	/* One line a hierarchy; that of version 2 is number 0. */
	line = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (line == NULL)
		return 0;
	line = strchr(line, '/');
	line[strcspn(line, "\n")] = '\0';
	return nrs_cgroup_number(&s->place, line);
}

static bool is_internet(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       (domain == AF_INET || domain == AF_INET6);
}

static void note(struct survey *s, int fd, const struct nrs_flow_owner *owner)
{
	const int err = bpf_map_update_elem(s->owners, &fd, owner, BPF_NOEXIST);

	if (err == 0)
		s->noted++;
	else if (err != -EEXIST)
		s->refused = -err;
}

/* What is called @name in the process's folder of what it holds open. */
static void look_at(struct survey *s, const char *name, int process,
		    const struct nrs_flow_owner *owner)
{
	const int fd = pidfd_getfd(process, (int)strtol(name, NULL, 10), 0);

	if (fd >= 0) {
		if (is_internet(fd))
			note(s, fd, owner);
		(void)close(fd);
	} else if (errno != EBADF && errno != ESRCH) {
		s->refused = errno;
	}
}

static bool is_socket(int folder, const char *name)
{
	char what[16];
	const ssize_t len = readlinkat(folder, name, what, sizeof(what));

	return len > 8 && strncmp(what, "socket:[", 8) == 0;
}

static void look_at_all(struct survey *s, int pid,
			const struct nrs_flow_owner *owner)
{
	const int process = pidfd_open(pid, 0);
	const struct dirent *entry;
	char path[64];
	DIR *dir;

	if (process < 0)
		return; /* it is gone */
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (dir == NULL && errno != ENOENT && errno != ESRCH)
		s->refused = errno;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (is_socket(dirfd(dir), entry->d_name))
			look_at(s, entry->d_name, process, owner);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)close(process);
}

static void survey_process(struct survey *s, int pid)
{
	struct nrs_flow_owner owner = {.pid = (uint32_t)pid,
				       .cgroup = group_of(s, pid)};
	char text[TEXT_MAX];

	if (owner.cgroup == 0 || !read_file(pid, "comm", text))
		return;
	(void)snprintf(owner.command, sizeof(owner.command), "%.*s",
		       (int)strcspn(text, "\n"), text);
	look_at_all(s, pid, &owner);
}

static int youngest_first(const void *a, const void *b)
{
	const int x = *(const int *)a, y = *(const int *)b;

	return (x < y) - (x > y);
}

/* All processes. Negative: an error. */
static int list_processes(int **out)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	int count = 0, room = 0;
	int *pids = NULL;

	if (dir == NULL)
		return NRS_E_IO;
	while ((entry = readdir(dir)) != NULL) {
		const int pid = (int)strtol(entry->d_name, NULL, 10);

		if (pid <= 0)
			continue;
		if (count == room) {
			int *more = realloc(pids, ((size_t)room + 512) *
							  sizeof(*pids));
			if (more == NULL)
				break;
			pids = more;
			room += 512;
		}
		pids[count++] = pid;
	}
	(void)closedir(dir);
	if (count > 0)
		qsort(pids, (size_t)count, sizeof(*pids), youngest_first);
	*out = pids;
	return entry == NULL ? count : NRS_E_NOMEM;
}

int nrs_kernel_older(int owners, const char *cgroup, unsigned int *noted,
		     struct nrs_diag *diag)
{
	struct survey *s = calloc(1, sizeof(*s));
	int *pids = NULL;
	int err = NRS_E_NOMEM;

	*noted = 0;
	if (s == NULL)
		return err;
	s->owners = owners;
	err = nrs_cgroup_place(&s->place, cgroup, diag);
	const int count = err == NRS_OK ? list_processes(&pids) : err;
	for (int i = 0; pids != NULL && i < count; i++)
		survey_process(s, pids[i]);
	if (pids != NULL && count > 0 && pids[count - 1] != 1)
		s->refused = EACCES; /* others' processes are hidden */
	*noted = s->noted;
	if (err == NRS_OK && count < 0)
		err = nrs_diag_set(diag, count, 0, "/proc: %s",
				   nrs_strerror(count));
	if (err == NRS_OK && s->refused != 0)
		err = nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				   "sockets that are older than the sensor: %s",
				   strerror(s->refused));
	free(pids);
	free(s);
	return err;
}
