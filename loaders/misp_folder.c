/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_folder: whole files or none, the manifest last.
 */
#include "loaders/misp_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "loaders/misp_attribute.h"

#define EVENTS_MAX ((size_t)1000000)

int nrs_misp_events_add(struct nrs_misp_events *events, struct nrs_span uuid,
			int64_t changed_s)
{
	const size_t room = events->room == 0 ? 1024 : 2 * events->room;

	if (events->count >= EVENTS_MAX)
		return NRS_E_LIMIT;
	if (events->count == events->room) {
		struct nrs_misp_event *more =
			realloc(events->items, room * sizeof(*more));

		if (more == NULL)
			return NRS_E_NOMEM;
		events->items = more;
		events->room = room;
	}
	struct nrs_misp_event *event = &events->items[events->count++];
	*event = (struct nrs_misp_event){.changed_s = changed_s};
	memcpy(event->uuid, uuid.ptr, NRS_MISP_UUID);
	return NRS_OK;
}

static int by_uuid(const void *a, const void *b)
{
	return strcmp(((const struct nrs_misp_event *)a)->uuid,
		      ((const struct nrs_misp_event *)b)->uuid);
}

void nrs_misp_events_sort(struct nrs_misp_events *events)
{
	size_t kept = 0;

	if (events->count == 0)
		return;
	qsort(events->items, events->count, sizeof(*events->items), by_uuid);
	for (size_t i = 1; i < events->count; i++)
		if (by_uuid(&events->items[kept], &events->items[i]) != 0)
			events->items[++kept] = events->items[i];
	events->count = kept + 1;
}

bool nrs_misp_folder_path(const char *folder, const char *name, const char *end,
			  char out[NRS_MISP_PATH_ROOM])
{
	const int len =
		snprintf(out, NRS_MISP_PATH_ROOM, "%s/%s%s", folder, name, end);

	return len > 0 && len < NRS_MISP_PATH_ROOM;
}

int nrs_misp_folder_begin(const char *folder, char beside[NRS_MISP_PATH_ROOM])
{
	if (nrs_misp_folder_path(folder, "event", ".new", beside))
		return open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			    0600);
	errno = ENAMETOOLONG;
	return -1;
}

bool nrs_misp_folder_has(const char *folder, struct nrs_misp_event *event,
			 uint64_t *bytes)
{
	char path[NRS_MISP_PATH_ROOM];
	struct stat st;

	event->is_here =
		nrs_misp_folder_path(folder, event->uuid, ".json", path) &&
		stat(path, &st) == 0 && st.st_mtim.tv_sec == event->changed_s;
	if (event->is_here)
		*bytes += (uint64_t)st.st_size;
	return event->is_here;
}

static void put_manifest(struct nrs_text *out,
			 const struct nrs_misp_events *events)
{
	bool is_first = true;

	nrs_text_putc(out, '{');
	for (size_t i = 0; i < events->count; i++) {
		const struct nrs_misp_event *event = &events->items[i];

		if (!event->is_here)
			continue;
		nrs_text_printf(out, "%s\n\"%s\":{\"timestamp\":\"%lld\"}",
				is_first ? "" : ",", event->uuid,
				(long long)event->changed_s);
		is_first = false;
	}
	nrs_text_puts(out, "\n}\n");
}

static bool is_there(const char *path, struct nrs_span text)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t bytes[4096];
	ssize_t got = 1;

	while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0) {
		if ((size_t)got > text.len ||
		    memcmp(bytes, text.ptr, (size_t)got) != 0)
			break;
		text = nrs_span_from(text, (size_t)got);
	}
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && got == 0 && text.len == 0;
}

bool nrs_misp_folder_write(const char *folder,
			   const struct nrs_misp_events *events)
{
	char path[NRS_MISP_PATH_ROOM], beside[NRS_MISP_PATH_ROOM];
	struct nrs_text text = {0};
	bool is_whole = false;
	int fd = -1;

	errno = ENAMETOOLONG;
	put_manifest(&text, events);
	const bool has_paths =
		nrs_misp_folder_path(folder, "manifest", ".json", path) &&
		nrs_misp_folder_path(folder, "manifest", ".new", beside);
	if (text.failed)
		errno = ENOMEM;
	else if (has_paths && is_there(path, nrs_text_span(&text)))
		is_whole = true;
	else if (has_paths)
		fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0600);
	if (fd >= 0) {
		is_whole = nrs_write_all(fd, nrs_text_span(&text)) &&
			   fsync(fd) == 0;
		is_whole =
			close(fd) == 0 && is_whole && rename(beside, path) == 0;
	}
	nrs_text_fini(&text);
	return is_whole;
}

static bool is_wanted(const struct nrs_misp_events *events,
		      struct nrs_span uuid)
{
	struct nrs_misp_event wanted = {0};
	const struct nrs_misp_event *known;

	if (events->count == 0)
		return false;
	memcpy(wanted.uuid, uuid.ptr, NRS_MISP_UUID);
	known = bsearch(&wanted, events->items, events->count, sizeof(wanted),
			by_uuid);
	return known != NULL && known->is_here;
}

uint64_t nrs_misp_folder_withdraw(const char *folder,
				  const struct nrs_misp_events *events)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[NRS_MISP_PATH_ROOM];
	uint64_t count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const struct nrs_span name = nrs_span_of(entry->d_name);
		const struct nrs_span uuid =
			nrs_span_part(name, 0, NRS_MISP_UUID);

		if (name.len != NRS_MISP_UUID + 5 ||
		    !nrs_span_ends(name, ".json") || !nrs_misp_is_uuid(uuid) ||
		    is_wanted(events, uuid) ||
		    !nrs_misp_folder_path(folder, entry->d_name, "", path))
			continue;
		count += unlink(path) == 0;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return count;
}
