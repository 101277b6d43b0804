/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run: the command line of `noroshi run`: what a configuration file could
 * say too comes from the same table.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/config_read.h"
#include "app/config_schema.h"
#include "app/run.h"

#define OPTIONS_MAX 64
#define GIVEN_MAX 256
#define OF_TABLE 256 /* getopt's value of the table's first option */

static const char head[] =
	"usage: noroshi run -c FILE [OPTION...]\n"
	"       noroshi run --interface IF --indicators FILE [OPTION...]\n"
	"       noroshi run --interface IF --taxii URL --collection ID ...\n"
	"\n"
	"Matches live traffic until SIGINT or SIGTERM. (*): may be given "
	"again.\n"
	"\n"
	"  -c, --config FILE        noroshi.yaml: see noroshi.conf(5)\n"
	"  --check                  say what is wrong with it, and end\n"
	"  --print-defaults         every setting as a commented file\n";

static const char tail[] = "\n"
			   "example: noroshi run --interface eth1 --indicators "
			   "alert.json --out .\n"
			   "exit status: 0 ran, 1 could not do all that was "
			   "asked, 2 wrong usage\n";

struct run_arguments {
	struct option options[OPTIONS_MAX];
	struct nrs_config_given given[GIVEN_MAX];
	unsigned int given_count;
	const char *file;
	bool is_check;
};

static void show_help(void)
{
	struct nrs_text text = {0};

	nrs_text_puts(&text, head);
	nrs_config_print_options(&text);
	nrs_text_puts(&text, tail);
	(void)nrs_write_file(NULL, &text);
	nrs_text_fini(&text);
}

static void show_defaults(void)
{
	struct nrs_text text = {0};

	nrs_config_print_defaults(&text);
	(void)nrs_write_file(NULL, &text);
	nrs_text_fini(&text);
}

static void make_options(struct run_arguments *a)
{
	static const struct option own[] = {
		{"help", no_argument, NULL, 'h'},
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, 'k'},
		{"print-defaults", no_argument, NULL, 'p'}};
	const unsigned int own_count = sizeof(own) / sizeof(*own);

	memcpy(a->options, own, sizeof(own));
	for (unsigned int i = 0;
	     i < nrs_config_option_count && own_count + i + 1 < OPTIONS_MAX;
	     i++)
		a->options[own_count + i] = (struct option){
			.name = nrs_config_options[i].name,
			.has_arg = nrs_config_options[i].argument == NULL
					   ? no_argument
					   : required_argument,
			.val = OF_TABLE + (int)i};
}

static int add_given(struct run_arguments *a, int option, const char *value)
{
	if (a->given_count == GIVEN_MAX) {
		nrs_say("run: more than %d options", GIVEN_MAX);
		return NRS_E_USAGE;
	}
	a->given[a->given_count++] = (struct nrs_config_given){
		.option = nrs_config_options[option - OF_TABLE].name,
		.value = value};
	return NRS_OK;
}

/* NRS_E_NOTFOUND: all is shown that was asked for. */
static int read_arguments(struct run_arguments *a, int argc, char **argv)
{
	int option, err = NRS_OK;

	make_options(a);
	while (err == NRS_OK &&
	       (option = getopt_long(argc, argv, "hc:", a->options, NULL)) !=
		       -1) {
		if (option == 'c') {
			a->file = optarg;
		} else if (option == 'k') {
			a->is_check = true;
		} else if (option == 'h' || option == 'p') {
			option == 'h' ? show_help() : show_defaults();
			err = NRS_E_NOTFOUND;
		} else {
			err = option == '?' ? NRS_E_USAGE
					    : add_given(a, option, optarg);
		}
	}
	if (err == NRS_OK && optind < argc) {
		nrs_say("run: '%s': run takes options only", argv[optind]);
		err = NRS_E_USAGE;
	}
	return err;
}

static void say_problems(const struct nrs_text *problems)
{
	struct nrs_span rest = nrs_text_span(problems), line;

	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			nrs_say("%.*s", (int)line.len, (const char *)line.ptr);
	}
}

/* An exit status: wrong settings are wrong usage, a machine that is not as
 * they say is not. */
static int load(struct nrs_config **config, const struct run_arguments *a)
{
	struct nrs_text problems = {0};
	int status = NRS_EXIT_OK;
	int err = nrs_config_load(config, a->file, a->given, a->given_count,
				  &problems);

	if (err != NRS_OK) {
		status = NRS_EXIT_USAGE;
	} else {
		err = nrs_config_check(*config, &problems);
		if (err != NRS_OK)
			status = NRS_EXIT_PARTLY;
	}
	say_problems(&problems);
	if (err != NRS_OK && problems.len == 0)
		nrs_say("run: %s", nrs_strerror(err));
	nrs_text_fini(&problems);
	return status;
}

int nrs_cmd_run(int argc, char **argv)
{
	struct run_arguments a = {0};
	struct nrs_config *config = NULL;
	const int err = read_arguments(&a, argc, argv);

	if (err == NRS_E_NOTFOUND)
		return NRS_EXIT_OK;
	if (err != NRS_OK)
		return NRS_EXIT_USAGE;
	int status = load(&config, &a);
	if (status == NRS_EXIT_OK && !a.is_check)
		status = nrs_say_begin((enum nrs_log_level)config->log.level) ==
					 NRS_OK
				 ? nrs_run(config)
				 : NRS_EXIT_PARTLY;
	nrs_say_end();
	nrs_config_free(config);
	return status;
}
