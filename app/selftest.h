/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selftest: is what a worker is given matched, merged and told? An indicator of
 * our own comes into force, a recorded packet that it matches is put in front
 * of a worker, and the hit is followed to hits.jsonl and the spool.
 *
 * That proves nothing about the mirror, the interface or its filter; a look-up
 * of the indicator's second name, made by who asks (noroshi selftest --wire),
 * does. The indicator is an exercise of no hub's, so that nothing of it leaves
 * but to audiences that take exercises; it is withdrawn at the end.
 *
 * The hit is told by the emitter's thread; all else is the main thread's.
 */
#pragma once

#include "app/live_crew.h"
#include "sightings/sighted.h"

#define NRS_SELFTEST_NS (20 * INT64_C(1000000000)) /* then it has failed */

enum nrs_selftest_answer {
	NRS_SELFTEST_PASSED,
	NRS_SELFTEST_FAILED,
	NRS_SELFTEST_NONE, /* wrong: none was begun */
	NRS_SELFTEST_UNDER_WAY,
};

struct nrs_selftest;

struct nrs_selftest_options {
	const char *dir; /* state.dir; or NULL: there can be none */
	bool has_lines;	 /* hits.jsonl is written */
	bool has_spool;
	void *ctx;
	void (*added)(void *ctx); /* look at what was added */
	/* Put a packet in front of a worker. */
	void (*inject)(void *ctx, const struct nrs_packet *packet);
};

/* Borrows what the options name. NRS_E_NOMEM. */
int nrs_selftest_new(struct nrs_selftest **out,
		     const struct nrs_selftest_options *options);
/* When no thread uses it; withdraws the indicator. NULL is fine. */
void nrs_selftest_free(struct nrs_selftest *test);

/* Begin one. UNDER_WAY, with the name to look up for --wire as a line of @out;
 * or FAILED, which says why. */
enum nrs_selftest_answer nrs_selftest_begin(struct nrs_selftest *test,
					    int64_t now_ns,
					    struct nrs_text *out);

/* How is it? PASSED and FAILED say in @out what was seen; @with_wire: the
 * look-up's hit too. Call it, or look, each second. */
enum nrs_selftest_answer nrs_selftest_ask(struct nrs_selftest *test,
					  bool with_wire, int64_t now_ns,
					  struct nrs_text *out);

/* Nobody may ask any more: what is too old ends. */
void nrs_selftest_look(struct nrs_selftest *test, int64_t now_ns);

/* Emitter's thread: a hit was told, in hits.jsonl too. NULL is fine. */
void nrs_selftest_hit(struct nrs_selftest *test, const struct nrs_sighted *hit);
/* Is it a hit of the last self-test's indicator, under way or over? Any thread;
 * NULL is fine. */
bool nrs_selftest_made(struct nrs_selftest *test,
		       const struct nrs_sighted *hit);
/* Emitter's thread: the spool has all hits that were told. NULL is fine. */
void nrs_selftest_stored(struct nrs_selftest *test);
