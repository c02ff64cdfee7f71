"""Mail on its way out, and the links that mails carry."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import LinkPurpose, MailState, MailTemplate
from models.ids import Kind
from models.records import MailLinkRecord, MailRecord


@kind(0x91)
class Mail(Stored[MailRecord]):
    """One mail to one address, written in the transaction of the change that causes it.

    The text is made when it is sent, out of `template` and of what `about_id` names, so that no secret of a link is
    kept here. While it is PENDING, `due_at` says when a sender may take it: taking it moves `due_at` on (its lease) and
    counts an attempt, so that no other sender takes it meanwhile. `error` is the last refusal.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MAIL))
    to: str
    template: MailTemplate
    about_id: PydanticObjectId | None = None
    workspace_id: PydanticObjectId | None = None
    state: MailState = MailState.PENDING
    due_at: datetime = Field(default_factory=utc_now)
    attempts: int = 0
    error: str | None = None
    ended_at: datetime | None = None

    class Settings:
        name = "mails"
        indexes = [
            IndexModel([("state", ASCENDING), ("due_at", ASCENDING)]),
            IndexModel([("about_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("to", ASCENDING)]),
            IndexModel([("ended_at", ASCENDING)], expireAfterSeconds=30 * 24 * 3600),
        ]


@kind(0x92)
class MailLink(Stored[MailLinkRecord]):
    """What a link in a mail to a person is worth. `secret_hash` is the SHA-256 (hex) of its token; it works once.

    It stands for the address that it was sent to: it is worth nothing once the account has another.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MAIL_LINK))
    user_id: PydanticObjectId
    email: str
    purpose: LinkPurpose
    secret_hash: str
    expires_at: datetime

    class Settings:
        name = "mail_links"
        indexes = [
            IndexModel([("secret_hash", ASCENDING)], unique=True),
            IndexModel([("user_id", ASCENDING), ("purpose", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
