/* SPDX-License-Identifier: Apache-2.0 */
/*
 * added: tried, written beside, renamed.
 */
#include "app/added.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/refang.h"
#include "sightings/table_out.h"

#define PATH_ROOM 4096

static bool say_errno(struct nrs_text *out, const char *path)
{
	nrs_text_printf(out, "%s: %s\n", path, strerror(errno));
	return false;
}

/* Copy what @from holds to @to, whole and on the disk. */
static bool copy_all(int from, int to)
{
	static const size_t room = 65536;
	uint8_t *bytes = malloc(room);
	ssize_t got = -1;

	while (bytes != NULL && (got = read(from, bytes, room)) > 0) {
		for (ssize_t done = 0; done < got;) {
			const ssize_t put =
				write(to, bytes + done, (size_t)(got - done));

			if (put <= 0) {
				free(bytes);
				return false;
			}
			done += put;
		}
	}
	free(bytes);
	return got == 0 && fsync(to) == 0;
}

static int open_beside(const char *path, char beside[PATH_ROOM])
{
	const int len = snprintf(beside, PATH_ROOM, "%s.new", path);

	if (len < 0 || len >= PATH_ROOM) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static bool put_in_place(const char *beside, const char *path, int fd,
			 bool is_whole, struct nrs_text *out)
{
	const bool is_closed = close(fd) == 0;

	if (is_whole && is_closed && rename(beside, path) == 0)
		return true;
	(void)say_errno(out, path);
	(void)unlink(beside);
	return false;
}

static bool read_list(const char *path, struct nrs_text *list,
		      struct nrs_text *out)
{
	FILE *file = fopen(path, "rbe");
	uint8_t bytes[8192];
	size_t got;

	if (file == NULL)
		return errno == ENOENT || say_errno(out, path);
	while (list->len <= NRS_ADDED_LIST_MAX &&
	       (got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		nrs_text_add(list, nrs_span(bytes, got));
	const bool is_bad = ferror(file) != 0;
	(void)fclose(file);
	if (list->len > NRS_ADDED_LIST_MAX)
		nrs_text_printf(out, "%s: full\n", path);
	return is_bad ? say_errno(out, path)
		      : !list->failed && list->len <= NRS_ADDED_LIST_MAX;
}

static bool has_line(const struct nrs_text *list, struct nrs_span value)
{
	struct nrs_span rest = nrs_text_span(list), line;

	while (nrs_span_split(&rest, '\n', &line))
		if (nrs_span_equal(line, value))
			return true;
	return false;
}

static bool is_one_line(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < 0x20)
			return false;
	return value.len > 0;
}

/* Try @value as a list's line, and append it. */
static bool add_value(struct nrs_text *list, struct nrs_span value,
		      struct nrs_text *out)
{
	const struct nrs_loader_options options = {0};
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	int err = is_one_line(value) ? nrs_set_new(&set) : NRS_E_FORMAT;

	if (err == NRS_OK)
		err = nrs_load_value(set, value, &options, &diag);
	nrs_set_free(set);
	nrs_table_safe(out, value, 60);
	if (err != NRS_OK) {
		nrs_text_puts(out, ": not added: ");
		nrs_text_puts(out, diag.text[0] != '\0' ? diag.text
							: nrs_strerror(err));
		nrs_text_putc(out, '\n');
		return false;
	}
	if (has_line(list, value)) {
		nrs_text_puts(out, ": was there\n");
		return true;
	}
	if (list->len > 0 && list->ptr[list->len - 1] != '\n')
		nrs_text_putc(list, '\n');
	nrs_text_add(list, value);
	nrs_text_putc(list, '\n');
	nrs_text_puts(out, ": added\n");
	return true;
}

static bool write_list(const char *path, const struct nrs_text *list,
		       struct nrs_text *out)
{
	char beside[PATH_ROOM];
	const int fd = open_beside(path, beside);

	if (fd < 0)
		return say_errno(out, beside);
	const bool is_whole =
		write(fd, list->ptr, list->len) == (ssize_t)list->len &&
		fsync(fd) == 0;
	return put_in_place(beside, path, fd, is_whole, out);
}

bool nrs_added_values(const char *dir, const struct nrs_span *values,
		      unsigned int count, struct nrs_text *out)
{
	struct nrs_text list = {0};
	char path[PATH_ROOM - 8];
	bool is_all = true;

	(void)snprintf(path, sizeof(path), "%s/" NRS_ADDED_LIST, dir);
	if (!read_list(path, &list, out)) {
		nrs_text_fini(&list);
		return false;
	}
	const size_t before = list.len;
	for (unsigned int i = 0; i < count; i++)
		is_all = add_value(&list, values[i], out) && is_all;
	if (list.failed || (list.len > before && !write_list(path, &list, out)))
		is_all = false;
	nrs_text_fini(&list);
	return is_all;
}

static struct nrs_span refanged(struct nrs_span value, struct nrs_text *room)
{
	bool changed;

	nrs_text_clear(room);
	nrs_text_add(room, value); /* room enough: it grows no longer */
	if (room->failed)
		return value;
	room->len = nrs_refang(value, room->ptr, &changed);
	return nrs_text_span(room);
}

/* Leave the lines out that say @value. True: there was one. */
static bool drop_value(struct nrs_text *list, struct nrs_span value)
{
	struct nrs_span rest = nrs_text_span(list), line;
	struct nrs_text kept = {0}, wanted = {0}, other = {0};
	bool was_there = false;

	(void)refanged(value, &wanted);
	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		if (nrs_span_equal(refanged(line, &other),
				   nrs_text_span(&wanted))) {
			was_there = true;
			continue;
		}
		nrs_text_add(&kept, line);
		nrs_text_putc(&kept, '\n');
	}
	kept.failed |= wanted.failed || other.failed;
	nrs_text_fini(&wanted);
	nrs_text_fini(&other);
	nrs_text_fini(list);
	*list = kept;
	return was_there;
}

/* A file that was added, by its name. */
static bool drop_file(const char *dir, struct nrs_span name)
{
	char path[PATH_ROOM];
	const int len = snprintf(
		path, sizeof(path), "%s/" NRS_ADDED_FOLDER "/%.*s", dir,
		(int)(name.len > 255 ? 255 : name.len), (const char *)name.ptr);

	return is_one_line(name) && name.len <= 255 && name.ptr[0] != '.' &&
	       nrs_span_find(name, '/', 0) == SIZE_MAX && len > 0 &&
	       (size_t)len < sizeof(path) && unlink(path) == 0;
}

bool nrs_added_withdraw(const char *dir, const struct nrs_span *values,
			unsigned int count, struct nrs_text *out)
{
	struct nrs_text list = {0};
	char path[PATH_ROOM - 8];
	bool is_all = true, is_changed = false;

	(void)snprintf(path, sizeof(path), "%s/" NRS_ADDED_LIST, dir);
	if (!read_list(path, &list, out)) {
		nrs_text_fini(&list);
		return false;
	}
	for (unsigned int i = 0; i < count; i++) {
		const bool was_value = drop_value(&list, values[i]);
		const bool was_there = was_value || drop_file(dir, values[i]);

		is_changed |= was_value;
		is_all &= was_there;
		nrs_table_safe(out, values[i], 60);
		nrs_text_puts(out, was_there
					   ? ": withdrawn\n"
					   : ": was not added; an exception "
					     "takes off what a source says\n");
	}
	if (list.failed || (is_changed && !write_list(path, &list, out)))
		is_all = false;
	nrs_text_fini(&list);
	return is_all;
}

/* How many of @set have to wait until all is compiled anew. */
static uint32_t count_waiting(struct nrs_set *set,
			      const struct nrs_later_room *room)
{
	const struct nrs_build_options building = {.seats = 1,
						   .engines = &room->engines};
	uint32_t rows = room->rows, waiting = 0;

	(void)nrs_db_hold(set, &building, &rows, &waiting);
	return waiting;
}

static void say_loaded(const struct nrs_loader_result *result, uint32_t waiting,
		       struct nrs_text *out)
{
	nrs_text_printf(out, ": %llu indicators, %llu refused",
			(unsigned long long)result->indicators,
			(unsigned long long)result->refused);
	if (waiting > 0)
		nrs_text_printf(out,
				"; %u of them wait until all is compiled anew",
				waiting);
	nrs_text_putc(out, '\n');
}

static int load_aside(struct nrs_set *set, const char *path,
		      struct nrs_loader_result *result, struct nrs_diag *diag)
{
	const struct nrs_loader_options options = {0};
	struct stat st;

	if (stat(path, &st) != 0)
		return NRS_E_IO;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > NRS_ADDED_FILE_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "no file, or above 1 GiB");
	const int err = nrs_load_file(set, path, &options, result, diag);
	return err == NRS_OK && result->indicators == 0
		       ? nrs_diag_set(diag, NRS_E_FORMAT, 0,
				      "no indicator in it")
		       : err;
}

/* Load it aside; false: nothing of it could be used. */
static bool try_file(const char *path, const struct nrs_later_room *room,
		     struct nrs_text *out)
{
	struct nrs_loader_result result = {0};
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	int err = nrs_set_new(&set);

	if (err == NRS_OK)
		err = load_aside(set, path, &result, &diag);
	nrs_table_safe(out, nrs_span_of(path), 0);
	if (err == NRS_OK)
		say_loaded(&result, room == NULL ? 0 : count_waiting(set, room),
			   out);
	else
		nrs_text_printf(out, ": not added: %s\n",
				diag.text[0] != '\0' ? diag.text
						     : nrs_strerror(err));
	nrs_set_free(set);
	return err == NRS_OK;
}

static int is_a_name(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	/* Not what a copy that was cut off left behind. */
	return entry->d_name[0] != '.' &&
	       (len < 4 || strcmp(entry->d_name + len - 4, ".new") != 0);
}

static unsigned int count_files(const char *folder)
{
	struct dirent **names = NULL;
	const int count = scandir(folder, &names, is_a_name, NULL);

	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return count < 0 ? 0 : (unsigned int)count;
}

static bool keep_file(const char *folder, const char *path,
		      struct nrs_text *out)
{
	const char *slash = strrchr(path, '/');
	char to[PATH_ROOM], beside[PATH_ROOM];
	const int len = snprintf(to, sizeof(to) - 8, "%s/%s", folder,
				 slash == NULL ? path : slash + 1);

	if (len < 0 || (size_t)len >= sizeof(to) - 8) {
		nrs_text_puts(out, "the name is too long\n");
		return false;
	}
	if (access(to, F_OK) != 0 &&
	    count_files(folder) >= NRS_ADDED_FILES_MAX) {
		nrs_text_printf(out, "%s: full\n", folder);
		return false;
	}
	const int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return say_errno(out, path);
	const int fd = open_beside(to, beside);
	if (fd < 0) {
		(void)close(from);
		return say_errno(out, beside);
	}
	const bool is_whole = copy_all(from, fd);
	(void)close(from);
	return put_in_place(beside, to, fd, is_whole, out);
}

bool nrs_added_file(const char *dir, const char *path,
		    const struct nrs_later_room *room, struct nrs_text *out)
{
	char folder[PATH_ROOM];

	(void)snprintf(folder, sizeof(folder), "%s/" NRS_ADDED_FOLDER, dir);
	if (!try_file(path, room, out))
		return false;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return say_errno(out, folder);
	return keep_file(folder, path, out);
}

static int load_one(const char *path, const struct nrs_loader_options *options,
		    struct nrs_set *set, struct nrs_diag *diag)
{
	struct nrs_loader_result result;
	struct nrs_diag reason = {0};
	const int err = nrs_load_file(set, path, options, &result, &reason);

	if (err == NRS_OK)
		return NRS_OK;
	return nrs_diag_set(diag, err, reason.place, "%s: %s", path,
			    reason.text[0] != '\0' ? reason.text
						   : nrs_strerror(err));
}

int nrs_added_load(const char *folder, const struct nrs_loader_options *options,
		   struct nrs_set *set, struct nrs_diag *diag)
{
	struct dirent **names = NULL;
	int err = NRS_OK;
	const int count = scandir(folder, &names, is_a_name, alphasort);

	if (count < 0)
		return errno == ENOENT
			       ? NRS_OK
			       : nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s",
					      folder, strerror(errno));
	if (count > NRS_ADDED_FILES_MAX)
		err = nrs_diag_set(diag, NRS_E_LIMIT, 0,
				   "%s: more than %d files", folder,
				   NRS_ADDED_FILES_MAX);
	for (int i = 0; i < count; i++) {
		char path[PATH_ROOM];

		(void)snprintf(path, sizeof(path), "%s/%s", folder,
			       names[i]->d_name);
		if (err == NRS_OK)
			err = load_one(path, options, set, diag);
		free(names[i]);
	}
	free(names);
	return err;
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec
				      : a->tv_nsec > b->tv_nsec;
}

void nrs_added_look(const char *folder, struct stat *out)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[PATH_ROOM];
	struct stat st;
	int count = 0;

	*out = (struct stat){0};
	if (dir == NULL || stat(folder, out) != 0)
		*out = (struct stat){0};
	out->st_size = 0;
	while (dir != NULL && count <= NRS_ADDED_FILES_MAX &&
	       (entry = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
			       entry->d_name);
		if (!is_a_name(entry) || stat(path, &st) != 0)
			continue;
		count++;
		out->st_size += st.st_size;
		if (is_newer(&st.st_mtim, &out->st_mtim))
			out->st_mtim = st.st_mtim;
	}
	if (dir != NULL)
		(void)closedir(dir);
}
