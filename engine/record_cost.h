/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_cost: what a worker tells of costs, some five times a second where
 * somebody asks for them (cost.h), in blocks among the other records.
 */
#pragma once

#include "engine/record.h"

struct nrs_record_cost {
	struct nrs_record head;
	struct nrs_cost cost;
};
