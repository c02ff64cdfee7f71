"""Mail outlives the gateway: killed while the mail server is away, and killed again while mail is going out."""

import asyncio
import signal
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.gateway.mail_lab import Mailbox, free_port, until
from tests.gateway.process import Serving, serving
from tests.patience import PATIENCE

PEOPLE = 8
BEFORE_DEATH = 3


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server that is away at first."""
    opened = Mailbox(free_port())
    yield opened
    await opened.stop()


def settings(mailbox: Mailbox) -> dict[str, str]:
    return {
        "ORRERY_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "ORRERY_MAIL_FROM": "Orrery <orrery@example.com>",
    }


def register(running: Serving, number: int) -> None:
    body = {"email": f"person-{number}@example.com", "password": "correct horse battery"}
    running.client.request("POST", "/auth/register", body)


@pytest.mark.slow("starts three gateways, one after the other")
async def test_what_waits_outlives_two_deaths_and_nothing_comes_twice_but_what_was_on_its_way(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    # Given: mails that wait for a server that is away, and a gateway that dies with them
    with serving(tmp_path, **settings(mailbox)) as running:
        for number in range(PEOPLE):
            await asyncio.to_thread(register, running, number)
        await asyncio.to_thread(running.end, signal.SIGKILL)

    # When: it dies once more, in the middle of sending
    under_way = asyncio.Event()

    def count(_: EmailMessage) -> None:
        if len(mailbox.received) >= BEFORE_DEATH:
            under_way.set()

    mailbox.answer = count
    await mailbox.start()
    with serving(tmp_path, **settings(mailbox)) as running:
        async with asyncio.timeout(PATIENCE):
            await under_way.wait()
        await asyncio.to_thread(running.end, signal.SIGKILL)
    with serving(tmp_path, **settings(mailbox)):
        await until(lambda: len({one["To"] for one in mailbox.received}) >= PEOPLE - 1, 60)

    # Then: what was on its way at the second death waits for its lease, or came once more under the same id
    counts = mailbox.counts()
    assert len(counts) >= PEOPLE - 1
    assert sum(counts.values()) - len(counts) <= 1
