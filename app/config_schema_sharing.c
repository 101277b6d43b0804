/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_sharing: hubs, their collections, and audiences. What is not
 * said is the most careful of what could be said.
 */
#include "app/config_schema_sharing.h"

#include "app/config_sharing.h"
#include "engine/handling.h"
#include "engine/indicator.h"
#include "hub/auth.h"
#include "loaders/confidence.h"
#include "sightings/classify.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))

_Static_assert(NRS_TLP_NONE == 0 && NRS_TLP_CLEAR == 1 && NRS_TLP_AMBER == 3 &&
		       NRS_TLP_RED == 5,
	       "the order of NRS_CONFIG_TLP");
_Static_assert(NRS_AUTH_NONE == 0 && NRS_AUTH_BASIC == 1 &&
		       NRS_AUTH_BEARER == 2 && NRS_AUTH_API_KEY == 3,
	       "the order of auth.type");

_Static_assert(NRS_SCALE_PERCENT == 0 && NRS_SCALE_TEN == 1 &&
		       NRS_SCALE_WORDS == 2 && NRS_SCALE_ADMIRALTY == 3 &&
		       NRS_SCALE_WEP == 4 && NRS_SCALE_DNI == 5,
	       "the order of NRS_SCALES");
_Static_assert(NRS_CLASS_NOISE == 1 && NRS_CLASS_URGENT == 4,
	       "the order of min_class, less one");

static const struct nrs_config_row auth_rows[] = {
	{.key = "type",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_auth, type),
	 .fallback = "none",
	 .choices = "none|basic|bearer|header",
	 .text = "basic: user and password (RFC 7617); bearer: a token "
		 "(RFC 6750); header: a key in a header.",
	 .sample = "basic"},
	{.key = "user",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_auth, user),
	 .min = 1,
	 .max = 200,
	 .text = "With basic. Without it the secret is user:password.",
	 .sample = "sensor"},
	{.key = "header",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_auth, header),
	 .min = 1,
	 .max = 100,
	 .text = "The header's name, with header. Default: Authorization."},
	{.key = "scheme",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_auth, scheme),
	 .min = 1,
	 .max = 100,
	 .text = "A word before the key, with header (for instance Token)."},
	{.key = "secret_file",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_auth, secret_file),
	 .min = 1,
	 .max = 4000,
	 .text = "The secret is this file's first line; only its owner may "
		 "read it (mode 0600).",
	 .sample = "/etc/noroshi/isac-a.secret"},
	{.key = "secret_env",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_auth, secret_variable),
	 .min = 1,
	 .max = 200,
	 .text = "The secret is this variable of the environment. A secret "
		 "never stands in this file."},
};

static const struct nrs_config_section auth = {auth_rows, COUNT(auth_rows),
					       sizeof(struct nrs_config_auth)};

static const struct nrs_config_row collection_rows[] = {
	{.key = "id",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, id),
	 .min = 1,
	 .max = 200,
	 .text = "Its id or alias at the hub.",
	 .sample = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"},
	{.key = "title",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, title),
	 .min = 1,
	 .max = 200,
	 .text = "Or its title, which the hub is asked for."},
	{.key = "name",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, name),
	 .min = 1,
	 .max = 64,
	 .text = "What it is called here: the COLLECTION of HUB/COLLECTION. "
		 "Default: its id or title.",
	 .sample = "alerts"},
	{.key = "interval",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_collection, interval_s),
	 .min = 1,
	 .max = 604800,
	 .fallback = "5m",
	 .text = "Ask for what is new so often."},
	{.key = "types",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, types),
	 .min = 1,
	 .max = 2000,
	 .text = "Ask for objects of these types alone, a comma between; all: "
		 "of every type. Default: indicators, what gives them context, "
		 "and what may answer our sightings.",
	 .sample = "indicator,relationship,identity,marking-definition"},
	{.key = "page",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_collection, page),
	 .min = 1,
	 .max = 10000,
	 .fallback = "1000",
	 .unit = "objects",
	 .text = "Ask for so many at a time."},
	{.key = "refresh",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_collection, refresh_s),
	 .min = 3600,
	 .max = 31536000,
	 .fallback = "7d",
	 .text = "Read all of it again so often, not only what is new."},
	{.key = "overlap",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_collection, overlap),
	 .fallback = "no",
	 .text = "Ask again for what has the last time that was seen: for a "
		 "server that adds objects under a time it has given out."},
	{.key = "authoritative",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_collection, authoritative),
	 .fallback = "no",
	 .text = "What a refresh does not find any more is withdrawn. TAXII "
		 "itself has no word for that."},
	{.key = "default_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_collection, default_tlp),
	 .fallback = "none",
	 .choices = NRS_CONFIG_TLP,
	 .text = "The marking of indicators that have none. Without it they "
		 "are handled as AMBER+STRICT."},
	{.key = "audience",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, audience),
	 .min = 1,
	 .max = 64,
	 .text = "Who reads this collection, a name in audiences: RED and "
		 "AMBER+STRICT of it go to that audience or a narrower one, "
		 "and nowhere without this.",
	 .sample = "isac-a"},
	{.key = "redistribute",
	 .type = NRS_CONFIG_NAMES,
	 .offset = offsetof(struct nrs_config_collection, redistribute),
	 .max = 1000,
	 .text = "Names in audiences: sightings of it may go "
		 "there too, though another hub supplied it."},
	{.key = "lifetime",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_collection, lifetime),
	 .min = 1,
	 .max = 400,
	 .text = NRS_CONFIG_LIFETIME,
	 .sample = "ipv4-addr=30d,*=1y"},
	{.key = "display",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_collection, display),
	 .fallback = "yes",
	 .text = "no: it is run and not read. Hits, listings and outputs show "
		 "an opaque id instead of what is looked for, and nothing of "
		 "it is exported. So it is too with what its source "
		 "labels " NRS_LABEL_HIDDEN "."},
	{.key = "confidence_scale",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_collection, scale),
	 .fallback = "percent",
	 .choices = NRS_SCALES,
	 .text = NRS_CONFIG_SCALE},
};

static const struct nrs_config_section collections = {
	collection_rows, COUNT(collection_rows),
	sizeof(struct nrs_config_collection)};

static const struct nrs_config_row hub_rows[] = {
	{.key = "type",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_hub, type),
	 .fallback = "taxii",
	 .choices = "taxii|misp-feed|misp", /* enum nrs_hub_type */
	 .text = "taxii: a TAXII 2.1 server. misp-feed: the folder of a MISP "
		 "feed on a web server; its one collection has any title, and "
		 "nothing is sent there. misp: a MISP, whose attributes "
		 "sightings are added to; nothing is pulled from it."},
	{.key = "url",
	 .type = NRS_CONFIG_TEXT,
	 .is_required = true,
	 .offset = offsetof(struct nrs_config_hub, url),
	 .min = 8,
	 .max = 2048,
	 .text = "The server's discovery, or one API root; of a feed, where "
		 "its manifest.json lies.",
	 .sample = "https://hub.isac.example/taxii2/"},
	{.key = "auth",
	 .type = NRS_CONFIG_SECTION,
	 .offset = offsetof(struct nrs_config_hub, auth),
	 .text = "Who we are to it.",
	 .section = &auth},
	{.key = "ca_file",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_hub, ca_file),
	 .min = 1,
	 .max = 4000,
	 .text = "Authorities (PEM) to trust instead of the system's."},
	{.key = "client_certificate",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_hub, client_certificate),
	 .min = 1,
	 .max = 4000,
	 .text = "Our certificate (PEM), for mutual TLS."},
	{.key = "client_key",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_hub, client_key),
	 .min = 1,
	 .max = 4000,
	 .text = "Its key (PEM); only its owner may read it (mode 0600)."},
	{.key = "proxy",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_hub, proxy),
	 .min = 8,
	 .max = 2048,
	 .text = "The way there: http://HOST:PORT or socks5h://HOST:PORT. The "
		 "environment's proxies are not used."},
	{.key = "timeout",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_hub, timeout_s),
	 .min = 1,
	 .max = 3600,
	 .fallback = "5m",
	 .text = "Give up an exchange after so long."},
	{.key = "trust_discovery",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_hub, trust_discovery),
	 .fallback = "no",
	 .text = "API roots that its discovery names on another host (it may "
		 "not know its own name) are looked for on the host of url. "
		 "Credentials never go to another host."},
	{.key = "collections",
	 .type = NRS_CONFIG_LIST,
	 .offset = offsetof(struct nrs_config_hub, collections),
	 .max = 64,
	 .text = "What is pulled from it. Each has an id or a title.",
	 .section = &collections},
};

const struct nrs_config_section nrs_config_hub_schema = {
	hub_rows, COUNT(hub_rows), sizeof(struct nrs_config_hub)};

static const struct nrs_config_row audience_rows[] = {
	{.key = "collection",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, collection),
	 .min = 1,
	 .max = 300,
	 .text = "HUB/COLLECTION where sightings are put: a name of the "
		 "hub's collections, else an id, alias or title there. The "
		 "COLLECTION alone: of the hub that has this audience's name, "
		 "or of the only hub. Without it nothing is sent, and the name "
		 "serves within and audience.",
	 .sample = "sightings"},
	{.key = "folder",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, folder),
	 .min = 1,
	 .max = 4000,
	 .text = "Instead of to the hub, sightings go into this folder, as "
		 "STIX bundles in files of their own: for networks without a "
		 "way to it, and for mail.",
	 .sample = "/var/spool/noroshi/isac-a"},
	{.key = "direct",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, direct.text),
	 .min = 1,
	 .max = 4000,
	 .text = "What is urgent goes here too, at once and in a queue of its "
		 "own: HUB/COLLECTION, or a folder (it begins with / or .). "
		 "The rules of this audience hold, its mode too.",
	 .sample = "isac-a/urgent"},
	{.key = "copy_to",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, copy_to.text),
	 .min = 1,
	 .max = 4000,
	 .text = "Likewise.",
	 .sample = "/var/spool/noroshi/urgent"},
	{.key = "second",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, second.text),
	 .min = 1,
	 .max = 4000,
	 .text = "The second way out, of the same forms: for what is urgent "
		 "and was not confirmed in five minutes.",
	 .sample = "/var/spool/noroshi/second"},
	{.key = "within",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_audience, within),
	 .min = 1,
	 .max = 64,
	 .text = "This audience is narrower than that one.",
	 .sample = "isac-world"},
	{.key = "mode",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_audience, mode),
	 .fallback = "hold",
	 .choices = "hold|auto|off",
	 .text = "hold: sightings wait for a person; auto: they are sent; off: "
		 "none are made."},
	{.key = "max_tlp",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_audience, max_tlp),
	 .min = NRS_TLP_CLEAR,
	 .fallback = "amber",
	 .choices = NRS_CONFIG_TLP,
	 .text = "Nothing marked stricter goes there."},
	{.key = "blocks",
	 .type = NRS_CONFIG_CHOICES,
	 .offset = offsetof(struct nrs_config_audience, blocks),
	 .fallback = "core",
	 .choices = "core|technique|damage|provider",
	 .text = "What a sighting may tell: core, what was seen, with whom and "
		 "when; technique, how; damage, how important the asset is; "
		 "provider, who reports: name, contact, sectors, site and AS "
		 "number."},
	{.key = "own_host",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_audience, own_host),
	 .fallback = "omit",
	 .choices = "omit|token|full",
	 .text = "Our own address: left out, a token that means nothing "
		 "elsewhere, or as it is."},
	{.key = "reporter",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_audience, reporter),
	 .fallback = "pseudonym",
	 .choices = "named|pseudonym|anonymous",
	 .text = "As whom we report; named wants block provider. A pseudonym "
		 "hides from members, not from the hub."},
	{.key = "time",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_audience, time_s),
	 .min = 1,
	 .max = 86400,
	 .fallback = "60s",
	 .text = "Times are cut to this."},
	{.key = "min_class",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_audience, min_class),
	 .fallback = "report",
	 .choices = "noise|watch|report|urgent",
	 .text = "Hits of a lower class stay at home."},
	{.key = "exercise",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_audience, exercise),
	 .fallback = "no",
	 .text = "What belongs to an exercise may go there."},
	{.key = "opinions",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_audience, opinions),
	 .fallback = "no",
	 .text = "A person's verdict on an indicator (noroshi verdict) goes "
		 "there as an opinion. That a sighting was false goes there in "
		 "any case: as the sighting, revoked."},
	{.key = "heartbeat",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_audience, heartbeat),
	 .fallback = "no",
	 .text = "Tell it which of its own reports are in force here and since "
		 "when: a note a day, and when that changed. It waits for a "
		 "person as sightings do."},
	{.key = "publish_indicators",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_audience, publish_indicators),
	 .fallback = "no",
	 .text = "A value of a list is sent as an indicator of our own making: "
		 "without it the hub has nothing that a sighting of it could "
		 "refer to, and none is sent."},
};

const struct nrs_config_section nrs_config_audience_schema = {
	audience_rows, COUNT(audience_rows),
	sizeof(struct nrs_config_audience)};

static const struct nrs_config_row reporter_rows[] = {
	{.key = "name",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_reporter, name),
	 .min = 1,
	 .max = 200,
	 .text = "Who reports.",
	 .sample = "Example Power, security operations"},
	{.key = "contact",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_reporter, contact),
	 .min = 3,
	 .max = 200,
	 .text = "Where questions go: the one thing that a report must have.",
	 .sample = "soc@power.example"},
	{.key = "sectors",
	 .type = NRS_CONFIG_TEXTS,
	 .offset = offsetof(struct nrs_config_reporter, sectors),
	 .max = 16,
	 .text = "Industry sectors, in the words of STIX 2.1 section 10.11.",
	 .sample = "[energy, utilities]"},
	{.key = "site",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_reporter, site),
	 .min = 1,
	 .max = 200,
	 .text = "Where this sensor stands. Told with block provider, under "
		 "the own name alone.",
	 .sample = "substation 4"},
	{.key = "as_number",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_reporter, as_number),
	 .max = 4294967295,
	 .fallback = "0",
	 .text = "Our autonomous system, likewise; 0: not said."},
};

const struct nrs_config_section nrs_config_reporter_schema = {
	reporter_rows, COUNT(reporter_rows),
	sizeof(struct nrs_config_reporter)};
