/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cost: what matching an indicator costs, for who asks (metrics).
 *
 * A trial is what is done for that indicator and would not be done without it:
 * its pattern tried because a test that leads to it held, or because its
 * transaction ended; its regular expression run in PCRE, or its comparison,
 * which no table looks up, tried on a value. What all share (look-ups, the
 * databases of Hyperscan) is nobody's. A test that several indicators have is
 * the first one's.
 *
 * Trials are counted all; time is taken of one in NRS_COST_EVERY, at random,
 * and stands for as many. Told in sums, in no order; those of indicators beyond
 * NRS_COST_SLOTS that were tried between two tellings, or nearly, in one sum.
 */
#pragma once

#include <stdint.h>

#define NRS_COST_EVERY 64u
#define NRS_COST_SLOTS 1024u /* a power of two */
#define NRS_COST_OTHERS UINT32_MAX

struct nrs_cost {
	uint32_t generation;
	uint32_t indicator; /* index in that generation's set, or OTHERS */
	uint64_t trials;
	uint64_t ns; /* estimated; with the reading of a clock in each */
};
