# SPDX-License-Identifier: Apache-2.0
"""mail: one mail with an attachment, handed over by SMTP.

Usage: mail.py SERVER FROM TO SUBJECT
"""
import smtplib
import sys
from email.message import EmailMessage

server, sender, recipient, subject = sys.argv[1:5]
mail = EmailMessage()
mail["From"] = sender
mail["To"] = recipient
mail["Subject"] = subject
mail["Date"] = "Sat, 21 Nov 2026 04:00:00 +0000"
mail["Message-ID"] = "<20261121.4711@desk.home.example>"
mail["X-Mailer"] = "Lantern Mailer 2"
mail.set_content(
    "Please find the invoice attached.\n"
    "Details: http://pay.higan.example/invoice/4711\n"
)
mail.add_attachment(
    b"PK\x03\x04" + bytes(range(256)) * 4,
    maintype="application",
    subtype="zip",
    filename="invoice-4711.zip",
)
with smtplib.SMTP(server, 25, local_hostname="desk.home.example",
                  timeout=10) as smtp:
    smtp.send_message(mail)
