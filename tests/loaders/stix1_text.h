/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_text: pieces of STIX 1 packages.
 */
#pragma once

/* Other prefixes than usual: only the namespaces count. */
#define PACKAGE                                                                \
	"<s:STIX_Package xmlns:s='http://stix.mitre.org/stix-1' "              \
	"xmlns:k='http://stix.mitre.org/common-1' "                            \
	"xmlns:i='http://stix.mitre.org/Indicator-2' "                         \
	"xmlns:c='http://cybox.mitre.org/cybox-2' "                            \
	"xmlns:p='http://cybox.mitre.org/objects' "                            \
	"xmlns:m='http://data-marking.mitre.org/Marking-1' "                   \
	"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "               \
	"id='e:Package-6d2a1b03-b216-4cd8-9a9e-8827af6ebf93'>"
#define END "</s:STIX_Package>"
#define INDICATOR(id, inside)                                                  \
	"\n<s:Indicator id='" id "'>" inside "</s:Indicator>"
#define OBSERVABLE(inside) "<i:Observable>" inside "</i:Observable>"
#define OBJECT(type, fields)                                                   \
	"<c:Object><c:Properties xsi:type='p:" type "'>" fields                \
	"</c:Properties></c:Object>"
#define NAME(value)                                                            \
	OBJECT("DomainNameObjectType", "<p:Value>" value "</p:Value>")
#define PORT(value)                                                            \
	OBJECT("PortObjectType", "<p:Port_Value>" value "</p:Port_Value>")
#define FILE_NAME(value)                                                       \
	OBJECT("FileObjectType", "<p:File_Name>" value "</p:File_Name>")
#define PART(inside) "<c:Observable>" inside "</c:Observable>"
#define ALL(inside)                                                            \
	"<c:Observable_Composition operator='AND'>" inside                     \
	"</c:Observable_Composition>"
#define ANY(inside)                                                            \
	"<c:Observable_Composition operator='OR'>" inside                      \
	"</c:Observable_Composition>"
#define REFERENCE(id) "<i:Observable idref='" id "'/>"
#define FIELD(name, attributes, value)                                         \
	"<p:" name " " attributes ">" value "</p:" name ">"
#define HASH(type, value)                                                      \
	"<p:Hashes><p:Hash><p:Type>" type                                      \
	"</p:Type><p:Simple_Hash_Value>" value                                 \
	"</p:Simple_Hash_Value></p:Hash></p:Hashes>"
