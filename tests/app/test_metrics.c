/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_metrics: what is told stands in the exposition format, line by line;
 * every counter is in it; a label can hold anything.
 */
#include "app/metrics.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/nrs_test.h"

static struct nrs_tally_figures tally;
static struct nrs_crew_figures crew;
static char evil[NRS_TALLY_NAME] = "a\"b\\c\nd\x01"
				   "e\xff";

static void tell_tally(void)
{
	tally.source_count = 1;
	tally.sources[0] = (struct nrs_tally_source){
		.name = "isac-a/alerts",
		.hits = 40,
		.indicators = 600,
		.cost = {.trials = 71, .ns = 2000000005}};
	tally.indicator_count = 2;
	tally.indicators[0] = (struct nrs_tally_indicator){
		.source = "isac-a/alerts", .hits = 30};
	memcpy(tally.indicators[0].id, evil, sizeof(evil));
	tally.indicators[1] = (struct nrs_tally_indicator){
		.id = "00112233445566ff", .is_above = true, .hits = 10};
	tally.cost_count = 2;
	tally.costs[0] = (struct nrs_tally_indicator){
		.id = "dear",
		.source = "isac-a/alerts",
		.cost = {.trials = 64, .ns = 1999999999}};
	tally.costs[1] = (struct nrs_tally_indicator){.id = "00112233445566ff",
						      .is_above = true,
						      .cost = {.trials = 7}};
	tally.other_costs = (struct nrs_tally_sum){.trials = 3, .ns = 50};
}

static void tell(struct nrs_text *out)
{
	static const struct nrs_status_interface interfaces[] = {
		{.name = "eth1", .received = 1000, .dropped = 12},
		{.name = "eth2", .is_down = true}};
	static const struct nrs_status_hub hub = {
		.name = "isac-a/alerts",
		.pulled_ns = INT64_C(1772366400123) * 1000000,
		.failing_since_ns = NRS_TIME_MIN};
	static const struct nrs_status_audience audience = {
		.name = "isac-a", .held = 3, .failing_since_ns = 5};
	static const struct nrs_look_figures look = {.looks = 3,
						     .indicators = 44,
						     .rows = 5000,
						     .hits = 6,
						     .wanted = 2,
						     .refused = 8,
						     .damaged = 7,
						     .failed = 1,
						     .lost = 10,
						     .is_under_way = true};
	const struct nrs_status_view status = {.sensor = "edge-07",
					       .look = &look,
					       .now_ns = INT64_C(1772366400) *
							 NRS_SECOND_NS,
					       .up_ns = 100 * NRS_SECOND_NS,
					       .interfaces = interfaces,
					       .interface_count = 2,
					       .hubs = &hub,
					       .hub_count = 1,
					       .audiences = &audience,
					       .audience_count = 1};
	static const struct nrs_supply_state set = {
		.generation = 7, .kept = 656, .since_ns = 5 * NRS_SECOND_NS};
	static const struct nrs_report_figures report = {
		.hits = 42,
		.classes = {[NRS_CLASS_URGENT] = 2},
		.logs = {.has_flows = true,
			 .has_collector = true,
			 .has_hours = true,
			 .hours = {.added = 71},
			 .flows = {.added = 51,
				   .lost = 52,
				   .files = 53,
				   .bytes = 54},
			 .collector = {.flows = 61,
				       .lost = 62,
				       .bytes = 63,
				       .messages = 64,
				       .refused = 65}}};
	static const struct nrs_outlets_figures outlets = {.above = 9};

	crew.shed = NRS_SHED_DIGESTS;
	crew.shedding = 2;
	crew.shed_steps[NRS_SHED_BODIES] = 3;
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++)
		crew.counters.value[c] = 100000 + c;
	tell_tally();
	const struct nrs_metrics_view view = {.version = "1.2.3",
					      .status = &status,
					      .set = &set,
					      .crew = &crew,
					      .report = &report,
					      .outlets = &outlets,
					      .tally = &tally,
					      .is_degraded = true};

	nrs_metrics_text(&view, out);
	nrs_text_putc(out, '\0');
	assert_false(out->failed);
}

static bool is_name(char c, bool is_first)
{
	return isalpha((unsigned char)c) || c == '_' || c == ':' ||
	       (!is_first && isdigit((unsigned char)c));
}

/* [a-zA-Z_:][a-zA-Z0-9_:]* ; where it ends. */
static const char *name_end(const char *at)
{
	assert_true(is_name(*at, true));
	while (is_name(*at, false))
		at++;
	return at;
}

/* {name="value",...}: in a value \\, \" and \n are the only escapes. */
static const char *labels_end(const char *at)
{
	do {
		at = name_end(at + 1);
		assert_memory_equal(at, "=\"", 2);
		for (at += 2; *at != '"'; at++) {
			assert_true(*at != '\n' && *at != '\0');
			if (*at == '\\')
				at++;
		}
		at++;
	} while (*at == ',');
	assert_int_equal(*at, '}');
	return at + 1;
}

/* One line of the format; its name into @name. */
static void read_sample(const char *line, char name[100])
{
	const char *at = name_end(line);
	char *end = NULL;

	assert_true(at - line < 100);
	(void)snprintf(name, 100, "%.*s", (int)(at - line), line);
	if (*at == '{')
		at = labels_end(at);
	assert_int_equal(*at, ' ');
	(void)strtod(at + 1, &end);
	assert_true(end > at + 1);
	assert_true(*end == '\n');
}

static void each_line_is_of_the_format_and_families_stand_together(void **state)
{
	struct nrs_text text = {0};
	char type_of[100] = "", name[100], seen[400][100];
	unsigned int families = 0, samples = 0;

	(void)state;
	tell(&text);
	for (const char *line = (const char *)text.ptr; *line != '\0';
	     line = strchr(line, '\n') + 1) {
		if (strncmp(line, "# HELP ", 7) == 0) {
			const char *end = name_end(line + 7);

			assert_int_equal(*end, ' ');
			(void)snprintf(type_of, sizeof(type_of), "%.*s",
				       (int)(end - line - 7), line + 7);
			for (unsigned int i = 0; i < families; i++)
				assert_string_not_equal(seen[i], type_of);
			assert_true(families < 400);
			memcpy(seen[families++], type_of, sizeof(type_of));
		} else if (strncmp(line, "# TYPE ", 7) == 0) {
			const char *end = name_end(line + 7);
			const bool is_total = memcmp(end - 6, "_total", 6) == 0;

			assert_memory_equal(line + 7, type_of, strlen(type_of));
			assert_true(
				strncmp(end,
					is_total ? " counter\n" : " gauge\n",
					is_total ? 9 : 7) == 0);
		} else {
			read_sample(line, name);
			assert_string_equal(name, type_of);
			samples++;
		}
	}
	assert_true(samples > NRS_COUNTER_COUNT);
	nrs_text_fini(&text);
}

static bool has(const struct nrs_text *text, const char *line)
{
	return strstr((const char *)text->ptr, line) != NULL;
}

static void every_counter_is_told(void **state)
{
	struct nrs_text text = {0};

	(void)state;
	tell(&text);
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++) {
		char line[120];

		(void)snprintf(line, sizeof(line), "\nnoroshi_%s_total %u\n",
			       nrs_counter_name((enum nrs_counter)c),
			       100000 + c);
		if (!has(&text, line))
			fail_msg("no line%s", line);
	}
	nrs_text_fini(&text);
}

static void figures_stand_where_they_belong(void **state)
{
	static const char *const lines[] = {
		"\nnoroshi_build_info{version=\"1.2.3\"} 1\n",
		"\nnoroshi_degraded 1\n",
		"\nnoroshi_set_generation 7\n",
		"\nnoroshi_set_active_since_seconds 5.000\n",
		"\nnoroshi_start_time_seconds 1772366300.000\n",
		"\nnoroshi_indicators{state=\"kept\"} 656\n",
		"\nnoroshi_interface_up{interface=\"eth1\"} 1\n",
		"\nnoroshi_interface_up{interface=\"eth2\"} 0\n",
		"dropped_packets_total{interface=\"eth1\"} 12\n",
		"\nnoroshi_hub_failing{collection=\"isac-a/alerts\"} 0\n",
		"{collection=\"isac-a/alerts\"} 1772366400.123\n",
		"\nnoroshi_audience_failing{audience=\"isac-a\"} 1\n",
		"_sightings{audience=\"isac-a\",state=\"held\"} 3\n",
		"\nnoroshi_shedding_workers 2\n",
		"\nnoroshi_shed_level 2\n",
		"\nnoroshi_shed_steps_total{what=\"bodies\"} 3\n",
		"\nnoroshi_hits_reported_total 42\n",
		"\nnoroshi_look_back_looks_total 3\n",
		"\nnoroshi_look_back_indicators_total 44\n",
		"\nnoroshi_look_back_rows_total 5000\n",
		"\nnoroshi_look_back_hits_total 6\n",
		"\nnoroshi_look_back_waiting 2\n",
		"\nnoroshi_look_back_under_way 1\n",
		"\nnoroshi_look_back_refused_total 8\n",
		"\nnoroshi_look_back_damaged_total 7\n",
		"\nnoroshi_look_back_failed_total 11\n",
		"\nnoroshi_sightings_total{class=\"urgent\"} 2\n",
		"\nnoroshi_hits_above_ceiling_total 9\n",
		"\nnoroshi_log_rows_total{log=\"flows\"} 51\n",
		"\nnoroshi_log_lost_total{log=\"flows\"} 52\n",
		"\nnoroshi_log_files_total{log=\"flows\"} 53\n",
		"\nnoroshi_log_bytes_total{log=\"flows\"} 54\n",
		"\nnoroshi_log_rows_total{log=\"hours\"} 71\n",
		"\nnoroshi_log_rows_total{log=\"ipfix\"} 61\n",
		"\nnoroshi_log_lost_total{log=\"ipfix\"} 62\n",
		"\nnoroshi_log_bytes_total{log=\"ipfix\"} 63\n",
		"\nnoroshi_log_files_total{log=\"ipfix\"} 64\n",
		"\nnoroshi_ipfix_refused_total 65\n",
		"\nnoroshi_source_hits_total{source=\"isac-a/alerts\"} 40\n",
		"\nnoroshi_source_indicators{source=\"isac-a/alerts\"} 600\n",
		"hits_total{indicator=\"00112233445566ff\"} 10\n",
		"source_trials_total{source=\"isac-a/alerts\"} 71\n",
		"_cost_seconds_total{source=\"isac-a/alerts\"} 2.000000005\n",
		"=\"dear\",source=\"isac-a/alerts\"} 1.999999999\n",
		"_trials_total{indicator=\"00112233445566ff\"} 7\n",
		"_trials_total{indicator=\"other\"} 3\n",
		"_cost_seconds_total{indicator=\"other\"} 0.000000050\n"};
	struct nrs_text text = {0};

	(void)state;
	tell(&text);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!has(&text, lines[i]))
			fail_msg("no line%s", lines[i]);
	nrs_text_fini(&text);
}

static void a_label_can_hold_anything(void **state)
{
	static const struct {
		const char *text, *label;
	} cases[] = {
		{"plain", "\"plain\""},
		{"", "\"\""},
		{"a\"b", "\"a\\\"b\""},
		{"a\\", "\"a\\\\\""},
		{"two\nlines", "\"two?lines\""},
		{"\xe7\x8b\xbc\xe7\x85\x99", "\"\xe7\x8b\xbc\xe7\x85\x99\""},
		{"\xe7\x8b", "\"??\""},
		{"\x7f", "\"?\""}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_text text = {0};

		nrs_metrics_label(&text, nrs_span_of(cases[i].text));
		nrs_text_putc(&text, '\0');
		assert_string_equal((const char *)text.ptr, cases[i].label);
		nrs_text_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_line_is_of_the_format_and_families_stand_together),
		cmocka_unit_test(every_counter_is_told),
		cmocka_unit_test(figures_stand_where_they_belong),
		cmocka_unit_test(a_label_can_hold_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
