/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status_logs: the logs of all traffic in a status.
 */
#pragma once

#include "app/logging.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

/* "1.9 G" and the like; a unit follows. */
void nrs_status_scaled(struct nrs_text *out, uint64_t number);

/* A line for each log that is kept; a member "logs" if there is any. NULL:
 * nothing, here and below. */
void nrs_status_logs_text(struct nrs_text *out,
			  const struct nrs_logging_figures *logs);
void nrs_status_logs_json(struct nrs_jsonw *w,
			  const struct nrs_logging_figures *logs);

/* True: the collector cannot be reached; @out says why. */
bool nrs_status_logs_reason(const struct nrs_logging_figures *logs,
			    struct nrs_text *out);
