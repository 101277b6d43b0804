/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shown: what a STIX object says of a lane's value, for the strict profile.
 */
#pragma once

#include "engine/lane.h"

enum nrs_shown {
	NRS_SHOWN_NONE, /* STIX has no such property */
	NRS_SHOWN_TEXT, /* as in the tables; an address as text */
	NRS_SHOWN_NUMBER,
	NRS_SHOWN_BOOL,
	NRS_SHOWN_OCTETS, /* a _hex property: one octet */
	NRS_SHOWN_TIME,	  /* text of a timestamp, microseconds */
	NRS_SHOWN_TYPE,	  /* of an address: "ipv4-addr" */
	NRS_SHOWN_LIST,	  /* a list as a whole: equals nothing */
};

enum nrs_shown nrs_shown_of(enum nrs_lane lane);
