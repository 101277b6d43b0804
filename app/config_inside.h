/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_inside: what the config_*.c files that read share.
 */
#pragma once

#include "app/config_read.h"
#include "app/config_schema.h"
#include "app/yaml.h"

/* Where a setting was made; a chain. */
struct nrs_config_origin {
	const char *path;
	const char *where;
	const struct nrs_config_origin *next;
};

struct nrs_config_origins {
	const struct nrs_config_origin *first;
};

struct nrs_reader {
	const struct nrs_config_input *input;
	struct nrs_arena *arena;
	struct nrs_config *config;
	struct nrs_config_origins *origins;
	struct nrs_text *problems;
	unsigned int problem_count;
	bool is_out_of_memory;
};

/* What all lists of the config look like to the reader. */
struct nrs_config_array {
	void *items;
	unsigned int count;
};

/* A line of problems: place, path, text. @where: see nrs_config_where. */
__attribute__((format(printf, 4, 5))) void
nrs_reader_problem(struct nrs_reader *r, const char *where, const char *path,
		   const char *format, ...);

/* printf into the arena; "" without memory, noted. */
__attribute__((format(printf, 2, 3))) const char *
nrs_reader_text(struct nrs_reader *r, const char *format, ...);

/* "noroshi.yaml:12" or "--workers". */
const char *nrs_reader_where(struct nrs_reader *r, const struct nrs_yaml *node);

/* One value of a row that is no section and no list of such, to @at. */
void nrs_reader_value(struct nrs_reader *r, const struct nrs_config_row *row,
		      const struct nrs_yaml *node, const char *path,
		      uint8_t *at);
void nrs_reader_fallback(struct nrs_reader *r, const struct nrs_config_row *row,
			 uint8_t *at);

/* Nothing between the colon and the next key; also "null" and "~". */
bool nrs_yaml_is_empty(const struct nrs_yaml *node);

/* Index of @word in "a|b|c", or -1. */
int nrs_choice_index(const char *choices, struct nrs_span word);

/* The options of input into the tree. NRS_E_USAGE, NRS_E_NOMEM. */
int nrs_reader_put_options(struct nrs_reader *r, struct nrs_yaml *root);

/* What holds between settings; finds what names refer to. */
void nrs_reader_relate(struct nrs_reader *r);
void nrs_reader_relate_select(struct nrs_reader *r);
void nrs_reader_relate_tenants(struct nrs_reader *r);
