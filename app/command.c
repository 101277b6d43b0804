/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: messages, files, loading.
 */
#include "app/command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "engine/base/stamp.h"
#include "engine/image.h"

int nrs_next_option(int argc, char **argv, const char *letters,
		    const struct option *table, int *which)
{
	char *const name = argv[0];
	char shown[64];

	(void)snprintf(shown, sizeof(shown), "noroshi: %s", name);
	argv[0] = shown; /* getopt begins its lines with it */
	const int option = getopt_long(argc, argv, letters, table, which);
	argv[0] = name;
	if (option == '?')
		nrs_say("'noroshi %s --help' names the options", name);
	return option;
}

bool nrs_option_time(const char *option, const char *value, int64_t *out)
{
	if (nrs_stamp_parse_human(nrs_span_of(value), out) == NRS_OK)
		return true;
	nrs_say("--%s %s: no time (2026-03-01T12:00:00Z, a date, or @seconds)",
		option, value);
	return false;
}

int nrs_write_file(const char *path, const struct nrs_text *text)
{
	FILE *file = path == NULL ? stdout : fopen(path, "wb");
	int error = file == NULL ? errno : text->failed ? ENOMEM : 0;

	if (error == 0 && text->len > 0 &&
	    fwrite(text->ptr, 1, text->len, file) != text->len)
		error = errno;
	if (file != NULL && (path == NULL ? fflush(file) : fclose(file)) != 0 &&
	    error == 0)
		error = errno;
	if (error == 0)
		return NRS_OK;
	nrs_say("cannot write %s: %s",
		path == NULL ? "to standard output" : path, strerror(error));
	return NRS_E_IO;
}

int nrs_make_folder(const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return NRS_OK;
	nrs_complain("cannot make %s: %s", path, strerror(errno));
	return NRS_E_IO;
}

static void say_ignored(const char *path,
			const struct nrs_loader_result *result)
{
	struct nrs_text why = {0};

	nrs_ignored_say(result->ignored_for, &why);
	nrs_say("%s: %llu of %llu entries ignored: %.*s", path,
		(unsigned long long)result->ignored,
		(unsigned long long)result->objects, (int)why.len,
		why.len == 0 ? "" : (const char *)why.ptr);
	nrs_text_fini(&why);
}

static int load_one(struct nrs_set *set, const char *path,
		    const struct nrs_loader_options *options,
		    unsigned int *failed)
{
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};

	if (nrs_image_is(path)) {
		++*failed;
		nrs_say("%s: a compiled image, which is not compiled again",
			path);
		return NRS_OK;
	}
	const int err = nrs_load_file(set, path, options, &result, &diag);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK) {
		++*failed;
		nrs_say("%s: %s%s", path,
			diag.text[0] != '\0' ? diag.text : nrs_strerror(err),
			result.indicators > 0 ? " (what came before is used)"
					      : "");
	}
	if (result.refused > 0)
		nrs_say("%s: %llu of %llu entries refused (noroshi check "
			"--list says which and why)",
			path, (unsigned long long)result.refused,
			(unsigned long long)result.objects);
	if (result.ignored > 0)
		say_ignored(path, &result);
	return NRS_OK;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return strcmp(one, other) == 0 ||
	       (stat(one, &a) == 0 && stat(other, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/* As the configuration says where it knows the file. */
static struct nrs_loader_options options_of(const struct nrs_load *load,
					    const char *path)
{
	const struct nrs_config *config =
		load->policy == NULL ? NULL : load->policy->config;
	struct nrs_loader_options options = load->options;

	for (unsigned int i = 0; config != NULL && i < config->indicators.count;
	     i++) {
		const struct nrs_config_file *file =
			&config->indicators.items[i];

		if (!is_same_file(file->path, path))
			continue;
		options.default_tlp = (enum nrs_tlp)file->default_tlp;
		options.subdomains = options.subdomains || file->subdomains;
		options.name = nrs_span_of(file->source);
		options.scale = (enum nrs_scale)file->scale;
		options.hidden = !file->display;
		if (options.exercise.len == 0)
			options.exercise = nrs_span_of(file->exercise);
		if (options.lifetime.len == 0)
			options.lifetime = nrs_span_of(file->lifetime);
		if (options.format.len == 0)
			options.format = nrs_span_of(file->format);
	}
	return options;
}

int nrs_load_all(struct nrs_set **out, const struct nrs_load *load,
		 unsigned int *failed)
{
	struct nrs_set *set = NULL;
	int err = nrs_set_new(&set);

	*failed = 0;
	for (unsigned int i = 0; i < load->path_count && err == NRS_OK; i++) {
		const struct nrs_loader_options options =
			options_of(load, load->paths[i]);

		err = load_one(set, load->paths[i], &options, failed);
	}
	if (err == NRS_OK && load->path_count + load->value_count == 0 &&
	    load->policy != NULL && load->policy->config != NULL)
		err = nrs_policy_load(load->policy, set, failed);
	for (unsigned int i = 0; i < load->value_count && err == NRS_OK; i++) {
		struct nrs_diag diag = {0};

		err = nrs_load_value(set, nrs_span_of(load->values[i]),
				     &load->options, &diag);
		if (err == NRS_E_FORMAT || err == NRS_E_LIMIT) {
			nrs_say("--ioc: %s", diag.text);
			++*failed;
			err = NRS_OK;
		}
	}
	if (err == NRS_OK)
		err = nrs_set_settle(set);
	if (err != NRS_OK) {
		nrs_set_free(set);
		return err;
	}
	*out = set;
	return NRS_OK;
}

void nrs_set_summary(const struct nrs_set *set, struct nrs_text *out)
{
	uint64_t counts[NRS_STATUS_COUNT] = {0};

	for (uint32_t i = 0; i < nrs_set_count(set); i++)
		counts[nrs_set_status(set, i)]++;
	nrs_text_printf(out, "%u indicators:", nrs_set_count(set));
	for (unsigned int s = 0; s < NRS_STATUS_COUNT; s++) {
		if (counts[s] > 0 || s == NRS_STATUS_FULL)
			nrs_text_printf(out, "%s %s %llu",
					s == NRS_STATUS_FULL ? "" : ",",
					nrs_status_name((enum nrs_status)s),
					(unsigned long long)counts[s]);
	}
}
