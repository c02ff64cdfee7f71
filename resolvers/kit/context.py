"""What every operation is given first: who asks, and the services it works with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bson import ObjectId

from auth.jwt import JwtSigner
from auth.recognition import Recognitions
from auth.subject import Subject
from auth.vault import Vault
from models.admission import Admission
from models.backup_remote import BackupRemote
from models.billing import Billing
from models.enums import TokenScope
from models.language_model import LanguageModels
from models.outbound import Outbound
from models.project_roots import ProjectRoot
from realtime.cursor import Cursor
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import Change, Committed
from resolvers.kit.mark import Mark
from resolvers.kit.upload import Uploads
from resolvers.state.follow import follow
from resolvers.words.index import SearchIndex

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What one gateway process holds for all requests.

    `shows_links` says that no mail leaves the gateway, so that its links are answered to whoever causes it.
    `mail_due` wakes the sender of this process, `files_due` what removes the bytes of deleted attachments,
    `transfers_due` what runs imports, `deletions_due` what goes on with deletions, and `backups_due` what makes
    backups, in `backup_dir`; they are copied to the `backup_remote` by somebody else. `log_dir` is the folder of the
    files of the gateway's log.
    `registrations_per_hour` is how many accounts one source may make, `storage_quota` how many bytes a workspace may
    have together. `agent_board_prefix` is where the agent board's interface is, below `base_url`. `outbound` makes
    requests to other servers, `vault` seals what credentials hold, `auth_optional` says that authentication may be
    turned off, `billing` what is paid where. `models` are those that missions are run by. `project_roots` are the
    folders of the machine that projects may have theirs in, `automations_root` the one in which the files are looked
    for that start agents; `worktrees` is the folder of those of cards, and `worktrees_due` wakes what removes them.
    `runs_scripts` says whether scripts of projects are run, and `scripts_due` wakes what does. `version` is the
    product's, `started` when the process did by its own clock.
    """

    hub: Hub
    guard: Guard
    signer: JwtSigner
    session_lifetime: timedelta
    base_url: str
    agent_board_prefix: str = "/api"
    shows_links: bool = True
    require_verified_email: bool = False
    auth_optional: bool = False
    registrations_per_hour: int = 100
    mail_due: asyncio.Event = field(default_factory=asyncio.Event)
    storage_quota: int = 1024**3
    files_due: asyncio.Event = field(default_factory=asyncio.Event)
    uploads: Uploads = field(default_factory=Uploads)
    imports: Uploads = field(default_factory=lambda: Uploads(at_once=2))
    receiving: Admission = field(default_factory=lambda: Admission("imports on their way", of_one=2, in_all=100))
    importing: Admission = field(default_factory=lambda: Admission("imports under way", of_one=2, in_all=8))
    transfers_due: asyncio.Event = field(default_factory=asyncio.Event)
    deletions_due: asyncio.Event = field(default_factory=asyncio.Event)
    backups_due: asyncio.Event = field(default_factory=asyncio.Event)
    backup_dir: Path | None = None
    backup_remote: BackupRemote | None = None
    log_dir: Path | None = None
    search: SearchIndex = field(default_factory=SearchIndex)
    recognitions: Recognitions = field(default_factory=Recognitions)
    outbound: Outbound = field(default_factory=Outbound)
    vault: Vault = field(default_factory=Vault)
    billing: Billing = field(default_factory=Billing)
    models: LanguageModels = field(default_factory=LanguageModels)
    project_roots: Sequence[ProjectRoot] = ()
    automations_root: ProjectRoot | None = None
    worktrees: Path = Path(".data/worktrees")
    worktrees_due: asyncio.Event = field(default_factory=asyncio.Event)
    runs_scripts: bool = False
    scripts_due: asyncio.Event = field(default_factory=asyncio.Event)
    version: str = "0.0.0"
    started: float = field(default_factory=monotonic)

    def path(self, local: str) -> str:
        """Where a browser finds the `local` path of this gateway, on the host that it is on."""
        return urlsplit(self.base_url).path.rstrip("/") + local

    def revoked(self) -> None:
        """Somebody may be allowed less: ask about everybody anew."""
        self.recognitions.forget()
        self.guard.look()


@dataclass(slots=True)
class Context:
    """One request (or one event of a subscription).

    `memberships` remembers the roles that were looked up for it, `gone` what of those workspaces was deleted and is to
    be hidden (`tombstone`), `emptied` which columns of them stay without their cards, `positions` where streams stood
    before it read them, where it `notes_positions`.
    `colleagues` remembers which users share an organization with the caller.
    `marks` are written in the transaction of each of its changes. `text_read` counts the bytes of documents that it
    has read (`resolvers.document.version`).
    Of an agent, `mission_id` is what it works on, `explanation` why it does what it asks for; where that was decided
    on, `is_decided`, the gate proposes nothing (`resolvers.proposal.gate`).
    """

    subject: Subject
    services: Services
    memberships: dict[ObjectId, Any] = field(default_factory=dict)
    gone: dict[ObjectId, frozenset[ObjectId]] = field(default_factory=dict)
    emptied: set[ObjectId] = field(default_factory=set)
    colleagues: set[ObjectId] = field(default_factory=set)
    positions: dict[ObjectId, Cursor] = field(default_factory=dict)
    notes_positions: bool = False
    marks: tuple[Mark, ...] = ()
    mission_id: ObjectId | None = None
    explanation: str | None = None
    is_decided: bool = False
    text_read: int = 0

    @classmethod
    def of_stream(cls, services: Services, workspace_id: ObjectId, scopes: frozenset[TokenScope]) -> "Context":
        """The context that events of a workspace are read with for all who watch it with the same scopes.

        It is nobody's: it may read the one workspace, as every member may, and has no role. What asks for the user, a
        role or another workspace fails.
        """
        return cls(Subject(scopes=scopes, workspace_id=workspace_id), services, {workspace_id: {"_id": None}})

    @property
    def user_id(self) -> ObjectId:
        """The caller; raises Unauthenticated for an anonymous one."""
        return self.subject.require_user()

    @property
    def source(self) -> str | None:
        """The address that the request comes from; None where there is no network between."""
        return self.subject.source

    async def write(
        self,
        stream_id: ObjectId,
        body: Callable[[Change], Awaitable[T]],
        *,
        revokes: bool = False,
        mails: bool = False,
    ) -> Committed[T]:
        """Commit a change with its events in the history of a workspace, an organization or a user.

        `revokes` says that somebody may be allowed less afterwards if anything happens, so that their open streams end
        at once here, and their next request is refused. In other processes, and where this is forgotten, that takes a
        few seconds.
        `mails` says that a mail may have been written, which is sent at once then.
        """
        happened: list[bool] = []

        async def watched(change: Change) -> T:
            value = await body(change)
            happened.append(bool(change.events))
            return value

        try:
            committed = await self.write_as(stream_id, self.subject.user_id, watched)
        finally:  # also where it failed: what became of a commit is not always known
            if revokes and (any(happened) or not happened):
                self.memberships.clear()
                self.colleagues.clear()
                self.services.revoked()
        if mails:
            self.services.mail_due.set()
        return committed

    async def write_as(
        self, stream_id: ObjectId, actor_id: ObjectId | None, body: Callable[[Change], Awaitable[T]]
    ) -> Committed[T]:
        """Commit a change as that of somebody who is not signed in yet. Every change of a request passes here."""
        body = self.followed(body)
        for mark in self.marks:
            body = mark.marking(body)
        return await self.services.hub.log.write(stream_id, actor_id, body)

    def followed(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        """A change with what follows from it."""

        async def following(change: Change) -> T:
            if change.actor_id is not None and change.actor_id == self.subject.user_id:
                change.is_agents = self.subject.agent_id is not None or self.subject.organization_id is not None
            change.confined = change.confined or self.subject.project_id is not None
            return await follow(self, change, await body(change))

        return following
