/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http2: the frames of one side of a connection in clear (RFC 9113 section 4):
 * where blocks of fields and bodies begin and end. Nothing is kept: octets are
 * given as they come. Pure and bounded.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* Of a block of fields, in all its frames: what is more is a flood. */
#define NRS_HTTP2_BLOCK_MAX ((size_t)256 * 1024)
#define NRS_HTTP2_BLOCK_FRAMES 64

/* Do @bytes begin a side: the client's preface, or a server's SETTINGS?
 * NRS_OK, NRS_E_MORE, NRS_E_FORMAT; @is_client says which. */
int nrs_http2_sniff(struct nrs_span bytes, bool *is_client);

enum nrs_http2_unit_kind {
	NRS_HTTP2_FIELDS,     /* a block of fields begins */
	NRS_HTTP2_PROMISE,    /* the same, of a stream that is promised */
	NRS_HTTP2_BLOCK,      /* octets of the block */
	NRS_HTTP2_BLOCK_END,  /* the block is whole */
	NRS_HTTP2_DATA,	      /* octets of a body */
	NRS_HTTP2_STREAM_END, /* this side says no more in the stream */
	NRS_HTTP2_RESET,      /* nobody does */
};

struct nrs_http2_unit {
	uint8_t kind; /* enum nrs_http2_unit_kind */
	uint32_t stream;
	struct nrs_span bytes; /* as they stand in those given */
};

/* Zero it to begin; its members are the reader's own. */
struct nrs_http2_reader {
	uint8_t state;
	uint8_t have, want; /* of what is collected in @head */
	uint8_t head[24];
	uint8_t type, flags;
	bool in_block;
	bool ends_stream; /* with the block under way */
	uint8_t block_frames;
	uint32_t block_octets;
	uint32_t block_stream;
	uint32_t stream;
	uint32_t left;	  /* of the frame's content */
	uint32_t padding; /* behind it */
};

/*
 * The next unit in *@bytes, which moves on behind what was taken. NRS_E_MORE:
 * all was taken; NRS_E_FORMAT: these are no frames; NRS_E_LIMIT: a block that
 * does not end.
 */
int nrs_http2_read(struct nrs_http2_reader *reader, struct nrs_span *bytes,
		   struct nrs_http2_unit *unit);

/* @len octets will not come. True: they are of a body, the one of *@stream,
 * and reading goes on; else nothing tells where the next frame begins. */
bool nrs_http2_skip(struct nrs_http2_reader *reader, uint32_t len,
		    uint32_t *stream);
