/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given: getopt's table out of ours.
 */
#include "app/given.h"

#include <stdio.h>

#include "app/command.h"
#include "app/config_schema.h"

#define OF_TABLE 256 /* getopt's value of the table's first option */

void nrs_given_init(struct nrs_given *given, const struct option *own)
{
	unsigned int count = 0;

	*given = (struct nrs_given){0};
	given->options[count++] =
		(struct option){"config", required_argument, NULL, 'c'};
	for (; own->name != NULL && count + 1 < NRS_GIVEN_OPTIONS; own++)
		given->options[count++] = *own;
	for (unsigned int i = 0;
	     i < nrs_config_option_count && count + 1 < NRS_GIVEN_OPTIONS; i++)
		given->options[count++] = (struct option){
			.name = nrs_config_options[i].name,
			.has_arg = nrs_config_options[i].argument == NULL
					   ? no_argument
					   : required_argument,
			.val = OF_TABLE + (int)i};
}

static int take(struct nrs_given *given, int option, const char *value)
{
	if (option == 'c') {
		given->file = value;
		return NRS_OK;
	}
	if (given->count == NRS_GIVEN_MAX) {
		nrs_say("more than %d options", NRS_GIVEN_MAX);
		return NRS_E_USAGE;
	}
	given->rows[given->count++] = (struct nrs_config_given){
		.option = nrs_config_options[option - OF_TABLE].name,
		.value = value};
	return NRS_OK;
}

int nrs_given_read(struct nrs_given *given, const struct nrs_given_own *own,
		   int argc, char **argv)
{
	int option, err = NRS_OK;

	nrs_given_init(given, own->options);
	while (err == NRS_OK &&
	       (option = nrs_next_option(argc, argv, "hc:", given->options,
					 NULL)) != -1) {
		if (option == 'h' && own->help != NULL) {
			fputs(own->help, stdout);
			return NRS_E_NOTFOUND;
		}
		err = option == '?' ? NRS_E_USAGE /* getopt has told of it */
		      : option == 'c' || option >= OF_TABLE
			      ? take(given, option, optarg)
			      : own->take(own->ctx, option, optarg);
	}
	return err;
}

void nrs_given_say(const struct nrs_text *problems, int err)
{
	struct nrs_span rest = nrs_text_span(problems), line;

	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			nrs_say("%.*s", (int)line.len, (const char *)line.ptr);
	}
	if (err != NRS_OK && problems->len == 0)
		nrs_say("%s", nrs_strerror(err));
}

int nrs_given_load(struct nrs_config **out, const struct nrs_given *given)
{
	struct nrs_text problems = {0};
	const int err = nrs_config_load(out, given->file, given->rows,
					given->count, &problems);

	nrs_given_say(&problems, err);
	nrs_text_fini(&problems);
	return err;
}
