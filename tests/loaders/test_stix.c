/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix: whole documents: wrappers, broken objects, cut ends.
 */
#include "tests/loaders/stix_text.h"

#define ONE                                                                    \
	"{\"type\":\"indicator\",\"id\":\"indicator--1\","                     \
	"\"spec_version\":\"2.1\",\"pattern\":\"[a:b = 1]\"}"
#define OLD                                                                    \
	"{\"type\":\"indicator\",\"id\":\"indicator--2\","                     \
	"\"pattern\":\"[a:b = 1]\"}"

static const struct {
	const char *name, *text;
	int err;
	uint64_t objects, indicators, refused;
	const char *format;
} cases[] = {
	{"a bundle", "{\"type\":\"bundle\",\"objects\":[" ONE "]}", NRS_OK, 1,
	 1, 0, "STIX 2.1 bundle"},
	{"a bundle of 2.0",
	 "{\"type\":\"bundle\",\"spec_version\":\"2.0\",\"objects\":[" OLD "]}",
	 NRS_OK, 1, 1, 0, "STIX 2.0 bundle"},
	{"both", "{\"type\":\"bundle\",\"objects\":[" ONE "," OLD "]}", NRS_OK,
	 2, 2, 0, "STIX 2.0 and 2.1 bundle"},
	{"a bundle with sorted keys",
	 "{\"id\":\"bundle--1\",\"objects\":[" OLD
	 "],\"spec_version\":\"2.0\",\"type\":\"bundle\"}",
	 NRS_OK, 1, 1, 0, "STIX 2.0 bundle"},
	{"an envelope", "{\"more\":true,\"objects\":[" ONE "]}", NRS_OK, 1, 1,
	 0, "STIX 2.1 objects"},
	{"a bundle in an envelope",
	 "{\"objects\":[{\"type\":\"bundle\",\"objects\":[" ONE "]}," OLD "]}",
	 NRS_OK, 2, 2, 0, "STIX 2.0 and 2.1 bundle"},
	{"bundles in a bundle, and objects behind them",
	 "{\"type\":\"bundle\",\"objects\":[{\"type\":\"bundle\",\"objects\":["
	 "{\"type\":\"bundle\",\"objects\":[" ONE "]}]}," ONE "]}",
	 NRS_OK, 2, 2, 0, "STIX 2.1 bundle"},
	{"a line for each object", ONE "\n" ONE "\r\n\n" ONE, NRS_OK, 3, 3, 0,
	 "STIX 2.1 objects"},
	{"a broken line between good ones", ONE "\n{\"type\":}\n" ONE "\n",
	 NRS_OK, 3, 2, 1, "STIX 2.1 objects"},
	{"a line for each bundle",
	 "{\"type\":\"bundle\",\"objects\":[" ONE "]}\n"
	 "{\"type\":\"bundle\",\"objects\":[" ONE "]}\n",
	 NRS_OK, 2, 2, 0, "STIX 2.1 bundle"},
	{"an array", "[" ONE "," ONE "]", NRS_OK, 2, 2, 0, "STIX 2.1 objects"},
	{"one object", ONE, NRS_OK, 1, 1, 0, "STIX 2.1 objects"},
	{"an empty bundle", "{\"type\":\"bundle\",\"objects\":[]}", NRS_OK, 0,
	 0, 0, "STIX objects"},
	{"a broken object between good ones",
	 "{\"objects\":[" ONE ",{\"type\":},{\"id\":\"\\q\"}," OLD "]}", NRS_OK,
	 4, 2, 2, "STIX 2.0 and 2.1 objects"},
	{"what is no object between objects",
	 "{\"type\":\"bundle\",\"objects\":[7," ONE ",null,\"x\"," ONE "]}",
	 NRS_OK, 5, 2, 3, "STIX 2.1 bundle"},
	{"rubbish behind the list, and behind all",
	 "{\"type\":\"bundle\",\"objects\":[" ONE "] junk} more", NRS_OK, 3, 1,
	 2, "STIX 2.1 bundle"},
	{"an array of texts alone", "[\"x\",\"y\"]", NRS_E_FORMAT, 2, 0, 2,
	 "STIX objects"},
	{"cut inside the second object",
	 "{\"objects\":[" ONE ",{\"type\":\"indicator\",\"id\":\"indi",
	 NRS_E_TRUNCATED, 2, 1, 1, "STIX 2.1 objects"},
	{"cut between objects", "{\"objects\":[" ONE ",", NRS_E_TRUNCATED, 1, 1,
	 0, "STIX 2.1 objects"},
	{"unknown types and custom objects",
	 "{\"objects\":[{\"type\":\"x-y\",\"id\":\"x-y--1\"}," ONE "]}", NRS_OK,
	 2, 1, 0, "STIX 2.1 objects"},
	{"a MISP event", "{\"Event\":{\"info\":\"x\",\"Attribute\":[]}}",
	 NRS_E_FORMAT, 1, 0, 0, "STIX objects"},
	{"MISP events", "{\"response\":[{\"Event\":{}}]}", NRS_E_FORMAT, 1, 0,
	 0, "STIX objects"},
	{"other JSON", "{\"a\":{\"b\":1}}", NRS_E_FORMAT, 1, 0, 0,
	 "STIX objects"},
	{"broken through and through", "{\"a\":}", NRS_E_FORMAT, 1, 0, 1,
	 "STIX objects"},
};

static void documents_of_every_form_are_read_in_any_pieces(void **state)
{
	static const size_t steps[] = {1, 2, 3, 7, 64, 4096};
	struct nrs_loader_result r;
	int err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
			struct nrs_set *set =
				stix_read(cases[i].text, steps[k], &r, &err);

			if (err != cases[i].err ||
			    r.objects != cases[i].objects ||
			    r.indicators != cases[i].indicators ||
			    r.refused != cases[i].refused ||
			    r.truncated != (err == NRS_E_TRUNCATED) ||
			    strcmp(r.format, cases[i].format) != 0) {
				print_error("%s, by %zu: %d, %d objects, %d "
					    "indicators, %d refused, %s\n",
					    cases[i].name, steps[k], err,
					    (int)r.objects, (int)r.indicators,
					    (int)r.refused, r.format);
				fail();
			}
			assert_int_equal(nrs_set_count(set), r.indicators);
			nrs_set_free(set);
		}
	}
}

static void a_broken_object_is_named_with_its_place(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_set *set = stix_bundle(ONE ",{\"type\":}," OLD);

	(void)state;
	assert_int_equal(nrs_set_refusals(set, &refusals), 1);
	assert_int_equal(refusals->place, 2);
	assert_true(nrs_span_starts(refusals->text, "object at byte "));
	nrs_set_free(set);
}

static void what_is_no_object_is_named_with_its_place(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_set *set = stix_bundle(ONE ",7," OLD);

	(void)state;
	assert_int_equal(nrs_set_refusals(set, &refusals), 1);
	assert_int_equal(refusals->place, 2);
	assert_true(nrs_span_starts(refusals->text, "at byte "));
	assert_true(nrs_span_ends(refusals->text, ": no JSON object"));
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			documents_of_every_form_are_read_in_any_pieces),
		cmocka_unit_test(a_broken_object_is_named_with_its_place),
		cmocka_unit_test(what_is_no_object_is_named_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
