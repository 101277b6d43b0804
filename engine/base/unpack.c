/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack: a state is one item of a slab: its head, and behind it a heap that
 * the library's allocations come from. zstd takes all of it as one workspace.
 *
 * Pages of a large item go back to the kernel with it, so that a few files with
 * wide windows do not hold memory for ever.
 */
#include "engine/base/unpack.h"

#include <assert.h>
#include <brotli/decode.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_initStaticDStream */
#include <zstd.h>
#include <zstd_errors.h>

#include "engine/base/heap.h"

/* zlib takes some 7 KiB and a window of 32 KiB. */
#define SMALL_BYTES ((size_t)49152)
/* zstd with a window of 8 MiB (RFC 8878 section 3.1.1.1.2) takes some 8.5;
 * brotli keeps its old ring while it makes a larger one of up to 4 MiB. */
#define LARGE_BYTES ((size_t)10 << 20)
#define WINDOW_MAX ((size_t)8 << 20)
#define PAGE ((size_t)4096)
#define PACK_ROOM ((size_t)65536)

/* Where in a gzip member (RFC 1952 section 2.3). On the packet path its head is
 * read here: senders that mean to pass unseen set flags and sums that zlib
 * refuses, and receivers look at neither. */
enum gzip {
	GZIP_FIXED, /* ten octets */
	GZIP_EXTRA_LEN,
	GZIP_EXTRA,
	GZIP_NAME,
	GZIP_COMMENT,
	GZIP_SUM,
	GZIP_DATA,
	GZIP_TRAILER, /* or what stands in its place */
};
#define GZIP_HAS_SUM 0x02
#define GZIP_HAS_EXTRA 0x04
#define GZIP_HAS_NAME 0x08
#define GZIP_HAS_COMMENT 0x10

struct nrs_unpack {
	enum nrs_packing packing;
	bool is_done;
	bool is_unbounded; /* of the process, without a quota */
	enum gzip gzip;
	uint8_t flags;	/* of the member */
	uint16_t octet; /* within that part of its head */
	uint16_t extra; /* length of the extra field */
	int err;
	uint64_t in, out;
	struct nrs_heap heap;
	union {
		z_stream zlib;
		BrotliDecoderState *brotli;
		ZSTD_DStream *zstd;
	} with;
};
/* Where the heap begins. */
#define HEAD_BYTES                                                             \
	((sizeof(struct nrs_unpack) + (size_t)63) / (size_t)64 * (size_t)64)

enum nrs_packing nrs_packing_of(struct nrs_span name)
{
	static const struct {
		const char *name;
		bool is_part; /* receivers take what only holds it, too */
		enum nrs_packing packing;
	} rows[] = {
		{"", false, NRS_PACKING_NONE},
		{"identity", false, NRS_PACKING_NONE},
		{"br", false, NRS_PACKING_BROTLI},
		{"zstd", false, NRS_PACKING_ZSTD},
		{"gzip", true, NRS_PACKING_GZIP},
		{"deflate", true, NRS_PACKING_DEFLATE},
	};
	uint8_t text[32];
	size_t len = 0;

	name = nrs_span_trim(name);
	for (size_t i = 0; i < name.len && len < sizeof(text); i++) {
		if (name.ptr[i] != '\0')
			text[len++] = nrs_ascii_lower(name.ptr[i]);
	}
	name = nrs_span(text, len);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].is_part
			    ? nrs_span_find_text(name, rows[i].name) != SIZE_MAX
			    : nrs_span_is(name, rows[i].name))
			return rows[i].packing;
	}
	return NRS_PACKING_OTHER;
}

int nrs_unpack_pools_init(struct nrs_unpack_pools *pools, uint32_t small,
			  uint32_t large)
{
	const int err = nrs_slab_init(&pools->small, SMALL_BYTES, small);

	return err == NRS_OK ? nrs_slab_init(&pools->large, LARGE_BYTES, large)
			     : err;
}

void nrs_unpack_pools_fini(struct nrs_unpack_pools *pools)
{
	nrs_slab_fini(&pools->small);
	nrs_slab_fini(&pools->large);
}

static void *zlib_take(void *heap, unsigned int items, unsigned int bytes)
{
	return nrs_heap_take(heap, (size_t)items * bytes);
}

static void *brotli_take(void *heap, size_t len)
{
	return nrs_heap_take(heap, len);
}

static void give(void *heap, void *at)
{
	nrs_heap_give(heap, at);
}

static bool begin_zlib(struct nrs_unpack *u, int bits)
{
	u->with.zlib = (z_stream){0};
	if (!u->is_unbounded) {
		u->with.zlib.zalloc = zlib_take;
		u->with.zlib.zfree = give;
		u->with.zlib.opaque = &u->heap;
	}
	return inflateInit2(&u->with.zlib, bits) == Z_OK;
}

static bool begin(struct nrs_unpack *u, void *room, size_t len)
{
	if (u->packing == NRS_PACKING_ZSTD) {
		u->with.zstd = ZSTD_initStaticDStream(room, len);
		return u->with.zstd != NULL &&
		       !ZSTD_isError(ZSTD_DCtx_setMaxWindowSize(u->with.zstd,
								WINDOW_MAX));
	}
	nrs_heap_init(&u->heap, room, len);
	if (u->packing == NRS_PACKING_BROTLI) {
		u->with.brotli = BrotliDecoderCreateInstance(brotli_take, give,
							     &u->heap);
		return u->with.brotli != NULL;
	}
	return begin_zlib(u, -15);
}

static bool is_large(enum nrs_packing packing)
{
	return packing == NRS_PACKING_BROTLI || packing == NRS_PACKING_ZSTD;
}

struct nrs_unpack *nrs_unpack_new(struct nrs_unpack_pools *pools,
				  enum nrs_packing packing)
{
	struct nrs_slab *slab =
		is_large(packing) ? &pools->large : &pools->small;
	const size_t bytes = is_large(packing) ? LARGE_BYTES : SMALL_BYTES;
	uint8_t *item;

	if (packing == NRS_PACKING_NONE || packing == NRS_PACKING_OTHER)
		return NULL;
	item = nrs_slab_take(slab);
	if (item == NULL)
		return NULL;
	struct nrs_unpack *u = (struct nrs_unpack *)(void *)item;
	*u = (struct nrs_unpack){.packing = packing};
	if (!begin(u, item + HEAD_BYTES, bytes - HEAD_BYTES)) {
		nrs_slab_give(slab, item);
		return NULL;
	}
	return u;
}

void nrs_unpack_free(struct nrs_unpack_pools *pools, struct nrs_unpack *u)
{
	if (u == NULL)
		return;
	if (!is_large(u->packing)) {
		nrs_slab_give(&pools->small, u);
		return;
	}
	(void)madvise((uint8_t *)u + PAGE, LARGE_BYTES - PAGE, MADV_DONTNEED);
	nrs_slab_give(&pools->large, u);
}

struct nrs_unpack *nrs_unpack_open(enum nrs_packing packing)
{
	struct nrs_unpack *u = calloc(1, sizeof(*u));
	bool is_good = false;

	if (u == NULL)
		return NULL;
	u->packing = packing;
	u->is_unbounded = true;
	switch (packing) {
	case NRS_PACKING_GZIP:
		is_good = begin_zlib(u, 15 + 16);
		break;
	case NRS_PACKING_BROTLI:
		u->with.brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
		is_good = u->with.brotli != NULL;
		break;
	case NRS_PACKING_ZSTD:
		u->with.zstd = ZSTD_createDStream();
		is_good = u->with.zstd != NULL;
		break;
	case NRS_PACKING_DEFLATE:
		is_good = begin_zlib(u, -15);
		break;
	case NRS_PACKING_NONE:
	case NRS_PACKING_OTHER:
		break;
	}
	if (is_good)
		return u;
	free(u);
	return NULL;
}

void nrs_unpack_close(struct nrs_unpack *u)
{
	if (u == NULL)
		return;
	if (u->packing == NRS_PACKING_BROTLI)
		BrotliDecoderDestroyInstance(u->with.brotli);
	else if (u->packing == NRS_PACKING_ZSTD)
		ZSTD_freeDStream(u->with.zstd);
	else
		(void)inflateEnd(&u->with.zlib);
	free(u);
}

static int step_zlib(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		     size_t room, size_t *got)
{
	z_stream *z = &u->with.zlib;

	z->next_in = (Bytef *)(uintptr_t)in->ptr;
	z->avail_in = (uInt)(in->len > INT32_MAX ? INT32_MAX : in->len);
	z->next_out = out;
	z->avail_out = (uInt)(room > INT32_MAX ? INT32_MAX : room);
	const uInt offered = z->avail_in, asked = z->avail_out;
	const int rc = inflate(z, Z_NO_FLUSH);

	*in = nrs_span_from(*in, offered - z->avail_in);
	*got = asked - z->avail_out;
	u->is_done = rc == Z_STREAM_END;
	return u->is_done || rc == Z_OK || rc == Z_BUF_ERROR ? NRS_OK
							     : NRS_E_FORMAT;
}

/* The next part of the head that the flags promise. */
static enum gzip next_part(const struct nrs_unpack *u)
{
	switch (u->gzip) {
	case GZIP_FIXED:
		if ((u->flags & GZIP_HAS_EXTRA) != 0)
			return GZIP_EXTRA_LEN;
		/* fall through */
	case GZIP_EXTRA:
		if ((u->flags & GZIP_HAS_NAME) != 0)
			return GZIP_NAME;
		/* fall through */
	case GZIP_NAME:
		if ((u->flags & GZIP_HAS_COMMENT) != 0)
			return GZIP_COMMENT;
		/* fall through */
	case GZIP_COMMENT:
		if ((u->flags & GZIP_HAS_SUM) != 0)
			return GZIP_SUM;
		/* fall through */
	default:
		return GZIP_DATA;
	}
}

static int take_gzip_octet(struct nrs_unpack *u, uint8_t c)
{
	static const uint8_t front[3] = {0x1f, 0x8b, 8};
	bool is_over = false;

	switch (u->gzip) {
	case GZIP_FIXED:
		if (u->octet < 3 && c != front[u->octet])
			return NRS_E_FORMAT;
		if (u->octet == 3)
			u->flags = c;
		is_over = ++u->octet == 10;
		break;
	case GZIP_EXTRA_LEN:
		u->extra = (uint16_t)(u->octet == 0 ? c : u->extra | c << 8);
		if (++u->octet < 2)
			break;
		u->gzip = GZIP_EXTRA;
		u->octet = 0;
		is_over = u->extra == 0;
		break;
	case GZIP_EXTRA:
		is_over = ++u->octet == u->extra;
		break;
	case GZIP_NAME:
	case GZIP_COMMENT:
		is_over = c == 0;
		break;
	case GZIP_SUM:
		is_over = ++u->octet == 2;
		break;
	case GZIP_DATA:
	case GZIP_TRAILER:
		break;
	}
	if (is_over) {
		u->gzip = next_part(u);
		u->octet = 0;
	}
	return NRS_OK;
}

static int step_gzip(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		     size_t room, size_t *got)
{
	int err = NRS_OK;

	if (u->gzip == GZIP_TRAILER) {
		const size_t left = 8u - u->octet;
		const size_t len = in->len < left ? in->len : left;

		u->octet = (uint16_t)(u->octet + len);
		*in = nrs_span_from(*in, len);
		/* Section 2.2: members may follow one another. */
		if (in->len == 0 || in->ptr[0] != 0x1f ||
		    inflateReset(&u->with.zlib) != Z_OK) {
			*in = nrs_span_from(*in, in->len);
			return NRS_OK;
		}
		u->gzip = GZIP_FIXED;
		u->octet = 0;
		u->is_done = false;
	}
	while (in->len > 0 && u->gzip < GZIP_DATA && err == NRS_OK) {
		err = take_gzip_octet(u, in->ptr[0]);
		*in = nrs_span_from(*in, 1);
	}
	if (err == NRS_OK && u->gzip == GZIP_DATA)
		err = step_zlib(u, in, out, room, got);
	if (u->is_done && u->gzip == GZIP_DATA) {
		u->gzip = GZIP_TRAILER;
		u->octet = 0;
	}
	return err;
}

/* RFC 1950: method 8 and a window of 32 KiB at most, or, as some send it, no
 * head at all. */
static void skip_zlib_head(struct nrs_unpack *u, struct nrs_span *in)
{
	if (u->octet == 0 && ((in->ptr[0] & 0x0f) != 8 || in->ptr[0] >> 4 > 7))
		u->octet = 2;
	while (u->octet < 2 && in->len > 0) {
		*in = nrs_span_from(*in, 1);
		u->octet++;
	}
}

static int step_brotli(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		       size_t room, size_t *got)
{
	size_t in_left = in->len, out_left = room;
	const uint8_t *next_in = in->ptr;
	const BrotliDecoderResult result = BrotliDecoderDecompressStream(
		u->with.brotli, &in_left, &next_in, &out_left, &out, NULL);

	*in = nrs_span_from(*in, in->len - in_left);
	*got = room - out_left;
	u->is_done = result == BROTLI_DECODER_RESULT_SUCCESS;
	if (result != BROTLI_DECODER_RESULT_ERROR)
		return NRS_OK;
	return BrotliDecoderGetErrorCode(u->with.brotli) <=
			       BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES
		       ? NRS_E_LIMIT
		       : NRS_E_FORMAT;
}

static int step_zstd(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		     size_t room, size_t *got)
{
	ZSTD_inBuffer from = {in->ptr, in->len, 0};
	ZSTD_outBuffer to = {out, room, 0};
	const size_t rc = ZSTD_decompressStream(u->with.zstd, &to, &from);

	*in = nrs_span_from(*in, from.pos);
	*got = to.pos;
	if (ZSTD_isError(rc))
		return ZSTD_getErrorCode(rc) ==
				       ZSTD_error_frameParameter_windowTooLarge
			       ? NRS_E_LIMIT
			       : NRS_E_FORMAT;
	u->is_done = rc == 0;
	return NRS_OK;
}

static int step(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		size_t room, size_t *got)
{
	switch (u->packing) {
	case NRS_PACKING_BROTLI:
		return step_brotli(u, in, out, room, got);
	case NRS_PACKING_ZSTD:
		return step_zstd(u, in, out, room, got);
	case NRS_PACKING_GZIP:
		if (!u->is_unbounded)
			return step_gzip(u, in, out, room, got);
		break;
	default:
		if (u->octet < 2 && in->len > 0)
			skip_zlib_head(u, in);
		break;
	}
	return step_zlib(u, in, out, room, got);
}

/* Behind the end: members of gzip and frames of zstd may follow. */
static bool goes_on(struct nrs_unpack *u, struct nrs_span in)
{
	if (in.len == 0)
		return false;
	if (u->packing == NRS_PACKING_GZIP)
		return !u->is_unbounded ||
		       (in.ptr[0] == 0x1f &&
			inflateReset(&u->with.zlib) == Z_OK);
	return u->packing == NRS_PACKING_ZSTD && in.ptr[0] == 0x28;
}

int nrs_unpack_feed(struct nrs_unpack *u, struct nrs_span *in, uint8_t *out,
		    size_t room, size_t *got)
{
	const size_t before = in->len;

	*got = 0;
	if ((u->is_done && !goes_on(u, *in)) || u->err != NRS_OK) {
		*in = nrs_span_from(*in, in->len);
		return u->err;
	}
	u->err = step(u, in, out, room, got);
	u->in += before - in->len;
	u->out += *got;
	if (u->err == NRS_OK && !u->is_unbounded && u->out > NRS_UNPACK_FREE &&
	    u->out / NRS_UNPACK_RATIO > u->in)
		u->err = NRS_E_LIMIT;
	return u->err;
}

bool nrs_unpack_is_done(const struct nrs_unpack *u)
{
	return u->is_done && u->err == NRS_OK;
}

struct nrs_pack {
	ZSTD_CCtx *zstd;
	uint8_t room[PACK_ROOM];
};

struct nrs_pack *nrs_pack_new(int level)
{
	struct nrs_pack *p = malloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	p->zstd = ZSTD_createCCtx();
	if (p->zstd == NULL ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(
		    p->zstd, ZSTD_c_compressionLevel, level)) != 0) {
		nrs_pack_free(p);
		return NULL;
	}
	return p;
}

void nrs_pack_free(struct nrs_pack *p)
{
	if (p == NULL)
		return;
	(void)ZSTD_freeCCtx(p->zstd);
	free(p);
}

int nrs_pack_add(struct nrs_pack *p, struct nrs_span plain,
		 enum nrs_pack_until until, struct nrs_text *out)
{
	static const ZSTD_EndDirective directives[] = {
		ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end};
	ZSTD_inBuffer from = {plain.ptr, plain.len, 0};
	size_t left;

	do {
		ZSTD_outBuffer to = {p->room, sizeof(p->room), 0};

		left = ZSTD_compressStream2(p->zstd, &to, &from,
					    directives[until]);
		if (ZSTD_isError(left))
			return NRS_E_NOMEM;
		nrs_text_add(out, nrs_span(p->room, to.pos));
	} while (from.pos < from.size || (until != NRS_PACK_MORE && left > 0));
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}
