"""The two ways in which a mail leaves: to an SMTP server, or into a folder."""

import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Protocol

import aiosmtplib

from gateway.mail_settings import SmtpServer
from resolvers.kit.upload import FILES

log = logging.getLogger("orrery.mail")

CONNECT_SECONDS = 15.0
SEND_SECONDS = 60.0


class MailDownError(Exception):
    """Nobody takes mail at the moment: no fault of the mail. `during` says that a mail was under way."""

    def __init__(self, message: str, *, during: bool = False) -> None:
        super().__init__(message)
        self.during = during


class RefusedError(Exception):
    """A mail was not taken. `for_good` says that it never will be."""

    def __init__(self, message: str, *, for_good: bool) -> None:
        super().__init__(message)
        self.for_good = for_good


Deliver = Callable[[EmailMessage], Awaitable[None]]


class Mailer(Protocol):
    """Where mail goes."""

    def open(self) -> AbstractAsyncContextManager[Deliver]:
        """Hands over mails for as long as the block runs; raises MailDownError, and RefusedError for a mail."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands mail to an SMTP server, several on one connection."""

    server: SmtpServer

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        client = aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port,
            username=self.server.user,
            password=self.server.password,
            use_tls=self.server.security == "tls",
            start_tls={"starttls": True, "offered": None}.get(self.server.security, False),
            local_hostname="localhost",
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise MailDownError(f"{self.server.host}:{self.server.port}: {_told(error)}") from error

        async def deliver(message: EmailMessage) -> None:
            await _send(client, message)

        try:
            yield deliver
        finally:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit()
            client.close()


async def _send(client: aiosmtplib.SMTP, message: EmailMessage) -> None:
    try:
        await client.send_message(message, timeout=SEND_SECONDS)
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [recipient.code for recipient in error.recipients]
        raise RefusedError(_told(error), for_good=min(codes, default=500) >= 500) from error
    except aiosmtplib.SMTPResponseException as error:
        # 421: the server closes the connection, whatever the mail.
        if error.code == 421:
            raise MailDownError(_told(error)) from error
        raise RefusedError(_told(error), for_good=error.code >= 500) from error
    except (aiosmtplib.SMTPNotSupported, ValueError, UnicodeError) as error:
        raise RefusedError(_told(error), for_good=True) from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise MailDownError(_told(error), during=True) from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each mail into a file of a folder, where no SMTP server is set: `<id>.eml`.

    `shows` says that the log may tell what is in it: for development.
    """

    folder: Path
    shows: bool

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        try:
            await FILES.run(partial(self.folder.mkdir, mode=0o700, parents=True, exist_ok=True), admitted=True)
        except OSError as error:
            raise MailDownError(f"{self.folder}: {error.strerror}") from error
        yield self._write

    async def _write(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        path = self.folder / f"{name}.eml"
        try:
            await FILES.run(_replace, path, message.as_bytes(), admitted=True)
        except OSError as error:
            raise MailDownError(f"{path}: {error.strerror}") from error
        if self.shows:
            text = message.get_body(("plain",))
            said = "" if text is None else text.get_content().strip()
            log.info("mail to %s in %s\n%s", message["To"], path, said)


def _replace(path: Path, content: bytes) -> None:
    # The file appears whole or not at all; the same mail again is the same file.
    temporary = path.with_suffix(".part")
    temporary.write_bytes(content)
    temporary.chmod(0o600)
    temporary.replace(path)
