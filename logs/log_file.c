/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_file: packed octets go out with write(2) as the packer gives them. What
 * was cut short (a full disk) ends the file: what is in front of the cut can
 * be read, and the next octets try a new file.
 */
#include "logs/log_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/stamp.h"
#include "engine/base/unpack.h"

#define LEVEL 3
#define HOUR_NS (3600 * NRS_SECOND_NS)
#define DAY_NS (24 * HOUR_NS)
#define NAME_ROOM 64 /* of what is behind the stem, and its suffix */
#define STAMP_LEN 11 /* 20260301T12 */

struct nrs_log_file {
	struct nrs_log_file_options options;
	struct nrs_pack *pack;
	struct nrs_text packed;
	int folder; /* its descriptor */
	int fd;	    /* -1: none is open */
	int64_t hour_ns;
	uint64_t plain; /* in the open one */
	unsigned int number;
	char name[NAME_ROOM * 2];
	/* One thread adds, any reads; each stands for itself. */
	_Atomic(uint64_t) added, lost, files, bytes;
};

static void count(_Atomic(uint64_t) *figure, uint64_t more)
{
	atomic_fetch_add_explicit(figure, more, memory_order_relaxed);
}

/* The number and hour of one of our files, also of a part. */
static bool read_name(const struct nrs_log_file *f, const char *name,
		      unsigned int *number, int64_t *hour_ns)
{
	struct nrs_span rest = nrs_span_of(name);
	const size_t stem = strlen(f->options.stem);
	char stamp[NRS_STAMP_LEN];
	uint64_t value = 0;

	if (rest.len < stem + 1 + STAMP_LEN + 1 + 4 ||
	    memcmp(name, f->options.stem, stem) != 0 || name[stem] != '-')
		return false;
	rest = nrs_span_from(rest, stem + 1);
	const char *at = (const char *)rest.ptr;
	(void)snprintf(stamp, sizeof(stamp), "%.4s-%.2s-%.2sT%.2s:00:00Z", at,
		       at + 4, at + 6, at + 9);
	rest = nrs_span_from(rest, STAMP_LEN + 1);
	const size_t dot = nrs_span_find(rest, '.', 0);
	if (dot == SIZE_MAX ||
	    nrs_stamp_parse(nrs_span_of(stamp), hour_ns) != NRS_OK ||
	    nrs_span_u64(nrs_span_part(rest, 0, dot), &value) != NRS_OK ||
	    value > UINT32_MAX / 2)
		return false;
	*number = (unsigned int)value;
	return true;
}

/* A run before this one ended without its end. */
static void keep_part(const struct nrs_log_file *f, const char *name)
{
	char whole[NAME_ROOM * 2];
	const size_t len = strlen(name);

	if (len < 5 || len >= sizeof(whole) ||
	    strcmp(name + len - 5, ".part") != 0)
		return;
	(void)snprintf(whole, sizeof(whole), "%.*s", (int)(len - 5), name);
	(void)renameat(f->folder, name, f->folder, whole);
}

/* Go through our files: the highest number, parts, and what is too old. */
static void look_through(struct nrs_log_file *f, int64_t now_ns, bool is_begin)
{
	const int copy = openat(f->folder, ".", O_RDONLY | O_DIRECTORY);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const int64_t kept_ns = (int64_t)f->options.keep_days * DAY_NS;
	const struct dirent *entry;

	if (dir == NULL && copy >= 0)
		(void)close(copy);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		unsigned int number;
		int64_t hour_ns;

		if (!read_name(f, entry->d_name, &number, &hour_ns))
			continue;
		if (is_begin && number > f->number)
			f->number = number;
		if (is_begin)
			keep_part(f, entry->d_name);
		else if (f->options.keep_days > 0 && hour_ns < now_ns - kept_ns)
			(void)unlinkat(f->folder, entry->d_name, 0);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

int nrs_log_file_new(struct nrs_log_file **out,
		     const struct nrs_log_file_options *options,
		     struct nrs_diag *diag)
{
	struct nrs_log_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NRS_E_NOMEM;
	f->options = *options;
	f->fd = -1;
	f->folder = open(options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->pack = nrs_pack_new(LEVEL);
	if (f->folder < 0) {
		nrs_log_file_free(f);
		return nrs_diag_set(diag, NRS_E_IO, 0, "cannot write in %s: %s",
				    options->folder, strerror(errno));
	}
	if (f->pack == NULL) {
		nrs_log_file_free(f);
		return NRS_E_NOMEM;
	}
	if (options->goes_on)
		look_through(f, 0, true);
	*out = f;
	return NRS_OK;
}

void nrs_log_file_free(struct nrs_log_file *f)
{
	if (f == NULL)
		return;
	(void)nrs_log_file_end(f);
	if (f->folder >= 0)
		(void)close(f->folder);
	nrs_pack_free(f->pack);
	nrs_text_fini(&f->packed);
	free(f);
}

/* The open file is as it is; it gets its name. */
static void close_file(struct nrs_log_file *f)
{
	char part[sizeof(f->name) + 8];

	(void)snprintf(part, sizeof(part), "%s.part", f->name);
	(void)fsync(f->fd);
	(void)close(f->fd);
	f->fd = -1;
	(void)renameat(f->folder, part, f->folder, f->name);
	(void)fsync(f->folder);
}

static int pack(struct nrs_log_file *f, struct nrs_span octets,
		enum nrs_pack_until until)
{
	nrs_text_clear(&f->packed);
	if (!f->options.is_packed) {
		if (nrs_pack_add(f->pack, octets, until, &f->packed) != NRS_OK)
			return NRS_E_NOMEM;
		octets = nrs_text_span(&f->packed);
	}
	if (octets.len == 0)
		return NRS_OK;
	if (!nrs_write_all(f->fd, octets)) {
		const int why = errno;

		close_file(f);
		errno = why;
		return NRS_E_IO;
	}
	count(&f->bytes, octets.len);
	return NRS_OK;
}

int nrs_log_file_end(struct nrs_log_file *f)
{
	if (f->fd < 0)
		return NRS_OK;
	const int err = pack(f, nrs_span(NULL, 0), NRS_PACK_END);
	if (f->fd >= 0)
		close_file(f);
	return err;
}

static int open_file(struct nrs_log_file *f, int64_t time_ns)
{
	char stamp[NRS_STAMP_LEN], part[sizeof(f->name) + 8];

	/* What a failed file left in the packer is no part of this one. */
	nrs_pack_free(f->pack);
	f->pack = nrs_pack_new(LEVEL);
	if (f->pack == NULL)
		return NRS_E_NOMEM;
	f->hour_ns = time_ns - (time_ns % HOUR_NS + HOUR_NS) % HOUR_NS;
	(void)nrs_stamp_format(f->hour_ns, 0, stamp);
	(void)snprintf(f->name, sizeof(f->name), "%s-%.4s%.2s%.2sT%.2s-%04u%s",
		       f->options.stem, stamp, stamp + 5, stamp + 8, stamp + 11,
		       ++f->number, f->options.suffix);
	(void)snprintf(part, sizeof(part), "%s.part", f->name);
	f->fd = openat(f->folder, part,
		       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		       0640);
	if (f->fd < 0)
		return NRS_E_IO;
	f->plain = 0;
	count(&f->files, 1);
	return NRS_OK;
}

/* Traffic's time may go back a little: files only go forward. */
static bool is_over(const struct nrs_log_file *f, size_t more, int64_t time_ns)
{
	return time_ns >= f->hour_ns + HOUR_NS ||
	       (f->options.rotate_bytes > 0 && f->plain > 0 &&
		f->plain + more > f->options.rotate_bytes);
}

int nrs_log_file_add(struct nrs_log_file *f, struct nrs_span octets,
		     int64_t time_ns)
{
	int err = NRS_OK;

	if (f->fd >= 0 && is_over(f, octets.len, time_ns)) {
		(void)nrs_log_file_end(f);
		look_through(f, time_ns, false);
	}
	if (f->fd < 0)
		err = open_file(f, time_ns);
	if (err == NRS_OK)
		err = pack(f, octets, NRS_PACK_MORE);
	if (err != NRS_OK) {
		count(&f->lost, 1);
		return err;
	}
	f->plain += octets.len;
	count(&f->added, 1);
	return NRS_OK;
}

int nrs_log_file_flush(struct nrs_log_file *f)
{
	return f->fd < 0 ? NRS_OK : pack(f, nrs_span(NULL, 0), NRS_PACK_FLUSH);
}

void nrs_log_file_figures(const struct nrs_log_file *f,
			  struct nrs_log_file_figures *out)
{
	*out = (struct nrs_log_file_figures){
		.added = atomic_load_explicit(&f->added, memory_order_relaxed),
		.lost = atomic_load_explicit(&f->lost, memory_order_relaxed),
		.files = atomic_load_explicit(&f->files, memory_order_relaxed),
		.bytes = atomic_load_explicit(&f->bytes, memory_order_relaxed)};
}
