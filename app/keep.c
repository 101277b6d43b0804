/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep: read whole, written beside, renamed.
 */
#include "app/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/refang.h"

bool nrs_keep_errno(struct nrs_text *out, const char *path)
{
	nrs_text_printf(out, "%s: %s\n", path, strerror(errno));
	return false;
}

int nrs_keep_open(const char *path, char beside[NRS_KEEP_PATH])
{
	const int len = snprintf(beside, NRS_KEEP_PATH, "%s.new", path);

	if (len < 0 || len >= NRS_KEEP_PATH) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

bool nrs_keep_replace(const char *beside, const char *path, int fd,
		      bool is_whole, struct nrs_text *out)
{
	const bool is_closed = close(fd) == 0;

	if (is_whole && is_closed && rename(beside, path) == 0)
		return true;
	(void)nrs_keep_errno(out, path);
	(void)unlink(beside);
	return false;
}

bool nrs_keep_read(const char *path, struct nrs_text *list,
		   struct nrs_text *out)
{
	FILE *file = fopen(path, "rbe");
	uint8_t bytes[8192];
	size_t got;

	if (file == NULL)
		return errno == ENOENT || nrs_keep_errno(out, path);
	while (list->len <= NRS_KEEP_MAX &&
	       (got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		nrs_text_add(list, nrs_span(bytes, got));
	const bool is_bad = ferror(file) != 0;
	(void)fclose(file);
	if (list->len > NRS_KEEP_MAX)
		nrs_text_printf(out, "%s: full\n", path);
	return is_bad ? nrs_keep_errno(out, path)
		      : !list->failed && list->len <= NRS_KEEP_MAX;
}

bool nrs_keep_has(const struct nrs_text *list, struct nrs_span value)
{
	struct nrs_span rest = nrs_text_span(list), line;

	while (nrs_span_split(&rest, '\n', &line))
		if (nrs_span_equal(line, value))
			return true;
	return false;
}

bool nrs_keep_write(const char *path, const struct nrs_text *list,
		    struct nrs_text *out)
{
	char beside[NRS_KEEP_PATH];
	const int fd = nrs_keep_open(path, beside);

	if (fd < 0)
		return nrs_keep_errno(out, beside);
	const bool is_whole =
		write(fd, list->ptr, list->len) == (ssize_t)list->len &&
		fsync(fd) == 0;
	return nrs_keep_replace(beside, path, fd, is_whole, out);
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

bool nrs_keep_drop(struct nrs_text *list, struct nrs_span value)
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

void nrs_keep_add(struct nrs_text *list, struct nrs_span value)
{
	if (list->len > 0 && list->ptr[list->len - 1] != '\n')
		nrs_text_putc(list, '\n');
	nrs_text_add(list, value);
	nrs_text_putc(list, '\n');
}

unsigned int nrs_keep_count(const struct nrs_text *list)
{
	struct nrs_span rest = nrs_text_span(list), line;
	unsigned int count = 0;

	while (nrs_span_split(&rest, '\n', &line))
		count += line.len > 0;
	return count;
}
