/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_place: what an element of a STIX 1 package is, by what it stands in,
 * its namespace and its name.
 */
#pragma once

#include "loaders/xml.h"

enum nrs_stix1_place {
	NRS_STIX1_OUTSIDE, /* anything that may hold what is looked for */
	NRS_STIX1_SKIPPED, /* nothing in it is looked for */
	NRS_STIX1_PACKAGE,
	NRS_STIX1_HEADER,
	NRS_STIX1_HANDLING, /* and all below it */
	NRS_STIX1_INDICATOR,
	NRS_STIX1_COMPOSITE, /* of indicators */
	NRS_STIX1_VALIDITY,
	NRS_STIX1_CONFIDENCE,
	NRS_STIX1_PRODUCER,
	NRS_STIX1_IDENTITY,
	NRS_STIX1_PHASES,
	NRS_STIX1_PHASE, /* of a kill chain */
	NRS_STIX1_OBSERVABLE,
	NRS_STIX1_COMPOSITION, /* of observables */
	NRS_STIX1_EVENT,
	NRS_STIX1_OBJECT,
	NRS_STIX1_PROPERTIES,
	NRS_STIX1_FIELD, /* below properties */
	/* leaves with a text */
	NRS_STIX1_TITLE,
	NRS_STIX1_DESCRIPTION,
	NRS_STIX1_TYPE,
	NRS_STIX1_CREATOR,
	NRS_STIX1_START,
	NRS_STIX1_END,
	NRS_STIX1_LEVEL, /* of confidence */
};

enum nrs_stix1_place nrs_stix1_place(enum nrs_stix1_place parent,
				     const struct nrs_xml_element *element);
