/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_compile: files of indicators into one image that opens at once.
 */
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/command.h"
#include "app/image_key.h"
#include "app/policy_file.h"
#include "app/threads.h"
#include "sightings/sighted.h"

static const char help[] =
	"usage: noroshi compile -o SET.nrs [OPTION...] FILE...\n"
	"\n"
	"Writes indicators, compiled, to a file that the other commands open\n"
	"in an instant where they take FILEs of indicators.\n"
	"\n"
	"  -o, --out SET.nrs   the image, replaced whole\n"
	"  --ioc VALUE         one value more; may be given again\n"
	"  --format NAME       of the files, instead of asking their content\n"
	"  --subdomains        names match their subdomains too\n"
	"  --no-guards         take also what must never match alone\n"
	"  --strict, --no-lenient NAME,...  as in noroshi check --help\n"
	"  --home-net CIDR,... own networks, which the guards refuse\n"
	"  --policy FILE       choose by the rules of this noroshi.yaml; "
	"without\n"
	"                      FILEs also what it names\n"
	"  --except LIST       a list of what must not alert, or warninglist; "
	"may\n"
	"                      be given again\n"
	"\n"
	"What is chosen is chosen for good: match and check take neither for "
	"an\n"
	"image, and run only for what comes beside it.\n"
	"\n"
	"An image is for this release of noroshi and this kind of machine.\n"
	"example: noroshi compile -o set.nrs feeds/*.json blocklist.txt\n";

#define VALUES_MAX 1024

struct compile {
	const char *out;
	char *values[VALUES_MAX];
	unsigned int value_count;
	const char *format;
	bool subdomains, no_guards, strict;
	uint32_t lenient_off;
	struct nrs_home_nets home;
	const char *policy;
	char *exceptions[NRS_EXCEPTIONS_MAX];
	unsigned int exception_count;
};

static const struct option options_table[] = {
	{"help", no_argument, NULL, 'h'},
	{"out", required_argument, NULL, 'o'},
	{"ioc", required_argument, NULL, 'i'},
	{"format", required_argument, NULL, 'f'},
	{"subdomains", no_argument, NULL, 's'},
	{"no-guards", no_argument, NULL, 'g'},
	{"home-net", required_argument, NULL, 'n'},
	{"policy", required_argument, NULL, 'p'},
	{"except", required_argument, NULL, 'x'},
	{"strict", no_argument, NULL, 't'},
	{"no-lenient", required_argument, NULL, 'l'},
	{NULL, 0, NULL, 0}};

/* NRS_E_USAGE, said. */
static int read_option(struct compile *c, int option, char *value)
{
	struct nrs_diag diag = {0};

	switch (option) {
	case 'o':
		c->out = value;
		return NRS_OK;
	case 'i':
		if (c->value_count == VALUES_MAX) {
			nrs_say("--ioc given too often");
			return NRS_E_USAGE;
		}
		c->values[c->value_count++] = value;
		return NRS_OK;
	case 'f':
		c->format = value;
		if (nrs_format_check(nrs_span_of(value), &diag) == NRS_OK)
			return NRS_OK;
		nrs_say("--format: %s", diag.text);
		return NRS_E_USAGE;
	case 'p':
		c->policy = value;
		return NRS_OK;
	case 'x':
		if (c->exception_count == NRS_EXCEPTIONS_MAX) {
			nrs_say("--except given too often");
			return NRS_E_USAGE;
		}
		c->exceptions[c->exception_count++] = value;
		return NRS_OK;
	case 's':
		c->subdomains = true;
		return NRS_OK;
	case 'g':
		c->no_guards = true;
		return NRS_OK;
	case 't':
		c->strict = true;
		return NRS_OK;
	case 'l':
		if (nrs_leniency_parse(nrs_span_of(value), &c->lenient_off) ==
		    NRS_OK)
			return NRS_OK;
		nrs_say("--no-lenient %s: no such leniency", value);
		return NRS_E_USAGE;
	case 'n':
		if (nrs_home_nets_parse(&c->home, nrs_span_of(value)) == NRS_OK)
			return NRS_OK;
		nrs_say("--home-net %s: no list of networks", value);
		return NRS_E_USAGE;
	default: /* getopt has said it */
		return NRS_E_USAGE;
	}
}

static void say_size(const struct compile *c, const struct nrs_set *set)
{
	const uint32_t count = nrs_set_count(set);
	struct nrs_text summary = {0};
	struct stat st;

	nrs_set_summary(set, &summary);
	nrs_say("%.*s", (int)summary.len, (const char *)summary.ptr);
	nrs_text_fini(&summary);
	if (stat(c->out, &st) == 0)
		nrs_say("written: %s, %.1f MB, %.0f octets for each indicator",
			c->out, (double)st.st_size / 1e6,
			count == 0 ? 0.0 : (double)st.st_size / count);
}

static int write_image(const struct compile *c, const struct nrs_db *db)
{
	uint8_t key[NRS_IMAGE_KEY_LEN];
	struct nrs_diag diag = {0};
	const bool has_key = nrs_image_key(key, true);

	if (!has_key)
		nrs_say("no key can be made: regular expressions are compiled "
			"anew by who opens the image");
	const int err = nrs_image_write(
		c->out, db, nrs_span(key, has_key ? sizeof(key) : 0), &diag);
	if (err != NRS_OK)
		nrs_say("cannot write %s: %s", c->out,
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return err;
}

static int compile(const struct compile *c,
		   const struct nrs_policy_file *policy, char **paths,
		   unsigned int count)
{
	const struct nrs_load loading = {
		.paths = paths,
		.path_count = count,
		.policy = policy,
		.values = (char *const *)c->values,
		.value_count = c->value_count,
		.options = {.subdomains = c->subdomains,
			    .format = nrs_span_of(c->format)}};
	struct nrs_build_options building = {
		.seats = 1,
		.subdomains = c->subdomains,
		.guards = !c->no_guards,
		.strict = c->strict,
		.lenient_off = c->lenient_off,
		.own = {c->home.nets, c->home.count}};
	const struct nrs_choose_options choosing = {
		.building = &building,
		.allow = policy->allow,
		.select = nrs_choice_select(policy->choice),
		.at_ns = nrs_wall_ns()};
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	unsigned int failed = 0;
	int err = nrs_load_all(&set, &loading, &failed);

	nrs_policy_build(policy, &building);
	if (err == NRS_OK)
		err = nrs_choose(set, &choosing);
	if (err == NRS_OK)
		err = nrs_db_build(&db, set, &building);
	if (err != NRS_OK)
		nrs_say("compile: %s", nrs_strerror(err));
	else if (failed > 0)
		nrs_say("%s is not written: not all of it could be read",
			c->out);
	else
		err = write_image(c, db);
	if (err == NRS_OK && failed == 0)
		say_size(c, set);
	nrs_db_free(db);
	nrs_set_free(set);
	return err != NRS_OK || failed > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

static int run(const struct compile *c, char **paths, unsigned int count)
{
	struct nrs_policy_file policy;
	int status = NRS_EXIT_USAGE;
	int err = nrs_policy_open(&policy, c->policy);

	if (err == NRS_OK)
		err = nrs_policy_except(&policy, (char *const *)c->exceptions,
					c->exception_count);
	if (err == NRS_OK)
		status = compile(c, &policy, paths, count);
	else if (err != NRS_E_USAGE)
		nrs_say("compile: %s", nrs_strerror(err));
	nrs_policy_close(&policy);
	return status;
}

/* "-o *.json" names a source of somebody's. */
static bool is_in_the_way(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	       !nrs_image_is(path);
}

int nrs_cmd_compile(int argc, char **argv)
{
	struct compile c = {0};
	int option;

	while ((option = nrs_next_option(argc, argv, "ho:", options_table,
					 NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return NRS_EXIT_OK;
		}
		if (read_option(&c, option, optarg) != NRS_OK)
			return NRS_EXIT_USAGE;
	}
	if (c.out == NULL) {
		nrs_say("compile: no -o SET.nrs given");
		return NRS_EXIT_USAGE;
	}
	if (is_in_the_way(c.out)) {
		nrs_say("compile: -o %s: is there, is no image, and is left "
			"alone",
			c.out);
		return NRS_EXIT_USAGE;
	}
	if (optind == argc && c.value_count == 0 && c.policy == NULL) {
		nrs_say("compile: no file given");
		return NRS_EXIT_USAGE;
	}
	return run(&c, argv + optind, (unsigned int)(argc - optind));
}
