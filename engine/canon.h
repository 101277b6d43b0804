/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon: one canonical form per kind of value, applied to indicators and to
 * traffic alike, so that both meet (shared specification, section 2).
 *
 * These functions never allocate, except where an indicator holds a name in
 * Unicode; on the packet path a name with a byte >= 0x80 has no canonical
 * form (NRS_E_FORMAT), so the flag decides.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_canon_side {
	NRS_CANON_TRAFFIC,   /* ASCII only, never allocates */
	NRS_CANON_INDICATOR, /* IDNA, refanging already done */
};

/* Room that any canonical form needs, by the length of what goes in. */
#define NRS_CANON_NAME_ROOM 256
#define NRS_CANON_URL_ROOM(len) (3 * (len) + NRS_CANON_NAME_ROOM + 16)

/*
 * A domain name: lower case, one trailing dot cut, A-labels, underscore kept,
 * each label 1 to 63 octets, 253 in all. @out holds NRS_CANON_NAME_ROOM.
 * NRS_E_FORMAT. The text of an IP address is no name: NRS_E_UNSUPPORTED.
 */
int nrs_canon_name(struct nrs_span in, enum nrs_canon_side side, uint8_t *out,
		   size_t *out_len);

/*
 * A URL by the rules of section 2.3 of the specification (sensor profile:
 * userinfo is dropped). @out holds NRS_CANON_URL_ROOM(in.len). @host is the
 * canonical host inside @out (of an address its text), @rest what follows
 * scheme and "://", that is host[:port]/target: the key of scheme-less
 * indicators. A URL without a scheme: @out holds only the rest.
 * NRS_E_FORMAT.
 */
struct nrs_url {
	struct nrs_span whole;
	struct nrs_span scheme; /* empty if none */
	struct nrs_span host;
	struct nrs_span rest;
	struct nrs_span target; /* path and query */
};
int nrs_canon_url(struct nrs_span in, enum nrs_canon_side side, uint8_t *out,
		  size_t room, struct nrs_url *url);

/* MAC address with : - . or no separators to 6 bytes. NRS_E_FORMAT. */
int nrs_canon_mac(struct nrs_span in, uint8_t out[6]);
/* And back: "00:53:00:00:00:01", without a NUL. */
#define NRS_CANON_MAC_TEXT 17
void nrs_canon_mac_text(const uint8_t mac[6], uint8_t out[NRS_CANON_MAC_TEXT]);

/* Even count of hex digits, to bytes. NRS_E_FORMAT. @out holds len / 2. */
int nrs_canon_hex(struct nrs_span in, uint8_t *out, size_t *out_len);

/* Hex digits in lower case, without : - and blanks; @is_number: without
 * leading zeros too. @out holds in.len octets. NRS_E_FORMAT. */
int nrs_canon_digits(struct nrs_span in, bool is_number, uint8_t *out,
		     size_t *out_len);

/*
 * A distinguished name as people and tools write it: "C=US, O=Example",
 * "CN=host,O=Example", "/C=US/CN=host", escaped or not. @set is the same for
 * every order of its parts; @reversed has the parts as given, last first and
 * without blanks between (RFC 4514). Both stand in @out, which holds
 * NRS_CANON_DN_ROOM(in.len). NRS_E_FORMAT, NRS_E_LIMIT (too long, too many
 * parts).
 */
#define NRS_CANON_DN_MAX ((size_t)2048)
#define NRS_CANON_DN_ROOM(len) (3 * (len) + 16)
struct nrs_dn {
	struct nrs_span set;
	struct nrs_span reversed;
};
int nrs_canon_dn(struct nrs_span in, uint8_t *out, struct nrs_dn *dn);

/* ASCII lower case of @in into @out (same length). */
void nrs_canon_lower(struct nrs_span in, uint8_t *out);

/* Canonical name of a hash algorithm ("SHA256", "sha-256" -> "SHA-256"), or
 * NULL if unknown; @hex_digits gets its length (0: not fixed). */
const char *nrs_canon_hash_name(struct nrs_span in, size_t *hex_digits);

/* What follows the last \ or / of @path: the name behind its folders. */
struct nrs_span nrs_canon_last_name(struct nrs_span path);
