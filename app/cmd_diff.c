/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff: what changed from one delivery of indicators to the next.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/diff_out.h"
#include "app/loaded.h"

static const char help[] =
	"usage: noroshi diff [--at TIME] [--since TIME] [--all] [--json]\n"
	"                    [--format NAME] OLD NEW\n"
	"\n"
	"Says in plain words, grouped by report, what changed from the file "
	"OLD\n"
	"to the file NEW: new, updated (which properties, old and new),\n"
	"revoked, expired, gone. Indicators are the same by their id, values "
	"of\n"
	"lists by the value. Either may be an image (noroshi compile).\n"
	"\n"
	"  --at TIME     what is expired by TIME, instead of now\n"
	"  --since TIME  ... and was not at TIME; without it since the newest\n"
	"                time in OLD\n"
	"  --all         every line, not only the first 20 of a kind\n"
	"  --json        one JSON object per change\n"
	"  --format NAME  read both as NAME whatever they look like\n"
	"\n"
	"Status 0 whether or not anything changed.\n"
	"\n"
	"example: noroshi diff alert-1.json alert-2.json\n";

struct options {
	bool all, json, has_since;
	struct nrs_compare_times times;
	const char *format;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"at", required_argument, NULL, 'a'},
	{"since", required_argument, NULL, 's'},
	{"all", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},
	{"format", required_argument, NULL, 'f'},
	{NULL, 0, NULL, 0}};

static int load(struct nrs_loaded *out, char **path, const struct options *o)
{
	const struct nrs_load loading = {
		.paths = path,
		.path_count = 1,
		.options = {.format = nrs_span_of(o->format)}};
	const struct nrs_build_options building = {.seats = 1, .guards = true};

	return nrs_loaded_judge(out, &loading, &building);
}

static int compare(const struct options *o, const struct nrs_set *before,
		   const struct nrs_set *after)
{
	struct nrs_compare_times times = o->times;
	struct nrs_comparison found;
	struct nrs_text out = {0};

	if (!o->has_since)
		times.since_ns = nrs_compare_newest(before);
	int err = nrs_compare(&found, before, after, &times);
	const struct nrs_diff_out diff = {.before = before,
					  .after = after,
					  .found = &found,
					  .at_ns = times.at_ns,
					  .all = o->all};
	if (err == NRS_OK)
		err = o->json ? nrs_diff_json(&out, &diff)
			      : nrs_diff_text(&out, &diff);
	if (err == NRS_OK)
		err = nrs_write_file(NULL, &out);
	nrs_text_fini(&out);
	free(found.items);
	return err;
}

static int run(const struct options *o, char **paths)
{
	struct nrs_loaded before, after = {0};
	int err = load(&before, &paths[0], o);
	bool is_whole = before.failed == 0;

	if (err == NRS_OK)
		err = load(&after, &paths[1], o);
	is_whole = is_whole && after.failed == 0;
	/* From half a file half of it would seem gone. */
	if (err == NRS_OK && !is_whole)
		nrs_say("diff: not compared: a file could not be read whole");
	else if (err == NRS_OK)
		err = compare(o, before.set, after.set);
	if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("diff: %s", nrs_strerror(err));
	nrs_loaded_fini(&before);
	nrs_loaded_fini(&after);
	return err != NRS_OK || !is_whole ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

static bool read_option(struct options *o, int option)
{
	switch (option) {
	case 'l':
		o->all = true;
		return true;
	case 'j':
		o->json = true;
		return true;
	case 'f':
		o->format = optarg;
		return true;
	case 'a':
		return nrs_option_time("at", optarg, &o->times.at_ns);
	case 's':
		o->has_since = true;
		return nrs_option_time("since", optarg, &o->times.since_ns);
	default:
		return false;
	}
}

int nrs_cmd_diff(int argc, char **argv)
{
	struct options o = {.times.at_ns = (int64_t)time(NULL) * NRS_SECOND_NS};
	int option;

	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return NRS_EXIT_OK;
		}
		if (!read_option(&o, option))
			return NRS_EXIT_USAGE;
	}
	if (argc - optind != 2) {
		nrs_say("diff: two files are wanted, OLD and NEW");
		return NRS_EXIT_USAGE;
	}
	return run(&o, argv + optind);
}
