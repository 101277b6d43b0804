/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status_logs: what was written and told, and what was not.
 */
#include "app/status_logs.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void put_count(struct nrs_text *out, const char *before, uint64_t count,
		      const char *behind)
{
	char number[NRS_GROUPED_LEN];

	nrs_text_printf(out, "%s%s%s", before, nrs_grouped(count, number),
			behind);
}

/* What is not there is not said. */
static void put_loss(struct nrs_text *out, const char *what, uint64_t count)
{
	if (count > 0)
		put_count(out, what, count, "");
}

static void put_files(struct nrs_text *out, uint64_t files, uint64_t bytes)
{
	put_count(out, " in ", files, files == 1 ? " file, " : " files, ");
	nrs_status_scaled(out, bytes);
	nrs_text_puts(out, "B");
}

void nrs_status_scaled(struct nrs_text *out, uint64_t number)
{
	static const char prefixes[] = {' ', 'k', 'M', 'G', 'T'};
	double value = (double)number;
	unsigned int p = 0;

	while (value >= 999.5 && p + 1 < sizeof(prefixes)) {
		value /= 1000;
		p++;
	}
	nrs_text_printf(out, value < 9.95 && p > 0 ? "%.1f " : "%.0f ", value);
	if (p > 0)
		nrs_text_putc(out, prefixes[p]);
}

static void put_file(struct nrs_text *out, const char *name,
		     const struct nrs_log_file_figures *file)
{
	put_count(out, name, file->added, "");
	put_files(out, file->files, file->bytes);
	put_loss(out, ", lost ", file->lost);
	nrs_text_putc(out, '\n');
}

void nrs_status_logs_text(struct nrs_text *out,
			  const struct nrs_logging_figures *logs)
{
	if (logs != NULL && logs->has_flows)
		put_file(out, "log of flows: ", &logs->flows);
	if (logs != NULL && logs->has_hours)
		put_file(out, "counters by hour: ", &logs->hours);
	if (logs != NULL && logs->has_seen) {
		put_count(out, "log of observations: ", logs->seen.seen,
			  " values, ");
		put_count(out, "", logs->seen.rows, " rows");
		put_files(out, logs->seen.files, logs->seen.bytes);
		put_loss(out, ", lost ", logs->seen.lost);
		put_loss(out, ", failed to write ", logs->seen.failed);
		nrs_text_putc(out, '\n');
	}
	if (logs != NULL && logs->has_collector) {
		put_count(out, "to the collector: ", logs->collector.flows,
			  " flows in ");
		put_count(out, "", logs->collector.messages, " messages, ");
		nrs_status_scaled(out, logs->collector.bytes);
		nrs_text_puts(out, "B");
		put_loss(out, ", lost ", logs->collector.lost);
		put_loss(out, ", refused ", logs->collector.refused);
		nrs_text_putc(out, '\n');
	}
}

struct figure {
	const char *name;
	uint64_t number;
};

static void json_log(struct nrs_jsonw *w, const char *log,
		     const struct figure *figures, size_t count)
{
	nrs_jsonw_key(w, log);
	nrs_jsonw_open(w, '{');
	for (size_t i = 0; i < count; i++)
		nrs_jsonw_member_u64(w, figures[i].name, figures[i].number);
	nrs_jsonw_close(w, '}');
}

static void json_file(struct nrs_jsonw *w, const char *log,
		      const struct nrs_log_file_figures *file)
{
	const struct figure figures[] = {{"added", file->added},
					 {"lost", file->lost},
					 {"files", file->files},
					 {"bytes", file->bytes}};

	json_log(w, log, figures, COUNT(figures));
}

void nrs_status_logs_json(struct nrs_jsonw *w,
			  const struct nrs_logging_figures *logs)
{
	if (logs == NULL || !(logs->has_flows || logs->has_hours ||
			      logs->has_seen || logs->has_collector))
		return;
	const struct figure seen[] = {
		{"seen", logs->seen.seen},	 {"rows", logs->seen.rows},
		{"crowded", logs->seen.crowded}, {"lost", logs->seen.lost},
		{"failed", logs->seen.failed},	 {"files", logs->seen.files},
		{"bytes", logs->seen.bytes}};
	const struct figure collector[] = {
		{"flows", logs->collector.flows},
		{"messages", logs->collector.messages},
		{"bytes", logs->collector.bytes},
		{"lost", logs->collector.lost},
		{"refused", logs->collector.refused}};

	nrs_jsonw_key(w, "logs");
	nrs_jsonw_open(w, '{');
	if (logs->has_flows)
		json_file(w, "flows", &logs->flows);
	if (logs->has_hours)
		json_file(w, "hours", &logs->hours);
	if (logs->has_seen)
		json_log(w, "observations", seen, COUNT(seen));
	if (logs->has_collector)
		json_log(w, "collector", collector, COUNT(collector));
	nrs_jsonw_close(w, '}');
}

bool nrs_status_logs_reason(const struct nrs_logging_figures *logs,
			    struct nrs_text *out)
{
	if (logs == NULL || logs->collector.error == 0)
		return false;
	nrs_text_printf(out, "flows do not reach the collector: %s (out.ipfix)",
			strerror(logs->collector.error));
	return true;
}
