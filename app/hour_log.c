/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_log: from the table to the file.
 */
#include "app/hour_log.h"

#include <stdlib.h>

#include "logs/seen_row.h"

#define ROTATE_BYTES (UINT64_C(1) << 30) /* before they are packed */

struct nrs_hour_log {
	struct nrs_hour_log_options options;
	struct nrs_hour_table *table;
	struct nrs_log_file *file;
	struct nrs_text line;
	int64_t written_ns;
	int err; /* the first one */
};

static int on_row(void *ctx, const struct nrs_hour_row *row)
{
	struct nrs_hour_log *l = ctx;
	int err = NRS_E_NOMEM;

	nrs_text_clear(&l->line);
	nrs_hour_line(&l->line, row, l->options.sensor, l->options.location);
	if (!l->line.failed)
		err = nrs_log_file_add(l->file, nrs_text_span(&l->line),
				       row->hour * NRS_SEEN_HOUR_NS);
	if (l->err == NRS_OK)
		l->err = err;
	return err;
}

int nrs_hour_log_open(struct nrs_hour_log **out,
		      const struct nrs_hour_log_options *options,
		      struct nrs_diag *diag)
{
	const struct nrs_log_file_options file = {.folder = options->folder,
						  .stem = "hours",
						  .suffix = ".jsonl.zst",
						  .rotate_bytes = ROTATE_BYTES,
						  .goes_on = options->is_live,
						  .keep_days =
							  options->keep_days};
	struct nrs_hour_log *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NRS_E_NOMEM;
	const struct nrs_hour_table_options table = {
		.home = options->home,
		.tenants = options->tenants,
		.tenant_count = options->tenant_count,
		.ctx = l,
		.write = on_row};
	l->options = *options;
	int err = nrs_hour_table_new(&l->table, &table);
	if (err == NRS_OK)
		err = nrs_log_file_new(&l->file, &file, diag);
	if (err != NRS_OK) {
		(void)nrs_hour_log_close(l);
		return err;
	}
	*out = l;
	return NRS_OK;
}

int nrs_hour_log_close(struct nrs_hour_log *l)
{
	int err;

	if (l == NULL)
		return NRS_OK;
	if (l->file != NULL) {
		(void)nrs_hour_table_write(l->table);
		err = nrs_log_file_end(l->file);
		if (l->err == NRS_OK)
			l->err = err;
	}
	err = l->err;
	nrs_log_file_free(l->file);
	nrs_hour_table_free(l->table);
	nrs_text_fini(&l->line);
	free(l);
	return err;
}

int nrs_hour_log_add(struct nrs_hour_log *l, const struct nrs_record *record)
{
	const void *whole = record;

	if (record->kind == NRS_RECORD_ENDED)
		return nrs_hour_table_flow(l->table, whole);
	if (record->kind == NRS_RECORD_ASKED)
		return nrs_hour_table_asked(l->table, whole);
	return NRS_OK;
}

void nrs_hour_log_step(struct nrs_hour_log *l, int64_t now_ns)
{
	if (l->written_ns == 0 || now_ns < l->written_ns)
		l->written_ns = now_ns;
	if (now_ns - l->written_ns < l->options.write_ns)
		return;
	l->written_ns = now_ns;
	(void)nrs_hour_table_write(l->table);
	(void)nrs_log_file_flush(l->file);
}

void nrs_hour_log_figures(const struct nrs_hour_log *l,
			  struct nrs_log_file_figures *out)
{
	nrs_log_file_figures(l->file, out);
}
