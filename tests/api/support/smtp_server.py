"""A real mail server for the tests, on the loopback: it keeps every mail and answers as it is told.

    smtp_server.py FOLDER plain|starttls

It takes a port, which refuses connections until it is told to listen, and prints it. Then every line
on standard input is an order, followed by one line of answer:

    listen                      from now on connections are taken
    answer STEP ADDRESS REPLY   at STEP (RCPT or DATA) mails to ADDRESS get REPLY; `hang up` for none
    accept ADDRESS              mails to ADDRESS are taken again
    hold                        the next mail gets no answer until `release`
    held                        answered once that mail is there
    release                     that mail gets the answer it was to get
    connections                 how many there were so far
    falter SEED                 three in ten tries get a temporary answer, half of them at RCPT and half
                                at DATA; which ones, says the seed
    faltered                    how often that was at RCPT, and how often at DATA
    count                       from now on it is counted anew to how many addresses a mail was answered
    counted NUMBER              that count, once it is NUMBER; a smaller one if nothing came for a minute

Each mail that came as far as its text is kept in FOLDER before it is answered: as it came in
NUMBER.eml, and read in NUMBER.json. With
starttls nothing is said without TLS and a password (user `evenbar`, password `right`); the
certificate is its own authority and lies in FOLDER as authority.pem. It ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import random
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATE = """
[req]
distinguished_name = whose
x509_extensions = leaf
prompt = no
[whose]
CN = a mail server of the tests
[leaf]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""


class Keeper:
    """Keeps the mails."""

    def __init__(self, folder):
        self.folder = folder
        self.kept = 0
        self.connections = 0
        self.answers = {}
        self.holding = False
        self.held = threading.Event()
        self.released = asyncio.Event()
        self.seed = None
        self.tries = Counter()
        self.faltered = {"RCPT": 0, "DATA": 0}
        self.answered = set()
        self.news = threading.Condition()

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(("RCPT", address))
        if answer is not None:
            return answer
        step = self.falters_at(address)
        if step == "RCPT":
            return self.falter(step, address, "450 4.2.1 try later")
        envelope.falters = step == "DATA"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        [recipient] = envelope.rcpt_tos
        answer = self.answers.get(("DATA", recipient), "250 taken")
        if envelope.falters:
            answer = self.falter("DATA", recipient, "452 4.3.1 disk full")
        self.keep(session, envelope, recipient, answer)
        if self.holding:
            self.holding = False
            self.held.set()
            await self.released.wait()
        if answer == "hang up":
            server.transport.abort()
        self.count(recipient)
        return answer

    def falters_at(self, address):
        """The step at which this try to reach the address gets a temporary answer, if one does."""
        self.tries[address] += 1
        if self.seed is None:
            return None
        lot = random.Random(f"{self.seed} {address} {self.tries[address]}").random()
        return "RCPT" if lot < 0.15 else "DATA" if lot < 0.3 else None

    def falter(self, step, address, answer):
        self.faltered[step] += 1
        self.count(address)
        return answer

    def count(self, address):
        with self.news:
            self.answered.add(address)
            self.news.notify_all()

    def counted(self, number):
        with self.news:
            while len(self.answered) < number and self.news.wait(60):
                pass
            return len(self.answered)

    def keep(self, session, envelope, recipient, answer):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
        mail = {
            "sender": envelope.mail_from,
            "recipient": recipient,
            "answer": answer,
            "encrypted": session.ssl is not None,
            "signed_in": bool(session.authenticated),
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "parts": [[part.get_content_type(), text(part)] for part in parts],
            "defects": [str(defect) for each in [message, *parts] for defect in each.defects],
        }
        self.kept += 1
        (self.folder / f"{self.kept:04}.eml").write_bytes(envelope.original_content)
        (self.folder / f"{self.kept:04}.json").write_text(json.dumps(mail))


def text(part):
    """What a part holds; files are text too."""
    content = part.get_content()
    return content if isinstance(content, str) else content.decode()


def certificate(folder):
    """A server's side of TLS with a fresh certificate."""
    settings, key, chain = (folder / name for name in ("settings", "key.pem", "authority.pem"))
    settings.write_text(CERTIFICATE)
    ask = "openssl req -x509 -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
    files = ["-config", settings, "-keyout", key, "-out", chain]
    subprocess.run([*ask.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


def sign_in(server, session, envelope, mechanism, given):
    fits = (given.login, given.password) == (b"evenbar", b"right")
    return AuthResult(success=fits, handled=False)


def main(folder, protection):
    keeper = Keeper(pathlib.Path(folder))
    options = {"hostname": "mail.example.com"}
    if protection == "starttls":
        options |= {
            "tls_context": certificate(keeper.folder),
            "require_starttls": True,
            "auth_required": True,
            "authenticator": sign_in,
        }
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def connection():
        keeper.connections += 1
        return SMTP(keeper, loop=loop, **options)

    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    print(port.getsockname()[1], flush=True)
    for line in sys.stdin:
        order, *rest = line.split(maxsplit=3)
        said = "done"
        if order == "listen":
            listening = loop.create_server(connection, sock=port)
            asyncio.run_coroutine_threadsafe(listening, loop).result()
        elif order == "answer":
            step, address, reply = rest
            keeper.answers[step, address] = reply.strip()
        elif order == "accept":
            for step in ("RCPT", "DATA"):
                keeper.answers.pop((step, rest[0]), None)
        elif order == "hold":
            keeper.holding = True
        elif order == "held":
            keeper.held.wait()
        elif order == "release":
            loop.call_soon_threadsafe(keeper.released.set)
        elif order == "connections":
            said = keeper.connections
        elif order == "falter":
            keeper.seed = rest[0]
        elif order == "faltered":
            said = json.dumps(keeper.faltered)
        elif order == "count":
            keeper.answered.clear()
        elif order == "counted":
            said = keeper.counted(int(rest[0]))
        else:
            said = f"no such order: {order}"
        print(said, flush=True)


main(*sys.argv[1:])
