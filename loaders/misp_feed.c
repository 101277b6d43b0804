/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_feed: only keys that are UUIDs become names of files.
 */
#include "loaders/misp_feed.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/inflate.h"
#include "engine/base/json_walk.h"
#include "loaders/misp_attribute.h"

#define EVENTS_MAX ((size_t)1000000)
#define CHUNK ((size_t)65536)

void nrs_misp_manifest_fini(struct nrs_misp_manifest *manifest)
{
	nrs_text_fini(&manifest->uuids);
}

static void put_path(struct nrs_text *path, const char *folder,
		     struct nrs_span name)
{
	nrs_text_puts(path, folder);
	nrs_text_putc(path, '/');
	nrs_text_add(path, name);
	nrs_text_puts(path, ".json");
	nrs_text_putc(path, '\0');
}

void nrs_misp_manifest_path(const struct nrs_misp_manifest *manifest, size_t i,
			    const char *folder, struct nrs_text *path)
{
	put_path(path, folder,
		 nrs_span_part(nrs_text_span(&manifest->uuids),
			       i * NRS_MISP_UUID, NRS_MISP_UUID));
}

bool nrs_misp_is_feed(const char *folder)
{
	struct nrs_text path = {0};

	put_path(&path, folder, nrs_span_of("manifest"));
	const bool is_feed =
		!path.failed && access((const char *)path.ptr, F_OK) == 0;
	nrs_text_fini(&path);
	return is_feed;
}

struct manifest {
	struct nrs_misp_manifest *out;
	bool is_entered;
};

static enum nrs_json_way on_begin(void *ctx, struct nrs_span key, uint8_t first)
{
	struct manifest *m = ctx;

	if (!m->is_entered && first == '{') {
		m->is_entered = true;
		return NRS_JSON_ENTER;
	}
	if (first != '{' || !nrs_misp_is_uuid(key)) {
		m->out->refused++;
	} else if (m->out->count <= EVENTS_MAX) {
		nrs_text_add(&m->out->uuids, key);
		m->out->count++;
	}
	return NRS_JSON_PASS;
}

/* Nothing is taken, and only the manifest itself entered. */
static int on_value(void *ctx, int err, struct nrs_span key,
		    struct nrs_span text, uint64_t offset)
{
	(void)ctx, (void)key, (void)text, (void)offset;
	return err;
}

static int on_end(void *ctx)
{
	(void)ctx;
	return NRS_OK;
}

static int read_all(struct nrs_input *input, struct nrs_json_walk *walk,
		    struct nrs_diag *diag)
{
	uint8_t *chunk = malloc(CHUNK);
	size_t got = CHUNK;
	int err = chunk == NULL ? NRS_E_NOMEM : NRS_OK;

	while (err == NRS_OK && got == CHUNK) {
		err = nrs_input_read(input, chunk, CHUNK, &got, diag);
		if (err == NRS_OK)
			err = nrs_json_walk_push(walk, nrs_span(chunk, got));
	}
	free(chunk);
	return err != NRS_OK ? err : nrs_json_walk_end(walk, diag);
}

int nrs_misp_manifest_read(struct nrs_misp_manifest *manifest,
			   const char *folder, struct nrs_diag *diag)
{
	static const struct nrs_json_walk_ops ops = {
		.begin = on_begin, .value = on_value, .end = on_end};
	struct manifest m = {.out = manifest};
	struct nrs_json_walk *walk = NULL;
	struct nrs_input *input = NULL;
	struct nrs_text path = {0};
	int err = NRS_E_NOMEM;

	put_path(&path, folder, nrs_span_of("manifest"));
	if (!path.failed)
		err = nrs_input_open(&input, (const char *)path.ptr, NULL,
				     diag);
	if (err == NRS_OK)
		err = nrs_json_walk_new(&walk, &ops, &m);
	if (err == NRS_OK)
		err = read_all(input, walk, diag);
	nrs_json_walk_free(walk);
	nrs_input_close(input);
	nrs_text_fini(&path);
	if (err != NRS_OK)
		return err;
	if (manifest->uuids.failed)
		return NRS_E_NOMEM;
	if (manifest->count > EVENTS_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "its manifest names more than a million "
				    "events");
	return m.is_entered ? NRS_OK
			    : nrs_diag_set(diag, NRS_E_FORMAT, 0,
					   "its manifest is no JSON object");
}
