"""The sender of the outbox: takes mails that are due, one at a time, and hands them over.

Several processes may run one each. Taking a mail moves its `due_at` on by a lease and counts an attempt, on the
condition that nobody else has: of two senders one gets it. A mail that was handed over and could not be marked as sent
is only marked by this process. What remains is a process that dies between the server's answer and the mark: the next
one sends that mail again, with the same Message-ID.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bson import ObjectId
from pymongo.errors import PyMongoError

from gateway.mail_settings import Sender
from gateway.mailer import Deliver, MailDownError, Mailer, RefusedError
from models import Mail
from models.base import Record, collection, utc_now
from models.enums import MailState
from models.records import MailRecord
from realtime.loop import NONE, Loop, Rest
from resolvers.kit.context import Services
from resolvers.mail.letters import Letter
from resolvers.mail.mail import compose

log = logging.getLogger("orrery.mail")

LEASE = timedelta(minutes=5)
"""More than a mail may take, so that no other sender takes one that is on its way."""
MAX_ATTEMPTS = 8
PORTION = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken; the pauses where nobody takes mail, and after a refusal."""

    poll: float = 5.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    retry: float = 30.0
    stop: float = 15.0


class Outbox:
    """The sender of one process."""

    def __init__(self, services: Services, delivery: Mailer, sender: Sender, *, pace: Pace | None = None) -> None:
        self._services = services
        self._delivery = delivery
        self._sender = sender
        self._pace = pace or Pace()
        self._handed_over: set[ObjectId] = set()
        self._pause = self._pace.first_pause
        self._loop = Loop(
            "outbox",
            self._go_on,
            log=log,
            told="mail waits",
            after_failure=Rest(self._pace.longest_pause, is_woken=False),
            due=services.mail_due,
            patience=self._pace.stop,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish the mail that is on its way, and stop."""
        await self._loop.stop()

    async def _go_on(self) -> Rest:
        try:
            more = await self.round()
        except (MailDownError, PyMongoError) as error:
            log.warning("mail waits: %s", error)
            rest = Rest(self._pause, is_woken=False)
            self._pause = min(self._pause * 2, self._pace.longest_pause)
            return rest
        self._pause = self._pace.first_pause
        return NONE if more else Rest(self._pace.poll)

    async def round(self) -> bool:
        """Send what is due; whether there may be more. Raises MailDownError and what the database raises.

        A server that cannot be reached costs no mail an attempt: it is asked before any is taken.
        """
        due = {"state": MailState.PENDING.value, "due_at": {"$lte": utc_now()}}
        found = await collection(Mail).find(due).sort("due_at", 1).limit(PORTION).to_list()
        if not found:
            return False
        async with self._delivery.open() as deliver:
            for mail in found:
                if self._loop.is_stopping:
                    return False
                if mail["_id"] in self._handed_over:
                    await self._mark(mail)
                elif (taken := await _take(mail)) is not None:
                    await self._send(taken, deliver)
        return len(found) == PORTION

    async def _send(self, mail: MailRecord, deliver: Deliver) -> None:
        try:
            letter = await compose(self._services, mail)
            message = None if letter is None else self._message(mail, letter)
        except PyMongoError:
            raise  # no fault of the mail
        except Exception as error:
            log.exception("mail %s cannot be composed", mail["_id"])
            await self._refused(mail, f"{type(error).__name__}: {error}"[:500], for_good=False)
            return
        if message is None:
            await collection(Mail).delete_one({"_id": mail["_id"]})
            return
        try:
            await deliver(message)
        except RefusedError as error:
            await self._refused(mail, str(error), for_good=error.for_good)
        except MailDownError as error:
            if error.during:
                await self._refused(mail, str(error), for_good=False)
            else:
                await _put_back(mail)
            raise
        else:
            self._handed_over.add(mail["_id"])
            await self._mark(mail)

    async def _mark(self, mail: MailRecord) -> None:
        done = {"state": MailState.SENT.value, "ended_at": utc_now(), "error": None}
        await collection(Mail).update_one({"_id": mail["_id"]}, {"$set": done})
        self._handed_over.discard(mail["_id"])

    async def _refused(self, mail: MailRecord, error: str, *, for_good: bool) -> None:
        now = utc_now()
        changes: Record = {"error": error}
        if for_good or mail["attempts"] >= MAX_ATTEMPTS:
            log.warning("mail %s could not be delivered: %s", mail["_id"], error)
            changes |= {"state": MailState.FAILED.value, "ended_at": now}
        else:
            changes["due_at"] = now + timedelta(seconds=self._pace.retry * 2 ** (mail["attempts"] - 1))
        mine = {"_id": mail["_id"], "attempts": mail["attempts"]}
        await collection(Mail).update_one(mine, {"$set": changes})

    def _message(self, mail: MailRecord, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender.header
        message["To"] = mail["to"]
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(mail["created_at"])
        message["Message-ID"] = f"<{mail['_id']}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


async def _take(mail: MailRecord) -> MailRecord | None:
    """The mail with a lease of this sender, or None where another was faster."""
    now: datetime = utc_now()
    same = {
        "_id": mail["_id"],
        "state": MailState.PENDING.value,
        "attempts": mail["attempts"],
        "due_at": mail["due_at"],
    }
    lease = {"$set": {"due_at": now + LEASE}, "$inc": {"attempts": 1}}
    taken = await collection(Mail).update_one(same, lease)
    return {**mail, "attempts": mail["attempts"] + 1} if taken.matched_count else None


async def _put_back(mail: MailRecord) -> None:
    mine = {"_id": mail["_id"], "attempts": mail["attempts"]}
    await collection(Mail).update_one(mine, {"$set": {"due_at": utc_now()}, "$inc": {"attempts": -1}})
