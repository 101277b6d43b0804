/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ftp: lines of FTP's control connection (RFC 959, RFC 2428), and the ports
 * that they speak of. Pure.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_FTP_LINE_MAX ((size_t)8192)

/*
 * Do the first octets of a side begin an FTP control connection? A greeting
 * that says so, or commands that only FTP has; on its own port (@is_port) any
 * greeting and any command. NRS_OK, NRS_E_MORE, NRS_E_FORMAT.
 */
int nrs_ftp_sniff(struct nrs_span bytes, bool is_port);

/* The first line of *@bytes, without its end, which is moved on behind it.
 * NRS_E_MORE; NRS_E_LIMIT: none within NRS_FTP_LINE_MAX. */
int nrs_ftp_line(struct nrs_span *bytes, struct nrs_span *line);

/* A command by its first word, or a reply by its code. */
enum nrs_ftp_verb {
	NRS_FTP_OTHER,
	NRS_FTP_PORT, /* the client listens: PORT, EPRT */
	NRS_FTP_PASV, /* the server listens: replies 227 and 229 */
	NRS_FTP_FILE, /* RETR, STOR, APPE, STOU: a file comes */
	NRS_FTP_LIST, /* LIST, NLST, MLSD: none does */
	NRS_FTP_REST, /* the next file begins in its middle */
	NRS_FTP_TLS,  /* reply 234: TLS begins */
};

struct nrs_ftp_parsed {
	enum nrs_ftp_verb verb;
	bool is_reply;
	uint16_t port;	      /* PORT, PASV */
	uint64_t offset;      /* REST */
	struct nrs_span name; /* FILE: as the client says it */
};

/* What a line says. NRS_E_FORMAT: neither command nor reply. */
int nrs_ftp_parse(struct nrs_ftp_parsed *out, struct nrs_span line);
