/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_image: a small set with every kind of test and of indicator, its image
 * as octets, and a look at everything in an image.
 */
#pragma once

#include "engine/image.h"

extern const uint8_t made_key[NRS_IMAGE_KEY_LEN];

/* Patterns with ids, then values of a list; settled. */
struct nrs_set *made_set(void);
/* With guards, generation 9, and the key. */
struct nrs_image_options made_options(void);

/* The image of @db, of made_set, as octets aligned to 64; to be freed. */
uint8_t *made_octets(const struct nrs_db *db, struct nrs_span key, size_t *len);
uint8_t *made_good_octets(size_t *len);
/* A copy that can be spoiled. */
uint8_t *made_copy(const uint8_t *octets, size_t len);

/* Change an image: five octets of @edits each, three of place and two that are
 * written there. Then seal. */
void made_spoil(uint8_t *octets, size_t len, struct nrs_span edits);

/* Some traffic against @db: a number that tells hits and their values. */
unsigned int made_match(const struct nrs_db *db);
/* Read everything that can be asked of a set; a sum of it. */
uint64_t made_look(const struct nrs_set *set);

void made_image_free(struct nrs_image *image);
