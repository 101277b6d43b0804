/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: the fields of a certificate (RFC 5280 section 4.1) that indicators
 * name, out of its DER. Pure and bounded: spans point into the bytes given,
 * nothing is verified.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* A point in time as it stands: nrs_x509_instant reads it. */
struct nrs_x509_time {
	uint8_t tag; /* of DER; 0: none */
	struct nrs_span text;
};

struct nrs_x509 {
	struct nrs_span serial;	 /* octets of the integer */
	struct nrs_span issuer;	 /* a Name: its relative names, DER */
	struct nrs_span subject; /* likewise */
	struct nrs_span names;	 /* subjectAltName: its entries, DER */
	struct nrs_span subject_key;
	struct nrs_span authority_key;
	struct nrs_x509_time not_before;
	struct nrs_x509_time not_after;
	/* Issuer and subject are the same, and so are their keys where both
	 * are named; the signature is not looked at. */
	bool is_self_signed;
};

/* NRS_E_FORMAT, NRS_E_TRUNCATED. What stands before the break is filled. */
int nrs_x509_parse(struct nrs_x509 *certificate, struct nrs_span der);

/* False: no time by RFC 5280 section 4.1.2.5. Beyond 2261: NRS_TIME_MAX. */
bool nrs_x509_instant(const struct nrs_x509_time *time, int64_t *out_ns);

/* The next dNSName of @names, which moves on. False: no more. */
bool nrs_x509_next_name(struct nrs_span *names, struct nrs_span *name);

/*
 * A Name as text, in its own order: "C=US, O=Example, CN=host", escaped as
 * RFC 4514 has it; attributes without a short name by their number. Into
 * @room of @cap octets. NRS_E_LIMIT, NRS_E_FORMAT.
 */
int nrs_x509_name_text(struct nrs_span name, uint8_t *room, size_t cap,
		       struct nrs_span *text);

/* The last common name of a Name, as its octets stand; empty: none. */
struct nrs_span nrs_x509_common_name(struct nrs_span name);
