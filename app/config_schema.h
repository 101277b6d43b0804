/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema: THE table of settings: key, type, range, default, unit and
 * what it means. The reader's checks, --print-defaults, noroshi.conf(5) and
 * the options of `noroshi run` all come from it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nrs_config_type {
	NRS_CONFIG_BOOL,    /* bool: yes, no, true, false */
	NRS_CONFIG_NUMBER,  /* uint64_t: min to max */
	NRS_CONFIG_SECONDS, /* uint64_t: 90, 90s, 5m, 1h, 7d: min to max */
	NRS_CONFIG_TEXT,    /* const char *: min to max octets */
	NRS_CONFIG_CHOICE,  /* unsigned int: index in choices, from min */
	NRS_CONFIG_CHOICES, /* unsigned int: a bit for each index */
	NRS_CONFIG_NETS,    /* struct nrs_home_nets; a list, or commas */
	NRS_CONFIG_TEXTS,   /* struct nrs_config_texts; at most max */
	NRS_CONFIG_NAMES,   /* const char *: a list, kept with commas */
	NRS_CONFIG_SECTION, /* a struct of the rows of its section */
	NRS_CONFIG_LIST,    /* {items, count}: at most max of its section */
	NRS_CONFIG_NAMED,   /* the same, with a key of its own for each: the
			     * name, which is their first member */
};

struct nrs_config_section;

struct nrs_config_row {
	const char *key;
	enum nrs_config_type type;
	bool is_required;
	size_t offset; /* in the struct of its section */
	uint64_t min, max;
	const char *fallback; /* as it would be written; NULL: unset */
	const char *choices;  /* "a|b|c" */
	const char *unit;
	const char *text;   /* sentences */
	const char *sample; /* of a value, or of a name */
	const char *more;   /* NAMED: a line more for the sample */
	const struct nrs_config_section *section;
};

struct nrs_config_section {
	const struct nrs_config_row *rows;
	unsigned int count;
	size_t bytes; /* of its struct */
};

/* The top: struct nrs_config. */
extern const struct nrs_config_section nrs_config_schema;
extern const struct nrs_config_section nrs_config_reporter_schema;

/*
 * An option of `noroshi run` that sets what a file could. A path goes through
 * sections by dots; "[]" begins a new item (the first replaces those of the
 * file), "[*KEY]" means every item; one that is a bare value has it as KEY.
 */
struct nrs_config_option {
	const char *name;
	const char *path;
	const char *argument; /* NULL: takes none, and means yes */
	const char *text;     /* NULL: only its name stands in the help */
};
extern const struct nrs_config_option nrs_config_options[];
extern const unsigned int nrs_config_option_count;

/* Every row from the top, parents before children: starts as {0}. */
#define NRS_CONFIG_DEPTH 4u
struct nrs_config_walk {
	const struct nrs_config_section *at[NRS_CONFIG_DEPTH];
	unsigned int next[NRS_CONFIG_DEPTH];
	const struct nrs_config_row *above[NRS_CONFIG_DEPTH]; /* the parents */
	unsigned int depth; /* of the row returned last: 0 at the top */
	bool is_open;
};
const struct nrs_config_row *nrs_config_next(struct nrs_config_walk *walk);
