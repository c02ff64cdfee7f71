"""The logs of the agents of a workspace: lines that they, or the programs that run them, write of what they do."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import mission as policy
from models import Agent, LogLine, Workspace
from models.base import AnyRecord, Record, collection, to_record
from models.enums import TokenScope
from models.errors import BadUserInput
from models.facts import CREATE
from models.installation_enums import LogLevel
from models.records import LogLineRecord, WorkspaceMemberRecord
from realtime.events.log_line import LogLineCreated
from realtime.log import Change, Committed
from resolvers.inputs.log_line import LogLineCreate, LogLineList
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.input import read_input
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import LOG_LINE, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Window, pages

READ, WRITE = TokenScope.OPERATIONS_READ, TokenScope.OPERATIONS_WRITE
MAX_A_MINUTE = 300
"""Lines by one person or agent."""
LOOKED_THROUGH = 10_000
"""Lines that are searched by their level or a part of their message, the latest."""

get_log_line = reader("logLine", LOG_LINE)


@operation("logLineCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE, tool="write_log", ungated=True)
async def create_log_line(
    ctx: Context, membership: WorkspaceMemberRecord, values: LogLineCreate
) -> Committed[LogLineRecord]:
    """Write a line to the log of an agent. An agent needs no approval for it.

    Raises RateLimited for too many.
    """
    await count_attempt("log line", str(ctx.user_id), limit=MAX_A_MINUTE, window=timedelta(minutes=1))
    workspace_id, given = membership["workspace_id"], values_of(values, LogLine, CREATE)

    async def body(change: Change) -> LogLineRecord:
        await require_parent(change, Workspace, workspace_id)
        named = {"workspace_id": workspace_id, "slug": given["agent_name"], "deleted_at": None}
        agent = await collection(Agent).find_one(named, {"_id": 1}, session=change.session)
        line = to_record(
            LogLine(
                workspace_id=workspace_id,
                **given,
                agent_id=None if agent is None else agent["_id"],
                level=values.level,
                meta=values.meta,
                recorded_by=ctx.user_id,
                created_at=change.at,
            )
        )
        await collection(LogLine).insert_one(line, session=change.session)
        change.append(workspace_id, LogLineCreated(log_line=line))
        return line

    return await ctx.write(workspace_id, body)


@operation("logLines", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_log_lines(ctx: Context, membership: WorkspaceMemberRecord, values: LogLineList) -> list[LogLineRecord]:
    """Lines of the logs of the agents of a workspace, the newest first; they are kept for 30 days.

    By level or a part of the message the latest 10,000 are searched.
    """
    return await _lines(membership["workspace_id"], values)


@edge(scope=READ)
async def log_lines_of(
    ctx: Context,
    workspaces: Sequence[AnyRecord],
    fields: Fields,
    *,
    agent_name: str | None = None,
    level: LogLevel | None = None,
    search: str | None = None,
    limit: int | None = None,
    before: str | None = None,
) -> list[list[LogLineRecord]]:
    """The same of each workspace. By level or a part of the message, one workspace is searched at a time."""
    asked = {"agentName": agent_name, "level": level, "search": search, "limit": limit, "before": before}
    values = read_input(LogLineList, {name: value for name, value in asked.items() if value is not None})
    if len(workspaces) == 1:
        return [await _lines(workspaces[0]["_id"], values)]
    if values.level is not None or values.search:
        raise BadUserInput("is searched in one workspace at a time", field="level" if values.level else "search")
    ids, window = [workspace["_id"] for workspace in workspaces], Window.read(values.limit)
    found = await pages(LogLine, "workspace_id", ids, window, sort=NEWEST_FIRST, where=_before(values), fields=fields)
    return [found[workspace_id].nodes for workspace_id in ids]


async def _lines(workspace_id: ObjectId, values: LogLineList) -> list[LogLineRecord]:
    where: Record = {"workspace_id": workspace_id, **_before(values)}
    wanted: Record = {} if values.level is None else {"level": values.level.value}
    if values.search:
        wanted["message"] = {"$regex": re.escape(values.search), "$options": "i"}
    if wanted:
        last = await collection(LogLine).find(where, {"_id": 1}).sort("_id", -1).skip(LOOKED_THROUGH).limit(1).to_list()
        if last:
            where["_id"] = {**where.get("_id", {}), "$gt": last[0]["_id"]}
    return await collection(LogLine).find({**where, **wanted}).sort("_id", -1).limit(values.limit).to_list()


def _before(values: LogLineList) -> Record:
    """What selects lines of one name, and those before another one."""
    named: Record = {} if values.agent_name is None else {"agent_name": values.agent_name}
    return named if values.before is None else {**named, "_id": {"$lt": values.before}}
