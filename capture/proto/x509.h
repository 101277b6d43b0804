/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: the fields of a certificate (RFC 5280 section 4.1) that indicators
 * name, out of its DER. Pure and bounded: spans point into the bytes given,
 * nothing is verified.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

struct nrs_x509 {
	struct nrs_span serial;	 /* octets of the integer */
	struct nrs_span issuer;	 /* a Name: its relative names, DER */
	struct nrs_span subject; /* likewise */
	struct nrs_span names;	 /* subjectAltName: its entries, DER */
	struct nrs_span subject_key;
	struct nrs_span authority_key;
	int64_t not_before_ns; /* beyond 2261: NRS_TIME_MAX */
	int64_t not_after_ns;
	bool has_not_before; /* else the time was none */
	bool has_not_after;
	/* Issuer and subject are the same, and so are their keys where both
	 * are named; the signature is not looked at. */
	bool is_self_signed;
};

/* NRS_E_FORMAT, NRS_E_TRUNCATED. What stands before the break is filled. */
int nrs_x509_parse(struct nrs_x509 *certificate, struct nrs_span der);

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
