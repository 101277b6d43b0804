/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outlets: nothing is written that was not switched on; each outlet has
 * its ceiling, and what is above it is counted.
 */
#include "app/outlets.h"

#include "app/config_read.h"
#include "tests/app/workshop.h"
#include "tests/sightings/made_hit.h"

static const char *const interfaces[] = {"eth1"};
static const struct nrs_hits_run run = {
	.set_digest = {(const uint8_t *)"sha256:0", 8},
	.captures = interfaces,
	.is_live = true,
	.number = 1};

static struct nrs_config *config_of(const char *more)
{
	char text[1000];
	struct nrs_config *config = NULL;
	struct nrs_text problems = {0};

	(void)snprintf(text, sizeof(text), "out: {dir: %s%s}\n", workshop,
		       more);
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = workshop,
					       .machine = "box"};
	if (nrs_config_read(&config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	nrs_text_fini(&problems);
	return config;
}

static void give(struct nrs_outlets *outlets, enum nrs_tlp tlp)
{
	struct made_hit made;

	made_set(&made, tlp, NULL);
	nrs_outlets_hit(outlets, made_usual(&made, "10.0.0.1", MADE_NS), &run);
	nrs_set_free(made.set);
}

static void nothing_is_open_that_was_not_asked_for(void **state)
{
	struct nrs_outlets *outlets = (void *)1;
	struct nrs_outlets_figures figures;

	(void)state;
	struct nrs_config *config = config_of("");
	assert_int_equal(nrs_outlets_new(&outlets, config, NULL), NRS_OK);
	assert_null(outlets);
	give(outlets, NRS_TLP_CLEAR);
	nrs_outlets_figures(outlets, &figures);
	assert_false(figures.has_syslog);
	nrs_outlets_free(outlets);
	nrs_config_free(config);
}

static void eve_has_a_line_for_each_hit_below_its_ceiling(void **state)
{
	struct nrs_outlets *outlets = NULL;
	struct nrs_outlets_figures figures;
	struct nrs_diag diag = {0};

	(void)state;
	struct nrs_config *config =
		config_of(", eve: {write: yes, max_tlp: amber}");
	if (nrs_outlets_new(&outlets, config, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	give(outlets, NRS_TLP_AMBER);
	give(outlets, NRS_TLP_AMBER_STRICT);
	give(outlets, NRS_TLP_NONE);
	nrs_outlets_figures(outlets, &figures);
	assert_int_equal(figures.above, 2);
	assert_int_equal(figures.lost, 0);
	nrs_outlets_free(outlets);
	const char *text = workshop_read("eve.json");
	const char *second = strchr(text, '\n');
	assert_non_null(second);
	assert_non_null(strstr(text, "\"dest_ip\":\"198.51.100.23\""));
	assert_null(strstr(second, "198.51.100.23"));
	assert_null(strstr(second, MADE_ID));
	assert_non_null(strstr(second, "above this output's ceiling: "));
	nrs_config_free(config);
}

static void a_server_is_a_host_and_a_port(void **state)
{
	static const char *const bad[] = {"logs.example",
					  "logs.example:", "2001:db8::1:6514",
					  "[2001:db8::1]"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_outlets *outlets = NULL;
		struct nrs_diag diag = {0};
		char more[100];

		(void)snprintf(more, sizeof(more), ", syslog: {server: \"%s\"}",
			       bad[i]);
		struct nrs_config *config = config_of(more);
		assert_int_equal(nrs_outlets_new(&outlets, config, &diag),
				 NRS_E_USAGE);
		assert_non_null(strstr(diag.text, "is no HOST:PORT"));
		nrs_config_free(config);
	}
}

static void below_the_class_nothing_is_sent(void **state)
{
	struct nrs_outlets *outlets = NULL;
	struct nrs_outlets_figures figures;

	(void)state;
	struct nrs_config *config =
		config_of(", syslog: {server: \"[::1]:9\", transport: tcp, "
			  "min_class: report}");
	assert_int_equal(nrs_outlets_new(&outlets, config, NULL), NRS_OK);
	give(outlets, NRS_TLP_CLEAR); /* attempted: watch */
	nrs_outlets_figures(outlets, &figures);
	assert_true(figures.has_syslog);
	assert_int_equal(figures.syslog.queued, 0);
	nrs_outlets_free(outlets);
	nrs_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_open_that_was_not_asked_for),
		cmocka_unit_test(eve_has_a_line_for_each_hit_below_its_ceiling),
		cmocka_unit_test(a_server_is_a_host_and_a_port),
		cmocka_unit_test(below_the_class_nothing_is_sent),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
