"""A real SMTP server on loopback, which can be away, refuse, or die in the middle; and mails to send to it."""

import asyncio
import email
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from bson import ObjectId
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models import Mail
from models.base import collection, to_record
from models.enums import MailTemplate
from models.records import MailRecord

Answer = Callable[[EmailMessage], str | None]
ACCEPTED = "250 OK"


@dataclass
class Mailbox:
    """An SMTP server at `port`. `answer` may refuse a message with a reply of its own."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    answer: Answer = lambda _: None
    users: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    server: asyncio.Server | None = None
    protocols: list[SMTP] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        if (refusal := self.answer(message)) is not None:
            return refusal
        self.received.append(message)
        self.envelopes.append(envelope)
        return ACCEPTED

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        self.logins.append(f"{mechanism} {user}")
        return AuthResult(success=self.users.get(user) == password, handled=False)

    def _protocol(self) -> SMTP:
        protocol = SMTP(
            self,
            hostname="localhost",
            loop=asyncio.get_running_loop(),
            authenticator=self.authenticate,
            auth_require_tls=False,
            tls_context=self.tls if self.starttls else None,
            require_starttls=self.starttls,
        )
        self.protocols.append(protocol)
        return protocol

    async def start(self) -> None:
        implicit = None if self.starttls else self.tls
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=implicit)

    async def stop(self) -> None:
        """Be gone, with all connections."""
        if self.server is not None:
            self.server.close()
            for protocol in self.protocols:
                if isinstance(protocol.transport, asyncio.Transport) and not protocol.transport.is_closing():
                    protocol.transport.abort()
            self.protocols.clear()
            await self.server.wait_closed()
            self.server = None
            await asyncio.sleep(0.02)

    def counts(self) -> Counter[str]:
        """How often each mail came."""
        return Counter(str(one["Message-ID"]) for one in self.received)


def certificate(folder: Path) -> Path:
    """The file of a key, and of a certificate that it has signed itself, for `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def server_context(file: Path) -> ssl.SSLContext:
    """What a server with that key and certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def write_mails(count: int, *, to: str = "ann@example.com") -> list[ObjectId]:
    """Mails in the outbox that say what happened, and lead nowhere."""
    mails = [to_record(Mail(to=to, template=MailTemplate.PASSWORD_CHANGED)) for _ in range(count)]
    await collection(Mail).insert_many(mails)
    return [one["_id"] for one in mails]


async def mail_of(mail_id: ObjectId) -> MailRecord:
    """A mail as it stands in the outbox."""
    found = await collection(Mail).find_one({"_id": mail_id})
    assert found is not None
    return found


async def until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until something is so; fails the test where it stays otherwise."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = true()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(0.02)


async def unsent() -> int:
    """How many mails wait."""
    return await collection(Mail).count_documents({"state": "pending"})
