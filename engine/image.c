/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image: a file into memory, its head, its sum, its sections, and a set and a
 * db over them.
 *
 * The mapping belongs to the set, which outlives the db. The order of the
 * checks is the order of trust: what says which program made it, then the sum
 * over all of it, then every offset, because a sum only keeps accidents out.
 */
#include "engine/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/image_layout.h"

bool nrs_image_is(const char *path)
{
	char magic[sizeof(((struct nrs_image_head *)NULL)->magic)];
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return false;
	const bool is =
		fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
		memcmp(magic, NRS_IMAGE_MAGIC, sizeof(magic)) == 0;
	(void)close(fd);
	return is;
}

static bool has_nul(const char text[NRS_IMAGE_DIGEST])
{
	return memchr(text, '\0', NRS_IMAGE_DIGEST) != NULL;
}

/* What must hold before the sum is worth computing. */
static int check_head(struct nrs_span octets, bool is_mapping,
		      const struct nrs_image_head *h, struct nrs_diag *diag)
{
	if (memcmp(h->magic, NRS_IMAGE_MAGIC, sizeof(h->magic)) != 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "is no image");
	const bool has_format =
		octets.len >= offsetof(struct nrs_image_head, sum);
	if (has_format && h->endian != NRS_IMAGE_ENDIAN)
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "an image made on a machine with another "
				    "order of octets: compile it here");
	if (has_format && h->version != NRS_IMAGE_VERSION)
		return nrs_diag_set(
			diag, NRS_E_UNSUPPORTED, 0,
			"an image of %s format %u, this noroshi reads %u: "
			"compile it again",
			h->version > NRS_IMAGE_VERSION ? "the newer"
						       : "the older",
			h->version, NRS_IMAGE_VERSION);
	if (octets.len < sizeof(*h) || h->file_len > octets.len)
		return nrs_diag_set(diag, NRS_E_FORMAT, octets.len,
				    "a cut image: %llu of %llu octets",
				    (unsigned long long)octets.len,
				    (unsigned long long)h->file_len);
	if (h->file_len < octets.len ||
	    nrs_image_sum(octets, is_mapping) != h->sum)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "a damaged image: its checksum is wrong");
	if (!has_nul(h->built_by) || !has_nul(h->digest))
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "a bad image");
	if (h->stamp != nrs_image_stamp() ||
	    strcmp(h->built_by, NRS_RELEASE) != 0)
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "an image of noroshi %.20s with other "
				    "tables than this %s: compile it again",
				    h->built_by, NRS_RELEASE);
	return NRS_OK;
}

static int find_parts(struct nrs_span octets, const struct nrs_image_head *h,
		      struct nrs_span part[NRS_IMAGE_SECTIONS])
{
	for (unsigned int i = 0; i < NRS_IMAGE_SECTIONS; i++) {
		const struct nrs_image_place *place = &h->place[i];

		if (place->at % NRS_IMAGE_ALIGN != 0 ||
		    place->at < sizeof(*h) || place->at > octets.len ||
		    place->len > octets.len - place->at)
			return NRS_E_FORMAT;
		part[i] = nrs_span_part(octets, place->at, place->len);
	}
	return NRS_OK;
}

/* An array of the db where it lies; false if it does not come out even. */
static bool take_array(struct nrs_span part, size_t item_bytes, void *items,
		       uint32_t *count)
{
	const void *at = part.ptr;

	memcpy(items, &at, sizeof(at));
	*count = (uint32_t)(part.len / item_bytes);
	return part.len % item_bytes == 0 &&
	       part.len / item_bytes < NRS_CODE_ARG;
}

static int take_arrays(struct nrs_db *db, const struct nrs_span *part)
{
	uint32_t atoms, own;

	if (!take_array(part[NRS_IMAGE_ATOMS], sizeof(*db->atoms), &db->atoms,
			&atoms) ||
	    !take_array(part[NRS_IMAGE_PREDICATES], sizeof(*db->predicates),
			&db->predicates, &db->predicate_count) ||
	    !take_array(part[NRS_IMAGE_PROGRAMS], sizeof(*db->programs),
			&db->programs, &db->program_count) ||
	    !take_array(part[NRS_IMAGE_LEADS], sizeof(*db->leads), &db->leads,
			&db->lead_count) ||
	    !take_array(part[NRS_IMAGE_AT_END], sizeof(*db->at_end),
			&db->at_end, &db->at_end_count) ||
	    !take_array(part[NRS_IMAGE_WINDOWS], sizeof(*db->windows),
			&db->windows, &db->window_count) ||
	    !take_array(part[NRS_IMAGE_OWN], sizeof(struct nrs_prefix),
			&db->options.own.nets, &own))
		return NRS_E_FORMAT;
	db->options.own.count = own;
	db->sizes.tests = atoms;
	for (uint32_t i = 0; i < db->predicate_count; i++)
		db->has_parts |= (db->predicates[i].flags & NRS_PRED_PART) != 0;
	return nrs_image_arrays_are_sound(db) ? NRS_OK : NRS_E_FORMAT;
}

static int open_keys(struct nrs_db *db, const struct nrs_image_head *h,
		     const struct nrs_span *part)
{
	const struct nrs_hashtab_parts keys = {.seed = h->key_seed,
					       .count = h->key_count,
					       .slots = part[NRS_IMAGE_SLOTS],
					       .blocks = part[NRS_IMAGE_BLOCKS],
					       .keys = part[NRS_IMAGE_KEYS]};

	return nrs_hashtab_open(&db->keys, &keys, (uint32_t)db->sizes.tests);
}

static int open_set(struct nrs_set **out, struct nrs_span octets,
		    const struct nrs_image_head *h, const struct nrs_span *part)
{
	const struct nrs_stored_parts parts = {
		.rows = part[NRS_IMAGE_ROWS],
		.extras = part[NRS_IMAGE_EXTRAS],
		.profiles = part[NRS_IMAGE_PROFILES],
		.backgrounds = part[NRS_IMAGE_BACKGROUNDS],
		.texts = part[NRS_IMAGE_TEXTS],
		.keys = part[NRS_IMAGE_KEYS]};
	struct nrs_set *set = NULL;
	struct nrs_stored *stored = NULL;
	int err = nrs_set_new(&set);

	if (err == NRS_OK)
		err = nrs_image_sources(set, part[NRS_IMAGE_SOURCES]);
	if (err == NRS_OK)
		err = nrs_stored_open(&stored, &parts, nrs_set_sources(set));
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	const struct nrs_set_facts facts = {
		/* As long there as the set is. */
		.digest = (const char *)octets.ptr +
			  offsetof(struct nrs_image_head, digest),
		.refused = h->refused,
		.repeated = h->repeated};
	nrs_set_store(set, stored, &facts);
	*out = set;
	return NRS_OK;
}

static int open_db(struct nrs_image *image, const struct nrs_image_head *h,
		   const struct nrs_span *part,
		   const struct nrs_image_options *options)
{
	struct nrs_db *db = image->db = calloc(1, sizeof(*db));
	int err;

	if (db == NULL)
		return NRS_E_NOMEM;
	db->set = image->set;
	db->options = options->building;
	db->options.subdomains = h->subdomains != 0;
	db->options.strict = h->strict != 0;
	db->options.lenient_off = h->lenient_off;
	db->options.shadow_of = h->shadow_of;
	db->options.guards = h->guards != 0;
	db->options.shadow = h->shadow != 0;
	memcpy(&db->lanes, h->lanes, sizeof(db->lanes));
	db->suffix_lanes = h->suffix_lanes;
	db->sizes = h->sizes;
	db->is_mapped = true;
	db->arena = nrs_arena_new(0);
	if (db->arena == NULL)
		return NRS_E_NOMEM;
	err = take_arrays(db, part);
	if (err == NRS_OK)
		err = open_keys(db, h, part);
	if (err == NRS_OK)
		err = nrs_image_prefixes(db, part[NRS_IMAGE_PREFIXES]);
	if (err == NRS_OK)
		err = nrs_image_scans(db, part[NRS_IMAGE_SCANS]);
	if (err == NRS_OK)
		err = nrs_image_regexes(db, part[NRS_IMAGE_REGEXES],
					options->key, &image->facts);
	db->demand = nrs_field_demand(db->lanes);
	return err;
}

static bool is_same_own(const struct nrs_guard_own *a,
			const struct nrs_guard_own *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned int i = 0; i < a->count; i++) {
		if (a->nets[i].bits != b->nets[i].bits ||
		    nrs_addr_compare(&a->nets[i].addr, &b->nets[i].addr) != 0)
			return false;
	}
	return true;
}

/* What was asked for and is not in it. */
static void compare(const struct nrs_build_options *asked,
		    const struct nrs_build_options *made,
		    struct nrs_image_facts *facts)
{
	if (asked->subdomains && !made->subdomains)
		facts->lacks = "--subdomains";
	else if (!asked->guards && made->guards)
		facts->lacks = "--no-guards";
	else if (asked->strict && !made->strict)
		facts->lacks = "--strict";
	else if ((asked->lenient_off & ~made->lenient_off) != 0 &&
		 !made->strict)
		facts->lacks = "--no-lenient";
	else if (asked->shadow && !made->shadow)
		facts->lacks = "--shadow";
	else if (asked->own.count > 0 && asked->guards &&
		 !is_same_own(&asked->own, &made->own))
		facts->lacks = "these own networks";
}

static int read_image(struct nrs_image *out, struct nrs_span octets,
		      bool is_mapping, const struct nrs_image_options *options,
		      struct nrs_diag *diag)
{
	struct nrs_span part[NRS_IMAGE_SECTIONS];
	struct nrs_image_head head = {0};

	*out = (struct nrs_image){0};
	/* Of a shorter one as much as there is, to say what it is. */
	if (octets.len > 0)
		memcpy(&head, octets.ptr,
		       octets.len < sizeof(head) ? octets.len : sizeof(head));
	int err = check_head(octets, is_mapping, &head, diag);
	if (err != NRS_OK)
		return err;
	err = find_parts(octets, &head, part);
	if (err == NRS_OK)
		err = open_set(&out->set, octets, &head, part);
	if (err == NRS_OK)
		err = open_db(out, &head, part, options);
	if (err != NRS_OK) {
		nrs_db_free(out->db);
		nrs_set_free(out->set);
		return err == NRS_E_FORMAT
			       ? nrs_diag_set(diag, err, 0,
					      "a bad image: what is in it "
					      "does not fit together")
			       : err;
	}
	compare(&options->building, &out->db->options, &out->facts);
	if (is_mapping)
		nrs_image_give_back(
			nrs_span_from(octets, head.place[NRS_IMAGE_COLD].at));
	return NRS_OK;
}

int nrs_image_read(struct nrs_image *out, struct nrs_span octets,
		   const struct nrs_image_options *options,
		   struct nrs_diag *diag)
{
	return read_image(out, octets, false, options, diag);
}

/* The whole file. */
static int map_file(const char *path, struct nrs_span *out,
		    struct nrs_diag *diag)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	const bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!is_file || st.st_size < 8) {
		(void)close(fd);
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "is no image");
	}
	void *at =
		mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	const int why = errno;
	(void)close(fd);
	if (at == MAP_FAILED)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(why));
	*out = nrs_span(at, (size_t)st.st_size);
	return NRS_OK;
}

int nrs_image_open(struct nrs_image *out, const char *path,
		   const struct nrs_image_options *options,
		   struct nrs_diag *diag)
{
	struct nrs_span octets = {0};
	int err = map_file(path, &octets, diag);

	if (err != NRS_OK)
		return err;
	err = read_image(out, octets, true, options, diag);
	if (err == NRS_OK)
		nrs_set_own_mapping(out->set, octets);
	else
		(void)munmap((void *)(uintptr_t)octets.ptr, octets.len);
	return err;
}
