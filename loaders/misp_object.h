/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_object: the attributes of one object of MISP as one indicator that
 * wants all of them (objects=and).
 */
#pragma once

#include "loaders/condition.h"
#include "loaders/misp_attribute.h"

/*
 * Add @object, whose first attribute is the one behind adder.result.objects.
 * Attributes of one relation are alternatives; what cannot be a part is an
 * indicator of its own, or ignored, as ever. @condition is room to work in.
 * NRS_E_NOMEM.
 */
int nrs_misp_object(struct nrs_misp_taker *taker, const struct nrs_json *object,
		    struct nrs_condition *condition);
