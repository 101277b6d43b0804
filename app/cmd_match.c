/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_match: the main job: indicators and captures in, hits and sightings out.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

#include "app/loaded.h"
#include "app/match_logs.h"
#include "app/packets.h"
#include "app/progress.h"
#include "app/replay.h"
#include "app/site.h"
#include "sightings/eve_out.h"
#include "sightings/stix_out.h"
#include "sightings/table_out.h"

#define FILE_NAME_MAX 4096
#define HELD_MAX 1000000u
#define TABLE_ROWS 60

struct match {
	struct nrs_match_options options;
	struct nrs_policy_file policy;
	struct nrs_site *site; /* with a policy */
	struct nrs_build_options building;
	struct nrs_loaded loaded;
	struct nrs_reader_options reading;
	struct nrs_reader *reader;
	struct nrs_picked *picked; /* for --packets, or NULL */
	struct nrs_aggregate *aggregate;
	struct nrs_emitter *emitter;
	struct nrs_logging *logging; /* with --flows and the like, or NULL */
	struct nrs_text set_digest;
	struct nrs_hits_run run;
	FILE *hits_file;
	FILE *eve_file;		/* with --eve */
	bool is_full;		/* a line was not written: said */
	_Atomic(uint64_t) hits; /* counted by the emitter's thread */
	uint64_t packets_written;
	unsigned int problems;
	struct nrs_shadow shadow;
	struct nrs_progress progress;
	struct nrs_replay replay;
	struct nrs_match_logs logs; /* in place of captures */
};

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	struct match *m = ctx;

	m->problems++;
	nrs_say("%s: %s", path,
		diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
}

static void on_progress(void *ctx)
{
	struct match *m = ctx;
	struct nrs_progress_state state;

	if (!nrs_progress_due(&m->progress))
		return;
	nrs_reader_progress(m->reader, &state.done_bytes, &state.total_bytes);
	state.packets = nrs_reader_counters(m->reader)->value[NRS_C_PACKETS];
	state.hits = atomic_load_explicit(&m->hits, memory_order_relaxed);
	nrs_progress_show(&m->progress, &state);
}

/* Said once: the run ends, but other hits may be on their way. */
static int cannot_write(struct match *m, const char *name, int error)
{
	if (!m->is_full)
		nrs_say("cannot write %s/%s: %s", m->options.out, name,
			strerror(error));
	m->is_full = true;
	return NRS_E_IO;
}

static int write_hit(struct match *m, const struct nrs_sighted *sighted)
{
	struct nrs_text line = {0};
	int err = NRS_OK;

	nrs_hits_line(&line, sighted, &m->run);
	if (line.failed)
		err = NRS_E_NOMEM;
	else if (fwrite(line.ptr, 1, line.len, m->hits_file) != line.len)
		err = cannot_write(m, "hits.jsonl", errno);
	nrs_text_fini(&line);
	return err;
}

/* No ceiling: the file stays with who made it, as hits.jsonl does. */
static int write_eve(struct match *m, const struct nrs_sighted *sighted)
{
	const struct nrs_eve_options options = {.run = &m->run,
						.max_tlp = NRS_TLP_RED};
	struct nrs_text line = {0};
	int err = NRS_OK;

	(void)nrs_eve_line(&line, sighted, &options);
	if (line.failed)
		err = NRS_E_NOMEM;
	else if (fwrite(line.ptr, 1, line.len, m->eve_file) != line.len)
		err = cannot_write(m, "eve.json", errno);
	nrs_text_fini(&line);
	return err;
}

static int on_hit(void *ctx, const struct nrs_sighted *sighted)
{
	struct match *m = ctx;
	int err = NRS_OK;

	atomic_fetch_add_explicit(&m->hits, 1, memory_order_relaxed);
	if (m->hits_file != NULL)
		err = write_hit(m, sighted);
	if (err == NRS_OK && m->eve_file != NULL)
		err = write_eve(m, sighted);
	if (err != NRS_OK)
		return err;
	if (m->picked != NULL && nrs_picked_hit(m->picked, sighted) != NRS_OK)
		return NRS_E_NOMEM;
	return nrs_aggregate_add(m->aggregate, sighted);
}

static void on_flow(void *ctx, const struct nrs_record_flow *end)
{
	struct match *m = ctx;

	if (m->picked != NULL)
		nrs_picked_flow(m->picked, end);
}

static int on_logged(void *ctx, const struct nrs_record *record)
{
	struct match *m = ctx;

	return nrs_logging_record(m->logging, record);
}

static int close_logs(struct match *m)
{
	const int err = nrs_logging_close(m->logging);

	m->logging = NULL;
	return err;
}

static void out_path(const struct match *m, const char *name,
		     char path[FILE_NAME_MAX])
{
	(void)snprintf(path, FILE_NAME_MAX, "%s/%s", m->options.out, name);
}

static int open_file(struct match *m, const char *name, FILE **out)
{
	char path[FILE_NAME_MAX];

	out_path(m, name, path);
	*out = fopen(path, "wb");
	if (*out != NULL)
		return NRS_OK;
	nrs_say("cannot write %s: %s", path, strerror(errno));
	return NRS_E_IO;
}

/* What is written at the end is not that of another run if this one is cut
 * short. */
static int open_out(struct match *m)
{
	static const char *const ends[] = {"sightings.internal.json",
					   "vetoes.jsonl", "run.json"};
	char path[FILE_NAME_MAX];

	if (m->options.out == NULL)
		return NRS_OK;
	if (nrs_make_folder(m->options.out) != NRS_OK)
		return NRS_E_IO;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		out_path(m, ends[i], path);
		(void)remove(path);
	}
	const int err = open_file(m, "hits.jsonl", &m->hits_file);
	return err == NRS_OK && (m->options.extras & NRS_MATCH_EVE) != 0
		       ? open_file(m, "eve.json", &m->eve_file)
		       : err;
}

/* What the policy says where the command line says nothing. */
static int open_policy(struct match *m)
{
	struct nrs_match_options *o = &m->options;
	int err = nrs_policy_open(&m->policy, o->loading.policy);

	if (err == NRS_OK)
		err = nrs_policy_except(&m->policy, o->exceptions.paths,
					o->exceptions.count);
	if (err != NRS_OK)
		return err;
	m->building = (struct nrs_build_options){
		.seats = o->workers,
		.generation = 1,
		.validity = o->validity,
		.at_ns = o->at_ns,
		.subdomains = o->subdomains,
		.guards = !o->no_guards,
		.strict = o->strict,
		.lenient_off = o->lenient_off,
		.own = {o->home.nets, o->has_home ? o->home.count : 0}};
	nrs_policy_build(&m->policy, &m->building);
	if (m->policy.config != NULL && !o->has_home)
		o->home = m->policy.config->home_net;
	return NRS_OK;
}

/* What the policy says about own hosts and what hits are worth. */
static int open_site(struct match *m)
{
	struct nrs_diag diag = {0};

	if (m->policy.config == NULL)
		return NRS_OK;
	const int err = nrs_site_new(&m->site, m->policy.config, &diag);
	if (err != NRS_OK)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	else
		m->run.judge = nrs_site_judge(m->site);
	return err;
}

/* What a person typed, or all that was given, may be good for nothing. */
static void say_what_is_not_matched(const struct nrs_match_options *o,
				    const struct nrs_set *set)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const enum nrs_status status = nrs_set_status(set, i);

		used += status == NRS_STATUS_FULL ||
			status == NRS_STATUS_PARTIAL;
		/* An indicator of an image is only read where it must be. */
		if (status != NRS_STATUS_REJECTED || o->value_count == 0)
			continue;
		const struct nrs_indicator *item = nrs_set_at(set, i);
		if (nrs_span_is(nrs_set_source_of(set, item->source)->name,
				"command line"))
			nrs_say("--ioc: %.*s: %s (--no-guards takes it)",
				(int)item->pattern.len,
				(const char *)item->pattern.ptr,
				nrs_set_reason(set, i));
	}
	if (used == 0 && o->indicator_count + o->value_count > 0)
		nrs_say("no indicator is in force: there is nothing to find");
}

static int load(struct match *m)
{
	const struct nrs_match_options *o = &m->options;
	const struct nrs_choose_options choosing = {
		.building = &m->building,
		.allow = m->policy.allow,
		.select = nrs_choice_select(m->policy.choice),
		.at_ns = o->at_ns};
	const struct nrs_load loading = {
		.paths = o->indicators,
		.path_count = o->indicator_count,
		.values = o->values,
		.value_count = o->value_count,
		.options = {.subdomains = o->subdomains,
			    .exercise = nrs_span_of(o->loading.exercise),
			    .format = nrs_span_of(o->loading.format)},
		.policy = &m->policy,
		.choosing = &choosing};
	struct nrs_text summary = {0};
	int err = nrs_loaded_read(&m->loaded, &loading, &m->building);

	m->problems += m->loaded.failed;
	if (err == NRS_OK && o->out != NULL)
		err = nrs_set_digest(m->loaded.set, &m->set_digest);
	if (err != NRS_OK)
		return err;
	nrs_set_summary(m->loaded.set, &summary);
	nrs_say("%.*s", (int)summary.len, (const char *)summary.ptr);
	nrs_text_fini(&summary);
	say_what_is_not_matched(o, m->loaded.set);
	m->run.set_digest = nrs_text_span(&m->set_digest);
	m->run.is_retro = m->logs.source != NULL;
	m->run.captures = m->run.is_retro ? m->logs.paths : o->captures;
	return open_site(m);
}

static int prepare(struct match *m, const struct nrs_hash_key *key)
{
	const struct nrs_match_options *o = &m->options;
	m->reading = (struct nrs_reader_options){.paths = o->captures,
						 .path_count = o->capture_count,
						 .is_rotated = o->is_rotated,
						 .want_digests = o->out != NULL,
						 .filter = o->filter,
						 .from_ns = o->from_ns,
						 .to_ns = o->to_ns,
						 .key = key};
	const struct nrs_emitter_options emitting = {.workers = o->workers,
						     .set = m->loaded.set,
						     .home = &o->home,
						     .held_max = HELD_MAX,
						     .ctx = m,
						     .hit = on_hit,
						     .flow = on_flow,
						     .logged = on_logged};
	int err = m->logs.source != NULL
			  ? NRS_OK
			  : nrs_reader_new(&m->reader, &m->reading);

	if (err == NRS_OK && o->files.packets != NULL)
		err = nrs_picked_new(&m->picked, key);
	if (err == NRS_OK)
		err = nrs_aggregate_new(&m->aggregate);
	if (err == NRS_OK)
		err = nrs_emitter_new(&m->emitter, &emitting);
	if (err == NRS_OK && o->files.packets != NULL)
		err = nrs_packets_check(o->files.packets);
	if (err == NRS_OK)
		err = open_out(m);
	return err == NRS_OK
		       ? nrs_match_keep_open(&m->logging, o, m->policy.config)
		       : err;
}

/* What was dropped, in a pass of its own. */
static int cast_shadow(struct match *m)
{
	const struct nrs_shadow_options options = {
		.match = &m->options,
		.reading = &m->reading,
		.building = &m->building,
		.select = nrs_choice_select(m->policy.choice),
		.policy = nrs_choice_policy(m->policy.choice)};

	return (m->options.extras & NRS_MATCH_SHADOW) != 0
		       ? nrs_shadow_run(&m->shadow, m->loaded.set, &options)
		       : NRS_OK;
}

static const struct nrs_reader_file *file_at(void *reader, unsigned int index)
{
	return nrs_reader_file_at(reader, index);
}

/* What was read, and counted. */
static void name_files(const struct match *m, struct nrs_run_facts *facts)
{
	if (m->logs.source != NULL) {
		nrs_match_logs_facts(&m->logs, facts);
		return;
	}
	facts->files = m->reader;
	facts->file_count = m->options.capture_count;
	facts->file_at = file_at;
	facts->counters = &m->replay.counters;
}

static int write_bundle(struct match *m)
{
	struct nrs_text text = {0}, seed = {0};
	uint8_t key[NRS_SHA256_LEN];
	char path[FILE_NAME_MAX];

	struct nrs_run_facts facts = {0};

	name_files(m, &facts);
	nrs_text_add(&seed, nrs_text_span(&m->set_digest));
	for (unsigned int i = 0; i < facts.file_count; i++)
		nrs_text_add(&seed,
			     nrs_span(facts.file_at(facts.files, i)->sha256,
				      NRS_SHA256_LEN));
	nrs_sha256(nrs_text_span(&seed), key);
	nrs_text_fini(&seed);
	const struct nrs_stix_run run = {.set = m->loaded.set,
					 .home = &m->options.home,
					 .key = nrs_span(key, sizeof(key))};
	int err = nrs_stix_bundle(&text, m->aggregate, &run);
	out_path(m, "sightings.internal.json", path);
	if (err == NRS_OK)
		err = nrs_write_file(path, &text);
	nrs_text_fini(&text);
	return err;
}

static int write_facts(struct match *m)
{
	const struct nrs_sighting *list;
	struct nrs_run_facts facts = {
		.options = &m->options,
		.db = m->loaded.db,
		.set_digest = nrs_text_span(&m->set_digest),
		.hits = atomic_load_explicit(&m->hits, memory_order_relaxed),
		.sightings = nrs_aggregate_list(m->aggregate, &list),
		.shadow = (m->options.extras & NRS_MATCH_SHADOW) != 0
				  ? &m->shadow
				  : NULL};
	struct nrs_text text = {0};
	char path[FILE_NAME_MAX];

	name_files(m, &facts);
	nrs_emitter_correlation(m->emitter, &facts.correlation);
	nrs_run_json(&text, &facts);
	out_path(m, "run.json", path);
	const int err = nrs_write_file(path, &text);
	nrs_text_fini(&text);
	return err;
}

static int write_out(struct match *m)
{
	char path[FILE_NAME_MAX];

	if (m->options.out == NULL)
		return NRS_OK;
	const int eve_closed = m->eve_file != NULL ? fclose(m->eve_file) : 0;
	const int closed = fclose(m->hits_file);
	m->hits_file = NULL;
	m->eve_file = NULL;
	if (eve_closed != 0)
		return cannot_write(m, "eve.json", errno);
	if (closed != 0)
		return cannot_write(m, "hits.jsonl", errno);
	if (m->policy.allow != NULL) {
		out_path(m, "vetoes.jsonl", path);
		const int err = nrs_vetoes_write(m->loaded.set, path);
		if (err != NRS_OK)
			return err;
	}
	const int err = write_bundle(m);
	return err == NRS_OK ? write_facts(m) : err;
}

static void show(struct match *m)
{
	const bool is_retro = m->logs.source != NULL;
	const struct nrs_table_options shown = {.set = m->loaded.set,
						.home = &m->options.home,
						.width = nrs_terminal_width(),
						.rows = TABLE_ROWS,
						.max_tlp = m->options.max_tlp};
	struct nrs_run_facts facts = {0};
	struct nrs_text table = {0}, blind = {0}, shadow = {0};

	nrs_progress_end(&m->progress);
	name_files(m, &facts);
	const struct nrs_counters *const c = facts.counters;
	nrs_table(&table, m->aggregate, &shown);
	if ((m->options.extras & NRS_MATCH_COVERAGE) != 0)
		nrs_coverage_text(&table, c);
	else
		nrs_run_blind(c, &blind);
	m->problems += nrs_write_file(NULL, &table) != NRS_OK;
	m->problems +=
		m->logs.figures.bad_blocks + m->logs.figures.bad_lines > 0;
	if (is_retro)
		nrs_match_logs_say(
			&m->logs,
			atomic_load_explicit(&m->hits, memory_order_relaxed));
	else
		nrs_say("%llu packets, %llu flows, %llu DNS, %llu HTTP, %llu "
			"TLS "
			"messages; %llu hits",
			(unsigned long long)c->value[NRS_C_PACKETS],
			(unsigned long long)c->value[NRS_C_FLOWS],
			(unsigned long long)c->value[NRS_C_DNS],
			(unsigned long long)c->value[NRS_C_HTTP],
			(unsigned long long)c->value[NRS_C_TLS],
			(unsigned long long)atomic_load_explicit(
				&m->hits, memory_order_relaxed));
	if (blind.len > 0)
		fprintf(stderr, "not or not fully inspected:\n%.*s",
			(int)blind.len, (const char *)blind.ptr);
	if ((m->options.extras & NRS_MATCH_SHADOW) != 0)
		nrs_shadow_text(&m->shadow, &shadow);
	if (shadow.len > 0)
		fprintf(stderr, "%.*s", (int)shadow.len,
			(const char *)shadow.ptr);
	nrs_text_fini(&shadow);
	if (m->options.out != NULL)
		nrs_say("written: %s/sightings.internal.json, hits.jsonl, "
			"run.json",
			m->options.out);
	if (m->options.files.packets != NULL)
		nrs_say("written: %s, %llu packets of flows that hit",
			m->options.files.packets,
			(unsigned long long)m->packets_written);
	nrs_text_fini(&table);
	nrs_text_fini(&blind);
}

static void match_fini(struct match *m)
{
	if (m->hits_file != NULL)
		(void)fclose(m->hits_file);
	if (m->eve_file != NULL)
		(void)fclose(m->eve_file);
	(void)close_logs(m);
	nrs_emitter_free(m->emitter);
	nrs_aggregate_free(m->aggregate);
	nrs_picked_free(m->picked);
	nrs_reader_free(m->reader);
	nrs_match_logs_fini(&m->logs);
	nrs_loaded_fini(&m->loaded);
	nrs_site_free(m->site);
	nrs_policy_close(&m->policy);
	nrs_filter_free(m->options.filter);
	nrs_text_fini(&m->set_digest);
}

static int on_found(void *ctx, const struct nrs_record_hit *hit)
{
	struct match *m = ctx;
	struct nrs_sighted sighted;

	nrs_sighted_read(&sighted, hit, m->loaded.set, &m->options.home);
	return on_hit(m, &sighted);
}

static int replay(struct match *m, const struct nrs_hash_key *key)
{
	const struct nrs_replay_options replaying = {
		.reader = m->reader,
		.workers = m->options.workers,
		.db = m->loaded.db,
		.key = key,
		.logs = nrs_match_keep_kinds(&m->options),
		.emitter = m->emitter,
		.problem = on_problem,
		.progress = on_progress,
		.ctx = m};

	if (m->logs.source != NULL)
		return nrs_match_logs_run(&m->logs, &m->options, m->loaded.db,
					  m, on_found);
	nrs_progress_begin(&m->progress);
	return nrs_replay_run(&m->replay, &replaying);
}

static int run(struct match *m)
{
	struct nrs_hash_key key;
	int err;

	nrs_hash_key_init(&key, 0); /* fixed offline: contracts.md section 3 */
	err = nrs_match_logs_open(&m->logs, &m->options, m, on_problem);
	if (err == NRS_OK)
		err = open_policy(m);
	if (err == NRS_OK)
		err = load(m);
	if (err == NRS_OK)
		err = prepare(m, &key);
	if (err != NRS_OK)
		return err;
	err = replay(m, &key);
	if (err == NRS_OK)
		err = close_logs(m);
	if (err == NRS_OK)
		err = cast_shadow(m);
	if (err == NRS_OK)
		err = write_out(m);
	if (err == NRS_OK && m->picked != NULL)
		err = nrs_packets_write(m->options.files.packets, m->picked,
					&m->reading, &m->packets_written);
	if (err == NRS_OK)
		show(m);
	return err;
}

int nrs_cmd_match(int argc, char **argv)
{
	struct match m = {0};
	int err = nrs_match_options_read(&m.options, argc, argv);

	if (err == NRS_OK) {
		err = run(&m);
		if (err != NRS_OK && err != NRS_E_IO && err != NRS_E_USAGE)
			nrs_say("match: %s", nrs_strerror(err));
	}
	match_fini(&m);
	if (err == NRS_E_NOTFOUND)
		return NRS_EXIT_OK; /* --help */
	if (err == NRS_E_USAGE)
		return NRS_EXIT_USAGE;
	return err != NRS_OK || m.problems > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}
