/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_index: counts lines, so that hashes.csv of a feed is never taken for a
 * list of digests of files: it holds digests of the values themselves.
 */
#include "loaders/misp_index.h"

#include <stdlib.h>

#include "loaders/lines.h"
#include "loaders/misp_attribute.h"

struct index {
	struct nrs_reader reader;
	struct nrs_lines lines;
	struct nrs_loader_result result;
};

/* "MD5,EVENT UUID" */
static bool is_entry(struct nrs_span line)
{
	line = nrs_span_trim(line);
	return line.len == 32 + 1 + 36 && line.ptr[32] == ',' &&
	       nrs_misp_is_uuid(nrs_span_from(line, 33));
}

bool nrs_misp_index_detect(struct nrs_span head)
{
	struct nrs_span line;

	return nrs_span_split(&head, '\n', &line) && is_entry(line);
}

static int take_line(void *ctx, struct nrs_span line, uint64_t number,
		     bool is_cut)
{
	struct index *index = ctx;

	(void)number, (void)is_cut;
	if (nrs_span_trim(line).len == 0)
		return NRS_OK;
	index->result.objects++;
	nrs_loader_ignore(&index->result, NRS_IGNORED_INDEX, 1);
	return NRS_OK;
}

static int index_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_lines_push(&((struct index *)reader)->lines, bytes);
}

static int index_end(struct nrs_reader *reader,
		     struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct index *index = (struct index *)reader;
	const int err = nrs_lines_end(&index->lines);

	(void)diag;
	*result = index->result;
	result->format = "MISP feed index";
	return err;
}

static void index_free(struct nrs_reader *reader)
{
	struct index *index = (struct index *)reader;

	nrs_lines_fini(&index->lines);
	free(index);
}

int nrs_misp_index_open(struct nrs_reader **out, struct nrs_set *set,
			uint32_t source,
			const struct nrs_loader_options *options,
			struct nrs_diag *diag)
{
	struct index *index = calloc(1, sizeof(*index));

	(void)set, (void)source, (void)options, (void)diag;
	if (index == NULL)
		return NRS_E_NOMEM;
	index->reader = (struct nrs_reader){
		.push = index_push, .end = index_end, .free = index_free};
	index->lines = (struct nrs_lines){.fn = take_line, .ctx = index};
	*out = &index->reader;
	return NRS_OK;
}
