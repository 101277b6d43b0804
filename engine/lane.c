/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lane: the kinds and names of the lanes, one row each.
 */
#include "engine/lane.h"

#include <assert.h>

static_assert(NRS_LANE_COUNT <= 112, "a table's tag has room for no more");

static const struct {
	enum nrs_value_kind kind;
	const char *name;
} lanes[NRS_LANE_COUNT] = {
	[NRS_LANE_ADDR] = {NRS_VALUE_ADDR, "address"},
	[NRS_LANE_SRC_ADDR] = {NRS_VALUE_ADDR, "source address"},
	[NRS_LANE_DST_ADDR] = {NRS_VALUE_ADDR, "destination address"},
	[NRS_LANE_RESOLVES_ADDR] = {NRS_VALUE_ADDR, "answered address"},
	[NRS_LANE_NAME] = {NRS_VALUE_NAME, "domain name"},
	[NRS_LANE_DST_NAME] = {NRS_VALUE_NAME, "destination name"},
	[NRS_LANE_RESOLVES_NAME] = {NRS_VALUE_NAME, "answered name"},
	[NRS_LANE_URL] = {NRS_VALUE_URL, "URL"},
	[NRS_LANE_URL_REST] = {NRS_VALUE_URL, "URL without scheme"},
	[NRS_LANE_REQUEST_VALUE] = {NRS_VALUE_TEXT, "request target"},
	[NRS_LANE_METHOD] = {NRS_VALUE_TOKEN, "request method"},
	[NRS_LANE_HTTP_VERSION] = {NRS_VALUE_TOKEN, "request version"},
	[NRS_LANE_HEADER] = {NRS_VALUE_HEADER, "request header"},
	[NRS_LANE_BODY_LENGTH] = {NRS_VALUE_INT, "body length"},
	[NRS_LANE_MAC] = {NRS_VALUE_MAC, "MAC address"},
	[NRS_LANE_SRC_MAC] = {NRS_VALUE_MAC, "source MAC address"},
	[NRS_LANE_DST_MAC] = {NRS_VALUE_MAC, "destination MAC address"},
	[NRS_LANE_SRC_PORT] = {NRS_VALUE_INT, "source port"},
	[NRS_LANE_DST_PORT] = {NRS_VALUE_INT, "destination port"},
	[NRS_LANE_PROTOCOL] = {NRS_VALUE_TOKEN, "protocol"},
	[NRS_LANE_START] = {NRS_VALUE_TIME, "start"},
	[NRS_LANE_END] = {NRS_VALUE_TIME, "end"},
	[NRS_LANE_ACTIVE] = {NRS_VALUE_INT, "is_active"},
	[NRS_LANE_SRC_BYTES] = {NRS_VALUE_INT, "source bytes"},
	[NRS_LANE_DST_BYTES] = {NRS_VALUE_INT, "destination bytes"},
	[NRS_LANE_SRC_PACKETS] = {NRS_VALUE_INT, "source packets"},
	[NRS_LANE_DST_PACKETS] = {NRS_VALUE_INT, "destination packets"},
	[NRS_LANE_SRC_FLAGS] = {NRS_VALUE_INT, "source TCP flags"},
	[NRS_LANE_DST_FLAGS] = {NRS_VALUE_INT, "destination TCP flags"},
	[NRS_LANE_ICMP_TYPE] = {NRS_VALUE_INT, "ICMP type"},
	[NRS_LANE_ICMP_CODE] = {NRS_VALUE_INT, "ICMP code"},
	[NRS_LANE_JA3] = {NRS_VALUE_TOKEN, "JA3 fingerprint"},
	[NRS_LANE_JA3S] = {NRS_VALUE_TOKEN, "JA3S fingerprint"},
	[NRS_LANE_JA4] = {NRS_VALUE_TEXT, "JA4 fingerprint"},
	[NRS_LANE_HASSH] = {NRS_VALUE_TOKEN, "HASSH fingerprint"},
	[NRS_LANE_HASSH_SERVER] = {NRS_VALUE_TOKEN, "HASSHServer fingerprint"},
	[NRS_LANE_CERT_MD5] = {NRS_VALUE_HEX, "certificate MD5"},
	[NRS_LANE_CERT_SHA1] = {NRS_VALUE_HEX, "certificate SHA-1"},
	[NRS_LANE_CERT_SHA256] = {NRS_VALUE_HEX, "certificate SHA-256"},
	[NRS_LANE_CERT_SERIAL] = {NRS_VALUE_SERIAL, "certificate serial"},
	[NRS_LANE_CERT_ISSUER] = {NRS_VALUE_DN, "certificate issuer"},
	[NRS_LANE_CERT_SUBJECT] = {NRS_VALUE_DN, "certificate subject"},
	[NRS_LANE_CERT_NOT_BEFORE] = {NRS_VALUE_TIME, "certificate begin"},
	[NRS_LANE_CERT_NOT_AFTER] = {NRS_VALUE_TIME, "certificate end"},
	[NRS_LANE_CERT_SELF_SIGNED] = {NRS_VALUE_INT, "is_self_signed"},
	[NRS_LANE_FILE_MD5] = {NRS_VALUE_HEX, "file MD5"},
	[NRS_LANE_FILE_SHA1] = {NRS_VALUE_HEX, "file SHA-1"},
	[NRS_LANE_FILE_SHA256] = {NRS_VALUE_HEX, "file SHA-256"},
	[NRS_LANE_FILE_NAME] = {NRS_VALUE_TEXT, "file name"},
	[NRS_LANE_FILE_SIZE] = {NRS_VALUE_INT, "file size"},
	[NRS_LANE_FILE_TYPE] = {NRS_VALUE_TOKEN, "file type"},
	[NRS_LANE_PAYLOAD] = {NRS_VALUE_OFFSET, "payload"},
	[NRS_LANE_SRC_PAYLOAD] = {NRS_VALUE_OFFSET, "source payload"},
	[NRS_LANE_DST_PAYLOAD] = {NRS_VALUE_OFFSET, "destination payload"},
	[NRS_LANE_EMAIL_ADDR] = {NRS_VALUE_TOKEN, "mail address"},
	[NRS_LANE_MAIL_FROM] = {NRS_VALUE_TOKEN, "mail author"},
	[NRS_LANE_MAIL_SENDER] = {NRS_VALUE_TOKEN, "mail sender"},
	[NRS_LANE_MAIL_TO] = {NRS_VALUE_TOKEN, "mail recipient"},
	[NRS_LANE_MAIL_CC] = {NRS_VALUE_TOKEN, "mail copy recipient"},
	[NRS_LANE_MAIL_BCC] = {NRS_VALUE_TOKEN, "mail hidden recipient"},
	[NRS_LANE_MAIL_SUBJECT] = {NRS_VALUE_TEXT, "mail subject"},
	[NRS_LANE_MAIL_DATE] = {NRS_VALUE_TIME, "mail date"},
	[NRS_LANE_MAIL_ID] = {NRS_VALUE_TEXT, "mail message id"},
	[NRS_LANE_MAIL_TYPE] = {NRS_VALUE_TEXT, "mail content type"},
	[NRS_LANE_MAIL_MULTIPART] = {NRS_VALUE_INT, "is_multipart"},
	[NRS_LANE_MAIL_RECEIVED] = {NRS_VALUE_TEXT, "mail received line"},
	[NRS_LANE_MAIL_HEADER] = {NRS_VALUE_HEADER, "mail header field"},
	[NRS_LANE_ATTACHMENT] = {NRS_VALUE_TEXT, "mail attachment name"},
};

enum nrs_value_kind nrs_lane_kind(enum nrs_lane lane)
{
	return lanes[lane].kind;
}

const char *nrs_lane_name(enum nrs_lane lane)
{
	return lanes[lane].name;
}
