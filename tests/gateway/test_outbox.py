"""The outbox against a real SMTP server: no mail is lost, none comes twice."""

import asyncio
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from auth.jwt import JwtSigner
from gateway.database import Database
from gateway.mail_settings import Sender, parse_smtp_url
from gateway.mailer import FolderMailer, MailDownError, SmtpMailer
from gateway.outbox import MAX_ATTEMPTS, Outbox, Pace
from models import Mail
from models.base import collection, utc_now
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.kit.context import Services
from resolvers.mail.letters import Letter
from resolvers.mail.mail import compose
from tests.gateway.mail_lab import (
    Mailbox,
    certificate,
    free_port,
    mail_of,
    server_context,
    unsent,
    until,
    write_mails,
)

SENDER = Sender("Orrery", "orrery", "example.com")
QUICK = Pace(poll=0.05, first_pause=0.05, longest_pause=0.1, retry=0.0, stop=5.0)
NOW_DUE: dict[str, Any] = {"$set": {"due_at": utc_now() - timedelta(hours=1)}}


@pytest.fixture
def services(clean: Database) -> Services:
    """What the sender works with, over an empty outbox."""
    hub = Hub(EventLog(clean.client))
    return Services(hub, Guard(), JwtSigner("outbox-" * 6), timedelta(days=7), "http://127.0.0.1:3001")


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """An SMTP server that runs."""
    opened = Mailbox(free_port())
    await opened.start()
    yield opened
    await opened.stop()


def outbox(services: Services, mailbox: Mailbox, user: str = "") -> Outbox:
    url = parse_smtp_url(f"smtp://{user}127.0.0.1:{mailbox.port}")
    return Outbox(services, SmtpMailer(url), SENDER, pace=QUICK)


async def test_a_mail_has_a_text_an_html_part_and_an_id_of_its_own(services: Services, mailbox: Mailbox) -> None:
    [mail_id] = await write_mails(1)

    await outbox(services, mailbox).round()

    [mail] = mailbox.received
    assert (mail["To"], mail["From"]) == ("ann@example.com", "Orrery <orrery@example.com>")
    assert mail["Message-ID"] == f"<{mail_id}@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mailbox.envelopes[0].rcpt_tos == ["ann@example.com"]
    stored = await mail_of(mail_id)
    assert (stored["state"], stored["attempts"], stored["error"]) == ("sent", 1, None)


async def test_a_server_that_is_down_costs_no_attempt_and_each_mail_comes_once(services: Services) -> None:
    # Given
    mailbox = Mailbox(free_port())
    sender = outbox(services, mailbox)
    await sender.start()
    mails = await write_mails(12)
    services.mail_due.set()
    await asyncio.sleep(0.4)
    assert await unsent() == 12
    assert {(await mail_of(one))["attempts"] for one in mails} == {0}

    # When
    await mailbox.start()
    await until(lambda: _all_sent(12))

    # Then
    await sender.stop()
    assert set(mailbox.counts().values()) == {1}
    assert len(mailbox.counts()) == 12
    await mailbox.stop()


async def test_a_server_that_dies_and_comes_back_again_and_again_loses_no_mail(services: Services) -> None:
    mailbox = Mailbox(free_port())
    sender = outbox(services, mailbox)
    await sender.start()
    mails: list[Any] = []

    for _ in range(4):
        mails += await write_mails(5)
        await mailbox.start()
        services.mail_due.set()
        await asyncio.sleep(0.05)
        await mailbox.stop()
    await mailbox.start()
    await until(lambda: _all_sent(20))

    await sender.stop()
    assert mailbox.counts().keys() == {f"<{one}@example.com>" for one in mails}
    await mailbox.stop()


async def test_of_four_senders_one_sends_each_mail(services: Services, mailbox: Mailbox, clean: Database) -> None:
    mails = await write_mails(40)
    senders = [outbox(services, mailbox) for _ in range(4)]

    for sender in senders:
        await sender.start()
    await until(lambda: _all_sent(40))
    for sender in senders:
        await sender.stop()

    assert mailbox.counts() == {f"<{one}@example.com>": 1 for one in mails}


async def test_a_mail_that_is_refused_for_now_is_sent_again(services: Services, mailbox: Mailbox) -> None:
    [mail_id] = await write_mails(1)
    replies = iter(["451 later", "452 later still"])
    mailbox.answer = lambda _: next(replies, None)
    sender = outbox(services, mailbox)

    await until(lambda: _after_round(sender, mail_id))

    stored = await mail_of(mail_id)
    assert (stored["state"], stored["attempts"]) == ("sent", 3)
    assert len(mailbox.received) == 1


async def test_the_pauses_between_attempts_grow(services: Services, mailbox: Mailbox) -> None:
    [mail_id] = await write_mails(1)
    mailbox.answer = lambda _: "451 later"
    url = parse_smtp_url(f"smtp://127.0.0.1:{mailbox.port}")
    sender = Outbox(services, SmtpMailer(url), SENDER, pace=Pace(retry=30.0))

    pauses: list[float] = []
    for _ in range(3):
        began = utc_now()
        await sender.round()
        pauses.append((((await mail_of(mail_id))["due_at"]) - began).total_seconds())
        await collection(Mail).update_one({"_id": mail_id}, NOW_DUE)

    assert [round(one / 30) for one in pauses] == [1, 2, 4]


@pytest.mark.parametrize(("reply", "attempts"), [("554 never", 1), ("451 later", MAX_ATTEMPTS)])
async def test_a_mail_that_nobody_takes_fails_and_keeps_the_reason(
    reply: str, attempts: int, services: Services, mailbox: Mailbox
) -> None:
    [mail_id] = await write_mails(1)
    mailbox.answer = lambda _: reply
    sender = outbox(services, mailbox)

    await until(lambda: _after_round(sender, mail_id))
    await sender.round()

    stored = await mail_of(mail_id)
    assert (stored["state"], stored["attempts"]) == ("failed", attempts)
    assert reply.partition(" ")[2] in (stored["error"] or "")
    assert stored["ended_at"] is not None


async def test_one_that_fails_does_not_hold_up_the_others(services: Services, mailbox: Mailbox) -> None:
    await write_mails(1, to="bad@example.com")
    await write_mails(3)
    mailbox.answer = lambda mail: "550 no such mailbox" if mail["To"] == "bad@example.com" else None

    await outbox(services, mailbox).round()

    assert len(mailbox.received) == 3
    assert await collection(Mail).count_documents({"state": "failed"}) == 1


@pytest.mark.parametrize("to", ["a\nb@example.com", "broken@example.com"])
async def test_one_that_cannot_be_composed_waits_and_does_not_hold_up_the_others(
    to: str, services: Services, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Given
    [bad] = await write_mails(1, to=to)
    await write_mails(3)

    async def broken(of: Services, mail: Any) -> Letter | None:
        if mail["to"] == "broken@example.com":
            raise KeyError("inviter")
        return await compose(of, mail)

    monkeypatch.setattr("gateway.outbox.compose", broken)
    sender = outbox(services, mailbox)

    # When
    await sender.round()

    # Then
    waiting = await mail_of(bad)
    assert len(mailbox.received) == 3
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert (waiting["error"] or "").startswith(("ValueError: ", "KeyError: "))
    assert f"mail {bad} cannot be composed" in caplog.text
    await until(lambda: _after_round(sender, bad))
    assert ((await mail_of(bad))["state"], (await mail_of(bad))["attempts"]) == ("failed", MAX_ATTEMPTS)


async def test_a_mail_that_was_handed_over_and_not_marked_is_only_marked(
    services: Services, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    [mail_id] = await write_mails(1)
    sender = outbox(services, mailbox)
    mark = sender._mark
    failing = iter([True])

    async def failing_once(mail: Any) -> None:
        if next(failing, False):
            raise ConnectionError("the database is away")
        await mark(mail)

    monkeypatch.setattr(sender, "_mark", failing_once)

    # When
    with pytest.raises(ConnectionError):
        await sender.round()
    await collection(Mail).update_one({"_id": mail_id}, NOW_DUE)
    await sender.round()

    # Then
    assert len(mailbox.received) == 1
    assert (await mail_of(mail_id))["state"] == "sent"


async def test_after_a_death_between_answer_and_mark_the_same_id_comes_again(
    services: Services, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    [mail_id] = await write_mails(1)
    died = outbox(services, mailbox)
    monkeypatch.setattr(died, "_mark", _die)

    with pytest.raises(asyncio.CancelledError):
        await died.round()
    within_lease = await outbox(services, mailbox).round()
    await collection(Mail).update_one({"_id": mail_id}, NOW_DUE)
    await outbox(services, mailbox).round()

    assert within_lease is False
    assert mailbox.counts() == {f"<{mail_id}@example.com>": 2}


async def test_stopping_waits_for_the_mail_that_is_on_its_way(services: Services, mailbox: Mailbox) -> None:
    [mail_id] = await write_mails(1)
    under_way = asyncio.Event()

    def slow(_: EmailMessage) -> None:
        under_way.set()

    mailbox.answer = slow
    sender = outbox(services, mailbox)
    await sender.start()
    await under_way.wait()
    await sender.stop()

    assert (await mail_of(mail_id))["state"] == "sent"


async def test_the_password_of_the_address_signs_in(services: Services) -> None:
    mailbox = Mailbox(free_port(), users={"orrery": "p@ss word"})
    await mailbox.start()
    await write_mails(1)

    await outbox(services, mailbox, "orrery:p%40ss%20word@").round()

    assert len(mailbox.received) == 1
    assert mailbox.logins[0].endswith(" orrery")
    await mailbox.stop()


async def test_a_wrong_password_costs_no_mail_an_attempt(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    mailbox = Mailbox(free_port(), users={"orrery": "right"})
    await mailbox.start()
    [mail_id] = await write_mails(1)
    sender = outbox(services, mailbox, "orrery:wrong@")

    await sender.start()
    await until(lambda: "mail waits" in caplog.text)
    await sender.stop()

    assert (await mail_of(mail_id))["attempts"] == 0
    assert "535" in caplog.text
    assert "wrong" not in caplog.text
    await mailbox.stop()


async def test_without_a_server_mails_are_files_that_their_owner_alone_reads(
    services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    [mail_id] = await write_mails(1)

    await Outbox(services, FolderMailer(folder, shows=False), SENDER).round()

    [file] = list(folder.iterdir())
    assert file.name == f"{mail_id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Your password was changed" in file.read_text()


@pytest.mark.parametrize(("scheme", "starttls"), [("smtps", False), ("smtp+starttls", True)])
async def test_mail_goes_over_tls_to_a_server_that_is_trusted_and_to_no_other(
    scheme: str, starttls: bool, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    file = certificate(tmp_path)
    mailbox = Mailbox(free_port(), tls=server_context(file), starttls=starttls)
    await mailbox.start()
    [mail_id] = await write_mails(1)
    server = parse_smtp_url(f"{scheme}://localhost:{mailbox.port}")
    sender = Outbox(services, SmtpMailer(server), SENDER, pace=QUICK)

    # When
    with pytest.raises(MailDownError, match=r"(?i)certificate|ssl"):
        await sender.round()
    untrusted = await mail_of(mail_id)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    await sender.round()

    # Then
    assert (untrusted["state"], untrusted["attempts"]) == ("pending", 0)
    assert len(mailbox.received) == 1
    await mailbox.stop()


async def test_no_password_goes_to_a_server_that_offers_no_tls(services: Services) -> None:
    mailbox = Mailbox(free_port(), users={"orrery": "secret"})
    await mailbox.start()
    await write_mails(1)
    server = parse_smtp_url(f"smtp+starttls://orrery:secret@localhost:{mailbox.port}")

    with pytest.raises(MailDownError):
        await Outbox(services, SmtpMailer(server), SENDER, pace=QUICK).round()

    assert mailbox.logins == []
    assert mailbox.received == []
    await mailbox.stop()


async def _all_sent(count: int) -> bool:
    return await collection(Mail).count_documents({"state": "sent"}) == count


async def _after_round(sender: Outbox, mail_id: ObjectId) -> bool:
    await sender.round()
    return bool((await mail_of(mail_id))["state"] != "pending")


async def _die(_: Any) -> None:
    raise asyncio.CancelledError
