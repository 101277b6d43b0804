/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: what `noroshi run` was told, as plain data. Read from a file and
 * the command line by config_read.h, where each setting is described; never
 * changed after that, so any thread may look.
 *
 * Texts are NULL where nothing was set. *_s are seconds.
 */
#pragma once

#include "app/config_judging.h"
#include "app/config_outlets.h"
#include "app/config_sharing.h"
#include "app/log.h"
#include "sightings/sighted.h"

struct nrs_config_interface {
	const char *name;
	const char *filter; /* tcpdump's language */
	bool promiscuous;
	unsigned int direction; /* enum nrs_live_direction */
};

struct nrs_config_file { /* indicators from a file */
	const char *path;
	const char *source;	  /* its name for people; NULL: the path */
	const char *format;	  /* NAME[:KEY=VALUE,...]; NULL: by content */
	const char *origin;	  /* HUB/COLLECTION it came from */
	const char *origin_hub;	  /* found: the HUB of it, or NULL */
	const char *redistribute; /* names in audiences, a comma between */
	unsigned int default_tlp; /* enum nrs_tlp */
	bool subdomains;
	const char *lifetime; /* lifetime.h; NULL: for ever */
	unsigned int scale;   /* enum nrs_scale */
	const char *exercise; /* that it is for; NULL: real */
	bool display;	      /* else it is run and not read */
};

struct nrs_config_interfaces {
	const struct nrs_config_interface *items;
	unsigned int count;
};

struct nrs_config_files {
	const struct nrs_config_file *items;
	unsigned int count;
};

enum nrs_packet_source { NRS_SOURCE_PACKETS, NRS_SOURCE_BPF };

struct nrs_config_sensor {
	const char *name; /* never NULL: the machine's */
	const char *user; /* NULL: who it is */
	bool confine, pin;
	unsigned int source;  /* enum nrs_packet_source */
	const char *cgroup;   /* whose flows name their process; or NULL */
	const char *exercise; /* under way; NULL: none */
};

struct nrs_config_state {
	const char *dir;
};

struct nrs_config_control {
	const char *socket; /* "": none */
	struct nrs_config_posture posture;
};

struct nrs_config_flows {
	uint64_t total;
	uint64_t payload_bytes;
};

struct nrs_config_log {
	unsigned int level; /* enum nrs_log_level */
};

struct nrs_config_origins;

struct nrs_config {
	struct nrs_config_sensor sensor;
	struct nrs_config_interfaces interfaces;
	struct nrs_config_files indicators;
	struct nrs_config_select select;
	struct nrs_config_feeds feeds;
	struct nrs_config_hubs hubs;
	struct nrs_config_audiences audiences;
	struct nrs_config_reporter reporter;
	struct nrs_config_out out;
	struct nrs_config_state state;
	struct nrs_config_control control;
	struct nrs_config_flows flows;
	struct nrs_config_log log;
	struct nrs_home_nets home_net;
	uint64_t workers;      /* 0: one per processor */
	unsigned int validity; /* enum nrs_validity */
	bool subdomains;
	bool guards;
	struct nrs_config_spared spared;
	bool strict;
	unsigned int not_lenient; /* bits of enum nrs_leniency */
	struct nrs_config_correlating patterns;
	struct nrs_config_judging judging;
	struct nrs_arena *arena; /* holds all of it */
	const struct nrs_config_origins *origins;
};

/*
 * Where @key ("audiences.isac-a.mode") was set: "noroshi.yaml:72", "--workers",
 * or "default". A section's place is where it begins. The text lives as long
 * as @config.
 */
const char *nrs_config_where(const struct nrs_config *config, const char *key);

/* False: @key has its default. */
bool nrs_config_is_set(const struct nrs_config *config, const char *key);

void nrs_config_free(struct nrs_config *config);
