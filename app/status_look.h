/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status_look: how looking back goes, as part of a status.
 */
#pragma once

#include "app/look_figures.h"
#include "engine/base/json.h"

/* A line about looks, and one that begins with WARN where something was
 * refused, or failed. Nothing for NULL. */
void nrs_status_look_text(const struct nrs_look_figures *look,
			  struct nrs_text *out);
/* The member "look_back" of the object that is open. */
void nrs_status_look_json(const struct nrs_look_figures *look,
			  struct nrs_jsonw *w);
