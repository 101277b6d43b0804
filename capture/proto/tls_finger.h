/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_finger: fingerprints of hellos: JA3 and JA3S (text whose MD5 is the
 * fingerprint; github.com/salesforce/ja3), JA4 (BSD licensed; the rest of its
 * family is not, and is left out). GREASE (RFC 8701) never counts.
 */
#pragma once

#include "capture/proto/tls.h"
#include "engine/base/crypto.h"

#define NRS_JA4_LEN 36
/* JA4 sorts: a hello with more suites, extensions or signature algorithms
 * than this has none. */
#define NRS_JA4_LIST_MAX 256

/* "771,4865-4866,0-23,29,0" into @room of @cap octets, without NUL; *@text is
 * the text there. NRS_E_LIMIT where it does not fit. */
int nrs_tls_ja3(const struct nrs_tls_client_hello *hello, uint8_t *room,
		size_t cap, struct nrs_span *text);
int nrs_tls_ja3s(const struct nrs_tls_server_hello *hello, uint8_t *room,
		 size_t cap, struct nrs_span *text);

/* "t13d1516h2_8daaf6152771_e5627efa2ab1" with @transport 't', 'q' or 'd'
 * first. NRS_E_LIMIT. */
int nrs_tls_ja4(const struct nrs_tls_client_hello *hello, char transport,
		struct nrs_hasher *hasher, char out[NRS_JA4_LEN + 1]);

/* "TLS 1.2" and the like in @room (24 octets) for any version. */
struct nrs_span nrs_tls_version_name(uint16_t version, char room[24]);
