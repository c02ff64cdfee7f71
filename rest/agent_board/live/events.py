"""What the agent board is told of events: a name, and what is shown of the records that they carry.

An event is rendered once for all who follow a project with the same scopes, so nothing in it depends on who reads it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

import orjson

from models import Label
from models.base import AnyRecord, timestamp
from models.conversation_enums import ConversationKind
from models.reach import once_reached
from realtime.payload import EventPayload
from realtime.told import ToldEvent
from resolvers.column.column import columns_around
from resolvers.kit.load import by_ids
from rest.agent_board.attachments import attachment
from rest.agent_board.present.board import board_id, columns
from rest.agent_board.present.card import CardData
from rest.agent_board.present.conversation import MessageData
from rest.agent_board.present.run import STATUSES, message
from rest.agent_board.scripts import run_data
from rest.present import shown

Data = Mapping[str, Any]
Show = Callable[[AnyRecord], Data | Awaitable[Data]]
"""From what an event carries to what is told of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an event is told as. One that `is_passing` is not kept: it has no cursor, and says in its routing alone what
    it is about."""

    name: str | Callable[[AnyRecord], str]
    show: Show
    is_passing: bool = False

    def name_of(self, data: AnyRecord) -> str:
        """What it is called, which may depend on what it carries."""
        return self.name if isinstance(self.name, str) else self.name(data)


def _id(data: AnyRecord) -> Data:
    return {"id": str(data["deleted_id"])}


def _cleaned(data: AnyRecord) -> Data:
    return {"id": str(data["column_id"])}


def _user(data: AnyRecord) -> Data:
    return {"userId": str(data["user_id"])}


def _member(data: AnyRecord) -> Data:
    return {"userId": str(data["member"]["user_id"]), "role": data["member"].get("role", "member")}


async def _card(data: AnyRecord) -> Data:
    record = data["card"]
    labels = await by_ids(Label, record["label_ids"], frozenset({"name"}))
    told: dict[str, Any] = {
        **shown(CardData, record),
        "rank": record["rank"],
        "projectId": str(record["project_id"]),
        "boardId": board_id(record),
        "prompt": record["description"],
        "hasActiveAgent": record.get("active_mission_id") is not None,
        "labels": [labels[label_id]["name"] for label_id in record["label_ids"] if label_id in labels],
        "isAutoMode": bool(record.get("auto_mode")),
        "autoApprovalPending": record.get("pending_column_id") is not None,
        "attachmentCount": record["attachment_count"],
        "completedAt": None if record["completed_at"] is None else timestamp(record["completed_at"]),
    }
    return told if data.get("order") is None else {**told, "position": data["order"]}


async def _column(data: AnyRecord) -> Data:
    record: Any = {**data["column"], "order": data["order"]}
    [alone] = columns([record])
    if record.get("kind") is not None:
        return alone
    # What its type is depends on those around it.
    around = columns(await columns_around(record))
    return next((column for column in around if column["id"] == alone["id"]), alone)


def _board(data: AnyRecord) -> Data:
    scope = data["scope"]
    named = {"id": str(scope["_id"]), "name": scope["name"], "projectId": str(scope["project_id"])}
    return {**named, "rank": scope.get("rank", "")}


def _project(data: AnyRecord) -> Data:
    project = data["project"]
    return {"id": str(project["_id"]), "name": project["name"], "path": project.get("path")}


def _label(data: AnyRecord) -> Data:
    label = data["label"]
    return {"id": str(label["_id"]), "name": label["name"], "color": label["color"]}


def _ranks(data: AnyRecord) -> Data:
    return {"ids": [str(card_id) for card_id in data["ids"]], "ranks": data["ranks"]}


def _run(data: AnyRecord) -> dict[str, Any]:
    mission = data["mission"]
    card_id = mission["card_id"]
    return {"sessionId": str(mission["_id"]), "cardId": None if card_id is None else str(card_id)}


def _status(data: AnyRecord) -> Data:
    before = data["from_status"]
    previous = None if before is None else STATUSES[before]
    return {**_run(data), "status": STATUSES[data["to_status"]], "previousStatus": previous}


def _progress(data: AnyRecord) -> Data:
    return {**_run(data), "progress": data["mission"]["progress"]}


def _message(data: AnyRecord) -> Data:
    return {**_run(data), **message(data["activity"])}


def _output(data: AnyRecord) -> Data:
    run = _run({"mission": {"_id": data["mission_id"], "card_id": data["card_id"]}})
    return {**run, "attempt": data["attempt"], "offset": data["offset"], "text": data["text"]}


def _worktree(data: AnyRecord) -> Data:
    worktree = data["worktree"]
    named = {"id": str(worktree["_id"]), "cardId": str(worktree["card_id"])}
    return {**named, "branch": worktree["branch"], "base": worktree["base"]}


def _script(data: AnyRecord) -> Data:
    script = data["script"]
    return {"id": str(script["_id"]), **{name: script[name] for name in ("name", "command", "rank")}}


def _script_status(data: AnyRecord) -> Data:
    return run_data(data["script_run"]["script_id"], data["script_run"])


def _script_output(data: AnyRecord) -> Data:
    return {"scriptId": str(data["script_id"]), "output": data["text"]}


def _notification(data: AnyRecord) -> Data:
    activity = data["activity"]
    about = {name: activity.get(f"{name}_id") for name in ("project", "card")}
    ids = {f"{name}Id": None if about_id is None else str(about_id) for name, about_id in about.items()}
    return {"id": str(data["notification"]["_id"]), "type": activity["type"], **ids}


def _said(data: AnyRecord) -> Data:
    conversation = data["conversation"]
    about = {"projectId": str(conversation["project_id"]), "status": conversation["state"]}
    said = shown(MessageData, data["message"])
    if conversation["kind"] != ConversationKind.PRE_SESSION:
        return {"conversationId": str(conversation["_id"]), **about, **said}
    return {"sessionId": str(conversation["_id"]), "cardId": str(conversation["card_id"]), **about, **said}


def _name_of_said(data: AnyRecord) -> str:
    kind = data["conversation"]["kind"]
    return "pre_session_message" if kind == ConversationKind.PRE_SESSION else "assistant_message"


IN_PROJECT: Mapping[str, Told] = {
    "CardCreated": Told("card_created", _card),
    "CardUpdated": Told("card_updated", _card),
    "CardArchived": Told("card_updated", _card),
    "CardMoved": Told("card_moved", _card),
    "CardsRanked": Told("cards_ranked", _ranks),
    "CardDeleted": Told("card_deleted", _id),
    "ColumnCreated": Told("column_created", _column),
    "ColumnUpdated": Told("column_updated", _column),
    "ColumnCleaned": Told("column_cleaned", _cleaned),
    "ColumnDeleted": Told("column_deleted", _id),
    "ScopeCreated": Told("board_created", _board),
    "ScopeUpdated": Told("board_updated", _board),
    "ScopeDeleted": Told("board_deleted", _id),
    "ProjectUpdated": Told("project_updated", _project),
    "ProjectDeleted": Told("project_deleted", _id),
    "ProjectMemberAdded": Told("member_added", _member),
    "ProjectMemberUpdated": Told("member_updated", _member),
    "ProjectMemberRemoved": Told("member_removed", _user),
    "LabelCreated": Told("label_created", _label),
    "LabelUpdated": Told("label_updated", _label),
    "LabelDeleted": Told("label_deleted", _id),
    "AttachmentAdded": Told("attachment_added", lambda data: attachment(data["attachment"])),
    "AttachmentDeleted": Told("attachment_deleted", _id),
    "WorktreeCreated": Told("worktree_created", _worktree),
    "WorktreeDeleted": Told("worktree_deleted", _id),
    "ScriptCreated": Told("script_created", _script),
    "ScriptUpdated": Told("script_updated", _script),
    "ScriptDeleted": Told("script_deleted", _id),
    "ScriptRunChanged": Told("script_status", _script_status),
    "ScriptOutputAdded": Told("script_output", _script_output),
    "MissionStatusChanged": Told("agent_status", _status),
    "MissionProgressed": Told("agent_progress", _progress),
    "MissionActivityAdded": Told("agent_message", _message),
    "MissionOutputDelta": Told("agent_output", _output, is_passing=True),
}
PERSONAL: Mapping[str, Told] = {
    "NotificationReceived": Told("notification", _notification),
    "MessageAdded": Told(_name_of_said, _said),
}
OF_STREAM: Mapping[str, Told] = {
    "StreamReady": Told("subscribed", lambda data: {"recovered": data["recovered"]}),
    "StreamLagged": Told("lagged", lambda data: {"dropped": data["dropped"], "resumeFrom": data["resume_from"]}),
}


class Renderer:
    """Makes the message of an event for those who follow a project, or their own notifications."""

    def __init__(self, told: Mapping[str, Told], project_id: str | None) -> None:
        # A person's own stream is followed from now on, so there is nothing to say of its beginning.
        of_stream = OF_STREAM if project_id is not None else {"StreamLagged": OF_STREAM["StreamLagged"]}
        self._told = {**told, **of_stream}
        self._project_id = project_id

    def __call__(self, event: ToldEvent) -> EventPayload | Awaitable[EventPayload] | None:
        told = self._told.get(event["type"])
        if told is None:
            return None
        if told.is_passing:
            about = {key: event.get(key) for key in ("mission_id", "card_id")}
            passing = cast(Data, told.show({"attempt": None, "offset": None, **event["data"], **about}))
            return self._message(told.name_of(event["data"]), passing, event, cursor=None)
        data = told.show(event["data"])
        if isawaitable(data):
            return self._later(told, data, event)
        return self._message(told.name_of(event["data"]), data, event, cursor=event["cursor"])

    async def _later(self, told: Told, data: Awaitable[Data], event: ToldEvent) -> EventPayload:
        found = await once_reached(data, lambda: told.show(event["data"]))
        return self._message(told.name_of(event["data"]), found, event, cursor=event["cursor"])

    def _message(self, name: str, data: Data, event: ToldEvent, *, cursor: str | None) -> EventPayload:
        sent = {
            "type": name,
            "data": data,
            "projectId": self._project_id,
            "cursor": cursor,
            "at": timestamp(event["at"]),
        }
        written_at = None if event["seq"] is None else event["at"].timestamp()
        return EventPayload(orjson.dumps(sent), event["cursor"], written_at)
