/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack: packed octets as they come, from a file or, as a Content-Encoding,
 * from the wire: the only door to zlib, brotli and zstd. On the packet path
 * nothing comes from the heap: states live in pools of a fixed quota, and what
 * unpacks to far more than it was is given up.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/slab.h"
#include "engine/base/text.h"

enum nrs_packing {
	NRS_PACKING_NONE,
	NRS_PACKING_GZIP,
	NRS_PACKING_DEFLATE, /* with zlib's head or, as some send it, without */
	NRS_PACKING_BROTLI,
	NRS_PACKING_ZSTD,
	NRS_PACKING_OTHER, /* not known here */
};

/* What a content coding's name (RFC 9110 section 8.4.1) means; "" and
 * "identity" are NONE. Names that hold "gzip" or "deflate" are taken for them,
 * as receivers do. */
enum nrs_packing nrs_packing_of(struct nrs_span name);

struct nrs_unpack_pools {
	struct nrs_slab small; /* gzip and deflate */
	struct nrs_slab large; /* brotli and zstd, whose windows are of MiB */
};
/* NRS_E_NOMEM; @pools can be given to fini then. */
int nrs_unpack_pools_init(struct nrs_unpack_pools *pools, uint32_t small,
			  uint32_t large);
void nrs_unpack_pools_fini(struct nrs_unpack_pools *pools);

struct nrs_unpack;

/* NULL: above the quota, or nothing to unpack. */
struct nrs_unpack *nrs_unpack_new(struct nrs_unpack_pools *pools,
				  enum nrs_packing packing);
void nrs_unpack_free(struct nrs_unpack_pools *pools,
		     struct nrs_unpack *unpack); /* NULL: nothing */

/* The same from the heap, for files: without a limit. */
struct nrs_unpack *nrs_unpack_open(enum nrs_packing packing);
void nrs_unpack_close(struct nrs_unpack *unpack); /* NULL: nothing */

/*
 * Unpack from the front of *@in, which is moved on, to at most @room octets;
 * *@got were made. To be called until @in is empty and less than @room came.
 * What follows the end of the packed octets is passed over. NRS_E_FORMAT:
 * damaged; NRS_E_LIMIT: a window too large for the pool, or a bomb: more than
 * NRS_UNPACK_FREE octets, and NRS_UNPACK_RATIO times what went in. After an
 * error nothing more comes.
 */
#define NRS_UNPACK_FREE (UINT64_C(4) << 20)
#define NRS_UNPACK_RATIO 512
int nrs_unpack_feed(struct nrs_unpack *unpack, struct nrs_span *in,
		    uint8_t *out, size_t room, size_t *got);

/* The packed octets have come to their own end. */
bool nrs_unpack_is_done(const struct nrs_unpack *unpack);

/* The other way, for files of ours: zstd, from the heap. */
struct nrs_pack;
enum nrs_pack_until {
	NRS_PACK_MORE,	/* something may be kept for later */
	NRS_PACK_FLUSH, /* all that came so far can be unpacked */
	NRS_PACK_END,	/* and here ends the frame; another may follow */
};
/* NULL without memory. @level as zstd's, 1 to 19. */
struct nrs_pack *nrs_pack_new(int level);
void nrs_pack_free(struct nrs_pack *pack); /* NULL: nothing */
/* Append what becomes of @plain to @out. NRS_E_NOMEM. */
int nrs_pack_add(struct nrs_pack *pack, struct nrs_span plain,
		 enum nrs_pack_until until, struct nrs_text *out);
