/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth: who we are to a hub. Secrets come only from files that nobody else
 * may read, or from the environment; they are wiped when no longer needed and
 * stand in no error text and no log.
 */
#pragma once

#include "engine/base/http.h"

enum nrs_auth_kind {
	NRS_AUTH_NONE,
	NRS_AUTH_BASIC,	  /* RFC 7617 */
	NRS_AUTH_BEARER,  /* RFC 6750 */
	NRS_AUTH_API_KEY, /* a header with the key as its value */
};

struct nrs_auth_config {
	enum nrs_auth_kind kind;
	const char *user;   /* BASIC; NULL: the secret is user:password */
	const char *header; /* API_KEY; NULL: Authorization */
	const char *scheme; /* stands before the key ("Token"); NULL: nothing */
	const char *secret_file;     /* exactly one of these two */
	const char *secret_variable; /* of the environment */
};

struct nrs_auth;

/*
 * Read the secret: the first line of the file. NRS_E_IO (no such file),
 * NRS_E_USAGE (others may read the file, no secret at all, both or neither
 * named), NRS_E_FORMAT (empty, above 8 KiB, control characters), NRS_E_NOMEM;
 * @diag names the file or variable, never what it holds.
 */
int nrs_auth_open(struct nrs_auth **out, const struct nrs_auth_config *config,
		  struct nrs_diag *diag);

/* Wipes the secret. NULL is fine. */
void nrs_auth_close(struct nrs_auth *auth);

/* The header to send; false: none (@auth NULL, or NRS_AUTH_NONE). */
bool nrs_auth_header(const struct nrs_auth *auth, struct nrs_http_header *out);

/* A hub may echo what it was sent: stars over each occurrence of the secret,
 * plain or as sent, in @text. NULL @auth is fine. */
void nrs_auth_scrub(const struct nrs_auth *auth, char *text);
