/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_options: the command line of `noroshi match`.
 */
#pragma once

#include "app/command.h"
#include "capture/source/filter.h"
#include "engine/record_log.h"
#include "sightings/sighted.h"

#define NRS_ARGS_MAX 256

struct nrs_match_exceptions {
	char *paths[NRS_ARGS_MAX];
	unsigned int count;
};

/* What is done beside. */
enum nrs_match_extra {
	NRS_MATCH_SHADOW = 1,	/* a second pass with what was dropped */
	NRS_MATCH_EVE = 2,	/* eve.json too */
	NRS_MATCH_COVERAGE = 4, /* the table of what was not inspected */
};

/* What is written beside; NULL: not. */
struct nrs_match_files {
	const char *packets;  /* pcapng of the flows that hit */
	const char *flows;    /* folder for a log of all flows */
	const char *seen;     /* folder for a log of observations */
	const char *hours;    /* folder for counters of each hour */
	const char *as_table; /* AS numbers for them */
	const char *ipfix;    /* to a collector: [tcp:]ADDRESS:PORT */
};

struct nrs_match_loading {
	const char *format;   /* of the indicators, or NULL: by content */
	const char *exercise; /* that they belong to, or NULL: they are real */
	const char *policy;   /* noroshi.yaml with rules, or NULL */
};

struct nrs_match_options {
	char *indicators[NRS_ARGS_MAX];
	unsigned int indicator_count;
	char *values[NRS_ARGS_MAX];
	unsigned int value_count;
	struct nrs_match_loading loading;
	const char *out; /* folder, or NULL */
	struct nrs_match_exceptions exceptions;
	struct nrs_match_files files;
	unsigned int workers;
	struct nrs_filter *filter;
	int64_t from_ns, to_ns;
	struct nrs_home_nets home;
	enum nrs_validity validity;
	int64_t at_ns;
	bool is_rotated;
	bool subdomains;
	bool no_guards;
	unsigned int extras;  /* bits of enum nrs_match_extra */
	enum nrs_tlp max_tlp; /* shown on the terminal; NONE: all */
	bool strict;
	uint32_t lenient_off; /* bits of enum nrs_leniency */
	bool has_home;	      /* --home-net was given */
	const char *const *captures;
	unsigned int capture_count;
};

/* NRS_OK; NRS_E_USAGE (said); NRS_E_NOTFOUND: --help was shown. */
int nrs_match_options_read(struct nrs_match_options *options, int argc,
			   char **argv);
