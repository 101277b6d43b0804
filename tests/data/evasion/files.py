# SPDX-License-Identifier: Apache-2.0
"""One file on its way to a host in every disguise that the host may still undo. Each case: its
name, its packets, and MATCHED, or the counter that says that not all of it was seen."""
import base64
import gzip
import struct
import zlib

from packets import (ACK, CLIENT, FIN, PSH, SERVER, opening, segment, udp)

MATCHED = "matched"
PARTIAL = "files_partial"
# what looks like line ends, delimiters, chunks and frames is in it
FILE = (b"MZ\r\n--zz\n--zz-\r\r\n0\r\n\r\n.\r\n..\r\n" + bytes(range(256)) * 3
        + b"=3D\n")
ASK = b"GET /x.exe HTTP/1.1\r\nHost: a.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
HALF = len(FILE) // 2


def answer(response, size=500, ask=ASK, is_closed=True):
    """An exchange: the response in segments of @size."""
    cut = range(0, len(response), size)
    packets = opening() + [segment(0, ask)]
    packets += [segment(at, response[at:at + size], to_server=False)
                for at in cut]
    if is_closed:
        packets += [segment(len(response), flags=FIN | ACK, to_server=False)]
    return packets


def sized(body, *fields, first=OK):
    return (first + b"".join(f + b"\r\n" for f in fields)
            + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def chunks(body, size, style=b"%x\r\n"):
    cut = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(style % len(c) + c + b"\r\n" for c in cut)


def chunked(body, *fields):
    fields = fields or (b"Transfer-Encoding: chunked",)
    return OK + b"\r\n".join(fields) + b"\r\n\r\n" + body + b"0\r\n\r\n"


def framing():
    yield "a file", answer(sized(FILE)), MATCHED
    yield "a file octet by octet", answer(sized(FILE), 1), MATCHED
    packets = answer(sized(FILE), 50, is_closed=False)
    yield "a file from behind", packets[:4] + packets[:3:-1], MATCHED
    twice = [p for one in packets[4:] for p in (one, one)]
    yield "a file in segments that come twice", packets[:4] + twice, MATCHED
    yield "a file with a hole", packets[:9] + packets[10:], PARTIAL
    yield "a file to the end of its connection", answer(
        b"HTTP/1.0 200 OK\r\n\r\n" + FILE), MATCHED
    yield "a file whose connection does not end", answer(
        b"HTTP/1.0 200 OK\r\n\r\n" + FILE, is_closed=False), PARTIAL
    yield "a file without a head", answer(
        FILE, ask=b"GET /x.exe\r\n"), MATCHED
    yield "a file shorter than its length", answer(
        sized(FILE + b"!")[:-1]), PARTIAL
    yield "a file behind another answer", answer(
        b"HTTP/1.1 100 Continue\r\n\r\n" + sized(b"no") + sized(FILE),
        ask=ASK + ASK), MATCHED
    yield "a file that is sent to the server", opening() + [
        segment(0, b"PUT /x.exe HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
                % len(FILE) + FILE)], MATCHED


def in_chunks():
    for size in (1, 2, 100):
        yield f"chunks of {size}", answer(chunked(chunks(FILE, size))), MATCHED
    yield "chunks of 1, octet by octet", answer(
        chunked(chunks(FILE, 1)), 1), MATCHED
    for name, style in (("extensions", b"%X;a=b;\"c\"\r\n"),
                        ("zeros", b"000000000%x\r\n"),
                        ("blanks behind", b"%x  \r\n"),
                        ("blanks before", b"  %x\r\n"),
                        ("LF alone", b"%x\n")):
        yield f"chunks with {name}", answer(
            chunked(chunks(FILE, 99, style))), MATCHED
    body = chunks(FILE, 99)
    yield "chunks, a trailer", answer(
        chunked(body)[:-2] + b"X: y\r\n\r\n"), MATCHED
    for fields in ((b"transfer-encoding:\tCHUNKED", b"Content-Length: 3"),
                   (b"Content-Length: 3", b"Transfer-Encoding: x, chunked"),
                   (b"Transfer-Encoding:", b" chunked"),
                   (b"Transfer-Encoding: x", b"Transfer-Encoding: chunked")):
        name = " / ".join(f.decode() for f in fields)
        yield f"chunks, {name}", answer(chunked(body, *fields)), MATCHED
    yield "chunks that do not end", answer(
        chunked(body)[:-15], is_closed=True), PARTIAL


def raw(body, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def members(body, size):
    return b"".join(gzip.compress(body[at:at + size], mtime=0)
                    for at in range(0, len(body), size))


def with_fields(body):
    """A gzip member that has all that RFC 1952 section 2.3 allows."""
    head = (b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff" + b"\4\0abcd" + b"name\0"
            + b"comment\0")
    return (head + struct.pack("<H", zlib.crc32(head) & 0xffff) + raw(body)
            + struct.pack("<II", zlib.crc32(body), len(body)))


def packings():
    one = gzip.compress(FILE, mtime=0)
    for name, body, coding in (
            ("gzip", one, b"gzip"),
            ("gzip in capitals", one, b"GZIP"),
            ("x-gzip", one, b"x-gzip"),
            ("gzip in 2 members", members(FILE, HALF + 1), b"gzip"),
            ("gzip in many members", members(FILE, 7), b"gzip"),
            ("gzip with all fields", with_fields(FILE), b"gzip"),
            ("gzip with a wrong sum", one[:-8] + b"\0" * 8, b"gzip"),
            ("gzip without its sum", one[:-8], b"gzip"),
            ("gzip that packs nothing", with_fields(FILE)[:31]
             + raw(FILE, 0), b"gzip"),
            ("octets behind gzip", one + b"\0" * 9, b"gzip"),
            ("deflate", zlib.compress(FILE), b"deflate"),
            ("deflate without a head", raw(FILE), b"deflate"),
            ("gzip twice", gzip.compress(one, mtime=0), b"gzip, gzip"),
            ("gzip in deflate", zlib.compress(one), b"gzip,identity,deflate"),
            ("no gzip, though the head says so", FILE, b"gzip"),
            ("gzip once, though the head says twice", one, b"gzip, gzip")):
        field = b"Content-Encoding: " + coding
        yield name, answer(sized(body, field)), MATCHED
        yield f"{name}, octet by octet", answer(sized(body, field), 1), MATCHED
    yield "gzip in chunks of 1", answer(chunked(
        chunks(one, 1), b"Content-Encoding: gzip",
        b"Transfer-Encoding: chunked")), MATCHED
    yield "gzip as a transfer coding", answer(chunked(
        chunks(one, 5), b"Transfer-Encoding: gzip, chunked")), MATCHED
    yield "gzip of two fields", answer(sized(
        gzip.compress(one, mtime=0), b"Content-Encoding: gzip",
        b"Content-Encoding: gzip")), MATCHED
    yield "gzip longer than it is", answer(sized(
        one, b"Content-Encoding: gzip").replace(b"th: ", b"th: 9")), MATCHED
    yield "gzip that is damaged", answer(sized(
        one[:40] + b"\xff" * 20 + one[60:],
        b"Content-Encoding: gzip")), "files_not_unpacked"
    yield "zeros, a thousand times more", answer(sized(
        gzip.compress(b"\0" * (16 << 20), mtime=0),
        b"Content-Encoding: gzip")), "files_not_unpacked"


def ranges():
    part, all_of = b"HTTP/1.1 206 Partial Content\r\n", len(FILE)
    whole = b"Content-Range: bytes 0-%d/%d" % (all_of - 1, all_of)
    back = b"Content-Range: bytes %d-%d/%d" % (HALF, all_of - 1, all_of)
    front = b"Content-Range: bytes 0-%d/%d" % (HALF - 1, all_of)
    yield "a range that is all", answer(
        sized(FILE, whole, first=part)), MATCHED
    yield "206 without a range", answer(sized(FILE, first=part)), MATCHED
    yield "a range that is said of a 200", answer(sized(FILE, front)), MATCHED
    yield "ranges in order", answer(
        sized(FILE[:HALF], front, first=part)
        + sized(FILE[HALF:], back, first=part), ask=ASK + ASK), PARTIAL
    yield "ranges out of order", answer(
        sized(FILE[HALF:], back, first=part)
        + sized(FILE[:HALF], front, first=part), ask=ASK + ASK), PARTIAL


def form(boundary, end=b"\r\n", quote=b""):
    part = (b"Content-Disposition: form-data; name=\"f\"; "
            b"filename=\"x.exe\"" + end + end)
    body = (b"--" + boundary + end + b"Content-Disposition: form-data; "
            b"name=a" + end + end + b"b" + end + b"--" + boundary + end + part
            + FILE + end + b"--" + boundary + b"--" + end)
    return (b"POST /up HTTP/1.1\r\nContent-Type: multipart/form-data; "
            b"boundary=" + quote + boundary + quote
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def forms():
    for name, stream in (("a form", form(b"----x")),
                         ("a form with a quoted boundary",
                          form(b"a b", quote=b"\"")),
                         ("a form with lines of LF", form(b"x", b"\n"))):
        for size in (1, 7, 5000):
            yield f"{name} in pieces of {size}", opening() + [
                segment(at, stream[at:at + size])
                for at in range(0, len(stream), size)], MATCHED


def frame(kind, flags, body):
    return struct.pack(">I", len(body))[1:] + bytes((kind, flags)) + (
        struct.pack(">I", 1 if kind < 4 else 0) + body)


def in_http2():
    ask = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, b"")
           + frame(1, 5, b"\x82\x86\x84"))
    packed = gzip.compress(FILE, mtime=0)
    for name, fields, body in (
            ("HTTP/2", b"\x88", FILE),
            ("gzip in HTTP/2", b"\x88\x0f\x0b\4gzip", packed),
            ("gzip in HTTP/2, said twice",
             b"\x88" + b"\x0f\x0b\4gzip" * 2, gzip.compress(packed, mtime=0))):
        head = frame(4, 0, b"") + frame(1, 4, fields)
        padded = b"".join(frame(0, 8, b"\3" + body[at:at + 1] + b"\0\0\0")
                          for at in range(len(body)))
        for size in (1, 500):
            yield f"{name}, padded frames of 1, in pieces of {size}", answer(
                head + padded + frame(0, 1, b""), size, ask), MATCHED
    yield "HTTP/2 whose stream does not end", answer(
        frame(4, 0, b"") + frame(1, 4, b"\x88") + frame(0, 0, FILE),
        ask=ask), PARTIAL


def lines(coded, *sizes):
    """In lines of these lengths by turns."""
    out, at, turn = [], 0, 0
    while at < len(coded):
        size = sizes[turn % len(sizes)]
        out.append(coded[at:at + size])
        at, turn = at + size, turn + 1
    return out


def mail(coding, body, end=b"--b--"):
    return (b"EHLO a.example\r\nMAIL FROM:<a@a.example>\r\n"
            b"RCPT TO:<b@b.example>\r\nDATA\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            b"Content-Type: application/octet-stream; name=x.exe\r\n"
            b"Content-Transfer-Encoding: " + coding + b"\r\n\r\n" + body
            + b"\r\n" + end + b"\r\n.\r\nQUIT\r\n")


def mails():
    coded = base64.b64encode(FILE)
    escaped = b"".join(b"=%02X" % c for c in FILE)
    for name, coding, body in (
            ("76", b"base64", b"\r\n".join(lines(coded, 76))),
            ("1", b"base64", b"\r\n".join(lines(coded, 1))),
            ("1, 2, 3, 5 and 77", b"BASE64",
             b"\r\n".join(lines(coded, 1, 2, 3, 5, 77))),
            ("all", b"base64", coded),
            ("73, blanks between", b"base64",
             b" \t\r\n \r\n".join(lines(coded, 73))),
            ("73, what is no base64 between", b"base64",
             b"!*\r\n".join(lines(coded, 73))),
            ("73 without padding", b"base64",
             b"\r\n".join(lines(coded.rstrip(b"="), 73))),
            ("escapes", b"quoted-printable",
             b"=\r\n".join(lines(escaped, 72))),
            ("escapes in small letters, blanks behind breaks",
             b"Quoted-Printable",
             b"= \t\r\n".join(lines(escaped.lower(), 3)))):
        stream = mail(coding, body)
        for size in (1, 1000):
            yield f"a mail's lines of {name}, in pieces of {size}", (
                opening() + [segment(at, stream[at:at + size])
                             for at in range(0, len(stream), size)]), MATCHED
    yield "a mail that breaks off", opening() + [
        segment(0, mail(b"base64", coded)[:-300]),
        segment(len(mail(b"base64", coded)) - 300, flags=FIN | ACK)], PARTIAL


def in_tftp():
    blocks = [struct.pack(">HH", 3, at // 512 + 1) + FILE[at:at + 512]
              for at in range(0, len(FILE) + 1, 512)]
    ask = udp(b"\0\1x.exe\0octet\0", (4000, 69))
    sent = [udp(b, (5000, 4000), SERVER, CLIENT) for b in blocks]
    yield "TFTP", [ask] + sent, MATCHED
    yield "TFTP, blocks twice", [ask] + [
        s for one in sent for s in (one, one)], MATCHED
    yield "TFTP without a block", [ask] + sent[1:], PARTIAL


def cases():
    for group in (framing, in_chunks, packings, ranges, forms, in_http2,
                  mails, in_tftp):
        yield from group()
