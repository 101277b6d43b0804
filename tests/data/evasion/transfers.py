# SPDX-License-Identifier: Apache-2.0
"""The file of files.py over FTP and SMB, in every disguise that the host may still undo. Each case:
its name, its packets, and MATCHED, or the counter that says that it cannot be known."""
import struct

from files import FILE, HALF, MATCHED, PARTIAL
from packets import (ACK, FAR, FIN, NEAR, PORT, Side, ethernet, fragments, ip,
                     opening, segment, udp)

CONTRADICTING = "segments_contradicting"
OTHERWISE = "segments_repeated_otherwise"
DECOY = bytes(octet ^ 1 for octet in FILE)


def pieces(octets, size):
    return [(at, octets[at:at + size]) for at in range(0, len(octets), size)]


def disguises(octets, decoy, send):
    """What stands in the stream, sent so that the host still reads @octets, which
    @decoy is as long as."""
    half = len(octets) // 2
    single = [send(*piece) for piece in pieces(octets, 1)]
    parts = [send(*piece) for piece in pieces(octets, 99)]
    head, tail, other = (send(0, octets[:half]), send(half, octets[half:]),
                         send(half, decoy[half:]))
    yield "octet by octet", single, MATCHED
    small = [send(*piece) for piece in pieces(octets, 5)]
    yield "in pieces of 5 from behind", small[::-1], MATCHED
    yield "in more pieces than are kept", single[::-1], "stream_buffer_refused"
    yield "in pieces", parts, MATCHED
    yield "from behind", parts[::-1], MATCHED
    yield "every other piece first", parts[::2] + parts[1::2], MATCHED
    yield "each piece twice", [p for one in parts for p in (one, one)], MATCHED
    yield "all of it twice", parts + parts, MATCHED
    yield "halves that overlap alike", [
        send(0, octets[:half + 9]), tail], MATCHED
    yield "pieces cut elsewhere again", parts + [
        send(*piece) for piece in pieces(octets, 70)], MATCHED
    yield "a piece that is lost", parts[:4] + parts[5:], PARTIAL
    yield "a decoy kept first", [other, tail, head], CONTRADICTING
    yield "a decoy kept last", [tail, other, head], CONTRADICTING
    yield "a decoy that does not reach the host", [
        head, send(half, decoy[half:], ttl=1), tail], CONTRADICTING
    yield "a decoy with a wrong checksum", [
        head, send(half, decoy[half:], bad_sum=True), tail], CONTRADICTING
    yield "a decoy that comes late", [head, tail, other], CONTRADICTING
    yield "a decoy cut elsewhere", [
        head, other, send(half - 5, octets[half - 5:])], OTHERWISE
    whole = send(0, octets)
    cut = fragments(whole, *range(40, len(whole) - 20, 40))
    yield "in fragments", cut, MATCHED
    yield "in fragments from behind", cut[::-1], MATCHED
    false = fragments(send(0, decoy), *range(40, len(whole) - 20, 40))
    yield "a decoy's fragment first", [
        false[3], *cut], "fragments_contradicting"
    yield "a decoy's fragment last", [
        *cut[:5], false[3], *cut[5:]], "fragments_contradicting"


def gre(packet):
    return ip(b"\0\0\x08\0" + packet, 47, NEAR, FAR)


def in_tunnels(packets):
    """All of it in tunnels, the large packets in fragments."""
    def cut(packet, at):
        return fragments(packet, at) if len(packet) > at + 40 else [packet]
    wrapped = [gre(packet) for packet in packets]
    yield "in GRE", wrapped
    yield "in VXLAN", [udp(b"\x08\0\0\0\0\0\x2a\0" + ethernet(p), (50000, 4789),
                           NEAR, FAR) for p in packets]
    yield "in fragments in GRE", [
        gre(f) for p in packets for f in cut(p, 64)]
    yield "in GRE in fragments", [f for p in wrapped for f in cut(p, 64)]
    yield "in GRE in fragments from behind", [
        f for p in wrapped for f in cut(p, 64)[::-1]]


def every_way(name, exchange, octets, decoy):
    """@exchange: what is sent before, the side that sends the octets, and what
    is sent behind them."""
    before, sender, behind = exchange()
    for how, packets, outcome in disguises(octets, decoy, sender.send):
        yield f"{name}, {how}", before + packets + behind, outcome
    for how, packets in in_tunnels(
            before + [sender.send(0, octets)] + behind):
        yield f"{name}, {how}", packets, MATCHED


# FTP: RFC 959, 2428. The server is 198.51.100.20, the client 192.0.2.10.
CONTROL = (PORT, 21)
PASSIVE = (40001, 51200)
ACTIVE = (20, 40001)


def dialogue(*lines):
    """Lines of client (bytes) and server (str), each in a packet."""
    client, server = Side(CONTROL), Side(CONTROL, False)
    packets = opening(ports=CONTROL)
    for line in lines:
        packets += ([server.say(line.encode() + b"\r\n")]
                    if isinstance(line, str) else [client.say(line + b"\r\n")])
    return packets


def passive(verb=b"RETR", ask=b"PASV",
            answer="227 Entering Passive Mode (198,51,100,20,200,0)"):
    to_server = verb != b"RETR"

    def exchange():
        data = Side(PASSIVE, to_server)
        before = dialogue("220 x", b"USER a", "230 in", ask, answer,
                          verb + b" x.exe") + opening(ports=PASSIVE)
        data.at += len(FILE)
        end = data.close()
        data.at = 0
        return before, data, [end]
    return exchange


def active(ask=b"PORT 192,0,2,10,156,65"):
    """The server opens the connection: swapped ends."""
    def exchange():
        data = Side(ACTIVE[::-1], False)
        ports = {"ports": ACTIVE[::-1]}
        shake = [segment(-1, flags=2, to_server=False, **ports),
                 segment(-1, flags=2 | ACK, **ports),
                 segment(0, flags=ACK, to_server=False, **ports)]
        before = dialogue("220 x", b"USER a", "230 in", ask, "200 ok",
                          b"RETR x.exe") + shake
        data.at = len(FILE)
        end = data.close()
        data.at = 0
        return before, data, [end]
    return exchange


def over_ftp():
    yield from every_way("FTP", passive(), FILE, DECOY)
    yield from every_way("FTP, active", active(), FILE, DECOY)
    for name, exchange in (
            ("an upload", passive(b"STOR")),
            ("an upload with a name of the server's", passive(b"STOU")),
            ("APPE", passive(b"APPE")),
            ("EPSV", passive(ask=b"EPSV",
                             answer="229 Entering (|||51200|)")),
            ("EPSV with another delimiter", passive(
                ask=b"EPSV", answer="229 x (!!!51200!)")),
            ("a command in small letters", passive(ask=b"pasv")),
            ("PASV without brackets", passive(
                answer="227 Entering Passive Mode 198,51,100,20,200,0")),
            ("PASV in a long reply", passive(
                answer="227-wait\r\n227 x (198,51,100,20,200,0)")),
            ("EPRT", active(b"EPRT |1|192.0.2.10|40001|"))):
        before, sender, behind = exchange()
        yield f"FTP, {name}", before + [sender.send(0, FILE)] + behind, MATCHED
    before, sender, behind = passive()()
    single = [packet for at, packet in enumerate(dialogue())]
    client, server = Side(CONTROL), Side(CONTROL, False)
    for side, text in ((server, b"220 x\r\n"), (client, b"PASV\r\n"),
                       (server, b"227 (198,51,100,20,200,0)\r\n"),
                       (client, b"RETR x.exe\r\n")):
        single += [side.say(text[at:at + 1]) for at in range(len(text))]
    yield "FTP, the dialogue octet by octet", (
        single + opening(ports=PASSIVE) + [sender.send(0, FILE)]
        + behind), MATCHED
    yield "FTP, a connection that does not end", (
        before + [sender.send(0, FILE)]), PARTIAL
    yield "FTP, a front that is lost", before + [
        sender.send(HALF, FILE[HALF:])] + behind, PARTIAL
    yield "FTP, without a handshake", (
        before[:-3] + [sender.send(0, FILE)] + behind), PARTIAL
    yield "FTP, the second half only", dialogue(
        "220 x", b"PASV", "227 (198,51,100,20,200,0)", b"REST %d" % HALF,
        "350 go", b"RETR x.exe") + opening(ports=PASSIVE) + [
            sender.send(0, FILE[HALF:]), segment(
                len(FILE) - HALF, flags=FIN | ACK, to_server=False,
                ports=PASSIVE)], PARTIAL


# SMB 2 (MS-SMB2 section 2.2) and SMB 1 (MS-CIFS section 2.2.4).
SMB = (PORT, 445)
TREE, CREATE, CLOSE, READ, WRITE = 3, 5, 6, 8, 9
ANSWER, LATER, RELATED = 1, 2, 4
ID = b"\7" * 16


def framed(*units):
    """A message: its units chained."""
    chain = b""
    for number, unit in enumerate(units):
        if number + 1 < len(units):
            unit += bytes(-len(unit) % 8)
            unit = unit[:20] + struct.pack("<I", len(unit)) + unit[24:]
        chain += unit
    return struct.pack(">I", len(chain)) + chain


def smb2(command, message, body, flags=0, status=0):
    return (b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 0, status, command, 1,
                                     flags, 0, message, 0, 5, 9)
            + bytes(16) + body)


def create(message, name="x.exe"):
    wide = name.encode("utf-16-le")
    return smb2(CREATE, message, struct.pack("<H42xHH8x", 57, 120, len(wide))
                + wide)


def created(message, size=len(FILE), flags=ANSWER):
    return smb2(CREATE, message, struct.pack("<H46xQ8x", 89, size) + ID
                + bytes(8), flags)


def read(message, offset=0, size=len(FILE), flags=0, number=ID):
    return smb2(READ, message, struct.pack("<HHIQ", 49, 0, size, offset)
                + number + bytes(17), flags)


def data(message, octets, flags=ANSWER):
    return smb2(READ, message, struct.pack("<HBBIII", 17, 80, 0, len(octets),
                                           0, 0) + octets, flags)


def write(message, octets, offset=0):
    return smb2(WRITE, message, struct.pack("<HHIQ", 49, 112, len(octets),
                                            offset) + ID + bytes(16) + octets)


def close(message, flags=0, number=ID):
    return smb2(CLOSE, message, struct.pack("<H6x", 24) + number, flags)


def closed(message):
    return smb2(CLOSE, message, struct.pack("<H58x", 60), ANSWER)


def talk(*said):
    """Messages of client ("c") and server ("s"), each in a packet; and both
    sides as they are then."""
    sides = {"c": Side(SMB), "s": Side(SMB, False)}
    return opening(ports=SMB) + [sides[who].say(message)
                                 for who, message in said], sides


def asked(*more):
    return ("c", framed(create(1))), ("s", framed(created(1))), *more


def conversation(begun, who, message, *end):
    """An exchange for every_way: @message is what is disguised."""
    def exchange():
        before, sides = talk(*begun)
        sender = sides[who]
        start = sender.at
        sender.at += len(message)
        behind = [sides[who].say(m) for who, m in end]
        sender.at = start
        return before, sender, behind
    return exchange


def smb1(command, words, body=b"", is_answer=False):
    return (struct.pack(">I", 32 + 3 + len(words) + len(body)) + b"\xffSMB"
            + struct.pack("<BIBH12xHHHH", command, 0, 0x80 * is_answer, 1, 5, 1,
                          1, command) + bytes([len(words) // 2]) + words
            + struct.pack("<H", len(body)) + body)


END = struct.pack("<BBH", 0xff, 0, 0)  # no command is chained
OPEN1 = (("c", smb1(0xa2, END + struct.pack("<BH41x", 0, 5), b"x.exe\0")),
         ("s", smb1(0xa2, END + struct.pack("<BH48xQ5x", 0, 7, len(FILE)),
                    is_answer=True)))
READ1 = ("c", smb1(0x2e, END + struct.pack("<HIHH10x", 7, 0, len(FILE), 0)))
DATA1 = END + struct.pack("<6xHH10x", len(FILE), 32 + 3 + 24)
CLOSE1 = ("c", smb1(4, struct.pack("<HI", 7, 0)))


def shuffled(*order):
    """Four reads whose answers come in this order."""
    quarter = len(FILE) // 4 + 1
    asks = [("c", framed(read(n + 2, n * quarter, quarter)))
            for n in range(4)]
    answers = [("s", framed(data(n + 2, FILE[n * quarter:(n + 1) * quarter])))
               for n in order]
    packets, _ = talk(*asked(*asks, *answers, ("c", framed(close(9))),
                             ("s", framed(closed(9)))))
    return packets


def over_smb():
    end = ("c", framed(close(9))), ("s", framed(closed(9)))
    yield from every_way("SMB 2, read", conversation(
        asked(("c", framed(read(2)))), "s", framed(data(2, FILE)), *end),
        framed(data(2, FILE)), framed(data(2, DECOY)))
    yield from every_way("SMB 2, written", conversation(
        asked(), "c", framed(write(2, FILE)), *end),
        framed(write(2, FILE)), framed(write(2, DECOY)))
    yield from every_way("SMB 1, read", conversation(
        (*OPEN1, READ1), "s", smb1(0x2e, DATA1, FILE, True), CLOSE1),
        smb1(0x2e, DATA1, FILE, True), smb1(0x2e, DATA1, DECOY, True))
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1)):
        yield f"SMB 2, answers {order}", shuffled(*order), MATCHED
    first, second = FILE[:HALF], FILE[HALF:]
    for name, said, outcome in (
            ("a chain", (("c", framed(
                create(1), read(2, flags=RELATED, number=b"\xff" * 16),
                close(3, RELATED, b"\xff" * 16))), ("s", framed(
                    created(1), data(2, FILE), closed(3)))), MATCHED),
            ("an answer that is promised first", asked(
                ("c", framed(read(2))), ("s", framed(smb2(
                    READ, 2, b"\x09" + bytes(8), ANSWER | LATER, 0x103))),
                ("s", framed(data(2, FILE, ANSWER | LATER))), *end), MATCHED),
            ("written in two", asked(
                ("c", framed(write(2, first))),
                ("c", framed(write(3, second, HALF))), *end), MATCHED),
            ("the second half is written first", asked(
                ("c", framed(write(2, second, HALF))),
                ("c", framed(write(3, first))), *end), PARTIAL),
            ("written over another", asked(
                ("c", framed(write(2, DECOY))),
                ("c", framed(write(3, FILE))), *end), PARTIAL),
            ("read again otherwise", asked(
                ("c", framed(read(2))), ("s", framed(data(2, DECOY))),
                ("c", framed(read(3))), ("s", framed(data(3, FILE))),
                *end), "smb_read_again"),
            ("a half is not read", asked(
                ("c", framed(read(2, 0, HALF))),
                ("s", framed(data(2, first))), *end), PARTIAL),
            ("read twice", asked(
                ("c", framed(read(2))), ("s", framed(data(2, FILE))),
                ("c", framed(read(3))), ("s", framed(data(3, FILE))),
                *end), MATCHED),
            ("read without an open", (
                ("c", framed(read(2))), ("s", framed(data(2, FILE))),
                *end), MATCHED)):
        yield f"SMB 2, {name}", talk(*said)[0], outcome


def cases():
    yield from over_ftp()
    yield from over_smb()
