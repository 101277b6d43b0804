/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logged: a block around any plain octets, its sums right; and something to
 * look for in what logs say.
 */
#pragma once

#include "engine/base/checksum.h"
#include "engine/base/unpack.h"
#include "engine/pattern.h"
#include "logs/retro.h"
#include "logs/seen_block.h"
#include "tests/fuzz/fuzz.h"

/* An asker for names and addresses of all kinds; made once. */
static inline struct nrs_retro *logged_asker(void)
{
	static const char pattern[] =
		"[domain-name:value LIKE '%' OR ipv4-addr:value = '10.0.0.0/8' "
		"OR (network-traffic:dst_port > 0 AND NOT url:value LIKE "
		"'x%')]";
	const struct nrs_build_options building = {.seats = 1, .generation = 1};
	const struct nrs_indicator item = {.pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .version = NRS_STIX_21};
	struct nrs_retro_options options = {.from_ns = NRS_TIME_MIN,
					    .to_ns = NRS_TIME_MAX};
	static struct nrs_db *db;
	static struct nrs_set *set;
	struct nrs_retro *retro = NULL;
	uint32_t source;

	if (db == NULL)
		must(nrs_set_new(&set) == NRS_OK &&
		     nrs_set_source(set, item.pattern, item.pattern, &source) ==
			     NRS_OK &&
		     nrs_set_add(set, &item) == NRS_OK &&
		     nrs_set_settle(set) == NRS_OK &&
		     nrs_db_build(&db, set, &building) == NRS_OK);
	options.db = db;
	must(nrs_retro_new(&retro, &options) == NRS_OK);
	return retro;
}

/* Read @plain as @rows rows, and look for something in them. */
static inline void logged_read(struct nrs_span plain, uint32_t rows)
{
	struct nrs_seen_room room = {0};
	struct nrs_pack *pack = nrs_pack_new(1);
	struct nrs_text packed = {0}, records = {0};
	struct nrs_hash_key key;
	size_t count = 0;

	must(pack != NULL &&
	     nrs_pack_add(pack, plain, NRS_PACK_END, &packed) == NRS_OK);
	nrs_hash_key_init(&key, 0);
	const struct nrs_seen_head head = {
		.packed = (uint32_t)packed.len,
		.plain = (uint32_t)plain.len,
		.rows = rows,
		.sum = nrs_hash(&key, nrs_text_span(&packed))};
	if (nrs_seen_block_read(&room, &head, nrs_text_span(&packed), &count) ==
	    NRS_OK) {
		struct nrs_retro *retro = logged_asker();

		must(nrs_retro_rows(retro, room.rows, count, &records) ==
		     NRS_OK);
		nrs_retro_free(retro);
	}
	nrs_seen_room_fini(&room);
	nrs_text_fini(&packed);
	nrs_text_fini(&records);
	nrs_pack_free(pack);
}
