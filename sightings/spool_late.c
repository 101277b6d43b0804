/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_late: some rows at a time, in one transaction. What the hub refused is
 * not confirmed either: the second way may lead to a person. It may lead to
 * another hub, too: so that each row is a question to the rules of today.
 */
#include "sightings/release_log.h"
#include "sightings/spool_send.h"
#include "sightings/spool_table.h"

/* States: 1 queued, 2 sent, 4 unconfirmed, 5 failed. What is of a time to come
 * (?5) waits since before the clock was set back, nobody knows how long. */
static const char sql[] =
	"SELECT id, whole, bare, grade, source, tlp_in, tlp, is_value,"
	" is_exercise, indicator, version, form FROM post AS p"
	" WHERE audience = ?1 AND grade = ?3 AND state IN (1, 2, 4, 5)"
	" AND id LIKE 'sighting--%'" /* a heartbeat is never urgent */
	" AND (max(since, made) <= ?4 OR max(since, made) > ?5)"
	" AND coalesce(whole, bare) IS NOT NULL"
	" AND NOT EXISTS (SELECT 1 FROM post WHERE audience = ?2"
	" AND id = p.id) ORDER BY n LIMIT 1";

enum column {
	ID,
	WHOLE,
	BARE,
	GRADE,
	SOURCE,
	TLP_IN,
	TLP,
	IS_VALUE,
	IS_EXERCISE,
	INDICATOR,
	VERSION,
	FORM
};

#define AT_ONCE 64u

static const struct nrs_share_audience *to_of(const struct nrs_spool_late *late)
{
	return &late->policy->audiences[late->to];
}

static struct nrs_spool_post post_of(const struct nrs_spool_late *late,
				     struct nrs_store_query *q)
{
	return (struct nrs_spool_post){
		.audience = to_of(late)->name,
		.id = nrs_store_bytes_at(q, ID),
		.whole = nrs_store_bytes_at(q, WHOLE),
		.bare = nrs_store_bytes_at(q, BARE),
		.state = NRS_SPOOL_QUEUED,
		.item = {.source = nrs_store_bytes_at(q, SOURCE),
			 .tlp = nrs_spool_tlp(nrs_store_i64(q, TLP_IN)),
			 .grade = (enum nrs_class)nrs_store_i64(q, GRADE),
			 .is_value = nrs_store_i64(q, IS_VALUE) != 0,
			 .is_exercise = nrs_store_i64(q, IS_EXERCISE) != 0,
			 .form = nrs_store_i64(q, FORM)},
		.indicator = nrs_store_bytes_at(q, INDICATOR),
		.version_ns = nrs_store_i64(q, VERSION),
		.tlp = nrs_spool_tlp(nrs_store_i64(q, TLP)),
		.made_ns = late->now_ns};
}

/* May it go there? Who released it for the first way did so for this one. */
static void ask(const struct nrs_spool_late *late,
		const struct nrs_spool_post *post,
		struct nrs_share_verdict *verdict)
{
	nrs_disclose(late->policy, late->to, &post->item, verdict);
	if (verdict->act == NRS_SHARE_REFUSE)
		return;
	*verdict = (struct nrs_share_verdict){
		.act = NRS_SHARE_RELEASE,
		.rule = 9,
		.tlp = post->tlp,
		.text = "urgent, and not confirmed in 5 minutes"};
}

static int send_late(struct nrs_spool *s, const struct nrs_spool_late *late,
		     struct nrs_store_query *q, uint64_t *moved,
		     struct nrs_diag *diag)
{
	struct nrs_spool_post post = post_of(late, q);
	struct nrs_share_verdict verdict;

	ask(late, &post, &verdict);
	const struct nrs_release release = {
		.verdict = &verdict,
		.to = to_of(late),
		.object = post.id,
		.posted = post.whole.len > 0 ? post.whole : post.bare,
		.tlp_in = post.item.tlp,
		.now_ns = late->now_ns};
	int err = nrs_release_log_add(s->store, &release, diag);

	if (verdict.act == NRS_SHARE_REFUSE) {
		post.state = NRS_SPOOL_WITHHELD; /* it is not asked again */
		post.whole = post.bare = nrs_span(NULL, 0);
	} else {
		++*moved;
	}
	return err == NRS_OK ? nrs_spool_put(s, &post, diag) : err;
}

static int send_some(struct nrs_spool *s, const struct nrs_spool_late *late,
		     struct nrs_store_query *q, uint64_t *moved,
		     struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < AT_ONCE && err == NRS_OK; i++) {
		bool found = false;

		nrs_store_reset(q);
		nrs_store_bind_text(q, 1,
				    late->policy->audiences[late->from].name);
		nrs_store_bind_text(q, 2, to_of(late)->name);
		nrs_store_bind_i64(q, 3, NRS_CLASS_URGENT);
		nrs_store_bind_i64(q, 4, late->now_ns - NRS_SPOOL_LATE_NS);
		nrs_store_bind_i64(q, 5, late->now_ns + NRS_SPOOL_LATE_NS);
		err = nrs_store_step(q, &found, diag);
		if (err != NRS_OK || !found)
			break;
		err = send_late(s, late, q, moved, diag);
	}
	nrs_store_reset(q);
	return err;
}

int nrs_spool_late(struct nrs_spool *s, const struct nrs_spool_late *late,
		   uint64_t *moved, struct nrs_diag *diag)
{
	struct nrs_store_query *q = NULL;
	int err = nrs_store_prepare(s->store, &q, sql, diag);

	*moved = 0;
	if (err == NRS_OK)
		err = nrs_store_begin(s->store, diag);
	if (err == NRS_OK) {
		err = send_some(s, late, q, moved, diag);
		if (err == NRS_OK)
			err = nrs_store_commit(s->store, diag);
		if (err != NRS_OK) {
			nrs_store_rollback(s->store);
			*moved = 0;
		}
	}
	nrs_store_query_free(q);
	return err;
}
