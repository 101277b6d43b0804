/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_sharing: the rows of hubs and audiences, for config_schema.c.
 */
#pragma once

#include "app/config_schema.h"

/* In the order of enum nrs_tlp. */
#define NRS_CONFIG_TLP "none|clear|green|amber|amber+strict|red"

extern const struct nrs_config_section nrs_config_hub_schema;
extern const struct nrs_config_section nrs_config_audience_schema;
