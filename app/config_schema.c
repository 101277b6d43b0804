/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema: the table, all but hubs and audiences.
 */
#include "app/config_schema.h"

#include "app/config.h"
#include "app/config_schema_sharing.h"
#include "app/log.h"
#include "capture/source/live.h"
#include "engine/handling.h"
#include "loaders/confidence.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))

static const struct nrs_config_row interface_rows[] = {
	{.key = "name",
	 .type = NRS_CONFIG_TEXT,
	 .is_required = true,
	 .offset = offsetof(struct nrs_config_interface, name),
	 .min = 1,
	 .max = 15,
	 .text = "An interface of this machine.",
	 .sample = "eth1"},
	{.key = "filter",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_interface, filter),
	 .min = 1,
	 .max = 4096,
	 .text = "Only packets that pass, in the language of pcap-filter(7).",
	 .sample = "not port 22"},
	{.key = "promiscuous",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_interface, promiscuous),
	 .fallback = "no",
	 .text = "Also packets that are not for this machine (a mirror port or "
		 "a tap wants this)."},
	{.key = "direction",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_interface, direction),
	 .fallback = "both",
	 .choices = "both|in|out",
	 .text = "Packets that this machine receives (in: all that a mirror "
		 "port brings), sends, or both."},
};

static const struct nrs_config_section interfaces = {
	interface_rows, COUNT(interface_rows),
	sizeof(struct nrs_config_interface)};

static const struct nrs_config_row tenant_rows[] = {
	{.key = "nets",
	 .type = NRS_CONFIG_NETS,
	 .is_required = true,
	 .offset = offsetof(struct nrs_tenant, nets),
	 .max = NRS_HOME_NETS_MAX,
	 .text = "Its networks, inside those of home_net.",
	 .sample = "[10.1.0.0/16, \"2001:db8:1::/48\"]"},
};

static const struct nrs_config_section tenants = {
	tenant_rows, COUNT(tenant_rows), sizeof(struct nrs_tenant)};

static const struct nrs_config_row file_rows[] = {
	{.key = "file",
	 .type = NRS_CONFIG_TEXT,
	 .is_required = true,
	 .offset = offsetof(struct nrs_config_file, path),
	 .min = 1,
	 .max = 4000,
	 .text = "Indicators in any format that is read (noroshi check "
		 "--help), "
		 "the folder of a MISP feed, or a folder of such files. "
		 "Replaced by another, it is read again; of a folder, each "
		 "file that comes, changes or goes.",
	 .sample = "/var/lib/noroshi/block.csv"},
	{.key = "source",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_file, source),
	 .min = 1,
	 .max = 64,
	 .text = "Its name in hits and status. Default: the file's.",
	 .sample = "block"},
	{.key = "default_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_file, default_tlp),
	 .fallback = "none",
	 .choices = NRS_CONFIG_TLP,
	 .text = "The marking of indicators that have none. Without it they "
		 "are handled as AMBER+STRICT."},
	{.key = "format",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_file, format),
	 .min = 1,
	 .max = 1000,
	 .text = "What it is, whatever it looks like: the name of a format "
		 "(noroshi check --help), and behind a colon what is said "
		 "about it. Default: told by the content.",
	 .sample = "csv:value=2,confidence=4"},
	{.key = "origin",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_file, origin),
	 .min = 1,
	 .max = 300,
	 .text = "HUB/COLLECTION that the file came from: sightings of it may "
		 "go back there, and nowhere without this.",
	 .sample = "isac-a/alerts"},
	{.key = "redistribute",
	 .type = NRS_CONFIG_NAMES,
	 .offset = offsetof(struct nrs_config_file, redistribute),
	 .max = 1000,
	 .text = "Names in audiences: sightings of it may go "
		 "there too, though another hub supplied it."},
	{.key = "subdomains",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_file, subdomains),
	 .text = "Names of a list match their subdomains too. Default: as the "
		 "setting of this name at the top.",
	 .sample = "no"},
	{.key = "lifetime",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_file, lifetime),
	 .min = 1,
	 .max = 400,
	 .text = NRS_CONFIG_LIFETIME,
	 .sample = "ipv4-addr=30d,*=1y"},
	{.key = "confidence_scale",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_file, scale),
	 .fallback = "percent",
	 .choices = NRS_SCALES,
	 .text = NRS_CONFIG_SCALE},
	{.key = "display",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_file, display),
	 .fallback = "yes",
	 .text = "no: it is run and not read. Hits, listings and outputs show "
		 "an opaque id instead of what is looked for, and nothing of "
		 "it is exported. So it is too with what its source "
		 "labels " NRS_LABEL_HIDDEN "."},
	{.key = "exercise",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_file, exercise),
	 .min = 1,
	 .max = 64,
	 .text = "All of it belongs to the exercise of this name: so do its "
		 "hits, which leave for audiences alone that take exercises. "
		 "Without it that is so of what is labelled exercise or "
		 "exercise:NAME.",
	 .sample = "spring-26"},
};

static const struct nrs_config_section files = {file_rows, COUNT(file_rows),
						sizeof(struct nrs_config_file)};

static const struct nrs_config_row out_rows[] = {
	{.key = "dir",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_out, dir),
	 .min = 1,
	 .max = 4000,
	 .text = "The folder of hits.jsonl. It is made if it is not there.",
	 .sample = "/var/log/noroshi"},
	{.key = "rotate_mb",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_out, rotate_mb),
	 .min = 1,
	 .max = 1000000,
	 .fallback = "100",
	 .unit = "MB",
	 .text = "Begin a new file at this size."},
	{.key = "keep",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_out, keep),
	 .min = 1,
	 .max = 1000,
	 .fallback = "10",
	 .unit = "files",
	 .text = "Of the files that are full, keep so many."},
	{.key = "heartbeat",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_out, heartbeat),
	 .min = 1,
	 .max = 4000,
	 .text = "A file that says what this sensor holds and since when: the "
		 "set's digest, reports by their ids, coverage, version. It "
		 "stays at home (audiences.heartbeat tells others).",
	 .sample = "/var/lib/noroshi/heartbeat.json"},
	{.key = "heartbeat_interval",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_out, heartbeat_s),
	 .min = 1,
	 .max = 86400,
	 .fallback = "5m",
	 .text = "Write it so often, and at once when what it says changed."},
	{.key = "eve",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config_out, eve),
	 .text = "Hits for what reads Suricata's eve.json.",
	 .section = &nrs_config_eve_schema},
	{.key = "syslog",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config_out, syslog),
	 .text = "Hits to a log server of ours (RFC 5424). What the server "
		 "cannot take waits up to 8 MiB; then it is dropped, counted.",
	 .section = &nrs_config_syslog_schema},
	{.key = "logs",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config_out, logs),
	 .text = "All traffic, whether it hits or not, in files of dir: for "
		 "noroshi match to look back in.",
	 .section = &nrs_config_logs_schema},
	{.key = "ipfix",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config_out, ipfix),
	 .text = "Each flow that ends to a collector of ours (IPFIX, RFC "
		 "7011), with the addresses of own hosts, in clear. What "
		 "cannot "
		 "be sent at once is lost, counted.",
	 .section = &nrs_config_ipfix_schema},
};

static const struct nrs_config_section out = {out_rows, COUNT(out_rows),
					      sizeof(struct nrs_config_out)};

static const struct nrs_config_row state_rows[] = {
	{.key = "dir",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_state, dir),
	 .min = 1,
	 .max = 4000,
	 .text = "The folder of what must survive a restart: pulled "
		 "collections, what waits to be sent, added values. Default: "
		 "what the service manager gives ($STATE_DIRECTORY); for root "
		 "/var/lib/noroshi; else noroshi in $XDG_STATE_HOME, or in "
		 ".local/state of the home.",
	 .sample = "/var/lib/noroshi"},
};

static const struct nrs_config_section state = {
	state_rows, COUNT(state_rows), sizeof(struct nrs_config_state)};

static const struct nrs_config_row control_rows[] = {
	{.key = "socket",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_control, socket),
	 .max = 107, /* sun_path of unix(7), with its NUL */
	 .fallback = "/run/noroshi/control.sock",
	 .text = "Where noroshi status, reload and add reach this sensor. "
		 "Owner and group may (mode 0660). Empty (\"\"): nobody can."},
};

static const struct nrs_config_section control = {
	control_rows, COUNT(control_rows), sizeof(struct nrs_config_control)};

static const struct nrs_config_row flow_rows[] = {
	{.key = "total",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_flows, total),
	 .min = 1024,
	 .max = 1u << 28,
	 .fallback = "1048576",
	 .unit = "flows",
	 .text = "Connections kept at a time; above that the oldest ends "
		 "early, and is counted."},
	{.key = "payload_bytes",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_flows, payload_bytes),
	 .min = 1024,
	 .max = UINT64_C(1) << 40,
	 .fallback = "1048576",
	 .unit = "bytes",
	 .text = "How far patterns on payloads look into each side of a "
		 "connection; those that were not looked at to their end are "
		 "counted."},
};

static const struct nrs_config_section flows = {
	flow_rows, COUNT(flow_rows), sizeof(struct nrs_config_flows)};

static const struct nrs_config_row log_rows[] = {
	{.key = "level",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_log, level),
	 .fallback = "info",
	 .choices = "error|warning|notice|info|debug",
	 .text = "How much is said on standard error or in the journal."},
};

static const struct nrs_config_section logging = {
	log_rows, COUNT(log_rows), sizeof(struct nrs_config_log)};

_Static_assert(NRS_LOG_ERROR == 0 && NRS_LOG_DEBUG == 4, "log.level");
_Static_assert(NRS_LIVE_BOTH == 0 && NRS_LIVE_OUTGOING == 2, "direction");
_Static_assert(NRS_VALIDITY_SINCE_EXPIRY == 0 && NRS_VALIDITY_NOW == 2,
	       "validity");
_Static_assert(NRS_SOURCE_PACKETS == 0 && NRS_SOURCE_BPF == 1, "source");

static const struct nrs_config_row rows[] = {
	{.key = "sensor",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, sensor),
	 .text = "This sensor.",
	 .section = &nrs_config_sensor_schema},
	{.key = "interfaces",
	 .type = NRS_CONFIG_LIST,
	 .offset = offsetof(struct nrs_config, interfaces),
	 .max = 16, /* NRS_LIVE_INTERFACES_MAX */
	 .text = "Where packets are captured; at least one.",
	 .section = &interfaces},
	{.key = "workers",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config, workers),
	 .max = 64, /* NRS_WORKERS_MAX */
	 .fallback = "0",
	 .unit = "threads",
	 .text = "Threads that match. 0: one per processor."},
	{.key = "home_net",
	 .type = NRS_CONFIG_NETS,
	 .offset = offsetof(struct nrs_config, home_net),
	 .max = NRS_HOME_NETS_MAX,
	 .text = "The networks that are ours: what decides which side of a "
		 "hit is own. Default: private, unique local and link-local "
		 "addresses.",
	 .sample = "[10.0.0.0/8, 192.0.2.0/24, \"2001:db8::/32\"]"},
	{.key = "tenants",
	 .type = NRS_CONFIG_NAMED,
	 .offset = offsetof(struct nrs_config, judging.tenants),
	 .max = NRS_TENANTS_MAX,
	 .text = "Whose own networks are, each under a name: out.logs.hours "
		 "counts each apart. The longest prefix speaks; own networks "
		 "without a tenant count by themselves.",
	 .sample = "branch-2",
	 .section = &tenants},
	{.key = "indicators",
	 .type = NRS_CONFIG_LIST,
	 .offset = offsetof(struct nrs_config, indicators),
	 .max = 64,
	 .text = "Files of indicators, beside what hubs provide.",
	 .section = &files},
	{.key = "validity",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config, validity),
	 .fallback = "strict",
	 .choices = "since-expiry|strict|now",
	 .text = "Which times an indicator is good for: strict, between its "
		 "valid_from and valid_until, by the packet's time; now, by "
		 "the time at which the set is built; since-expiry, also "
		 "after it expired."},
	{.key = "subdomains",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config, subdomains),
	 .fallback = "no",
	 .text = "Names of lists match their subdomains too."},
	{.key = "guards",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config, guards),
	 .fallback = "yes",
	 .text = "Refuse what must never match alone: too short prefixes, "
		 "loopback, link-local, multicast and own networks, public "
		 "suffixes, digests of an empty file."},
	{.key = "guards_allow",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config, spared.allowed),
	 .max = NRS_GUARDS_ALLOW_MAX,
	 .text = "Networks, with all in them, and names that they let through "
		 "all the same.",
	 .sample = "[10.99.0.0/16, hoster.example]"},
	{.key = "strict",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config, strict),
	 .fallback = "no",
	 .text = "Read patterns to the letter of STIX, and compare what was "
		 "sent as it was sent. Few indicators of real feeds match "
		 "then."},
	{.key = "not_lenient",
	 .type = NRS_CONFIG_CHOICES,
	 .offset = offsetof(struct nrs_config, not_lenient),
	 .choices = "cidr|numbers|hex|lists|names|types|objects|hashes|paths|"
		    "stars|retyped|refanged|version", /* enum nrs_leniency */
	 .text = "Leniencies to go without; what needs one of them is not "
		 "evaluable, and noroshi check says so. See noroshi(1).",
	 .sample = "cidr, retyped"},
	{.key = "pattern_window",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config, patterns.window_s),
	 .min = 1,
	 .max = 604800,
	 .fallback = "1h",
	 .text = "How long an observation waits for the others of its pattern "
		 "(AND, FOLLOWEDBY, REPEATS), where the pattern has no "
		 "WITHIN."},
	{.key = "pattern_candidates",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config, patterns.candidates),
	 .min = 2,
	 .max = 4096, /* NRS_STRICT_OBSERVED_MAX */
	 .fallback = "1024",
	 .unit = "observations",
	 .text = "So many may wait for each such pattern; above that the "
		 "oldest is forgotten, and counted."},
	{.key = "exceptions",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config, spared.exceptions),
	 .max = NRS_EXCEPTIONS_MAX,
	 .text = "Files of what must not alert, whoever lists it: one value a "
		 "line with, if need be, an end and the sources it holds for "
		 "(noroshi(1)), or MISP warninglists (list.json). Replaced by "
		 "others, they are read again; what they vetoed stands in "
		 "vetoes.jsonl in state.dir.",
	 .sample = "[/etc/noroshi/own.txt]"},
	{.key = "assets",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config, judging.assets),
	 .max = 256,
	 .text = "Own hosts and what they are worth, each \"NET, IMPORTANCE[, "
		 "ROLE[, OWNER]]\": an address, CIDR or FIRST-LAST, and low, "
		 "normal, high or critical. From high on, traffic that leads "
		 "out and is answered is urgent.",
	 .sample = "[\"10.1.0.0/16, high, domain controllers, finance\"]"},
	{.key = "asset_files",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config, judging.asset_files),
	 .max = NRS_ASSET_FILES_MAX,
	 .text = "Files of such lines. Replaced by others, they are read "
		 "again.",
	 .sample = "[/etc/noroshi/assets.csv]"},
	{.key = "suppressions",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config, judging.suppressions),
	 .max = NRS_ASSET_FILES_MAX,
	 .text = "Files of verdicts that other sensors wrote (noroshi verdict),"
		 " beside this sensor's own suppressions.jsonl in state.dir: "
		 "hits of what was called false are noise until they expire.",
	 .sample = "[/etc/noroshi/suppressions.jsonl]"},
	{.key = "classes",
	 .type = NRS_CONFIG_LIST,
	 .offset = offsetof(struct nrs_config, judging.classes),
	 .max = NRS_CLASS_RULES_MAX,
	 .text = "What a hit is worth; the first that fits decides. Behind "
		 "them stand the shipped ones: out or lateral, answered, from "
		 "an important asset: urgent; out and answered: report; in and "
		 "not answered: noise; else watch.",
	 .section = &nrs_config_class_schema},
	{.key = "select",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, select),
	 .text = "What this site wants of what it receives. noroshi check "
		 "--policy FILE --why shows what the rules of FILE do.",
	 .section = &nrs_config_select_schema},
	{.key = "posture",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, control.posture),
	 .text = "Another policy, for times of danger: noroshi posture.",
	 .section = &nrs_config_posture_schema},
	{.key = "feeds",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, feeds),
	 .text = "When a source is not believed any more.",
	 .section = &nrs_config_feeds_schema},
	{.key = "hubs",
	 .type = NRS_CONFIG_NAMED,
	 .offset = offsetof(struct nrs_config, hubs),
	 .max = 32,
	 .text = "TAXII 2.1 servers that indicators come from and sightings "
		 "go to, each under a name of your choice.",
	 .sample = "isac-a",
	 .section = &nrs_config_hub_schema},
	{.key = "audiences",
	 .type = NRS_CONFIG_NAMED,
	 .offset = offsetof(struct nrs_config, audiences),
	 .max = 32, /* NRS_OUTBOX_AUDIENCES_MAX */
	 .text = "To whom sightings go, and in what form. Without any, nothing "
		 "leaves this machine.",
	 .sample = "isac-a",
	 .more = "isac-world: {}",
	 .section = &nrs_config_audience_schema},
	{.key = "reporter",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, reporter),
	 .text = "Who we are. name and contact are required before anything "
		 "is sent.",
	 .section = &nrs_config_reporter_schema},
	{.key = "out",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, out),
	 .text = "Local files. They stay at home, and hold own addresses.",
	 .section = &out},
	{.key = "metrics",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, out.metrics),
	 .text = "Figures for Prometheus: GET /metrics over HTTP.",
	 .section = &nrs_config_metrics_schema},
	{.key = "state",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, state),
	 .text = "What survives.",
	 .section = &state},
	{.key = "control",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, control),
	 .text = "How to talk to a running sensor.",
	 .section = &control},
	{.key = "flows",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, flows),
	 .text = "Limits of what is followed.",
	 .section = &flows},
	{.key = "log",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config, log),
	 .text = "What is said.",
	 .section = &logging},
};

const struct nrs_config_section nrs_config_schema = {rows, COUNT(rows),
						     sizeof(struct nrs_config)};

const struct nrs_config_row *nrs_config_next(struct nrs_config_walk *walk)
{
	const struct nrs_config_row *row = walk->above[walk->depth];

	if (!walk->is_open) {
		walk->is_open = true;
		walk->at[0] = &nrs_config_schema;
	} else if (row != NULL && row->section != NULL &&
		   walk->depth + 1 < NRS_CONFIG_DEPTH) {
		walk->depth++;
		walk->at[walk->depth] = row->section;
		walk->next[walk->depth] = 0;
	}
	while (walk->next[walk->depth] == walk->at[walk->depth]->count) {
		if (walk->depth == 0)
			return NULL;
		walk->depth--;
	}
	row = &walk->at[walk->depth]->rows[walk->next[walk->depth]++];
	walk->above[walk->depth] = row;
	return row;
}
