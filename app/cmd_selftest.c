/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_selftest: noroshi selftest: has the running sensor begin one, makes the
 * look-up where it is wanted, and asks until it knows.
 */
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/command.h"
#include "app/control_ask.h"
#include "app/selftest.h"

#define WAIT_MS 15000
#define AGAIN_MS 200
#define TRIES 150 /* the sensor ends it before */

static const char help[] =
	"usage: noroshi selftest [--wire] [--socket PATH]\n"
	"\n"
	"Has the sensor that runs here match an indicator of its own: a "
	"recorded packet\n"
	"is put in front of a worker, and its hit is followed to hits.jsonl "
	"and the\n"
	"spool. That does not prove that the mirror carries traffic.\n"
	"\n"
	"  --wire         also look up a name of the indicator, for real: is "
	"it seen?\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi selftest --wire\n"
	"exit status: 0 passed, 1 failed, 2 no sensor or wrong usage\n";

struct selftest_arguments {
	const char *socket;
	bool with_wire;
};

/* NRS_E_NOTFOUND: help was shown. */
static int read_arguments(struct selftest_arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"wire", no_argument, NULL, 'w'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0}};
	int option;

	a->socket = NRS_CONTROL_SOCKET;
	while ((option = nrs_next_option(argc, argv, "h", options, NULL)) !=
	       -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return NRS_E_NOTFOUND;
		}
		if (option == 's')
			a->socket = optarg;
		else if (option == 'w')
			a->with_wire = true;
		else
			return NRS_E_USAGE;
	}
	if (optind < argc) {
		fputs(help, stderr);
		return NRS_E_USAGE;
	}
	return NRS_OK;
}

/* The sensor's answer, or NRS_EXIT_USAGE when there is none, which is said. */
static int ask(const struct selftest_arguments *a, bool is_begin,
	       struct nrs_text *out)
{
	struct nrs_control_answer answer = {0};
	struct nrs_diag diag = {0};
	char request[80];

	(void)snprintf(request, sizeof(request),
		       "{\"do\":\"selftest\",\"begin\":%s,\"wire\":%s}",
		       is_begin ? "true" : "false",
		       a->with_wire ? "true" : "false");
	const int err = nrs_control_ask(a->socket, nrs_span_of(request),
					WAIT_MS, &answer, &diag);
	if (err != NRS_OK)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	nrs_text_clear(out);
	nrs_text_add(out, nrs_text_span(&answer.text));
	nrs_text_fini(&answer.text);
	return err == NRS_OK ? answer.status : NRS_EXIT_USAGE;
}

/* Whatever comes of it: that it was asked is what matters. */
static void look_up(const struct nrs_text *line)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	const struct nrs_span name = nrs_span_trim(nrs_text_span(line));
	struct addrinfo *found = NULL;
	char text[NI_MAXHOST];

	(void)snprintf(text, sizeof(text), "%.*s", (int)name.len,
		       (const char *)name.ptr);
	if (getaddrinfo(text, NULL, &hints, &found) == 0)
		freeaddrinfo(found);
}

int nrs_cmd_selftest(int argc, char **argv)
{
	const struct timespec again = {.tv_nsec = AGAIN_MS * 1000000L};
	struct selftest_arguments a = {0};
	struct nrs_text said = {0};
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	int status = ask(&a, true, &said);
	bool is_looked_up = !a.with_wire;
	struct nrs_text name = {0};
	nrs_text_add(&name, nrs_text_span(&said));
	for (unsigned int i = 0; status == NRS_SELFTEST_UNDER_WAY && i < TRIES;
	     i++) {
		/* Not before the indicator had time to come into force. */
		if (!is_looked_up && i * AGAIN_MS >= 2000) {
			look_up(&name);
			is_looked_up = true;
		}
		(void)nanosleep(&again, NULL);
		status = ask(&a, false, &said);
	}
	if (status == NRS_SELFTEST_UNDER_WAY)
		status = NRS_EXIT_PARTLY;
	(void)nrs_write_file(NULL, &said);
	nrs_text_fini(&name);
	nrs_text_fini(&said);
	return status;
}
