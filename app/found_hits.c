/* SPDX-License-Identifier: Apache-2.0 */
/*
 * found_hits: pieces sorted by name and by their numbers, then line by line.
 */
#include "app/found_hits.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/say.h"
#include "engine/base/inflate.h"

#define CHUNK ((size_t)1 << 16)

struct piece {
	const char *path;
	struct nrs_span base; /* without ".7" */
	uint64_t number;      /* 0: the newest */
	uint32_t stream;
};

struct reading {
	struct nrs_hits_sort *sort;
	struct nrs_found_hits *out;
	struct nrs_arena *arena;
	const struct piece *piece;
	struct nrs_text line; /* begun in the chunk before */
	uint64_t number;      /* of the line */
	bool is_too_long;
	struct nrs_diag *diag;
};

static struct piece piece_of(const char *path)
{
	struct piece out = {.path = path, .base = nrs_span_of(path)};
	const char *dot = strrchr(path, '.');

	if (dot != NULL &&
	    nrs_span_u64(nrs_span_of(dot + 1), &out.number) == NRS_OK)
		out.base.len = (size_t)(dot - path);
	else
		out.number = 0;
	return out;
}

static int older_first(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;
	const int by = nrs_span_compare(a->base, b->base);

	return by != 0 ? by : a->number > b->number ? -1 : 1;
}

static void refuse(struct reading *r, const char *why)
{
	if (r->out->refused++ == 0)
		(void)snprintf(r->out->first, sizeof(r->out->first),
			       "%s:%llu: %s", r->piece->path,
			       (unsigned long long)r->number, why);
}

static int take_line(struct reading *r, struct nrs_span text)
{
	struct nrs_hit_line line;
	struct nrs_diag why = {0};
	bool is_new = false;
	int err;

	text = nrs_span_trim(text);
	if (text.len == 0)
		return NRS_OK;
	r->out->lines++;
	err = nrs_hit_read(&line, text, r->arena, &why);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK) {
		refuse(r, why.text);
		return NRS_OK;
	}
	err = nrs_hits_sort_put(r->sort, r->piece->stream, &line, &is_new,
				r->diag);
	if (line.is_raise)
		r->out->raises++;
	else if (is_new)
		r->out->hits++;
	else
		r->out->again++;
	nrs_witness_free(line.witness);
	return err;
}

static int end_line(struct reading *r)
{
	int err = NRS_OK;

	r->number++;
	if (r->is_too_long)
		refuse(r, "is too long");
	else if (r->line.failed)
		err = NRS_E_NOMEM;
	else
		err = take_line(r, nrs_text_span(&r->line));
	nrs_text_clear(&r->line);
	r->is_too_long = false;
	return err;
}

static int take_chunk(struct reading *r, struct nrs_span chunk)
{
	int err = NRS_OK;

	while (err == NRS_OK && chunk.len > 0) {
		const size_t end = nrs_span_find(chunk, '\n', 0);
		const struct nrs_span part = nrs_span_part(chunk, 0, end);

		if (r->line.len + part.len > NRS_HIT_LINE_MAX)
			r->is_too_long = true;
		else
			nrs_text_add(&r->line, part);
		if (end == SIZE_MAX)
			return r->line.failed ? NRS_E_NOMEM : NRS_OK;
		err = end_line(r);
		chunk = nrs_span_from(chunk, end + 1);
	}
	return err;
}

/* NRS_E_IO and the like of the file are said and counted, not returned. */
static int read_piece(struct reading *r, uint8_t *chunk)
{
	struct nrs_input *input = NULL;
	struct nrs_diag why = {0};
	size_t got = CHUNK;
	int err = NRS_OK;
	int bad = nrs_input_open(&input, r->piece->path, NULL, &why);

	r->number = 0;
	while (err == NRS_OK && bad == NRS_OK && got == CHUNK) {
		bad = nrs_input_read(input, chunk, CHUNK, &got, &why);
		err = take_chunk(r, nrs_span(chunk, got));
	}
	if (err == NRS_OK && (r->line.len > 0 || r->is_too_long))
		err = end_line(r); /* a last line that a kill cut */
	nrs_input_close(input);
	if (bad != NRS_OK) {
		nrs_say("%s: %s", r->piece->path,
			why.text[0] != '\0' ? why.text : nrs_strerror(bad));
		r->out->failed++;
	}
	return err;
}

int nrs_found_hits_read(struct nrs_hits_sort *sort, char *const *paths,
			unsigned int count, struct nrs_found_hits *out,
			struct nrs_diag *diag)
{
	struct reading r = {.sort = sort,
			    .out = out,
			    .arena = nrs_arena_new(0),
			    .diag = diag};
	struct piece *pieces = calloc(count + 1, sizeof(*pieces));
	uint8_t *chunk = malloc(CHUNK);
	int err = r.arena == NULL || pieces == NULL || chunk == NULL
			  ? NRS_E_NOMEM
			  : NRS_OK;

	*out = (struct nrs_found_hits){0};
	for (unsigned int i = 0; i < count && err == NRS_OK; i++)
		pieces[i] = piece_of(paths[i]);
	if (err == NRS_OK)
		qsort(pieces, count, sizeof(*pieces), older_first);
	for (unsigned int i = 0; i < count && err == NRS_OK; i++) {
		if (i > 0)
			pieces[i].stream = pieces[i - 1].stream +
					   !nrs_span_equal(pieces[i].base,
							   pieces[i - 1].base);
		r.piece = &pieces[i];
		err = read_piece(&r, chunk);
	}
	nrs_text_fini(&r.line);
	nrs_arena_free(r.arena);
	free(pieces);
	free(chunk);
	return err;
}
