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
#include "app/given.h"
#include "app/run.h"

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
	struct nrs_given given;
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

/* NRS_E_NOTFOUND: what was asked for is shown. */
static int take_own(void *ctx, int option, const char *value)
{
	struct run_arguments *a = ctx;

	(void)value;
	if (option == 'k') {
		a->is_check = true;
		return NRS_OK;
	}
	option == 'h' ? show_help() : show_defaults();
	return NRS_E_NOTFOUND;
}

/* As nrs_given_read. */
static int read_arguments(struct run_arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"check", no_argument, NULL, 'k'},
		{"print-defaults", no_argument, NULL, 'p'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, NULL, take_own, a};
	int err = nrs_given_read(&a->given, &own, argc, argv);

	if (err == NRS_OK && optind < argc) {
		nrs_say("run: '%s': run takes options only", argv[optind]);
		err = NRS_E_USAGE;
	}
	return err;
}

/* An exit status: wrong settings are wrong usage, a machine that is not as
 * they say is not. */
static int load(struct nrs_config **config, const struct run_arguments *a)
{
	struct nrs_text problems = {0};

	if (nrs_given_load(config, &a->given) != NRS_OK)
		return NRS_EXIT_USAGE;
	const int err = nrs_config_check(*config, &problems);
	nrs_given_say(&problems, err);
	nrs_text_fini(&problems);
	return err == NRS_OK ? NRS_EXIT_OK : NRS_EXIT_PARTLY;
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
