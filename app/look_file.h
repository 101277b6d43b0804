/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_file: what look_known remembers, in its two files. Who uses it sees to
 * it that one thread at a time does.
 *
 * PATH: a head of 16 octets (magic with version, a number that names this
 * file), then items of 16: an identity and since when; or 0, and how many of
 * those before it are done. PATH.at: a head with that number, how many items
 * the look covers, and its place. All of this machine's byte order: no other
 * one reads it. A cut end is as if it had not been begun.
 */
#pragma once

#include "app/look_known.h"
#include "app/look_table.h"

/* What is wanted, as it came. */
struct nrs_look_wants {
	struct nrs_look_item *items;
	size_t count, cap;
	size_t resumed; /* the first of them were looked for until: */
	struct nrs_look_place from;
};
/* NRS_E_NOMEM: not added. */
int nrs_look_wants_add(struct nrs_look_wants *wants,
		       const struct nrs_look_item *item);

struct nrs_look_file;

/* @path NULL: nothing is written, ever. NRS_E_NOMEM. */
int nrs_look_file_open(struct nrs_look_file **out, const char *path);
void nrs_look_file_close(struct nrs_look_file *file);

/* Nothing where there is no file, or another version's, or one with more than
 * @most: that is complained of. NRS_E_NOMEM. */
int nrs_look_file_load(struct nrs_look_file *file, struct nrs_look_table *table,
		       struct nrs_look_wants *wants, size_t most);

/* What cannot be written is counted; then the file is behind, until it is
 * replaced. */
void nrs_look_file_add(struct nrs_look_file *file,
		       const struct nrs_look_item *items, size_t count);
/* The first @count that were not done are. */
void nrs_look_file_done(struct nrs_look_file *file, size_t count);
/* Of the first @count that are not done: the look has come so far. */
void nrs_look_file_keep(struct nrs_look_file *file,
			const struct nrs_look_place *place, size_t count);
/* All of @table, @wants last. */
void nrs_look_file_replace(struct nrs_look_file *file,
			   const struct nrs_look_table *table,
			   const struct nrs_look_wants *wants);

/* Nothing was remembered. */
bool nrs_look_file_is_new(const struct nrs_look_file *file);
bool nrs_look_file_is_behind(const struct nrs_look_file *file);
uint64_t nrs_look_file_failed(const struct nrs_look_file *file);
