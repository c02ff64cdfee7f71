"""The methods of tasks, by both generations of the protocol, and what makes a call a task."""

from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from agents.server import tasks
from agents.server.ask import shows_forms
from agents.server.questions import settle
from agents.server.refusals import told_as_errors
from agents.server.tasks import EXTENSION, RELATED, TOOL
from models.admission import Admission
from models.errors import Conflict
from resolvers.kit.context import Context

MISSING = "Task not found"

ContextOf = Callable[[ServerRequestContext], Context]
Params = types.GetTaskRequestParams
Answer = Callable[[ServerRequestContext, Any], Awaitable[dict[str, Any]]]

WAITING = Admission("clients of MCP that wait for tasks", of_one=50, in_all=5_000)


class UpdateParams(types.InputResponseRequestParams):
    """Of `tasks/update`: what was answered, by the keys of what was asked."""

    task_id: str


def add_tasks(server: Server[Any], context_of: ContextOf) -> None:
    """Let a server answer what is asked of tasks, and begin them."""

    async def get(ctx: ServerRequestContext, params: Params) -> dict[str, Any]:
        with told_as_errors(MISSING):
            context = context_of(ctx)
            task = await tasks.read(
                context, params.task_id, can_ask=_is_core(ctx) or shows_forms(ctx.session.client_capabilities)
            )
            if _is_core(ctx):
                return tasks.in_core(tasks.as_known(task.mission, task.status, task.message))
            return await tasks.detailed(context, task)

    async def result(ctx: ServerRequestContext, params: Params) -> dict[str, Any]:
        with told_as_errors(MISSING):
            context = context_of(ctx)
            with WAITING.one(context.user_id):
                mission = await tasks.ended(context, params.task_id)
            told = tasks.dumped(await tasks.result_of(context, mission))
        del told["resultType"]  # which this generation does not know
        return {**told, "_meta": {RELATED: {"taskId": params.task_id}}}

    async def listing(ctx: ServerRequestContext, params: types.PaginatedRequestParams) -> dict[str, Any]:
        with told_as_errors(MISSING):
            missions, cursor = await tasks.listed(context_of(ctx), params.cursor)
        told = [tasks.Task(mission, {}) for mission in missions]
        page = {"tasks": [tasks.in_core(tasks.as_known(each.mission, each.status, each.message)) for each in told]}
        return page if cursor is None else {**page, "nextCursor": cursor}

    async def cancel(ctx: ServerRequestContext, params: Params) -> dict[str, Any]:
        context = context_of(ctx)
        with told_as_errors(MISSING):
            try:
                await tasks.cancel(context, params.task_id)
            except Conflict:
                if _is_core(ctx):
                    raise
            if not _is_core(ctx):
                return {}
            task = await tasks.read(context, params.task_id)
            return tasks.in_core(tasks.as_known(task.mission, task.status, task.message))

    async def update(ctx: ServerRequestContext, params: UpdateParams) -> dict[str, Any]:
        context = context_of(ctx)
        with told_as_errors(MISSING):
            task = await tasks.read(context, params.task_id)
            await settle(context, task.asked, params.input_responses or {})
        return {}

    server.add_request_handler("tasks/get", Params, _in(get, core=True, extension=True))
    server.add_request_handler("tasks/cancel", Params, _in(cancel, core=True, extension=True))
    server.add_request_handler("tasks/result", Params, _in(result, core=True))
    server.add_request_handler("tasks/list", types.PaginatedRequestParams, _in(listing, core=True))
    server.add_request_handler("tasks/update", UpdateParams, _in(update, extension=True))
    server.middleware.append(_beginning)


async def _beginning(ctx: ServerRequestContext, call_next: CallNext) -> HandlerResult:
    """Answer a call that begins a mission with its task, where the client has asked for that or knows what it is.

    The core's answer to such a call is no result of a tool, so it is made out here.
    """
    begins = is_task(ctx)
    if begins and (ctx.params or {}).get("name") != TOOL:
        raise MCPError(types.METHOD_NOT_FOUND, f"Of tools, {TOOL} alone runs as a task")
    told = await call_next(ctx)
    if not begins or not isinstance(told, dict):
        return told
    mission = (told.get("structuredContent") or {}).get("mission")
    if mission is not None:
        known = tasks.as_known(mission, "working", None)
        if _is_core(ctx):
            return {"task": tasks.in_core(known)}
        return {"resultType": "task", **tasks.as_extension(known), "_meta": told["_meta"]}
    if not _is_core(ctx):
        return told
    raise MCPError(types.INVALID_PARAMS, told["content"][0]["text"], told.get("structuredContent"))


def is_task(ctx: ServerRequestContext) -> bool:
    """Whether a message is a call that is to be a task: in the core the client says so, else it knows what one is."""
    asked = ctx.params or {}
    if ctx.method != "tools/call":
        return False
    return "task" in asked if _is_core(ctx) else asked.get("name") == TOOL and knows_tasks(ctx)


def knows_tasks(ctx: ServerRequestContext) -> bool:
    """Whether a client of the later generation knows tasks."""
    capabilities = ctx.session.client_capabilities
    return capabilities is not None and EXTENSION in (capabilities.extensions or {})


def missing_tasks() -> MCPError:
    """What a client is answered that asks about tasks and does not say that it knows them."""
    needed: dict[str, Any] = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}
    return MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "Missing required client capability", needed)


def _in(answer: Answer, *, core: bool = False, extension: bool = False) -> Answer:
    """A method of one generation or of both."""

    async def checked(ctx: ServerRequestContext, params: Any) -> dict[str, Any]:
        if not (core if _is_core(ctx) else extension):
            raise MCPError(types.METHOD_NOT_FOUND, "Method not found", ctx.method)
        if not _is_core(ctx):
            if not knows_tasks(ctx):
                raise missing_tasks()
            assert ctx.request is not None  # noqa: S101  (this server is reached by HTTP alone)
            if ctx.request.headers.get("mcp-name") != params.task_id:
                raise MCPError(types.HEADER_MISMATCH, "The Mcp-Name header is not the id of the task")
        return await answer(ctx, params)

    return checked


def _is_core(ctx: ServerRequestContext) -> bool:
    return ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS
