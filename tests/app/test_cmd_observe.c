/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_observe: arguments, exit statuses, and the two forms of output.
 */
#include "app/command.h"
#include "engine/base/json.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"
#include "tests/capture/made_capture.h"

static char capture[WORKSHOP_PATH];

static int setup(void **state)
{
	static const char *const names[] = {"a.example", "b.example", NULL};

	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(capture, sizeof(capture), "%s",
		       workshop_path("capture.pcap"));
	made_questions(capture, names);
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const char *gone = workshop_path("gone.pcap");
	const struct spoken_row rows[] = {
		{"no capture", {"observe"}, 2, NULL, "no capture given"},
		{"only options", {"observe", "--json"}, 2, NULL, "no capture"},
		{"no such option", {"observe", "--x", capture}, 2, NULL, "--x"},
		{"no such field",
		 {"observe", "--fields", "dns.query,dns.quarry", capture},
		 2,
		 NULL,
		 "no field 'dns.quarry'; there are dns.query dns.answer."},
		{"no such protocol",
		 {"observe", "--fields", "dms", capture},
		 2,
		 NULL,
		 "no field 'dms'; they begin with ip."},
		{"help",
		 {"observe", "--help"},
		 0,
		 "example: noroshi observe",
		 NULL},
		{"a capture that is not there",
		 {"observe", gone},
		 1,
		 NULL,
		 gone},
		{"the good one is read all the same",
		 {"observe", gone, capture},
		 1,
		 "dns.query\ta.example\n",
		 gone},
	};

	(void)state;
	spoken_check(nrs_cmd_observe, rows, sizeof(rows) / sizeof(*rows));
}

static void a_line_for_each_value_of_the_fields_asked_for(void **state)
{
	const struct spoken_row rows[] = {
		{"one field",
		 {"observe", "--fields", "dns.query", capture},
		 0,
		 "dns.query\ta.example\ndns.query\tb.example\n",
		 NULL},
		{"the last of two forms counts",
		 {"observe", "--json", "--tsv", "--fields", "dns.query",
		  capture},
		 0,
		 "dns.query\ta.example\ndns.query\tb.example\n",
		 NULL},
		{"a field that never came",
		 {"observe", "--fields", "tls.sni", capture},
		 0,
		 NULL,
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_observe, rows, sizeof(rows) / sizeof(*rows));
	assert_string_equal(SPOKEN_OUT, "");
	assert_int_equal(
		spoken_run(nrs_cmd_observe,
			   (const char *const[]){"observe", "--fields",
						 "dns.query", capture, NULL}),
		0);
	/* nothing but these two lines */
	assert_string_equal(SPOKEN_OUT,
			    "dns.query\ta.example\ndns.query\tb.example\n");
}

static void odd_octets_are_escaped(void **state)
{
	char path[WORKSHOP_PATH];
	struct frame f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s", workshop_path("odd.pcap"));
	FILE *file = made_capture_open(path);
	const struct frame_tcp open = {C2S, .seq = 99, .flags = 0x02};
	const struct frame_tcp ask = {
		C2S, .seq = 100, .flags = 0x18,
		.payload = "GET / HTTP/1.1\r\nHost: h.example\r\n"
			   "User-Agent: a\xff\tb\\c\xc3\xa9\r\n\r\n"};
	frame_tcp(&f, &open);
	made_capture_add(file, &f, MADE_CAPTURE_S);
	frame_tcp(&f, &ask);
	made_capture_add(file, &f, MADE_CAPTURE_S);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(spoken_run(nrs_cmd_observe,
				    (const char *const[]){"observe", "--fields",
							  "http.user_agent",
							  path, NULL}),
			 0);
	assert_string_equal(SPOKEN_OUT,
			    "http.user_agent\ta\\xff\\tb\\\\c\xc3\xa9\n");
}

static void json_is_one_object_for_each_transaction(void **state)
{
	const char *const words[] = {"observe",	  "--json", "--fields",
				     "dns.query", capture,  NULL};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_span rest, line;
	unsigned int lines = 0;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(spoken_run(nrs_cmd_observe, words), 0);
	rest = nrs_span_of(SPOKEN_OUT);
	while (nrs_span_split(&rest, '\n', &line)) {
		struct nrs_json *tree = NULL;

		if (line.len == 0)
			continue;
		lines++;
		assert_int_equal(nrs_json_parse(line, arena, &tree, NULL),
				 NRS_OK);
		assert_true(nrs_json_is(tree, NRS_JSON_OBJECT));
	}
	assert_int_equal(lines, 2);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(a_line_for_each_value_of_the_fields_asked_for),
		cmocka_unit_test(odd_octets_are_escaped),
		cmocka_unit_test(json_is_one_object_for_each_transaction),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
