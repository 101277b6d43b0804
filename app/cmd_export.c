/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_export: counter-measure files for other systems. Nothing is pushed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/loaded.h"
#include "app/policy_file.h"
#include "loaders/choose.h"
#include "loaders/lifetime.h"
#include "sightings/export.h"
#include "sightings/sighted.h"

static const char help[] =
	"usage: noroshi export --as WHAT [--out FILE] [OPTION...] FILE...\n"
	"\n"
	"Writes a counter-measure file for another system, from what may be\n"
	"used so: valid now, not above the ceiling, and of no purpose that\n"
	"forbids it. Beside each entry: owner, end, indicator. Nothing is\n"
	"pushed anywhere. What is left out is counted on stderr, with why.\n"
	"\n"
	"  --policy FILE, --except LIST  what this noroshi.yaml wants, of what "
	"it\n"
	"                   names if no FILE is given; not what LIST covers\n"
	"  --as rpz|nftables|suricata|zeek|squid|list|stix\n"
	"  --out FILE       instead of standard output\n"
	"  --dry-run        only say what would be in it and what would not\n"
	"  --why            a line for each indicator that is left out\n"
	"  --at TIME        valid at TIME instead of now\n"
	"  --max-tlp LEVEL  ceiling: clear, green, amber, amber+strict (the\n"
	"                   default; unmarked is that) or red\n"
	"  --min-confidence N  only what says at least N\n"
	"  --home-net CIDR,...  own networks, never written (default RFC 1918\n"
	"                   and the like)\n"
	"  --subdomains     names of lists stand for what is below them too\n"
	"  --lifetime LENGTH | TYPE=LENGTH,...  when what does not say so "
	"ends\n"
	"  --sid N, --format NAME  first number of Suricata rules (7700000);\n"
	"                   format of the files, whatever they look like\n"
	"\n"
	"example: noroshi export --as rpz --out rpz.noroshi alert.json\n";

struct options {
	struct nrs_export_options export;
	struct nrs_home_nets home;
	const char *out, *format, *lifetime;
	const char *policy;
	char *exceptions[NRS_EXCEPTIONS_MAX];
	unsigned int exception_count;
	bool dry_run, why, subdomains, has_home;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"as", required_argument, NULL, 'A'},
	{"out", required_argument, NULL, 'o'},
	{"policy", required_argument, NULL, 'p'},
	{"except", required_argument, NULL, 'x'},
	{"dry-run", no_argument, NULL, 'd'},
	{"why", no_argument, NULL, 'w'},
	{"at", required_argument, NULL, 'a'},
	{"max-tlp", required_argument, NULL, 't'},
	{"min-confidence", required_argument, NULL, 'c'},
	{"home-net", required_argument, NULL, 'n'},
	{"subdomains", no_argument, NULL, 's'},
	{"sid", required_argument, NULL, 'S'},
	{"lifetime", required_argument, NULL, 'l'},
	{"format", required_argument, NULL, 'f'},
	{NULL, 0, NULL, 0}};

static void put_left(struct nrs_text *out, const char *title,
		     const struct nrs_export_left *left)
{
	for (unsigned int i = 0;
	     i < NRS_EXPORT_REASONS && left[i].reason != NULL; i++)
		nrs_text_printf(out, "%s %llu: %s\n", title,
				(unsigned long long)left[i].count,
				left[i].reason);
}

/* What became of all of them, on stderr: the file may be on stdout. */
static void say_result(const struct options *o,
		       const struct nrs_export_result *result,
		       const struct nrs_text *why)
{
	struct nrs_text out = {0};

	nrs_text_printf(
		&out, "%llu of %llu indicators are in %llu entries for %s\n",
		(unsigned long long)result->used,
		(unsigned long long)result->indicators,
		(unsigned long long)result->entries, o->export.target->name);
	put_left(&out, "  not allowed", result->refused);
	put_left(&out, "  cannot be said", result->unsaid);
	nrs_text_add(&out, nrs_text_span(why));
	fwrite(out.ptr, 1, out.len, stderr);
	nrs_text_fini(&out);
}

/* Nobody's own network goes out: as the policy says where it is. */
static int export_set(const struct options *o,
		      const struct nrs_policy_file *policy,
		      const struct nrs_set *set, bool is_whole)
{
	const struct nrs_home_nets *home =
		policy->config != NULL && !o->has_home
			? &policy->config->home_net
			: &o->home;
	struct nrs_export_result *result = malloc(sizeof(*result));
	struct nrs_export_options options = o->export;
	struct nrs_text out = {0}, why = {0};
	int err = NRS_E_NOMEM;

	options.why = o->why ? &why : NULL;
	options.rules.use = o->export.target->use;
	options.own = (struct nrs_guard_own){.nets = home->nets,
					     .count = home->count};
	if (result != NULL)
		err = nrs_export(&out, set, &options, result);
	if (err == NRS_OK)
		say_result(o, result, &why);
	if (o->out != NULL && !is_whole)
		nrs_say("%s is not written: not all of it could be read",
			o->out);
	else if (err == NRS_OK && !o->dry_run)
		err = nrs_write_file(o->out, &out);
	nrs_text_fini(&out);
	nrs_text_fini(&why);
	free(result);
	return err;
}

static int load(const struct options *o, struct nrs_policy_file *policy,
		struct nrs_loaded *loaded, char **paths, unsigned int count)
{
	struct nrs_build_options building = {.seats = 1, .guards = true};
	const struct nrs_choose_options choosing = {
		.building = &building,
		.allow = policy->allow,
		.select = nrs_choice_select(policy->choice),
		.at_ns = o->export.rules.at_ns,
		.judge = true};
	const struct nrs_load loading = {
		.paths = paths,
		.path_count = count,
		.policy = policy,
		.choosing = policy->config != NULL || policy->allow != NULL
				    ? &choosing
				    : NULL,
		.options = {.format = nrs_span_of(o->format),
			    .lifetime = nrs_span_of(o->lifetime),
			    .subdomains = o->subdomains}};

	nrs_policy_build(policy, &building);
	return nrs_loaded_judge(loaded, &loading, &building);
}

static int run(const struct options *o, char **paths, unsigned int count)
{
	struct nrs_policy_file policy;
	struct nrs_loaded loaded = {0};
	int err = nrs_policy_open(&policy, o->policy);

	if (err == NRS_OK)
		err = nrs_policy_except(&policy, o->exceptions,
					o->exception_count);
	if (err == NRS_E_USAGE) {
		nrs_policy_close(&policy);
		return NRS_EXIT_USAGE;
	}
	if (err == NRS_OK)
		err = load(o, &policy, &loaded, paths, count);
	const unsigned int failed = loaded.failed;
	if (err == NRS_OK)
		err = export_set(o, &policy, loaded.set, failed == 0);
	if (err != NRS_OK && err != NRS_E_IO)
		nrs_say("export: %s", nrs_strerror(err));
	nrs_loaded_fini(&loaded);
	nrs_policy_close(&policy);
	return err != NRS_OK || failed > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

static bool read_number(const char *text, uint64_t max, uint64_t *out)
{
	return nrs_span_u64(nrs_span_of(text), out) == NRS_OK && *out <= max;
}

/* An option with a value: false if that is none. */
static bool read_value(struct options *o, int option, const char *value)
{
	uint64_t number = 0;

	switch (option) {
	case 'A':
		o->export.target = nrs_export_target(nrs_span_of(value));
		return o->export.target != NULL;
	case 'a':
		return nrs_stamp_parse_human(nrs_span_of(value),
					     &o->export.rules.at_ns) == NRS_OK;
	case 't':
		return nrs_tlp_parse(nrs_span_of(value),
				     &o->export.rules.max_tlp);
	case 'c':
		if (!read_number(value, 100, &number))
			return false;
		o->export.rules.min_confidence = (int8_t)number;
		return true;
	case 'p':
		o->policy = value;
		return true;
	case 'n':
		o->has_home = true;
		return nrs_home_nets_parse(&o->home, nrs_span_of(value)) ==
		       NRS_OK;
	case 'S':
		if (!read_number(value, 2000000000, &number))
			return false;
		o->export.first_sid = (uint32_t)number;
		return true;
	case 'o':
		o->out = value;
		return true;
	case 'l':
		o->lifetime = value;
		return nrs_lifetimes_read(nrs_span_of(value),
					  &(struct nrs_lifetimes){0},
					  NULL) == NRS_OK;
	default:
		o->format = value;
		return true;
	}
}

static bool read_option(struct options *o, int option, const char *name)
{
	switch (option) {
	case '?':
		return false;
	case 'd':
		o->dry_run = true;
		return true;
	case 'w':
		o->why = true;
		return true;
	case 's':
		o->subdomains = true;
		return true;
	case 'x':
		if (o->exception_count < NRS_EXCEPTIONS_MAX) {
			o->exceptions[o->exception_count++] = optarg;
			return true;
		}
		nrs_say("--except: given too often");
		return false;
	default:
		if (read_value(o, option, optarg))
			return true;
		nrs_say("--%s: not '%s' (noroshi export --help)", name, optarg);
		return false;
	}
}

int nrs_cmd_export(int argc, char **argv)
{
	struct options o = {.export = {.rules = {.at_ns = (int64_t)time(NULL) *
							  NRS_SECOND_NS},
				       .first_sid = 7700000}};
	int option, which = 0;

	nrs_home_nets_default(&o.home);
	while ((option = nrs_next_option(argc, argv, "h", options_table,
					 &which)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return NRS_EXIT_OK;
		}
		if (!read_option(&o, option, options_table[which].name))
			return NRS_EXIT_USAGE;
	}
	if (o.export.target == NULL) {
		nrs_say("export: --as is wanted, one of rpz, nftables, "
			"suricata, zeek, squid, list, stix");
		return NRS_EXIT_USAGE;
	}
	if (optind == argc && o.policy == NULL) {
		nrs_say("export: no file given");
		return NRS_EXIT_USAGE;
	}
	return run(&o, argv + optind, (unsigned int)(argc - optind));
}
