"""Logs: what agents write of what they do and, for whoever runs the installation, what the gateway says of itself."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from models.errors import Forbidden
from models.installation_enums import LogLevel
from models.limits import NAME, Text
from models.log_line import MESSAGE
from resolvers.activity.log_line import create_log_line, list_log_lines
from resolvers.inputs.activity import Metadata
from resolvers.inputs.installation import MAX_SEARCH, Level
from resolvers.inputs.log_line import LogFileSearch, LogLineCreate, LogLineList
from resolvers.installation.log_file import list_log_files, read_log_files
from rest.orkosi.bodies import Body, Query
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.log import OrkosiLogData, OrkosiLogFileData, file_line, log_file, log_line
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "logs",
    "/logs",
    about="What agents write of what they do, and what the gateway says of itself.",
    place=340,
    tag_place=180,
)

AgentName = Annotated[str, NAME]
_OTHER_WORDS = {
    "trace": LogLevel.INFO,
    "debug": LogLevel.INFO,
    "notice": LogLevel.INFO,
    "warning": LogLevel.WARN,
    "critical": LogLevel.ERROR,
    "fatal": LogLevel.ERROR,
}
"""What loggers call levels that there are not here."""
AnyLevel = Annotated[
    Level, BeforeValidator(lambda value: _OTHER_WORDS.get(value.lower(), value) if isinstance(value, str) else value)
]


class LogQuery(Query):
    """Which lines: `db` are those of agents, `file` those of the gateway, `q` is a part of the message."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    source: Literal["file", "db", "all"] = "all"
    agent: AgentName | None = None
    level: Level | None = None
    q: Annotated[str, Text(0, MAX_SEARCH)] = ""


class LogBody(Body):
    """A line of the log of an agent, or of another program of that name. Of what other loggers call levels, `warning`
    is `warn`, `critical` and `fatal` are `error`, and what is less than `info` is that."""

    agent: AgentName
    message: Annotated[str, MESSAGE]
    level: AnyLevel = LogLevel.INFO
    meta: Metadata | None = None


@routes.get("", "List lines of logs", runs=list_log_lines, query=LogQuery, names_object=True)
async def find(call: Call) -> list[OrkosiLogData]:
    """The newest first. Those of the gateway are for whoever runs the installation, and without `agent`: others are
    refused `file`, and get those of agents of `all`. `total` counts no further than one beyond `limit`."""
    query, found = call.query(LogQuery), list[OrkosiLogData]()
    searched = {"level": query.level, "search": query.q, "limit": query.limit + 1}
    values = LogLineList.of(**searched, agent_name=query.agent)
    lines = await list_log_lines(call.ctx, await workspace_of(call), values)
    if query.source != "file":
        found += map(log_line, lines)
    if query.source != "db" and query.agent is None:
        try:
            found += map(file_line, await read_log_files(call.ctx, LogFileSearch.of(**searched)))
        except Forbidden:
            if query.source == "file":
                raise
    found = sorted(found, key=lambda line: line["created_at"], reverse=True)[: query.limit + 1]
    # How many there are in all is not counted: `total` tells that there are more.
    call.meta.update(total=len(found), limit=query.limit, offset=0, has_more=len(found) > query.limit)
    return found[: query.limit]


@routes.post("", "Write a line to the log of an agent", runs=create_log_line, body=LogBody, names_object=True)
async def create(call: Call) -> OrkosiLogData:
    """It is kept for 30 days."""
    body = call.body(LogBody)
    values = LogLineCreate.of(
        workspace_id=await workspace_of(call),
        agent_name=body.agent,
        message=body.message,
        level=body.level,
        meta=body.meta,
    )
    return log_line((await create_log_line(call.ctx, values)).value)


@routes.get("/files", "List the files of the gateway's log", runs=list_log_files)
async def find_files(call: Call) -> list[OrkosiLogFileData]:
    """The newest first; for whoever runs the installation."""
    return whole_of(call, [log_file(file) for file in await list_log_files(call.ctx)])
