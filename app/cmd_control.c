/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_control: noroshi status, reload, add, withdraw and posture: what they
 * send to a running sensor, and what of its answer becomes the exit status.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/command.h"
#include "app/control.h"
#include "app/control_ask.h"
#include "app/signals.h"
#include "app/watch.h"
#include "engine/base/json.h"

#define WAIT_MS 15000
#define WATCH_MS 1000

static const char status_help[] =
	"usage: noroshi status [--json] [--watch] [--socket PATH]\n"
	"\n"
	"Says how the sensor that runs here is.\n"
	"\n"
	"  --json         one JSON object\n"
	"  --watch        again every second, until q or Ctrl-C\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi status --json\n"
	"exit status: 0 well, 1 degraded (DEGRADED lines say why), 2 no sensor "
	"or\nwrong usage\n";

static const char reload_help[] =
	"usage: noroshi reload [--accept] [--refresh] [--socket PATH]\n"
	"\n"
	"Has the sensor that runs here read its files and ask its hubs at "
	"once.\n"
	"A file that cannot be read never replaces a good one.\n"
	"\n"
	"  --accept       believe sources that suddenly lost or gained most\n"
	"                 of themselves (feeds in noroshi.conf(5))\n"
	"  --refresh      read collections again as a whole, not only what "
	"is new\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi reload\n"
	"exit status: 0 begun, 1 not, 2 no sensor or wrong usage\n";

static const char add_help[] =
	"usage: noroshi add [--socket PATH] VALUE|FILE...\n"
	"\n"
	"Has the sensor that runs here match more: values as people write "
	"them\n"
	"(c2[.]example[.]com too), or files of indicators. They stay after a "
	"restart.\n"
	"\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi add 'c2[.]example[.]com' 198.51.100.23\n"
	"exit status: 0 added, 1 not all, 2 no sensor or wrong usage\n";

struct control_arguments {
	const char *help;
	const char *socket;
	const char *flags[2]; /* the options of this command alone; or NULL */
	bool has[2], takes_values, may_have_values;
};

static bool take_flag(struct control_arguments *a, const char *name)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (a->flags[i] == NULL || strcmp(name, a->flags[i]) != 0)
			continue;
		a->has[i] = true;
		return true;
	}
	return false;
}

/* NRS_E_NOTFOUND: help was shown. */
static int read_arguments(struct control_arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"json", no_argument, NULL, 'f'},
		{"accept", no_argument, NULL, 'f'},
		{"refresh", no_argument, NULL, 'f'},
		{"watch", no_argument, NULL, 'f'},
		{"socket", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0}};
	int option, which = 0;

	a->socket = NRS_CONTROL_SOCKET;
	while ((option = nrs_next_option(argc, argv, "h", options, &which)) !=
	       -1) {
		if (option == 'h') {
			fputs(a->help, stdout);
			return NRS_E_NOTFOUND;
		}
		if (option == 's') {
			a->socket = optarg;
		} else if (option != 'f' ||
			   !take_flag(a, options[which].name)) {
			if (option == 'f') /* getopt told of the others */
				nrs_say("%s: no option --%s", argv[0],
					options[which].name);
			return NRS_E_USAGE;
		}
	}
	if (!a->may_have_values && (optind < argc) != a->takes_values) {
		fputs(a->help, stderr);
		return NRS_E_USAGE;
	}
	return NRS_OK;
}

static int ask(const char *socket, const struct nrs_text *request)
{
	struct nrs_control_answer answer = {0};
	struct nrs_diag diag = {0};
	int status = NRS_EXIT_USAGE;

	if (request->failed) {
		nrs_say("%s", nrs_strerror(NRS_E_NOMEM));
		return NRS_EXIT_USAGE;
	}
	const int err = nrs_control_ask(socket, nrs_text_span(request), WAIT_MS,
					&answer, &diag);
	if (err != NRS_OK)
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	else if (nrs_write_file(NULL, &answer.text) == NRS_OK)
		status = answer.status;
	nrs_text_fini(&answer.text);
	return status;
}

static int finish(int err)
{
	return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
}

/* The same question, again and again. */
struct watched {
	const char *socket;
	const struct nrs_text *request;
	bool has_answer; /* there was one */
};

/* A sensor that is gone may come back: that is said, and it is asked again. */
static int ask_again(void *ctx, struct nrs_text *out, bool *goes_on)
{
	struct watched *w = ctx;
	struct nrs_control_answer answer = {0};
	struct nrs_diag diag = {0};
	int status = NRS_EXIT_USAGE;
	const int err = nrs_control_ask(w->socket, nrs_text_span(w->request),
					WAIT_MS, &answer, &diag);

	if (err == NRS_OK) {
		nrs_text_add(out, nrs_text_span(&answer.text));
		status = answer.status;
		w->has_answer = true;
	} else if (w->has_answer) {
		nrs_text_printf(out, "%s\n",
				diag.text[0] != '\0' ? diag.text
						     : nrs_strerror(err));
	} else {
		nrs_say("%s",
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
		*goes_on = false;
	}
	nrs_text_fini(&answer.text);
	return status;
}

static int watch(const char *socket, const struct nrs_text *request)
{
	struct watched watched = {.socket = socket, .request = request};
	const struct nrs_watch_options options = {.in = STDIN_FILENO,
						  .out = STDOUT_FILENO,
						  .signals = nrs_signals_open(),
						  .pause_ms = WATCH_MS,
						  .ctx = &watched,
						  .ask = ask_again};

	if (options.signals < 0 || request->failed) {
		nrs_say("%s", nrs_strerror(NRS_E_NOMEM));
		return NRS_EXIT_USAGE;
	}
	const int status = nrs_watch(&options);
	(void)close(options.signals);
	return status;
}

int nrs_cmd_status(int argc, char **argv)
{
	struct control_arguments a = {.help = status_help,
				      .flags = {"json", "watch"}};
	struct nrs_text request = {0};
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return finish(err);
	nrs_text_printf(&request, "{\"do\":\"status\",\"json\":%s}",
			a.has[0] ? "true" : "false");
	const int status =
		a.has[1] ? watch(a.socket, &request) : ask(a.socket, &request);
	nrs_text_fini(&request);
	return status;
}

int nrs_cmd_reload(int argc, char **argv)
{
	struct control_arguments a = {.help = reload_help,
				      .flags = {"accept", "refresh"}};
	struct nrs_text request = {0};
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return finish(err);
	nrs_text_printf(
		&request, "{\"do\":\"reload\",\"accept\":%s,\"refresh\":%s}",
		a.has[0] ? "true" : "false", a.has[1] ? "true" : "false");
	const int status = ask(a.socket, &request);
	nrs_text_fini(&request);
	return status;
}

/* The sensor stands elsewhere: it gets the whole path. */
static int add_file(const char *socket, const char *path)
{
	struct nrs_text request = {0};
	struct nrs_jsonw w = {.out = &request};
	char *whole = realpath(path, NULL);

	if (whole == NULL) {
		nrs_say("%s: %s", path, strerror(errno));
		return NRS_EXIT_PARTLY;
	}
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "do", nrs_span_of("add-file"));
	nrs_jsonw_member(&w, "path", nrs_span_of(whole));
	nrs_jsonw_close(&w, '}');
	const int status = ask(socket, &request);
	nrs_text_fini(&request);
	free(whole);
	return status;
}

static const char withdraw_help[] =
	"usage: noroshi withdraw [--socket PATH] VALUE|ID|NAME...\n"
	"\n"
	"Has the sensor that runs here match no longer what was added (values, "
	"and\n"
	"files by their names), or what a source says: indicators by their id, "
	"or by\n"
	"the value, if they name nothing else. That stays so after a restart, "
	"until\n"
	"`noroshi add` names it again. For more there are exceptions "
	"(noroshi.conf(5)).\n"
	"\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi withdraw 'c2[.]example[.]com' indicator--8e2e..\n"
	"exit status: 0 withdrawn, 1 not all of it, 2 no sensor or wrong "
	"usage\n";

static int ask_values(const char *what, const char *socket, char *const *values,
		      unsigned int count)
{
	struct nrs_text request = {0};
	struct nrs_jsonw w = {.out = &request};

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "do", nrs_span_of(what));
	nrs_jsonw_key(&w, "values");
	nrs_jsonw_open(&w, '[');
	for (unsigned int i = 0; i < count; i++)
		nrs_jsonw_string(&w, nrs_span_of(values[i]));
	nrs_jsonw_close(&w, ']');
	nrs_jsonw_close(&w, '}');
	const int status = ask(socket, &request);
	nrs_text_fini(&request);
	return status;
}

/* "alert.json" would be a name of a host, too. */
static bool is_named_as_a_file(const char *text)
{
	static const char *const ends[] = {
		".json",  ".jsonl", ".stix", ".stix2", ".xml", ".ioc",
		".csv",	  ".tsv",   ".txt",  ".list",  ".lst", ".rep",
		".intel", ".nrs",   ".gz",   ".zst"};
	const struct nrs_span span = nrs_span_of(text);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const size_t len = strlen(ends[i]);

		if (span.len > len && strstr(text, "://") == NULL &&
		    strcmp(text + span.len - len, ends[i]) == 0)
			return true;
	}
	return false;
}

/* What is there as a file is a file; values go together, in one request. */
int nrs_cmd_add(int argc, char **argv)
{
	struct control_arguments a = {.help = add_help, .takes_values = true};
	const int err = read_arguments(&a, argc, argv);
	unsigned int values = 0;
	int worst = NRS_EXIT_OK;

	if (err != NRS_OK)
		return finish(err);
	for (int i = optind; i < argc; i++) {
		int status = NRS_EXIT_OK;

		if (access(argv[i], F_OK) == 0 || is_named_as_a_file(argv[i]))
			status = add_file(a.socket, argv[i]);
		else
			argv[optind + (int)values++] = argv[i];
		worst = status > worst ? status : worst;
	}
	if (values > 0) {
		const int status =
			ask_values("add", a.socket, argv + optind, values);

		worst = status > worst ? status : worst;
	}
	return worst;
}

int nrs_cmd_withdraw(int argc, char **argv)
{
	struct control_arguments a = {.help = withdraw_help,
				      .takes_values = true};
	const int err = read_arguments(&a, argc, argv);

	return err != NRS_OK ? finish(err)
			     : ask_values("withdraw", a.socket, argv + optind,
					  (unsigned int)(argc - optind));
}

static const char posture_help[] =
	"usage: noroshi posture [--socket PATH] [normal|heightened]\n"
	"\n"
	"Has the sensor that runs here choose what it matches by the policy "
	"for times\n"
	"of danger (posture.heightened in noroshi.conf(5)), or by its own "
	"again. It\n"
	"stays so after a restart. Alone it says which it is.\n"
	"\n"
	"  --socket PATH  where it listens (" NRS_CONTROL_SOCKET ")\n"
	"\n"
	"example: noroshi posture heightened\n"
	"exit status: 0 done, 1 not, 2 no sensor or wrong usage\n";

int nrs_cmd_posture(int argc, char **argv)
{
	struct control_arguments a = {.help = posture_help,
				      .may_have_values = true};
	struct nrs_text request = {0};
	struct nrs_jsonw w = {.out = &request};
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return finish(err);
	if (argc - optind > 1) {
		fputs(posture_help, stderr);
		return NRS_EXIT_USAGE;
	}
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "do", nrs_span_of("posture"));
	if (optind < argc)
		nrs_jsonw_member(&w, "to", nrs_span_of(argv[optind]));
	nrs_jsonw_close(&w, '}');
	const int status = ask(a.socket, &request);
	nrs_text_fini(&request);
	return status;
}
