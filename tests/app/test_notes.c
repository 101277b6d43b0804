/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_notes: each figure that is not as it should be is told, and alone.
 */
#include "app/notes.h"
#include "tests/nrs_test.h"

static const struct {
	const char *name;
	struct nrs_supply_state set;
	struct nrs_crew_figures crew;
	struct nrs_report_figures report;
	struct nrs_outlets_figures outlets;
	struct nrs_spool_losses lost;
	unsigned int silent_threads;
	bool loses, is_trouble;
	const char *text; /* NULL: nothing is told */
} cases[] = {
	{.name = "all is well", .text = NULL},
	{.name = "no marking",
	 .set = {.unmarked = 2},
	 .text = "2 indicators unmarked = AMBER+STRICT, never leave"},
	{.name = "more is coming",
	 .set = {.funnel = {.waiting = 3}},
	 .text = "3 indicators wait until all is compiled anew"},
	{.name = "more than an image takes",
	 .set = {.funnel = {.waiting = 3}, .has_image = true},
	 .is_trouble = true,
	 .text = "anew: more than can be laid over an image"},
	{.name = "by hand",
	 .set = {.by_hand = 4},
	 .text = "4 values and ids are withdrawn by hand"},
	{.name = "a source that is not believed",
	 .set = {.doubt = "half is gone", .disbelieved = 5},
	 .is_trouble = true,
	 .text = "half is gone (the set stays, 5 times so far)"},
	{.name = "a disk that was full",
	 .report = {.lines_lost = 6},
	 .text = "6 lines of hits.jsonl were lost"},
	{.name = "a disk that is full",
	 .report = {.lines_lost = 6},
	 .loses = true,
	 .is_trouble = true,
	 .text = "6 lines of hits.jsonl were lost"},
	{.name = "records",
	 .crew = {.blocks_dropped = 7},
	 .loses = true,
	 .is_trouble = true,
	 .text = "7 blocks of records were dropped"},
	{.name = "patterns",
	 .report = {.forgotten = 8, .undecided = 9},
	 .text = "8 observations forgotten, 9 decisions given up; see "
		 "pattern_window"},
	{.name = "workers that hang",
	 .silent_threads = 1,
	 .is_trouble = true,
	 .text = "1 workers have not answered for 20 s"},
	{.name = "overload now",
	 .crew = {.shed = NRS_SHED_DIGESTS, .shedding = 2},
	 .is_trouble = true,
	 .text = "overload: 2 workers leave out "},
	{.name = "overload once",
	 .crew = {.shed_steps = {[NRS_SHED_PATTERNS] = 1},
		  .counters = {.value = {[NRS_C_SHED_PATTERNS] = 10,
					 [NRS_C_SHED_DIGESTS] = 11,
					 [NRS_C_SHED_BODIES] = 12,
					 [NRS_C_SHED_FLOWS] = 13}}},
	 .text = "10 packets were read without payload patterns, 11 without "
		 "digests, 12 without bodies, and 13 of new flows not at all"},
	{.name = "a log server that is away",
	 .outlets = {.has_syslog = true,
		     .syslog = {.queued = 14, .message = "refused"}},
	 .is_trouble = true,
	 .text = "14 messages wait, 0 were dropped: refused (out.syslog)"},
	{.name = "a log server that was away",
	 .outlets = {.has_syslog = true, .syslog = {.dropped = 15}},
	 .text = "0 messages wait, 15 were dropped (out.syslog)"},
	{.name = "outputs",
	 .outlets = {.lost = 16, .above = 17},
	 .text = "16 lines lost, 17 hits above the ceiling"},
	{.name = "a spool that fails",
	 .report = {.is_failing = true},
	 .is_trouble = true,
	 .text = "sightings cannot be kept in /var/s/spool.db"},
	{.name = "no memory",
	 .report = {.untold = 18},
	 .text = "18 hits are in no sighting"},
	{.name = "a spool that was full",
	 .lost = {.sightings = 19, .details = 20},
	 .text = "19 sightings were given up, the lowest class and the oldest "
		 "first, and the detail of 20 more"},
};

static void each_figure_is_told_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_notes_view view = {
			.set = &cases[i].set,
			.crew = &cases[i].crew,
			.report = &cases[i].report,
			.outlets = &cases[i].outlets,
			.lost = &cases[i].lost,
			.state_dir = "/var/s",
			.loses = cases[i].loses,
			.silent_threads = cases[i].silent_threads};
		struct nrs_notes notes;

		print_message("%s\n", cases[i].name);
		nrs_notes_make(&notes, &view);
		assert_int_equal(notes.count, cases[i].text != NULL);
		if (cases[i].text == NULL)
			continue;
		assert_non_null(strstr(notes.notes[0].text, cases[i].text));
		assert_int_equal(notes.notes[0].is_trouble,
				 cases[i].is_trouble);
	}
}

/* There is room for all of them. */
static void what_goes_wrong_at_once_is_told_at_once(void **state)
{
	const struct nrs_supply_state set = {.unmarked = 1,
					     .funnel = {.waiting = 1},
					     .by_hand = 1,
					     .doubt = "half is gone"};
	const struct nrs_crew_figures crew = {.blocks_dropped = 1,
					      .shed = NRS_SHED_PATTERNS};
	const struct nrs_report_figures report = {.lines_lost = 1,
						  .forgotten = 1,
						  .is_failing = true,
						  .untold = 1};
	const struct nrs_outlets_figures outlets = {
		.has_syslog = true, .syslog = {.dropped = 1}, .lost = 1};
	const struct nrs_spool_losses lost = {.details = 1};
	const struct nrs_notes_view view = {.set = &set,
					    .crew = &crew,
					    .report = &report,
					    .outlets = &outlets,
					    .lost = &lost,
					    .state_dir = "/var/s",
					    .silent_threads = 1};
	struct nrs_notes notes;

	(void)state;
	nrs_notes_make(&notes, &view);
	assert_int_equal(notes.count, NRS_NOTES_MAX);
	assert_non_null(
		strstr(notes.notes[NRS_NOTES_MAX - 1].text, "spool was full"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_figure_is_told_alone),
		cmocka_unit_test(what_goes_wrong_at_once_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
