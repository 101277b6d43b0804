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

#include "app/by_hand.h"
#include "app/keep.h"
#include "engine/refang.h"
#include "sightings/table_out.h"

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

static bool is_one_line(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < 0x20)
			return false;
	return value.len > 0;
}

/* What is added and what was taken off by hand, as they are to be. */
struct lists {
	struct nrs_text added, hidden;
	char added_path[NRS_KEEP_PATH - 8], hidden_path[NRS_KEEP_PATH - 8];
	bool adds, hides; /* has to be written */
};

static void lists_fini(struct lists *l)
{
	nrs_text_fini(&l->added);
	nrs_text_fini(&l->hidden);
}

static bool lists_read(struct lists *l, const char *dir, struct nrs_text *out)
{
	(void)snprintf(l->added_path, sizeof(l->added_path),
		       "%s/" NRS_ADDED_LIST, dir);
	(void)snprintf(l->hidden_path, sizeof(l->hidden_path),
		       "%s/" NRS_BY_HAND_LIST, dir);
	if (nrs_keep_read(l->added_path, &l->added, out) &&
	    nrs_keep_read(l->hidden_path, &l->hidden, out))
		return true;
	lists_fini(l);
	return false;
}

static bool lists_write(struct lists *l, struct nrs_text *out)
{
	const bool is_good =
		!l->added.failed && !l->hidden.failed &&
		(!l->adds || nrs_keep_write(l->added_path, &l->added, out)) &&
		(!l->hides || nrs_keep_write(l->hidden_path, &l->hidden, out));

	lists_fini(l);
	return is_good;
}

/* The verdict of the guards, as when all is compiled. */
static int ask_guards(struct nrs_set *set,
		      const struct nrs_build_options *building,
		      struct nrs_diag *diag)
{
	int err = nrs_set_settle(set);

	if (err == NRS_OK)
		err = nrs_db_judge(set, building);
	for (uint32_t i = 0; err == NRS_OK && i < nrs_set_count(set); i++) {
		if (nrs_set_status(set, i) == NRS_STATUS_REJECTED)
			err = nrs_diag_set(diag, NRS_E_USAGE, 0,
					   "%s (guards in noroshi.conf(5))",
					   nrs_set_reason(set, i));
	}
	return err;
}

/* Is it what a list may say? NRS_E_USAGE: the guards of @building, if it is
 * not NULL, refuse it. */
static int try_value(struct nrs_span value,
		     const struct nrs_build_options *building,
		     struct nrs_diag *diag)
{
	const struct nrs_loader_options options = {0};
	struct nrs_set *set = NULL;
	int err = is_one_line(value) ? nrs_set_new(&set) : NRS_E_FORMAT;

	if (err == NRS_OK)
		err = nrs_load_value(set, value, &options, diag);
	if (err == NRS_OK && building != NULL && building->guards)
		err = ask_guards(set, building, diag);
	nrs_set_free(set);
	return err;
}

static void put_defanged(struct nrs_text *out, struct nrs_span value)
{
	struct nrs_text whole = {0};

	nrs_defang(&whole, value);
	nrs_table_safe(out, nrs_text_span(&whole), 60);
	nrs_text_fini(&whole);
}

/* Try @value as a list's line, and append it; or, if it was taken off by hand,
 * let it be as it was. */
static bool add_value(struct lists *l, struct nrs_span value,
		      const struct nrs_build_options *building,
		      struct nrs_text *out)
{
	struct nrs_diag diag = {0};
	const bool was_hidden = nrs_keep_drop(&l->hidden, value);
	const int err = was_hidden ? NRS_OK : try_value(value, building, &diag);

	if (err == NRS_E_USAGE)
		put_defanged(out, value);
	else
		nrs_table_safe(out, value, 60);
	if (was_hidden) {
		l->hides = true;
		nrs_text_puts(out, ": matches again\n");
	} else if (err != NRS_OK) {
		nrs_text_printf(out, ": not added: %s\n",
				diag.text[0] != '\0' ? diag.text
						     : nrs_strerror(err));
	} else if (nrs_keep_has(&l->added, value)) {
		nrs_text_puts(out, ": was there\n");
	} else {
		l->adds = true;
		nrs_keep_add(&l->added, value);
		nrs_text_puts(out, ": added\n");
	}
	return err == NRS_OK;
}

bool nrs_added_values(const char *dir, const struct nrs_span *values,
		      unsigned int count,
		      const struct nrs_build_options *building,
		      struct nrs_text *out)
{
	struct lists l = {0};
	bool is_all = true;

	if (!lists_read(&l, dir, out))
		return false;
	for (unsigned int i = 0; i < count; i++)
		is_all = add_value(&l, values[i], building, out) && is_all;
	return lists_write(&l, out) && is_all;
}

/* A file that was added, by its name. */
static bool drop_file(const char *dir, struct nrs_span name)
{
	char path[NRS_KEEP_PATH];
	const int len = snprintf(
		path, sizeof(path), "%s/" NRS_ADDED_FOLDER "/%.*s", dir,
		(int)(name.len > 255 ? 255 : name.len), (const char *)name.ptr);

	return is_one_line(name) && name.len <= 255 && name.ptr[0] != '.' &&
	       nrs_span_find(name, '/', 0) == SIZE_MAX && len > 0 &&
	       (size_t)len < sizeof(path) && unlink(path) == 0;
}

/* What sources say: by value or id. */
static bool hide_value(struct lists *l, struct nrs_span value,
		       struct nrs_text *out)
{
	const bool is_id = nrs_span_find_text(value, "--") != SIZE_MAX;
	struct nrs_diag diag = {0};

	if (!is_one_line(value) ||
	    (!is_id && try_value(value, NULL, &diag) != NRS_OK)) {
		nrs_text_puts(out, ": neither a value nor an id, nor a file "
				   "that was added\n");
		return false;
	}
	if (nrs_keep_has(&l->hidden, value)) {
		nrs_text_puts(out, ": was taken off before\n");
		return true;
	}
	if (nrs_keep_count(&l->hidden) >= NRS_BY_HAND_MAX) {
		nrs_text_puts(out, ": too many are taken off by hand; "
				   "exceptions are for that\n");
		return false;
	}
	nrs_keep_add(&l->hidden, value);
	l->hides = true;
	nrs_text_puts(out, ": taken off, if any source says it, until it is "
			   "added again\n");
	return true;
}

bool nrs_added_withdraw(const char *dir, const struct nrs_span *values,
			unsigned int count, struct nrs_text *out)
{
	struct lists l = {0};
	bool is_all = true;

	if (!lists_read(&l, dir, out))
		return false;
	for (unsigned int i = 0; i < count; i++) {
		const bool was_value = nrs_keep_drop(&l.added, values[i]);

		l.adds |= was_value;
		nrs_table_safe(out, values[i], 60);
		if (was_value || drop_file(dir, values[i]))
			nrs_text_puts(out, ": withdrawn\n");
		else
			is_all = hide_value(&l, values[i], out) && is_all;
	}
	return lists_write(&l, out) && is_all;
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
	char to[NRS_KEEP_PATH], beside[NRS_KEEP_PATH];
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
		return nrs_keep_errno(out, path);
	const int fd = nrs_keep_open(to, beside);
	if (fd < 0) {
		(void)close(from);
		return nrs_keep_errno(out, beside);
	}
	const bool is_whole = copy_all(from, fd);
	(void)close(from);
	return nrs_keep_replace(beside, to, fd, is_whole, out);
}

bool nrs_added_file(const char *dir, const char *path,
		    const struct nrs_later_room *room, struct nrs_text *out)
{
	char folder[NRS_KEEP_PATH];

	(void)snprintf(folder, sizeof(folder), "%s/" NRS_ADDED_FOLDER, dir);
	if (!try_file(path, room, out))
		return false;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return nrs_keep_errno(out, folder);
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
		char path[NRS_KEEP_PATH];

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
	char path[NRS_KEEP_PATH];
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
