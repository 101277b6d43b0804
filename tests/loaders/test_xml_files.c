/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_xml_files: every XML file of the shared bundles, with counts that were
 * taken with another XML library, term by term.
 */
#include "tests/nrs_test.h"

#include "loaders/loader.h"

static const struct {
	const char *path;
	const char *format;
	uint64_t objects; /* IndicatorItems, Indicators; without any of them
			   * Observables */
	unsigned int indicators, unsupported, refused;
} files[] = {
#define CITIZENLAB "openioc-citizenlab/"
#define FIREEYE "openioc-fireeye/"
	{CITIZENLAB "201705_TaintedLeaks-openioc.ioc", "OpenIOC 1.0", 12, 12, 3,
	 0},
	{CITIZENLAB "201803_BadTraffic-openioc.ioc", "OpenIOC 1.0", 25, 25, 0,
	 0},
	{CITIZENLAB "201808_FamiliarFeeling-openioc.ioc", "OpenIOC 1.0", 22, 22,
	 6, 0},
	{FIREEYE "0ae061d7-c624-4a84-8adf-00281b97797b.ioc", "OpenIOC 1.0", 5,
	 4, 0, 0},
	{FIREEYE "2384c8ce-6eca-4d06-8aa4-151b53d9a6bc.ioc", "OpenIOC 1.0", 25,
	 19, 4, 0},
	{FIREEYE "62f65dae-9475-44b0-a9eb-c1baebbd9885.ioc", "OpenIOC 1.0", 7,
	 7, 0, 0},
	{FIREEYE "7b9e87c5-b619-4a13-b862-0145614d359a.ioc", "OpenIOC 1.0", 25,
	 25, 2, 0},
	{FIREEYE "a438caeb-96dd-4225-853c-fc5910980961.ioc", "OpenIOC 1.0", 3,
	 3, 2, 0},
	{FIREEYE "a6c6dbf0-d72a-4f07-8b11-55527aef4755.ioc", "OpenIOC 1.0", 2,
	 2, 1, 0},
	{FIREEYE "bdf7929c-3f0b-4fdd-bcc5-b4a82554ad92.ioc", "OpenIOC 1.0", 4,
	 3, 2, 0},
	{FIREEYE "db0b6ac6-874a-498e-892b-ac7c2020e061.ioc", "OpenIOC 1.0", 30,
	 28, 13, 0},
	{FIREEYE "eeffc8e8-caee-4fe1-8ace-7a994b5d893f.ioc", "OpenIOC 1.0", 266,
	 220, 42, 0},
#define STIX1 "stix1-citizenlab/"
	{STIX1 "201705_TaintedLeaks-stix.xml", "STIX 1 package", 12, 12, 0, 0},
	{STIX1 "201803_BadTraffic-stix.xml", "STIX 1 package", 63, 63, 0, 0},
	/* Three of them have no observable. */
	{STIX1 "201808_FamiliarFeeling-stix.xml", "STIX 1 package", 40, 40, 3,
	 0},
	/* It has observables of an incident, and no indicator. */
	{STIX1 "201905_EndlessMayfly-stix.xml", "STIX 1 package", 6, 0, 0, 0},
};

static void check_file(size_t i)
{
	const struct nrs_loader_options options = {.default_tlp = 0};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	unsigned int unsupported = 0;
	char name[300], path[4096];

	snprintf(name, sizeof(name), "bundles/%s", files[i].path);
	assert_true(nrs_test_shared(name, path, sizeof(path)));
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	const int err = nrs_load_file(set, path, &options, &result, &diag);
	for (uint32_t at = 0; at < nrs_set_count(set); at++)
		unsupported +=
			nrs_set_at(set, at)->status == NRS_STATUS_UNSUPPORTED;
	if (err != NRS_OK || result.objects != files[i].objects ||
	    result.indicators != files[i].indicators ||
	    nrs_set_count(set) != files[i].indicators ||
	    unsupported != files[i].unsupported ||
	    result.refused != files[i].refused ||
	    strcmp(result.format, files[i].format) != 0) {
		print_error("%s: %d '%s' %s, objects %llu, indicators %llu, "
			    "unsupported %u, refused %llu\n",
			    files[i].path, err, diag.text, result.format,
			    (unsigned long long)result.objects,
			    (unsigned long long)result.indicators, unsupported,
			    (unsigned long long)result.refused);
		fail();
	}
	/* Ids that two rows share would hide one of them. */
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	for (uint32_t at = 0; at < nrs_set_count(set); at++)
		assert_true(nrs_set_at(set, at)->status == NRS_STATUS_FULL ||
			    nrs_set_at(set, at)->status ==
				    NRS_STATUS_UNSUPPORTED);
	nrs_set_free(set);
}

static void every_xml_file_has_the_counts_of_another_reader(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		check_file(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_xml_file_has_the_counts_of_another_reader),
	};
	char path[4096];

	if (!nrs_test_shared("bundles/README.md", path, sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
