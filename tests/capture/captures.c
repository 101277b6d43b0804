/* SPDX-License-Identifier: Apache-2.0 */
/*
 * captures: folders and all below.
 */
#include "tests/capture/captures.h"

#include <ftw.h>

#include "capture/source/source.h"
#include "tests/nrs_test.h"

#define PATHS_MAX 8192
#define PACKETS 1024

static char *paths[PATHS_MAX];
static unsigned int path_count;

static int on_path(const char *path, const struct stat *status, int kind,
		   struct FTW *place)
{
	const char *end = strrchr(path, '.');

	(void)status, (void)place;
	if (kind == FTW_F && end != NULL && strstr(end, "cap") != NULL &&
	    path_count < PATHS_MAX)
		paths[path_count++] = strdup(path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_paths(void)
{
	while (path_count > 0)
		free(paths[--path_count]);
}

int captures_find(const char *wanted)
{
	char path[8192];

	(void)snprintf(path, sizeof(path), "%s/tests/data", nrs_test_source());
	if (wanted != NULL && strcmp(wanted, "corpus") == 0) {
		if (!nrs_test_shared("corpus/pcap", path, sizeof(path)))
			return NRS_SKIP;
	} else if (wanted != NULL) {
		(void)snprintf(path, sizeof(path), "%s", wanted);
	}
	(void)nftw(path, on_path, 16, FTW_PHYS);
	qsort(paths, path_count, sizeof(*paths), by_name);
	(void)atexit(free_paths);
	return path_count > 0 ? 0 : 1;
}

unsigned int captures_count(void)
{
	return path_count;
}

const char *captures_at(unsigned int index)
{
	return paths[index];
}

void captures_load(struct mutant *m, const char *path)
{
	struct nrs_packet *packets = calloc(PACKETS, sizeof(*packets));
	uint8_t *block = malloc(NRS_SOURCE_BLOCK_ROOM);
	struct nrs_source *source = NULL;
	struct nrs_diag diag = {0};
	int count;

	assert_non_null(packets);
	assert_non_null(block);
	mutant_clear(m);
	if (nrs_source_open(&source, path, NULL, &diag) == NRS_OK) {
		while ((count = nrs_source_read(source, packets, PACKETS, block,
						&diag)) > 0) {
			for (int i = 0; i < count; i++)
				mutant_put(m, &packets[i], packets[i].span);
		}
		nrs_source_close(source);
	}
	free(packets);
	free(block);
}
