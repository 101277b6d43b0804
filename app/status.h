/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: how a sensor is, as a person or a program reads it. A snapshot is
 * plain data, made by who knows; this only judges it and writes it down.
 */
#pragma once

#include "app/look_figures.h"
#include "app/posture.h"
#include "engine/base/stamp.h"
#include "engine/base/text.h"
#include "loaders/choose.h"
#include "sightings/classify.h"

struct nrs_logging_figures;

struct nrs_status_interface {
	const char *name;
	bool is_down;
	uint64_t packets_per_s;	    /* of late */
	uint64_t received, dropped; /* since the start; by the kernel */
};

struct nrs_status_hub {
	const char *name;  /* HUB/COLLECTION */
	int64_t pulled_ns; /* wall time of the last whole pull; NRS_TIME_MIN */
	int64_t failing_since_ns; /* NRS_TIME_MIN: it does not */
	const char *message;	  /* why, in the hub's words or ours */
};

/* To whom sightings go: what became of them, over restarts. */
struct nrs_status_audience {
	const char *name;
	uint64_t held, queued, accepted, confirmed, failed, refused;
	/* By objects at the hub that name them; agreed to, called false. */
	uint64_t answered, agreed, refuted;
	int64_t failing_since_ns; /* of sending; NRS_TIME_MIN: it does not */
	const char *message;
};

/* Something that a person should know; @is_trouble: and do. Names the key
 * that changes it. */
struct nrs_status_note {
	bool is_trouble;
	const char *text;
};

struct nrs_status_view {
	const char *sensor;
	const struct nrs_posture_state *posture; /* NULL: there is one only */
	int64_t now_ns, up_ns;
	uint32_t generation; /* 0: no set yet */
	char digest[80];
	int64_t since_ns;
	uint64_t kept, received; /* indicators */
	const char *exercise;	 /* under way; NULL: none */
	uint64_t disbelieved;	 /* sets not taken because of a source */
	const struct nrs_funnel *funnel; /* NULL: not known */
	const struct nrs_select_policy *rules;
	const struct nrs_status_interface *interfaces;
	unsigned int interface_count;
	const struct nrs_status_hub *hubs;
	unsigned int hub_count;
	const struct nrs_status_audience *audiences;
	unsigned int audience_count;
	const struct nrs_status_note *notes;
	unsigned int note_count;
	const struct nrs_look_figures *look;	/* NULL: nobody looks back */
	const struct nrs_logging_figures *logs; /* of all traffic; NULL: none */
	uint64_t hits_today;
	/* By enum nrs_class; all 0: not told apart. */
	uint64_t classes_today[NRS_CLASS_URGENT + 1];
};

#define NRS_STATUS_WELL 0
#define NRS_STATUS_DEGRADED 1

/*
 * Append lines for a terminal (sharing-rules.md section 6), or one JSON
 * object and a line feed. Returns NRS_STATUS_WELL or NRS_STATUS_DEGRADED: no
 * set, an interface that is down or drops more than one packet in a thousand,
 * a hub that fails, either way, a collector of flows that cannot be reached, a
 * note that is trouble; each is a line that says so.
 */
int nrs_status_text(const struct nrs_status_view *status, struct nrs_text *out);
int nrs_status_json(const struct nrs_status_view *status, struct nrs_text *out);
