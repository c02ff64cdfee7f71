"""What the events of a workspace mean to automations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from models.enums import AutomationTrigger as Trigger
from models.ids import Kind, id_of
from models.records import CardRecord, LoggedEventRecord
from realtime.change import Cause
from realtime.events.card import CardCreated, CardMoved, CardUpdated
from resolvers.card.progress import is_checked, status_of
from resolvers.lane.card_facts import milliseconds

TYPES = tuple(event.__name__ for event in (CardCreated, CardMoved, CardUpdated))
"""The events that set automations off."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happened to a card: `before` and `after` are what automations ask for by `from` and `to`.

    `event_id` names it, once for all. `seq` is its place in the history; what the clock tells has `at` instead, when it
    was. `cause` is the automation that did it, and `confined` says that it was done by what is bound to the project.
    """

    trigger: Trigger
    event_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    before: Any = None
    after: Any = None
    seq: int | None = None
    at: datetime | None = None
    cause: Cause | None = None
    confined: bool = False


def occasions(event: LoggedEventRecord) -> Iterator[Occasion]:
    """What an event means."""
    card: CardRecord = event["data"]["card"]
    cause = event.get("cause")
    for trigger, before, after in _CHANGES[event["type"]](event["data"], card):
        yield Occasion(
            trigger,
            event["_id"],
            card["project_id"],
            card["_id"],
            before,
            after,
            seq=event["seq"],
            cause=None if cause is None else Cause(**cause),
            confined=event.get("confined", False),
        )


def due(card: CardRecord, date: datetime, over: datetime) -> Occasion:
    """That a date of a card has come, at `over`: the same one whenever it is told, with an id of its time."""
    at = milliseconds(date)
    moment = ObjectId((at // 1000).to_bytes(4) + at.to_bytes(8))
    event_id = id_of(Kind.EVENT, moment, card["_id"])
    confined = card.get("due_confined", False)
    return Occasion(Trigger.DUE_DATE_REACHED, event_id, card["project_id"], card["_id"], at=over, confined=confined)


Told = Iterator[tuple[Trigger, Any, Any]]


def _created(_: Mapping[str, Any], card: CardRecord) -> Told:
    yield Trigger.TASK_CREATED, None, None
    if (board := _board(card["project_id"], card["column_id"], card["scope_id"])) is not None:
        yield Trigger.TASK_ADDED_TO_BOARD, None, board
    if card["assignee_id"] is not None:
        yield Trigger.TASK_ASSIGNED, None, card["assignee_id"]


def _moved(data: Mapping[str, Any], card: CardRecord) -> Told:
    left, joined = data["from_column_id"], data["to_column_id"]
    if left == joined:
        return
    yield Trigger.TASK_MOVED, left, joined
    was_on = _board(card["project_id"], left, data.get("from_scope_id"))
    is_on = _board(card["project_id"], joined, card["scope_id"])
    if is_on is not None and is_on != was_on:
        yield Trigger.TASK_ADDED_TO_BOARD, was_on, is_on
    was, now = data.get("from_status"), status_of(card)
    if was is not None and was != now:
        yield Trigger.TASK_STATUS_CHANGED, was, now.value


def _board(project_id: ObjectId, column_id: ObjectId | None, scope_id: ObjectId | None) -> ObjectId | None:
    """Whose board a card is on: a scope's, or the project's."""
    return None if column_id is None else scope_id or project_id


def _updated(data: Mapping[str, Any], card: CardRecord) -> Told:
    if "assigneeId" in data["changed_fields"] and card["assignee_id"] is not None:
        yield Trigger.TASK_ASSIGNED, data.get("from_assignee_id"), card["assignee_id"]
    if "checklist" in data["changed_fields"] and is_checked(card) and not data.get("was_checked", False):
        yield Trigger.CHECKLIST_COMPLETE, None, None


_CHANGES = {CardCreated.__name__: _created, CardMoved.__name__: _moved, CardUpdated.__name__: _updated}
