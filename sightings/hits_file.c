/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_file: one write(2) per line, on a file opened for appending. A write
 * that was cut short (a full disk) is taken back by truncating.
 */
#include "sightings/hits_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 4096

struct nrs_hits_file {
	struct nrs_hits_file_options options;
	int fd;		/* -1: could not be opened again after a rotation */
	uint64_t bytes; /* in the file now */
	uint64_t lost;
};

/* A line that a crash cut: end it. False: it cannot be written. */
static bool end_cut_line(struct nrs_hits_file *f)
{
	char last = '\n';

	if (f->bytes == 0)
		return true;
	if (pread(f->fd, &last, 1, (off_t)f->bytes - 1) != 1 || last == '\n')
		return true;
	if (write(f->fd, "\n", 1) != 1)
		return false;
	f->bytes++;
	return true;
}

static int open_file(struct nrs_hits_file *f)
{
	struct stat st;

	f->fd = open(f->options.path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC,
		     0640);
	if (f->fd < 0)
		return NRS_E_IO;
	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(f->fd);
		f->fd = -1;
		errno = EINVAL;
		return NRS_E_IO;
	}
	f->bytes = (uint64_t)st.st_size;
	return NRS_OK;
}

int nrs_hits_file_open(struct nrs_hits_file **out,
		       const struct nrs_hits_file_options *options,
		       struct nrs_diag *diag)
{
	struct nrs_hits_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NRS_E_NOMEM;
	f->options = *options;
	if (open_file(f) != NRS_OK) {
		free(f);
		return nrs_diag_set(diag, NRS_E_IO, 0, "cannot write %s: %s",
				    options->path, strerror(errno));
	}
	*out = f;
	return NRS_OK;
}

void nrs_hits_file_close(struct nrs_hits_file *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0) {
		(void)fsync(f->fd);
		(void)close(f->fd);
	}
	free(f);
}

static void numbered(const struct nrs_hits_file *f, unsigned int number,
		     char name[NAME_MAX_BYTES])
{
	if (number == 0)
		(void)snprintf(name, NAME_MAX_BYTES, "%s", f->options.path);
	else
		(void)snprintf(name, NAME_MAX_BYTES, "%s.%u", f->options.path,
			       number);
}

/* hits.jsonl.1 becomes .2 and so on; the last one goes. */
static void rotate(struct nrs_hits_file *f)
{
	char from[NAME_MAX_BYTES], to[NAME_MAX_BYTES];

	(void)fsync(f->fd);
	(void)close(f->fd);
	f->fd = -1;
	for (unsigned int i = f->options.keep; i > 0; i--) {
		numbered(f, i - 1, from);
		numbered(f, i, to);
		(void)rename(from, to); /* a gap in the numbers is fine */
	}
	if (f->options.keep == 0)
		(void)unlink(f->options.path);
	(void)open_file(f);
}

void nrs_hits_file_add(struct nrs_hits_file *f, struct nrs_span line)
{
	if (f->fd >= 0 && f->options.rotate_bytes > 0 && f->bytes > 0 &&
	    f->bytes + line.len > f->options.rotate_bytes)
		rotate(f);
	if (f->fd < 0 && open_file(f) != NRS_OK) {
		f->lost++;
		return;
	}
	if (!end_cut_line(f)) {
		f->lost++;
		return;
	}
	const ssize_t wrote = write(f->fd, line.ptr, line.len);
	if (wrote == (ssize_t)line.len) {
		f->bytes += line.len;
		return;
	}
	f->lost++;
	if (wrote > 0 && ftruncate(f->fd, (off_t)f->bytes) != 0)
		f->bytes += (uint64_t)wrote; /* its end is made later */
}

uint64_t nrs_hits_file_lost(const struct nrs_hits_file *f)
{
	return f->lost;
}
