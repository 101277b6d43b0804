/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_source: files by their first octets. Of a folder all logs are taken, in
 * the order of their names, which is that of their time; what is still being
 * written ends where it ends.
 */
#include "app/look_source.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/base/inflate.h"

#define PART ".part" /* is being written */
#define CHUNK ((size_t)1 << 20)
#define LINE_MAX_OCTETS ((size_t)16 << 20)

struct file {
	struct nrs_reader_file facts;
	char *path;
};

struct nrs_look_source {
	struct nrs_look_source_options options;
	struct file *files;
	unsigned int count, cap, at; /* at: the next to open */
	struct nrs_input *input;     /* of files[at - 1]; NULL: none */
	struct nrs_digest *digest;
	bool is_blocks;
	uint64_t place;
	uint8_t first[8]; /* octets that told what it is */
	size_t first_len;
	struct nrs_text tail; /* a line that goes on */
};

static bool ends_in(const char *name, const char *end)
{
	const size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static bool is_ours(const char *name)
{
	static const char *const ends[] = {".nrslog", ".nrslog" PART, ".jsonl",
					   ".jsonl.zst", ".jsonl.zst" PART};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (ends_in(name, ends[i]))
			return true;
	}
	return false;
}

static bool begins(const char *name, const char *stem)
{
	return strncmp(name, stem, strlen(stem)) == 0;
}

/* And is it asked for? A file that is being written is the one that it will
 * be. Counters of hours hold nothing to look back in. */
static bool is_wanted(const struct nrs_look_source_options *o, const char *name)
{
	const size_t len =
		strlen(name) - (ends_in(name, PART) ? strlen(PART) : 0);

	if (o->stem != NULL ? !begins(name, o->stem)
			    : begins(name, NRS_HOURS_STEM))
		return false;
	return o->first == NULL || nrs_span_compare(nrs_span(name, len),
						    nrs_span_of(o->first)) >= 0;
}

/* What the first octets of a file say. */
static bool is_log_begin(const uint8_t *first, size_t len, bool *is_blocks)
{
	*is_blocks = len == 8 && memcmp(first, NRS_SEEN_MAGIC, 8) == 0;
	return *is_blocks || (len > 0 && first[0] == '{');
}

static bool has_logs(const char *folder)
{
	const struct nrs_look_source_options any = {0};
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	bool is_found = false;

	while (dir != NULL && !is_found && (entry = readdir(dir)) != NULL)
		is_found = is_ours(entry->d_name) &&
			   is_wanted(&any, entry->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	return is_found;
}

bool nrs_look_is_log(const char *path)
{
	struct nrs_input *input = NULL;
	struct nrs_diag diag = {0};
	uint8_t first[8];
	struct stat st;
	size_t len = 0;
	bool is_blocks;

	if (strcmp(path, "-") == 0)
		return false;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return has_logs(path);
	if (nrs_input_open(&input, path, NULL, &diag) != NRS_OK)
		return false;
	(void)nrs_input_read(input, first, sizeof(first), &len, &diag);
	nrs_input_close(input);
	return is_log_begin(first, len, &is_blocks);
}

static int add(struct nrs_look_source *s, const char *folder, const char *name)
{
	const size_t room = strlen(folder) + strlen(name) + 2;

	if (s->count == NRS_LOOK_FILES_MAX)
		return NRS_E_LIMIT;
	if (s->count == s->cap) {
		const unsigned int cap = s->cap == 0 ? 64 : 2 * s->cap;
		struct file *more = realloc(s->files, cap * sizeof(*more));

		if (more == NULL)
			return NRS_E_NOMEM;
		s->files = more;
		s->cap = cap;
	}
	char *path = malloc(room);
	if (path == NULL)
		return NRS_E_NOMEM;
	(void)snprintf(path, room, "%s%s%s", folder, name[0] == '\0' ? "" : "/",
		       name);
	s->files[s->count++] =
		(struct file){.path = path, .facts = {.path = path}};
	return NRS_OK;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path,
		      ((const struct file *)b)->path);
}

static int add_folder(struct nrs_look_source *s, const char *path)
{
	const unsigned int first = s->count;
	const struct dirent *entry;
	DIR *dir = opendir(path);
	int err = NRS_OK;

	if (dir == NULL)
		return NRS_E_IO;
	while (err == NRS_OK && (entry = readdir(dir)) != NULL) {
		if (is_ours(entry->d_name) &&
		    is_wanted(&s->options, entry->d_name))
			err = add(s, path, entry->d_name);
	}
	(void)closedir(dir);
	if (s->count > first)
		qsort(s->files + first, s->count - first, sizeof(*s->files),
		      by_path);
	return err;
}

static int add_all(struct nrs_look_source *s)
{
	struct stat st;
	int err = NRS_OK;

	for (unsigned int i = 0; i < s->options.path_count && err == NRS_OK;
	     i++) {
		const char *path = s->options.paths[i];

		err = stat(path, &st) == 0 && S_ISDIR(st.st_mode)
			      ? add_folder(s, path)
			      : add(s, path, "");
	}
	return err;
}

int nrs_look_source_new(struct nrs_look_source **out,
			const struct nrs_look_source_options *options)
{
	struct nrs_look_source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NRS_E_NOMEM;
	s->options = *options;
	const int err = add_all(s);
	if (err != NRS_OK) {
		nrs_look_source_free(s);
		return err;
	}
	*out = s;
	return NRS_OK;
}

/* What is open is over; @err is why. */
static void end_file(struct nrs_look_source *s, int err, const char *why)
{
	struct file *f = &s->files[s->at - 1];
	struct nrs_diag diag = {0};

	f->facts.error = err;
	if (s->input != NULL)
		f->facts.bytes = nrs_input_position(s->input);
	nrs_input_close(s->input);
	s->input = NULL;
	if (s->digest != NULL) {
		nrs_digest_finish(s->digest, f->facts.sha256);
		f->facts.has_digest = err == NRS_OK;
		s->digest = NULL;
	}
	nrs_text_clear(&s->tail);
	if (err == NRS_OK)
		return;
	(void)(s->place == 0 ? nrs_diag_set(&diag, err, 0, "%s", why)
			     : nrs_diag_set(&diag, err, s->place, "%s at %llu",
					    why, (unsigned long long)s->place));
	s->options.problem(s->options.ctx, f->path, err, &diag);
}

void nrs_look_source_free(struct nrs_look_source *s)
{
	uint8_t unused[NRS_SHA256_LEN];

	if (s == NULL)
		return;
	nrs_input_close(s->input);
	if (s->digest != NULL)
		nrs_digest_finish(s->digest, unused);
	for (unsigned int i = 0; i < s->count; i++)
		free(s->files[i].path);
	free(s->files);
	nrs_text_fini(&s->tail);
	free(s);
}

static int open_next(struct nrs_look_source *s)
{
	struct file *f = &s->files[s->at++];
	struct nrs_diag diag = {0};
	int err;

	s->place = 0;
	if (s->options.want_digests) {
		s->digest = nrs_digest_new();
		if (s->digest == NULL)
			return NRS_E_NOMEM;
	}
	err = nrs_input_open(&s->input, f->path, s->digest, &diag);
	if (err == NRS_E_IO && ends_in(f->path, PART)) {
		/* It was ended meanwhile, and got its name. */
		f->path[strlen(f->path) - strlen(PART)] = '\0';
		err = nrs_input_open(&s->input, f->path, s->digest, &diag);
	}
	if (err != NRS_OK) {
		s->input = NULL;
		end_file(s, err, diag.text);
		return NRS_OK;
	}
	err = nrs_input_read(s->input, s->first, sizeof(s->first),
			     &s->first_len, &diag);
	if (s->first_len == 0) /* empty: nothing was seen yet */
		end_file(s, NRS_OK, "");
	else if (!is_log_begin(s->first, s->first_len, &s->is_blocks))
		end_file(s, NRS_E_FORMAT, "no log");
	return err == NRS_E_NOMEM ? err : NRS_OK;
}

/* @len octets behind those of @out; less at the end. */
static int read_on(struct nrs_look_source *s, struct nrs_text *out, size_t len,
		   size_t *got)
{
	uint8_t room[16384];
	struct nrs_diag diag = {0};

	*got = 0;
	if (s->first_len > 0) {
		nrs_text_add(out, nrs_span(s->first, s->first_len));
		*got = s->first_len;
		s->first_len = 0;
	}
	while (*got < len) {
		const size_t want =
			len - *got < sizeof(room) ? len - *got : sizeof(room);
		size_t more = 0;
		const int err =
			nrs_input_read(s->input, room, want, &more, &diag);

		nrs_text_add(out, nrs_span(room, more));
		*got += more;
		if (err != NRS_OK)
			return err;
		if (more < want)
			break;
	}
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}

/* 1, 0 at the end of the file, or an error of it. */
static int next_block(struct nrs_look_source *s, struct nrs_look_unit *unit)
{
	size_t got = 0;
	int err = read_on(s, &unit->octets, NRS_SEEN_HEAD, &got);

	if (err != NRS_OK || got == 0)
		return err;
	if (got < NRS_SEEN_HEAD)
		return NRS_E_TRUNCATED;
	err = nrs_seen_head_read(unit->octets.ptr, &unit->head);
	if (err != NRS_OK)
		return err;
	nrs_text_clear(&unit->octets);
	err = read_on(s, &unit->octets, unit->head.packed, &got);
	if (err == NRS_OK && got < unit->head.packed)
		err = NRS_E_TRUNCATED;
	unit->place = s->place;
	s->place += NRS_SEEN_HEAD + got;
	return err == NRS_OK ? 1 : err;
}

static size_t last_line_end(struct nrs_span text)
{
	while (text.len > 0 && text.ptr[text.len - 1] != '\n')
		text.len--;
	return text.len;
}

static int next_lines(struct nrs_look_source *s, struct nrs_look_unit *unit)
{
	size_t got = 0, whole = 0;
	int err = NRS_OK;

	nrs_text_add(&unit->octets, nrs_text_span(&s->tail));
	nrs_text_clear(&s->tail);
	while (err == NRS_OK && whole == 0) {
		err = read_on(s, &unit->octets, CHUNK, &got);
		whole = last_line_end(nrs_text_span(&unit->octets));
		if (got < CHUNK)
			break;
		if (whole == 0 && unit->octets.len > LINE_MAX_OCTETS)
			return NRS_E_LIMIT;
	}
	if (err == NRS_E_NOMEM)
		return err;
	if (got == CHUNK && err == NRS_OK) {
		nrs_text_add(
			&s->tail,
			nrs_span_from(nrs_text_span(&unit->octets), whole));
		unit->octets.len = whole;
	}
	unit->place = s->place;
	for (size_t i = 0; i < unit->octets.len; i++)
		s->place += unit->octets.ptr[i] == '\n';
	if (err != NRS_OK) {
		/* What was read before the damage still counts. */
		unit->octets.len = whole;
		end_file(s, err, "cut or damaged");
		return unit->octets.len > 0;
	}
	return unit->octets.len > 0;
}

int nrs_look_source_next(struct nrs_look_source *s, struct nrs_look_unit *unit)
{
	for (;;) {
		int got;

		if (s->input == NULL) {
			if (s->at == s->count)
				return 0;
			if (open_next(s) != NRS_OK)
				return NRS_E_NOMEM;
			continue;
		}
		nrs_text_clear(&unit->octets);
		unit->is_block = s->is_blocks;
		unit->file = s->at - 1;
		got = s->is_blocks ? next_block(s, unit) : next_lines(s, unit);
		if (got == 1 || got == NRS_E_NOMEM)
			return got;
		if (s->input != NULL)
			end_file(s, got,
				 got == NRS_E_FORMAT ? "no block"
						     : "cut or damaged");
	}
}

unsigned int nrs_look_source_files(const struct nrs_look_source *s)
{
	return s->count;
}

const struct nrs_reader_file *
nrs_look_source_file(const struct nrs_look_source *s, unsigned int index)
{
	return &s->files[index].facts;
}
