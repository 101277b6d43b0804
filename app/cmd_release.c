/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_release: noroshi release and noroshi refuse: a person's decision on what
 * is held, each with its line in the log.
 */
#include <stdio.h>

#include "app/command.h"
#include "app/spool_desk.h"
#include "app/threads.h"
#include "sightings/spool_review.h"

static const char release_help[] =
	"usage: noroshi release [-c FILE] [OPTION...] ID...\n"
	"       noroshi release [-c FILE] [OPTION...] --all AUDIENCE\n"
	"\n"
	"Lets sightings leave that are held. The policy of today is asked "
	"once\n"
	"more: what it refuses stays. A sensor that runs sends them at once.\n"
	"\n"
	"  -c, --config FILE  noroshi.yaml of the sensor\n"
	"  --state DIR        where the sensor keeps what survives a restart\n"
	"  --all AUDIENCE     all that is held for this audience\n"
	"  --by NAME          who decides, for the log (the user's name)\n"
	"\n"
	"A sensor that was started without a file: the options of noroshi "
	"run.\n"
	"example: noroshi release -c noroshi.yaml --all isac-a\n"
	"exit status: 0 done, 1 not all, 2 wrong usage\n";

static const char refuse_help[] =
	"usage: noroshi refuse [-c FILE] [OPTION...] ID...\n"
	"       noroshi refuse [-c FILE] [OPTION...] --all AUDIENCE\n"
	"\n"
	"Keeps sightings here for good that are held.\n"
	"\n"
	"  -c, --config FILE  noroshi.yaml of the sensor\n"
	"  --state DIR        where the sensor keeps what survives a restart\n"
	"  --all AUDIENCE     all that is held for this audience\n"
	"  --by NAME          who decides, for the log (the user's name)\n"
	"\n"
	"example: noroshi refuse -c noroshi.yaml sighting--5b1c...\n"
	"exit status: 0 done, 1 not all, 2 wrong usage\n";

struct release_arguments {
	struct nrs_given given;
	const char *all, *by;
};

static int take_own(void *ctx, int option, const char *value)
{
	struct release_arguments *a = ctx;

	if (option == 'a')
		a->all = value;
	else
		a->by = value;
	return NRS_OK;
}

/* As nrs_given_read. */
static int read_arguments(struct release_arguments *a, const char *help,
			  int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"all", required_argument, NULL, 'a'},
		{"by", required_argument, NULL, 'b'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, help, take_own, a};

	a->all = a->by = NULL;
	int err = nrs_given_read(&a->given, &own, argc, argv);
	if (err == NRS_OK && (optind < argc) == (a->all != NULL)) {
		fputs(help, stderr);
		err = NRS_E_USAGE;
	}
	return err;
}

/* One decision; an exit status. */
static int decide(struct nrs_spool_desk *desk, struct nrs_spool_decision *d,
		  const char *what)
{
	struct nrs_spool_decided decided;
	struct nrs_diag diag = {0};
	const int err = nrs_spool_decide(desk->store, d, &decided, &diag);
	const uint64_t done = decided.released + decided.refused;

	if (err != NRS_OK) {
		nrs_say("%s: %s", what,
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
		return NRS_EXIT_PARTLY;
	}
	if (decided.kept > 0)
		nrs_say("%s: %llu stay held: %s", what,
			(unsigned long long)decided.kept, decided.why);
	else if (done == 0)
		nrs_say("%s: nothing of it is held", what);
	if (done > 0)
		printf("%s: %llu %s\n", what, (unsigned long long)done,
		       d->release ? "released" : "refused");
	return done > 0 && decided.kept == 0 ? NRS_EXIT_OK : NRS_EXIT_PARTLY;
}

static int decide_all(const char *help, bool release, int argc, char **argv)
{
	struct release_arguments a;
	struct nrs_spool_desk desk;
	const int err = read_arguments(&a, help, argc, argv);

	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	int status = nrs_spool_desk_open(&desk, &a.given);
	if (status == NRS_EXIT_OK) {
		struct nrs_spool_decision d = {
			.release = release,
			.by = nrs_span_of(a.by != NULL ? a.by
						       : nrs_spool_desk_user()),
			.policy = &desk.plan->policy,
			.now_ns = nrs_wall_ns()};

		if (a.all != NULL) {
			d.audience = nrs_span_of(a.all);
			status = decide(&desk, &d, a.all);
		}
		for (int i = optind; a.all == NULL && i < argc; i++) {
			d.id = nrs_span_of(argv[i]);
			const int one = decide(&desk, &d, argv[i]);
			status = one > status ? one : status;
		}
	}
	nrs_spool_desk_close(&desk);
	return status;
}

int nrs_cmd_release(int argc, char **argv)
{
	return decide_all(release_help, true, argc, argv);
}

int nrs_cmd_refuse(int argc, char **argv)
{
	return decide_all(refuse_help, false, argc, argv);
}
