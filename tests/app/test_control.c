/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_control: the socket's server, step by step, with clients in the same
 * thread; the asking side in a process of its own.
 */
#include "app/control.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "app/control_ask.h"
#include "tests/nrs_test.h"

struct fixture {
	char dir[64];
	char path[96];
	struct nrs_control *control;
	size_t long_answer; /* of status, in octets */
	unsigned int reloads, values;
	bool accepts;
	char last[64];
};

static int on_status(void *ctx, bool is_json, struct nrs_text *out)
{
	struct fixture *f = ctx;

	if (f->long_answer == 0)
		nrs_text_puts(out, is_json ? "{}\n" : "well\n");
	for (size_t i = 0; i < f->long_answer; i++)
		nrs_text_putc(out, 'x');
	return is_json ? 1 : 0;
}

static int on_reload(void *ctx, bool accepts, bool refreshes,
		     struct nrs_text *out)
{
	struct fixture *f = ctx;

	(void)out, (void)refreshes;
	f->reloads++;
	f->accepts = accepts;
	return 0;
}

static int on_add(void *ctx, const struct nrs_span *values, unsigned int count,
		  struct nrs_text *out)
{
	struct fixture *f = ctx;

	f->values += count;
	(void)snprintf(f->last, sizeof(f->last), "%.*s",
		       (int)values[count - 1].len,
		       (const char *)values[count - 1].ptr);
	nrs_text_printf(out, "added %u\n", count);
	return 0;
}

static int on_add_file(void *ctx, const char *path, struct nrs_text *out)
{
	struct fixture *f = ctx;

	(void)out;
	(void)snprintf(f->last, sizeof(f->last), "%s", path);
	return 0;
}

static const struct nrs_control_ops ops = {.status = on_status,
					   .reload = on_reload,
					   .add = on_add,
					   .add_file = on_add_file,
					   .withdraw = on_add};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	*state = f;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/noroshi-control-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	return nrs_control_open(&f->control, f->path, &ops, f, NULL);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char lock[120];

	nrs_control_close(f->control);
	(void)snprintf(lock, sizeof(lock), "%s.lock", f->path);
	const int failed = unlink(lock) || rmdir(f->dir);
	free(f);
	return failed;
}

static int client(const struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, f->path, strlen(f->path));
	assert_int_equal(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
}

/* All that has come; true when the connection is closed. */
static bool hear(int fd, char *out, size_t room)
{
	size_t len = 0;
	ssize_t got;

	while ((got = recv(fd, out + len, room - 1 - len, 0)) > 0)
		len += (size_t)got;
	out[len] = '\0';
	return got == 0 || errno != EAGAIN;
}

static void each_request_is_answered_with_a_status(void **state)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
		{"{\"do\":\"status\"}\n", "0\nwell\n"},
		{"{\"do\":\"status\",\"json\":true}\n", "1\n{}\n"},
		{"{\"do\":\"reload\"}\n", "0\n"},
		{"{\"do\":\"add\",\"values\":[\"a.example\",\"b\"]}\n",
		 "0\nadded 2\n"},
		{"{\"do\":\"add-file\",\"path\":\"/x\"}\n", "0\n"},
		{"{\"do\":\"add-file\",\"path\":\"x\"}\n",
		 "2\nadd-file wants an absolute \"path\"\n"},
		{"{\"do\":\"add-file\",\"path\":\"/x\\u0000y\"}\n",
		 "2\nadd-file wants an absolute \"path\"\n"},
		{"{\"do\":\"add\"}\n", "2\nadd and withdraw want \"values\"\n"},
		{"{\"do\":\"add\",\"values\":[5]}\n",
		 "2\nvalues are texts, not more than 1000\n"},
		{"{\"do\":\"halt\"}\n", "2\nno such request\n"},
		{"status\n", "2\na request is a JSON object\n"},
		{"\n", "2\na request is a JSON object\n"},
	};
	struct fixture *f = *state;
	struct nrs_control_figures figures;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char answer[200];
		const int fd = client(f);

		say(fd, cases[i].request);
		nrs_control_step(f->control, 0);
		assert_true(hear(fd, answer, sizeof(answer)));
		if (strcmp(answer, cases[i].answer) != 0)
			fail_msg("%s gives %s", cases[i].request, answer);
		(void)close(fd);
	}
	assert_int_equal(f->reloads, 1);
	assert_int_equal(f->values, 2);
	nrs_control_figures(f->control, &figures);
	assert_int_equal(figures.served, 5);
	assert_int_equal(figures.refused, 7);
}

static void a_request_may_come_in_pieces(void **state)
{
	struct fixture *f = *state;
	const int fd = client(f);
	char answer[100];

	say(fd, "{\"do\":");
	nrs_control_step(f->control, 0);
	assert_false(hear(fd, answer, sizeof(answer)));
	say(fd, "\"reload\"}");
	nrs_control_step(f->control, 1);
	assert_int_equal(f->reloads, 0);
	say(fd, "\n");
	nrs_control_step(f->control, 2);
	assert_int_equal(f->reloads, 1);
	assert_true(hear(fd, answer, sizeof(answer)));
	assert_string_equal(answer, "0\n");
	(void)close(fd);
}

static void who_is_slow_is_shut_out_and_holds_nobody_up(void **state)
{
	struct fixture *f = *state;
	struct nrs_control_figures figures;
	int slow[NRS_CONTROL_CLIENTS_MAX];
	char answer[100];

	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++)
		slow[i] = client(f);
	nrs_control_step(f->control, 0);
	const int fd = client(f); /* waits in the kernel */
	say(fd, "{\"do\":\"status\"}\n");
	nrs_control_step(f->control, NRS_CONTROL_CLIENT_NS - 1);
	assert_false(hear(fd, answer, sizeof(answer)));
	nrs_control_step(f->control, NRS_CONTROL_CLIENT_NS);
	assert_true(hear(slow[0], answer, sizeof(answer)));
	nrs_control_step(f->control, NRS_CONTROL_CLIENT_NS);
	assert_true(hear(fd, answer, sizeof(answer)));
	assert_string_equal(answer, "0\nwell\n");
	nrs_control_figures(f->control, &figures);
	assert_int_equal(figures.dropped, NRS_CONTROL_CLIENTS_MAX);
	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++)
		(void)close(slow[i]);
	(void)close(fd);
}

static void what_a_client_does_not_read_is_kept_for_it(void **state)
{
	struct fixture *f = *state;
	const int fd = client(f), other = client(f);
	struct pollfd fds[NRS_CONTROL_FDS_MAX];
	static char bytes[65536];
	size_t total = 0;
	char answer[100];

	f->long_answer = 3 << 20;
	say(fd, "{\"do\":\"status\"}\n");
	nrs_control_step(f->control, 0);
	/* More than a socket holds: it waits for room, others are served. */
	assert_int_equal(nrs_control_fds(f->control, fds), 3);
	assert_int_equal(fds[0].events, POLLOUT);
	f->long_answer = 0;
	say(other, "{\"do\":\"status\"}\n");
	nrs_control_step(f->control, 1);
	assert_true(hear(other, answer, sizeof(answer)));
	for (;;) {
		const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		if (got < 0)
			nrs_control_step(f->control, 2);
		else if (got == 0)
			break;
		else
			total += (size_t)got;
	}
	assert_int_equal(total, 2 + (3 << 20));
	(void)close(fd);
	(void)close(other);
}

static void too_much_and_too_long_are_refused(void **state)
{
	struct fixture *f = *state;
	struct nrs_control_figures figures;
	static char flood[NRS_CONTROL_REQUEST_MAX + 8192];
	int fd = client(f);
	char answer[100];

	memset(flood, 'a', sizeof(flood));
	assert_true(send(fd, flood, sizeof(flood), MSG_NOSIGNAL) > 65536);
	nrs_control_step(f->control, 0);
	nrs_control_step(f->control, 0);
	assert_true(hear(fd, answer, sizeof(answer)));
	(void)close(fd);
	nrs_control_figures(f->control, &figures);
	assert_int_equal(figures.refused, 1);
	f->long_answer = NRS_CONTROL_ANSWER_MAX + 1;
	fd = client(f);
	say(fd, "{\"do\":\"status\"}\n");
	nrs_control_step(f->control, 0);
	assert_true(hear(fd, answer, sizeof(answer)));
	assert_string_equal(answer, "1\nthe answer is too large\n");
	(void)close(fd);
}

static void a_client_that_goes_away_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct pollfd fds[NRS_CONTROL_FDS_MAX];
	int fd = client(f);

	f->long_answer = 3 << 20;
	say(fd, "{\"do\":\"status\"}\n");
	nrs_control_step(f->control, 0);
	(void)close(fd);
	fd = client(f);
	(void)close(fd);
	nrs_control_step(f->control, 0);
	nrs_control_step(f->control, 0);
	assert_int_equal(nrs_control_fds(f->control, fds), 1);
}

static void owner_and_group_may_ask_and_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void a_live_socket_is_refused_and_a_stale_one_replaced(void **state)
{
	struct fixture *f = *state;
	struct nrs_control *second = NULL;
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_control_open(&second, f->path, &ops, f, &diag),
			 NRS_E_IO);
	assert_non_null(strstr(diag.text, "another noroshi"));
	/* The first one's still is the socket there. */
	(void)close(client(f));
	const pid_t child = fork();
	if (child == 0) { /* dies with a socket of its own, as if killed */
		char path[100];
		struct nrs_control *dies = NULL;

		(void)snprintf(path, sizeof(path), "%s/d", f->dir);
		_exit(nrs_control_open(&dies, path, &ops, f, NULL) != NRS_OK);
	}
	int status;
	char path[100], lock[110];
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)snprintf(path, sizeof(path), "%s/d", f->dir);
	(void)snprintf(lock, sizeof(lock), "%s.lock", path);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(nrs_control_open(&second, path, &ops, f, &diag),
			 NRS_OK);
	nrs_control_close(second);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(lock), 0);
}

static void what_is_no_socket_stays(void **state)
{
	struct fixture *f = *state;
	struct nrs_control *second = NULL;
	struct nrs_diag diag = {0};
	char path[100], lock[110];

	(void)snprintf(path, sizeof(path), "%s/file", f->dir);
	(void)snprintf(lock, sizeof(lock), "%s.lock", path);
	const int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(nrs_control_open(&second, path, &ops, f, &diag),
			 NRS_E_USAGE);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(lock), 0);
	char deep[200];
	memset(deep, 'a', sizeof(deep));
	deep[0] = '/';
	deep[108] = '\0';
	assert_int_equal(nrs_control_open(&second, deep, &ops, f, &diag),
			 NRS_E_USAGE);
}

static void asking_brings_status_and_text(void **state)
{
	struct fixture *f = *state;
	struct pollfd fds[NRS_CONTROL_FDS_MAX];
	int status = -1;

	f->long_answer = 1 << 20;
	const pid_t child = fork();
	if (child == 0) {
		struct nrs_control_answer answer = {.status = -1};
		const int err = nrs_control_ask(
			f->path,
			nrs_span_of("{\"do\":\"status\",\"json\":true}"), 10000,
			&answer, NULL);

		_exit(err == NRS_OK && answer.status == 1 &&
				      answer.text.len == 1 << 20
			      ? 7
			      : 1);
	}
	for (int i = 0; i < 1000 && waitpid(child, &status, WNOHANG) == 0;
	     i++) {
		(void)poll(fds, nrs_control_fds(f->control, fds), 20);
		nrs_control_step(f->control, 0);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void asking_where_nobody_listens_says_so(void **state)
{
	struct fixture *f = *state;
	struct nrs_control_answer answer = {0};
	struct nrs_diag diag = {0};
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/none", f->dir);
	assert_int_equal(
		nrs_control_ask(path, nrs_span_of("{}"), 1000, &answer, &diag),
		NRS_E_NOTFOUND);
	assert_non_null(strstr(diag.text, "no sensor runs here"));
	/* Listens, but nobody steps: the time runs out. */
	assert_int_equal(
		nrs_control_ask(f->path, nrs_span_of("{}"), 50, &answer, &diag),
		NRS_E_IO);
	assert_non_null(strstr(diag.text, "no answer in time"));
	nrs_text_fini(&answer.text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_request_is_answered_with_a_status),
		TEST(a_request_may_come_in_pieces),
		TEST(who_is_slow_is_shut_out_and_holds_nobody_up),
		TEST(what_a_client_does_not_read_is_kept_for_it),
		TEST(too_much_and_too_long_are_refused),
		TEST(a_client_that_goes_away_is_forgotten),
		TEST(owner_and_group_may_ask_and_nobody_else),
		TEST(a_live_socket_is_refused_and_a_stale_one_replaced),
		TEST(what_is_no_socket_stays),
		TEST(asking_brings_status_and_text),
		TEST(asking_where_nobody_listens_says_so),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
