/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workshop: a folder of one's own under /tmp for a group of tests, and files
 * in it. Everything is removed at the end.
 */
#pragma once

#include <ftw.h>

#include "tests/nrs_test.h"

#define WORKSHOP_PATH 256

static char workshop[] = "/tmp/nrs-workshop-XXXXXX";

static inline int workshop_open(void **state)
{
	(void)state;
	/* a name of its own each time */
	memcpy(workshop + sizeof(workshop) - 7, "XXXXXX", 6);
	return mkdtemp(workshop) == NULL ? -1 : 0;
}

static inline int workshop_remove(const char *path, const struct stat *stat,
				  int type, struct FTW *ftw)
{
	(void)stat, (void)type, (void)ftw;
	return remove(path);
}

static inline int workshop_close(void **state)
{
	(void)state;
	return nftw(workshop, workshop_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of @name in the folder; one of four texts in turn. */
static inline const char *workshop_path(const char *name)
{
	static char paths[4][WORKSHOP_PATH];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, WORKSHOP_PATH, "%s/%s", workshop, name);
	return path;
}

static inline const char *workshop_write(const char *name, const char *text)
{
	const char *path = workshop_path(name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* All of the file @name, with a NUL behind it; the next call overwrites it. */
static inline const char *workshop_read(const char *name)
{
	static char text[65536];
	FILE *file = fopen(workshop_path(name), "rb");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	return text;
}
