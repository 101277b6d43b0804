/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_options: what the command line may set of the table, so that a first
 * run needs no file. Where the file says it too, the command line wins.
 */
#include "app/config_schema.h"

const struct nrs_config_option nrs_config_options[] = {
	{"interface", "interfaces[].name", "IF", "capture here (*)"},
	{"filter", "interfaces[*name].filter", "BPF",
	 "only packets that pass, as in tcpdump"},
	{"promiscuous", "interfaces[*name].promiscuous", NULL,
	 "also packets that are not for this machine"},
	{"indicators", "indicators[].file", "FILE",
	 "STIX 2.0 or 2.1 bundle, or a list of values (*)"},
	{"taxii", "hubs.hub.url", "URL", "a TAXII 2.1 server, or an API root"},
	{"collection", "hubs.hub.collections[].id", "ID",
	 "pull this of its collections (*)"},
	{"auth", "hubs.hub.auth.type", "TYPE", "basic, bearer or header"},
	{"user", "hubs.hub.auth.user", "NAME", "for --auth basic"},
	{"secret-file", "hubs.hub.auth.secret_file", "FILE",
	 "password or token: its first line"},
	{"secret-env", "hubs.hub.auth.secret_env", "NAME",
	 "or this variable of the environment"},
	{"ca-file", "hubs.hub.ca_file", "FILE", "authorities to trust instead"},
	{"interval", "hubs.hub.collections[*id].interval", "TIME",
	 "ask for what is new so often (5m)"},
	{"report-to", "audiences.report.collection", "COLLECTION",
	 "put sightings there"},
	{"report-mode", "audiences.report.mode", "MODE",
	 "hold (default): they wait for a person; auto: sent"},
	{"reporter", "reporter.name", "NAME", "who reports"},
	{"contact", "reporter.contact", "TEXT", "where questions go"},
	{"out", "out.dir", "DIR", "write hits.jsonl there"},
	{"state", "state.dir", "DIR", "keep there what survives a restart"},
	{"socket", "control.socket", "PATH", "where status and reload ask"},
	{"home-net", "home_net", "CIDR,...", "own networks"},
	{"workers", "workers", "N", "threads that match"},
	{"subdomains", "subdomains", NULL, "names match their subdomains too"},
	{"validity", "validity", "MODE", "strict, now or since-expiry"},
	{"log", "log.level", "LEVEL", "error, warning, notice, info, debug"},
};
const unsigned int nrs_config_option_count =
	sizeof(nrs_config_options) / sizeof(*nrs_config_options);
