/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mime: a message as it passes: fields of its header, its parts, their names
 * and their octets with the transfer encoding undone (RFC 5322, RFC 2045 to
 * 2049, RFC 2231).
 *
 * Pure and bounded; fed piece by piece, cut anywhere. No part is held: of a
 * body what is kept is a line that may be a boundary. A field longer than its
 * room is cut, multiparts deeper than the cap are one opaque part; both told.
 * Of two fields that say the same thing the first counts, and that is told,
 * too: readers differ.
 */
#pragma once

#include "capture/proto/mail_decode.h"
#include "engine/base/charset.h"

#define NRS_MIME_DEPTH 16
#define NRS_MIME_BOUNDARY 200 /* RFC 2046 allows 70 */
#define NRS_MIME_FIELD 8192
#define NRS_MIME_HELD 256
#define NRS_MIME_OUT 2048
#define NRS_MIME_TYPE 80
#define NRS_MIME_NAME 512

enum nrs_mime_what {
	NRS_MIME_MORE,	     /* all was read */
	NRS_MIME_FIELD_READ, /* a header field: name and value */
	NRS_MIME_BEGIN,	     /* a part that is no multipart: see part */
	NRS_MIME_DATA,	     /* of the part that began last */
	NRS_MIME_MESSAGE, /* a part that is a message, with its file's name as
			   * value */
	NRS_MIME_END,	  /* that part is over */
};

struct nrs_mime_item {
	enum nrs_mime_what what;
	struct nrs_span name;
	struct nrs_span value; /* unfolded; blanks of the fold stay */
	struct nrs_span data;
};

/* What a part's header says. */
struct nrs_mime_part {
	uint8_t type[NRS_MIME_TYPE]; /* "text/html", lower case; empty: none */
	uint8_t name[NRS_MIME_NAME]; /* of the file, UTF-8; empty: none */
	uint16_t type_len, name_len;
	uint8_t transfer;     /* enum nrs_transfer_kind */
	bool has_disposition; /* its name wins over that of the type */
	bool has_type, has_transfer, has_boundary;
};

struct nrs_mime_level {
	uint8_t boundary[NRS_MIME_BOUNDARY];
	uint8_t len;
	bool is_digest; /* its parts are messages */
};

/* Since the beginning of the message. */
struct nrs_mime_told {
	bool is_cut;	   /* a field was longer than its room */
	bool is_deep;	   /* multiparts beyond the cap */
	bool is_ambiguous; /* readers differ about it */
};

/* The boundary that was read. */
struct nrs_mime_edge {
	bool is_there;
	bool is_closing; /* the last one of its level */
	uint8_t level;
};

struct nrs_mime {
	uint8_t state;
	uint8_t depth;
	uint8_t eol;	  /* end of a line that may belong to a boundary */
	uint8_t held_eol; /* of the line that is held */
	bool at_start;	  /* of a line */
	bool is_given;	  /* the field was handed out */
	bool is_lost;	  /* the rest of this line is of no use */
	bool is_flushed;  /* what is held is content */
	bool is_own;	  /* the header is the message's own */
	bool is_skipped;  /* nobody wants the octets of this part */
	struct nrs_mime_edge edge;
	struct nrs_mime_told told;
	uint16_t field_len, held_len, out_len;
	struct nrs_mime_part part;
	struct nrs_transfer transfer;
	struct nrs_charsets *charsets;
	struct nrs_span raw; /* of what was fed: not decoded yet */
	struct nrs_mime_level level[NRS_MIME_DEPTH];
	struct nrs_mime_level next; /* of the multipart whose header this is */
	uint8_t held[NRS_MIME_HELD];
	uint8_t field[NRS_MIME_FIELD];
	uint8_t out[NRS_MIME_OUT];
};

/* At the beginning of a message; @charsets as for nrs_mail_words, borrowed. */
void nrs_mime_init(struct nrs_mime *mime, struct nrs_charsets *charsets);

/* What comes next in *@bytes, which goes on behind it. Call until MORE; spans
 * of @item hold until the next call. */
void nrs_mime_next(struct nrs_mime *mime, struct nrs_span *bytes,
		   struct nrs_mime_item *item);

/* The message is over: what is left of it. Call until MORE. */
void nrs_mime_finish(struct nrs_mime *mime, struct nrs_mime_item *item);

/* Nobody wants the octets of the part that began. */
void nrs_mime_skip(struct nrs_mime *mime);

/* Octets are missing here: the line is lost, and of base64 its groups. */
void nrs_mime_gap(struct nrs_mime *mime);

/* Is a part under way? */
bool nrs_mime_in_part(const struct nrs_mime *mime);
