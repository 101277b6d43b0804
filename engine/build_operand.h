/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_operand: literals in the canonical form of their lane.
 */
#pragma once

#include "engine/builder.h"

/* The lane that @literal leads to on @map's path; NRS_LANE_COUNT: none, for
 * instance a name as source. */
enum nrs_lane nrs_operand_lane(struct nrs_builder *b,
			       const struct nrs_path_map *map,
			       const struct nrs_literal *literal);

/* @literal for comparing on @lane. Bytes live in the scratch arena.
 * NRS_E_FORMAT (the builder's reason says why), NRS_E_NOMEM. */
int nrs_operand_make(struct nrs_builder *b, enum nrs_lane lane,
		     const struct nrs_path_map *map,
		     const struct nrs_literal *literal,
		     struct nrs_operand *out);
