/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto: the only door to libcrypto.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_SHA256_LEN 32
#define NRS_UUID_LEN 36 /* text without NUL */

void nrs_sha256(struct nrs_span data, uint8_t out[NRS_SHA256_LEN]);
void nrs_hmac_sha256(struct nrs_span key, struct nrs_span data,
		     uint8_t out[NRS_SHA256_LEN]);

/* A running SHA-256; finish frees it. NULL without memory. */
struct nrs_digest;
struct nrs_digest *nrs_digest_new(void);
void nrs_digest_add(struct nrs_digest *digest, struct nrs_span data);
void nrs_digest_finish(struct nrs_digest *digest, uint8_t out[NRS_SHA256_LEN]);

/* Name-based UUID, version 5 (RFC 4122 section 4.3), as lower-case text. */
void nrs_uuid5(const uint8_t name_space[16], struct nrs_span name,
	       char out[NRS_UUID_LEN + 1]);

/* The namespace of STIX 2.1 SCO ids, and noroshi's own for everything else. */
extern const uint8_t nrs_uuid_stix_sco[16];
extern const uint8_t nrs_uuid_noroshi[16];

/* Lower-case hex of @data; @out holds 2 * len + 1 bytes. */
void nrs_hex(struct nrs_span data, char *out);

/* @len bytes of the system's randomness. NRS_E_IO. */
int nrs_random(void *out, size_t len);

/* SHA-1, for ids that other tools compute too (Community ID). */
#define NRS_SHA1_LEN 20
void nrs_sha1(struct nrs_span data, uint8_t out[NRS_SHA1_LEN]);

/* Base64 with padding; @out holds 4 * ((len + 2) / 3) + 1 bytes. */
void nrs_base64(struct nrs_span data, char *out);

/*
 * Digests for the packet path: the contexts are made once, so that hashing
 * takes nothing from the heap. One per thread. NULL without memory.
 */
#define NRS_MD5_LEN 16
struct nrs_hasher;
struct nrs_hasher *nrs_hasher_new(void);
void nrs_hasher_free(struct nrs_hasher *hasher); /* NULL: nothing */
void nrs_hasher_md5(struct nrs_hasher *hasher, struct nrs_span data,
		    uint8_t out[NRS_MD5_LEN]);
void nrs_hasher_sha1(struct nrs_hasher *hasher, struct nrs_span data,
		     uint8_t out[NRS_SHA1_LEN]);
void nrs_hasher_sha256(struct nrs_hasher *hasher, struct nrs_span data,
		       uint8_t out[NRS_SHA256_LEN]);

/*
 * Digests that run over octets as they come, any of the three at once, in
 * place: nothing from the heap, nothing to give back. @kinds: NRS_DIGEST_*
 * or'ed. What was not begun cannot be got.
 */
enum nrs_digest_kind {
	NRS_DIGEST_MD5 = 1,
	NRS_DIGEST_SHA1 = 2,
	NRS_DIGEST_SHA256 = 4,
};
struct nrs_digests {
	unsigned int kinds;
	_Alignas(8) uint8_t room[304]; /* of libcrypto's contexts */
};
void nrs_digests_begin(struct nrs_digests *digests, unsigned int kinds);
void nrs_digests_add(struct nrs_digests *digests, struct nrs_span data);
/* Returns the length of the digest in @out. */
size_t nrs_digests_get(const struct nrs_digests *digests,
		       enum nrs_digest_kind kind, uint8_t out[NRS_SHA256_LEN]);

/* HKDF-Extract with SHA-256 (RFC 5869 section 2.2). */
void nrs_hkdf_extract(struct nrs_hasher *hasher, struct nrs_span salt,
		      struct nrs_span key, uint8_t out[NRS_SHA256_LEN]);
/* What the labels that follow are expanded from. */
void nrs_hkdf_secret(struct nrs_hasher *hasher,
		     const uint8_t secret[NRS_SHA256_LEN]);
/* HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, to @len
 * octets: NRS_SHA256_LEN at most. @label: 32 characters at most. */
void nrs_hkdf_label(struct nrs_hasher *hasher, const char *label, uint8_t *out,
		    size_t len);

/*
 * AES-128 for the packet path, likewise: contexts made once. One per thread.
 */
#define NRS_AES_LEN 16
#define NRS_NONCE_LEN 12
#define NRS_TAG_LEN 16
struct nrs_cipher;
struct nrs_cipher *nrs_cipher_new(void);
void nrs_cipher_free(struct nrs_cipher *cipher); /* NULL: nothing */

/* One block (ECB). */
void nrs_cipher_block(struct nrs_cipher *cipher, const uint8_t key[NRS_AES_LEN],
		      const uint8_t in[NRS_AES_LEN], uint8_t out[NRS_AES_LEN]);

/* What AES-128-GCM sealed: @text with its tag behind it. */
struct nrs_sealed {
	const uint8_t *nonce; /* NRS_NONCE_LEN octets */
	struct nrs_span clear;
	struct nrs_span text;
};
/* Into @out of text.len - NRS_TAG_LEN octets, apart from @sealed's. Wrong key
 * or changed octets: NRS_E_FORMAT, and @out holds nothing of use. */
int nrs_cipher_open(struct nrs_cipher *cipher, const uint8_t key[NRS_AES_LEN],
		    const struct nrs_sealed *sealed, uint8_t *out);
