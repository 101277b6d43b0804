/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store keeps, and what it says of files that are not its own.
 */
#include "tests/nrs_test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/base/store.h"

#define APPLICATION 0x6e727354u

static const char *const migrations[] = {
	"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
	"raw BLOB, UNIQUE (name))",
	"ALTER TABLE item ADD COLUMN size INTEGER",
};
static const struct nrs_store_schema first = {APPLICATION, migrations, 1};
static const struct nrs_store_schema both = {APPLICATION, migrations, 2};

static char path[64];

static int new_path(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/nrs_store_XXXXXX");
	return mkdtemp(path) == NULL ? -1 : (memcpy(path + 21, "/s", 3), 0);
}

static int remove_path(void **state)
{
	static const char *const ends[] = {"/s-wal", "/s-shm", "/s", ""};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		memcpy(path + 21, ends[i], strlen(ends[i]) + 1);
		(void)remove(path);
	}
	return 0;
}

static struct nrs_store *opened(const struct nrs_store_schema *schema)
{
	struct nrs_store *store = NULL;
	struct nrs_diag diag = {0};

	if (nrs_store_open(&store, path, schema, NRS_STORE_SYNC_CRASH, &diag) !=
	    NRS_OK)
		fail_msg("%s", diag.text);
	return store;
}

static int64_t count_of(struct nrs_store *store)
{
	struct nrs_store_query *query = NULL;
	bool row = false;

	assert_int_equal(nrs_store_prepare(store, &query,
					   "SELECT count(*) FROM item", NULL),
			 NRS_OK);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_true(row);
	const int64_t count = nrs_store_i64(query, 0);
	nrs_store_query_free(query);
	return count;
}

static void put(struct nrs_store *store, const char *name)
{
	struct nrs_store_query *query = NULL;

	assert_int_equal(
		nrs_store_prepare(store, &query,
				  "INSERT INTO item (name) VALUES (?1)", NULL),
		NRS_OK);
	nrs_store_bind_text(query, 1, nrs_span_of(name));
	assert_int_equal(nrs_store_done(query, NULL), NRS_OK);
	nrs_store_query_free(query);
}

static void what_was_bound_comes_back_byte_for_byte(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_store_query *query = NULL;
	bool row;

	(void)state;
	assert_int_equal(
		nrs_store_prepare(store, &query,
				  "INSERT INTO item (name, raw, size) "
				  "VALUES (?1, ?2, ?3) RETURNING name, raw, "
				  "size, NULL",
				  NULL),
		NRS_OK);
	nrs_store_bind_text(query, 1, nrs_span(NULL, 0));
	nrs_store_bind_blob(query, 2, nrs_span("a\0b", 3));
	nrs_store_bind_i64(query, 3, INT64_MIN);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_true(row);
	assert_false(nrs_store_is_null(query, 0));
	assert_int_equal(nrs_store_bytes_at(query, 0).len, 0);
	assert_true(nrs_span_equal(nrs_store_bytes_at(query, 1),
				   nrs_span("a\0b", 3)));
	assert_true(nrs_store_i64(query, 2) == INT64_MIN);
	assert_true(nrs_store_is_null(query, 3));
	assert_int_equal(nrs_store_bytes_at(query, 3).len, 0);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_false(row);
	nrs_store_query_free(query);
	nrs_store_close(store);
}

static void a_query_forgets_its_parameters_when_it_is_done(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_store_query *query = NULL;
	bool row;

	(void)state;
	assert_int_equal(
		nrs_store_prepare(store, &query, "SELECT ?1 WHERE ?1", NULL),
		NRS_OK);
	nrs_store_bind_i64(query, 1, 7);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_true(row);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_false(row);
	assert_int_equal(nrs_store_step(query, &row, NULL), NRS_OK);
	assert_false(row); /* the 7 is gone: NULL selects nothing */
	nrs_store_query_free(query);
	nrs_store_close(store);
}

static void a_failed_bind_is_told_by_the_step(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_store_query *query = NULL;

	(void)state;
	assert_int_equal(nrs_store_prepare(store, &query, "SELECT ?1", NULL),
			 NRS_OK);
	nrs_store_bind_i64(query, 2, 7);
	assert_int_not_equal(nrs_store_done(query, NULL), NRS_OK);
	nrs_store_bind_i64(query, 1, 7);
	assert_int_equal(nrs_store_done(query, NULL), NRS_OK);
	nrs_store_query_free(query);
	nrs_store_close(store);
}

static void a_transaction_counts_as_a_whole_or_not_at_all(void **state)
{
	struct nrs_store *store = opened(&both);

	(void)state;
	assert_int_equal(nrs_store_begin(store, NULL), NRS_OK);
	put(store, "lost");
	nrs_store_rollback(store);
	nrs_store_rollback(store); /* without one: fine */
	assert_int_equal(count_of(store), 0);
	assert_int_equal(nrs_store_begin(store, NULL), NRS_OK);
	put(store, "kept");
	assert_int_equal(nrs_store_commit(store, NULL), NRS_OK);
	nrs_store_close(store);
	store = opened(&both);
	assert_int_equal(count_of(store), 1);
	nrs_store_close(store);
}

static void what_was_committed_survives_a_kill(void **state)
{
	int status = 0;

	(void)state;
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct nrs_store *store = opened(&both);

		put(store, "committed");
		if (nrs_store_begin(store, NULL) != NRS_OK)
			_exit(1);
		put(store, "not committed");
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	struct nrs_store *store = opened(&both);
	assert_int_equal(count_of(store), 1);
	nrs_store_close(store);
}

/* Another program: open, count, close. A fork alone would share what SQLite
 * knows of this process's files. */
static int count_there(const char *name)
{
	memcpy(path, name, strlen(name) + 1);
	struct nrs_store *store = opened(&both);
	const int64_t count = count_of(store);

	nrs_store_close(store);
	return (int)count;
}

static int64_t counted_elsewhere(void)
{
	int status = 0;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)execl("/proc/self/exe", "test_store", path, NULL);
		_exit(255);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A process that closes any descriptor of a file loses all its locks on it, and
 * who then comes and goes takes the log of writes away. */
/* Many changed pages in one statement, which can then be taken back alone: for
 * that nothing may have to be opened beside the file. */
static void a_large_statement_opens_no_other_file(void **state)
{
	struct rlimit before, none;
	struct nrs_store *store = opened(&both);
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(
		nrs_store_run(store,
			      "CREATE TABLE large (id INTEGER PRIMARY KEY,"
			      " a TEXT UNIQUE, b BLOB);"
			      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
			      " SELECT i + 1 FROM n WHERE i < 400)"
			      " INSERT INTO large SELECT i, i, zeroblob(3000)"
			      " FROM n",
			      &diag),
		NRS_OK);
	assert_int_equal(nrs_store_begin(store, &diag), NRS_OK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	const int err = nrs_store_run(
		store, "UPDATE large SET a = 'x' || a, b = NULL", &diag);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	if (err != NRS_OK)
		fail_msg("%s", diag.text);
	assert_int_equal(nrs_store_commit(store, &diag), NRS_OK);
	nrs_store_close(store);
}

static void two_stores_of_a_process_keep_their_locks(void **state)
{
	struct nrs_store *one = opened(&both);

	(void)state;
	put(one, "before");
	struct nrs_store *two = opened(&both);
	assert_int_equal(counted_elsewhere(), 1);
	put(one, "after");
	put(two, "after that");
	assert_int_equal(counted_elsewhere(), 3);
	nrs_store_close(two);
	assert_int_equal(counted_elsewhere(), 3);
	put(one, "at last");
	assert_int_equal(counted_elsewhere(), 4);
	nrs_store_close(one);
}

static void an_older_file_is_brought_up_and_keeps_its_rows(void **state)
{
	struct nrs_store *store = opened(&first);

	(void)state;
	put(store, "old");
	nrs_store_close(store);
	store = opened(&both);
	assert_int_equal(count_of(store), 1);
	assert_int_equal(nrs_store_run(store, "UPDATE item SET size = 1", NULL),
			 NRS_OK);
	assert_int_equal(nrs_store_changes(store), 1);
	nrs_store_close(store);
}

static void a_failed_migration_leaves_the_old_file(void **state)
{
	static const char *const broken[] = {
		"CREATE TABLE item (name TEXT)",
		"CREATE TABLE more (name TEXT); CREATE TABLE item (name TEXT)",
	};
	static const struct nrs_store_schema schema = {APPLICATION, broken, 2};
	struct nrs_store *store = opened(&first);
	struct nrs_diag diag = {0};

	(void)state;
	nrs_store_close(store);
	assert_int_equal(nrs_store_open(&store, path, &schema,
					NRS_STORE_SYNC_CRASH, &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "already exists"));
	store = opened(&first); /* "more" would not be known to it either way */
	assert_int_not_equal(nrs_store_run(store, "DELETE FROM more", NULL),
			     NRS_OK);
	nrs_store_close(store);
}

static void a_file_of_a_newer_program_is_refused(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_diag diag = {0};

	(void)state;
	nrs_store_close(store);
	assert_int_equal(nrs_store_open(&store, path, &first,
					NRS_STORE_SYNC_CRASH, &diag),
			 NRS_E_UNSUPPORTED);
	assert_non_null(strstr(diag.text, path));
	assert_non_null(strstr(diag.text, "newer"));
}

static void another_owners_file_is_refused(void **state)
{
	static const struct nrs_store_schema other = {APPLICATION + 1,
						      migrations, 2};
	struct nrs_store *store = opened(&both);
	struct nrs_diag diag = {0};

	(void)state;
	nrs_store_close(store);
	assert_int_equal(nrs_store_open(&store, path, &other,
					NRS_STORE_SYNC_CRASH, &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "another program"));
}

static void overwrite(long at, const void *bytes, size_t len)
{
	FILE *file = fopen(path, at == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void a_file_that_is_no_database_is_named(void **state)
{
	char junk[8192];
	struct nrs_store *store = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	memset(junk, 'x', sizeof(junk));
	overwrite(0, junk, sizeof(junk));
	assert_int_equal(nrs_store_open(&store, path, &both,
					NRS_STORE_SYNC_CRASH, &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, path));
	assert_non_null(strstr(diag.text, "not a database"));
	assert_null(store);
}

static void a_damaged_table_is_an_error_and_no_crash(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_diag diag = {0};
	struct nrs_store_query *query = NULL;
	char junk[4096];
	bool row;

	(void)state;
	put(store, "a");
	nrs_store_close(store);
	memset(junk, 0xff, sizeof(junk));
	overwrite(4096, junk, sizeof(junk)); /* the root page of item */
	store = opened(&both);
	assert_int_equal(
		nrs_store_prepare(store, &query, "SELECT raw FROM item", &diag),
		NRS_OK);
	assert_int_equal(nrs_store_step(query, &row, &diag), NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "malformed"));
	nrs_store_query_free(query);
	nrs_store_close(store);
}

static void a_missing_table_is_named(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_store_query *query = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(
		nrs_store_prepare(store, &query, "SELECT x FROM absent", &diag),
		NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "no such table: absent"));
	assert_null(query);
	nrs_store_close(store);
}

static void a_broken_constraint_is_a_wrong_use(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_diag diag = {0};

	(void)state;
	put(store, "a");
	assert_int_equal(nrs_store_run(store,
				       "INSERT INTO item (name) VALUES ('a')",
				       &diag),
			 NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "UNIQUE"));
	nrs_store_close(store);
}

static void a_value_above_the_cap_is_refused(void **state)
{
	struct nrs_store *store = opened(&both);
	struct nrs_store_query *query = NULL;
	uint8_t *huge = calloc(1, NRS_STORE_VALUE_MAX + 1);

	(void)state;
	assert_non_null(huge);
	assert_int_equal(
		nrs_store_prepare(store, &query,
				  "INSERT INTO item (name, raw) VALUES ('a', "
				  "?1)",
				  NULL),
		NRS_OK);
	nrs_store_bind_blob(query, 1, nrs_span(huge, NRS_STORE_VALUE_MAX + 1));
	assert_int_equal(nrs_store_done(query, NULL), NRS_E_LIMIT);
	nrs_store_query_free(query);
	nrs_store_close(store);
	free(huge);
}

static void only_its_owner_may_read_the_file(void **state)
{
	struct nrs_store *store = opened(&both);
	struct stat st;
	uint64_t bytes = 0;

	(void)state;
	put(store, "a");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(nrs_store_bytes(store, &bytes, NULL), NRS_OK);
	assert_true(bytes >= 8192);
	nrs_store_close(store);
}

static void a_path_that_cannot_be_is_named(void **state)
{
	struct nrs_store *store = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_store_open(&store, "/nonexistent/x", &both,
					NRS_STORE_SYNC_POWER, &diag),
			 NRS_E_IO);
	assert_string_equal(diag.text,
			    "/nonexistent/x: No such file or directory");
	nrs_store_close(NULL);
	nrs_store_query_free(NULL);
}

#define WITH_FILE(test)                                                        \
	cmocka_unit_test_setup_teardown(test, new_path, remove_path)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(what_was_bound_comes_back_byte_for_byte),
		WITH_FILE(a_query_forgets_its_parameters_when_it_is_done),
		WITH_FILE(a_failed_bind_is_told_by_the_step),
		WITH_FILE(a_transaction_counts_as_a_whole_or_not_at_all),
		WITH_FILE(what_was_committed_survives_a_kill),
		WITH_FILE(a_large_statement_opens_no_other_file),
		WITH_FILE(two_stores_of_a_process_keep_their_locks),
		WITH_FILE(an_older_file_is_brought_up_and_keeps_its_rows),
		WITH_FILE(a_failed_migration_leaves_the_old_file),
		WITH_FILE(a_file_of_a_newer_program_is_refused),
		WITH_FILE(another_owners_file_is_refused),
		WITH_FILE(a_file_that_is_no_database_is_named),
		WITH_FILE(a_damaged_table_is_an_error_and_no_crash),
		WITH_FILE(a_missing_table_is_named),
		WITH_FILE(a_broken_constraint_is_a_wrong_use),
		WITH_FILE(a_value_above_the_cap_is_refused),
		WITH_FILE(only_its_owner_may_read_the_file),
		cmocka_unit_test(a_path_that_cannot_be_is_named),
	};

	if (argc == 2)
		return count_there(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
