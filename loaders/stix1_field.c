/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_field: rows. Where an object says nothing about its side, an address
 * with a port is the remote end.
 */
#include "loaders/stix1_field.h"

#define NAME "domain-name:value"
#define NET "network-traffic:"
#define HTTP NET "extensions.'http-request-ext'."
#define HEADER HTTP "request_header."
#define MAIL "email-message:"
#define CERTIFICATE "x509-certificate:"
#define REQUEST "HTTP_Request_Response/HTTP_Client_Request/"
#define PARSED REQUEST "HTTP_Request_Header/Parsed_Header/"
#define TEXT NRS_STIX1_TEXT
#define LOWER NRS_STIX1_LOWER
#define NUMBER NRS_STIX1_NUMBER
#define ADDRESS NRS_STIX1_ADDRESS
#define IGNORED NRS_STIX1_IGNORED

static const struct nrs_stix1_field fields[] = {
	{"AddressObjectType", "Address_Value", NRS_STIX1_CATEGORY, NULL},
	{"DomainNameObjectType", "Value", TEXT, NAME},
	{"HostnameObjectType", "Hostname_Value", TEXT, NAME},
	{"HostnameObjectType", "Is_Domain_Name", IGNORED, NULL},
	{"URIObjectType", "Value", NRS_STIX1_URI, "url:value"},
	{"LinkObjectType", "Value", NRS_STIX1_URI, "url:value"},
	{"FileObjectType", "File_Name", TEXT, "file:name"},
	{"FileObjectType", "Size_In_Bytes", NUMBER, "file:size"},
	{"FileObjectType", "Hashes/Hash/Simple_Hash_Value", NRS_STIX1_HASH,
	 NULL},
	{"PortObjectType", "Port_Value", NUMBER, NET "dst_port"},
	{"PortObjectType", "Layer4_Protocol", LOWER, NET "protocols[*]"},
	{"SocketAddressObjectType", "IP_Address/Address_Value", ADDRESS,
	 NET "dst_ref.value"},
	{"SocketAddressObjectType", "Hostname/Hostname_Value", TEXT, NAME},
	{"SocketAddressObjectType", "Port/Port_Value", NUMBER, NET "dst_port"},
	{"SocketAddressObjectType", "Port/Layer4_Protocol", LOWER,
	 NET "protocols[*]"},
	{"NetworkConnectionObjectType",
	 "Source_Socket_Address/IP_Address/Address_Value", ADDRESS,
	 NET "src_ref.value"},
	{"NetworkConnectionObjectType", "Source_Socket_Address/Port/Port_Value",
	 NUMBER, NET "src_port"},
	{"NetworkConnectionObjectType",
	 "Destination_Socket_Address/IP_Address/Address_Value", ADDRESS,
	 NET "dst_ref.value"},
	{"NetworkConnectionObjectType",
	 "Destination_Socket_Address/Hostname/Hostname_Value", TEXT, NAME},
	{"NetworkConnectionObjectType",
	 "Destination_Socket_Address/Port/Port_Value", NUMBER, NET "dst_port"},
	{"NetworkConnectionObjectType", "Layer3_Protocol", LOWER,
	 NET "protocols[*]"},
	{"NetworkConnectionObjectType", "Layer4_Protocol", LOWER,
	 NET "protocols[*]"},
	{"NetworkConnectionObjectType", "Layer7_Protocol", LOWER,
	 NET "protocols[*]"},
	{"NetworkConnectionObjectType",
	 "Layer7_Connections/HTTP_Session/" REQUEST
	 "HTTP_Request_Line/HTTP_Method",
	 LOWER, HTTP "request_method"},
	{"NetworkConnectionObjectType",
	 "Layer7_Connections/HTTP_Session/" REQUEST "HTTP_Request_Line/Value",
	 TEXT, HTTP "request_value"},
	{"NetworkConnectionObjectType",
	 "Layer7_Connections/HTTP_Session/" PARSED "User_Agent", TEXT,
	 HEADER "'User-Agent'"},
	{"NetworkConnectionObjectType",
	 "Layer7_Connections/HTTP_Session/" PARSED "Host/Domain_Name/Value",
	 TEXT, NAME},
	{"NetworkConnectionObjectType",
	 "Layer7_Connections/DNS_Query/Question/QName/Value", TEXT, NAME},
	{"HTTPSessionObjectType", REQUEST "HTTP_Request_Line/HTTP_Method",
	 LOWER, HTTP "request_method"},
	{"HTTPSessionObjectType", REQUEST "HTTP_Request_Line/Value", TEXT,
	 HTTP "request_value"},
	{"HTTPSessionObjectType", REQUEST "HTTP_Request_Line/Version", LOWER,
	 HTTP "request_version"},
	{"HTTPSessionObjectType", PARSED "User_Agent", TEXT,
	 HEADER "'User-Agent'"},
	{"HTTPSessionObjectType", PARSED "Cookie", TEXT, HEADER "Cookie"},
	{"HTTPSessionObjectType", PARSED "Content_Type", TEXT,
	 HEADER "'Content-Type'"},
	{"HTTPSessionObjectType", PARSED "Accept_Language", TEXT,
	 HEADER "'Accept-Language'"},
	{"HTTPSessionObjectType", PARSED "Referer/Value", TEXT,
	 HEADER "Referer"},
	{"HTTPSessionObjectType", PARSED "Host/Domain_Name/Value", TEXT, NAME},
	{"HTTPSessionObjectType", PARSED "Host/Port/Port_Value", NUMBER,
	 NET "dst_port"},
	{"EmailMessageObjectType", "Header/From/Address_Value", TEXT,
	 MAIL "from_ref.value"},
	{"EmailMessageObjectType", "Header/Sender/Address_Value", TEXT,
	 MAIL "sender_ref.value"},
	{"EmailMessageObjectType", "Header/To/Recipient/Address_Value", TEXT,
	 MAIL "to_refs[*].value"},
	{"EmailMessageObjectType", "Header/CC/Recipient/Address_Value", TEXT,
	 MAIL "cc_refs[*].value"},
	{"EmailMessageObjectType", "Header/Subject", TEXT, MAIL "subject"},
	{"EmailMessageObjectType", "Header/Message_ID", TEXT,
	 MAIL "message_id"},
	{"EmailMessageObjectType", "Header/X_Mailer", TEXT,
	 MAIL "additional_header_fields.'X-Mailer'"},
	{"EmailMessageObjectType", "Header/Reply_To/Address_Value", TEXT,
	 MAIL "additional_header_fields.'Reply-To'"},
	{"DNSQueryObjectType", "Question/QName/Value", TEXT, NAME},
	{"DNSRecordObjectType", "Domain_Name/Value", TEXT, NAME},
	{"DNSRecordObjectType", "IP_Address/Address_Value", ADDRESS,
	 "domain-name:resolves_to_refs[*].value"},
	{"X509CertificateObjectType", "Certificate/Issuer", TEXT,
	 CERTIFICATE "issuer"},
	{"X509CertificateObjectType", "Certificate/Subject", TEXT,
	 CERTIFICATE "subject"},
	{"X509CertificateObjectType", "Certificate/Serial_Number", TEXT,
	 CERTIFICATE "serial_number"},
	{"ASObjectType", "Number", NUMBER, "autonomous-system:number"},
};

/* Files of a special kind have the fields of any file. */
static const char *base_of(const char *type)
{
	static const char *const files[] = {
		"WindowsFileObjectType", "WindowsExecutableFileObjectType",
		"UnixFileObjectType",	 "PDFFileObjectType",
		"ImageFileObjectType",	 "ArchiveFileObjectType",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (strcmp(type, files[i]) == 0)
			return "FileObjectType";
	}
	return type;
}

const struct nrs_stix1_field *nrs_stix1_field(const char *type,
					      const char *name)
{
	static const struct nrs_stix1_field ignored = {.kind = IGNORED};

	if (strncmp(name, "Custom_Properties/", 18) == 0)
		return &ignored;
	type = base_of(type);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(type, fields[i].type) == 0 &&
		    strcmp(name, fields[i].name) == 0)
			return &fields[i];
	}
	return NULL;
}

bool nrs_stix1_is_known(const char *type)
{
	type = base_of(type);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(type, fields[i].type) == 0)
			return true;
	}
	return false;
}

bool nrs_stix1_how(const char *condition, enum nrs_how *how, bool *is_negated)
{
	static const struct {
		const char *condition;
		enum nrs_how how;
		bool is_negated;
	} rows[] = {
		{"", NRS_HOW_IS, false},
		{"Equals", NRS_HOW_IS, false},
		{"DoesNotEqual", NRS_HOW_IS, true},
		{"Contains", NRS_HOW_CONTAINS, false},
		{"DoesNotContain", NRS_HOW_CONTAINS, true},
		{"StartsWith", NRS_HOW_STARTS, false},
		{"EndsWith", NRS_HOW_ENDS, false},
		{"FitsPattern", NRS_HOW_MATCHES, false},
		{"GreaterThan", NRS_HOW_ABOVE, false},
		{"GreaterThanOrEqual", NRS_HOW_AT_LEAST, false},
		{"LessThan", NRS_HOW_BELOW, false},
		{"LessThanOrEqual", NRS_HOW_AT_MOST, false},
		{"InclusiveBetween", NRS_HOW_BETWEEN, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(condition, rows[i].condition) != 0)
			continue;
		*how = rows[i].how;
		*is_negated = rows[i].is_negated;
		return true;
	}
	return false;
}
