/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_logs: told by their first octets; then the same set, the same outputs.
 */
#include "app/match_logs.h"

#include <stdlib.h>

static int refuse(const struct nrs_match_options *o, unsigned int logs)
{
	if (logs < o->capture_count)
		nrs_say("match: either captures or logs, not both");
	else if (o->files.packets != NULL || o->files.flows != NULL ||
		 o->files.seen != NULL || o->files.hours != NULL ||
		 o->files.ipfix != NULL || o->filter != NULL)
		nrs_say("match: --packets, --filter, --flows, --seen, --hours "
			"and --ipfix need captures; these are logs");
	else if ((o->extras & NRS_MATCH_SHADOW) != 0)
		nrs_say("match: --shadow needs captures; these are logs");
	else
		return NRS_OK;
	return NRS_E_USAGE;
}

int nrs_match_logs_open(struct nrs_match_logs *logs,
			const struct nrs_match_options *o, void *ctx,
			nrs_reader_problem_fn *problem)
{
	const struct nrs_look_source_options options = {
		.paths = o->captures,
		.path_count = o->capture_count,
		.want_digests = o->out != NULL,
		.ctx = ctx,
		.problem = problem};
	unsigned int found = 0;
	int err;

	for (unsigned int i = 0; i < o->capture_count; i++)
		found += nrs_look_is_log(o->captures[i]);
	if (found == 0)
		return NRS_OK;
	err = refuse(o, found);
	if (err == NRS_OK)
		err = nrs_look_source_new(&logs->source, &options);
	if (err != NRS_OK)
		return err;
	const unsigned int count = nrs_look_source_files(logs->source);
	logs->paths = calloc((size_t)count + 1, sizeof(*logs->paths));
	for (unsigned int i = 0; logs->paths != NULL && i < count; i++)
		logs->paths[i] = nrs_look_source_file(logs->source, i)->path;
	return logs->paths == NULL ? NRS_E_NOMEM : NRS_OK;
}

void nrs_match_logs_fini(struct nrs_match_logs *logs)
{
	nrs_look_source_free(logs->source);
	free(logs->paths);
	*logs = (struct nrs_match_logs){0};
}

int nrs_match_logs_run(struct nrs_match_logs *logs,
		       const struct nrs_match_options *o,
		       const struct nrs_db *db, void *ctx,
		       int (*hit)(void *ctx, const struct nrs_record_hit *hit))
{
	const struct nrs_look_back_options options = {.source = logs->source,
						      .db = db,
						      .workers = o->workers,
						      .from_ns = o->from_ns,
						      .to_ns = o->to_ns,
						      .ctx = ctx,
						      .hit = hit};

	return nrs_look_back(&logs->figures, &options);
}

static const struct nrs_reader_file *file_at(void *files, unsigned int index)
{
	return nrs_look_source_file(files, index);
}

void nrs_match_logs_facts(const struct nrs_match_logs *logs,
			  struct nrs_run_facts *facts)
{
	facts->files = logs->source;
	facts->file_count = nrs_look_source_files(logs->source);
	facts->file_at = file_at;
	facts->counters = &logs->figures.counters;
}

void nrs_match_logs_say(const struct nrs_match_logs *logs, uint64_t hits)
{
	const struct nrs_look_back_figures *f = &logs->figures;

	nrs_say("%u logs: %llu observations, %llu flows and transactions; "
		"%llu hits",
		nrs_look_source_files(logs->source),
		(unsigned long long)f->rows, (unsigned long long)f->lines,
		(unsigned long long)hits);
	if (f->bad_blocks + f->bad_lines > 0)
		nrs_say("damaged and passed over: %llu blocks of observations, "
			"%llu lines",
			(unsigned long long)f->bad_blocks,
			(unsigned long long)f->bad_lines);
}
