/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: what a message carries, perhaps packed by a Content-Encoding: the file
 * that is meant, unpacked, and beside it what was sent. Both tell their
 * digests.
 */
#pragma once

#include "capture/files.h"
#include "engine/base/unpack.h"

#define NRS_BODY_LAYERS 4

struct nrs_body {
	struct nrs_file *file;
	struct nrs_file *sent; /* NULL: it is not packed, or nobody asks */
	struct nrs_unpack *layers[NRS_BODY_LAYERS]; /* the outermost first */
	bool has_unpacked[NRS_BODY_LAYERS];
	uint8_t layer_count;
	bool is_packed; /* as it comes it is not the file */
	bool has_begun;
};

/* @coding: the Content-Encoding's value, perhaps a list, perhaps empty. @name:
 * nrs_file_begin. A body is begun, given octets, ended or dropped, and then is
 * all zero. */
void nrs_body_begin(struct nrs_session_env *env, struct nrs_body *body,
		    struct nrs_span name, struct nrs_span coding);

/* Does anybody follow it? */
static inline bool nrs_body_is_open(const struct nrs_body *body)
{
	return body->file != NULL || body->sent != NULL;
}

void nrs_body_bytes(struct nrs_session_env *env, struct nrs_body *body,
		    struct nrs_span bytes);
/* As nrs_file_gap: what is packed ends there. */
void nrs_body_gap(struct nrs_session_env *env, struct nrs_body *body,
		  uint64_t len);

/* Tell it, as objects from *@object on, which is moved on. */
void nrs_body_end(struct nrs_session_env *env, struct nrs_body *body,
		  struct nrs_txn *txn, unsigned int *object, bool is_complete);
void nrs_body_drop(struct nrs_session_env *env, struct nrs_body *body);
