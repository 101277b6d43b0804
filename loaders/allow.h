/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow: exception lists: values that must not alert, whoever lists them, and
 * the record of every veto.
 *
 * Lists are files: plain ones of ours (allow_line.h), and MISP warninglists
 * (list.json: string, substring, hostname, cidr, regex, each for the kinds of
 * its matching_attributes). An exception may end at some time, and may hold
 * for some sources only. One thread; after loading, look-ups change counters
 * and nothing else.
 *
 * What an exception covers: a name itself, and with *.name what is below it;
 * a prefix all addresses and prefixes in it; a name or address of ours also
 * the URLs of that host. An indicator is vetoed if nothing telling is left of
 * it: of an OR all sides must be covered, of an AND all its values (ports,
 * protocols and the like tell nothing); what is negated does not count.
 */
#pragma once

#include "engine/set.h"

enum nrs_allow_kind {
	NRS_ALLOW_ADDR,
	NRS_ALLOW_NAME,
	NRS_ALLOW_SUBDOMAINS, /* of the name, and itself */
	NRS_ALLOW_URL,
	NRS_ALLOW_EMAIL,
	NRS_ALLOW_HASH, /* of a file or certificate: hex */
	NRS_ALLOW_TEXT, /* anything else */
	NRS_ALLOW_KINDS
};

#define NRS_ALLOW_ENTRIES_MAX 8000000u
#define NRS_ALLOW_LISTS_MAX 1000u

struct nrs_allow;

int nrs_allow_new(struct nrs_allow **out);
void nrs_allow_free(struct nrs_allow *allow);

/* Of one list: what was read, and what it did so far. */
struct nrs_allow_list {
	struct nrs_span name; /* as it calls itself, else the file's */
	struct nrs_span path;
	bool is_warninglist;
	uint64_t entries;
	uint64_t refused; /* lines that are no exception: nrs_allow_refusals */
	uint64_t ended;	  /* over already at the time of the last run */
	uint64_t vetoes;  /* by nrs_allow_run and nrs_allow_indicator */
};

/*
 * Load the file @path as one more list. A bad line or entry is refused and
 * kept, the rest counts. NRS_E_IO, NRS_E_FORMAT (no list at all, or of a type
 * that is not known), NRS_E_LIMIT (too many lists), NRS_E_NOMEM; @diag has the
 * reason, and after an error the list is not there.
 */
int nrs_allow_load(struct nrs_allow *allow, const char *path,
		   struct nrs_diag *diag);

/* The same for bytes in memory, which are called @name. */
int nrs_allow_read(struct nrs_allow *allow, struct nrs_span bytes,
		   const char *name, struct nrs_diag *diag);

unsigned int nrs_allow_lists(const struct nrs_allow *allow);
const struct nrs_allow_list *nrs_allow_list(const struct nrs_allow *allow,
					    unsigned int list);

/* The first NRS_ALLOW_REFUSALS_MAX of a list: line or entry, and why. */
#define NRS_ALLOW_REFUSALS_MAX 100u
struct nrs_allow_refusal {
	unsigned int list;
	uint64_t place; /* line, or entry from 1 */
	struct nrs_span text;
};
size_t nrs_allow_refusals(const struct nrs_allow *allow,
			  const struct nrs_allow_refusal **first);

/* When the next exception ends, after @at_ns; NRS_TIME_MAX: none does. */
int64_t nrs_allow_next_end(const struct nrs_allow *allow, int64_t at_ns);

/* The record of a veto; texts live as long as the lists. */
struct nrs_allow_veto {
	unsigned int list;
	struct nrs_span entry; /* canonical */
	bool is_below;	       /* with all below that name */
	uint64_t place;	       /* line, or entry from 1 */
	struct nrs_span why;   /* the remark of its line; may be empty */
	int64_t until_ns;      /* NRS_TIME_MAX: no end */
};

/* For people: "exception *.example.com of own.txt, line 3: our CDN". */
void nrs_allow_say(const struct nrs_allow *allow,
		   const struct nrs_allow_veto *veto, struct nrs_text *out);

/* One value: what is asked about. */
struct nrs_allow_ask {
	enum nrs_allow_kind kind;
	struct nrs_span text;	/* refanged; ADDR: address or prefix as text */
	struct nrs_span source; /* name of the indicator's; empty: any */
	int64_t at_ns;		/* exceptions that ended by then are none */
};

/* Does an exception cover the value? The most telling one is in *@veto. */
bool nrs_allow_value(struct nrs_allow *allow, const struct nrs_allow_ask *ask,
		     struct nrs_allow_veto *veto);

/* Is indicator @index vetoed? The veto that decided, of several the first, is
 * in *@veto. */
bool nrs_allow_indicator(struct nrs_allow *allow, const struct nrs_set *set,
			 uint32_t index, int64_t at_ns,
			 struct nrs_allow_veto *veto);

/*
 * Ask about all indicators of @set that are FULL or PARTIAL: those vetoed
 * become EXCEPTED, with nrs_allow_say as their reason (nrs_set_reason): that
 * is the record. NRS_E_NOMEM.
 */
int nrs_allow_run(struct nrs_allow *allow, struct nrs_set *set, int64_t at_ns);
