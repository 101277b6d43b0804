/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zeek: files of Zeek's intelligence framework (specification, section 8.2).
 *
 * The same value from another meta.source is one indicator with both sources
 * among its labels; from the same, the later line says what it is.
 */
#pragma once

#include "loaders/reader.h"

bool nrs_zeek_detect(struct nrs_span head);
nrs_reader_open_fn nrs_zeek_open;
