/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imap: where messages stand in IMAP4 (RFC 9051, and RFC 3501 before it): in
 * literals of FETCH responses and of APPEND. Pure; one line in, without its
 * end.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_imap_content {
	NRS_IMAP_OTHER,	      /* to be passed over */
	NRS_IMAP_MESSAGE,     /* from its beginning */
	NRS_IMAP_HEADER,      /* its header or some fields of it */
	NRS_IMAP_PART,	      /* a part of it as it was sent: BODY[2.1] */
	NRS_IMAP_PART_HEADER, /* BODY[2.1.MIME] */
	NRS_IMAP_OCTETS,      /* a part of it, decoded: BINARY[2.1] */
};

struct nrs_imap_literal {
	enum nrs_imap_content content;
	uint64_t size;		 /* octets that follow the line */
	bool is_waited;		 /* the client waits for a + before it */
	bool is_part;		 /* BODY[]<0>: perhaps not to the end */
	struct nrs_span section; /* "2.1", of a part; in the line */
};

/* Does the line begin a FETCH response, or an APPEND? */
bool nrs_imap_has_message(struct nrs_span line, bool is_client);

/* Does the line end in a literal? @is_message: the line, or one before it that
 * it goes on with, begins what has messages. */
bool nrs_imap_literal(struct nrs_span line, bool is_client, bool is_message,
		      struct nrs_imap_literal *out);

/* "a1 NO ...": a command was refused. */
bool nrs_imap_is_refusal(struct nrs_span line);

/* Is @bytes, the first of a connection, what a server says? NRS_OK,
 * NRS_E_MORE, NRS_E_FORMAT. */
int nrs_imap_sniff(struct nrs_span bytes);
