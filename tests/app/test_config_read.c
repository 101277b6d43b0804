/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_read: files and options into struct nrs_config, and every kind
 * of problem with its place.
 */
#include "app/config_read.h"
#include "hub/auth.h"
#include "sightings/classify.h"
#include "tests/nrs_test.h"

struct reading {
	struct nrs_config *config;
	struct nrs_text problems;
	int err;
};

static void read_both(struct reading *r, const char *text,
		      const struct nrs_config_given *given, unsigned int count)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .given = given,
					       .given_count = count,
					       .machine = "box"};

	*r = (struct reading){0};
	r->err = nrs_config_read(&r->config, &input, &r->problems);
	nrs_text_putc(&r->problems, '\0');
}

static void read_file(struct reading *r, const char *text)
{
	read_both(r, text, NULL, 0);
	if (r->err != NRS_OK)
		fail_msg("%s", (const char *)r->problems.ptr);
}

static void done(struct reading *r)
{
	nrs_config_free(r->config);
	nrs_text_fini(&r->problems);
}

static const char shape[] =
	"sensor: {name: edge-07}\n"			/* 1 */
	"interfaces:\n"					/* 2 */
	"  - name: eth1\n"				/* 3 */
	"    filter: not port 22\n"			/* 4 */
	"  - name: eth2\n"				/* 5 */
	"    promiscuous: yes\n"			/* 6 */
	"workers: 4\n"					/* 7 */
	"home_net: [192.0.2.0/24, \"2001:db8::/32\"]\n" /* 8 */
	"subdomains: yes\n"				/* 9 */
	"indicators:\n"					/* 10 */
	"  - {file: block.csv, source: block, default_tlp: amber+strict,\n"
	"     origin: isac-a/alerts, subdomains: no}\n"	     /* 12 */
	"  - other.csv\n"				     /* 13 */
	"hubs:\n"					     /* 14 */
	"  isac-a:\n"					     /* 15 */
	"    url: https://hub.example/taxii2/\n"	     /* 16 */
	"    auth: {type: basic, user: u, secret_file: s}\n" /* 17 */
	"    timeout: 90\n"				     /* 18 */
	"    collections:\n"				     /* 19 */
	"      - {id: x1, name: alerts, interval: 2h, audience: isac-a}\n"
	"      - {title: Reports, name: sightings}\n" /* 21 */
	"audiences:\n"				      /* 22 */
	"  isac-world: {}\n"			      /* 23 */
	"  isac-a: {collection: sightings, within: isac-world, mode: auto,\n"
	"           max_tlp: green, blocks: [core, technique],\n" /* 25 */
	"           own_host: token, reporter: pseudonym, time: 5m,\n"
	"           min_class: urgent, exercise: yes}\n" /* 27 */
	"reporter: {name: Us, contact: soc@us.example, sectors: [energy]}\n"
	"out: {dir: /x, rotate_mb: 5, keep: 3}\nstate: {dir: /x/state}\n"
	"log: {level: debug}\n";

static void a_whole_file_becomes_a_struct(void **state)
{
	struct reading r;

	(void)state;
	read_file(&r, shape);
	const struct nrs_config *c = r.config;
	assert_string_equal(c->sensor.name, "edge-07");
	assert_int_equal(c->interfaces.count, 2);
	assert_string_equal(c->interfaces.items[0].filter, "not port 22");
	assert_false(c->interfaces.items[0].promiscuous);
	assert_null(c->interfaces.items[1].filter);
	assert_true(c->interfaces.items[1].promiscuous);
	assert_int_equal(c->workers, 4);
	assert_int_equal(c->home_net.count, 2);
	assert_int_equal(c->home_net.nets[0].bits, 96 + 24);
	assert_int_equal(c->indicators.count, 2);
	assert_int_equal(c->indicators.items[0].default_tlp,
			 NRS_TLP_AMBER_STRICT);
	assert_string_equal(c->indicators.items[0].origin_hub, "isac-a");
	assert_false(c->indicators.items[0].subdomains);
	assert_string_equal(c->indicators.items[1].path, "other.csv");
	assert_int_equal(c->indicators.items[1].default_tlp, NRS_TLP_NONE);
	assert_true(c->indicators.items[1].subdomains);
	assert_int_equal(c->out.rotate_mb, 5);
	assert_int_equal(c->log.level, NRS_LOG_DEBUG);
	assert_string_equal(c->state.dir, "/x/state");
	done(&r);
}

static void hubs_and_audiences_become_structs(void **state)
{
	struct reading r;

	(void)state;
	read_file(&r, shape);
	assert_int_equal(r.config->hubs.count, 1);
	const struct nrs_config_hub *hub = &r.config->hubs.items[0];
	assert_string_equal(hub->name, "isac-a");
	assert_int_equal(hub->auth.type, NRS_AUTH_BASIC);
	assert_int_equal(hub->timeout_s, 90);
	assert_int_equal(hub->collections.count, 2);
	assert_int_equal(hub->collections.items[0].interval_s, 7200);
	assert_int_equal(hub->collections.items[1].interval_s, 300);
	assert_int_equal(r.config->audiences.count, 2);
	const struct nrs_config_audience *a = &r.config->audiences.items[1];
	assert_string_equal(a->name, "isac-a");
	assert_ptr_equal(a->hub, hub);
	assert_string_equal(a->place, "Reports");
	assert_string_equal(a->within, "isac-world");
	assert_int_equal(a->mode, NRS_AUDIENCE_AUTO);
	assert_int_equal(a->max_tlp, NRS_TLP_GREEN);
	assert_int_equal(a->blocks, NRS_BLOCK_CORE | NRS_BLOCK_TECHNIQUE);
	assert_int_equal(a->own_host, NRS_OWN_TOKEN);
	assert_int_equal(a->reporter, NRS_REPORTER_PSEUDONYM);
	assert_int_equal(a->time_s, 300);
	assert_int_equal(a->min_class + 1, NRS_CLASS_URGENT);
	assert_true(a->exercise);
	assert_string_equal(r.config->reporter.sectors.items[0], "energy");
	done(&r);
}

static void tenants_have_networks_under_a_name(void **state)
{
	struct reading r;

	(void)state;
	read_file(&r,
		  "tenants:\n  finance: {nets: [10.1.0.0/16, \"fd00:1::/48\""
		  "]}\n  sales: {nets: 10.2.0.0/16}\n"
		  "out: {logs: {hours: yes}}\n");
	const struct nrs_config_tenants *t = &r.config->judging.tenants;
	assert_int_equal(t->count, 2);
	assert_string_equal(t->items[0].name, "finance");
	assert_int_equal(t->items[0].nets.count, 2);
	assert_int_equal(t->items[1].nets.nets[0].bits, 96 + 16);
	assert_true(r.config->out.logs.hours);
	done(&r);
}

static void what_is_not_said_is_the_careful_choice(void **state)
{
	struct reading r;

	(void)state;
	read_file(&r, "hubs: {h: {url: \"https://h.example/\"}}\n"
		      "audiences: {a: {collection: c}}\nstate: {dir: o}\n");
	const struct nrs_config_audience *a = &r.config->audiences.items[0];
	assert_int_equal(a->mode, NRS_AUDIENCE_HOLD);
	assert_int_equal(a->own_host, NRS_OWN_OMIT);
	assert_int_equal(a->blocks, NRS_BLOCK_CORE);
	assert_int_equal(a->max_tlp, NRS_TLP_AMBER);
	assert_int_equal(a->min_class + 1, NRS_CLASS_REPORT);
	assert_false(a->exercise);
	assert_string_equal(a->hub->name, "h"); /* the only one */
	assert_string_equal(r.config->sensor.name, "box");
	assert_true(r.config->home_net.count > 3);
	assert_int_equal(r.config->validity, NRS_VALIDITY_STRICT);
	done(&r);
}

static void names_are_kept_with_commas_however_they_are_written(void **state)
{
	static const char *const forms[] = {"[a, b]", "\"a, b\"", "a,b"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct reading r;
		char text[200];

		(void)snprintf(text, sizeof(text),
			       "audiences: {a: {}, b: {}}\nindicators:\n"
			       "  - file: f\n    redistribute: %s\n",
			       forms[i]);
		read_file(&r, text);
		assert_string_equal(r.config->indicators.items[0].redistribute,
				    "a,b");
		done(&r);
	}
}

static void each_setting_knows_where_it_was_made(void **state)
{
	static const struct {
		const char *key, *where;
	} cases[] = {
		{"workers", "n.yaml:7"},
		{"interfaces[1].promiscuous", "n.yaml:6"},
		{"interfaces[1]", "n.yaml:5"},
		{"audiences.isac-a", "n.yaml:24"},
		{"audiences.isac-a.max_tlp", "n.yaml:25"},
		{"hubs.isac-a.collections[1].title", "n.yaml:21"},
		{"indicators[1]", "n.yaml:13"},
		{"flows.total", "default"},
		{"out.dir", "--out"},
	};
	static const struct nrs_config_given given[] = {{"out", "/y"}};
	struct reading r;

	(void)state;
	read_both(&r, shape, given, 1);
	assert_int_equal(r.err, NRS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(nrs_config_where(r.config, cases[i].key),
				    cases[i].where);
	assert_false(nrs_config_is_set(r.config, "flows.total"));
	assert_true(nrs_config_is_set(r.config, "workers"));
	assert_string_equal(r.config->out.dir, "/y");
	done(&r);
}

#define HUB "hubs: {h: {url: \"https://h.example/\"}}\nstate: {dir: s}\n"

static const struct {
	const char *text, *problem; /* all of its lines */
} problems[] = {
	{"worker: 3\n", "n.yaml:1: there is no 'worker'; the nearest is "
			"'workers'\n"},
	{"out:\n  rotate: 5\n",
	 "n.yaml:2: out: there is no 'rotate'; the nearest is 'rotate_mb'\n"},
	{"posture: {idle: 5}\n",
	 "n.yaml:1: posture: there is no 'idle', but heightened, source\n"},
	{"workers: 65\n",
	 "n.yaml:1: workers: 65 is not from 0 to 64 threads\n"},
	{"out: {ipfix: {collector: \"logs.example:4739\"}}\n",
	 "n.yaml:1: out.ipfix.collector: 'logs.example:4739' is no "
	 "ADDRESS:PORT\n"},
	{"out: {ipfix: {message: 100}}\n",
	 "n.yaml:1: out.ipfix.message: 100 is not from 512 to 65535 bytes\n"},
	{"workers: -1\n", "n.yaml:1: workers: '-1' is no number of threads\n"},
	{"workers: 18446744073709551616\n",
	 "n.yaml:1: workers: '18446744073709551616' is no number of threads\n"},
	{"workers:\n", "n.yaml:1: workers: has no value\n"},
	{"workers: [1]\n", "n.yaml:1: workers: wants a single value\n"},
	{"workers: 1\nworkers: 2\n",
	 "n.yaml:2: workers: stands there twice, first at n.yaml:1\n"},
	{"subdomains: perhaps\n",
	 "n.yaml:1: subdomains: 'perhaps' is neither yes nor no\n"},
	{"indicators:\n - {file: a, lifetime: 30}\n",
	 "n.yaml:2: indicators[0].lifetime: lifetime '30' is no length of time "
	 "like 12h, 30d, 8w or 1y\n"},
	{"indicators:\n - {file: a, confidence_scale: nine}\n",
	 "n.yaml:2: indicators[0].confidence_scale: 'nine' is none of percent, "
	 "ten, words, admiralty, wep, dni\n"},
	{"validity: lax\n", "n.yaml:1: validity: 'lax' is none of "
			    "since-expiry, strict, now\n"},
	{"home_net: [10.0.0.0/8,\n 10.0.0.1/8,\n ten]\n",
	 "n.yaml:2: home_net: '10.0.0.1/8' stands there twice\n"
	 "n.yaml:3: home_net: 'ten' is no network (192.0.2.0/24)\n"},
	{"home_net: 10.0.0.0/33\n",
	 "n.yaml:1: home_net: '10.0.0.0/33' is no network (192.0.2.0/24)\n"},
	{"sensor: edge\n", "n.yaml:1: sensor: wants settings (key: value)\n"},
	{"sensor: {name: \"a\\eb\"}\n",
	 "n.yaml:1: sensor.name: control characters, or not UTF-8\n"},
	{"interfaces: {name: a}\n",
	 "n.yaml:1: interfaces: wants a list (- key: value)\n"},
	{"interfaces:\n - filter: x\n",
	 "n.yaml:2: interfaces[0]: has no name\n"},
	{"interfaces:\n - a\n - b\n - a\n",
	 "n.yaml:4: interfaces[2].name: 'a' stands there twice\n"},
	{"interfaces:\n - sixteen-octets-16\n",
	 "n.yaml:2: interfaces[0].name: 17 octets long, where it may have 1 to "
	 "15\n"},
	{"indicators:\n - a\n - {file: a}\n",
	 "n.yaml:3: indicators[1].file: 'a' stands there twice\n"},
	{"indicators:\n - {file: a, format: cvs}\n",
	 "n.yaml:2: indicators[0].format: no format 'cvs' (misp, misp-index, "
	 "stix, suricata-iprep, suricata-datarep, suricata-dataset, "
	 "suricata-categories, csv, zeek, openioc, stix1, list, ...)\n"},
	{"indicators:\n - {file: a, origin: x/y}\n",
	 "n.yaml:2: indicators[0].origin: there is no hub 'x'\n"},
	{HUB "indicators: [{file: a, origin: h/}]\n",
	 "n.yaml:3: indicators[0].origin: 'h/' is no HUB/COLLECTION\n"},
	{"hubs: {\"a b\": {url: x}}\n",
	 "n.yaml:1: hubs.a b: a name has letters, digits, - and _, at most "
	 "64\n"},
	{"hubs:\n a: {url: \"https://a.example\"}\n a: {}\nstate: {dir: s}\n",
	 "n.yaml:3: hubs.a: stands there twice\n"},
	{"hubs: {h: {}}\n", "n.yaml:1: hubs.h: has no url\n"},
	{"hubs: {h: {url: \"https://u:p@h.example/\"}}\nstate: {dir: s}\n",
	 "n.yaml:1: hubs.h.url: is no http or https address without a user "
	 "name, a query and blanks\n"},
	{"hubs: {h: {url: \"https://h.example/\"}}\n",
	 "n.yaml:1: hubs: what is pulled wants a folder: state.dir (--state "
	 "DIR)\n"},
	{"state: {dir: s}\nhubs: {h: {url: \"https://h.example/\", auth:\n"
	 "  {type: bearer, secret_file: a, secret_env: b}}}\n",
	 "n.yaml:2: hubs.h.auth: wants one of secret_file and secret_env\n"},
	{"state: {dir: s}\nhubs: {h: {url: \"https://h.example/\",\n"
	 " collections: [{name: a}]}}\n",
	 "n.yaml:3: hubs.h.collections[0]: wants one of id and title\n"},
	{"state: {dir: s}\nhubs: {h: {url: \"https://h.example/\",\n"
	 " collections: [{id: a, audience: b, interval: 0s}]}}\n",
	 "n.yaml:3: hubs.h.collections[0].interval: 0 is not from 1 to 604800 "
	 "seconds\n"},
	{"state: {dir: s}\nhubs: {h: {url: \"https://h.example/\",\n"
	 " collections: [{id: a, audience: b}]}}\n",
	 "n.yaml:3: hubs.h.collections[0].audience: there is no audience "
	 "'b'\n"},
	{"indicators:\n - {file: f, redistribute: [a, b]}\naudiences: {b: "
	 "{}}\n",
	 "n.yaml:2: indicators[0].redistribute: there is no audience 'a'\n"},
	{"indicators:\n - {file: f, redistribute: {b: c}}\n",
	 "n.yaml:2: indicators[0].redistribute: wants a list of single "
	 "values\n"},
	{"state: {dir: s}\nhubs: {h: {url: \"https://h.example/\",\n"
	 " collections: [{id: a, redistribute: b}]}}\n",
	 "n.yaml:3: hubs.h.collections[0].redistribute: there is no audience "
	 "'b'\n"},
	{"audiences:\n a:\n  collection: x/y\n",
	 "n.yaml:3: audiences.a.collection: there is no hub 'x'\n"},
	{"audiences:\n a:\n  collection: y\n",
	 "n.yaml:3: audiences.a.collection: which hub's? (HUB/y)\n"},
	{"audiences:\n a:\n  within: b\n",
	 "n.yaml:3: audiences.a.within: there is no audience 'b'\n"},
	{"audiences:\n a: {within: b}\n b: {within: a}\n",
	 "n.yaml:2: audiences.a.within: 'a' is within itself\n"
	 "n.yaml:3: audiences.b.within: 'b' is within itself\n"},
	{"audiences: {a: {mode: auto}}\n",
	 "n.yaml:1: audiences.a.mode: but no collection: where to?\n"},
	{"audiences: {a: {max_tlp: none}}\n",
	 "n.yaml:1: audiences.a.max_tlp: 'none' is none of clear, green, "
	 "amber, amber+strict, red\n"},
	{"audiences: {a: {blocks: [core, core, x]}}\n",
	 "n.yaml:1: audiences.a.blocks: 'core' stands there twice\n"
	 "n.yaml:1: audiences.a.blocks: 'x' is none of core, technique, "
	 "damage, provider\n"},
	{"audiences: {a: {copy_to: /x}}\n",
	 "n.yaml:1: audiences.a.copy_to: but no collection: whose "
	 "sightings?\n"},
	{HUB "audiences: {a: {collection: h/c, direct: g/c, second: h/}}\n",
	 "n.yaml:3: audiences.a.direct: there is no hub 'g'\n"
	 "n.yaml:3: audiences.a.second: 'h/' is no HUB/COLLECTION\n"},
	{"audiences: {a: {reporter: named}}\n",
	 "n.yaml:1: audiences.a.reporter: named wants block provider: who "
	 "reports is told with it alone\n"},
	{HUB "audiences: {a: {collection: h/c, mode: auto}}\n"
	     "reporter: {name: us}\n",
	 "n.yaml:3: audiences.a.mode: auto wants reporter.name and "
	 "reporter.contact: a report says whom to ask\n"},
	{"tenants: {a: {}}\n", "n.yaml:1: tenants.a: has no nets\n"},
	{"tenants: {a: {nets: 192.0.2.0/24}}\n",
	 "n.yaml:1: tenants.a.nets: 192.0.2.0/24 is no part of home_net\n"},
	{"home_net: 10.1.0.0/16\ntenants: {a: {nets: 10.0.0.0/8}}\n",
	 "n.yaml:2: tenants.a.nets: 10.0.0.0/8 is no part of home_net\n"},
	{"tenants:\n a: {nets: [10.1.0.0/16, 10.2.0.0/16]}\n"
	 " b: {nets: 10.1.0.0/24}\n c: {nets: 10.2.0.0/16}\n",
	 "n.yaml:4: tenants.c.nets: 10.2.0.0/16 is a's, too\n"},
	{"out: {logs: {own_host: token, token_of: a}}\n",
	 "n.yaml:1: out.logs.token_of: there is no audience 'a'\n"},
	{"- a\n", "n.yaml:1: wants settings (key: value)\n"},
	{"out:\n\tdir: x\n",
	 "n.yaml:2: not YAML: a tab, where YAML takes blanks alone: found "
	 "character that cannot start any token, while scanning for the next "
	 "token\n"},
	{"out: {dir: [}\n",
	 "n.yaml:1: not YAML: did not find expected node content, while "
	 "parsing a flow node\n"},
};

static void each_problem_names_its_line_and_what_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++) {
		struct reading r;

		read_both(&r, problems[i].text, NULL, 0);
		if (r.err != NRS_E_FORMAT ||
		    strcmp((const char *)r.problems.ptr, problems[i].problem) !=
			    0)
			fail_msg("%s gives %d\n%swhere this was due:\n%s",
				 problems[i].text, r.err,
				 (const char *)r.problems.ptr,
				 problems[i].problem);
		assert_null(r.config);
		done(&r);
	}
}

static void problems_beyond_twenty_are_counted(void **state)
{
	char text[400] = "";
	struct reading r;

	(void)state;
	for (int i = 0; i < 25; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "x%d: 1\n", i);
	read_both(&r, text, NULL, 0);
	assert_int_equal(r.err, NRS_E_FORMAT);
	assert_non_null(strstr((const char *)r.problems.ptr, "n.yaml:20: "));
	assert_null(strstr((const char *)r.problems.ptr, "n.yaml:21: "));
	assert_non_null(strstr((const char *)r.problems.ptr, "and 5 more\n"));
	done(&r);
}

static void options_alone_are_enough(void **state)
{
	static const struct nrs_config_given given[] = {
		{"filter", "tcp"},
		{"interface", "eth1"},
		{"interface", "eth2"},
		{"taxii", "https://h.example/taxii2/"},
		{"collection", "c1"},
		{"collection", "c2"},
		{"interval", "30s"},
		{"indicators", "a.json"},
		{"report-to", "c3"},
		{"out", "/o"},
		{"state", "/s"},
		{"workers", "2"},
		{"home-net", "192.0.2.0/24,198.51.100.0/24"},
		{"subdomains", NULL},
	};
	struct reading r;

	(void)state;
	read_both(&r, "", given, sizeof(given) / sizeof(*given));
	if (r.err != NRS_OK)
		fail_msg("%s", (const char *)r.problems.ptr);
	const struct nrs_config *c = r.config;
	assert_int_equal(c->interfaces.count, 2);
	assert_string_equal(c->interfaces.items[1].name, "eth2");
	assert_string_equal(c->interfaces.items[0].filter, "tcp");
	assert_string_equal(c->interfaces.items[1].filter, "tcp");
	assert_int_equal(c->hubs.count, 1);
	assert_int_equal(c->hubs.items[0].collections.count, 2);
	assert_string_equal(c->hubs.items[0].collections.items[1].id, "c2");
	assert_int_equal(c->hubs.items[0].collections.items[1].interval_s, 30);
	assert_int_equal(c->audiences.count, 1);
	assert_string_equal(c->audiences.items[0].name, "report");
	assert_string_equal(c->audiences.items[0].place, "c3");
	assert_int_equal(c->audiences.items[0].mode, NRS_AUDIENCE_HOLD);
	assert_int_equal(c->home_net.count, 2);
	assert_true(c->subdomains);
	assert_int_equal(c->workers, 2);
	done(&r);
}

static void an_exercise_takes_in_what_is_given_with_it(void **state)
{
	static const struct nrs_config_given given[] = {
		{"exercise", "spring-26"}, {"indicators", "drill.json"}};
	struct reading r;

	(void)state;
	read_both(&r,
		  "indicators:\n  - {file: d.csv, exercise: other}\n"
		  "  - {file: real.json}\n",
		  given, 1);
	assert_int_equal(r.err, NRS_OK);
	assert_string_equal(r.config->sensor.exercise, "spring-26");
	assert_string_equal(r.config->indicators.items[0].exercise, "other");
	/* a real indicator stays real while an exercise goes on */
	assert_null(r.config->indicators.items[1].exercise);
	done(&r);
	read_both(&r, "", given, 2);
	assert_int_equal(r.err, NRS_OK);
	assert_string_equal(r.config->indicators.items[0].exercise,
			    "spring-26");
	done(&r);
}

static void the_command_line_wins_over_the_file(void **state)
{
	static const struct nrs_config_given given[] = {
		{"interface", "eth9"}, {"workers", "2"}, {"filter", "udp"}};
	struct reading r;

	(void)state;
	read_both(&r, shape, given, 2);
	assert_int_equal(r.err, NRS_OK);
	assert_int_equal(r.config->interfaces.count, 1);
	assert_string_equal(r.config->interfaces.items[0].name, "eth9");
	assert_int_equal(r.config->workers, 2);
	assert_int_equal(r.config->indicators.count, 2);
	done(&r);
	read_both(&r, "interfaces: [eth1]\n", given + 2, 1);
	assert_int_equal(r.err, NRS_OK);
	assert_string_equal(r.config->interfaces.items[0].name, "eth1");
	assert_string_equal(r.config->interfaces.items[0].filter, "udp");
	done(&r);
}

static void a_bad_option_is_named_instead_of_a_line(void **state)
{
	static const struct nrs_config_given given[] = {
		{"workers", "many"}, {"report-mode", "always"}};
	struct reading r;

	(void)state;
	read_both(&r, "workers: 3\n", given, 2);
	assert_int_equal(r.err, NRS_E_FORMAT);
	assert_string_equal(
		(const char *)r.problems.ptr,
		"--workers: workers: 'many' is no number of threads\n"
		"--report-mode: audiences.report.mode: 'always' is "
		"none of hold, auto, off\n");
	done(&r);
	const struct nrs_config_given unknown = {"frobnicate", "1"};
	read_both(&r, "", &unknown, 1);
	assert_int_equal(r.err, NRS_E_USAGE);
	done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_becomes_a_struct),
		cmocka_unit_test(hubs_and_audiences_become_structs),
		cmocka_unit_test(tenants_have_networks_under_a_name),
		cmocka_unit_test(what_is_not_said_is_the_careful_choice),
		cmocka_unit_test(
			names_are_kept_with_commas_however_they_are_written),
		cmocka_unit_test(each_setting_knows_where_it_was_made),
		cmocka_unit_test(each_problem_names_its_line_and_what_is_right),
		cmocka_unit_test(problems_beyond_twenty_are_counted),
		cmocka_unit_test(options_alone_are_enough),
		cmocka_unit_test(an_exercise_takes_in_what_is_given_with_it),
		cmocka_unit_test(an_exercise_takes_in_what_is_given_with_it),
		cmocka_unit_test(the_command_line_wins_over_the_file),
		cmocka_unit_test(a_bad_option_is_named_instead_of_a_line),
	};

	return cmocka_run_group_tests_name("config_read", tests, NULL, NULL);
}
