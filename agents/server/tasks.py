"""Missions as tasks: `run_agent` begins one whose id is the mission's, so that any worker answers for it, and it is
there for as long as the mission is.

The revision of 2025-11-25 has tasks in its core: the client asks for one, lists them, and waits for a result. That of
2026-07-28 has them as an extension: the server makes one for who knows it, and `tasks/get` brings all there is.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mcp_types as types

from agents.server.answers import done, refused
from agents.server.questions import Question, questions
from agents.tools.catalogue import TOOLS
from agents.tools.outputs import answer
from models.base import timestamp
from models.enums import MissionStatus as Status
from models.enums import MissionWait
from models.errors import BadUserInput, NotFound
from models.records import MissionRecord
from realtime.log import Committed
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.mission.mission import get_mission
from resolvers.state.mission_status import ACTIVE
from resolvers.subscribe import mission_events

EXTENSION = "io.modelcontextprotocol/tasks"
TOOL = "run_agent"
"""The tool whose call may be a task."""
RELATED = "io.modelcontextprotocol/related-task"
POLL_MILLISECONDS = 2_000
MOST_LISTED = 50
MAX_MESSAGE = 500

_STATUS: Mapping[str, str] = {Status.COMPLETED: "completed", Status.FAILED: "failed", Status.CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Task:
    """A mission as one of its callers finds it. `asked` is what it waits for that the caller may say, by keys that are
    each about one question."""

    mission: MissionRecord
    asked: Mapping[str, Question]

    @property
    def status(self) -> str:
        """Where it stands, as the protocol has it."""
        return "input_required" if self.asked else _STATUS.get(self.mission["status"], "working")

    @property
    def message(self) -> str:
        """Where it stands, in words."""
        return message_of(self.mission)


def message_of(mission: MissionRecord) -> str:
    """Where a mission stands, for people to read."""
    status, wait = Status(mission["status"]), mission.get("waiting_for")
    parts = [status.description if wait is None else MissionWait(wait).description]
    if status is Status.RUNNING and mission["step_count"]:
        parts.append(f"Turn {mission['step_count']} of at most {mission['max_steps']}.")
    parts += [text for text in (mission.get("error"), mission.get("summary")) if text]
    return " ".join(parts)[:MAX_MESSAGE]


async def read(ctx: Context, task_id: str, *, can_ask: bool = True) -> Task:
    """A task of the caller's; raises NotFound for what is no mission in reach. `can_ask` says that the client has
    questions answered by its person."""
    try:
        mission = await get_mission(ctx, task_id)
    except BadUserInput as error:  # the id of something else, or none
        raise NotFound("Task") from error
    return Task(mission, await questions(ctx, mission) if can_ask else {})


def as_known(mission: Mapping[str, Any], status: str, message: str | None) -> dict[str, Any]:
    """What both generations call alike. `mission` has the names of records or of clients."""
    created = mission.get("created_at") or mission["createdAt"]
    changed = mission.get("finished_at") or mission.get("started_at") or created
    told = {
        "taskId": str(mission.get("_id") or mission["id"]),
        "status": status,
        "createdAt": _moment(created),
        "lastUpdatedAt": _moment(changed),
    }
    return told if message is None else {**told, "statusMessage": message}


def _moment(at: datetime | str) -> str:
    return at if isinstance(at, str) else timestamp(at)


def in_core(known: Mapping[str, Any]) -> dict[str, Any]:
    """A task as the revision of 2025-11-25 tells it. It is kept as long as its mission."""
    return {**known, "ttl": None, "pollInterval": POLL_MILLISECONDS}


def as_extension(known: Mapping[str, Any]) -> dict[str, Any]:
    """A task as the extension tells it."""
    return {**known, "ttlMs": None, "pollIntervalMs": POLL_MILLISECONDS}


async def detailed(ctx: Context, task: Task) -> dict[str, Any]:
    """A task with what it waits for or what came of it, as the extension tells it: a mission that failed was a call
    that was answered all the same."""
    status = "completed" if task.status == "failed" else task.status
    told = as_extension(as_known(task.mission, status, task.message))
    if task.asked:
        told["inputRequests"] = {key: dumped(question.request) for key, question in task.asked.items()}
    elif status == "completed":
        told["result"] = dumped(await result_of(ctx, task.mission))
    return told


async def result_of(ctx: Context, mission: MissionRecord) -> types.CallToolResult:
    """What the call that began a mission comes to: what became of it, or how it stands."""
    status = Status(mission["status"])
    if status in (Status.FAILED, Status.CANCELLED):
        told = mission.get("error") or status.description
        return refused({"message": told, "extensions": {"code": status.name, "missionId": str(mission["_id"])}})
    operation = TOOLS[TOOL].operation
    assert operation is not None  # noqa: S101  (it runs one)
    cursor = await ctx.services.hub.log.head(mission["workspace_id"])
    return done(await answer(ctx, TOOL, operation, Committed(mission, cursor)))


async def listed(ctx: Context, cursor: str | None) -> tuple[list[MissionRecord], str | None]:
    """A page of the missions in reach, workspace by workspace and the newest first, and where the next one begins."""
    workspaces = [str(workspace["_id"]) for workspace in (await call(ctx, "whoami", {}))["workspaces"]]
    place, _, after = (cursor or "").partition(":")
    if place:
        if place not in workspaces:
            raise BadUserInput("is not a cursor of this server", field="cursor")
        workspaces = workspaces[workspaces.index(place) :]
    found: list[MissionRecord] = []
    for workspace_id in workspaces:
        window = {"first": MOST_LISTED - len(found), **({"after": after} if after else {})}
        page = await call(ctx, "missions", {"workspaceId": workspace_id, **window})
        found += page.nodes
        after = ""
        if page.has_next:
            return found, f"{workspace_id}:{page.cursor(page.nodes[-1])}"
        if len(found) == MOST_LISTED:
            following = workspaces[workspaces.index(workspace_id) + 1 :]
            return found, f"{following[0]}:" if following else None
    return found, None


async def followed(ctx: Context, task_id: str) -> AsyncGenerator[MissionRecord, None]:
    """A mission as it stands, and again whenever something has happened to it, until it has ended."""
    try:
        source = await mission_events(ctx, task_id)
    except BadUserInput as error:
        raise NotFound("Task") from error
    async with aclosing(source):
        async for event in source:
            mission: MissionRecord | None = event["data"].get("mission")
            if event["type"] in ("StreamReady", "StreamLagged"):
                mission = await get_mission(ctx, task_id)
            if mission is None:
                continue
            yield mission
            if mission["status"] not in ACTIVE or event["type"] == "StreamLagged":
                return


async def ended(ctx: Context, task_id: str) -> MissionRecord:
    """A mission, once it has ended."""
    while True:
        async with aclosing(followed(ctx, task_id)) as changes:
            async for mission in changes:
                if mission["status"] not in ACTIVE:
                    return await get_mission(ctx, task_id)


async def cancel(ctx: Context, task_id: str) -> None:
    """End a mission; raises NotFound for what is none in reach, Conflict for one that has ended."""
    try:
        await call(ctx, "missionCancel", {"id": task_id})
    except BadUserInput as error:
        raise NotFound("Task") from error


def dumped(told: types.CallToolResult | types.ElicitRequest) -> dict[str, Any]:
    dumped: dict[str, Any] = told.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dumped
