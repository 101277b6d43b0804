/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openioc: OpenIOC 1.0 and 1.1 into a set (specification, section 8.4).
 *
 * What an OR at the top offers becomes an indicator each, so that one value
 * can be dropped, found or refused by itself; an AND is one indicator. Terms
 * that a network cannot show are unsupported, by name.
 */
#pragma once

#include "loaders/reader.h"

/* A document whose root element is ioc or OpenIOC; and a row's open. */
bool nrs_openioc_detect(struct nrs_span head);
nrs_reader_open_fn nrs_openioc_open;
