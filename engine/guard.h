/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard: what must never match alone, because it would match the innocent:
 * whole continents of addresses, addresses that no adversary can own, public
 * suffixes, digests of nothing (shared specification, section 2.2).
 */
#pragma once

#include "engine/base/addr.h"

/* Networks that are one's own, and what a site allows all the same: networks
 * with all in them, and canonical names. Borrowed. */
struct nrs_guard_own {
	const struct nrs_prefix *nets;
	unsigned int count;
	const struct nrs_prefix *allowed;
	unsigned int allowed_count;
	const struct nrs_span *names;
	unsigned int name_count;
};

/* Each returns why the value must not match, a text for ever; NULL: it may. */

/* A prefix shorter than /8 (IPv6 /16), or one that overlaps 0.0.0.0/8, ::,
 * loopback, link-local, multicast or an own network. */
const char *nrs_guard_prefix(const struct nrs_prefix *prefix,
			     const struct nrs_guard_own *own);

/* The canonical @name as a whole is a top-level domain or a public suffix
 * (nrs_names_is_everybodys). */
const char *nrs_guard_name(struct nrs_span name,
			   const struct nrs_guard_own *own);

/* A LIKE that takes everything ("%"), or with @is_name all names below a
 * public suffix ("%.com"); in the lane's canonical form. */
const char *nrs_guard_like(struct nrs_span like, bool is_name,
			   const struct nrs_guard_own *own);

/* A regular expression that takes values that have nothing in common. */
const char *nrs_guard_regex(struct nrs_span expression);

/* @hex of any case is MD5, SHA-1, SHA-256, SHA-384 or SHA-512 of no bytes. */
const char *nrs_guard_digest(struct nrs_span hex);
