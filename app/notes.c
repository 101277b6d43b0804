/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notes: one line for each figure that is not as it should be.
 */
#include "app/notes.h"

#include <stdio.h>

__attribute__((format(printf, 3, 4))) static void
note(struct nrs_notes *out, bool is_trouble, const char *format, ...)
{
	va_list args;

	if (out->count == NRS_NOTES_MAX)
		return;
	char *text = out->text[out->count];
	va_start(args, format);
	(void)vsnprintf(text, NRS_NOTE_ROOM, format, args);
	va_end(args);
	out->notes[out->count++] = (struct nrs_status_note){is_trouble, text};
}

static void note_set(struct nrs_notes *out, const struct nrs_supply_state *set)
{
	if (set->unmarked > 0)
		note(out, false,
		     "%u indicators unmarked = AMBER+STRICT, never leave; set "
		     "default_tlp of their file or collection",
		     set->unmarked);
	if (set->funnel.waiting > 0)
		note(out, set->has_image,
		     "%llu indicators wait until all is compiled anew%s",
		     (unsigned long long)set->funnel.waiting,
		     set->has_image ? ": more than can be laid over an image; "
				      "compile it together with them"
				    : "");
	if (set->by_hand > 0)
		note(out, false,
		     "%u values and ids are withdrawn by hand; noroshi add "
		     "lets them match again",
		     set->by_hand);
	if (set->doubt[0] != '\0')
		note(out, true, "%s (the set stays, %llu times so far)",
		     set->doubt, (unsigned long long)set->disbelieved);
}

/* What was matched, and went no further. */
static void note_lost(struct nrs_notes *out, const struct nrs_notes_view *view)
{
	const struct nrs_report_figures *report = view->report;

	if (report->lines_lost > 0)
		note(out, view->loses,
		     "%llu lines of hits.jsonl were lost: the disk was full",
		     (unsigned long long)report->lines_lost);
	if (view->crew->blocks_dropped > 0)
		note(out, view->loses, "%llu blocks of records were dropped",
		     (unsigned long long)view->crew->blocks_dropped);
	if (report->forgotten + report->undecided > 0)
		note(out, false,
		     "patterns over several observations: %llu observations "
		     "forgotten, %llu decisions given up; see pattern_window, "
		     "pattern_candidates",
		     (unsigned long long)report->forgotten,
		     (unsigned long long)report->undecided);
}

/* What workers leave out now, or left out once. */
static void note_overload(struct nrs_notes *out,
			  const struct nrs_crew_figures *crew)
{
	const uint64_t *counted = crew->counters.value;
	char left[NRS_NOTE_ROOM];
	int len = 0;

	if (crew->shed != NRS_SHED_NOTHING) {
		for (unsigned int l = 1; l <= crew->shed; l++)
			len += snprintf(left + len, sizeof(left) - (size_t)len,
					"%s%s", l > 1 ? ", " : "",
					nrs_shed_name((enum nrs_shed_level)l));
		note(out, true, "overload: %u workers leave out %s",
		     crew->shedding, left);
	} else if (crew->shed_steps[NRS_SHED_PATTERNS] > 0) {
		note(out, false,
		     "under load %llu packets were read without payload "
		     "patterns, %llu without digests, %llu without bodies, "
		     "and %llu of new flows not at all",
		     (unsigned long long)counted[NRS_C_SHED_PATTERNS],
		     (unsigned long long)counted[NRS_C_SHED_DIGESTS],
		     (unsigned long long)counted[NRS_C_SHED_BODIES],
		     (unsigned long long)counted[NRS_C_SHED_FLOWS]);
	}
}

/* What the log server did not get, and what was too secret to be shown. */
static void note_outlets(struct nrs_notes *out,
			 const struct nrs_outlets_figures *f)
{
	const char *message = f->syslog.message;

	if (f->has_syslog && (message[0] != '\0' || f->syslog.dropped > 0))
		note(out, message[0] != '\0',
		     "log server: %llu messages wait, %llu were dropped%s%s "
		     "(out.syslog)",
		     (unsigned long long)f->syslog.queued,
		     (unsigned long long)f->syslog.dropped,
		     message[0] != '\0' ? ": " : "", message);
	if (f->lost + f->above > 0)
		note(out, false,
		     "outputs: %llu lines lost, %llu hits above the ceiling "
		     "told as opaque ids (out.eve.max_tlp, out.syslog.max_tlp)",
		     (unsigned long long)f->lost, (unsigned long long)f->above);
}

/* What was accepted and will not be told, or not yet. */
static void note_untold(struct nrs_notes *out,
			const struct nrs_notes_view *view)
{
	const struct nrs_spool_losses *lost = view->lost;

	if (view->report->is_failing)
		note(out, true,
		     "sightings cannot be kept in %s/spool.db (the log says "
		     "why): they wait in memory",
		     view->state_dir);
	if (view->report->untold > 0)
		note(out, false,
		     "%llu hits are in no sighting: there was no memory",
		     (unsigned long long)view->report->untold);
	if (lost != NULL && lost->sightings + lost->details > 0)
		note(out, false,
		     "the spool was full: %llu sightings were given up, the "
		     "lowest class and the oldest first, and the detail of "
		     "%llu more",
		     (unsigned long long)lost->sightings,
		     (unsigned long long)lost->details);
}

void nrs_notes_make(struct nrs_notes *out, const struct nrs_notes_view *view)
{
	out->count = 0;
	note_set(out, view->set);
	note_lost(out, view);
	if (view->silent_threads > 0)
		note(out, true, "%u workers have not answered for 20 s",
		     view->silent_threads);
	note_overload(out, view->crew);
	note_outlets(out, view->outlets);
	note_untold(out, view);
}
