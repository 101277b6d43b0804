/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep: a list of values, one a line, in the folder of what survives. It is
 * read whole and replaced whole: a reader never sees half of it. What goes
 * wrong is a line in @out.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_KEEP_PATH 4096
#define NRS_KEEP_MAX ((size_t)16 << 20)

/* "PATH: what errno says"; returns false. */
bool nrs_keep_errno(struct nrs_text *out, const char *path);

/* Append what @path holds; no file is an empty list. */
bool nrs_keep_read(const char *path, struct nrs_text *list,
		   struct nrs_text *out);
bool nrs_keep_write(const char *path, const struct nrs_text *list,
		    struct nrs_text *out);

unsigned int nrs_keep_count(const struct nrs_text *list);
/* Is @value a line of it, as it is written? */
bool nrs_keep_has(const struct nrs_text *list, struct nrs_span value);
/* Add it at the end. */
void nrs_keep_add(struct nrs_text *list, struct nrs_span value);
/* Leave the lines out that say @value, however defanged. True: one did. */
bool nrs_keep_drop(struct nrs_text *list, struct nrs_span value);

/* A file beside @path, and into its place: only if @is_whole. Closes @fd. */
int nrs_keep_open(const char *path, char beside[NRS_KEEP_PATH]);
bool nrs_keep_replace(const char *beside, const char *path, int fd,
		      bool is_whole, struct nrs_text *out);
