/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_txn: all that was pushed for one transaction as STIX objects: what a
 * document of that observation would say. The strict profile compares just
 * this. (A sighting says less: sco.h.)
 */
#pragma once

#include "engine/sco.h"

/* Append the objects of @values: those of the exchange and of its flow, in the
 * order in which they were pushed. */
void nrs_sco_transaction(struct nrs_sco_list *list,
			 const struct nrs_hit_value *values,
			 unsigned int count);
