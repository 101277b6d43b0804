/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix1_object: the objects of CybOX, their fields, conditions and lists
 * as comparisons.
 */
#include "tests/nrs_test.h"

#include "loaders/stix1.h"
#include "tests/loaders/loaded.h"
#include "tests/loaders/stix1_text.h"

#define MD5 "900150983cd24fb0d6963f7d28e17f72"
#define REQUEST(inside)                                                        \
	"<p:HTTP_Request_Response><p:HTTP_Client_Request>" inside              \
	"</p:HTTP_Client_Request></p:HTTP_Request_Response>"
#define PARSED(inside)                                                         \
	REQUEST("<p:HTTP_Request_Header><p:Parsed_Header>" inside              \
		"</p:Parsed_Header></p:HTTP_Request_Header>")

static const struct {
	const char *attributes, *type, *fields;
	const char *pattern; /* without brackets; "!": unsupported, why */
} objects[] = {
	{"category='ipv4-addr'", "AddressObjectType",
	 FIELD("Address_Value", "condition='Equals'", "192.0.2.1"),
	 "ipv4-addr:value = '192.0.2.1'"},
	{"", "AddressObjectType", FIELD("Address_Value", "", "2001:db8::1"),
	 "ipv6-addr:value = '2001:db8::1'"},
	{"category='cidr'", "AddressObjectType",
	 FIELD("Address_Value", "", "192.0.2.0/24"),
	 "ipv4-addr:value ISSUBSET '192.0.2.0/24'"},
	{"category='e-mail'", "AddressObjectType",
	 FIELD("Address_Value", "", "a@a.example"),
	 "email-addr:value = 'a@a.example'"},
	{"category='mac'", "AddressObjectType",
	 FIELD("Address_Value", "", "00:00:5e:00:53:01"),
	 "mac-addr:value = '00:00:5e:00:53:01'"},
	{"category='asn'", "AddressObjectType",
	 FIELD("Address_Value", "", "64496"),
	 "autonomous-system:number = 64496"},
	{"category='ipv4-addr' is_source='true'", "AddressObjectType",
	 FIELD("Address_Value", "", "192.0.2.1"),
	 "network-traffic:src_ref.value = '192.0.2.1'"},
	{"category='ipv4-addr' is_destination='true'", "AddressObjectType",
	 FIELD("Address_Value", "", "192.0.2.1"),
	 "network-traffic:dst_ref.value = '192.0.2.1'"},
	{"category='atm'", "AddressObjectType", FIELD("Address_Value", "", "1"),
	 "!AddressObjectType Address_Value is of no category that is known"},
	{"", "DomainNameObjectType", FIELD("Value", "", " a.example "),
	 "domain-name:value = 'a.example'"},
	{"", "HostnameObjectType",
	 FIELD("Is_Domain_Name", "", "true")
		 FIELD("Hostname_Value", "", "a.example"),
	 "domain-name:value = 'a.example'"},
	{"type='URL'", "URIObjectType",
	 FIELD("Value", "", "http://a.example/?b=1&amp;c=2"),
	 "url:value = 'http://a.example/?b=1&c=2'"},
	{"type='Domain Name'", "URIObjectType", FIELD("Value", "", "a.example"),
	 "domain-name:value = 'a.example'"},
	{"", "FileObjectType", HASH("MD5", MD5), "file:hashes.MD5 = '" MD5 "'"},
	{"", "FileObjectType",
	 HASH("sha-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
	 "file:hashes.'SHA-1' = 'a9993e364706816aba3e25717850c26c9cd0d89d'"},
	{"", "FileObjectType",
	 FIELD("Hashes", "",
	       "<p:Hash><p:Simple_Hash_Value>" MD5
	       "</p:Simple_Hash_Value></p:Hash>"),
	 "file:hashes.MD5 = '" MD5 "'"},
	{"", "FileObjectType", HASH("Whirl", MD5),
	 "!FileObjectType Hashes/Hash/Simple_Hash_Value is of no algorithm "
	 "that is known"},
	{"", "FileObjectType",
	 FIELD("File_Name", "", "a.exe") FIELD("Size_In_Bytes", "", "5"),
	 "file:name = 'a.exe' AND file:size = 5"},
	/* A path is not seen; beside a digest it adds nothing. */
	{"", "FileObjectType",
	 FIELD("File_Name", "", "a.exe") FIELD("File_Path", "", "/tmp"),
	 "!FileObjectType File_Path is not seen on a network"},
	{"", "FileObjectType", FIELD("File_Path", "", "/tmp") HASH("MD5", MD5),
	 "file:hashes.MD5 = '" MD5 "'"},
	{"", "WindowsExecutableFileObjectType", FIELD("File_Name", "", "a.exe"),
	 "file:name = 'a.exe'"},
	{"", "PortObjectType",
	 FIELD("Port_Value", "", "25") FIELD("Layer4_Protocol", "", "TCP"),
	 "network-traffic:dst_port = 25 AND network-traffic:protocols[*] = "
	 "'tcp'"},
	{"", "SocketAddressObjectType",
	 FIELD("IP_Address", "category='ipv4-addr'",
	       "<p:Address_Value>192.0.2.1</p:Address_Value>")
		 FIELD("Port", "", "<p:Port_Value>25</p:Port_Value>"),
	 "network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 25"},
	{"", "NetworkConnectionObjectType",
	 FIELD("Source_Socket_Address", "",
	       "<p:IP_Address><p:Address_Value>192.0.2.1</p:Address_Value>"
	       "</p:IP_Address>")
		 FIELD("Destination_Socket_Address", "",
		       "<p:Port><p:Port_Value>25</p:Port_Value></p:Port>"),
	 "network-traffic:src_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 25"},
	{"", "HTTPSessionObjectType",
	 PARSED("<p:User_Agent>Evil</p:User_Agent>"),
	 "network-traffic:extensions.'http-request-ext'.request_header."
	 "'User-Agent' = 'Evil'"},
	{"", "HTTPSessionObjectType",
	 REQUEST("<p:HTTP_Request_Line><p:HTTP_Method>GET</p:HTTP_Method>"
		 "<p:Value>/x</p:Value></p:HTTP_Request_Line>"),
	 "network-traffic:extensions.'http-request-ext'.request_method = "
	 "'get' AND network-traffic:extensions.'http-request-ext'."
	 "request_value = '/x'"},
	{"", "EmailMessageObjectType",
	 FIELD("Header", "",
	       "<p:From category='e-mail'><p:Address_Value>a@a.example"
	       "</p:Address_Value></p:From><p:Subject "
	       "condition='StartsWith'>Invoice</p:Subject>"),
	 "email-message:from_ref.value = 'a@a.example' AND "
	 "email-message:subject LIKE 'Invoice%'"},
	{"", "MutexObjectType", FIELD("Name", "", "x"),
	 "!MutexObjectType is not seen on a network"},
	{"", "DomainNameObjectType", "", "!no term at all"},
	/* Conditions. */
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='Contains'", "a.example"),
	 "domain-name:value LIKE '%a.example%'"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='FitsPattern' pattern_type='Regex'", "^a+$"),
	 "domain-name:value MATCHES '^a+$'"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='FitsPattern' pattern_type='XPath'", "a"),
	 "!FitsPattern is no condition that is known"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='BitwiseOr'", "a"),
	 "!BitwiseOr is no condition that is known"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='DoesNotEqual'", "a.example"),
	 "!only negations, which match nearly everything"},
	{"", "FileObjectType",
	 FIELD("Size_In_Bytes", "condition='InclusiveBetween'", "5##comma##9"),
	 "(file:size >= 5 AND file:size <= 9)"},
	{"", "AddressObjectType",
	 FIELD("Address_Value", "condition='InclusiveBetween'",
	       "192.0.2.0##comma##192.0.2.3"),
	 "(ipv4-addr:value ISSUBSET '192.0.2.0/30')"},
	{"", "FileObjectType",
	 FIELD("Size_In_Bytes", "condition='InclusiveBetween'", "5"),
	 "!a range that is none"},
	/* Lists. */
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='Equals' apply_condition='ANY'",
	       "a.example##comma##b.example"),
	 "(domain-name:value = 'a.example' OR domain-name:value = "
	 "'b.example')"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='Equals'", "a.example##comma##b.example"),
	 "(domain-name:value = 'a.example' OR domain-name:value = "
	 "'b.example')"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "apply_condition='ANY' delimiter=';'",
	       "a.example; b.example"),
	 "(domain-name:value = 'a.example' OR domain-name:value = "
	 "'b.example')"},
	{"", "DomainNameObjectType",
	 FIELD("Value", "condition='Contains' apply_condition='ALL'",
	       "a##comma##b"),
	 "domain-name:value LIKE '%a%' AND domain-name:value LIKE '%b%'"},
	{"", "FileObjectType",
	 FIELD("Size_In_Bytes", "", "5")
		 FIELD("File_Name", "apply_condition='NONE'", "a##comma##b"),
	 "file:size = 5 AND file:name != 'a' AND file:name != 'b'"},
};

static void objects_become_comparisons(void **state)
{
	char text[8192], expected[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		const bool is_said = objects[i].pattern[0] != '!';

		snprintf(text, sizeof(text),
			 PACKAGE INDICATOR("e:i-1",
					   OBSERVABLE("<c:Object><c:Properties "
						      "xsi:type='p:%s' %s>%s"
						      "</c:Properties>"
						      "</c:Object>")) END,
			 objects[i].type, objects[i].attributes,
			 objects[i].fields);
		snprintf(expected, sizeof(expected),
			 is_said ? "full line 2 [%s]\n"
				 : "not evaluable line 2 reason: %s\n",
			 objects[i].pattern + !is_said);
		check_loaded(nrs_stix1_open, text, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_become_comparisons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
