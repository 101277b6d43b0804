/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto: digests by libcrypto's EVP interface. A digest that libcrypto
 * refuses to make would be a broken installation: the process stops then,
 * because a wrong id must never leave.
 */
#include "engine/base/crypto.h"

#include <assert.h>

#define OPENSSL_API_COMPAT 0x10100000L /* MD5_Init, SHA256_Init */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

const uint8_t nrs_uuid_stix_sco[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42,
				       0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2,
				       0x33, 0x15, 0xa9, 0xb7};

/* Drawn once at random; constant for ever. */
const uint8_t nrs_uuid_noroshi[16] = {0x6e, 0x1f, 0x83, 0xc2, 0x5b, 0x0d,
				      0x4d, 0x7a, 0xa9, 0x34, 0x2e, 0x90,
				      0xc7, 0x41, 0xd8, 0x56};

static void digest(const EVP_MD *kind, struct nrs_span data, uint8_t *out)
{
	unsigned int len = 0;

	if (EVP_Digest(data.ptr, data.len, out, &len, kind, NULL) != 1)
		abort();
}

void nrs_sha256(struct nrs_span data, uint8_t out[NRS_SHA256_LEN])
{
	digest(EVP_sha256(), data, out);
}

void nrs_hmac_sha256(struct nrs_span key, struct nrs_span data,
		     uint8_t out[NRS_SHA256_LEN])
{
	unsigned int len = 0;

	if (key.len > INT32_MAX || HMAC(EVP_sha256(), key.ptr, (int)key.len,
					data.ptr, data.len, out, &len) == NULL)
		abort();
}

struct nrs_digest {
	EVP_MD_CTX *ctx;
};

struct nrs_digest *nrs_digest_new(void)
{
	struct nrs_digest *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NULL;
	made->ctx = EVP_MD_CTX_new();
	if (made->ctx == NULL ||
	    EVP_DigestInit_ex(made->ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(made->ctx);
		free(made);
		return NULL;
	}
	return made;
}

void nrs_digest_add(struct nrs_digest *running, struct nrs_span data)
{
	if (EVP_DigestUpdate(running->ctx, data.ptr, data.len) != 1)
		abort();
}

void nrs_digest_finish(struct nrs_digest *running, uint8_t out[NRS_SHA256_LEN])
{
	unsigned int len = 0;

	if (EVP_DigestFinal_ex(running->ctx, out, &len) != 1)
		abort();
	EVP_MD_CTX_free(running->ctx);
	free(running);
}

void nrs_hex(struct nrs_span data, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < data.len; i++) {
		*out++ = digits[data.ptr[i] >> 4];
		*out++ = digits[data.ptr[i] & 15];
	}
	*out = '\0';
}

void nrs_uuid5(const uint8_t name_space[16], struct nrs_span name,
	       char out[NRS_UUID_LEN + 1])
{
	uint8_t sum[NRS_SHA1_LEN];
	SHA_CTX sha1;
	char hex[33];

	/* Not by EVP: looking the digest up there costs more than digesting a
	 * short name, and lists are named by the million. */
	if (SHA1_Init(&sha1) != 1 || SHA1_Update(&sha1, name_space, 16) != 1 ||
	    SHA1_Update(&sha1, name.ptr, name.len) != 1 ||
	    SHA1_Final(sum, &sha1) != 1)
		abort();
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x50); /* version 5 */
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80); /* variant 10 */
	nrs_hex(nrs_span(sum, 16), hex);
	for (unsigned int i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			*out++ = '-';
		*out++ = hex[i];
	}
	*out = '\0';
}

int nrs_random(void *out, size_t len)
{
	return getrandom(out, len, 0) == (ssize_t)len ? NRS_OK : NRS_E_IO;
}

void nrs_sha1(struct nrs_span data, uint8_t out[NRS_SHA1_LEN])
{
	digest(EVP_sha1(), data, out);
}

void nrs_base64(struct nrs_span data, char *out)
{
	(void)EVP_EncodeBlock((unsigned char *)out, data.ptr, (int)data.len);
}

/* EVP takes a context from the heap at every start (OpenSSL 3.0), these
 * functions none. */
struct nrs_hasher {
	MD5_CTX md5;
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA256_CTX inner, outer; /* of HMAC, behind its key */
};

struct nrs_hasher *nrs_hasher_new(void)
{
	return calloc(1, sizeof(struct nrs_hasher));
}

void nrs_hasher_free(struct nrs_hasher *hasher)
{
	free(hasher);
}

void nrs_hasher_md5(struct nrs_hasher *hasher, struct nrs_span data,
		    uint8_t out[NRS_MD5_LEN])
{
	if (MD5_Init(&hasher->md5) != 1 ||
	    MD5_Update(&hasher->md5, data.ptr, data.len) != 1 ||
	    MD5_Final(out, &hasher->md5) != 1)
		abort();
}

void nrs_hasher_sha1(struct nrs_hasher *hasher, struct nrs_span data,
		     uint8_t out[NRS_SHA1_LEN])
{
	if (SHA1_Init(&hasher->sha1) != 1 ||
	    SHA1_Update(&hasher->sha1, data.ptr, data.len) != 1 ||
	    SHA1_Final(out, &hasher->sha1) != 1)
		abort();
}

void nrs_hasher_sha256(struct nrs_hasher *hasher, struct nrs_span data,
		       uint8_t out[NRS_SHA256_LEN])
{
	if (SHA256_Init(&hasher->sha256) != 1 ||
	    SHA256_Update(&hasher->sha256, data.ptr, data.len) != 1 ||
	    SHA256_Final(out, &hasher->sha256) != 1)
		abort();
}

struct running {
	MD5_CTX md5;
	SHA_CTX sha1;
	SHA256_CTX sha256;
};
static_assert(sizeof(struct running) <=
		      sizeof(((struct nrs_digests *)NULL)->room),
	      "the contexts have room");

void nrs_digests_begin(struct nrs_digests *digests, unsigned int kinds)
{
	struct running *r = (struct running *)(void *)digests->room;

	digests->kinds = kinds;
	if (((kinds & NRS_DIGEST_MD5) != 0 && MD5_Init(&r->md5) != 1) ||
	    ((kinds & NRS_DIGEST_SHA1) != 0 && SHA1_Init(&r->sha1) != 1) ||
	    ((kinds & NRS_DIGEST_SHA256) != 0 && SHA256_Init(&r->sha256) != 1))
		abort();
}

void nrs_digests_add(struct nrs_digests *digests, struct nrs_span data)
{
	const unsigned int kinds = digests->kinds;
	struct running *r = (struct running *)(void *)digests->room;

	if (((kinds & NRS_DIGEST_MD5) != 0 &&
	     MD5_Update(&r->md5, data.ptr, data.len) != 1) ||
	    ((kinds & NRS_DIGEST_SHA1) != 0 &&
	     SHA1_Update(&r->sha1, data.ptr, data.len) != 1) ||
	    ((kinds & NRS_DIGEST_SHA256) != 0 &&
	     SHA256_Update(&r->sha256, data.ptr, data.len) != 1))
		abort();
}

size_t nrs_digests_get(const struct nrs_digests *digests,
		       enum nrs_digest_kind kind, uint8_t out[NRS_SHA256_LEN])
{
	struct running r;
	int done = 0;

	memcpy(&r, digests->room, sizeof(r));
	assert((digests->kinds & kind) != 0);
	switch (kind) {
	case NRS_DIGEST_MD5:
		done = MD5_Final(out, &r.md5);
		break;
	case NRS_DIGEST_SHA1:
		done = SHA1_Final(out, &r.sha1);
		break;
	case NRS_DIGEST_SHA256:
		done = SHA256_Final(out, &r.sha256);
		break;
	}
	if (done != 1)
		abort();
	return kind == NRS_DIGEST_MD5	 ? NRS_MD5_LEN
	       : kind == NRS_DIGEST_SHA1 ? NRS_SHA1_LEN
					 : NRS_SHA256_LEN;
}

#define BLOCK_LEN 64

static void sha256_begin(SHA256_CTX *ctx, struct nrs_span key, uint8_t pad)
{
	uint8_t block[BLOCK_LEN];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < key.len; i++)
		block[i] ^= key.ptr[i];
	if (SHA256_Init(ctx) != 1 ||
	    SHA256_Update(ctx, block, sizeof(block)) != 1)
		abort();
}

/* HMAC (RFC 2104) with a key no longer than a block, kept as the two states
 * behind it. */
static void hmac_key(struct nrs_hasher *hasher, struct nrs_span key)
{
	if (key.len > BLOCK_LEN)
		abort();
	sha256_begin(&hasher->inner, key, 0x36);
	sha256_begin(&hasher->outer, key, 0x5c);
}

static void hmac(struct nrs_hasher *hasher, struct nrs_span text,
		 uint8_t out[NRS_SHA256_LEN])
{
	hasher->sha256 = hasher->inner;
	if (SHA256_Update(&hasher->sha256, text.ptr, text.len) != 1 ||
	    SHA256_Final(out, &hasher->sha256) != 1)
		abort();
	hasher->sha256 = hasher->outer;
	if (SHA256_Update(&hasher->sha256, out, NRS_SHA256_LEN) != 1 ||
	    SHA256_Final(out, &hasher->sha256) != 1)
		abort();
}

void nrs_hkdf_extract(struct nrs_hasher *hasher, struct nrs_span salt,
		      struct nrs_span key, uint8_t out[NRS_SHA256_LEN])
{
	hmac_key(hasher, salt);
	hmac(hasher, key, out);
}

void nrs_hkdf_secret(struct nrs_hasher *hasher,
		     const uint8_t secret[NRS_SHA256_LEN])
{
	hmac_key(hasher, nrs_span(secret, NRS_SHA256_LEN));
}

void nrs_hkdf_label(struct nrs_hasher *hasher, const char *label, uint8_t *out,
		    size_t len)
{
	uint8_t info[64], sum[NRS_SHA256_LEN];
	const size_t label_len = strlen(label);
	size_t used = 0;

	if (len > NRS_SHA256_LEN || label_len > 32)
		abort();
	info[used++] = 0;
	info[used++] = (uint8_t)len;
	info[used++] = (uint8_t)(6 + label_len);
	memcpy(info + used, "tls13 ", 6);
	used += 6;
	memcpy(info + used, label, label_len);
	used += label_len;
	info[used++] = 0; /* no context */
	info[used++] = 1; /* the first block is enough */
	hmac(hasher, nrs_span(info, used), sum);
	memcpy(out, sum, len);
}

struct nrs_cipher {
	EVP_CIPHER_CTX *block;
	EVP_CIPHER_CTX *gcm;
};

struct nrs_cipher *nrs_cipher_new(void)
{
	struct nrs_cipher *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NULL;
	made->block = EVP_CIPHER_CTX_new();
	made->gcm = EVP_CIPHER_CTX_new();
	if (made->block == NULL || made->gcm == NULL ||
	    EVP_EncryptInit_ex(made->block, EVP_aes_128_ecb(), NULL, NULL,
			       NULL) != 1 ||
	    EVP_DecryptInit_ex(made->gcm, EVP_aes_128_gcm(), NULL, NULL,
			       NULL) != 1) {
		nrs_cipher_free(made);
		return NULL;
	}
	return made;
}

void nrs_cipher_free(struct nrs_cipher *cipher)
{
	if (cipher == NULL)
		return;
	EVP_CIPHER_CTX_free(cipher->block);
	EVP_CIPHER_CTX_free(cipher->gcm);
	free(cipher);
}

void nrs_cipher_block(struct nrs_cipher *cipher, const uint8_t key[NRS_AES_LEN],
		      const uint8_t in[NRS_AES_LEN], uint8_t out[NRS_AES_LEN])
{
	int len = 0;

	if (EVP_EncryptInit_ex(cipher->block, NULL, NULL, key, NULL) != 1 ||
	    EVP_EncryptUpdate(cipher->block, out, &len, in, NRS_AES_LEN) != 1)
		abort();
}

int nrs_cipher_open(struct nrs_cipher *cipher, const uint8_t key[NRS_AES_LEN],
		    const struct nrs_sealed *sealed, uint8_t *out)
{
	uint8_t tag[NRS_TAG_LEN];
	int len = 0;

	if (sealed->text.len < NRS_TAG_LEN || sealed->text.len > INT32_MAX ||
	    sealed->clear.len > INT32_MAX)
		return NRS_E_FORMAT;
	const size_t text_len = sealed->text.len - NRS_TAG_LEN;
	memcpy(tag, sealed->text.ptr + text_len, sizeof(tag));
	if (EVP_DecryptInit_ex(cipher->gcm, NULL, NULL, key, sealed->nonce) !=
		    1 ||
	    EVP_DecryptUpdate(cipher->gcm, NULL, &len, sealed->clear.ptr,
			      (int)sealed->clear.len) != 1 ||
	    EVP_DecryptUpdate(cipher->gcm, out, &len, sealed->text.ptr,
			      (int)text_len) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher->gcm, EVP_CTRL_GCM_SET_TAG, sizeof(tag),
				tag) != 1)
		return NRS_E_FORMAT;
	return EVP_DecryptFinal_ex(cipher->gcm, tag, &len) == 1 ? NRS_OK
								: NRS_E_FORMAT;
}
