/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_store: a store in a folder of its own, which goes with it. A test may
 * close it and open it again in between.
 */
#pragma once

#include "engine/base/store.h"
#include "tests/nrs_test.h"

struct made_store {
	struct nrs_store *store;
	char dir[32], path[48];
};

static inline void made_store_open(struct made_store *m,
				   const struct nrs_store_schema *schema)
{
	struct nrs_diag diag = {0};

	if (nrs_store_open(&m->store, m->path, schema, NRS_STORE_SYNC_CRASH,
			   &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static inline void made_store_close(struct made_store *m)
{
	nrs_store_close(m->store);
	m->store = NULL;
}

static inline void made_store_begin(struct made_store *m,
				    const struct nrs_store_schema *schema)
{
	snprintf(m->dir, sizeof(m->dir), "/tmp/nrs-store-XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	snprintf(m->path, sizeof(m->path), "%s/s.db", m->dir);
	made_store_open(m, schema);
}

static inline void made_store_end(struct made_store *m)
{
	static const char *const ends[] = {"", "-wal", "-shm"};

	made_store_close(m);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s", m->path, ends[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(m->dir), 0);
}
