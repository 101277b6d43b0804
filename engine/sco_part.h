/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_part: what the sco*.c files share.
 */
#pragma once

#include "engine/sco.h"

/* Append the object whose members (without id) are @members; @id gets its
 * id. An object that stands already is not written again. */
void nrs_sco_put(struct nrs_sco_list *list, const char *type,
		 struct nrs_span members, char id[NRS_SCO_ID_LEN]);

/* An address, with @extra as its further members. */
void nrs_sco_put_addr(struct nrs_sco_list *list, const struct nrs_addr *addr,
		      struct nrs_span extra, char id[NRS_SCO_ID_LEN]);

/* A value that is one of several of its object, as those of a certificate and
 * of a file are: append the object, once, from all of @values. False: it is no
 * such value. */
bool nrs_sco_put_joined(struct nrs_sco_list *list,
			const struct nrs_hit_value *values, unsigned int count,
			unsigned int at);

/* The same of the values of a mail. */
bool nrs_sco_put_mail(struct nrs_sco_list *list,
		      const struct nrs_hit_value *values, unsigned int count,
		      unsigned int at);

/* The lines of @field, "Name: value", as {"Name":["value"]}. */
void nrs_sco_put_headers(struct nrs_text *out,
			 const struct nrs_hit_value *values, unsigned int count,
			 enum nrs_field field);
