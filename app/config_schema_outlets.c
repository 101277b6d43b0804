/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_outlets: where hits go at home, beside hits.jsonl; flows;
 * metrics; postures.
 */
#include "app/config.h"
#include "app/config_schema_sharing.h"
#include "engine/indicator.h"
#include "logs/ipfix.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))

#define MAX_TLP                                                                \
	"Of what is marked stricter only an opaque id, the time and the own "  \
	"endpoint stand there."

static const struct nrs_config_row eve_rows[] = {
	{.key = "write",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_eve, is_on),
	 .fallback = "no",
	 .text = "Each hit as an alert in eve.json of out.dir, in the form "
		 "that readers of Suricata's know."},
	{.key = "max_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_eve, max_tlp),
	 .min = NRS_TLP_CLEAR,
	 .fallback = "amber+strict",
	 .choices = NRS_CONFIG_TLP,
	 .text = MAX_TLP},
};

const struct nrs_config_section nrs_config_eve_schema = {
	eve_rows, COUNT(eve_rows), sizeof(struct nrs_config_eve)};

static const struct nrs_config_row syslog_rows[] = {
	{.key = "server",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_syslog, server),
	 .min = 3,
	 .max = 300,
	 .text = "HOST:PORT (an IPv6 address in brackets). Without it nothing "
		 "is sent.",
	 .sample = "logs.power.example:6514"},
	{.key = "transport",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_syslog, transport),
	 .fallback = "tls",
	 .choices = "tls|tcp",
	 .text = "tls: RFC 5425, the server verified; tcp: in clear, RFC "
		 "6587."},
	{.key = "ca_file",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_syslog, ca_file),
	 .min = 1,
	 .max = 4000,
	 .text = "Authorities (PEM) to trust instead of the system's."},
	{.key = "client_certificate",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_syslog, client_certificate),
	 .min = 1,
	 .max = 4000,
	 .text = "Our certificate (PEM), for mutual TLS."},
	{.key = "client_key",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_syslog, client_key),
	 .min = 1,
	 .max = 4000,
	 .text = "Its key (PEM)."},
	{.key = "facility",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_syslog, facility),
	 .max = 23,
	 .fallback = "16",
	 .text = "Of RFC 5424 section 6.2.1; 16 is local0."},
	{.key = "format",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_syslog, format),
	 .fallback = "hits",
	 .choices = "hits|eve",
	 .text = "The message: a line of hits.jsonl, or an alert as in "
		 "eve.json."},
	{.key = "max_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_syslog, max_tlp),
	 .min = NRS_TLP_CLEAR,
	 .fallback = "amber+strict",
	 .choices = NRS_CONFIG_TLP,
	 .text = MAX_TLP},
	{.key = "min_class",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_syslog, min_class),
	 .fallback = "watch",
	 .choices = "noise|watch|report|urgent",
	 .text = "Hits of a lower class are not sent."},
};

const struct nrs_config_section nrs_config_syslog_schema = {
	syslog_rows, COUNT(syslog_rows), sizeof(struct nrs_config_syslog)};

static const struct nrs_config_row metrics_rows[] = {
	{.key = "listen",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_metrics, listen),
	 .min = 3,
	 .max = 64,
	 .text = "ADDRESS:PORT (an IPv6 address in brackets). Without it "
		 "nobody can ask. There is no password: an address that others "
		 "reach is read by others.",
	 .sample = "127.0.0.1:9273"},
	{.key = "max_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_metrics, max_tlp),
	 .min = NRS_TLP_CLEAR,
	 .fallback = "clear",
	 .choices = NRS_CONFIG_TLP,
	 .text = "Of indicators that are marked stricter only an opaque id "
		 "stands beside their hits and what they cost."},
};

const struct nrs_config_section nrs_config_metrics_schema = {
	metrics_rows, COUNT(metrics_rows), sizeof(struct nrs_config_metrics)};

static const struct nrs_config_row posture_rows[] = {
	{.key = "heightened",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_posture, heightened),
	 .min = 1,
	 .max = 4000,
	 .text = "A file like this one: while the posture is heightened its "
		 "select: holds, and not this one's; nothing else of it does. "
		 "Read at the start.",
	 .sample = "/etc/noroshi/heightened.yaml"},
	{.key = "source",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_posture, source),
	 .min = 1,
	 .max = 300,
	 .text = "HUB/COLLECTION (or the name of a file's source) that may "
		 "heighten it too: as long as it has a valid indicator with "
		 "the label posture:heightened. Default: none may.",
	 .sample = "isac-a/alerts"},
};

const struct nrs_config_section nrs_config_posture_schema = {
	posture_rows, COUNT(posture_rows), sizeof(struct nrs_config_posture)};

static const struct nrs_config_row logs_rows[] = {
	{.key = "flows",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_logs, flows),
	 .fallback = "no",
	 .text = "Each flow that ends as a JSON line: ends, packets, octets, "
		 "lengths, flags, times, outcome, Community ID. A file an "
		 "hour: flows-*.jsonl.zst."},
	{.key = "observations",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_logs, observations),
	 .fallback = "no",
	 .text = "Each distinct name, address, URL, fingerprint, digest and "
		 "mail address by hour and own host: seen-*.nrslog. All "
		 "digests of files and certificates are computed then."},
	{.key = "own_host",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_logs, own_host),
	 .fallback = "address",
	 .choices = "address|token",
	 .text = "What observations say of own hosts: their address, or a "
		 "token (h-7c1e90ab) under a key in state.dir. With tokens "
		 "what names an own address is left out, so an indicator on "
		 "one is not found in them; the other side is. Flows keep "
		 "addresses."},
	{.key = "token_of",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_logs, token_of),
	 .min = 1,
	 .max = 64,
	 .text = "A name in audiences: the tokens are those in its sightings. "
		 "Default: tokens that nobody else has.",
	 .sample = "isac-a"},
	{.key = "hours",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_logs, hours),
	 .fallback = "no",
	 .text = "What is normal: counters by the hour for each own network "
		 "and tenant (flows, octets, outcomes, protocols, DNS queries "
		 "by type, response codes): hours-*.jsonl.zst, which noroshi "
		 "hours shows. Lines of one hour add up."},
	{.key = "as_table",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_logs, as_table),
	 .min = 1,
	 .max = 4000,
	 .text = "Autonomous systems of addresses, for flows: a file in the "
		 "MaxMind DB format.",
	 .sample = "/var/lib/GeoIP/asn.mmdb"},
	{.key = "location",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_logs, location),
	 .min = 1,
	 .max = 200,
	 .text = "Where the sensor stands, for flows.",
	 .sample = "Kyoto, hall 2"},
	{.key = "days",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_logs, days),
	 .max = 36500,
	 .fallback = "90",
	 .unit = "days",
	 .text = "Older files are removed. 0: none is."},
	{.key = "look_back",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_logs, look_back),
	 .max = 36500,
	 .fallback = "90",
	 .unit = "days",
	 .text = "What is new among the indicators is looked for in the logs "
		 "of so many days, once, when nobody else wants the "
		 "processor: in observations, and in flows where only these "
		 "are logged. Hits say mode: retro. 0: never."},
	{.key = "rows",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_logs, rows),
	 .min = 1000,
	 .max = 50000000,
	 .fallback = "1000000",
	 .unit = "observations",
	 .text = "Gathered at a time, twice: each takes some 200 octets of "
		 "memory. When there are more in an hour, they are written "
		 "early."},
	{.key = "write",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_logs, write_s),
	 .min = 10,
	 .max = 3600,
	 .fallback = "15m",
	 .text = "Observations and counters are written at least so often, and "
		 "observations when their hour is over: what a crash can "
		 "lose."},
};

const struct nrs_config_section nrs_config_logs_schema = {
	logs_rows, COUNT(logs_rows), sizeof(struct nrs_config_logs)};

static const struct nrs_config_row ipfix_rows[] = {
	{.key = "collector",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_ipfix, collector),
	 .min = 3,
	 .max = 64,
	 .text = "ADDRESS:PORT (an IPv6 address in brackets; no name is looked "
		 "up). Without it nothing is sent. AS numbers go along with "
		 "logs.as_table; the sensor's name and logs.location are the "
		 "name of its observation domain.",
	 .sample = "192.0.2.9:4739"},
	{.key = "transport",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_ipfix, transport),
	 .fallback = "udp",
	 .choices = "udp|tcp",
	 .text = "Over udp nobody is told of what was lost on the way but the "
		 "collector, by the numbers of messages; with tcp 1 MiB waits "
		 "for a slow collector."},
	{.key = "message",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_ipfix, message_bytes),
	 .min = NRS_IPFIX_MESSAGE_MIN,
	 .max = NRS_IPFIX_MESSAGE_MAX,
	 .fallback = "1400",
	 .unit = "bytes",
	 .text = "A message is no longer: less than the MTU of the way there, "
		 "less 48 for the headers of IPv6 and UDP. Flows wait a second "
		 "for one to be full."},
	{.key = "templates",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_ipfix, templates_s),
	 .min = 1,
	 .max = 86400,
	 .fallback = "1m",
	 .text = "Over udp, what records look like is told again after so "
		 "long: "
		 "a collector that was restarted cannot read them before."},
	{.key = "domain",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_ipfix, domain),
	 .max = UINT32_MAX,
	 .fallback = "1",
	 .text = "Observation domain: a number of its own for each sensor "
		 "behind one address."},
};

const struct nrs_config_section nrs_config_ipfix_schema = {
	ipfix_rows, COUNT(ipfix_rows), sizeof(struct nrs_config_ipfix)};
