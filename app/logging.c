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
	struct nrs_hour_log *hours;
	struct nrs_collector *collector;
	const char *server; /* where that is */
	struct nrs_flow_line_run run;
	struct nrs_text line, name;
	int64_t flushed_ns;
	_Atomic(uint32_t) asked, answered; /* without observations */
	int err;			   /* the first one */
};

static int make_folders(const struct nrs_logging_options *options,
			struct nrs_diag *diag)
{
	const char *const folders[] = {options->flows, options->seen,
				       options->hours};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (folders[i] != NULL && nrs_make_folder(folders[i]) != NRS_OK)
			return nrs_diag_set(diag, NRS_E_IO, 0,
					    "no folder for logs");
	}
	return NRS_OK;
}

static int open_flows(struct nrs_logging *l, struct nrs_diag *diag)
{
	const struct nrs_logging_options *o = &l->options;
	const struct nrs_log_file_options flows = {.folder = o->flows,
						   .stem = "flows",
						   .suffix = ".jsonl.zst",
						   .rotate_bytes = ROTATE_BYTES,
						   .goes_on = o->is_live,
						   .keep_days = o->keep_days};
	int err = NRS_OK;

	if (o->as_table != NULL)
		err = nrs_as_table_open(&l->as_table, o->as_table, diag);
	if (err == NRS_OK && o->flows != NULL)
		err = nrs_log_file_new(&l->flows, &flows, diag);
	l->run = (struct nrs_flow_line_run){.home = o->home,
					    .as_table = l->as_table,
					    .captures = o->captures,
					    .is_live = o->is_live,
					    .sensor = o->sensor,
					    .location = o->location};
	return err;
}

static int open_seen(struct nrs_logging *l, struct nrs_diag *diag)
{
	const struct nrs_logging_options *o = &l->options;
	const struct nrs_seen_log_options seen = {.folder = o->seen,
						  .home = o->home,
						  .own_key = o->own_key,
						  .rows_max = o->seen_rows,
						  .is_live = o->is_live,
						  .write_ns = o->write_ns,
						  .keep_days = o->keep_days};

	return o->seen == NULL ? NRS_OK
			       : nrs_seen_log_open(&l->seen, &seen, diag);
}

static int open_hours(struct nrs_logging *l, struct nrs_diag *diag)
{
	const struct nrs_logging_options *o = &l->options;
	const struct nrs_hour_log_options hours = {.folder = o->hours,
						   .home = o->home,
						   .tenants = o->tenants,
						   .tenant_count =
							   o->tenant_count,
						   .sensor = o->sensor,
						   .location = o->location,
						   .is_live = o->is_live,
						   .write_ns = o->write_ns,
						   .keep_days = o->keep_days};

	return o->hours == NULL ? NRS_OK
				: nrs_hour_log_open(&l->hours, &hours, diag);
}

/* "edge-07, hall 2" is where its flows come from. */
static int open_collector(struct nrs_logging *l, struct nrs_diag *diag)
{
	struct nrs_collector_options options = *l->options.collector;

	if (l->options.sensor != NULL) {
		nrs_text_puts(&l->name, l->options.sensor);
		if (l->options.location != NULL)
			nrs_text_printf(&l->name, ", %s", l->options.location);
		nrs_text_putc(&l->name, '\0');
		if (l->name.failed)
			return NRS_E_NOMEM;
		options.records.name = (const char *)l->name.ptr;
	}
	options.records.as_table = l->as_table;
	l->server = options.server;
	l->options.collector = NULL; /* the caller's */
	return nrs_collector_open(&l->collector, &options, diag);
}

/* In a replay it is said what a live run's status says. */
static int close_collector(struct nrs_logging *l)
{
	struct nrs_collector_figures f;

	if (l->collector == NULL)
		return NRS_OK;
	nrs_collector_end(l->collector);
	nrs_collector_figures(l->collector, &f);
	nrs_collector_free(l->collector);
	if (l->options.is_live || f.lost + f.refused == 0)
		return NRS_OK;
	nrs_complain("collector %s: %llu flows sent, %llu lost%s", l->server,
		     (unsigned long long)f.flows, (unsigned long long)f.lost,
		     f.refused > 0 ? "; nobody listens there" : "");
	return NRS_E_IO;
}

int nrs_logging_open(struct nrs_logging **out,
		     const struct nrs_logging_options *options,
		     struct nrs_diag *diag)
{
	struct nrs_logging *l = calloc(1, sizeof(*l));
	int err;

	if (l == NULL)
		return NRS_E_NOMEM;
	l->options = *options;
	err = make_folders(options, diag);
	if (err == NRS_OK)
		err = open_flows(l, diag);
	if (err == NRS_OK)
		err = open_seen(l, diag);
	if (err == NRS_OK)
		err = open_hours(l, diag);
	if (err == NRS_OK && options->collector != NULL)
		err = open_collector(l, diag);
	if (err != NRS_OK) {
		(void)nrs_logging_close(l);
		return err;
	}
	*out = l;
	return NRS_OK;
}

int nrs_logging_close(struct nrs_logging *l)
{
	int err, hours;

	if (l == NULL)
		return NRS_OK;
	err = nrs_seen_log_close(l->seen);
	hours = nrs_hour_log_close(l->hours);
	if (err == NRS_OK)
		err = hours;
	if (l->flows != NULL && nrs_log_file_end(l->flows) != NRS_OK)
		err = NRS_E_IO;
	if (close_collector(l) != NRS_OK)
		err = NRS_E_IO;
	if (l->err != NRS_OK)
		err = l->err;
	nrs_log_file_free(l->flows);
	nrs_as_table_close(l->as_table);
	nrs_text_fini(&l->line);
	nrs_text_fini(&l->name);
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

/* The first that is lost is told. */
static int settle(struct nrs_logging *l, int err, const char *folder)
{
	if (err != NRS_OK && l->err == NRS_OK) {
		l->err = err;
		nrs_complain("cannot write in %s: %s", folder,
			     err == NRS_E_IO ? strerror(errno)
					     : nrs_strerror(err));
	}
	return l->options.is_live ? NRS_OK : err;
}

int nrs_logging_record(struct nrs_logging *l, const struct nrs_record *record)
{
	const struct nrs_logging_options *o = &l->options;
	const void *whole = record;
	int err = NRS_OK;

	if (record->kind == NRS_RECORD_ENDED && l->collector != NULL)
		nrs_collector_add(l->collector, whole);
	if (record->kind == NRS_RECORD_ENDED && l->flows != NULL)
		err = settle(l, add_flow(l, whole), o->flows);
	else if (record->kind == NRS_RECORD_SEEN && l->seen != NULL)
		err = settle(l, nrs_seen_log_add(l->seen, whole), o->seen);
	if (err == NRS_OK && l->hours != NULL)
		err = settle(l, nrs_hour_log_add(l->hours, record), o->hours);
	return err;
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
	if (l->hours != NULL)
		nrs_hour_log_step(l->hours, now_ns);
	if (l->collector != NULL)
		nrs_collector_step(l->collector, now_ns);
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
	*out = (struct nrs_logging_figures){.has_collector =
						    l->collector != NULL,
					    .has_flows = l->flows != NULL,
					    .has_seen = l->seen != NULL};
	if (l->flows != NULL)
		nrs_log_file_figures(l->flows, &out->flows);
	if (l->seen != NULL)
		nrs_seen_log_figures(l->seen, &out->seen);
	if (l->hours != NULL)
		nrs_hour_log_figures(l->hours, &out->hours);
	if (l->collector != NULL)
		nrs_collector_figures(l->collector, &out->collector);
}
