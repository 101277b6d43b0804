/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_found: which indicators cover a value, whatever became of them.
 */
#include "app/found.h"
#include "tests/app/workshop.h"

static struct nrs_set *set;

#define ITEM(n, pattern, more)                                                 \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"             \
	"\"indicator--" n "\",\"created\":\"2026-01-01T00:00:00.000Z\","       \
	"\"modified\":\"2026-01-01T00:00:00.000Z\",\"pattern_type\":\"stix\"," \
	"\"valid_from\":\"2026-01-01T00:00:00Z\",\"pattern\":\"" pattern       \
	"\"" more "}"

static const char *const items[] = {
	ITEM("name", "[domain-name:value = 'C2.example']", ""),
	ITEM("below", "[domain-name:value LIKE '%.c2.example']", ""),
	ITEM("port",
	     "[domain-name:value = 'c2.example' AND "
	     "network-traffic:dst_port = 8443]",
	     ""),
	ITEM("later",
	     "[network-traffic:dst_port = 8443 AND domain-name:value"
	     " MATCHES '^c2[.]']",
	     ""),
	ITEM("not", "[domain-name:value != 'c2.example']", ""),
	ITEM("revoked", "[domain-name:value = 'c2.example']",
	     ",\"revoked\":true"),
	ITEM("benign", "[domain-name:value = 'c2.example']",
	     ",\"indicator_types\":[\"benign\"]"),
	ITEM("file", "[file:name = 'c2.example']", ""),
	ITEM("either",
	     "[file:name = 'x.exe'] OR [domain-name:value = "
	     "'c2.example']",
	     ""),
	ITEM("thrice", "[domain-name:value = 'c2.example'] REPEATS 3 TIMES",
	     ""),
	ITEM("net", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ""),
	ITEM("host", "[ipv4-addr:value = '198.51.100.7']", ""),
	ITEM("source", "[network-traffic:src_ref.value = '198.51.100.7']", ""),
	ITEM("six", "[ipv6-addr:value = '2001:db8::7']", ""),
	ITEM("all", "[ipv4-addr:value ISSUBSET '0.0.0.0/0']", ""),
	ITEM("url", "[url:value = 'http://c2.example/a?b']", ""),
	ITEM("sum", "[file:hashes.MD5 = 'D41D8CD98F00B204E9800998ECF8427F']",
	     ""),
	ITEM("agent",
	     "[network-traffic:extensions.'http-request-ext'."
	     "request_header.'User-Agent' = 'curl']",
	     ""),
	ITEM("payload", "[artifact:payload_bin MATCHES 'beacon[0-9]']", ""),
};

static int setup(void **state)
{
	struct nrs_text text = {0};
	static char path[WORKSHOP_PATH];
	char *paths[] = {path};
	const struct nrs_load load = {.paths = paths, .path_count = 1};
	unsigned int failed;

	if (workshop_open(state) != 0)
		return -1;
	nrs_text_puts(&text, "{\"type\":\"bundle\",\"id\":\"bundle--1\","
			     "\"objects\":[");
	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		nrs_text_puts(&text, i > 0 ? "," : "");
		nrs_text_puts(&text, items[i]);
	}
	nrs_text_puts(&text, "]}");
	nrs_text_putc(&text, '\0');
	(void)snprintf(path, sizeof(path), "%s",
		       workshop_write("set.json", (const char *)text.ptr));
	nrs_text_fini(&text);
	return nrs_load_all(&set, &load, &failed);
}

static int teardown(void **state)
{
	nrs_set_free(set);
	return workshop_close(state);
}

#define NAME_ALL                                                               \
	"name=covers it,port=wants more than it,later=wants more than it,"     \
	"revoked=covers it,benign=covers it,file=covers it,either=covers it,"  \
	"thrice=wants more than it"

static const struct {
	const char *name, *value;
	bool within;
	const char *want; /* in the order of the set */
} rows[] = {
	{"a name", "c2.example", false, NAME_ALL},
	{"a defanged name", "C2[.]example", false, NAME_ALL},
	{"a name with a port", "c2.example:8443", false, NAME_ALL},
	{"a name below", "a.c2.example", false,
	 "below=covers it,not=covers it"},
	{"what lies below a name", "c2.example", true,
	 "name=covers it,below=lies within it,port=wants more than it,"
	 "later=wants more than it,revoked=covers it,benign=covers it,"
	 "file=covers it,either=covers it,thrice=wants more than it"},
	{"an address", "198[.]51[.]100[.]7", false,
	 "net=covers it,host=covers it,source=covers it,all=covers it"},
	{"an address with a port", "198.51.100.8:80", false,
	 "net=covers it,all=covers it"},
	{"a prefix is covered as a whole", "198.51.100.0/28", false,
	 "net=covers it,all=covers it"},
	{"a wider prefix is not", "198.51.100.0/23", false, "all=covers it"},
	{"what lies in it", "198.51.100.0/23", true,
	 "net=lies within it,host=lies within it,source=lies within it,"
	 "all=covers it"},
	{"an address of six", "2001:db8:0:0::7", false, "six=covers it"},
	{"a URL and its host", "hxxp://c2[.]example/a?b", false,
	 "name=covers it,port=wants more than it,later=wants more than it,"
	 "revoked=covers it,benign=covers it,file=covers it,either=covers it,"
	 "thrice=wants more than it,"
	 "url=covers it"},
	{"another URL", "https://x.c2.example/", false,
	 "below=covers it,not=covers it"},
	{"a digest", "d41d8cd98f00b204e9800998ecf8427f", false,
	 "sum=covers it"},
	{"a header is no header without its name", "curl", false, ""},
	{"a header", "User-Agent: curl", false, "agent=covers it"},
	{"a text in a payload", "a beacon7!", false, "payload=covers it"},
};

static void tell(struct nrs_text *out, const struct nrs_sought *sought)
{
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		if (sought->rows[i].relation == NRS_RELATION_NONE)
			continue;
		nrs_text_puts(out, out->len > 0 ? "," : "");
		nrs_text_add(out, nrs_span_from(nrs_set_at(set, i)->id, 11));
		nrs_text_printf(
			out, "=%s",
			nrs_relation_name(
				(enum nrs_relation)sought->rows[i].relation));
	}
}

static void each_value_meets_its_indicators(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_found_options options = {
			.within = rows[i].within};
		struct nrs_sought sought;
		struct nrs_text got = {0};

		assert_int_equal(nrs_found_value(&sought, set,
						 nrs_span_of(rows[i].value),
						 &options),
				 NRS_OK);
		tell(&got, &sought);
		if (!nrs_span_is(nrs_text_span(&got), rows[i].want)) {
			print_error("%s: %.*s\n", rows[i].name, (int)got.len,
				    (const char *)got.ptr);
			fail();
		}
		nrs_text_fini(&got);
		nrs_sought_fini(&sought);
	}
}

static void what_a_guard_refused_is_found_and_says_why(void **state)
{
	const struct nrs_found_options options = {.within = false};
	struct nrs_sought sought;
	uint32_t all = 0;

	(void)state;
	while (!nrs_span_is(nrs_set_at(set, all)->id, "indicator--all"))
		all++;
	assert_int_equal(nrs_found_value(&sought, set, nrs_span_of("192.0.2.1"),
					 &options),
			 NRS_OK);
	assert_int_equal(sought.rows[all].relation, NRS_RELATION_COVERS);
	assert_int_equal(nrs_set_at(set, all)->status, NRS_STATUS_REJECTED);
	assert_true(strlen(nrs_set_reason(set, all)) > 0);
	nrs_sought_fini(&sought);
}

static void nothing_is_no_value(void **state)
{
	const struct nrs_found_options options = {.within = false};
	struct nrs_sought sought;

	(void)state;
	assert_int_equal(
		nrs_found_value(&sought, set, nrs_span_of(""), &options),
		NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_meets_its_indicators),
		cmocka_unit_test(what_a_guard_refused_is_found_and_says_why),
		cmocka_unit_test(nothing_is_no_value),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
