/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp: lines of commands and of replies (RFC 5321, RFC 3030 for BDAT).
 *
 * Pure: one line in, without its end; spans point into it. What is no command
 * is OTHER: credentials, commands of extensions, and whatever else a client
 * may say.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_smtp_verb {
	NRS_SMTP_OTHER,
	NRS_SMTP_HELO, /* EHLO, HELO, LHLO: text is the name given */
	NRS_SMTP_MAIL, /* text is the address, without <> */
	NRS_SMTP_RCPT,
	NRS_SMTP_DATA,
	NRS_SMTP_BDAT, /* size octets follow the line */
	NRS_SMTP_RSET,
	NRS_SMTP_STARTTLS,
	NRS_SMTP_QUIT,
	NRS_SMTP_NOOP, /* NOOP, HELP, VRFY, EXPN, AUTH and the like */
};

struct nrs_smtp_command {
	enum nrs_smtp_verb verb;
	struct nrs_span text;
	uint64_t size;	   /* BDAT */
	bool is_last;	   /* BDAT: the mail ends with it */
	bool has_bad_size; /* BDAT that no server takes */
};

void nrs_smtp_command(struct nrs_span line, struct nrs_smtp_command *command);

/* A line of a reply: its code, and whether it is the reply's last one. False:
 * no reply. */
bool nrs_smtp_reply(struct nrs_span line, unsigned int *code, bool *is_last);

/*
 * Could @bytes, the first of a connection, be SMTP? Of a client the greeting
 * tells, of a server a 220 that names itself. NRS_OK, NRS_E_MORE, NRS_E_FORMAT.
 */
int nrs_smtp_sniff(struct nrs_span bytes);
