/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_sharing: the rows of hubs and audiences, for config_schema.c.
 */
#pragma once

#include "app/config_schema.h"

/* In the order of enum nrs_tlp. */
#define NRS_CONFIG_TLP "none|clear|green|amber|amber+strict|red"

/* What is said of settings that files and collections share. */
#define NRS_CONFIG_LIFETIME                                                    \
	"How long an indicator that does not say when it ends is believed, "   \
	"counted from its valid_from: one length (12h, 30d, 8w, 1y), or "      \
	"TYPE=LENGTH by STIX type, * for all others. Without it there is no "  \
	"end."
#define NRS_CONFIG_SCALE                                                       \
	"The scale of its confidences: percent is 0 to 100, ten 0 to 10, "     \
	"words none to high, admiralty the credibility 1 to 6, wep and dni "   \
	"words of probability."

extern const struct nrs_config_section nrs_config_hub_schema;
extern const struct nrs_config_section nrs_config_audience_schema;
extern const struct nrs_config_section nrs_config_select_schema;
extern const struct nrs_config_section nrs_config_feeds_schema;
extern const struct nrs_config_section nrs_config_class_schema;
extern const struct nrs_config_section nrs_config_eve_schema;
extern const struct nrs_config_section nrs_config_logs_schema;
extern const struct nrs_config_section nrs_config_ipfix_schema;
extern const struct nrs_config_section nrs_config_syslog_schema;
extern const struct nrs_config_section nrs_config_metrics_schema;
extern const struct nrs_config_section nrs_config_sensor_schema;
extern const struct nrs_config_section nrs_config_posture_schema;
