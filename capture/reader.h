/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: capture files into rounds. Opens one session's files one after
 * another, filters, decodes, stamps ordinals, cuts rounds and sorts the
 * datagrams to the workers that own their shards.
 */
#pragma once

#include "capture/round.h"
#include "capture/source/filter.h"
#include "engine/base/counter.h"
#include "engine/base/crypto.h"
#include "engine/base/err.h"
#include "engine/base/stamp.h"

struct nrs_reader;

struct nrs_reader_options {
	const char *const *paths; /* all captures of the run, in order */
	unsigned int path_count;
	bool is_rotated;	   /* all of them are one session */
	bool want_digests;	   /* SHA-256 of each file */
	struct nrs_filter *filter; /* or NULL */
	int64_t from_ns, to_ns;	   /* packets outside are left out */
	const struct nrs_hash_key *key;
	/* Every packet with IP in it that was not left out, before the round is
	 * handed over, with what was decoded; or NULL. */
	void *packet_ctx;
	void (*packet)(void *ctx, uint32_t session,
		       const struct nrs_packet *packet,
		       const struct nrs_datagram *first, unsigned int count);
};

int nrs_reader_new(struct nrs_reader **out,
		   const struct nrs_reader_options *options);
void nrs_reader_free(struct nrs_reader *reader);

/*
 * Fill @round with what comes next. 1: filled (perhaps with no datagram: a
 * session's end); 0: nothing is left. A capture that cannot be read (further)
 * is told to @problem (one call per problem) and the next one goes on.
 */
typedef void nrs_reader_problem_fn(void *ctx, const char *path, int err,
				   const struct nrs_diag *diag);
int nrs_reader_next(struct nrs_reader *reader, struct nrs_round *round,
		    nrs_reader_problem_fn *problem, void *ctx);

/* One file's figures, for run.json; valid after it was read. */
struct nrs_reader_file {
	const char *path;
	uint64_t packets, bytes;   /* bytes as stored in the file */
	int64_t first_ns, last_ns; /* lowest and highest packet time */
	int error;		   /* 0, or what ended it early */
	bool has_digest;
	uint8_t sha256[NRS_SHA256_LEN];
};
const struct nrs_reader_file *
nrs_reader_file_at(const struct nrs_reader *reader, unsigned int index);

const struct nrs_counters *nrs_reader_counters(const struct nrs_reader *reader);
/* Stored bytes read and to read (0: unknown) over all files: for progress. */
void nrs_reader_progress(const struct nrs_reader *reader, uint64_t *done,
			 uint64_t *total);
