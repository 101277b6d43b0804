/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_out: run.json: what was read, with which set, what was counted. No wall
 * time, no worker count, no host name: the same inputs give the same bytes.
 */
#pragma once

#include "app/coverage.h"
#include "app/match_options.h"
#include "app/shadow.h"
#include "capture/reader.h"
#include "sightings/correlate.h"

struct nrs_run_facts {
	const struct nrs_match_options *options;
	/* What was read, by index. */
	unsigned int file_count;
	void *files;
	const struct nrs_reader_file *(*file_at)(void *files, unsigned int i);
	const struct nrs_db *db;
	struct nrs_span set_digest;
	const struct nrs_counters *counters;
	uint64_t hits, sightings;
	struct nrs_correlator_figures correlation;
	const struct nrs_shadow *shadow; /* with --shadow; or NULL */
};

void nrs_run_json(struct nrs_text *out, const struct nrs_run_facts *facts);

/* Lines for people about what could not be seen, for stderr. */
void nrs_run_blind(const struct nrs_counters *counters, struct nrs_text *out);
