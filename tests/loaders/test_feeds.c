/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_feeds: the shared lists: every line is what its file's name says, and a
 * hand-made list of everything gives exactly what stands in it.
 */
#include "tests/nrs_test.h"

#include "loaders/loader.h"

static const struct nrs_loader_options options = {.default_tlp = NRS_TLP_NONE};

static struct nrs_set *load(const char *name, struct nrs_loader_result *result,
			    int want)
{
	struct nrs_set *set = NULL;
	char path[4096];

	assert_true(nrs_test_shared(name, path, sizeof(path)));
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, result, NULL),
			 want);
	return set;
}

/*
 * Counted with other tools (python3 ipaddress and re over the files):
 * ipport.txt has 22 ports outside 1 to 65535; of its addresses two stand
 * there twice, with and without zeroes before the port. In url.txt two lines
 * differ from another only in the fragment, which is dropped. In cidr.txt five
 * are of IPv6.
 */
static const struct {
	const char *file;
	uint64_t lines, refused, twice;
	enum nrs_shape shape;
	uint64_t others; /* lines of another shape */
} feeds[] = {
	{"feeds/cidr.txt", 1102, 0, 0, NRS_SHAPE_IPV4, 5},
	{"feeds/domain.txt", 1255851, 0, 0, NRS_SHAPE_NAME, 0},
	{"feeds/email.txt", 1147, 0, 0, NRS_SHAPE_EMAIL, 0},
	{"feeds/ipport.txt", 279740, 22, 2, NRS_SHAPE_ADDR_PORT, 0},
	{"feeds/ipv4.txt", 234610, 0, 0, NRS_SHAPE_IPV4, 0},
	{"feeds/ipv6.txt", 2025, 0, 0, NRS_SHAPE_IPV6, 0},
	{"feeds/md5.txt", 196, 0, 0, NRS_SHAPE_MD5, 0},
	{"feeds/sha1.txt", 894, 0, 0, NRS_SHAPE_SHA1, 0},
	{"feeds/sha256.txt", 2198, 0, 0, NRS_SHAPE_SHA256, 0},
	{"feeds/url.txt", 24262, 0, 2, NRS_SHAPE_URL, 0},
};

static void every_line_is_what_its_file_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(feeds) / sizeof(*feeds); i++) {
		struct nrs_loader_result r;
		struct nrs_set *set = load(feeds[i].file, &r, NRS_OK);
		uint64_t others = 0;

		for (uint32_t k = 0; k < nrs_set_count(set); k++)
			others += nrs_set_at(set, k)->shape != feeds[i].shape;
		if (r.objects != feeds[i].lines ||
		    r.refused != feeds[i].refused ||
		    r.indicators != feeds[i].lines - feeds[i].refused -
					    feeds[i].twice ||
		    others != feeds[i].others) {
			print_error("%s: %d lines, %d refused, %d indicators, "
				    "%d of another shape\n",
				    feeds[i].file, (int)r.objects,
				    (int)r.refused, (int)r.indicators,
				    (int)others);
			fail();
		}
		nrs_set_free(set);
	}
}

/* Paths without a host are nothing that a plain list can hold. */
static void paths_are_refused_line_by_line(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_set *set = load("feeds/path.txt", &result, NRS_E_FORMAT);

	(void)state;
	assert_int_equal(result.refused, 92497);
	assert_int_equal(nrs_set_refusals(set, &refusals),
			 NRS_SET_REFUSALS_MAX);
	assert_int_equal(refusals[999].place, 1000);
	nrs_set_free(set);
}

/* Written down by hand, line by line, from the file. */
static const struct {
	uint32_t line;
	enum nrs_shape shape;
	const char *value;
} mixed[] = {
	{3, NRS_SHAPE_IPV4, "198.51.100.7"},
	{4, NRS_SHAPE_IPV4, "198.51.100.8"},
	{5, NRS_SHAPE_IPV4, "198.51.100.0/24"},
	{6, NRS_SHAPE_NAME, "evil.example"}, /* 7 and 9 are the same */
	{8, NRS_SHAPE_NAME, "sub.evil.example"},
	{10, NRS_SHAPE_URL, "http://evil.example/path"},
	{11, NRS_SHAPE_URL, "https://evil.example:8443/a?b=c"},
	{12, NRS_SHAPE_URL, "http://198.51.100.9/x"},
	{13, NRS_SHAPE_URL, "ftp://evil.example/f"},
	{14, NRS_SHAPE_EMAIL, "user@evil.example"}, /* 15 is the same */
	{16, NRS_SHAPE_IPV6, "2001:db8::1"},
	{17, NRS_SHAPE_IPV6, "2001:db8::/32"},
	{18, NRS_SHAPE_MD5, "cead3f77f6cda6ec00f57d76c9a6879f"},
	{19, NRS_SHAPE_SHA1, "3257ca08104a32a75277ae69b2e11d9d13762efa"},
	{20, NRS_SHAPE_SHA256,
	 "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"},
	{22, NRS_SHAPE_ADDR_PORT, "198.51.100.10:8080"},
	{23, NRS_SHAPE_IPV4, "198.51.100.20/30"},
	{24, NRS_SHAPE_SUBDOMAINS, "wild.example"},
	{25, NRS_SHAPE_SUBDOMAINS, "adblock.example"},
	{26, NRS_SHAPE_NAME, "hosts.example"},
	{27, NRS_SHAPE_NAME, "local.hosts.example"},
	{29, NRS_SHAPE_NAME, "xn--bcher-kva.example"},
};

static void a_list_of_everything_gives_exactly_its_values(void **state)
{
	const uint32_t count = sizeof(mixed) / sizeof(*mixed);
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_set *set =
		load("bundles/feeds-synthetic/plain-mixed-defanged.txt",
		     &result, NRS_OK);

	(void)state;
	for (uint32_t i = 0; i < count && i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);

		if (item->place == mixed[i].line &&
		    item->shape == mixed[i].shape &&
		    nrs_span_is(item->pattern, mixed[i].value))
			continue;
		print_error("line %u: %s '%.*s'\n", item->place,
			    nrs_shape_name((enum nrs_shape)item->shape),
			    (int)item->pattern.len,
			    (const char *)item->pattern.ptr);
		fail();
	}
	assert_int_equal(nrs_set_count(set), count);
	assert_int_equal(nrs_set_refusals(set, &refusals), 1);
	assert_int_equal(refusals->place, 28);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_what_its_file_says),
		cmocka_unit_test(paths_are_refused_line_by_line),
		cmocka_unit_test(a_list_of_everything_gives_exactly_its_values),
	};
	char path[4096];

	if (!nrs_test_shared("feeds/domain.txt", path, sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
