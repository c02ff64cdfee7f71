"""How mail leaves the gateway: the SMTP server and the sender's address, out of the environment."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

Security = Literal["tls", "starttls", "offered", "none"]

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mails come from."""

    name: str
    user: str
    domain: str

    @property
    def header(self) -> Address:
        return Address(self.name, self.user, self.domain)


DEFAULT_SENDER = Sender("Orrery", "orrery", "localhost")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. `offered` takes STARTTLS where the server offers it, `starttls` nothing less."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def parse_smtp_url(text: str) -> SmtpServer:
    """The server that an address names; raises ValueError with what is wrong with it.

    `smtp://` (port 25), `smtp+starttls://` (587) and `smtps://` (465). A password is never sent in the clear, but to
    this machine.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("is not a URL") from error
    if parts.scheme not in _PORTS or not host:
        raise ValueError("must start with smtp://, smtp+starttls:// or smtps:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must end after the host and the port")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if (user is None) != (password is None):
        raise ValueError("must name both a user and a password, or neither")
    return SmtpServer(host, port or _PORTS[parts.scheme], _security(parts.scheme, host, user), user, password)


def _security(scheme: str, host: str, user: str | None) -> Security:
    if scheme == "smtps":
        return "tls"
    if scheme == "smtp+starttls":
        return "starttls"
    if host in _LOOPBACK:
        return "none"
    return "offered" if user is None else "starttls"


def parse_sender(text: str) -> Sender:
    """An address, alone or as `Name <address>`; raises ValueError."""
    # Not at the top: every command reads settings, and this reads long tables first.
    from email_validator import EmailNotValidError, validate_email

    name, address = parseaddr(text)
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address, or Name <address>") from error
    return Sender(name, checked.local_part, checked.ascii_domain)
