/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard: what must never match alone, because it would match the innocent:
 * whole continents of addresses, addresses that no adversary can own, public
 * suffixes, digests of nothing (shared specification, section 2.2).
 */
#pragma once

#include "engine/base/addr.h"

/* Networks that are one's own; borrowed. */
struct nrs_guard_own {
	const struct nrs_prefix *nets;
	unsigned int count;
};

/* Each returns why the value must not match, a text for ever; NULL: it may. */

/* A prefix shorter than /8 (IPv6 /16), or one that overlaps 0.0.0.0/8, ::,
 * loopback, link-local, multicast or an own network. */
const char *nrs_guard_prefix(const struct nrs_prefix *prefix,
			     const struct nrs_guard_own *own);

/* The canonical @name as a whole is a top-level domain or a public suffix
 * (nrs_names_is_everybodys). */
const char *nrs_guard_name(struct nrs_span name);

/* @hex of any case is MD5, SHA-1, SHA-256, SHA-384 or SHA-512 of no bytes. */
const char *nrs_guard_digest(struct nrs_span hex);
