/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_options: getopt_long and the checks.
 */
#include "app/match_options.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/replay.h"
#include "engine/base/clock.h"

static const char help[] =
	"usage: noroshi match --indicators FILE [OPTION...] CAPTURE|LOG...\n"
	"\n"
	"Matches recorded traffic (pcap, pcapng; .gz, .zst; - for stdin), or "
	"looks "
	"back\n"
	"in logs: of --seen and --flows, also a sensor's, or of observe "
	"--json.\n"
	"\n"
	"  --indicators FILE   STIX, MISP, CSV, a list, ...; may be given "
	"again\n"
	"  --format NAME       what they are, if not as they look: see check "
	"--help\n"
	"  --ioc VALUE         one value, defanged or not; may be given again\n"
	"  --policy FILE       choose by the rules of this noroshi.yaml\n"
	"  --except FILE       a list of what must not alert, or warninglist\n"
	"  --out DIR, --eve    write sightings, hits.jsonl and run.json there; "
	"eve.json\n"
	"  --shadow, --coverage  what the dropped would have hit; what was not "
	"seen\n"
	"  --exercise ID, --max-tlp LEVEL  they are of it; a ceiling of what "
	"is "
	"shown\n"
	"  --packets FILE      the packets of flows that hit, as pcapng with "
	"comments\n"
	"  --flows DIR, --seen DIR, --hours DIR  logs of all flows, of values; "
	"counters\n"
	"  --ipfix [tcp:]ADDRESS:PORT  flows to your collector; --as-table "
	"FILE.mmdb\n"
	"  --workers N         threads; the same files for any (one per "
	"processor)\n"
	"  --filter BPF, --from TIME, --to TIME   only these packets\n"
	"  --home-net CIDR,... own networks (default: private addresses)\n"
	"  --validity MODE, --at TIME  since-expiry (default), strict or now: "
	"TIME\n"
	"  --subdomains, --no-guards  names match those below; all that is "
	"given "
	"counts\n"
	"  --strict, --no-lenient NAME,...  as in noroshi check --help\n"
	"  --rotated           the captures are one recording in pieces\n"
	"\n"
	"example: noroshi match --indicators alert.json --out case-7 *.pcap\n";

enum match_option {
	OPT_HELP = 'h',
	OPT_INDICATORS = 256,
	OPT_FORMAT,
	OPT_IOC,
	OPT_OUT,
	OPT_PACKETS,
	OPT_WORKERS,
	OPT_FILTER,
	OPT_FROM,
	OPT_TO,
	OPT_HOME,
	OPT_VALIDITY,
	OPT_AT,
	OPT_SUBDOMAINS,
	OPT_NO_GUARDS,
	OPT_STRICT,
	OPT_NO_LENIENT,
	OPT_ROTATED,
	OPT_POLICY,
	OPT_SHADOW,
	OPT_EXCEPT,
	OPT_EVE,
	OPT_FLOWS,
	OPT_SEEN,
	OPT_HOURS,
	OPT_AS_TABLE,
	OPT_IPFIX,
	OPT_EXERCISE,
	OPT_MAX_TLP,
	OPT_COVERAGE,
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"indicators", required_argument, NULL, OPT_INDICATORS},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"ioc", required_argument, NULL, OPT_IOC},
	{"out", required_argument, NULL, OPT_OUT},
	{"packets", required_argument, NULL, OPT_PACKETS},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"filter", required_argument, NULL, OPT_FILTER},
	{"from", required_argument, NULL, OPT_FROM},
	{"to", required_argument, NULL, OPT_TO},
	{"home-net", required_argument, NULL, OPT_HOME},
	{"validity", required_argument, NULL, OPT_VALIDITY},
	{"at", required_argument, NULL, OPT_AT},
	{"subdomains", no_argument, NULL, OPT_SUBDOMAINS},
	{"no-guards", no_argument, NULL, OPT_NO_GUARDS},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"no-lenient", required_argument, NULL, OPT_NO_LENIENT},
	{"rotated", no_argument, NULL, OPT_ROTATED},
	{"policy", required_argument, NULL, OPT_POLICY},
	{"shadow", no_argument, NULL, OPT_SHADOW},
	{"except", required_argument, NULL, OPT_EXCEPT},
	{"eve", no_argument, NULL, OPT_EVE},
	{"flows", required_argument, NULL, OPT_FLOWS},
	{"seen", required_argument, NULL, OPT_SEEN},
	{"hours", required_argument, NULL, OPT_HOURS},
	{"as-table", required_argument, NULL, OPT_AS_TABLE},
	{"ipfix", required_argument, NULL, OPT_IPFIX},
	{"exercise", required_argument, NULL, OPT_EXERCISE},
	{"max-tlp", required_argument, NULL, OPT_MAX_TLP},
	{"coverage", no_argument, NULL, OPT_COVERAGE},
	{NULL, 0, NULL, 0}};

static int wrong(const char *name, const char *value, const char *wanted)
{
	nrs_say("--%s %s: %s", name, value, wanted);
	return NRS_E_USAGE;
}

static int read_time(const char *name, const char *value, int64_t *out)
{
	return nrs_option_time(name, value, out) ? NRS_OK : NRS_E_USAGE;
}

static int read_validity(const char *value, enum nrs_validity *out)
{
	static const char *const names[] = {"since-expiry", "strict", "now"};

	for (unsigned int i = 0; i < 3; i++) {
		if (strcmp(value, names[i]) == 0) {
			*out = (enum nrs_validity)i;
			return NRS_OK;
		}
	}
	return wrong("validity", value, "since-expiry, strict or now");
}

static int read_workers(const char *value, unsigned int *out)
{
	uint64_t number = 0;

	if (nrs_span_u64(nrs_span_of(value), &number) != NRS_OK || number < 1 ||
	    number > NRS_WORKERS_MAX)
		return wrong("workers", value, "a number from 1 to 64");
	*out = (unsigned int)number;
	return NRS_OK;
}

static int add(char *list[NRS_ARGS_MAX], unsigned int *count, char *value,
	       const char *name)
{
	if (*count == NRS_ARGS_MAX)
		return wrong(name, value, "given too often");
	list[(*count)++] = value;
	return NRS_OK;
}

static int read_filter(struct nrs_match_options *o, const char *value)
{
	struct nrs_diag diag = {0};

	nrs_filter_free(o->filter);
	o->filter = NULL;
	return nrs_filter_new(&o->filter, value, &diag) == NRS_OK
		       ? NRS_OK
		       : wrong("filter", value, diag.text);
}

static int read_format(struct nrs_match_options *o, const char *value)
{
	struct nrs_diag diag = {0};

	o->loading.format = value;
	return nrs_format_check(nrs_span_of(value), &diag) == NRS_OK
		       ? NRS_OK
		       : wrong("format", value, diag.text);
}

static void read_log(struct nrs_match_files *files, int option,
		     const char *value)
{
	if (option == OPT_FLOWS)
		files->flows = value;
	else if (option == OPT_SEEN)
		files->seen = value;
	else if (option == OPT_HOURS)
		files->hours = value;
	else if (option == OPT_IPFIX)
		files->ipfix = value;
	else
		files->as_table = value;
}

static int read_tlp(const char *value, enum nrs_tlp *out)
{
	return nrs_tlp_parse(nrs_span_of(value), out)
		       ? NRS_OK
		       : wrong("max-tlp", value,
			       "clear, green, amber, amber+strict or red");
}

/* What takes no value. */
static void read_switch(struct nrs_match_options *o, int option)
{
	o->is_rotated |= option == OPT_ROTATED;
	o->subdomains |= option == OPT_SUBDOMAINS;
	o->no_guards |= option == OPT_NO_GUARDS;
	o->strict |= option == OPT_STRICT;
	if (option == OPT_SHADOW)
		o->extras |= NRS_MATCH_SHADOW;
	if (option == OPT_EVE)
		o->extras |= NRS_MATCH_EVE;
	if (option == OPT_COVERAGE)
		o->extras |= NRS_MATCH_COVERAGE;
}

static int read_option(struct nrs_match_options *o, int option, char *value)
{
	switch (option) {
	case OPT_INDICATORS:
		return add(o->indicators, &o->indicator_count, value,
			   "indicators");
	case OPT_FORMAT:
		return read_format(o, value);
	case OPT_IOC:
		return add(o->values, &o->value_count, value, "ioc");
	case OPT_OUT:
		o->out = value;
		return NRS_OK;
	case OPT_PACKETS:
		o->files.packets = value;
		return NRS_OK;
	case OPT_WORKERS:
		return read_workers(value, &o->workers);
	case OPT_FILTER:
		return read_filter(o, value);
	case OPT_FROM:
		return read_time("from", value, &o->from_ns);
	case OPT_TO:
		return read_time("to", value, &o->to_ns);
	case OPT_HOME:
		o->has_home = true;
		return nrs_home_nets_parse(&o->home, nrs_span_of(value)) ==
				       NRS_OK
			       ? NRS_OK
			       : wrong("home-net", value,
				       "no list of networks");
	case OPT_VALIDITY:
		return read_validity(value, &o->validity);
	case OPT_AT:
		return read_time("at", value, &o->at_ns);
	case OPT_NO_LENIENT:
		return nrs_leniency_parse(nrs_span_of(value),
					  &o->lenient_off) == NRS_OK
			       ? NRS_OK
			       : wrong("no-lenient", value,
				       "no leniencies (noroshi check --help)");
	case OPT_POLICY:
		o->loading.policy = value;
		return NRS_OK;
	case OPT_EXCEPT:
		return add(o->exceptions.paths, &o->exceptions.count, value,
			   "except");
	case OPT_FLOWS:
	case OPT_SEEN:
	case OPT_HOURS:
	case OPT_AS_TABLE:
	case OPT_IPFIX:
		read_log(&o->files, option, value);
		return NRS_OK;
	case OPT_MAX_TLP:
		return read_tlp(value, &o->max_tlp);
	case OPT_EXERCISE:
		o->loading.exercise = value;
		return NRS_OK;
	case OPT_ROTATED:
	case OPT_SUBDOMAINS:
	case OPT_NO_GUARDS:
	case OPT_STRICT:
	case OPT_SHADOW:
	case OPT_EVE:
	case OPT_COVERAGE:
		read_switch(o, option);
		return NRS_OK;
	case OPT_HELP:
		fputs(help, stdout);
		return NRS_E_NOTFOUND;
	default: /* getopt has said it */
		return NRS_E_USAGE;
	}
}

static unsigned int processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > 16 ? 16 : (unsigned int)count;
}

/* The captures are read twice, and must not be written over. */
static int check_packets(const struct nrs_match_options *o)
{
	struct stat to, from;

	for (unsigned int i = 0; i < o->capture_count; i++) {
		if (strcmp(o->captures[i], "-") == 0)
			return wrong("packets", o->files.packets,
				     "needs a second pass, and standard input "
				     "cannot be read twice");
		if (stat(o->files.packets, &to) == 0 &&
		    stat(o->captures[i], &from) == 0 &&
		    to.st_dev == from.st_dev && to.st_ino == from.st_ino)
			return wrong("packets", o->files.packets,
				     "is one of the captures");
	}
	return NRS_OK;
}

static int check_shadow(const struct nrs_match_options *o)
{
	for (unsigned int i = 0;
	     i < o->capture_count && (o->extras & NRS_MATCH_SHADOW) != 0; i++) {
		if (strcmp(o->captures[i], "-") == 0) {
			nrs_say("--shadow needs a second pass, and standard "
				"input cannot be read twice");
			return NRS_E_USAGE;
		}
	}
	return NRS_OK;
}

/* What holds between options. Logs are worth a pass without indicators. */
static int check_together(const struct nrs_match_options *o)
{
	const struct nrs_match_files *files = &o->files;
	const bool has_flows = files->flows != NULL || files->ipfix != NULL;
	const char *wrong_for = NULL;

	if (o->indicator_count + o->value_count == 0 &&
	    o->loading.policy == NULL && !has_flows && files->seen == NULL &&
	    files->hours == NULL)
		wrong_for = "no indicators (--indicators FILE, --ioc VALUE or "
			    "--policy FILE)";
	else if ((o->extras & NRS_MATCH_EVE) != 0 && o->out == NULL)
		wrong_for = "--eve: where to? (--out DIR)";
	else if (files->as_table != NULL && !has_flows)
		wrong_for = "--as-table is for --flows DIR or --ipfix "
			    "ADDRESS:PORT";
	else if (o->from_ns >= o->to_ns)
		wrong_for = "--from is not before --to";
	if (wrong_for == NULL)
		return NRS_OK;
	nrs_say("match: %s", wrong_for);
	return NRS_E_USAGE;
}

int nrs_match_options_read(struct nrs_match_options *o, int argc, char **argv)
{
	int option;

	*o = (struct nrs_match_options){.workers = processors(),
					.from_ns = NRS_TIME_MIN,
					.to_ns = NRS_TIME_MAX};
	o->at_ns = nrs_wall_ns();
	nrs_home_nets_default(&o->home);
	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 NULL)) != -1) {
		const int err = read_option(o, option, optarg);

		if (err != NRS_OK)
			return err;
	}
	o->captures = (const char *const *)argv + optind;
	o->capture_count = (unsigned int)(argc - optind);
	if (o->capture_count == 0) {
		nrs_say("match: no capture given");
		return NRS_E_USAGE;
	}
	const int said = check_together(o);
	if (said != NRS_OK)
		return said;
	const int err = check_shadow(o);
	return err != NRS_OK || o->files.packets == NULL ? err
							 : check_packets(o);
}
