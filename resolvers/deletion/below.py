"""What goes with a workspace or a project as its model says, and what does not go with a workspace.

Where all records of a collection name what they are in (`workspace_id` or `project_id`, which is required, and which an
index begins with), they go with that by a step that nobody writes. Each is told of by the event `<Noun>Deleted`, where
there is one, in a history that can still be read. `orrery catalogue --deletions` prints what follows so.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymongo import IndexModel

from models import (
    DOCUMENTS,
    AttemptCount,
    Avatar,
    Backup,
    BillingEvent,
    BusMessage,
    Credential,
    CredentialVersion,
    FileChunk,
    FileLeftover,
    IdempotencyKey,
    Identity,
    Inbox,
    Installation,
    Job,
    KeyUse,
    Lease,
    LedgerEntry,
    LogEntry,
    LoggedEvent,
    MailLink,
    Migration,
    OAuthClient,
    OAuthCode,
    OAuthGrant,
    Organization,
    PanelState,
    Preferences,
    Probe,
    ReadMark,
    Schedule,
    SeenMark,
    Session,
    StoredFile,
    StreamHead,
    Team,
    TeamMember,
    User,
    Wallet,
    Workspace,
)
from models.base import Recorded
from realtime.events import EVENTS, Event
from resolvers.deletion import cascade_events as tell
from resolvers.deletion.cascade import Step, rows

GOES_OTHERWISE: dict[type[Recorded[Any]], str] = {
    Organization: "goes in the change that deletes it, or when it was kept for long enough",
    Workspace: "goes in the change that deletes it, or with its organization",
    User: "an agent's goes with its workspace; a person's stays without a name, for what others rely on",
    Credential: "is its organization's",
    Team: "is its organization's",
    TeamMember: "is its organization's",
    Job: "goes with its queue",
    Schedule: "goes with its queue",
    CredentialVersion: "is its organization's",
    Wallet: "is its organization's, or a person's",
    LedgerEntry: "is its organization's, or a person's",
    LoggedEvent: "the history goes last (HISTORIES)",
    StreamHead: "the history goes last (HISTORIES)",
    StoredFile: "goes as a leftover, which an attachment or an import leaves",
    FileChunk: "goes as a leftover",
    FileLeftover: "goes with the bytes, within a minute",
    IdempotencyKey: "is a person's, and is kept for a day",
    Session: "is a person's",
    Inbox: "is a person's; what its notifications come to is kept when those go",
    Preferences: "are a person's",
    PanelState: "is a person's, and ends by itself",
    ReadMark: "is a person's",
    SeenMark: "is a person's, and ends with the activities that it is compared with",
    MailLink: "is a person's",
    Avatar: "is a person's",
    Identity: "is a person's",
    KeyUse: "names nobody, and is kept for three months",
    LogEntry: "names nobody, and is kept for a month",
    Backup: "is the installation's",
    BillingEvent: "names nobody, and is kept for a month",
    OAuthGrant: "is a person's",
    OAuthCode: "is a person's, and is kept for a day",
    OAuthClient: "belongs to nobody, and goes when it is used no more",
    AttemptCount: "names nobody, and is kept for its window",
    Installation: "belongs to the gateway",
    Lease: "belongs to the gateway",
    Migration: "belongs to the gateway",
    Probe: "belongs to the gateway",
    BusMessage: "is a hint between gateways",
}
"""Collections that do not go with a workspace, or not by a step for all of them, each with the reason."""


def with_all_below(
    key: str, first: Sequence[Step], last: Sequence[Step] = (), *, is_told: bool = False
) -> tuple[Step, ...]:
    """A plan: the `first` steps, then one for each collection that is below by its model and that none of these takes,
    then the `last` ones. `is_told` says whether the history can still be read."""
    taken = {model for step in (*first, *last) for model in step.models}
    left = (model for model in DOCUMENTS if model not in taken | GOES_OTHERWISE.keys())
    return (*first, *(_following(model, key, is_told) for model in left if _is_below(model, key)), *last)


def _is_below(model: type[Recorded[Any]], key: str) -> bool:
    """Whether all records of a collection name what they are in, and are found by that."""
    field = model.model_fields.get(key)
    indexes: Sequence[IndexModel] = getattr(model.Settings, "indexes", ())
    return field is not None and field.is_required() and any(_begins_with(index) == key for index in indexes)


def _begins_with(index: IndexModel) -> Any:
    return next(iter(index.document["key"]))


def _following(model: type[Recorded[Any]], key: str, is_told: bool) -> Step:
    event = _end_of(model) if is_told else None
    step = rows(model, key, None if event is None else tell.deleted(event))
    return replace(step, follows=f"{key}, {event.__name__}" if event else key)


def _end_of(model: type[Recorded[Any]]) -> type[Event] | None:
    """The event that tells of a deletion. Raises LookupError for one that takes more than the id of what is gone."""
    event = EVENTS.get(f"{model.__name__}Deleted")
    if event is None:
        return None
    taken = {name for name, field in event.model_fields.items() if field.is_required()}
    if taken != {"deleted_id"}:
        raise LookupError(f"{event.__name__} takes {sorted(taken)}: a step of resolvers.deletion.plan is to tell of it")
    return event
