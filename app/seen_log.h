/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_log: the observation log of a run: sightings of values are gathered, and
 * what was gathered is written as blocks: when its hour is over, when it is
 * many, and live every few minutes, by a thread of its own.
 */
#pragma once

#include "logs/log_file.h"
#include "logs/seen_table.h"

struct nrs_seen_log;

struct nrs_seen_log_options {
	const char *folder; /* must be there */
	const struct nrs_home_nets *home;
	/* NRS_OWN_KEY_LEN octets: own hosts as tokens, and what names an own
	 * address is left out; NULL: as addresses. Not needed later. */
	const uint8_t *own_key;
	uint32_t rows_max; /* gathered at a time */
	bool is_live;
	int64_t write_ns; /* live: at least so often */
	unsigned int keep_days;
};

/* All is borrowed. NRS_E_IO with @diag, NRS_E_NOMEM. */
int nrs_seen_log_open(struct nrs_seen_log **out,
		      const struct nrs_seen_log_options *options,
		      struct nrs_diag *diag);
/* Writes what is left; an error is the first that there was. */
int nrs_seen_log_close(struct nrs_seen_log *log); /* NULL: nothing */

/* One thread. Live, what finds no room is counted, NRS_OK. */
int nrs_seen_log_add(struct nrs_seen_log *log,
		     const struct nrs_record_seen *seen);
/* The same thread, live, now and then. */
void nrs_seen_log_step(struct nrs_seen_log *log, int64_t now_ns);

/* Any thread, live: write what was gathered until now, at the next steps. When
 * answered (any thread) gives the number that this returned, it can be read. */
uint32_t nrs_seen_log_ask(struct nrs_seen_log *log);
uint32_t nrs_seen_log_answered(const struct nrs_seen_log *log);

struct nrs_seen_log_figures {
	uint64_t seen;	  /* values that came */
	uint64_t hidden;  /* that named an own address, where tokens stand */
	uint64_t rows;	  /* that were handed to be written */
	uint64_t crowded; /* times that the table was full before its hour */
	uint64_t lost;	  /* values: no room, while another was written */
	uint64_t failed;  /* times that they could not be written */
	uint64_t files, bytes;
};
/* Any thread. */
void nrs_seen_log_figures(const struct nrs_seen_log *log,
			  struct nrs_seen_log_figures *out);
