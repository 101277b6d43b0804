/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pop3: what the server answers to a command with (RFC 1939). Pure; one line
 * in, without its end.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_pop3_answer {
	NRS_POP3_LINE,	  /* a status line alone */
	NRS_POP3_LINES,	  /* and lines up to one of a dot */
	NRS_POP3_MESSAGE, /* these are a message */
	NRS_POP3_TOP,	  /* or the first part of one */
};

/* To the command of @line. */
enum nrs_pop3_answer nrs_pop3_answer_of(struct nrs_span line);

/* A status line: NRS_OK "+OK", NRS_E_NOTFOUND "-ERR", NRS_E_FORMAT neither.
 * *@octets: it says how long what follows is, so that it is a message. */
int nrs_pop3_status(struct nrs_span line, bool *octets);

/* Is @bytes, the first of a connection, a server's greeting? NRS_OK,
 * NRS_E_MORE, NRS_E_FORMAT. */
int nrs_pop3_sniff(struct nrs_span bytes);
