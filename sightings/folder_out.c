/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder_out: a batch of the spool with the head of a bundle. A file that is
 * durable is as good as confirmed: nobody answers it.
 */
#include "sightings/folder_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"
#include "engine/base/file.h"

#define PATH_ROOM 4096
#define IDLE_NS (2 * NRS_SECOND_NS)
#define TROUBLE_NS (60 * NRS_SECOND_NS)
#define BUNDLE_BYTES ((size_t)4 << 20)

struct nrs_folder_out {
	struct nrs_span audience;
	const char *folder;
	struct nrs_spool *spool;
	struct nrs_spool_batch batch;
	struct nrs_text bundle;
	struct nrs_post_pace pace;
};

int nrs_folder_out_new(struct nrs_folder_out **out, struct nrs_span audience,
		       const char *folder, struct nrs_spool *spool)
{
	struct nrs_folder_out *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NRS_E_NOMEM;
	o->audience = audience;
	o->folder = folder;
	o->spool = spool;
	o->batch.bytes_max = BUNDLE_BYTES;
	(void)nrs_post_pace_init(&o->pace, 1); /* its waits have no jitter */
	*out = o;
	return NRS_OK;
}

void nrs_folder_out_free(struct nrs_folder_out *o)
{
	if (o == NULL)
		return;
	nrs_text_fini(&o->batch.envelope);
	nrs_text_fini(&o->bundle);
	free(o);
}

const struct nrs_post_state *
nrs_folder_out_state(const struct nrs_folder_out *o)
{
	return &o->pace.state;
}

/* {"objects":[...]} with a bundle's head, and the name of its file. */
static int make_bundle(struct nrs_folder_out *o, char name[NRS_UUID_LEN + 1])
{
	const struct nrs_span envelope = nrs_text_span(&o->batch.envelope);
	uint8_t sum[NRS_SHA256_LEN];

	nrs_sha256(envelope, sum);
	nrs_uuid5(nrs_uuid_noroshi, nrs_span(sum, sizeof(sum)), name);
	nrs_text_clear(&o->bundle);
	nrs_text_printf(&o->bundle,
			"{\"type\":\"bundle\",\"id\":\"bundle--%s\",", name);
	nrs_text_add(&o->bundle, nrs_span_from(envelope, 1));
	nrs_text_putc(&o->bundle, '\n');
	return o->bundle.failed ? NRS_E_NOMEM : NRS_OK;
}

/* The name in its folder must last too. */
static bool keep_name(const char *folder)
{
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const bool is_kept = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return is_kept;
}

static int write_file(struct nrs_folder_out *o, const char *name,
		      struct nrs_diag *diag)
{
	char path[PATH_ROOM], beside[PATH_ROOM + 8];
	bool is_whole;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/sightings-%s.json", o->folder,
		       name);
	(void)snprintf(beside, sizeof(beside), "%s.part", path);
	(void)mkdir(o->folder, 0750); /* what follows says why not */
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	is_whole = fd >= 0 && nrs_write_all(fd, nrs_text_span(&o->bundle)) &&
		   fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		is_whole = false;
	if (is_whole && rename(beside, path) == 0 && keep_name(o->folder))
		return NRS_OK;
	(void)nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path, strerror(errno));
	(void)unlink(beside);
	return NRS_E_IO;
}

/* Durable: all of the batch is done with, in one go. */
static int confirm(struct nrs_folder_out *o, int64_t now_ns,
		   struct nrs_diag *diag)
{
	const struct nrs_taxii_status complete = {.is_complete = true};
	const struct nrs_spool_accepted taken = {.audience = o->audience,
						 .batch = &o->batch,
						 .id = nrs_span_of("file"),
						 .now_ns = now_ns};
	int64_t row = 0;
	int err = nrs_spool_accepted(o->spool, &taken, &row, diag);

	if (err == NRS_OK)
		err = nrs_spool_status_done(o->spool, row, &complete, diag);
	if (err == NRS_OK) {
		o->pace.state.posts++;
		o->pace.state.posted += o->batch.count;
		o->pace.state.posted_ns = now_ns;
	}
	return err;
}

int nrs_folder_out_step(struct nrs_folder_out *o, int64_t now_ns,
			int64_t *next_ns, struct nrs_diag *diag)
{
	char name[NRS_UUID_LEN + 1];
	struct nrs_diag why = {0};
	int err = nrs_spool_batch(o->spool, o->audience, &o->batch, &why);

	*next_ns = now_ns + IDLE_NS;
	if (err == NRS_OK && o->batch.count > 0) {
		err = make_bundle(o, name);
		if (err == NRS_OK)
			err = write_file(o, name, &why);
		if (err == NRS_OK)
			err = confirm(o, now_ns, &why);
		*next_ns = now_ns;
	}
	if (err == NRS_OK) {
		nrs_post_pace_well(&o->pace);
		return NRS_OK;
	}
	nrs_post_pace_local(&o->pace,
			    why.text[0] != '\0' ? why.text : nrs_strerror(err),
			    now_ns, TROUBLE_NS);
	*next_ns = o->pace.next_ns;
	return nrs_diag_set(diag, err, 0, "%s", o->pace.state.message);
}
