/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_file: appended to with one write each time; replaced by renaming.
 */
#include "app/look_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/command.h"
#include "engine/base/crypto.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

#define MAGIC "NRSLOOK1"
#define PATH_ROOM 4200

struct head {
	char magic[8];
	uint64_t name;
};

struct at {
	struct head head;
	uint64_t items; /* the look covers, of all in the file */
	struct nrs_look_place place;
};

struct nrs_look_file {
	char path[PATH_ROOM], at_path[PATH_ROOM];
	bool is_kept; /* else nothing is written */
	bool is_behind;
	int fd; /* at its end; -1: none yet */
	off_t len;
	uint64_t name, items, done, failed;
};

int nrs_look_wants_add(struct nrs_look_wants *w,
		       const struct nrs_look_item *item)
{
	if (w->count == w->cap) {
		const size_t cap = w->cap == 0 ? 64 : 2 * w->cap;
		struct nrs_look_item *more =
			realloc(w->items, cap * sizeof(*more));

		if (more == NULL)
			return NRS_E_NOMEM;
		w->items = more;
		w->cap = cap;
	}
	w->items[w->count++] = *item;
	return NRS_OK;
}

int nrs_look_file_open(struct nrs_look_file **out, const char *path)
{
	struct nrs_look_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NRS_E_NOMEM;
	f->fd = -1;
	f->is_kept = path != NULL;
	if (path != NULL) {
		(void)snprintf(f->path, sizeof(f->path), "%s", path);
		(void)snprintf(f->at_path, sizeof(f->at_path), "%s.at", path);
	}
	*out = f;
	return NRS_OK;
}

void nrs_look_file_close(struct nrs_look_file *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		(void)close(f->fd);
	free(f);
}

/* How many items there are, and how many of them are done. */
static void count(struct nrs_look_file *f, FILE *file)
{
	struct nrs_look_item items[256];
	size_t got;

	f->items = f->done = 0;
	f->len = (off_t)sizeof(struct head);
	while ((got = fread(items, sizeof(*items), 256, file)) > 0) {
		for (size_t i = 0; i < got; i++) {
			const uint64_t told = (uint64_t)items[i].since_ns;

			if (items[i].identity != 0)
				f->items++;
			else if (told <= f->items && told > f->done)
				f->done = told;
		}
		f->len += (off_t)(got * sizeof(*items));
	}
}

static int take(const struct nrs_look_file *f, FILE *file,
		struct nrs_look_table *table, struct nrs_look_wants *wants)
{
	struct nrs_look_item items[256];
	uint64_t number = 0;
	size_t got;
	int err = NRS_OK;

	while (err == NRS_OK &&
	       (got = fread(items, sizeof(*items), 256, file)) > 0) {
		for (size_t i = 0; i < got && err == NRS_OK; i++) {
			if (items[i].identity == 0)
				continue;
			err = nrs_look_table_add(table, items[i].identity);
			if (err == NRS_OK && number >= f->done)
				err = nrs_look_wants_add(wants, &items[i]);
			number++;
		}
	}
	return err;
}

/* Where the look was that did not end. */
static void take_place(const struct nrs_look_file *f,
		       struct nrs_look_wants *wants)
{
	FILE *file = fopen(f->at_path, "rb");
	struct at at;

	if (file == NULL)
		return;
	if (fread(&at, sizeof(at), 1, file) == 1 &&
	    memcmp(at.head.magic, MAGIC, 8) == 0 && at.head.name == f->name &&
	    at.items > f->done && at.items <= f->items &&
	    memchr(at.place.file, '\0', sizeof(at.place.file)) != NULL) {
		wants->resumed = (size_t)(at.items - f->done);
		wants->from = at.place;
	}
	(void)fclose(file);
}

int nrs_look_file_load(struct nrs_look_file *f, struct nrs_look_table *table,
		       struct nrs_look_wants *wants, size_t most)
{
	FILE *file = f->is_kept ? fopen(f->path, "rb") : NULL;
	struct head head;
	int err = NRS_OK;

	if (file == NULL)
		return NRS_OK;
	const bool is_ours = fread(&head, sizeof(head), 1, file) == 1 &&
			     memcmp(head.magic, MAGIC, 8) == 0;
	if (is_ours)
		count(f, file);
	if (is_ours && f->items <= most) {
		f->name = head.name;
		if (fseek(file, (long)sizeof(head), SEEK_SET) == 0)
			err = take(f, file, table, wants);
		take_place(f, wants);
	} else {
		f->items = f->done = 0;
		nrs_complain("%s: not what this version writes; what is in "
			     "force first is not looked for in the logs",
			     f->path);
	}
	(void)fclose(file);
	return err;
}

static void fail(struct nrs_look_file *f, const char *path)
{
	if (f->failed++ == 0)
		nrs_complain("cannot write %s: %s; after a restart, logs may "
			     "be looked through again",
			     path, strerror(errno));
	f->is_behind = true;
}

/* At the end of what was read, or of a file of its own. */
static bool begin(struct nrs_look_file *f)
{
	struct head head = {.magic = MAGIC};

	if (f->fd >= 0)
		return true;
	if (f->name != 0) {
		f->fd = open(f->path, O_WRONLY | O_CLOEXEC);
		if (f->fd < 0 || ftruncate(f->fd, f->len) != 0 ||
		    lseek(f->fd, f->len, SEEK_SET) != f->len)
			return false;
		return true;
	}
	(void)nrs_random(&f->name, sizeof(f->name));
	f->name |= 1;
	head.name = f->name;
	f->len = (off_t)sizeof(head);
	f->fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return f->fd >= 0 &&
	       nrs_write_all(f->fd, nrs_span(&head, sizeof(head)));
}

/* All of it or nothing. */
static void append(struct nrs_look_file *f, const struct nrs_look_item *items,
		   size_t number)
{
	if (!f->is_kept || f->is_behind || number == 0)
		return;
	if (begin(f) &&
	    nrs_write_all(f->fd, nrs_span(items, number * sizeof(*items)))) {
		f->len += (off_t)(number * sizeof(*items));
		return;
	}
	fail(f, f->path);
	if (f->fd < 0 || ftruncate(f->fd, f->len) != 0)
		return;
	(void)lseek(f->fd, f->len, SEEK_SET);
}

void nrs_look_file_add(struct nrs_look_file *f,
		       const struct nrs_look_item *items, size_t number)
{
	f->items += number;
	append(f, items, number);
}

void nrs_look_file_done(struct nrs_look_file *f, size_t number)
{
	f->done += number;
	const struct nrs_look_item item = {.since_ns = (int64_t)f->done};

	append(f, &item, 1);
	if (f->is_kept && !f->is_behind)
		(void)unlink(f->at_path);
}

/* Octets to a file beside @path, and into its place. */
static bool replace(const char *path, const void *octets, size_t len)
{
	char next[PATH_ROOM + 8];

	(void)snprintf(next, sizeof(next), "%s.new", path);
	const int fd =
		open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	const bool is_whole = nrs_write_all(fd, nrs_span(octets, len));
	return close(fd) == 0 && is_whole && rename(next, path) == 0;
}

void nrs_look_file_keep(struct nrs_look_file *f,
			const struct nrs_look_place *place, size_t number)
{
	const struct at at = {.head = {.magic = MAGIC, .name = f->name},
			      .items = f->done + number,
			      .place = *place};

	if (f->is_kept && !f->is_behind &&
	    !replace(f->at_path, &at, sizeof(at)) && f->failed++ == 0)
		nrs_complain("cannot write %s: %s", f->at_path,
			     strerror(errno));
}

static void put(struct nrs_text *out, uint64_t identity, int64_t since_ns)
{
	const struct nrs_look_item item = {identity, since_ns};

	nrs_text_add(out, nrs_span(&item, sizeof(item)));
}

/* Those that are done, that they are, and those that are wanted. */
static int write_down(const struct nrs_look_table *table,
		      const struct nrs_look_wants *wants, struct nrs_text *out)
{
	struct nrs_look_table wanted = {0};
	uint64_t identity, done = 0;
	size_t at = 0;
	int err = NRS_OK;

	for (size_t i = 0; i < wants->count && err == NRS_OK; i++)
		err = nrs_look_table_add(&wanted, wants->items[i].identity);
	while (err == NRS_OK &&
	       (identity = nrs_look_table_next(table, &at)) != 0) {
		if (nrs_look_table_has(&wanted, identity))
			continue;
		put(out, identity, 0);
		done++;
	}
	put(out, 0, (int64_t)done);
	for (size_t i = 0; i < wants->count; i++)
		put(out, wants->items[i].identity, wants->items[i].since_ns);
	nrs_look_table_fini(&wanted);
	return out->failed ? NRS_E_NOMEM : err;
}

void nrs_look_file_replace(struct nrs_look_file *f,
			   const struct nrs_look_table *table,
			   const struct nrs_look_wants *wants)
{
	struct nrs_text text = {0};
	struct head head = {.magic = MAGIC};

	f->items = table->count;
	f->done = table->count - wants->count;
	if (!f->is_kept)
		return;
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
	(void)nrs_random(&f->name, sizeof(f->name));
	f->name |= 1;
	head.name = f->name;
	nrs_text_add(&text, nrs_span(&head, sizeof(head)));
	errno = ENOMEM;
	if (write_down(table, wants, &text) == NRS_OK &&
	    replace(f->path, text.ptr, text.len)) {
		f->len = (off_t)text.len;
		f->is_behind = false;
		(void)unlink(f->at_path);
	} else {
		fail(f, f->path);
	}
	nrs_text_fini(&text);
}

bool nrs_look_file_is_new(const struct nrs_look_file *f)
{
	return f->name == 0;
}

bool nrs_look_file_is_behind(const struct nrs_look_file *f)
{
	return f->is_behind;
}

uint64_t nrs_look_file_failed(const struct nrs_look_file *f)
{
	return f->failed;
}
