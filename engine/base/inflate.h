/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflate: reads a file or a pipe, plain or compressed (told by the first
 * bytes), as one stream of plain bytes.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

struct nrs_input;
struct nrs_digest;

enum nrs_input_kind { NRS_INPUT_PLAIN, NRS_INPUT_GZIP, NRS_INPUT_ZSTD };

/*
 * Open @path ("-" is standard input). A directory, a missing or an unreadable
 * file is NRS_E_IO with the reason in @diag. With @digest every byte read
 * from the file, as stored, is added to it (borrowed).
 */
int nrs_input_open(struct nrs_input **out, const char *path,
		   struct nrs_digest *digest, struct nrs_diag *diag);
void nrs_input_close(struct nrs_input *input);

enum nrs_input_kind nrs_input_kind(const struct nrs_input *input);

/*
 * Fill @buf as far as the stream goes. *@got < @len only at the end.
 * NRS_E_IO, NRS_E_TRUNCATED (compressed data cut short: *@got bytes are still
 * good), NRS_E_FORMAT (compressed data damaged, likewise).
 */
int nrs_input_read(struct nrs_input *input, void *buf, size_t len, size_t *got,
		   struct nrs_diag *diag);

/* Bytes read from the file as stored, and its size (0: unknown, a pipe). */
uint64_t nrs_input_position(const struct nrs_input *input);
uint64_t nrs_input_size(const struct nrs_input *input);
