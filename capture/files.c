/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: running digests, and the first octets for the type. What is computed
 * is settled when a file begins: what a later set asks for counts from the
 * next file on.
 */
#include "capture/files.h"

#include "capture/proto/magic.h"
#include "engine/base/crypto.h"

#define BIT(field) NRS_FIELD_BIT(NRS_F_FILE_##field)
#define SENT_FIELDS (BIT(SENT_MD5) | BIT(SENT_SHA1) | BIT(SENT_SHA256))

struct nrs_file {
	nrs_field_set wanted;
	struct nrs_digests digests;
	uint64_t position;
	uint64_t seen;
	uint16_t name_len;
	uint16_t head_len;
	bool is_partial;
	bool is_sent;
	uint8_t head[NRS_MAGIC_LEN];
	uint8_t name[NRS_FILE_NAME_MAX];
};

/* A digest, and the field that tells of it: of a file, of what was sent. */
static const struct {
	enum nrs_digest_kind kind;
	enum nrs_field field[2];
} digests[] = {
	{NRS_DIGEST_MD5, {NRS_F_FILE_MD5, NRS_F_FILE_SENT_MD5}},
	{NRS_DIGEST_SHA1, {NRS_F_FILE_SHA1, NRS_F_FILE_SENT_SHA1}},
	{NRS_DIGEST_SHA256, {NRS_F_FILE_SHA256, NRS_F_FILE_SENT_SHA256}},
};
#define DIGESTS (sizeof(digests) / sizeof(*digests))

int nrs_files_init(struct nrs_slab *files, uint32_t quota)
{
	return nrs_slab_init(files, sizeof(struct nrs_file), quota);
}

void nrs_file_name(struct nrs_file *file, struct nrs_span name)
{
	if (file == NULL || name.len == 0 || name.len > sizeof(file->name))
		return;
	memcpy(file->name, name.ptr, name.len);
	file->name_len = (uint16_t)name.len;
}

static struct nrs_file *begin(struct nrs_session_env *env, struct nrs_span name,
			      bool is_sent)
{
	struct nrs_file *file = nrs_slab_take(&env->pools->files);
	unsigned int kinds = 0;

	if (file == NULL) {
		nrs_lack(env, NRS_C_FILES_REFUSED);
		return NULL;
	}
	file->wanted = env->demand & NRS_FILE_FIELDS;
	file->position = file->seen = 0;
	file->name_len = file->head_len = 0;
	file->is_partial = false;
	file->is_sent = is_sent;
	for (size_t i = 0; i < DIGESTS; i++) {
		if (nrs_wanted(file->wanted, digests[i].field[is_sent]))
			kinds |= digests[i].kind;
	}
	nrs_digests_begin(&file->digests, kinds);
	nrs_file_name(file, name);
	if (name.len > sizeof(file->name))
		nrs_count(env->counters, NRS_C_VALUES_BAD);
	return file;
}

struct nrs_file *nrs_file_begin(struct nrs_session_env *env,
				struct nrs_span name)
{
	if ((env->demand & NRS_FILE_FIELDS & ~SENT_FIELDS) == 0)
		return NULL;
	nrs_count(env->counters, NRS_C_FILES);
	return begin(env, name, false);
}

struct nrs_file *nrs_file_begin_sent(struct nrs_session_env *env,
				     struct nrs_span name)
{
	return (env->demand & SENT_FIELDS) == 0 ? NULL : begin(env, name, true);
}

void nrs_file_bytes(struct nrs_session_env *env, struct nrs_file *file,
		    struct nrs_span bytes)
{
	(void)env;
	if (file == NULL || bytes.len == 0)
		return;
	if (file->position == file->head_len &&
	    file->head_len < sizeof(file->head) &&
	    nrs_wanted(file->wanted, NRS_F_FILE_TYPE)) {
		const size_t room = sizeof(file->head) - file->head_len;
		const size_t len = bytes.len < room ? bytes.len : room;

		memcpy(file->head + file->head_len, bytes.ptr, len);
		file->head_len = (uint16_t)(file->head_len + len);
	}
	file->position += bytes.len;
	file->seen += bytes.len;
	if (!file->is_partial)
		nrs_digests_add(&file->digests, bytes);
}

void nrs_file_bytes_at(struct nrs_session_env *env, struct nrs_file *file,
		       uint64_t offset, struct nrs_span bytes)
{
	if (file == NULL)
		return;
	if (offset > file->position)
		nrs_file_gap(env, file, offset - file->position);
	if (file->position - offset < bytes.len)
		nrs_file_bytes(env, file,
			       nrs_span_from(bytes, file->position - offset));
}

void nrs_file_gap(struct nrs_session_env *env, struct nrs_file *file,
		  uint64_t len)
{
	(void)env;
	if (file == NULL)
		return;
	file->is_partial = true;
	file->position = len > UINT64_MAX - file->position
				 ? UINT64_MAX
				 : file->position + len;
}

uint64_t nrs_file_position(const struct nrs_file *file)
{
	return file == NULL ? 0 : file->position;
}

struct push {
	struct nrs_session_env *env;
	struct nrs_txn *txn;
	const struct nrs_file *file;
	unsigned int object;
};

static void push(const struct push *p, enum nrs_field field, const void *value,
		 size_t len)
{
	if (nrs_wanted(p->file->wanted, field))
		nrs_txn_value(p->env->matcher, p->txn, field, p->object,
			      nrs_span(value, len));
}

static void push_number(const struct push *p, enum nrs_field field,
			uint64_t number)
{
	const int64_t value = (int64_t)(number & INT64_MAX);

	push(p, field, &value, sizeof(value));
}

static void push_digests(const struct push *p)
{
	char hex[2 * NRS_SHA256_LEN + 1];
	uint8_t sum[NRS_SHA256_LEN];

	for (size_t i = 0; i < DIGESTS; i++) {
		const enum nrs_field field = digests[i].field[p->file->is_sent];

		if (!nrs_wanted(p->file->wanted, field))
			continue;
		const size_t len = nrs_digests_get(&p->file->digests,
						   digests[i].kind, sum);
		nrs_hex(nrs_span(sum, len), hex);
		push(p, field, hex, 2 * len);
	}
}

void nrs_file_end(struct nrs_session_env *env, struct nrs_file *file,
		  struct nrs_txn *txn, unsigned int object, bool is_complete)
{
	const struct push p = {
		.env = env, .txn = txn, .file = file, .object = object};

	if (file == NULL)
		return;
	const bool is_whole = is_complete && !file->is_partial;
	const char *type =
		file->is_sent
			? NULL
			: nrs_magic_type(nrs_span(file->head, file->head_len));
	if (!file->is_sent && !is_whole)
		nrs_lack(env, NRS_C_FILES_PARTIAL);
	if (file->name_len > 0 && !file->is_sent)
		push(&p, NRS_F_FILE_NAME, file->name, file->name_len);
	if (type != NULL)
		push(&p, NRS_F_FILE_TYPE, type, strlen(type));
	if (is_whole && !file->is_sent)
		push_number(&p, NRS_F_FILE_SIZE, file->position);
	if (is_whole)
		push_digests(&p);
	else if (!file->is_sent)
		push_number(&p, NRS_F_FILE_PARTIAL, file->seen);
	nrs_slab_give(&env->pools->files, file);
}

void nrs_file_drop(struct nrs_session_env *env, struct nrs_file *file)
{
	if (file != NULL)
		nrs_slab_give(&env->pools->files, file);
}
