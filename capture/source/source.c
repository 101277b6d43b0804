/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: blocks of a capture file, cut into packets where they stand.
 *
 * The caller's block is filled to NRS_SOURCE_BLOCK; a record that does not end
 * in it is kept aside and put first into the next block. So the cut depends on
 * the file's bytes alone, and packets are never copied but for that one.
 */
#include "capture/source/source.h"

#include <stdlib.h>

#include "capture/source/capture_file.h"
#include "engine/base/inflate.h"

struct nrs_source {
	struct nrs_input *input;
	struct nrs_capture_file file;
	uint8_t *kept; /* the bytes of a block that were not used */
	size_t kept_len;
	uint64_t offset; /* of the first kept byte in the plain stream */
	bool at_end;	 /* of the input */
	int pending;	 /* error to report once the good packets are out */
	struct nrs_diag diag;
};

#define KEPT_ROOM (NRS_SOURCE_BLOCK_ROOM)

static int read_more(struct nrs_source *s, uint8_t *out, size_t len,
		     size_t *got)
{
	const int err = nrs_input_read(s->input, out, len, got, &s->diag);

	if (*got < len || err != NRS_OK)
		s->at_end = true;
	return err;
}

/* The file's head is in the kept bytes, as much as there is of it. */
static int open_head(struct nrs_source *s, struct nrs_diag *diag)
{
	size_t got = 0, used = 0;
	int err = read_more(s, s->kept, NRS_CAPTURE_HEAD_MAX, &got);

	if (err != NRS_OK && got == 0) {
		*diag = s->diag;
		return err;
	}
	s->pending = err;
	s->kept_len = got;
	if (got == 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "is empty");
	err = nrs_capture_file_open(&s->file, nrs_span(s->kept, got), &used,
				    diag);
	if (err != NRS_OK)
		return err;
	s->offset = used;
	s->kept_len = got - used;
	memmove(s->kept, s->kept + used, s->kept_len);
	return NRS_OK;
}

int nrs_source_open(struct nrs_source **out, const char *path,
		    struct nrs_digest *digest, struct nrs_diag *diag)
{
	struct nrs_source *s = calloc(1, sizeof(*s));
	int err = NRS_E_NOMEM;

	if (s == NULL)
		return nrs_diag_set(diag, err, 0, "out of memory");
	s->kept = malloc(KEPT_ROOM);
	if (s->kept != NULL)
		err = nrs_input_open(&s->input, path, digest, diag);
	if (err == NRS_OK)
		err = open_head(s, diag);
	if (err != NRS_OK) {
		nrs_source_close(s);
		return err;
	}
	*out = s;
	return NRS_OK;
}

void nrs_source_close(struct nrs_source *s)
{
	if (s == NULL)
		return;
	nrs_input_close(s->input);
	free(s->kept);
	free(s);
}

/* The next packets out of @bytes; *@used is what they took. */
static int cut(struct nrs_source *s, struct nrs_span bytes,
	       struct nrs_packet *packets, unsigned int max, size_t *used)
{
	unsigned int count = 0;
	size_t at = 0;

	while (count < max && at < NRS_SOURCE_BLOCK) {
		size_t step = 0;
		const int err = nrs_capture_file_next(
			&s->file, nrs_span_from(bytes, at), &packets[count],
			&step, &s->diag);

		if (err == NRS_E_MORE)
			break;
		if (err != NRS_OK && err != NRS_E_NOTFOUND) {
			s->diag.place += s->offset + at;
			s->pending = err;
			s->at_end = true;
			break;
		}
		at += step;
		if (err == NRS_OK) /* NOTFOUND: a block without a packet */
			count++;
	}
	*used = at;
	return (int)count;
}

int nrs_source_read(struct nrs_source *s, struct nrs_packet *packets,
		    unsigned int max, uint8_t *block, struct nrs_diag *diag)
{
	size_t len, used = 0;
	int count = 0;

	do {
		len = s->kept_len;
		memcpy(block, s->kept, len);
		if (len < NRS_SOURCE_BLOCK && !s->at_end) {
			size_t got = 0;
			const int err = read_more(s, block + len,
						  NRS_SOURCE_BLOCK - len, &got);

			if (err != NRS_OK)
				s->pending = err;
			len += got;
		}
		/* A record longer than the block: its rest as well. */
		count = cut(s, nrs_span(block, len), packets, max, &used);
		if (count == 0 && used == 0 && len >= NRS_SOURCE_BLOCK &&
		    !s->at_end) {
			size_t got = 0;

			(void)read_more(s, block + len,
					NRS_SOURCE_BLOCK_ROOM - len, &got);
			len += got;
			count = cut(s, nrs_span(block, len), packets, max,
				    &used);
		}
		s->kept_len = len - used;
		memcpy(s->kept, block + used, s->kept_len);
		s->offset += used;
	} while (count == 0 && used > 0);
	if (count > 0)
		return count;
	if (s->pending == NRS_OK && s->kept_len > 0) {
		s->kept_len = 0;
		return nrs_diag_set(diag, NRS_E_TRUNCATED, s->offset,
				    "the last record is cut short at offset "
				    "%llu",
				    (unsigned long long)s->offset);
	}
	if (s->pending != NRS_OK) {
		const int err = s->pending;

		s->pending = NRS_OK;
		s->kept_len = 0;
		*diag = s->diag;
		return err;
	}
	return 0;
}

uint64_t nrs_source_position(const struct nrs_source *s)
{
	return nrs_input_position(s->input);
}

uint64_t nrs_source_size(const struct nrs_source *s)
{
	return nrs_input_size(s->input);
}
