/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_hours: what was counted by the hour, each hour and owner as one row.
 */
#include <getopt.h>
#include <stdio.h>

#include "app/command.h"
#include "app/look_source.h"
#include "engine/base/stamp.h"
#include "logs/hour_list.h"
#include "logs/seen_row.h"
#include "sightings/table_out.h"

static const char help[] =
	"usage: noroshi hours [--from TIME] [--to TIME] [--json] LOG...\n"
	"\n"
	"Says what is normal: what was counted in each hour (UTC) with each "
	"tenant\n"
	"and own network, from files hours-*.jsonl.zst or folders of them, as "
	"match\n"
	"--hours and out.logs.hours write them. The pieces of an hour are "
	"summed.\n"
	"\n"
	"  --from TIME, --to TIME  only hours that begin from here on, or "
	"until "
	"here\n"
	"  --json      one JSON object per hour and owner, with all counters; "
	"one\n"
	"              that is 0 does not stand there\n"
	"\n"
	"FLOWS by who opened them, OUT and IN in bytes of IP packets, BLOCKED "
	"flows,\n"
	"DNS, HTTP and TLS what its hosts asked for, NXDOMAIN what DNS "
	"answered "
	"so;\n"
	"transit: with neither end in an own network.\n"
	"\n"
	"example: noroshi hours --from 2026-03-01T00:00:00Z /var/log/noroshi\n";

#define NAME_COLUMNS 20

struct hours {
	int64_t from_ns, to_ns;
	bool json;
	struct nrs_hour_list list;
	uint64_t bad_lines;
	unsigned int problems;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"from", required_argument, NULL, 'f'},
	{"to", required_argument, NULL, 't'},
	{"json", no_argument, NULL, 'j'},
	{NULL, 0, NULL, 0}};

static bool is_part(const char *path)
{
	const size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".part") == 0;
}

/* What is still being written ends where it ends. */
static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	struct hours *h = ctx;

	if (err == NRS_E_TRUNCATED && is_part(path))
		return;
	h->problems++;
	nrs_say("%s: %s", path,
		diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
}

static int add_line(struct hours *h, struct nrs_span line,
		    struct nrs_arena *arena)
{
	struct nrs_hour_row row;
	int err = nrs_hour_read(&row, line, arena);

	if (err == NRS_E_FORMAT) {
		h->bad_lines++;
		return NRS_OK;
	}
	if (err != NRS_OK || row.hour * NRS_SEEN_HOUR_NS < h->from_ns ||
	    row.hour * NRS_SEEN_HOUR_NS > h->to_ns)
		return err;
	return nrs_hour_list_add(&h->list, &row);
}

static int add_unit(struct hours *h, const struct nrs_look_unit *unit)
{
	struct nrs_span rest = nrs_text_span(&unit->octets), line;
	int err = NRS_OK;

	if (unit->is_block) {
		h->bad_lines++;
		return NRS_OK;
	}
	while (err == NRS_OK && nrs_span_split(&rest, '\n', &line)) {
		struct nrs_arena *arena = nrs_arena_new(0);

		if (arena == NULL)
			return NRS_E_NOMEM;
		if (line.len > 0)
			err = add_line(h, line, arena);
		nrs_arena_free(arena);
	}
	return err;
}

static int read_all(struct hours *h, char **paths, unsigned int count)
{
	const struct nrs_look_source_options options = {
		.paths = (const char *const *)paths,
		.path_count = count,
		.stem = NRS_HOURS_STEM,
		.ctx = h,
		.problem = on_problem};
	struct nrs_look_source *source = NULL;
	struct nrs_look_unit unit = {0};
	int err = nrs_look_source_new(&source, &options);
	int got = 1;

	while (err == NRS_OK && got == 1) {
		got = nrs_look_source_next(source, &unit);
		if (got == 1)
			err = add_unit(h, &unit);
	}
	nrs_look_source_free(source);
	nrs_text_fini(&unit.octets);
	return err == NRS_OK && got < 0 ? got : err;
}

/* "12.3M": at most five places. */
static void put_bytes(struct nrs_text *out, uint64_t bytes)
{
	static const char units[] = " kMGTPE";
	unsigned int unit = 0;
	double value = (double)bytes;

	for (; value >= 1000 && units[unit + 1] != '\0'; unit++)
		value /= 1000;
	if (unit == 0)
		nrs_text_printf(out, " %7llu", (unsigned long long)bytes);
	else
		nrs_text_printf(out, " %6.1f%c", value, units[unit]);
}

static void put_row(struct nrs_text *out, const struct nrs_hour_row *row)
{
	static const enum nrs_hour_counter asked[] = {
		NRS_HOUR_ASKED_DNS,  NRS_HOUR_RCODE_NXDOMAIN,
		NRS_HOUR_ASKED_HTTP, NRS_HOUR_ASKED_TLS,
		NRS_HOUR_BLOCKED,    NRS_HOUR_HIT_FLOWS};
	const bool is_transit = row->owner == NRS_HOUR_TRANSIT;
	const uint64_t *count = row->count;
	char hour[NRS_STAMP_LEN];
	size_t name_end;

	(void)nrs_stamp_format(row->hour * NRS_SEEN_HOUR_NS, 0, hour);
	nrs_text_printf(out, "%.10s %.2s  ", hour, hour + 11);
	name_end = out->len + NAME_COLUMNS;
	nrs_table_safe(out, nrs_span_of(row->name), NAME_COLUMNS);
	while (out->len < name_end && !out->failed)
		nrs_text_putc(out, ' ');
	for (unsigned int c = NRS_HOUR_FLOWS_OUT; c <= NRS_HOUR_FLOWS_INTERNAL;
	     c++)
		nrs_text_printf(
			out, " %8llu",
			(unsigned long long)
				count[is_transit && c == NRS_HOUR_FLOWS_INTERNAL
					      ? NRS_HOUR_FLOWS_TRANSIT
					      : c]);
	put_bytes(out, count[NRS_HOUR_BYTES_OUT]);
	put_bytes(out, count[NRS_HOUR_BYTES_IN]);
	put_bytes(out, count[is_transit ? NRS_HOUR_BYTES_TRANSIT
					: NRS_HOUR_BYTES_INTERNAL]);
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		nrs_text_printf(out, " %8llu",
				(unsigned long long)count[asked[i]]);
	nrs_text_putc(out, '\n');
}

static int show(const struct hours *h)
{
	struct nrs_text out = {0};

	if (!h->json && h->list.count > 0)
		nrs_text_printf(&out,
				"%-13s  %-20s %8s %8s %8s %7s %7s %7s %8s %8s "
				"%8s %8s %8s %8s\n",
				"HOUR", "TENANT OR NETWORK", "FLOWS",
				"INCOMING", "INTERNAL", "OUT", "IN", "WITHIN",
				"DNS", "NXDOMAIN", "HTTP", "TLS", "BLOCKED",
				"HITS");
	for (size_t i = 0; i < h->list.count; i++) {
		if (h->json)
			nrs_hour_line(&out, &h->list.rows[i], NULL, NULL);
		else
			put_row(&out, &h->list.rows[i]);
	}
	const int err = nrs_write_file(NULL, &out);
	nrs_text_fini(&out);
	if (h->list.count == 0)
		nrs_say("hours: nothing was counted there in that time");
	return err;
}

static int run(struct hours *h, char **paths, unsigned int count)
{
	int err = read_all(h, paths, count);

	if (err == NRS_OK) {
		nrs_hour_list_settle(&h->list);
		err = show(h);
	}
	if (h->bad_lines > 0)
		nrs_say("%llu lines are no counters of an hour",
			(unsigned long long)h->bad_lines);
	if (err == NRS_E_LIMIT)
		nrs_say("hours: more than %u hours and owners: --from and --to "
			"narrow it",
			NRS_HOUR_LIST_MAX);
	else if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("hours: %s", nrs_strerror(err));
	return err != NRS_OK || h->problems > 0 || h->bad_lines > 0
		       ? NRS_EXIT_PARTLY
		       : NRS_EXIT_OK;
}

int nrs_cmd_hours(int argc, char **argv)
{
	struct hours h = {.from_ns = INT64_MIN, .to_ns = INT64_MAX};
	int option, status;

	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(help, stdout);
			return NRS_EXIT_OK;
		case 'f':
			if (!nrs_option_time("from", optarg, &h.from_ns))
				return NRS_EXIT_USAGE;
			break;
		case 't':
			if (!nrs_option_time("to", optarg, &h.to_ns))
				return NRS_EXIT_USAGE;
			break;
		case 'j':
			h.json = true;
			break;
		default:
			return NRS_EXIT_USAGE;
		}
	}
	if (argc == optind) {
		nrs_say("hours: which logs?");
		return NRS_EXIT_USAGE;
	}
	status = run(&h, argv + optind, (unsigned int)(argc - optind));
	nrs_hour_list_fini(&h.list);
	return status;
}
