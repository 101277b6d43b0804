/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: a file seen inside an exchange, octet by octet: its digests, size,
 * name and type, as far as anybody asks.
 *
 * Nothing of a file is kept but the state of its digests and its first octets:
 * it may be of any size. States come from the shard's quota; above it a file
 * is a blind spot (files_refused). Every function but wanted and begin takes a
 * NULL file for one that nobody follows. One thread at a time.
 */
#pragma once

#include "capture/session_env.h"

#define NRS_FILE_NAME_MAX ((size_t)1024) /* a longer one is left out */

/* Fields that files bring. */
#define NRS_FILE_FIELDS                                                        \
	(NRS_FIELD_BIT(NRS_F_FILE_NAME) | NRS_FIELD_BIT(NRS_F_FILE_SIZE) |     \
	 NRS_FIELD_BIT(NRS_F_FILE_TYPE) | NRS_FIELD_BIT(NRS_F_FILE_MD5) |      \
	 NRS_FIELD_BIT(NRS_F_FILE_SHA1) | NRS_FIELD_BIT(NRS_F_FILE_SHA256) |   \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_MD5) |                                  \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA1) |                                 \
	 NRS_FIELD_BIT(NRS_F_FILE_SENT_SHA256) |                               \
	 NRS_FIELD_BIT(NRS_F_FILE_PARTIAL))

struct nrs_file;

/* How many files a shard follows at once. NRS_E_NOMEM. */
int nrs_files_init(struct nrs_slab *files, uint32_t quota);

/* Does anybody ask for files? If not, no exchange need wait for its body. */
static inline bool nrs_files_wanted(const struct nrs_session_env *env)
{
	return (env->demand & NRS_FILE_FIELDS) != 0;
}

/* A file begins; @name may be empty. NULL: nobody asks, or above the quota. */
struct nrs_file *nrs_file_begin(struct nrs_session_env *env,
				struct nrs_span name);

/*
 * The octets that were sent where they are a packed form of a file that is
 * begun too (Content-Encoding): only digests are told, as file.sent_*. NULL
 * also where nobody asks for those.
 */
struct nrs_file *nrs_file_begin_sent(struct nrs_session_env *env,
				     struct nrs_span name);

/* Its name became known, or a better one. */
void nrs_file_name(struct nrs_file *file, struct nrs_span name);

/* The next octets. */
void nrs_file_bytes(struct nrs_session_env *env, struct nrs_file *file,
		    struct nrs_span bytes);

/* Octets that stand @offset into the file: what was seen already is passed
 * over, a hole before them is a gap. */
void nrs_file_bytes_at(struct nrs_session_env *env, struct nrs_file *file,
		       uint64_t offset, struct nrs_span bytes);

/* @len octets will not be seen (0: it is not known how many): the file is told
 * as partial, without digests and size. */
void nrs_file_gap(struct nrs_session_env *env, struct nrs_file *file,
		  uint64_t len);

/* Octets seen or known to be missing so far; 0 for NULL. */
uint64_t nrs_file_position(const struct nrs_file *file);

/*
 * The file is over: push what is asked of it into @txn as object @object (of
 * the exchange's files, from 0; all values of a file have it) and forget it.
 * Not @is_complete: it goes on, but no more will be seen.
 */
void nrs_file_end(struct nrs_session_env *env, struct nrs_file *file,
		  struct nrs_txn *txn, unsigned int object, bool is_complete);

/* Forget it, untold. */
void nrs_file_drop(struct nrs_session_env *env, struct nrs_file *file);
