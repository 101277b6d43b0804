/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logging: each record to the log of its kind.
 */
#include "app/logging.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/command.h"
#include "logs/flow_line.h"

#define ROTATE_BYTES (UINT64_C(1) << 30) /* before they are packed */
#define FLUSH_NS (10 * NRS_SECOND_NS)

struct nrs_logging {
	struct nrs_logging_options options;
	struct nrs_as_table *as_table;
	struct nrs_log_file *flows;
	struct nrs_seen_log *seen;
	struct nrs_flow_line_run run;
	struct nrs_text line;
	int64_t flushed_ns;
	_Atomic(uint32_t) asked, answered; /* without observations */
	int err;			   /* the first one */
};

static int make_folders(const struct nrs_logging_options *options,
			struct nrs_diag *diag)
{
	if ((options->flows != NULL &&
	     nrs_make_folder(options->flows) != NRS_OK) ||
	    (options->seen != NULL && nrs_make_folder(options->seen) != NRS_OK))
		return nrs_diag_set(diag, NRS_E_IO, 0, "no folder for logs");
	return NRS_OK;
}

int nrs_logging_open(struct nrs_logging **out,
		     const struct nrs_logging_options *options,
		     struct nrs_diag *diag)
{
	const struct nrs_log_file_options flows = {.folder = options->flows,
						   .stem = "flows",
						   .suffix = ".jsonl.zst",
						   .rotate_bytes = ROTATE_BYTES,
						   .goes_on = options->is_live,
						   .keep_days =
							   options->keep_days};
	const struct nrs_seen_log_options seen = {
		.folder = options->seen,
		.home = options->home,
		.rows_max = options->seen_rows,
		.is_live = options->is_live,
		.write_ns = options->write_ns,
		.keep_days = options->keep_days};
	struct nrs_logging *l = calloc(1, sizeof(*l));
	int err;

	if (l == NULL)
		return NRS_E_NOMEM;
	l->options = *options;
	err = make_folders(options, diag);
	if (err == NRS_OK && options->as_table != NULL)
		err = nrs_as_table_open(&l->as_table, options->as_table, diag);
	if (err == NRS_OK && options->flows != NULL)
		err = nrs_log_file_new(&l->flows, &flows, diag);
	if (err == NRS_OK && options->seen != NULL)
		err = nrs_seen_log_open(&l->seen, &seen, diag);
	if (err != NRS_OK) {
		(void)nrs_logging_close(l);
		return err;
	}
	l->run = (struct nrs_flow_line_run){.home = options->home,
					    .as_table = l->as_table,
					    .captures = options->captures,
					    .is_live = options->is_live,
					    .sensor = options->sensor,
					    .location = options->location};
	*out = l;
	return NRS_OK;
}

int nrs_logging_close(struct nrs_logging *l)
{
	int err;

	if (l == NULL)
		return NRS_OK;
	err = nrs_seen_log_close(l->seen);
	if (l->flows != NULL && nrs_log_file_end(l->flows) != NRS_OK)
		err = NRS_E_IO;
	if (l->err != NRS_OK)
		err = l->err;
	nrs_log_file_free(l->flows);
	nrs_as_table_close(l->as_table);
	nrs_text_fini(&l->line);
	free(l);
	return err;
}

static int add_flow(struct nrs_logging *l, const struct nrs_record_ended *ended)
{
	nrs_text_clear(&l->line);
	nrs_flow_line(&l->line, ended, &l->run);
	return l->line.failed
		       ? NRS_E_NOMEM
		       : nrs_log_file_add(l->flows, nrs_text_span(&l->line),
					  ended->head.ts_ns);
}

int nrs_logging_record(struct nrs_logging *l, const struct nrs_record *record)
{
	const void *whole = record;
	int err = NRS_OK;

	if (record->kind == NRS_RECORD_ENDED && l->flows != NULL)
		err = add_flow(l, whole);
	else if (record->kind == NRS_RECORD_SEEN && l->seen != NULL)
		err = nrs_seen_log_add(l->seen, whole);
	if (err == NRS_OK || l->err != NRS_OK)
		return l->options.is_live ? NRS_OK : err;
	l->err = err;
	nrs_complain("cannot write in %s: %s",
		     record->kind == NRS_RECORD_ENDED ? l->options.flows
						      : l->options.seen,
		     err == NRS_E_IO ? strerror(errno) : nrs_strerror(err));
	return l->options.is_live ? NRS_OK : err;
}

uint32_t nrs_logging_ask(struct nrs_logging *l)
{
	if (l->seen != NULL)
		return nrs_seen_log_ask(l->seen);
	return atomic_fetch_add_explicit(&l->asked, 1, memory_order_acq_rel) +
	       1;
}

uint32_t nrs_logging_answered(const struct nrs_logging *l)
{
	return l->seen != NULL ? nrs_seen_log_answered(l->seen)
			       : atomic_load_explicit(&l->answered,
						      memory_order_acquire);
}

/* True: somebody asked for what was added until now. */
static bool is_asked(const struct nrs_logging *l, uint32_t *asked)
{
	*asked = atomic_load_explicit(&l->asked, memory_order_acquire);
	return *asked !=
	       atomic_load_explicit(&l->answered, memory_order_relaxed);
}

void nrs_logging_step(struct nrs_logging *l, int64_t now_ns)
{
	uint32_t asked;

	if (l->seen != NULL)
		nrs_seen_log_step(l->seen, now_ns);
	if (!is_asked(l, &asked) && now_ns >= l->flushed_ns &&
	    now_ns - l->flushed_ns < FLUSH_NS)
		return;
	l->flushed_ns = now_ns;
	if (l->flows != NULL)
		(void)nrs_log_file_flush(l->flows);
	/* Pairs with the load of who asked. */
	atomic_store_explicit(&l->answered, asked, memory_order_release);
}

void nrs_logging_figures(const struct nrs_logging *l,
			 struct nrs_logging_figures *out)
{
	*out = (struct nrs_logging_figures){0};
	if (l->flows != NULL)
		nrs_log_file_figures(l->flows, &out->flows);
	if (l->seen != NULL)
		nrs_seen_log_figures(l->seen, &out->seen);
}
