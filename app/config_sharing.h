/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_sharing: the part of the configuration that says with whom: hubs, and
 * the audiences that sightings go to. Defaults are the most careful ones.
 *
 * Texts are NULL where nothing was set. *_s are seconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/config_select.h"

struct nrs_config_auth {
	unsigned int type; /* enum nrs_auth_kind */
	const char *user, *header, *scheme;
	const char *secret_file, *secret_variable;
};

struct nrs_config_collection {
	const char *id;	   /* or alias */
	const char *title; /* exactly one of the two */
	const char *name;  /* for people; NULL: id or title */
	uint64_t interval_s;
	unsigned int default_tlp; /* enum nrs_tlp */
	const char *audience;	  /* a name in audiences */
	const char *redistribute; /* such names, a comma between */
	const char *lifetime;	  /* lifetime.h; NULL: for ever */
	unsigned int scale;	  /* enum nrs_scale */
	const char *types;	  /* match[type]; NULL: the default */
	uint64_t page, refresh_s;
	bool authoritative, overlap;
	bool display; /* else it is run and not read */
};

struct nrs_config_collections {
	const struct nrs_config_collection *items;
	unsigned int count;
};

enum nrs_hub_type { NRS_HUB_TAXII, NRS_HUB_MISP_FEED, NRS_HUB_MISP };

struct nrs_config_hub {
	const char *name;
	unsigned int type; /* enum nrs_hub_type */
	const char *url;   /* of discovery or an API root; of a feed's folder */
	struct nrs_config_auth auth;
	const char *ca_file, *client_certificate, *client_key, *proxy;
	uint64_t timeout_s;
	bool trust_discovery;
	struct nrs_config_collections collections;
};

enum nrs_audience_mode {
	NRS_AUDIENCE_HOLD,
	NRS_AUDIENCE_AUTO,
	NRS_AUDIENCE_OFF,
};

enum nrs_own_host { NRS_OWN_OMIT, NRS_OWN_TOKEN, NRS_OWN_FULL };

enum nrs_reporting { /* as whom */
		     NRS_REPORTER_NAMED,
		     NRS_REPORTER_PSEUDONYM,
		     NRS_REPORTER_ANONYMOUS,
};

#define NRS_BLOCK_CORE (1u << 0) /* always */
#define NRS_BLOCK_TECHNIQUE (1u << 1)
#define NRS_BLOCK_DAMAGE (1u << 2)
#define NRS_BLOCK_PROVIDER (1u << 3)

/* Who we are. */
struct nrs_config_reporter {
	const char *name, *contact, *site;
	struct nrs_config_texts sectors;
	uint64_t as_number; /* 0: not said */
};

/* A further way out: HUB/COLLECTION, or a folder. */
struct nrs_config_way {
	const char *text;		  /* as written; NULL: none */
	const struct nrs_config_hub *hub; /* NULL: a folder */
	const char *place;		  /* at the hub */
};

struct nrs_config_audience {
	const char *name;
	const char *collection; /* as written: HUB/COLLECTION */
	const char *folder;	/* bundles there instead; NULL: the hub */
	const char *within;	/* a name in audiences: this one is narrower */
	struct nrs_config_way direct, copy_to; /* of what is urgent, at once */
	struct nrs_config_way second;	       /* of what was not confirmed */
	/* Found from collection; NULL, NULL: nothing is sent there. */
	const struct nrs_config_hub *hub;
	const char *place; /* id, alias or title */
	unsigned int mode; /* the enums above */
	unsigned int max_tlp, own_host, reporter;
	unsigned int min_class; /* 0 to 3: enum nrs_class, less one */
	unsigned int blocks;	/* NRS_BLOCK_* */
	uint64_t time_s;	/* grain of times */
	bool heartbeat;
	bool exercise, publish_indicators, opinions;
};

struct nrs_config_hubs {
	const struct nrs_config_hub *items;
	unsigned int count;
};

struct nrs_config_audiences {
	const struct nrs_config_audience *items;
	unsigned int count;
};
