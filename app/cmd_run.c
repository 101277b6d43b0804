/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run: the command line of `noroshi run`.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/command.h"
#include "app/replay.h"
#include "app/run.h"

#define FILES_MAX 64
#define NAME_ROOM 256
#define STATE_ROOM 4096
#define BUFFER_BYTES (64 * 1024 * 1024)

static const char help[] =
	"usage: noroshi run --interface IF --indicators FILE [OPTION...]\n"
	"       noroshi run --interface IF --taxii URL --collection ID ...\n"
	"\n"
	"Matches live traffic until it is told to end (SIGINT, SIGTERM).\n"
	"\n"
	"  --interface IF      capture here; may be given again\n"
	"  --indicators FILE   STIX 2.0 or 2.1 bundle, or a list of values;\n"
	"                      may be given again. Replaced by another file, "
	"it\n"
	"                      is read again (SIGHUP: at once)\n"
	"  --taxii URL         pull from this TAXII 2.1 hub (discovery or API\n"
	"                      root)\n"
	"  --collection ID     its collection: id, alias or title\n"
	"  --auth KIND:FILE    basic:FILE (user:password in it), bearer:FILE;\n"
	"                      the file must be mode 0600\n"
	"  --ca FILE           authorities to trust instead of the system's\n"
	"  --interval SECONDS  between two pulls (300)\n"
	"  --state DIR         what must survive a restart\n"
	"  --out DIR           write hits.jsonl there (rotated at 100 MB)\n"
	"  --workers N         threads that match (default: one per "
	"processor)\n"
	"  --filter BPF        only packets that pass, as in tcpdump\n"
	"  --home-net CIDR,... own networks (default: private addresses)\n"
	"  --subdomains        names match their subdomains too\n"
	"  --promiscuous       also packets that are not for this machine\n"
	"\n"
	"example: noroshi run --interface eth1 --indicators alert.json --out "
	".\n"
	"exit status: 0 ran, 1 could not do all that was asked, 2 wrong "
	"usage\n";

enum run_option {
	OPT_HELP = 'h',
	OPT_INTERFACE = 256,
	OPT_INDICATORS,
	OPT_TAXII,
	OPT_COLLECTION,
	OPT_AUTH,
	OPT_CA,
	OPT_INTERVAL,
	OPT_STATE,
	OPT_OUT,
	OPT_WORKERS,
	OPT_FILTER,
	OPT_HOME,
	OPT_SUBDOMAINS,
	OPT_PROMISCUOUS,
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, OPT_HELP},
	{"interface", required_argument, NULL, OPT_INTERFACE},
	{"indicators", required_argument, NULL, OPT_INDICATORS},
	{"taxii", required_argument, NULL, OPT_TAXII},
	{"collection", required_argument, NULL, OPT_COLLECTION},
	{"auth", required_argument, NULL, OPT_AUTH},
	{"ca", required_argument, NULL, OPT_CA},
	{"interval", required_argument, NULL, OPT_INTERVAL},
	{"state", required_argument, NULL, OPT_STATE},
	{"out", required_argument, NULL, OPT_OUT},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"filter", required_argument, NULL, OPT_FILTER},
	{"home-net", required_argument, NULL, OPT_HOME},
	{"subdomains", no_argument, NULL, OPT_SUBDOMAINS},
	{"promiscuous", no_argument, NULL, OPT_PROMISCUOUS},
	{NULL, 0, NULL, 0}};

struct run_arguments {
	struct nrs_run_settings settings;
	const char *interfaces[NRS_LIVE_INTERFACES_MAX];
	struct nrs_supply_file files[FILES_MAX];
	struct nrs_hub_settings hub;
	char source[NAME_ROOM], state[STATE_ROOM];
};

static int wrong(const char *name, const char *value, const char *wanted)
{
	nrs_say("--%s %s: %s", name, value, wanted);
	return NRS_E_USAGE;
}

static int add_interface(struct run_arguments *a, const char *value)
{
	if (a->settings.live.interface_count == NRS_LIVE_INTERFACES_MAX)
		return wrong("interface", value, "given too often");
	a->interfaces[a->settings.live.interface_count++] = value;
	return NRS_OK;
}

static int add_file(struct run_arguments *a, const char *value)
{
	if (a->settings.file_count == FILES_MAX)
		return wrong("indicators", value, "given too often");
	a->files[a->settings.file_count++].path = value;
	return NRS_OK;
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

static int read_auth(struct nrs_auth_config *out, const char *value)
{
	static const struct {
		const char *prefix;
		enum nrs_auth_kind kind;
	} kinds[] = {{"basic:", NRS_AUTH_BASIC}, {"bearer:", NRS_AUTH_BEARER}};

	for (unsigned int i = 0; i < 2; i++) {
		const size_t len = strlen(kinds[i].prefix);

		if (strncmp(value, kinds[i].prefix, len) != 0)
			continue;
		out->kind = kinds[i].kind;
		out->secret_file = value + len;
		return NRS_OK;
	}
	return wrong("auth", value, "basic:FILE or bearer:FILE");
}

static int read_interval(const char *value, uint32_t *out)
{
	uint64_t number = 0;

	if (nrs_span_u64(nrs_span_of(value), &number) != NRS_OK || number < 1 ||
	    number > 86400)
		return wrong("interval", value, "seconds from 1 to 86400");
	*out = (uint32_t)number;
	return NRS_OK;
}

static int read_hub_option(struct run_arguments *a, int option,
			   const char *value)
{
	switch (option) {
	case OPT_TAXII:
		a->hub.url = value;
		return NRS_OK;
	case OPT_COLLECTION:
		a->hub.collection = value;
		return NRS_OK;
	case OPT_AUTH:
		return read_auth(&a->hub.auth, value);
	case OPT_CA:
		a->hub.http.ca_file = value;
		return NRS_OK;
	case OPT_INTERVAL:
		return read_interval(value, &a->hub.interval_s);
	default:
		a->settings.state = value;
		return NRS_OK;
	}
}

static int read_option(struct run_arguments *a, int option, const char *value)
{
	struct nrs_run_settings *s = &a->settings;

	switch (option) {
	case OPT_INTERFACE:
		return add_interface(a, value);
	case OPT_INDICATORS:
		return add_file(a, value);
	case OPT_TAXII:
	case OPT_COLLECTION:
	case OPT_AUTH:
	case OPT_CA:
	case OPT_INTERVAL:
	case OPT_STATE:
		return read_hub_option(a, option, value);
	case OPT_OUT:
		s->out = value;
		return NRS_OK;
	case OPT_WORKERS:
		return read_workers(value, &s->workers);
	case OPT_FILTER:
		s->live.filter = value;
		return NRS_OK;
	case OPT_HOME:
		return nrs_home_nets_parse(&s->home, nrs_span_of(value)) ==
				       NRS_OK
			       ? NRS_OK
			       : wrong("home-net", value,
				       "no list of networks");
	case OPT_SUBDOMAINS:
		s->subdomains = true;
		return NRS_OK;
	case OPT_PROMISCUOUS:
		s->live.promiscuous = true;
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

/* Where a service or a person keeps state, if nothing else was said. */
static const char *default_state(struct run_arguments *a)
{
	const char *base = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (geteuid() == 0)
		return "/var/lib/noroshi";
	if (base != NULL && base[0] == '/')
		(void)snprintf(a->state, sizeof(a->state), "%s/noroshi", base);
	else if (home != NULL)
		(void)snprintf(a->state, sizeof(a->state),
			       "%s/.local/state/noroshi", home);
	return a->state;
}

/* The source's name is host/collection. */
static int check_hub(struct run_arguments *a)
{
	struct nrs_run_settings *s = &a->settings;
	const char *host = strstr(a->hub.url, "://");

	if (a->hub.collection == NULL || host == NULL) {
		nrs_say("run: --taxii wants a URL and --collection");
		return NRS_E_USAGE;
	}
	host += 3;
	(void)snprintf(a->source, sizeof(a->source), "%.*s/%s",
		       (int)strcspn(host, "/"), host, a->hub.collection);
	a->hub.name = a->source;
	a->hub.loading.subdomains = s->subdomains;
	s->hubs = &a->hub;
	s->hub_count = 1;
	if (s->state == NULL)
		s->state = default_state(a);
	return NRS_OK;
}

static int check(struct run_arguments *a)
{
	struct nrs_run_settings *s = &a->settings;

	if (s->live.interface_count == 0) {
		nrs_say("run: no interface (--interface IF)");
		return NRS_E_USAGE;
	}
	if (s->file_count == 0 && a->hub.url == NULL) {
		nrs_say("run: no indicators (--indicators FILE or --taxii "
			"URL --collection ID)");
		return NRS_E_USAGE;
	}
	if (a->hub.url != NULL && check_hub(a) != NRS_OK)
		return NRS_E_USAGE;
	for (unsigned int i = 0; i < s->file_count; i++)
		a->files[i].options.subdomains = s->subdomains;
	s->live.interfaces = a->interfaces;
	s->files = a->files;
	return NRS_OK;
}

int nrs_cmd_run(int argc, char **argv)
{
	struct run_arguments a = {
		.settings = {.live = {.buffer_bytes = BUFFER_BYTES},
			     .workers = processors(),
			     .flows_total = 1u << 20,
			     .validity = NRS_VALIDITY_STRICT,
			     .rotate_bytes = 100000000,
			     .keep = 10}};
	int option, err = NRS_OK;

	nrs_home_nets_default(&a.settings.home);
	while (err == NRS_OK &&
	       (option = getopt_long(argc, argv, "h", options_table, NULL)) !=
		       -1)
		err = read_option(&a, option, optarg);
	if (err == NRS_OK && optind < argc)
		err = wrong("interface", argv[optind],
			    "run takes no other arguments");
	if (err == NRS_OK)
		err = check(&a);
	if (err == NRS_E_NOTFOUND)
		return NRS_EXIT_OK;
	return err != NRS_OK ? NRS_EXIT_USAGE : nrs_run(&a.settings);
}
