/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_line: a line of a list without what is wrapped around its value:
 * comments, remarks, quotes, hosts files, adblock rules.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_list_line {
	struct nrs_span value; /* empty: the line says nothing */
	bool is_hosts;	       /* names of a hosts file, blanks between */
	bool is_adblock;       /* the rule means the subdomains too */
	const char *reason;    /* the line cannot be taken; else NULL */
};

/* The values are parts of @line. */
struct nrs_list_line nrs_list_unwrap(struct nrs_span line);

/* Names that hosts files give the host itself: not what anybody lists. */
bool nrs_list_is_own_name(struct nrs_span name);

/* @value without quotes around it and punctuation behind it. */
struct nrs_span nrs_list_trim(struct nrs_span value);

/* Defanged text has brackets, a backslash, blanks or a scheme of its own: a
 * million plain values need not be searched for more. */
bool nrs_list_may_be_defanged(struct nrs_span value);
