/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1: STIX 1.0 to 1.2 packages in XML, with their CybOX observables, into
 * a set (specification, section 8.5). Files only: no TAXII 1 around them.
 *
 * Each Indicator becomes one indicator, whose pattern says what its observables
 * ask for; what others refer to by idref may stand anywhere in the file.
 */
#pragma once

#include "loaders/reader.h"

/* A document whose root element is STIX_Package; and a row's open. */
bool nrs_stix1_detect(struct nrs_span head);
nrs_reader_open_fn nrs_stix1_open;
