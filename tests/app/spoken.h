/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoken: what the code under test writes to standard output and error, as
 * texts; and a subcommand run as if from a shell.
 */
#pragma once

#include <getopt.h>

#include "tests/nrs_test.h"

#define SPOKEN_ROOM 65536
#define SPOKEN_WORDS 24

static struct {
	int kept[2]; /* our own, aside */
	FILE *file[2];
	char text[2][SPOKEN_ROOM];
} spoken;

#define SPOKEN_OUT (spoken.text[0])
#define SPOKEN_ERR (spoken.text[1])

/* From here on both are listened to. */
static inline void spoken_begin(void)
{
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		spoken.file[i] = tmpfile();
		assert_non_null(spoken.file[i]);
		spoken.kept[i] = dup(i + 1);
		assert_true(spoken.kept[i] >= 0);
		assert_int_equal(dup2(fileno(spoken.file[i]), i + 1), i + 1);
	}
}

/* What was said since then stands in SPOKEN_OUT and SPOKEN_ERR. */
static inline void spoken_end(void)
{
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dup2(spoken.kept[i], i + 1), i + 1);
		(void)close(spoken.kept[i]);
		rewind(spoken.file[i]);
		const size_t len = fread(spoken.text[i], 1, SPOKEN_ROOM - 1,
					 spoken.file[i]);
		spoken.text[i][len] = '\0';
		(void)fclose(spoken.file[i]);
	}
}

/* The exit status of @command with @words (NULL ends; the first is its name).
 */
static inline int spoken_run(int (*command)(int, char **),
			     const char *const *words)
{
	static char texts[SPOKEN_WORDS][1024];
	char *argv[SPOKEN_WORDS + 1]; /* getopt wants to move them */
	int argc = 0;

	for (; words[argc] != NULL; argc++) {
		assert_true(argc < SPOKEN_WORDS &&
			    strlen(words[argc]) < sizeof(texts[0]));
		(void)snprintf(texts[argc], sizeof(texts[0]), "%s",
			       words[argc]);
		argv[argc] = texts[argc];
	}
	argv[argc] = NULL;
	optind = 0; /* from the start again */
	spoken_begin();
	const int status = command(argc, argv);
	spoken_end();
	return status;
}

/* A command line and what must come of it. */
struct spoken_row {
	const char *name;
	const char *words[SPOKEN_WORDS];
	int status;
	const char *out, *err; /* somewhere in them; NULL: nothing at all */
};

static inline void spoken_check(int (*command)(int, char **),
				const struct spoken_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct spoken_row *row = &rows[i];
		const int status = spoken_run(command, row->words);
		const char *const want[] = {row->out, row->err};

		if (status != row->status)
			fail_msg("%s: status %d: %s%s", row->name, status,
				 SPOKEN_OUT, SPOKEN_ERR);
		for (int s = 0; s < 2; s++) {
			if (want[s] == NULL
				    ? spoken.text[s][0] != '\0'
				    : strstr(spoken.text[s], want[s]) == NULL)
				fail_msg("%s: said on %d: %s", row->name, s + 1,
					 spoken.text[s]);
		}
	}
}
