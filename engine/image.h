/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image: a compiled set as one file, mapped read-only and used where it lies:
 * opening it costs a checksum and a look at every offset, not a compilation.
 * docs/decisions/0004-image.md says why it is as it is.
 *
 * An image is for the release and the kind of machine that made it. Another
 * one, a damaged or a cut one is refused, with the reason in words.
 */
#pragma once

#include "engine/db.h"

#define NRS_IMAGE_KEY_LEN 32

/*
 * Write @db, its set and everything it needs to @path, replaced whole. @key is
 * this machine's own (NRS_IMAGE_KEY_LEN octets) or empty: then expressions are
 * compiled anew by whoever opens the image. NRS_E_IO, NRS_E_NOMEM, NRS_E_LIMIT;
 * @diag says it in words.
 */
int nrs_image_write(const char *path, const struct nrs_db *db,
		    struct nrs_span key, struct nrs_diag *diag);

/* Does the file begin as images do? */
bool nrs_image_is(const char *path);

struct nrs_image_options {
	/* Used are seats, generation, validity and at_ns. The others were
	 * settled when the image was made; the facts say what is amiss. */
	struct nrs_build_options building;
	struct nrs_span key;
};

struct nrs_image_facts {
	/* Expressions that had to be compiled again, and why. */
	unsigned int recompiled;
	double seconds; /* that took */
	const char *why;
	/* "--subdomains": asked for, and not in the image; or NULL. */
	const char *lacks;
};

/* A set and a db over it, to be freed in the other order. */
struct nrs_image {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_image_facts facts;
};

/*
 * Open @path. The file must stay as it is: it is replaced by another, never
 * written to. NRS_E_IO; NRS_E_FORMAT: no image, damaged or cut;
 * NRS_E_UNSUPPORTED: of another release or machine; NRS_E_NOMEM. @diag says it
 * in words.
 */
int nrs_image_open(struct nrs_image *out, const char *path,
		   const struct nrs_image_options *options,
		   struct nrs_diag *diag);

/* The same over octets (borrowed, aligned to 64) instead of a file. */
int nrs_image_read(struct nrs_image *out, struct nrs_span octets,
		   const struct nrs_image_options *options,
		   struct nrs_diag *diag);

/* Set the checksum of @len octets that begin as an image: for tests that alter
 * one. False: too short. */
bool nrs_image_seal(uint8_t *octets, size_t len);
