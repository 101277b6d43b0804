/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_text: the id and the pattern of an indicator. Values of lists have
 * neither; both are derived, always the same way.
 */
#include "engine/base/crypto.h"
#include "engine/set.h"

void nrs_set_id(const struct nrs_set *set, uint32_t index, struct nrs_text *out)
{
	struct nrs_indicator item;
	char uuid[NRS_UUID_LEN + 1];
	struct nrs_text name = {0};

	nrs_set_get(set, index, &item);
	if (item.id.len > 0) {
		nrs_text_add(out, item.id);
		return;
	}
	nrs_text_add(&name, nrs_set_source_of(set, item.source)->name);
	nrs_text_putc(&name, '|');
	nrs_text_puts(&name, nrs_shape_name((enum nrs_shape)item.shape));
	nrs_text_putc(&name, '|');
	nrs_text_add(&name, item.pattern);
	nrs_uuid5(nrs_uuid_noroshi, nrs_text_span(&name), uuid);
	out->failed |= name.failed;
	nrs_text_fini(&name);
	nrs_text_puts(out, "indicator--");
	nrs_text_puts(out, uuid);
}

/* @test and 'value' as a pattern literal. */
static void put_test(struct nrs_text *out, const char *test,
		     struct nrs_span value)
{
	nrs_text_puts(out, test);
	nrs_text_putc(out, '\'');
	for (size_t i = 0, done = 0; i <= value.len; i++) {
		const bool is_end = i == value.len;

		if (!is_end && value.ptr[i] != '\'' && value.ptr[i] != '\\')
			continue;
		nrs_text_add(out, nrs_span_part(value, done, i - done));
		if (!is_end)
			nrs_text_putc(out, '\\');
		done = i;
	}
	nrs_text_putc(out, '\'');
}

static void put_address_port(struct nrs_text *out, struct nrs_span value)
{
	size_t colon = 0;

	for (size_t i = 0; i < value.len; i++)
		colon = value.ptr[i] == ':' ? i : colon;
	const struct nrs_span port = nrs_span_from(value, colon + 1);

	value.len = colon;
	if (nrs_span_starts(value, "[")) /* [v6]:port */
		value = nrs_span_part(value, 1, value.len - 2);
	put_test(out, "network-traffic:dst_ref.value = ", value);
	nrs_text_puts(out, " AND network-traffic:dst_port = ");
	nrs_text_add(out, port);
}

/* A prefix is a set of addresses: it must not be compared as text. */
static void put_address(struct nrs_text *out, const char *path,
			struct nrs_span value)
{
	nrs_text_puts(out, path);
	put_test(out,
		 nrs_span_find(value, '/', 0) == SIZE_MAX ? " = "
							  : " ISSUBSET ",
		 value);
}

void nrs_set_pattern(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	static const char *const tests[] = {
		[NRS_SHAPE_NAME] = "domain-name:value = ",
		[NRS_SHAPE_SUBDOMAINS] = "domain-name:value = ",
		[NRS_SHAPE_URL] = "url:value = ",
		[NRS_SHAPE_EMAIL] = "email-addr:value = ",
		[NRS_SHAPE_MD5] = "file:hashes.MD5 = ",
		[NRS_SHAPE_SHA1] = "file:hashes.'SHA-1' = ",
		[NRS_SHAPE_SHA256] = "file:hashes.'SHA-256' = ",
		[NRS_SHAPE_SHA384] = "file:hashes.'SHA-384' = ",
		[NRS_SHAPE_SHA512] = "file:hashes.'SHA-512' = ",
		[NRS_SHAPE_JA4] = "network-traffic:extensions.'tls-ext'.ja4 = ",
	};
	struct nrs_indicator item;

	nrs_set_get(set, index, &item);
	const struct nrs_span value = item.pattern;

	if (item.shape == NRS_SHAPE_PATTERN) {
		nrs_text_add(out, value);
		return;
	}
	nrs_text_putc(out, '[');
	if (item.shape == NRS_SHAPE_IPV4)
		put_address(out, "ipv4-addr:value", value);
	else if (item.shape == NRS_SHAPE_IPV6)
		put_address(out, "ipv6-addr:value", value);
	else if (item.shape == NRS_SHAPE_ADDR_PORT)
		put_address_port(out, value);
	else
		put_test(out, tests[item.shape], value);
	if (item.shape == NRS_SHAPE_SUBDOMAINS) {
		nrs_text_puts(out, " OR domain-name:value LIKE '%.");
		nrs_text_add(out, value); /* letters, digits and ".-_" */
		nrs_text_putc(out, '\'');
	}
	nrs_text_putc(out, ']');
}
