/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_values: the few values that random traffic and random patterns share.
 */
#pragma once

static const char *const values_v4[] = {"192.0.2.1", "192.0.2.2", "192.0.2.129",
					"198.51.100.7", "10.0.0.5"};
static const char *const values_v6[] = {"2001:db8::1", "2001:db8:0:1::2",
					"2001:db8:ffff::1"};
static const char *const values_names[] = {"a.example",	  "b.example",
					   "A.example",	  "www.a.example",
					   "x_y.example", "a.example."};
static const char *const values_hosts[] = {"a.example",	   "b.example:8080",
					   "192.0.2.1:80", "[2001:db8::1]:80",
					   "A.example",	   "198.51.100.7"};
static const char *const values_numbers[] = {"0",  "1",	  "53",
					     "80", "443", "8443"};
static const char *const values_macs[] = {"00:53:00:00:00:01",
					  "00:53:00:00:00:af"};
static const char *const values_methods[] = {"GET", "POST", "get"};
static const char *const values_targets[] = {
	"/", "/gate.php", "/a/b?x=1", "/%7euser", "/\xc3\xa9", "/e\xcc\x81"};
static const char *const values_urls[] = {
	"http://a.example/", "http://A.example/gate.php",
	"http://192.0.2.1/a/b?x=1", "http://b.example:8080/%7euser",
	"http://a.example/\xc3\xa9"};
static const char *const values_headers[] = {"User-Agent: curl/8.4.0",
					     "user-agent: curl/8.4.0",
					     "User-Agent:  Mozilla/5.0 (X11) ",
					     "X-Forwarded-For: 10.0.0.5",
					     "X-Note: \xc3\xa9t\xc3\xa9",
					     "X-Note: e\xcc\x81te\xcc\x81",
					     "Accept:"};
static const char *const values_sha1[] = {
	"46aba99aa7158e4609aaa72b50990842fd22ae86",
	"00000000000000000000000000000000000000a1"};
static const char *const values_sha256[] = {
	"00000000000000000000000000000000000000000000000000000000000000a1"};
static const char *const values_mailboxes[] = {"a@b.example", "A@B.example",
					       "c@d.example"};
static const char *const values_serials[] = {"01", "1", "00:FF", "ff"};
static const char *const values_dns[] = {"C=US, CN=a.example",
					 "CN=a.example,C=US", "CN=b"};
