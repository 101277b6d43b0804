/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_seal: what makes an image trustworthy, and for whom: its sum, the
 * stamp of the program that made it, the word of this machine's key.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/crypto.h"
#include "engine/image_layout.h"
#include "engine/tables/hyperscan.h"

#define PIECE ((size_t)1 << 20)

/* Raise NRS_IMAGE_VERSION with what these numbers cannot show: another
 * canonical form, another meaning of a code. */
uint64_t nrs_image_stamp(void)
{
	static const uint32_t sizes[] = {sizeof(struct nrs_image_head),
					 sizeof(struct nrs_atom),
					 sizeof(struct nrs_predicate),
					 sizeof(struct nrs_window),
					 sizeof(struct nrs_prefix),
					 sizeof(struct nrs_stored_row),
					 sizeof(struct nrs_stored_profile),
					 sizeof(nrs_stored_background),
					 NRS_STATUS_COUNT,
					 NRS_SHAPE_COUNT,
					 NRS_OP_EXISTS};
	struct nrs_hash_key key;
	uint64_t stamp;

	nrs_hash_key_init(&key, NRS_IMAGE_VERSION);
	stamp = nrs_hash(&key, nrs_span(sizes, sizeof(sizes)));
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++)
		stamp = stamp * 31 +
			nrs_hash(&key,
				 nrs_span_of(nrs_lane_name((enum nrs_lane)l)));
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		const struct nrs_field_info *field = &nrs_field_table[f];

		stamp = stamp * 31 + nrs_hash(&key, nrs_span_of(field->name));
		stamp = stamp * 31 + (uint64_t)field->lanes;
		stamp = stamp * 31 + (uint64_t)(field->lanes >> 64);
	}
	return stamp;
}

void nrs_image_give_back(struct nrs_span part)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t first = ((uintptr_t)part.ptr + page - 1) / page * page;
	const uintptr_t end = ((uintptr_t)part.ptr + part.len) / page * page;

	if (first < end)
		(void)madvise((void *)first, end - first, MADV_DONTNEED);
}

uint64_t nrs_image_sum(struct nrs_span image, bool is_mapping)
{
	struct nrs_span rest = nrs_span_from(image, NRS_IMAGE_SUMMED);
	struct nrs_hash_key key;
	uint64_t sum = image.len;

	nrs_hash_key_init(&key, NRS_IMAGE_VERSION);
	while (rest.len > 0) {
		const struct nrs_span piece = nrs_span_part(rest, 0, PIECE);
		const uint64_t both[2] = {sum, nrs_hash(&key, piece)};

		sum = nrs_hash(&key, nrs_span(both, sizeof(both)));
		if (is_mapping)
			nrs_image_give_back(piece);
		rest = nrs_span_from(rest, PIECE);
	}
	return sum;
}

bool nrs_image_seal(uint8_t *octets, size_t len)
{
	if (len < sizeof(struct nrs_image_head))
		return false;
	const uint64_t sum = nrs_image_sum(nrs_span(octets, len), false);
	memcpy(octets + offsetof(struct nrs_image_head, sum), &sum,
	       sizeof(sum));
	return true;
}

void nrs_image_vouch(struct nrs_span key, struct nrs_span expressions,
		     struct nrs_span octets, uint8_t out[32])
{
	struct nrs_text message = {0};
	uint8_t digest[NRS_SHA256_LEN];

	nrs_text_puts(&message, nrs_hyperscan_library());
	nrs_text_putc(&message, '\0');
	nrs_hyperscan_platform(&message);
	nrs_text_putc(&message, '\0');
	nrs_sha256(expressions, digest);
	nrs_text_add(&message, nrs_span(digest, sizeof(digest)));
	nrs_sha256(octets, digest);
	nrs_text_add(&message, nrs_span(digest, sizeof(digest)));
	/* Without memory something that nobody vouches for. */
	memset(out, 0, NRS_SHA256_LEN);
	if (!message.failed)
		nrs_hmac_sha256(key, nrs_text_span(&message), out);
	nrs_text_fini(&message);
}
