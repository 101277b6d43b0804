/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gquic: the hello of Google's QUIC before TLS (Q035 to Q046 in clear; Q050
 * behind the keys of its own, see quic.h): a map of tags (the document "QUIC
 * Crypto" of the Chromium project). Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* "Q050": its Initials are opened as quic.h says. */
#define NRS_GQUIC_Q050 0x51303530u

/* The version of a datagram with a clear header of this family, as four
 * characters in a number; 0: none. */
uint32_t nrs_gquic_version(struct nrs_span datagram);

/* The CHLO in the first packet of a clear connection. NRS_E_FORMAT: none. */
int nrs_gquic_find(struct nrs_span datagram, struct nrs_span *hello);

/* The server name in a CHLO; empty: none. NRS_E_FORMAT: no CHLO,
 * NRS_E_MORE: not whole. */
int nrs_gquic_name(struct nrs_span hello, struct nrs_span *name);
