/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb: messages of SMB 1, 2 and 3 in clear (MS-CIFS, MS-SMB, MS-SMB2), from
 * the octets of one side of a TCP connection: what names shares and files, and
 * where in a message the octets of a file stand.
 *
 * Pure and bounded: a message may be megabytes long, but only its beginning is
 * ever needed. What a message says of lengths and places is checked against
 * the message.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* Before each message: a type and a length (RFC 1002 section 4.3.1; MS-SMB2
 * section 2.1, which has one more octet for the length). */
#define NRS_SMB_FRAME ((size_t)4)

/* Of a message or unit no more than so much is looked at, but for its data. */
#define NRS_SMB_HEAD ((size_t)4096)

/* Commands chained in one message of SMB 1. */
#define NRS_SMB_UNITS_MAX 4

enum nrs_smb_kind {
	NRS_SMB_OTHER,
	NRS_SMB_HIDDEN, /* encrypted or compressed */
	NRS_SMB_SHARE,	/* a request for a tree: name */
	NRS_SMB_SHARED, /* its answer: tree, is_pipe */
	NRS_SMB_OPEN,	/* a request for a file: name */
	NRS_SMB_OPENED, /* its answer: file, size */
	NRS_SMB_NAMED,	/* a request that names a file otherwise */
	NRS_SMB_READ,	/* a request: file, offset */
	NRS_SMB_DATA,	/* its answer: data */
	NRS_SMB_WRITE,	/* a request: file, offset, data */
	NRS_SMB_CLOSE,	/* a request: file */
	NRS_SMB_CLOSED, /* its answer */
};

#define NRS_SMB_FILE_LEN 16
#define NRS_SMB_SIZE_UNKNOWN UINT64_MAX

struct nrs_smb_unit {
	enum nrs_smb_kind kind;
	bool is_unicode; /* the name is UTF-16LE, else of some code page */
	bool is_pipe;
	bool is_failed;	 /* an answer that says no */
	bool is_interim; /* "later": the answer is still to come */
	bool is_related; /* the file is that of the unit before */
	uint32_t tree;
	uint64_t message; /* the same in a request and its answer */
	uint8_t file[NRS_SMB_FILE_LEN];
	uint64_t offset, size;
	struct nrs_span name;
	uint32_t data_at, data_len; /* octets of a file, in what was read */
};

struct nrs_smb_units {
	struct nrs_smb_unit items[NRS_SMB_UNITS_MAX];
	unsigned int count;
	uint32_t len; /* octets of the message that they take */
};

/* Does a side of SMB begin with @octets? NRS_OK, NRS_E_MORE, NRS_E_FORMAT. */
int nrs_smb_sniff(struct nrs_span octets);

/* A frame's head: *@len octets of a message follow; 0: none that is read.
 * NRS_E_MORE, NRS_E_FORMAT (no frame). */
int nrs_smb_frame(struct nrs_span octets, uint32_t *len);

/*
 * The next units of a message, of which @left octets are left and @octets have
 * come. NRS_E_MORE: at most NRS_SMB_HEAD octets are asked for; NRS_E_FORMAT:
 * the rest of the message says nothing.
 */
int nrs_smb_read(struct nrs_smb_units *out, struct nrs_span octets,
		 uint32_t left);

/* A unit's name as UTF-8 (of a code page: as it is), up to its NUL, cut to
 * @room: three octets for two of the name are enough. */
struct nrs_span nrs_smb_name(const struct nrs_smb_unit *unit, uint8_t *out,
			     size_t room);
