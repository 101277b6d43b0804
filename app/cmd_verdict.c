/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_verdict: noroshi verdict: a person says that what was seen was false, or
 * true: what had left is taken back, and this sensor and all that load its
 * suppressions.jsonl are quiet about it for a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/site.h"
#include "app/spool_desk.h"
#include "app/threads.h"
#include "loaders/lifetime.h"
#include "sightings/verdict.h"

#define PATH_ROOM 4096

static const char help[] =
	"usage: noroshi verdict [-c FILE] [OPTION...] ID false|true\n"
	"\n"
	"Says of a sighting, or of an indicator, that it was false or true. "
	"False:\n"
	"what had left is posted again as revoked, what is held stays here, "
	"and hits\n"
	"of the indicator are noise for a time; the line in suppressions.jsonl "
	"(in\n"
	"the state folder) is for other sensors too. True: a false before is "
	"taken\n"
	"back. An audience with opinions: yes is told either.\n"
	"\n"
	"  -c, --config FILE  noroshi.yaml of the sensor\n"
	"  --state DIR        where the sensor keeps what survives a restart\n"
	"  --own CIDR         false only as to these own hosts (all)\n"
	"  --for TIME         false for so long: 12h, 30d, 8w, 1y (90d)\n"
	"  --why TEXT         for the line; it does not leave\n"
	"  --by NAME          who says so (the user's name)\n"
	"\n"
	"example: noroshi verdict -c noroshi.yaml indicator--8e2e... false\n"
	"exit status: 0 done, 1 not all, 2 wrong usage\n";

struct verdict_arguments {
	struct nrs_given given;
	struct nrs_suppression line;
	int64_t length_ns;
	const char *id;
};

static int take_own(void *ctx, int option, const char *value)
{
	struct verdict_arguments *a = ctx;
	struct nrs_lifetimes length;
	struct nrs_diag diag = {0};

	switch (option) {
	case 'b':
		a->line.by = nrs_span_of(value);
		return NRS_OK;
	case 'w':
		a->line.why = nrs_span_of(value);
		return NRS_OK;
	case 'o':
		a->line.has_own = true;
		if (nrs_prefix_parse(nrs_span_of(value), &a->line.own) ==
		    NRS_OK)
			return NRS_OK;
		nrs_say("--own %s: no address or CIDR", value);
		return NRS_E_USAGE;
	case 'f':
		if (nrs_lifetimes_read(nrs_span_of(value), &length, &diag) ==
			    NRS_OK &&
		    length.count == 1 && nrs_span_is(length.type[0], "*")) {
			a->length_ns = length.ns[0];
			return NRS_OK;
		}
		nrs_say("--for %s: no length of time (12h, 30d, 8w, 1y)",
			value);
		return NRS_E_USAGE;
	default:
		return NRS_E_USAGE;
	}
}

/* As nrs_given_read. */
static int read_arguments(struct verdict_arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"own", required_argument, NULL, 'o'},
		{"for", required_argument, NULL, 'f'},
		{"why", required_argument, NULL, 'w'},
		{"by", required_argument, NULL, 'b'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, help, take_own, a};

	*a = (struct verdict_arguments){.length_ns = INT64_C(90) * 86400 *
						     NRS_SECOND_NS};
	const int err = nrs_given_read(&a->given, &own, argc, argv);
	if (err != NRS_OK)
		return err;
	if (argc - optind != 2) {
		fputs(help, stderr);
		return NRS_E_USAGE;
	}
	if (strcmp(argv[optind + 1], "false") != 0 &&
	    strcmp(argv[optind + 1], "true") != 0) {
		nrs_say("verdict: '%s' is neither false nor true",
			argv[optind + 1]);
		return NRS_E_USAGE;
	}
	a->id = argv[optind];
	a->line.is_lifted = strcmp(argv[optind + 1], "true") == 0;
	return NRS_OK;
}

/* A write of its own, so that a sensor that reads beside sees whole lines. */
static int append_line(const char *path, const struct nrs_suppression *what)
{
	struct nrs_text line = {0};
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	bool is_whole;

	nrs_suppression_line(&line, what);
	is_whole = fd >= 0 && !line.failed &&
		   write(fd, line.ptr, line.len) == (ssize_t)line.len &&
		   fsync(fd) == 0;
	if (!is_whole)
		nrs_say("cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	nrs_text_fini(&line);
	return is_whole ? NRS_OK : NRS_E_IO;
}

static void say_done(const struct verdict_arguments *a,
		     const struct nrs_verdict_done *done)
{
	if (done->revoked > 0)
		printf("%s: %llu sightings are taken back\n", a->id,
		       (unsigned long long)done->revoked);
	if (done->withheld > 0)
		printf("%s: %llu that were held stay here\n", a->id,
		       (unsigned long long)done->withheld);
	if (done->opinions > 0)
		printf("%s: %llu opinions\n", a->id,
		       (unsigned long long)done->opinions);
	if (done->gone > 0)
		nrs_say("%s: %llu sightings left whose objects are not kept "
			"any more: the hub must be told by hand",
			a->id, (unsigned long long)done->gone);
}

/* What the verdict is about: the indicator, also where a sighting was named. */
static bool find_subject(struct verdict_arguments *a,
			 const struct nrs_verdict_done *done)
{
	a->line.indicator = nrs_span_of(
		done->indicator[0] != '\0' ? done->indicator : a->id);
	a->line.modified_ns = done->version_ns;
	return done->indicator[0] != '\0' ||
	       nrs_span_starts(nrs_span_of(a->id), "indicator--");
}

static int pass(struct verdict_arguments *a, const struct nrs_spool_desk *desk,
		struct nrs_verdict_done *done)
{
	const int64_t now_ns = nrs_wall_ns();
	const struct nrs_verdict verdict = {.id = nrs_span_of(a->id),
					    .is_false = !a->line.is_lifted,
					    .by = a->line.by,
					    .why = a->line.why,
					    .policy = &desk->plan->policy,
					    .now_ns = now_ns};
	struct nrs_diag diag = {0};
	char path[PATH_ROOM];
	const int err = nrs_verdict_pass(desk->store, &verdict, done, &diag);

	if (err != NRS_OK && err != NRS_E_NOTFOUND) {
		nrs_say("%s: %s", a->id,
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
		return NRS_EXIT_PARTLY;
	}
	say_done(a, done);
	if (!find_subject(a, done)) {
		nrs_say("%s: neither a sighting of this sensor nor an "
			"indicator",
			a->id);
		return NRS_EXIT_PARTLY;
	}
	a->line.time_ns = now_ns;
	a->line.until_ns =
		a->line.is_lifted ? NRS_TIME_MAX : now_ns + a->length_ns;
	(void)snprintf(path, sizeof(path), "%s/%s", desk->config->state.dir,
		       NRS_SITE_VERDICTS);
	if (append_line(path, &a->line) != NRS_OK)
		return NRS_EXIT_PARTLY;
	printf("%.*s: %s, in %s\n", (int)a->line.indicator.len,
	       (const char *)a->line.indicator.ptr,
	       a->line.is_lifted ? "true" : "false", path);
	return done->gone > 0 ? NRS_EXIT_PARTLY : NRS_EXIT_OK;
}

int nrs_cmd_verdict(int argc, char **argv)
{
	struct nrs_verdict_done done;
	struct verdict_arguments a;
	struct nrs_spool_desk desk;
	const int err = read_arguments(&a, argc, argv);

	if (err != NRS_OK)
		return err == NRS_E_NOTFOUND ? NRS_EXIT_OK : NRS_EXIT_USAGE;
	if (a.line.by.len == 0)
		a.line.by = nrs_span_of(nrs_spool_desk_user());
	int status = nrs_spool_desk_make(&desk, &a.given);
	if (status == NRS_EXIT_OK)
		status = pass(&a, &desk, &done);
	nrs_spool_desk_close(&desk);
	return status;
}
