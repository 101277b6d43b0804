/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata_json: datasets of Suricata in JSON, an array or an object a line
 * (specification, section 8.3). Read only when asked for: nothing in such a
 * file says what it is.
 *
 * Parameters: array_key=PATH is where the array stands (dots between members;
 * none: the document itself), value_key=PATH where the value stands in each
 * element (none: elements are strings), field=NAME what it is
 * (suricata_field.h).
 */
#pragma once

#include "loaders/reader.h"

nrs_reader_open_fn nrs_suricata_json_open;
