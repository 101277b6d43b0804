# SPDX-License-Identifier: Apache-2.0
"""mailserver: as much SMTP as it takes to be handed one mail.

Usage: mailserver.py ADDRESS PORT NAME. Ends by a signal.
"""
import asyncio
import sys

ADDRESS, PORT, NAME = sys.argv[1], int(sys.argv[2]), sys.argv[3]

ANSWERS = {
    b"HELO": "250 " + NAME,
    b"EHLO": f"250-{NAME}\r\n250-SIZE 1000000\r\n250 8BITMIME",
    b"MAIL": "250 2.1.0 Ok",
    b"RCPT": "250 2.1.5 Ok",
    b"RSET": "250 2.0.0 Ok",
    b"NOOP": "250 2.0.0 Ok",
    b"DATA": "354 End data with <CR><LF>.<CR><LF>",
    b"QUIT": "221 2.0.0 Bye",
}


async def serve(reader, writer):
    def say(text):
        writer.write(text.encode() + b"\r\n")

    say(f"220 {NAME} ESMTP")
    while line := await reader.readline():
        word = line[:4].upper()
        say(ANSWERS.get(word, "502 5.5.2 Command not known"))
        if word == b"QUIT":
            break
        if word == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            say("250 2.0.0 Ok: queued as 4A1B2C")
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, ADDRESS, PORT)
    async with server:
        await server.serve_forever()


asyncio.run(main())
