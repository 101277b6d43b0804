# SPDX-License-Identifier: Apache-2.0
"""One request for c2.example, or one mail with a link to it, in every disguise that a host may still
understand. Each case: its name, its packets, and what must come of it: MATCHED, READ,
or the counter that says the sensor cannot know what the host saw."""
import base64
import struct

from packets import (ACK, FAR, FIN, NEAR, PORT, PSH, RST, START, SYN, Side,
                     ethernet, fragments, ip, opening, segment, udp)

MATCHED = "matched"
READ = "matched where it is read"  # the octets that pass are others
REQUEST = b"GET /gate.php HTTP/1.1\r\nHost: c2.example\r\n\r\n"
DECOY = REQUEST.replace(b"c2.example", b"ok.example")
CUT = 24  # in the request, before the name
NAME = REQUEST.index(b"c2.example")


def once(request):
    return opening() + [segment(0, request)]


def streams():
    single = [segment(i, REQUEST[i:i + 1]) for i in range(len(REQUEST))]
    yield "octet by octet", opening() + single, MATCHED
    yield "from behind", opening() + single[::-1], MATCHED
    yield "every other octet first", (
        opening() + single[::2] + single[1::2]), MATCHED
    yield "each segment twice", opening() + [
        s for one in single for s in (one, one)], MATCHED
    yield "halves that overlap alike", opening() + [
        segment(0, REQUEST[:CUT + 8]), segment(CUT, REQUEST[CUT:])], MATCHED
    yield "the second half first", opening() + [
        segment(CUT, REQUEST[CUT:]), segment(0, REQUEST[:CUT])], MATCHED
    yield "data in the SYN", [
        segment(-1, REQUEST, SYN)], MATCHED
    yield "data with the FIN", opening() + [
        segment(0, REQUEST, PSH | ACK | FIN)], MATCHED
    yield "without a handshake", [segment(0, REQUEST)], MATCHED
    yield "keep-alive in between", opening() + [
        segment(0, REQUEST[:CUT]), segment(CUT - 1, b"\0"),
        segment(CUT, REQUEST[CUT:])], MATCHED
    wrap = 2**32 - 10
    yield "sequence numbers wrap", opening(wrap) + [
        segment(CUT, REQUEST[CUT:], start=wrap),
        segment(0, REQUEST[:CUT], start=wrap)], MATCHED


def decoys():
    real, other = REQUEST[CUT:], DECOY[CUT:]
    head = segment(0, REQUEST[:CUT])
    contradicting = "segments_contradicting"
    yield "a decoy kept first", opening() + [
        segment(CUT, other), segment(CUT, real), head], contradicting
    yield "a decoy kept last", opening() + [
        segment(CUT, real), segment(CUT, other), head], MATCHED
    yield "a decoy that does not reach the host", opening() + [
        head, segment(CUT, other, ttl=1), segment(CUT, real)], contradicting
    yield "a decoy with a wrong checksum", opening() + [
        head, segment(CUT, other, bad_sum=True),
        segment(CUT, real)], contradicting
    yield "a decoy cut elsewhere", opening() + [
        head, segment(CUT, other), segment(NAME, REQUEST[NAME:])
    ], "segments_repeated_otherwise"
    yield "a reset out of the window", opening() + [
        head, segment(2**30, flags=RST), segment(CUT, real)], MATCHED
    yield "a second SYN", opening() + [
        segment(-1, flags=SYN), *[head, segment(CUT, real)]], MATCHED


def in_fragments():
    whole = segment(0, REQUEST)
    small = fragments(whole, *range(8, len(whole) - 20, 8))
    decoy = fragments(segment(0, DECOY), 32, 56)
    three = fragments(whole, 32, 56)
    yield "fragments of eight octets", opening() + small, MATCHED
    yield "fragments from behind", opening() + small[::-1], MATCHED
    yield "fragments twice", opening() + [
        f for one in three for f in (one, one)][:-1], MATCHED
    yield "a decoy's fragment first", opening() + [
        decoy[1], *three], "fragments_contradicting"
    yield "a decoy's fragment last", opening() + [
        three[0], three[1], decoy[1], three[2]], "fragments_contradicting"


def in_tunnels():
    inner = once(REQUEST)
    gre = [ip(b"\0\0\x08\0" + p, 47, NEAR, FAR) for p in inner]
    vxlan = [udp(b"\x08\0\0\0\0\0\x2a\0" + ethernet(p), (50000, 4789), NEAR,
                 FAR) for p in inner]
    yield "in GRE", gre, MATCHED
    yield "in VXLAN", vxlan, MATCHED
    yield "in GRE in IP in IP", [ip(p, 4, FAR, NEAR) for p in gre], MATCHED
    cut = [f for p in inner for f in (
        fragments(p, 16) if len(p) > 60 else [p])]
    yield "fragments in GRE", [
        ip(b"\0\0\x08\0" + p, 47, NEAR, FAR) for p in cut], MATCHED
    yield "GRE in fragments", [
        f for p in gre for f in fragments(p, 24)], MATCHED
    both = [f for p in cut
            for f in fragments(ip(b"\0\0\x08\0" + p, 47, NEAR, FAR), 24)]
    yield "fragments in GRE in fragments", both, MATCHED


def framing():
    head, host = b"GET /gate.php HTTP/1.1\r\n", b"Host: c2.example\r\n"
    for name, request in (
            ("bare LF", REQUEST.replace(b"\r\n", b"\n")),
            ("empty lines before", b"\r\n\r\n" + REQUEST),
            ("absolute form",
             b"GET http://c2.example/gate.php HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("another case", head + b"hOST:\tC2.EXAMPLE  \r\n\r\n"),
            ("a dot and a port", head + b"Host: c2.example.:80\r\n\r\n"),
            ("a folded line before", head + b"X: a\r\n  b\r\n" + host
             + b"\r\n"),
            ("behind a request", b"GET / HTTP/1.1\r\nHost: ok.example\r\n\r\n"
             + REQUEST),
            ("behind a body", b"POST / HTTP/1.1\r\nHost: ok.example\r\n"
             b"Content-Length: 5\r\n\r\nabcde" + REQUEST),
            ("behind chunks", b"POST / HTTP/1.1\r\nHost: ok.example\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nabcde\r\n0\r\n\r\n"
             + REQUEST),
            ("HTTP/1.0", REQUEST.replace(b"1.1", b"1.0"))):
        yield name, once(request), MATCHED


def dns(query):
    head = struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0)
    return head + query + struct.pack(">HH", 1, 1)


def questions():
    message = dns(b"\2c2\7example\0")
    yield "a question", [udp(message, (4000, 53))], MATCHED
    yield "a question in mixed case", [
        udp(dns(b"\2C2\7eXaMpLe\0"), (4000, 53))], MATCHED
    yield "a question in fragments", fragments(
        udp(message, (4000, 53)), 8, 16, 24), MATCHED


ENVELOPE = (b"EHLO a.example\r\nMAIL FROM:<a@a.example>\r\n"
            b"RCPT TO:<b@b.example>\r\n")
LINK = b"http://c2.example/gate.php"
PARTS = (b"Content-Type: multipart/mixed;\r\n boundary=\"b b\"\r\n\r\n"
         b"--b b\r\n\r\nnothing here\r\n--b b\r\n")
CODED = b"Content-Transfer-Encoding: base64\r\n"


def data(message):
    return ENVELOPE + b"DATA\r\n" + message + b"\r\n.\r\nQUIT\r\n"


def in_pieces(stream, size):
    return opening() + [segment(at, stream[at:at + size])
                        for at in range(0, len(stream), size)]


def mails():
    plain = data(b"Subject: x\r\n\r\nsee " + LINK)
    coded = PARTS + CODED + b"\r\n" + base64.b64encode(LINK + b" ")
    quoted = (b"Content-Transfer-Encoding: quoted-printable\r\n\r\nhttp:/=\r\n"
              b"/c2=2Eexa=\r\nmple/gate.php\r\n")
    yield "a mail octet by octet", in_pieces(plain, 1), MATCHED
    yield "a mail from behind", (
        opening() + in_pieces(plain, 9)[len(opening()):][::-1]), MATCHED
    for size in (1, 2, 7):
        yield f"boundaries and base64 in pieces of {size}", in_pieces(
            data(coded + b"\r\n--b b--"), size), READ
    yield "a message in a message", once(data(
        PARTS + b"Content-Type: message/rfc822\r\n\r\n" + coded)), READ
    yield "soft breaks in a link", in_pieces(data(quoted), 5), READ
    yield "lines of LF alone", once(
        data(coded).replace(b"\r\n", b"\n")), READ
    half = len(coded) - 20
    yield "a message in chunks", in_pieces(
        ENVELOPE + b"BDAT %d\r\n" % half + coded[:half] + b"BDAT %d LAST\r\n"
        % (len(coded) - half) + coded[half:] + b"QUIT\r\n", 11), READ
    yield "behind a mail", once(
        data(b"Subject: x\r\n\r\nx")[:-6] + plain), MATCHED
    yield "an end of LF alone", once(
        data(b"Subject: x\r\n\r\nx\n.\nsee " + LINK)), "mail_ambiguous"
    yield "two types of a message", once(data(
        b"Content-Type: application/x\r\nContent-Type: text/plain\r\n\r\n"
        + LINK)), "mail_ambiguous"
    yield "base64 behind its padding", once(data(
        b"Content-Type: text/plain\r\n" + CODED + b"\r\neA==\r\n"
        + base64.b64encode(LINK))), "mail_ambiguous"


def hello(name):
    """A ClientHello of TLS 1.3 with a server name."""
    name = b"\0" + struct.pack(">H", len(name)) + name
    name = struct.pack(">H", len(name)) + name
    names = b"\0\0" + struct.pack(">H", len(name)) + name
    text = (b"\3\3" + bytes(32) + b"\0\0\2\x13\x01\1\0"
            + struct.pack(">H", len(names)) + names)
    text = b"\1" + struct.pack(">I", len(text))[1:] + text
    return b"\x16\3\1" + struct.pack(">H", len(text)) + text


def record(octets, kind=22, version=b"\3\1"):
    return bytes([kind]) + version + struct.pack(">H", len(octets)) + octets


def hellos():
    text = hello(b"c2.example")[5:]
    for name, stream in (
            ("records of 1", b"".join(record(text[at:at + 1])
                                      for at in range(len(text)))),
            ("two records", record(text[:7]) + record(text[7:])),
            ("any version of the record", record(text, version=b"\3\x09")),
            ("a warning before it", record(b"\1\x5a", 21) + record(text)),
            ("capitals", hello(b"C2.EXAMPLE")),
            ("a dot behind the name", hello(b"c2.example."))):
        for size in (1, 3, 1000):
            yield f"a hello in {name}, in pieces of {size}", in_pieces(
                stream, size), MATCHED if b"c2.example" in stream else READ


# port, the greeting; a command that changes nothing and its answer; the one
# behind which TLS begins, and its answer
STARTTLS = {
    "SMTP": (25, "220 x", b"NOOP", "250 ok", b"STARTTLS", "220 go"),
    "POP3": (110, "+OK x", b"NOOP", "+OK", b"STLS", "+OK"),
    "IMAP": (143, "* OK x", b"a NOOP", "a OK x", b"a STARTTLS", "a OK x"),
    "FTP": (21, "220 x", b"NOOP", "200 ok", b"AUTH TLS", "234 go")}


def behind_starttls():
    for name, (port, greeting, ask, answer, begin, go) in STARTTLS.items():
        for turns in (1, 30):
            said = [greeting] + [ask, answer] * turns + [begin, go]
            for size in (1, 1000):
                sides = [Side((PORT, port)), Side((PORT, port), False)]
                sent = opening(ports=(PORT, port))
                for text in said + [hello(b"c2.example")]:
                    is_server = isinstance(text, str)
                    text = text.encode() if is_server else text
                    text += b"\r\n" if text[:1] != b"\x16" else b""
                    sent += [sides[is_server].say(text[at:at + size])
                             for at in range(0, len(text), size)]
                yield (f"TLS in {name} behind {turns} commands, in pieces of "
                       f"{size}"), sent, MATCHED


def cases():
    for group in (streams, decoys, in_fragments, in_tunnels, framing,
                  questions, mails, hellos, behind_starttls):
        yield from group()
