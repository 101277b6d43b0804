/* SPDX-License-Identifier: Apache-2.0 */
/*
 * found: which indicators of a set cover a value, whatever became of them: by
 * the compiled db for those that are matched and, compiled aside, for those
 * that are not; by their text for those that nobody can evaluate.
 */
#pragma once

#include "app/command.h"
#include "engine/find.h"

enum nrs_relation {
	NRS_RELATION_NONE,
	NRS_RELATION_WITHIN, /* it is part of the value */
	NRS_RELATION_NAMED,  /* it names the value, and is not evaluable */
	NRS_RELATION_PART,   /* the value, and more that it wants */
	NRS_RELATION_COVERS, /* the value is enough */
};
const char *nrs_relation_name(enum nrs_relation relation);

/* What was found out about one indicator. */
struct nrs_found {
	nrs_field_set fields; /* where traffic would show it */
	uint8_t relation;     /* enum nrs_relation */
	uint8_t how;	      /* enum nrs_how, of the fields */
};

struct nrs_found_options {
	bool within;		 /* what lies inside the value, too */
	bool no_guards;		 /* as for `check` */
	const struct nrs_db *db; /* of the set, of one seat; NULL: built */
};

/* A value, and what was found: to be given back to nrs_sought_fini. */
struct nrs_sought {
	struct nrs_set *kept;	/* holds the text */
	enum nrs_shape shape;	/* what the value was taken for */
	struct nrs_span value;	/* canonical */
	struct nrs_found *rows; /* one for each indicator of the set */
};
void nrs_sought_fini(struct nrs_sought *sought);

/* What is @text? Its shape and canonical form. NRS_E_NOMEM, NRS_E_FORMAT. */
int nrs_sought_read(struct nrs_sought *out, struct nrs_span text);

/* Only the compiled db: whatever the value meets, alone or not, and perhaps
 * more than once. As nrs_find. */
struct nrs_sought_ask {
	const struct nrs_db *db;
	unsigned int seat;
	void *ctx;
	void (*found)(void *ctx, const struct nrs_find_hit *hit);
};
int nrs_sought_ask(const struct nrs_sought *sought,
		   const struct nrs_sought_ask *ask);

/*
 * Look @text (as people type it, defanged or not; a CIDR prefix too) up in
 * @set, settled: its indicators are judged as by `check`. NRS_E_NOMEM,
 * NRS_E_INTERNAL, NRS_E_FORMAT: no value.
 */
int nrs_found_value(struct nrs_sought *out, struct nrs_set *set,
		    struct nrs_span text,
		    const struct nrs_found_options *options);
