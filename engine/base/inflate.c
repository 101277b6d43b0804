/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflate: plain, gzip and zstd behind one read.
 *
 * The first bytes tell which. Plain files are read straight into the caller's
 * buffer; compressed ones through a buffer of 256 KB, member after member.
 */
#include "engine/base/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"
#include "engine/base/unpack.h"

#define CHUNK ((size_t)262144)

struct nrs_input {
	int fd;
	enum nrs_input_kind kind;
	uint64_t position, size;
	struct nrs_digest *digest;
	uint8_t *chunk;
	size_t at, len; /* what of the chunk is left */
	bool at_end;	/* of the file */
	struct nrs_unpack *packed;
};

/* As many bytes as the file gives, up to @len. */
static int read_file(struct nrs_input *in, uint8_t *out, size_t len,
		     size_t *got, struct nrs_diag *diag)
{
	*got = 0;
	while (*got < len && !in->at_end) {
		const ssize_t n = read(in->fd, out + *got, len - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return nrs_diag_set(diag, NRS_E_IO, in->position, "%s",
					    strerror(errno));
		if (n == 0) {
			in->at_end = true;
			break;
		}
		if (in->digest != NULL)
			nrs_digest_add(in->digest,
				       nrs_span(out + *got, (size_t)n));
		*got += (size_t)n;
		in->position += (uint64_t)n;
	}
	return NRS_OK;
}

static int open_file(struct nrs_input *in, const char *path,
		     struct nrs_diag *diag)
{
	struct stat st;

	in->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
					: open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	if (fstat(in->fd, &st) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return nrs_diag_set(diag, NRS_E_IO, 0, "is a directory");
	if (S_ISREG(st.st_mode))
		in->size = (uint64_t)st.st_size;
	return NRS_OK;
}

static int start(struct nrs_input *in, struct nrs_diag *diag)
{
	static const uint8_t zstd_magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
	int err = read_file(in, in->chunk, 4, &in->len, diag);

	if (err != NRS_OK)
		return err;
	if (in->len >= 2 && in->chunk[0] == 0x1f && in->chunk[1] == 0x8b) {
		in->kind = NRS_INPUT_GZIP;
		in->packed = nrs_unpack_open(NRS_PACKING_GZIP);
	} else if (in->len == 4 && memcmp(in->chunk, zstd_magic, 4) == 0) {
		in->kind = NRS_INPUT_ZSTD;
		in->packed = nrs_unpack_open(NRS_PACKING_ZSTD);
	}
	return in->kind == NRS_INPUT_PLAIN || in->packed != NULL
		       ? NRS_OK
		       : nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
}

int nrs_input_open(struct nrs_input **out, const char *path,
		   struct nrs_digest *digest, struct nrs_diag *diag)
{
	struct nrs_input *in = calloc(1, sizeof(*in));
	int err = NRS_E_NOMEM;

	if (in == NULL)
		return nrs_diag_set(diag, err, 0, "out of memory");
	in->fd = -1;
	in->digest = digest;
	in->chunk = malloc(CHUNK);
	if (in->chunk != NULL)
		err = open_file(in, path, diag);
	if (err == NRS_OK)
		err = start(in, diag);
	if (err != NRS_OK) {
		nrs_input_close(in);
		return err;
	}
	*out = in;
	return NRS_OK;
}

void nrs_input_close(struct nrs_input *in)
{
	if (in == NULL)
		return;
	nrs_unpack_close(in->packed);
	if (in->fd >= 0)
		(void)close(in->fd);
	free(in->chunk);
	free(in);
}

enum nrs_input_kind nrs_input_kind(const struct nrs_input *in)
{
	return in->kind;
}

uint64_t nrs_input_position(const struct nrs_input *in)
{
	return in->position;
}

uint64_t nrs_input_size(const struct nrs_input *in)
{
	return in->size;
}

static int read_plain(struct nrs_input *in, uint8_t *out, size_t len,
		      size_t *got, struct nrs_diag *diag)
{
	const size_t peeked = in->len - in->at < len ? in->len - in->at : len;
	size_t more = 0;

	memcpy(out, in->chunk + in->at, peeked);
	in->at += peeked;
	const int err = read_file(in, out + peeked, len - peeked, &more, diag);
	*got = peeked + more;
	return err;
}

static int read_packed(struct nrs_input *in, uint8_t *out, size_t len,
		       size_t *got, struct nrs_diag *diag)
{
	*got = 0;
	while (*got < len) {
		size_t done = 0;
		int err;

		if (in->at == in->len && !in->at_end) {
			in->at = in->len = 0;
			err = read_file(in, in->chunk, CHUNK, &in->len, diag);
			if (err != NRS_OK)
				return err;
		}
		struct nrs_span rest =
			nrs_span(in->chunk + in->at, in->len - in->at);
		const bool is_dry = rest.len == 0;
		if (is_dry && nrs_unpack_is_done(in->packed))
			return NRS_OK;
		err = nrs_unpack_feed(in->packed, &rest, out + *got, len - *got,
				      &done);
		in->at = in->len - rest.len;
		*got += done;
		if (err != NRS_OK)
			return nrs_diag_set(
				diag, NRS_E_FORMAT, in->position,
				"damaged %s data",
				in->kind == NRS_INPUT_GZIP ? "gzip" : "zstd");
		if (is_dry && done == 0)
			return nrs_diag_set(diag, NRS_E_TRUNCATED, in->position,
					    "compressed data is cut short");
	}
	return NRS_OK;
}

int nrs_input_read(struct nrs_input *in, void *buf, size_t len, size_t *got,
		   struct nrs_diag *diag)
{
	return in->kind == NRS_INPUT_PLAIN
		       ? read_plain(in, buf, len, got, diag)
		       : read_packed(in, buf, len, got, diag);
}
