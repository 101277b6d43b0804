/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_trace: does a text give away an own address? In text (of URLs too: %XX),
 * hexadecimal, base64, reversed-pointer and IPv4-mapped form (sharing-rules.md
 * rule 21).
 * What is found is not sent; better a value too few than an address too many.
 */
#pragma once

#include "sightings/sighted.h"

/* Any form of this address. */
bool nrs_own_trace_of(struct nrs_span text, const struct nrs_addr *addr);

/* Any address of @home, written as text, or any reversed pointer. */
bool nrs_own_trace(struct nrs_span text, const struct nrs_home_nets *home);
