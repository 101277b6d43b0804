/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_guard: each rule of section 2.2 of the shared specification, as pattern
 * and as value of a list, and the values just beside it; and that a refused
 * indicator leaves nothing behind that fires.
 */
#include "tests/engine/empty_set.h"

#include "engine/db.h"
#include "engine/matcher.h"
#include "engine/pattern.h"

#define EMPTY_MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define EMPTY_SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define EMPTY_SHA256                                                           \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define EMPTY_SHA384                                                           \
	"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"     \
	"274edebfe76f65fbd51ad2f14898b95b"
#define EMPTY_SHA512                                                           \
	"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"     \
	"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"

#define FULL NRS_STATUS_FULL
#define PARTIAL NRS_STATUS_PARTIAL
#define UNSEEN NRS_STATUS_UNSUPPORTED
#define REFUSED NRS_STATUS_REJECTED

/* @status with guards on, @without with guards off. */
static const struct {
	enum nrs_shape shape;
	const char *text;
	enum nrs_status status, without;
	const char *reason; /* part of it */
} rows[] = {
	{0, "[ipv4-addr:value ISSUBSET '0.0.0.0/0']", REFUSED, FULL,
	 "shorter than /8"},
	{0, "[ipv4-addr:value = '16.0.0.0/7']", REFUSED, FULL,
	 "shorter than /8"},
	{0, "[ipv4-addr:value = '16.0.0.0/8']", FULL, FULL, ""},
	{0, "[ipv6-addr:value ISSUBSET '::/0']", REFUSED, FULL,
	 "shorter than /16"},
	{0, "[ipv6-addr:value ISSUBSET '2000::/15']", REFUSED, FULL,
	 "shorter than /16"},
	{0, "[ipv6-addr:value ISSUBSET '2001::/16']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '0.0.0.0']", REFUSED, FULL, "0.0.0.0/8"},
	{0, "[ipv4-addr:value = '0.255.255.255']", REFUSED, FULL, "0.0.0.0/8"},
	{0, "[ipv4-addr:value = '1.0.0.0']", FULL, FULL, ""},
	{0, "[ipv6-addr:value = '::']", REFUSED, FULL, "nobody's"},
	{0, "[ipv4-addr:value = '127.0.0.1']", REFUSED, FULL, "loopback"},
	{0, "[ipv4-addr:value = '127.255.255.255']", REFUSED, FULL, "loopback"},
	{0, "[ipv4-addr:value = '126.255.255.255']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '128.0.0.0']", FULL, FULL, ""},
	{0, "[ipv6-addr:value = '::1']", REFUSED, FULL, "loopback"},
	{0, "[ipv6-addr:value = '::2']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '169.254.0.9']", REFUSED, FULL, "link-local"},
	{0, "[ipv4-addr:value = '169.253.255.255']", FULL, FULL, ""},
	{0, "[ipv6-addr:value = 'fe80::1']", REFUSED, FULL, "link-local"},
	{0, "[ipv6-addr:value = 'febf::1']", REFUSED, FULL, "link-local"},
	{0, "[ipv6-addr:value = 'fec0::1']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '224.0.0.251']", REFUSED, FULL, "multicast"},
	{0, "[ipv4-addr:value = '239.255.255.250']", REFUSED, FULL,
	 "multicast"},
	{0, "[ipv4-addr:value = '223.255.255.255']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '240.0.0.1']", FULL, FULL, ""},
	{0, "[ipv6-addr:value = 'ff02::fb']", REFUSED, FULL, "multicast"},
	{0, "[ipv4-addr:value = '203.0.113.9']", REFUSED, FULL, "own network"},
	{0, "[ipv4-addr:value = '203.0.112.0/20']", REFUSED, FULL,
	 "own network"},
	{0, "[ipv4-addr:value = '203.0.114.0']", FULL, FULL, ""},
	{0, "[ipv4-addr:value LIKE '127.%']", REFUSED, FULL, "loopback"},
	{0, "[ipv4-addr:value IN ('192.0.2.7', '127.0.0.1')]", REFUSED, FULL,
	 "loopback"},
	{0, "[network-traffic:dst_ref.value = '127.0.0.1']", REFUSED, FULL,
	 "loopback"},
	{0,
	 "[network-traffic:dst_ref.type = 'ipv4-addr' AND "
	 "network-traffic:dst_ref.value = '127.0.0.1']",
	 REFUSED, FULL, "loopback"},
	{0, "[ipv4-addr:value != '127.0.0.1']", FULL, FULL, ""},
	/* a good test beside it narrows what is too wide alone */
	{0,
	 "[ipv4-addr:value ISSUBSET '0.0.0.0/0' AND domain-name:value = "
	 "'higan.example']",
	 FULL, FULL, ""},
	{0, "[ipv4-addr:value = '192.0.2.7' OR ipv4-addr:value = '127.0.0.1']",
	 REFUSED, FULL, "loopback"},
	{0,
	 "[ipv4-addr:value = '192.0.2.7'] OR [ipv4-addr:value = "
	 "'127.0.0.1']",
	 REFUSED, FULL, "loopback"},
	{0, "[domain-name:value = 'com']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value = 'co.uk']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value = 'CO.UK.']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value = '*.co.uk']", REFUSED, FULL, "public suffix"},
	/* a hoster's, listed by name; and a host of one customer, by the rule
	 * *.beget.app of the list's private part */
	{0, "[domain-name:value = 'ath.cx']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value = 'higan.beget.app']", FULL, FULL, ""},
	{0, "[domain-name:value = 'higan.ck']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value = 'higan.co.uk']", FULL, FULL, ""},
	{0, "[file:hashes.MD5 = '" EMPTY_MD5 "']", REFUSED, FULL, "digest"},
	{0, "[file:hashes.'SHA-1' = '" EMPTY_SHA1 "']", REFUSED, FULL,
	 "digest"},
	{0, "[file:hashes.SHA256 = '" EMPTY_SHA256 "']", REFUSED, FULL,
	 "digest"},
	{0,
	 "[domain-name:value = 'higan.example' OR file:hashes.MD5 = "
	 "'D41D8CD98F00B204E9800998ECF8427E']",
	 REFUSED, FULL, "digest"},
	{0,
	 "[file:hashes.MD5 = '0"
	 "41d8cd98f00b204e9800998ecf8427e']",
	 FULL, FULL, ""},
	{0, "[url:value = 'http://*:80/']", REFUSED, FULL, "any host"},
	{0, "[url:value = 'http://*']", REFUSED, FULL, "any host"},
	{0, "[url:value = 'http://*:80/delay/']", FULL, FULL, ""},
	{0, "[url:value = 'http://*.higan.example/a']", UNSEEN, UNSEEN,
	 "pattern as its host"},
	{0, "[domain-name:value LIKE '%']", REFUSED, FULL, "everything"},
	{0, "[url:value LIKE '%%']", REFUSED, FULL, "everything"},
	{0, "[domain-name:value LIKE '%.com']", REFUSED, FULL, "public suffix"},
	{0, "[domain-name:value LIKE '%CO.UK']", REFUSED, FULL,
	 "public suffix"},
	{0, "[domain-name:value LIKE '%.higan.com']", FULL, FULL, ""},
	{0, "[domain-name:value LIKE 'higan.%']", FULL, FULL, ""},
	{0, "[url:value LIKE '%.com']", FULL, FULL, ""},
	{0, "[domain-name:value NOT LIKE '%']", FULL, FULL, ""},
	{0, "[domain-name:value MATCHES '.*']", REFUSED, FULL, "everything"},
	{0, "[url:value MATCHES '']", REFUSED, FULL, "everything"},
	{0, "[url:value MATCHES '.']", REFUSED, FULL, "everything"},
	{0, "[domain-name:value MATCHES '^[a-z]{8}\\\\.com$']", FULL, FULL, ""},
	{0, "[domain-name:value MATCHES '^$']", FULL, FULL, ""},
	{0, "[domain-name:value LIKE '%' AND network-traffic:dst_port = 4444]",
	 FULL, FULL, ""},
	/* allowed here */
	{0, "[ipv4-addr:value = '203.0.113.200']", FULL, FULL, ""},
	{0, "[ipv4-addr:value = '203.0.113.128/25']", REFUSED, FULL,
	 "own network"},
	{0, "[domain-name:value = 'uk.com']", FULL, FULL, ""},
	{NRS_SHAPE_IPV4, "127.0.0.1", REFUSED, FULL, "loopback"},
	{NRS_SHAPE_IPV4, "16.0.0.0/7", REFUSED, FULL, "shorter than /8"},
	{NRS_SHAPE_IPV4, "192.0.2.0/24", FULL, FULL, ""},
	{NRS_SHAPE_IPV6, "ff02::1", REFUSED, FULL, "multicast"},
	{NRS_SHAPE_NAME, "co.uk", REFUSED, FULL, "public suffix"},
	{NRS_SHAPE_SUBDOMAINS, "co.uk", REFUSED, FULL, "public suffix"},
	{NRS_SHAPE_NAME, "higan.example", FULL, FULL, ""},
	{NRS_SHAPE_ADDR_PORT, "127.0.0.1:80", REFUSED, FULL, "loopback"},
	{NRS_SHAPE_ADDR_PORT, "192.0.2.7:80", FULL, FULL, ""},
	{NRS_SHAPE_URL, "http://*.higan.example/a", UNSEEN, UNSEEN,
	 "pattern as its host"},
	{NRS_SHAPE_MD5, EMPTY_MD5, REFUSED, FULL, "digest"},
	{NRS_SHAPE_SHA1, EMPTY_SHA1, REFUSED, FULL, "digest"},
	{NRS_SHAPE_SHA256, EMPTY_SHA256, REFUSED, FULL, "digest"},
	{NRS_SHAPE_SHA384, EMPTY_SHA384, REFUSED, UNSEEN, "digest"},
	{NRS_SHAPE_SHA512, EMPTY_SHA512, REFUSED, UNSEEN, "digest"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static struct nrs_set *new_set(void)
{
	struct nrs_set *set = NULL;

	set = empty_set();
	return set;
}

static void add(struct nrs_set *set, enum nrs_shape shape, const char *text)
{
	const struct nrs_indicator item = {.pattern = nrs_span_of(text),
					   .shape = (uint8_t)shape,
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
}

static struct nrs_set *all_rows(void)
{
	struct nrs_set *set = new_set();

	for (size_t i = 0; i < ROW_COUNT; i++)
		add(set, rows[i].shape, rows[i].text);
	return set;
}

/* What each row becomes, and that each refusal is counted. */
static void build_all(const struct nrs_build_options *options)
{
	struct nrs_set *set = all_rows();
	struct nrs_db_sizes sizes;
	struct nrs_db *db = NULL;
	uint64_t refused = 0;

	assert_int_equal(nrs_db_build(&db, set, options), NRS_OK);
	for (uint32_t i = 0; i < ROW_COUNT; i++) {
		const enum nrs_status got =
			(enum nrs_status)nrs_set_at(set, i)->status;
		const char *reason = nrs_set_reason(set, i);

		if (got != (options->guards ? rows[i].status
					    : rows[i].without) ||
		    (options->guards && strstr(reason, rows[i].reason) == NULL))
			fail_msg("%s: %s, %s", rows[i].text,
				 nrs_status_name(got), reason);
		refused += got == REFUSED;
	}
	nrs_db_sizes(db, &sizes);
	assert_int_equal(sizes.guarded, refused);
	nrs_db_free(db);
	nrs_set_free(set);
}

static void each_rule_refuses_its_values_and_no_others(void **state)
{
	const struct nrs_span name = nrs_span_of("uk.com");
	struct nrs_prefix own, allowed;
	const struct nrs_build_options options = {
		.seats = 1,
		.guards = true,
		.own = {&own, 1, &allowed, 1, &name, 1}};

	(void)state;
	assert_int_equal(nrs_prefix_parse(nrs_span_of("203.0.113.0/24"), &own),
			 NRS_OK);
	assert_int_equal(
		nrs_prefix_parse(nrs_span_of("203.0.113.192/26"), &allowed),
		NRS_OK);
	build_all(&options);
}

static void without_guards_nothing_is_refused(void **state)
{
	const struct nrs_build_options options = {.seats = 1};

	(void)state;
	for (size_t i = 0; i < ROW_COUNT; i++)
		assert_int_not_equal(rows[i].without, REFUSED);
	build_all(&options);
}

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	unsigned int *bits = ctx;

	assert_true(hit->indicator < 32);
	*bits |= 1u << hit->indicator;
}

/* The indicators of @set, as bits, that a flow to 192.0.2.7:4444 hits. */
static unsigned int hits_of(struct nrs_set *set, struct nrs_db_sizes *sizes)
{
	const struct nrs_build_options options = {.seats = 1, .guards = true};
	struct nrs_counters counters = {0};
	struct nrs_matcher *matcher = NULL;
	struct nrs_db *db = NULL;
	struct nrs_slab slab;
	struct nrs_txn flow;
	struct nrs_addr to;
	unsigned int bits = 0;
	const struct nrs_match_sink sink = {.ctx = &bits, .hit = on_hit};

	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	nrs_db_sizes(db, sizes);
	assert_int_equal(nrs_slab_init(&slab, NRS_KEPT_BYTES, 64), 0);
	assert_int_equal(nrs_matcher_new(&matcher, db, 0, &sink, &counters),
			 NRS_OK);
	assert_int_equal(nrs_addr_parse(nrs_span_of("192.0.2.7"), &to), NRS_OK);
	nrs_matcher_at(matcher, 1, &slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_value(matcher, &flow, NRS_F_IP_DST, 1, nrs_span(to.bytes, 16));
	nrs_txn_int(matcher, &flow, NRS_F_DST_PORT, 4444);
	nrs_txn_end(matcher, &flow);
	nrs_matcher_free(matcher);
	nrs_slab_fini(&slab);
	nrs_db_free(db);
	return bits;
}

static void a_rejected_indicator_leaves_nothing_that_fires(void **state)
{
	struct nrs_set *set = new_set();
	struct nrs_db_sizes sizes;

	(void)state;
	add(set, 0,
	    "[ipv4-addr:value = '192.0.2.7'] OR [ipv4-addr:value = 'x']");
	add(set, 0,
	    "[ipv4-addr:value = '192.0.2.7'] OR [ipv4-addr:value = '::1']");
	add(set, 0, "[ipv4-addr:value = '192.0.2.7']");
	assert_int_equal(hits_of(set, &sizes), 1u << 2);
	assert_int_equal(nrs_set_at(set, 0)->status, REFUSED);
	assert_int_equal(nrs_set_at(set, 1)->status, REFUSED);
	nrs_set_free(set);
}

/* Written differently, but one test each: made once, told for all. */
static void what_means_the_same_is_compiled_once(void **state)
{
	static const struct {
		const char *name, *patterns[7];
		unsigned int hits; /* as bits */
		uint64_t tests;
	} cases[] = {
		{"an address",
		 {"[ipv4-addr:value = '192.0.2.7']",
		  "[ipv4-addr:value='192.0.2.7/32']",
		  "[ipv4-addr:value ISSUBSET '192.0.2.7/32']",
		  "[ipv4-addr:value IN ('192.0.2.7')]",
		  "([ ipv4-addr:value = '192[.]0[.]2[.]7' ])",
		  "[domain-name:value = '192.0.2.7']",
		  "[ipv6-addr:value = '::ffff:192.0.2.7']"},
		 0x7f,
		 1},
		{"two tests in either order",
		 {"[network-traffic:dst_ref.value = '192.0.2.7' AND "
		  "network-traffic:dst_port = 4444]",
		  "[network-traffic:dst_port = '4444' AND "
		  "network-traffic:dst_ref.value = '192.0.2.7']"},
		 3,
		 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *set = new_set();
		struct nrs_db_sizes sizes;

		print_message("%s\n", cases[i].name);
		for (size_t k = 0; k < 7 && cases[i].patterns[k] != NULL; k++)
			add(set, 0, cases[i].patterns[k]);
		assert_int_equal(hits_of(set, &sizes), cases[i].hits);
		assert_int_equal(sizes.tests, cases[i].tests);
		nrs_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_refuses_its_values_and_no_others),
		cmocka_unit_test(without_guards_nothing_is_refused),
		cmocka_unit_test(
			a_rejected_indicator_leaves_nothing_that_fires),
		cmocka_unit_test(what_means_the_same_is_compiled_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
