/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: one family after the other; a family is its two lines of comment
 * and then all of its samples, as the format wants.
 */
#include "app/metrics.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* @type: "counter" (named ..._total), "gauge". */
static void family(struct nrs_text *out, const char *name, const char *type,
		   const char *help)
{
	nrs_text_printf(out, "# HELP noroshi_%s %s\n# TYPE noroshi_%s %s\n",
			name, help, name, type);
}

static void value(struct nrs_text *out, uint64_t number)
{
	nrs_text_printf(out, " %llu\n", (unsigned long long)number);
}

/* A family of one sample. */
static void single(struct nrs_text *out, const char *name, const char *type,
		   const char *help, uint64_t number)
{
	family(out, name, type, help);
	nrs_text_printf(out, "noroshi_%s", name);
	value(out, number);
}

static void count(struct nrs_text *out, const char *name, const char *help,
		  uint64_t number)
{
	single(out, name, "counter", help, number);
}

static void gauge(struct nrs_text *out, const char *name, const char *help,
		  uint64_t number)
{
	single(out, name, "gauge", help, number);
}

/* Milliseconds, written as seconds. */
static void seconds(struct nrs_text *out, int64_t ns)
{
	nrs_text_printf(out, " %lld.%03d\n", (long long)(ns / NRS_SECOND_NS),
			(int)(ns % NRS_SECOND_NS / 1000000));
}

static void time_gauge(struct nrs_text *out, const char *name, const char *help,
		       int64_t ns)
{
	family(out, name, "gauge", help);
	nrs_text_printf(out, "noroshi_%s", name);
	seconds(out, ns);
}

void nrs_metrics_label(struct nrs_text *out, struct nrs_span text)
{
	const bool is_text = nrs_span_is_utf8(text);

	nrs_text_putc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t octet = text.ptr[i];

		if (octet == '\\' || octet == '"')
			nrs_text_putc(out, '\\');
		if (octet < 0x20 || octet == 0x7f || (octet > 0x7f && !is_text))
			nrs_text_putc(out, '?');
		else
			nrs_text_putc(out, (char)octet);
	}
	nrs_text_putc(out, '"');
}

/* name{key="text"; the caller closes. */
static void open_sample(struct nrs_text *out, const char *name, const char *key,
			const char *text)
{
	nrs_text_printf(out, "noroshi_%s{%s=", name, key);
	nrs_metrics_label(out, nrs_span_of(text));
}

static void sample(struct nrs_text *out, const char *name, const char *key,
		   const char *text, uint64_t number)
{
	open_sample(out, name, key, text);
	nrs_text_putc(out, '}');
	value(out, number);
}

static void put_process(struct nrs_text *out,
			const struct nrs_status_view *status)
{
	unsigned long pages = 0, resident = 0;
	struct timespec used = {0};
	FILE *memory = fopen("/proc/self/statm", "re");

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	family(out, "cpu_seconds_total", "counter", "CPU time of all threads.");
	nrs_text_puts(out, "noroshi_cpu_seconds_total");
	seconds(out, (int64_t)used.tv_sec * NRS_SECOND_NS + used.tv_nsec);
	if (memory != NULL && fscanf(memory, "%lu %lu", &pages, &resident) == 2)
		gauge(out, "resident_memory_bytes", "Memory in use.",
		      (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE));
	if (memory != NULL)
		(void)fclose(memory);
	time_gauge(out, "start_time_seconds", "When this run began, unix time.",
		   status->now_ns - status->up_ns);
}

static void put_set(struct nrs_text *out, const struct nrs_metrics_view *v)
{
	const struct nrs_supply_state *set = v->set;

	gauge(out, "set_generation", "The set of indicators in force; 0: none.",
	      set->generation);
	if (set->generation != 0)
		time_gauge(out, "set_active_since_seconds",
			   "When it came into force, unix time.",
			   set->since_ns);
	family(out, "indicators", "gauge",
	       "Indicators of the set: received, kept for matching, waiting "
	       "for a compilation, unmarked (= AMBER+STRICT).");
	sample(out, "indicators", "state", "received", set->funnel.received);
	sample(out, "indicators", "state", "kept", set->kept);
	sample(out, "indicators", "state", "waiting", set->funnel.waiting);
	sample(out, "indicators", "state", "unmarked", set->unmarked);
	count(out, "sets_disbelieved_total",
	      "Sets not taken because a source lost or gained too much.",
	      set->disbelieved);
}

static void put_interfaces(struct nrs_text *out,
			   const struct nrs_status_view *s)
{
	static const struct {
		const char *name, *type, *help;
	} rows[] = {{"interface_up", "gauge", "1: packets can come."},
		    {"interface_received_packets_total", "counter",
		     "Packets that the kernel had for us, dropped ones too."},
		    {"interface_dropped_packets_total", "counter",
		     "Packets that the kernel dropped for want of room."}};

	for (unsigned int r = 0; r < 3 && s->interface_count > 0; r++) {
		family(out, rows[r].name, rows[r].type, rows[r].help);
		for (unsigned int i = 0; i < s->interface_count; i++) {
			const struct nrs_status_interface *it =
				&s->interfaces[i];
			const uint64_t numbers[] = {!it->is_down, it->received,
						    it->dropped};

			if (it->name != NULL) /* else never looked at yet */
				sample(out, rows[r].name, "interface", it->name,
				       numbers[r]);
		}
	}
}

static void put_posture(struct nrs_text *out, const struct nrs_status_view *s)
{
	if (s->posture != NULL && s->posture->is_there)
		gauge(out, "posture_heightened",
		      "1: the heightened policy chooses (noroshi posture).",
		      s->posture->is_heightened);
}

static void put_shed(struct nrs_text *out, const struct nrs_crew_figures *crew)
{
	gauge(out, "shedding_workers",
	      "Workers that leave something out now, under load.",
	      crew->shedding);
	gauge(out, "shed_level",
	      "Of the worker that leaves out most: 1 payload patterns, 2 "
	      "digests, 3 bodies, 4 new flows; each with all before it.",
	      crew->shed);
	family(out, "shed_steps_total", "counter",
	       "How often a worker began to leave that out.");
	for (unsigned int l = 1; l < NRS_SHED_LEVELS; l++)
		sample(out, "shed_steps_total", "what",
		       nrs_shed_name((enum nrs_shed_level)l),
		       crew->shed_steps[l]);
}

static void put_hubs(struct nrs_text *out, const struct nrs_status_view *s)
{
	if (s->hub_count == 0)
		return;
	family(out, "hub_failing", "gauge",
	       "1: the collection cannot be pulled now.");
	for (unsigned int i = 0; i < s->hub_count; i++)
		sample(out, "hub_failing", "collection", s->hubs[i].name,
		       s->hubs[i].failing_since_ns != NRS_TIME_MIN);
	family(out, "hub_pulled_time_seconds", "gauge",
	       "The last whole pull, unix time.");
	for (unsigned int i = 0; i < s->hub_count; i++) {
		if (s->hubs[i].pulled_ns == NRS_TIME_MIN)
			continue;
		open_sample(out, "hub_pulled_time_seconds", "collection",
			    s->hubs[i].name);
		nrs_text_putc(out, '}');
		seconds(out, s->hubs[i].pulled_ns);
	}
}

static void put_audience(struct nrs_text *out,
			 const struct nrs_status_audience *a)
{
	const struct {
		const char *state;
		uint64_t count;
	} states[] = {{"held", a->held},
		      {"queued", a->queued},
		      {"accepted", a->accepted},
		      {"confirmed", a->confirmed},
		      {"answered", a->answered},
		      {"failed", a->failed},
		      {"refused_by_rule", a->refused}};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		open_sample(out, "audience_sightings", "audience", a->name);
		nrs_text_printf(out, ",state=\"%s\"}", states[i].state);
		value(out, states[i].count);
	}
}

static void put_audiences(struct nrs_text *out, const struct nrs_status_view *s)
{
	if (s->audience_count == 0)
		return;
	family(out, "audience_failing", "gauge",
	       "1: sightings cannot be posted now.");
	for (unsigned int i = 0; i < s->audience_count; i++)
		sample(out, "audience_failing", "audience",
		       s->audiences[i].name,
		       s->audiences[i].failing_since_ns != NRS_TIME_MIN);
	family(out, "audience_sightings", "gauge",
	       "What became of sightings, over restarts.");
	for (unsigned int i = 0; i < s->audience_count; i++)
		put_audience(out, &s->audiences[i]);
}

static void put_report(struct nrs_text *out, const struct nrs_metrics_view *v)
{
	const struct nrs_report_figures *r = v->report;
	const struct nrs_outlets_figures *o = v->outlets;

	count(out, "hits_reported_total", "Hits that were merged and told.",
	      r->hits);
	count(out, "raises_total", "Hits whose outcome rose later.", r->raised);
	family(out, "sightings_total", "counter",
	       "Sightings by class, where there is an audience.");
	for (unsigned int c = NRS_CLASS_NOISE; c <= NRS_CLASS_URGENT; c++)
		sample(out, "sightings_total", "class",
		       nrs_class_name((enum nrs_class)c), r->classes[c]);
	count(out, "observations_forgotten_total",
	      "Observations of patterns over several that were forgotten.",
	      r->forgotten);
	count(out, "patterns_undecided_total",
	      "Decisions over several observations that were given up.",
	      r->undecided);
	family(out, "lines_lost_total", "counter",
	       "Hits that a local output lost.");
	sample(out, "lines_lost_total", "output", "hits", r->lines_lost);
	sample(out, "lines_lost_total", "output", "eve", o->lost);
	sample(out, "lines_lost_total", "output", "syslog", o->syslog.dropped);
	count(out, "hits_above_ceiling_total",
	      "Hits told as opaque ids by eve.json or the log server.",
	      o->above);
	count(out, "blocks_dropped_total",
	      "Blocks of records with no room on the way to the emitter.",
	      v->crew->blocks_dropped);
}

/* Where a sensor looks back into its logs. */
static void put_look(struct nrs_text *out, const struct nrs_look_figures *f)
{
	if (f == NULL)
		return;
	count(out, "look_back_looks_total", "Passes through the logs.",
	      f->looks);
	count(out, "look_back_indicators_total",
	      "Indicators that were looked for in the logs.", f->indicators);
	count(out, "look_back_rows_total", "Rows and lines that were read.",
	      f->rows);
	count(out, "look_back_hits_total", "Hits that were found in logs.",
	      f->hits);
	gauge(out, "look_back_waiting",
	      "Indicators that are still to be looked for.", f->wanted);
	gauge(out, "look_back_under_way", "1: a look is under way.",
	      f->is_under_way);
	count(out, "look_back_refused_total",
	      "Indicators that are never looked for: too many.", f->refused);
	count(out, "look_back_damaged_total",
	      "Damaged parts of logs that were passed over.", f->damaged);
	count(out, "look_back_failed_total",
	      "Looks that failed, and hits of them that were lost.",
	      f->failed + f->lost);
}

/* What is not kept has no sample. */
static void put_log(struct nrs_text *out, const char *name, const char *help,
		    const struct nrs_logging_figures *l,
		    const uint64_t figures[4])
{
	family(out, name, "counter", help);
	if (l->has_flows)
		sample(out, name, "log", "flows", figures[0]);
	if (l->has_seen)
		sample(out, name, "log", "observations", figures[1]);
	if (l->has_collector)
		sample(out, name, "log", "ipfix", figures[2]);
	if (l->has_hours)
		sample(out, name, "log", "hours", figures[3]);
}

/* Of all traffic. */
static void put_logs(struct nrs_text *out, const struct nrs_logging_figures *l)
{
	const uint64_t rows[] = {l->flows.added, l->seen.rows,
				 l->collector.flows, l->hours.added};
	const uint64_t lost[] = {l->flows.lost, l->seen.lost, l->collector.lost,
				 l->hours.lost};
	const uint64_t bytes[] = {l->flows.bytes, l->seen.bytes,
				  l->collector.bytes, l->hours.bytes};
	const uint64_t files[] = {l->flows.files, l->seen.files,
				  l->collector.messages, l->hours.files};

	put_log(out, "log_rows_total",
		"Flows logged or told, rows of observations and of counters.",
		l, rows);
	put_log(out, "log_lost_total",
		"Flows, or values observed, that a log or the collector lost.",
		l, lost);
	put_log(out, "log_bytes_total", "Octets of logs, as packed or sent.", l,
		bytes);
	put_log(out, "log_files_total",
		"Files of logs begun; messages to the collector.", l, files);
	count(out, "ipfix_refused_total",
	      "Times that no collector listened there.", l->collector.refused);
}

static void put_counters(struct nrs_text *out,
			 const struct nrs_counters *counters)
{
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++) {
		char name[80];

		(void)snprintf(name, sizeof(name), "%s_total",
			       nrs_counter_name((enum nrs_counter)c));
		count(out, name, nrs_counter_text((enum nrs_counter)c),
		      counters->value[c]);
	}
}

static void put_sources(struct nrs_text *out, const struct nrs_tally_figures *t)
{
	family(out, "source_indicators", "gauge",
	       "Indicators in force, by source.");
	for (unsigned int i = 0; i < t->source_count; i++)
		sample(out, "source_indicators", "source", t->sources[i].name,
		       t->sources[i].indicators);
	family(out, "source_hits_total", "counter", "Hits by source.");
	for (unsigned int i = 0; i < t->source_count; i++)
		sample(out, "source_hits_total", "source", t->sources[i].name,
		       t->sources[i].hits);
	count(out, "source_hits_other_total",
	      "Hits of sources without a row of their own.", t->other_sources);
}

/* A family of costs. */
struct put_cost {
	struct nrs_text *out;
	const char *name;
	bool is_time;
};

static void cost_value(const struct put_cost *p,
		       const struct nrs_tally_sum *sum)
{
	nrs_text_putc(p->out, '}');
	if (p->is_time)
		nrs_text_printf(p->out, " %llu.%09llu\n",
				(unsigned long long)(sum->ns / NRS_SECOND_NS),
				(unsigned long long)(sum->ns % NRS_SECOND_NS));
	else
		value(p->out, sum->trials);
}

static void put_source_costs(const struct put_cost *p,
			     const struct nrs_tally_figures *t)
{
	family(p->out, p->name, "counter",
	       p->is_time ? "Estimated CPU time of those trials."
			  : "What was tried for one indicator alone: "
			    "patterns, expressions in PCRE, comparisons; by "
			    "source.");
	for (unsigned int i = 0; i < t->source_count; i++) {
		open_sample(p->out, p->name, "source", t->sources[i].name);
		cost_value(p, &t->sources[i].cost);
	}
}

/* All but the dearest are one series. */
static void put_indicator_costs(const struct put_cost *p,
				const struct nrs_tally_figures *t)
{
	family(p->out, p->name, "counter",
	       p->is_time ? "Estimated CPU time of those trials."
			  : "Trials of the indicators that cost most; an "
			    "opaque id above the ceiling; the rest is other.");
	for (unsigned int i = 0; i < t->cost_count; i++) {
		const struct nrs_tally_indicator *row = &t->costs[i];

		open_sample(p->out, p->name, "indicator", row->id);
		if (!row->is_above) {
			nrs_text_puts(p->out, ",source=");
			nrs_metrics_label(p->out, nrs_span_of(row->source));
		}
		cost_value(p, &row->cost);
	}
	open_sample(p->out, p->name, "indicator", "other");
	cost_value(p, &t->other_costs);
}

static void put_costs(struct nrs_text *out, const struct nrs_tally_figures *t)
{
	const struct put_cost by_source[] = {
		{out, "source_trials_total", false},
		{out, "source_cost_seconds_total", true}};
	const struct put_cost by_indicator[] = {
		{out, "indicator_trials_total", false},
		{out, "indicator_cost_seconds_total", true}};

	for (unsigned int i = 0; i < 2; i++) {
		put_source_costs(&by_source[i], t);
		put_indicator_costs(&by_indicator[i], t);
	}
}

static void put_indicators(struct nrs_text *out,
			   const struct nrs_tally_figures *t)
{
	family(out, "indicator_hits_total", "counter",
	       "Hits by indicator; an opaque id above the ceiling "
	       "(metrics.max_tlp).");
	for (unsigned int i = 0; i < t->indicator_count; i++) {
		const struct nrs_tally_indicator *row = &t->indicators[i];

		open_sample(out, "indicator_hits_total", "indicator", row->id);
		if (!row->is_above) {
			nrs_text_puts(out, ",source=");
			nrs_metrics_label(out, nrs_span_of(row->source));
		}
		nrs_text_putc(out, '}');
		value(out, row->hits);
	}
	count(out, "indicator_hits_other_total",
	      "Hits of indicators without a row of their own.",
	      t->other_indicators);
	count(out, "indicator_hits_opaque_total",
	      "Hits of indicators above the ceiling of metrics.", t->above);
}

void nrs_metrics_text(const struct nrs_metrics_view *v, struct nrs_text *out)
{
	family(out, "build_info", "gauge", "The version; always 1.");
	sample(out, "build_info", "version", v->version, 1);
	put_process(out, v->status);
	gauge(out, "degraded", "1: noroshi status says why.", v->is_degraded);
	put_set(out, v);
	put_interfaces(out, v->status);
	gauge(out, "interfaces_known",
	      "0: the figures of interfaces are those of a look before.",
	      v->crew->knows_interfaces);
	put_posture(out, v->status);
	put_shed(out, v->crew);
	put_hubs(out, v->status);
	put_audiences(out, v->status);
	put_report(out, v);
	put_look(out, v->status->look);
	put_logs(out, &v->report->logs);
	put_counters(out, &v->crew->counters);
	put_sources(out, v->tally);
	put_indicators(out, v->tally);
	put_costs(out, v->tally);
}
