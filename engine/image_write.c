/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_write: a compiled set to a file.
 *
 * Arrays go out as they lie in memory, what has pointers as a stream. The file
 * is written beside its place, summed by reading it back, and renamed: who has
 * the old one mapped keeps it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"
#include "engine/base/file.h"
#include "engine/image_layout.h"

#define PATH_ROOM ((size_t)4096)

/* What is written, until it is. */
struct sections {
	struct nrs_span part[NRS_IMAGE_SECTIONS];
	struct nrs_stored_made stored;
	struct nrs_text sources, prefixes, regexes, scans;
};

static void put_sources(const struct nrs_set *set, struct nrs_text *out)
{
	const uint32_t sources = nrs_set_sources(set);
	const struct nrs_set_refusal *refusals;
	const size_t refused = nrs_set_refusals(set, &refusals);

	nrs_octets_put(out, sources);
	for (uint32_t i = 0; i < sources; i++) {
		const struct nrs_indicator_source *s =
			nrs_set_source_of(set, i);

		nrs_octets_put_span(out, s->name);
		nrs_octets_put_span(out, s->path);
	}
	nrs_octets_put(out, refused);
	for (size_t i = 0; i < refused; i++) {
		nrs_octets_put(out, refusals[i].source);
		nrs_octets_put(out, refusals[i].place);
		nrs_octets_put_span(out, refusals[i].text);
	}
}

static void put_prefixes(const struct nrs_db *db, struct nrs_text *out)
{
	struct nrs_text octets = {0};

	for (uint32_t l = 0; l < NRS_LANE_COUNT; l++) {
		if (db->lane[l].prefixes == NULL)
			continue;
		nrs_text_clear(&octets);
		nrs_iptab_save(db->lane[l].prefixes, &octets);
		nrs_octets_put(out, l);
		nrs_octets_put_span(out, nrs_text_span(&octets));
		out->failed |= octets.failed;
	}
	nrs_text_fini(&octets);
}

static void put_expressions(const struct nrs_lane_tables *lane,
			    struct nrs_text *out)
{
	for (uint32_t i = 0; i < lane->expression_count; i++) {
		const struct nrs_regex *regex = &lane->expressions[i];

		nrs_octets_put(out, regex->kind);
		nrs_octets_put(out,
			       lane->streams != NULL
				       ? nrs_streamdb_engine(lane->streams, i)
				       : nrs_regexdb_engine(lane->regexes, i));
		nrs_octets_put(out, regex->value);
		nrs_octets_put(out, regex->owner);
		nrs_octets_put_span(out, regex->prefix);
		nrs_octets_put_span(out, regex->text);
	}
}

static int put_regexes(const struct nrs_db *db, struct nrs_span key,
		       struct nrs_text *out)
{
	struct nrs_text expressions = {0}, saved = {0};
	int err = NRS_OK;

	for (uint32_t l = 0; l < NRS_LANE_COUNT && err == NRS_OK; l++) {
		const struct nrs_lane_tables *lane = &db->lane[l];
		uint8_t vouched[NRS_SHA256_LEN] = {0};

		if (lane->regexes == NULL && lane->streams == NULL)
			continue;
		nrs_text_clear(&expressions);
		nrs_text_clear(&saved);
		put_expressions(lane, &expressions);
		if (key.len > 0) {
			err = lane->streams != NULL
				      ? nrs_streamdb_save(lane->streams, &saved)
				      : nrs_regexdb_save(lane->regexes, &saved);
			nrs_image_vouch(key, nrs_text_span(&expressions),
					nrs_text_span(&saved), vouched);
		}
		nrs_octets_put(out, l);
		nrs_octets_put(out, lane->expression_count);
		nrs_octets_put_span(out, nrs_text_span(&expressions));
		nrs_octets_put_span(out, nrs_span(vouched, sizeof(vouched)));
		nrs_octets_put_span(out, nrs_text_span(&saved));
		out->failed |= expressions.failed || saved.failed;
	}
	nrs_text_fini(&expressions);
	nrs_text_fini(&saved);
	return err;
}

static void put_operand(const struct nrs_operand *o, struct nrs_text *out)
{
	uint64_t real;

	memcpy(&real, &o->real, sizeof(real));
	nrs_octets_put(out, (uint64_t)o->integer);
	nrs_octets_put(out, real);
	nrs_octets_put(out, o->is_real);
	nrs_octets_put(out, o->type);
	nrs_octets_put_span(out, nrs_span(o->prefix.addr.bytes, 16));
	nrs_octets_put(out, o->prefix.bits);
	nrs_octets_put_span(out, o->bytes);
}

static void put_scans(const struct nrs_db *db, struct nrs_text *out)
{
	for (uint32_t l = 0; l < NRS_LANE_COUNT; l++) {
		const struct nrs_lane_tables *lane = &db->lane[l];

		if (lane->scan_count == 0)
			continue;
		nrs_octets_put(out, l);
		nrs_octets_put(out, lane->scan_count);
		for (uint32_t i = 0; i < lane->scan_count; i++) {
			const struct nrs_scan *scan = &lane->scans[i];

			nrs_octets_put(out, scan->atom);
			nrs_octets_put(out, scan->owner);
			nrs_octets_put(out, scan->regex);
			nrs_octets_put(out, scan->characters);
			nrs_octets_put(out, scan->op);
			nrs_octets_put(out, scan->inverted);
			nrs_octets_put(out, scan->family);
			nrs_octets_put(out, scan->form);
			nrs_octets_put(out, scan->place);
			nrs_octets_put_span(out, scan->header);
			nrs_octets_put(out, scan->operand_count);
			for (uint32_t k = 0; k < scan->operand_count; k++)
				put_operand(&scan->operands[k], out);
		}
	}
}

static struct nrs_span array(const void *items, size_t count, size_t item_bytes)
{
	return nrs_span(items, count * item_bytes);
}

/* The arrays that matching uses where they lie. */
static void take_arrays(const struct nrs_db *db, struct sections *s)
{
	const struct nrs_guard_own *own = &db->options.own;
	struct nrs_hashtab_parts keys;

	nrs_hashtab_parts(db->keys, &keys);
	s->part[NRS_IMAGE_SLOTS] = keys.slots;
	s->part[NRS_IMAGE_BLOCKS] = keys.blocks;
	s->part[NRS_IMAGE_KEYS] = keys.keys;
	s->part[NRS_IMAGE_ATOMS] =
		array(db->atoms, db->sizes.tests, sizeof(*db->atoms));
	s->part[NRS_IMAGE_PREDICATES] = array(
		db->predicates, db->predicate_count, sizeof(*db->predicates));
	s->part[NRS_IMAGE_PROGRAMS] =
		array(db->programs, db->program_count, sizeof(*db->programs));
	s->part[NRS_IMAGE_LEADS] =
		array(db->leads, db->lead_count, sizeof(*db->leads));
	s->part[NRS_IMAGE_AT_END] =
		array(db->at_end, db->at_end_count, sizeof(*db->at_end));
	s->part[NRS_IMAGE_WINDOWS] =
		array(db->windows, db->window_count, sizeof(*db->windows));
	s->part[NRS_IMAGE_OWN] =
		array(own->nets, own->count, sizeof(*own->nets));
}

static int fill_sections(const struct nrs_db *db, struct nrs_span key,
			 struct sections *s)
{
	int err = nrs_stored_write(&s->stored, db);

	put_sources(db->set, &s->sources);
	put_prefixes(db, &s->prefixes);
	put_scans(db, &s->scans);
	if (err == NRS_OK)
		err = put_regexes(db, key, &s->regexes);
	if (err != NRS_OK)
		return err;
	take_arrays(db, s);
	s->part[NRS_IMAGE_ROWS] = nrs_text_span(&s->stored.rows);
	s->part[NRS_IMAGE_EXTRAS] = nrs_text_span(&s->stored.extras);
	s->part[NRS_IMAGE_PROFILES] = nrs_text_span(&s->stored.profiles);
	s->part[NRS_IMAGE_BACKGROUNDS] = nrs_text_span(&s->stored.backgrounds);
	s->part[NRS_IMAGE_TEXTS] = nrs_text_span(&s->stored.texts);
	s->part[NRS_IMAGE_SOURCES] = nrs_text_span(&s->sources);
	s->part[NRS_IMAGE_PREFIXES] = nrs_text_span(&s->prefixes);
	s->part[NRS_IMAGE_REGEXES] = nrs_text_span(&s->regexes);
	s->part[NRS_IMAGE_SCANS] = nrs_text_span(&s->scans);
	return s->sources.failed || s->prefixes.failed || s->scans.failed ||
			       s->regexes.failed
		       ? NRS_E_NOMEM
		       : NRS_OK;
}

static void sections_fini(struct sections *s)
{
	nrs_stored_made_fini(&s->stored);
	nrs_text_fini(&s->sources);
	nrs_text_fini(&s->prefixes);
	nrs_text_fini(&s->regexes);
	nrs_text_fini(&s->scans);
}

static void fill_head(const struct nrs_db *db, const struct sections *s,
		      struct nrs_image_head *head)
{
	const struct nrs_build_options *o = &db->options;
	struct nrs_hashtab_parts keys;
	uint64_t at = sizeof(*head);

	nrs_hashtab_parts(db->keys, &keys);
	memcpy(head->magic, NRS_IMAGE_MAGIC, sizeof(head->magic));
	head->endian = NRS_IMAGE_ENDIAN;
	head->version = NRS_IMAGE_VERSION;
	head->stamp = nrs_image_stamp();
	(void)snprintf(head->built_by, sizeof(head->built_by), "%s",
		       NRS_RELEASE);
	head->key_seed = keys.seed;
	head->key_count = keys.count;
	memcpy(head->lanes, &db->lanes, sizeof(head->lanes));
	head->suffix_lanes = db->suffix_lanes;
	head->refused = nrs_set_refused(db->set);
	head->repeated = nrs_set_repeats(db->set);
	head->sizes = db->sizes;
	head->subdomains = o->subdomains;
	head->strict = o->strict;
	head->lenient_off = o->lenient_off;
	head->shadow_of = o->shadow_of;
	head->guards = o->guards;
	head->shadow = o->shadow;
	for (unsigned int i = 0; i < NRS_IMAGE_SECTIONS; i++) {
		at = (at + NRS_IMAGE_ALIGN - 1) / NRS_IMAGE_ALIGN *
		     NRS_IMAGE_ALIGN;
		head->place[i] = (struct nrs_image_place){
			.at = at, .len = s->part[i].len};
		at += s->part[i].len;
	}
	head->file_len = at;
}

static bool write_parts(int fd, const struct sections *s,
			const struct nrs_image_head *head)
{
	static const uint8_t zeroes[NRS_IMAGE_ALIGN];
	uint64_t at = sizeof(*head);

	if (!nrs_write_all(fd, nrs_span(head, sizeof(*head))))
		return false;
	for (unsigned int i = 0; i < NRS_IMAGE_SECTIONS; i++) {
		if (!nrs_write_all(fd,
				   nrs_span(zeroes, head->place[i].at - at)) ||
		    !nrs_write_all(fd, s->part[i]))
			return false;
		at = head->place[i].at + s->part[i].len;
	}
	return true;
}

/* Sum what was written, and write the sum. */
static bool seal(int fd, const struct nrs_image_head *head)
{
	void *map = mmap(NULL, head->file_len, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return false;
	const uint64_t sum = nrs_image_sum(nrs_span(map, head->file_len), true);
	(void)munmap(map, head->file_len);
	return pwrite(fd, &sum, sizeof(sum),
		      offsetof(struct nrs_image_head, sum)) ==
		       (ssize_t)sizeof(sum) &&
	       fsync(fd) == 0;
}

static int write_file(const char *path, const struct sections *s,
		      const struct nrs_image_head *head, struct nrs_diag *diag)
{
	char beside[PATH_ROOM];
	const int len = snprintf(beside, sizeof(beside), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(beside))
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "the name is too long");
	const int fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
			    S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
	if (fd < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	bool is_whole = write_parts(fd, s, head) && seal(fd, head);
	const int why = errno;
	is_whole = close(fd) == 0 && is_whole;
	if (is_whole && rename(beside, path) == 0)
		return NRS_OK;
	const int err = nrs_diag_set(diag, NRS_E_IO, 0, "%s",
				     strerror(is_whole ? errno : why));
	(void)unlink(beside);
	return err;
}

static int fill_digest(const struct nrs_set *set, struct nrs_image_head *head)
{
	struct nrs_text digest = {0};
	const int err = nrs_set_digest(set, &digest);

	if (err == NRS_OK && digest.len < sizeof(head->digest))
		memcpy(head->digest, digest.ptr, digest.len);
	nrs_text_fini(&digest);
	return err;
}

int nrs_image_write(const char *path, const struct nrs_db *db,
		    struct nrs_span key, struct nrs_diag *diag)
{
	struct nrs_image_head head;
	struct sections sections = {0};

	memset(&head, 0, sizeof(head)); /* padding too: it is written */
	/* Before the sections are made: both at once would be the most that
	 * compiling takes. */
	int err = fill_digest(db->set, &head);
	if (err == NRS_OK)
		err = fill_sections(db, key, &sections);
	if (err == NRS_E_LIMIT)
		(void)nrs_diag_set(diag, err, 0,
				   "more texts than an image can hold");
	if (err == NRS_OK) {
		fill_head(db, &sections, &head);
		err = write_file(path, &sections, &head, diag);
	}
	sections_fini(&sections);
	return err;
}
