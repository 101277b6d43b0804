/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_options: what the command line may set of the table, so that a first
 * run needs no file. Where the file says it too, the command line wins. What a
 * first run hardly needs has no text of its own here: noroshi.conf(5) has it.
 */
#include "app/config_schema.h"

const struct nrs_config_option nrs_config_options[] = {
	{"interface", "interfaces[].name", "IF", "capture here (*)"},
	{"filter", "interfaces[*name].filter", "BPF", NULL},
	{"promiscuous", "interfaces[*name].promiscuous", NULL, NULL},
	{"source", "sensor.source", "WHAT", NULL},
	{"indicators", "indicators[].file", "FILE",
	 "STIX, MISP, CSV, a list of values, ... (*)"},
	{"exercise", "sensor.exercise", "ID", NULL},
	{"taxii", "hubs.hub.url", "URL", "a TAXII 2.1 server, or an API root"},
	{"collection", "hubs.hub.collections[].id", "ID",
	 "pull this of its collections (*)"},
	{"auth", "hubs.hub.auth.type", "TYPE", NULL},
	{"user", "hubs.hub.auth.user", "NAME", NULL},
	{"secret-file", "hubs.hub.auth.secret_file", "FILE",
	 "password or token: its first line"},
	{"secret-env", "hubs.hub.auth.secret_env", "NAME", NULL},
	{"ca-file", "hubs.hub.ca_file", "FILE", NULL},
	{"interval", "hubs.hub.collections[*id].interval", "TIME", NULL},
	{"report-to", "audiences.report.collection", "COLLECTION",
	 "put sightings there"},
	{"report-mode", "audiences.report.mode", "MODE", NULL},
	{"reporter", "reporter.name", "NAME", NULL},
	{"contact", "reporter.contact", "TEXT", NULL},
	{"out", "out.dir", "DIR", "write hits.jsonl there"},
	{"state", "state.dir", "DIR", "keep there what survives a restart"},
	{"socket", "control.socket", "PATH", NULL},
	{"home-net", "home_net", "CIDR,...", "own networks"},
	{"workers", "workers", "N", NULL},
	{"subdomains", "subdomains", NULL, NULL},
	{"validity", "validity", "MODE", NULL},
	{"log", "log.level", "LEVEL", NULL},
};
const unsigned int nrs_config_option_count =
	sizeof(nrs_config_options) / sizeof(*nrs_config_options);
