/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hubs: the hubs' thread with a hub that nobody can reach: it says so,
 * delays nobody, and ends when it is told to.
 */
#include "app/hubs.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/threads.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

#define NOBODY "http://127.0.0.1:1/taxii2/"

static const struct nrs_hub_settings hub = {
	.name = "isac-a/alerts", .url = NOBODY, .collection = "alerts"};
static const struct nrs_post_settings post = {
	.audience = "wide", .url = NOBODY, .collection = "sightings"};

static void never(void *ctx)
{
	(void)ctx;
	fail_msg("there is no news");
}

static struct nrs_hubs_options options_of(unsigned int hubs, unsigned int posts)
{
	return (struct nrs_hubs_options){.hubs = &hub,
					 .hub_count = hubs,
					 .posts = &post,
					 .post_count = posts,
					 .state = workshop,
					 .news = never};
}

static void what_cannot_be_opened_is_named(void **state)
{
	static const struct nrs_hub_settings secret = {
		.name = "isac-a/alerts",
		.url = NOBODY,
		.collection = "alerts",
		.auth = {.kind = NRS_AUTH_BEARER,
			 .secret_file = "/nonexistent/secret"}};
	struct nrs_hubs_options options = options_of(1, 0);
	struct nrs_hubs *hubs = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	options.state = "/nonexistent/state";
	assert_int_not_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_OK);
	assert_non_null(strstr(diag.text, "/nonexistent/state"));
	options.state = workshop;
	options.hubs = &secret;
	assert_int_not_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_OK);
	assert_non_null(strstr(diag.text, "/nonexistent/secret"));
	options.hub_count = NRS_HUBS_MAX + 1;
	assert_int_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_E_LIMIT);
	assert_null(hubs);
	nrs_hubs_free(NULL);
	nrs_hubs_stop(NULL, 0);
}

static void without_hubs_there_is_no_thread(void **state)
{
	const struct nrs_hubs_options options = options_of(0, 0);
	struct nrs_hubs *hubs = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_OK);
	assert_int_equal(nrs_hubs_start(hubs), NRS_OK);
	nrs_hubs_stop(hubs, 1000);
	nrs_hubs_free(hubs);
}

/* Until hub and audience are known not to answer, at most some seconds. */
static bool both_fail(struct nrs_hubs *hubs, struct nrs_taxii_in_state *in,
		      struct nrs_post_state *out)
{
	const struct timespec nap = {.tv_nsec = 5000000};

	for (int i = 0; i < 2000; i++) {
		nrs_hubs_state(hubs, 0, in);
		nrs_hubs_post_state(hubs, 0, out);
		if (in->message[0] != '\0' && out->health != NRS_POST_STARTING)
			return true;
		(void)nanosleep(&nap, NULL);
	}
	return false;
}

static void a_hub_that_is_gone_is_told_of_and_delays_nobody(void **state)
{
	const struct nrs_hubs_options options = options_of(1, 1);
	struct nrs_taxii_in_state in;
	struct nrs_post_state out;
	struct nrs_hubs *hubs = NULL;
	struct nrs_supply_pull pull = {.index = 0};
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_OK);
	nrs_hubs_state(hubs, 0, &in);
	assert_int_equal(in.health, NRS_TAXII_IN_STARTING);
	spoken_begin();
	const int err = nrs_hubs_start(hubs);
	nrs_hubs_wake(hubs);
	const bool is_told = both_fail(hubs, &in, &out);
	const int64_t before_ns = nrs_wall_ns();
	nrs_hubs_stop(hubs, 2000);
	const int64_t took_ns = nrs_wall_ns() - before_ns;
	spoken_end();
	assert_int_equal(err, NRS_OK);
	assert_true(is_told);
	assert_int_not_equal(in.health, NRS_TAXII_IN_WELL);
	/* people are told which one it is, and why */
	assert_non_null(strstr(SPOKEN_ERR, "isac-a/alerts: "));
	assert_true(took_ns < 10 * NRS_SECOND_NS);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_hubs_load(hubs, &pull, set, &diag), NRS_OK);
	assert_int_equal(nrs_set_count(set), 0);
	nrs_hubs_free(hubs);
	nrs_set_free(set);
}

/* A port that is listened to, and where nobody ever answers. */
static int open_silence(char url[64])
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(url, 64, "http://127.0.0.1:%u/taxii2/",
		       ntohs(at.sin_port));
	return fd;
}

static void a_hub_that_is_silent_keeps_no_other_waiting(void **state)
{
	struct nrs_hubs_options options = options_of(2, 1);
	struct nrs_taxii_in_state silent, other;
	struct nrs_post_state out;
	struct nrs_hubs *hubs = NULL;
	struct nrs_diag diag = {0};
	char url[64];
	const int fd = open_silence(url);
	const struct nrs_hub_settings both[] = {
		{.name = "silent", .url = url, .collection = "alerts"}, hub};

	(void)state;
	options.hubs = both;
	assert_int_equal(nrs_hubs_new(&hubs, &options, &diag), NRS_OK);
	spoken_begin();
	const int err = nrs_hubs_start(hubs);
	bool is_told = false;
	for (int i = 0; i < 2000 && !is_told; i++) {
		const struct timespec nap = {.tv_nsec = 5000000};

		(void)nanosleep(&nap, NULL);
		nrs_hubs_state(hubs, 1, &other);
		nrs_hubs_post_state(hubs, 0, &out);
		is_told = other.message[0] != '\0' &&
			  out.health != NRS_POST_STARTING;
	}
	nrs_hubs_state(hubs, 0, &silent);
	const int64_t before_ns = nrs_wall_ns();
	nrs_hubs_stop(hubs, 2000);
	const int64_t took_ns = nrs_wall_ns() - before_ns;
	spoken_end();
	(void)close(fd);
	nrs_hubs_free(hubs);
	assert_int_equal(err, NRS_OK);
	assert_true(is_told);
	assert_int_equal(silent.health, NRS_TAXII_IN_STARTING);
	assert_true(took_ns < 10 * NRS_SECOND_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(without_hubs_there_is_no_thread),
		cmocka_unit_test(
			a_hub_that_is_gone_is_told_of_and_delays_nobody),
		cmocka_unit_test(a_hub_that_is_silent_keeps_no_other_waiting),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
