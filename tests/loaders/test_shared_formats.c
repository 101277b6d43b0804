/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shared_formats: every shared file of the formats other than STIX 2 and
 * plain lists loads with counts that were taken without us.
 *
 * Zeek: python3 over the files: lines that do not begin with #, distinct
 * (type, value) with addresses through ipaddress, URLs without scheme and
 * names and digests in lower case. MISP: python3 over the attributes of events
 * and objects by type, to_ids and deleted. The small ones in feeds-synthetic
 * were counted by eye.
 */
#include "tests/nrs_test.h"

#include "loaders/loader.h"

static const struct {
	const char *file, *format, *forced;
	uint64_t objects, indicators, refused, ignored;
} files[] = {
	{"bundles/feeds-synthetic/feodo-ipblocklist.csv", "Feodo Tracker CSV",
	 "", 2, 2, 0, 0},
	{"bundles/feeds-synthetic/malwarebazaar.csv", "MalwareBazaar CSV", "",
	 1, 3, 0, 0},
	{"bundles/feeds-synthetic/sslbl-certs.csv", "SSLBL CSV", "", 2, 2, 0,
	 0},
	{"bundles/feeds-synthetic/sslbl-ja3.csv", "SSLBL JA3 CSV", "", 1, 1, 0,
	 0},
	{"bundles/feeds-synthetic/suricata-ip.lst", "list", "", 3, 3, 0, 0},
	{"bundles/feeds-synthetic/suricata-iprep-categories.txt",
	 "Suricata iprep categories", "", 2, 0, 0, 2},
	{"bundles/feeds-synthetic/suricata-iprep.list", "Suricata iprep", "", 3,
	 3, 0, 0},
	{"bundles/feeds-synthetic/suricata-ipv4.lst", "list", "", 2, 2, 0, 0},
	{"bundles/feeds-synthetic/suricata-md5.lst", "list", "", 2, 2, 0, 0},
	{"bundles/feeds-synthetic/suricata-sha256.lst", "list", "", 1, 1, 0, 0},
	{"bundles/feeds-synthetic/suricata-string-datarep.rep",
	 "Suricata datarep", "", 2, 2, 0, 0},
	/* Of a path and a browser nothing says which field they are of. */
	{"bundles/feeds-synthetic/suricata-string.lst", "Suricata dataset", "",
	 3, 1, 2, 0},
	{"bundles/feeds-synthetic/threatfox-14col.csv", "ThreatFox CSV", "", 1,
	 1, 0, 0},
	{"bundles/feeds-synthetic/threatfox-15col.csv", "ThreatFox CSV", "", 5,
	 5, 0, 0},
	{"bundles/feeds-synthetic/urlhaus.csv", "URLhaus CSV", "", 2, 2, 0, 0},
	{"bundles/feeds-synthetic/zeek-quirks.intel", "Zeek intel", "", 14, 13,
	 1, 0},
	{"bundles/misp-events-citizenlab/201705_TaintedLeaks-misp.json",
	 "MISP event", "", 12, 12, 0, 0},
	{"bundles/misp-events-citizenlab/201803_BadTraffic-misp.json",
	 "MISP event", "", 63, 25, 0, 38},
	{"bundles/misp-events-eset/glupteba.misp-event.json", "MISP event", "",
	 321, 320, 0, 1},
	{"bundles/misp-events-eset/kessel.json", "MISP event", "", 8, 0, 0, 8},
	{"bundles/misp-events-eset/kessel.json", "MISP event",
	 "misp:to_ids=any", 8, 4, 3, 1},
	{"bundles/misp-events-eset/misp-dukes-operation-ghost-event.json",
	 "MISP event", "", 101, 0, 0, 101},
	{"bundles/misp-events-eset/misp-dukes-operation-ghost-event.json",
	 "MISP event", "misp:to_ids=any", 101, 88, 0, 13},
	{"bundles/misp-events-eset/misp-xdspy-event.json", "MISP event", "", 71,
	 0, 0, 71},
	{"bundles/misp-events-eset/misp-xdspy-event.json", "MISP event",
	 "misp:to_ids=any", 71, 60, 0, 11},
	{"bundles/misp-events-eset/mozi.misp-event.json", "MISP event", "", 151,
	 74, 0, 77},
	{"bundles/misp-feed-eset/", "MISP feed", "", 230, 74, 0, 156},
	{"bundles/misp-feed-eset/hashes.csv", "MISP feed index", "", 230, 0, 0,
	 230},
	{"bundles/misp-feed-eset/15ebb496-c51c-4f88-b60b-aba5f806db5f.json",
	 "MISP event", "", 151, 74, 0, 77},
	{"bundles/misp-feed-eset/5bbe5d08-e794-4329-b715-01550a016219.json",
	 "MISP event", "", 8, 0, 0, 8},
	{"bundles/misp-feed-eset/e3835720-0f14-44ee-84bf-10cb39de6ebd.json",
	 "MISP event", "", 71, 0, 0, 71},
	{"bundles/zeek-intel/Amnesty_NSO_Domains.intel", "Zeek intel", "", 1424,
	 1424, 0, 0},
	{"bundles/zeek-intel/abuse-ch-malware.intel", "Zeek intel", "", 828,
	 828, 0, 0},
	{"bundles/zeek-intel/abuse-ch-threatfox-ip.intel", "Zeek intel", "",
	 3493, 2342, 0, 0},
	{"bundles/zeek-intel/abuse-ja3-fingerprints.intel", "Zeek intel", "", 0,
	 0, 0, 0},
	{"bundles/zeek-intel/alienvault.intel", "Zeek intel", "", 609, 609, 0,
	 0},
	{"bundles/zeek-intel/cps-collected-iocs-sample.intel", "Zeek intel", "",
	 6000, 5967, 0, 0},
	{"bundles/zeek-intel/gru-aa25.intel", "Zeek intel", "", 125, 122, 0, 0},
	{"bundles/zeek-intel/lockbit_ip.intel", "Zeek intel", "", 11, 11, 0, 0},
	{"bundles/zeek-intel/openphish.intel", "Zeek intel", "", 300, 300, 0,
	 0},
	{"bundles/zeek-intel/ragnar.intel", "Zeek intel", "", 31, 31, 0, 0},
	{"bundles/zeek-intel/tweetfeed.intel", "Zeek intel", "", 250, 165, 0,
	 0},
	{"feeds/zeek-intel/Amnesty_NSO_Domains.intel", "Zeek intel", "", 1424,
	 1424, 0, 0},
	{"feeds/zeek-intel/abuse-ch-threatfox-ip.intel", "Zeek intel", "", 3493,
	 2342, 0, 0},
	{"feeds/zeek-intel/cobaltstrike_ips.intel", "Zeek intel", "", 2087, 804,
	 0, 0},
	{"feeds/zeek-intel/fangxiao.intel", "Zeek intel", "", 39410, 39410, 0,
	 0},
	{"feeds/zeek-intel/stalkerware.intel", "Zeek intel", "", 2539, 2228, 0,
	 0},
	{"feeds/zeek-intel/tor-exit.intel", "Zeek intel", "", 3251, 1372, 0, 0},
};

static void every_file_loads_with_the_counts_of_another_tool(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const struct nrs_loader_options options = {
			.format = nrs_span_of(files[i].forced)};
		struct nrs_loader_result r;
		struct nrs_diag diag = {0};
		struct nrs_set *set = NULL;
		char path[4096];

		assert_true(nrs_test_shared(files[i].file, path, sizeof(path)));
		assert_int_equal(nrs_set_new(&set), NRS_OK);
		const int err = nrs_load_file(set, path, &options, &r, &diag);
		if (err != NRS_OK || r.format == NULL ||
		    strcmp(r.format, files[i].format) != 0 ||
		    r.objects != files[i].objects ||
		    r.indicators != files[i].indicators ||
		    r.refused != files[i].refused ||
		    r.ignored != files[i].ignored ||
		    nrs_set_count(set) != r.indicators) {
			print_error("%s: %d '%s', %s: %d objects, %d "
				    "indicators, %d refused, %d ignored\n",
				    files[i].file, err, diag.text, r.format,
				    (int)r.objects, (int)r.indicators,
				    (int)r.refused, (int)r.ignored);
			wrong++;
		}
		nrs_set_free(set);
	}
	assert_int_equal(wrong, 0);
}

/* What people took for MISP and is none, and a manifest without its folder. */
static void what_is_no_feed_says_what_it_is(void **state)
{
	static const struct {
		const char *file, *diag;
	} others[] = {
		{"bundles/misp-events-eset/rqz-dnsduvel_blocklist.json",
		 "holds no STIX object"},
		{"bundles/misp-feed-eset/manifest.json", "give its folder"},
	};
	const struct nrs_loader_options options = {.default_tlp = 0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nrs_loader_result r;
		struct nrs_diag diag = {0};
		struct nrs_set *set = NULL;
		char path[4096];

		assert_true(
			nrs_test_shared(others[i].file, path, sizeof(path)));
		assert_int_equal(nrs_set_new(&set), NRS_OK);
		assert_int_equal(nrs_load_file(set, path, &options, &r, &diag),
				 NRS_E_FORMAT);
		assert_non_null(strstr(diag.text, others[i].diag));
		nrs_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_file_loads_with_the_counts_of_another_tool),
		cmocka_unit_test(what_is_no_feed_says_what_it_is),
	};
	char path[4096];

	if (!nrs_test_shared("bundles/README.md", path, sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
