"""What a person is asked before a tool is called, where their client can ask: which workspace, project or agent is
meant, where the call says none, and whether something is really to be taken away for good."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mcp_types as types

from agents.tools.catalogue import CALL_TOOL, TOOLS
from agents.tools.render import inline
from agents.tools.tool import Tool
from models.errors import Forbidden, NotFound
from resolvers.agent.agent import agents_of
from resolvers.kit.call import call
from resolvers.kit.context import Context

CONFIRM = "confirm"
"""What the question is called, and the one field of its answer."""
MOST_CHOICES = 50
"""Of more, none is listed: the call is refused for what it lacks."""


async def _workspaces(ctx: Context) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (await call(ctx, "whoami", {}))["workspaces"]
    return found


async def _projects(ctx: Context) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = await call(ctx, "viewerProjects", {})
    return found


async def _agents(ctx: Context) -> Sequence[Mapping[str, Any]]:
    workspaces = await _workspaces(ctx)
    if len(workspaces) > MOST_CHOICES:
        return []
    pages = await agents_of(ctx, workspaces, frozenset({"name"}), first=MOST_CHOICES)
    return [agent for page in pages for agent in page.nodes]


_CHOICES: Mapping[str, Callable[[Context], Awaitable[Sequence[Mapping[str, Any]]]]] = {
    "workspaceId": _workspaces,
    "projectId": _projects,
    "agentId": _agents,
}
"""What a person chooses from, by the argument that lacks; the question and the field of its answer are called so."""


@dataclass(frozen=True, slots=True)
class _Called:
    """The tool that a call comes to, with its arguments."""

    tool: Tool
    arguments: Mapping[str, Any]

    @property
    def lacking(self) -> list[str]:
        required = self.tool.schema.get("required", ())
        return [name for name in _CHOICES if name in required and name not in self.arguments]


async def asked_before(
    ctx: Context, params: types.CallToolRequestParams, capabilities: types.ClientCapabilities | None
) -> types.InputRequiredResult | None:
    """What a person is to be asked before a call; None where nothing is. What an agent may do, its policy says."""
    called = _called(params)
    if called is None or ctx.subject.agent_id is not None or not shows_forms(capabilities):
        return None
    answered = params.input_responses or {}
    asked = {name: await _choice(ctx, called.tool, name) for name in called.lacking if name not in answered}
    if called.tool.destructive and CONFIRM not in answered:
        asked[CONFIRM] = _confirmation(called)
    requests: dict[str, types.InputRequest] = {name: form for name, form in asked.items() if form is not None}
    return types.InputRequiredResult(input_requests=requests) if requests else None


def shows_forms(capabilities: types.ClientCapabilities | None) -> bool:
    """Whether a client has its person fill in forms: it says so, or says nothing of how it asks."""
    asking = None if capabilities is None else capabilities.elicitation
    return asking is not None and (asking.form is not None or asking.url is None)


def is_declined(params: types.CallToolRequestParams) -> bool:
    """Whether the person was asked, and has not said yes or has chosen nothing."""
    answered = params.input_responses or {}
    said = {name: _said(answered[name], name) for name in (CONFIRM, *_CHOICES) if name in answered}
    return any(value is not True if name == CONFIRM else not isinstance(value, str) for name, value in said.items())


def with_choices(params: types.CallToolRequestParams) -> types.CallToolRequestParams:
    """A call with what its person has chosen for what it lacks."""
    called, answered = _called(params), params.input_responses
    if called is None or not answered:
        return params
    chosen = {name: _said(answered[name], name) for name in called.lacking if name in answered}
    arguments = {**called.arguments, **chosen}
    if params.name == CALL_TOOL.name:
        arguments = {**(params.arguments or {}), "arguments": arguments}
    return params.model_copy(update={"arguments": arguments})


def _said(answer: Any, field: str) -> Any:
    """What a person has filled in; None where they have not."""
    if not isinstance(answer, types.ElicitResult) or answer.action != "accept":
        return None
    return (answer.content or {}).get(field)


async def _choice(ctx: Context, tool: Tool, name: str) -> types.ElicitRequest | None:
    """The form to choose with; None where there is nothing to choose, or too much to list."""
    try:
        found = await _CHOICES[name](ctx)
    except (Forbidden, NotFound):  # the credential may not read them
        return None
    if not 0 < len(found) <= MOST_CHOICES:
        return None
    choices = [{"const": str(each["_id"]), "title": each["name"]} for each in found]
    noun = name.removesuffix("Id")
    field = {"type": "string", "title": noun.capitalize(), "oneOf": choices}
    return _form(f"{tool.title}: which {noun}?", name, field)


def _confirmation(called: _Called) -> types.ElicitRequest:
    message = f"{called.tool.title}: {inline(dict(called.arguments))}. This cannot be undone."
    return _form(message, CONFIRM, {"type": "boolean", "title": "Do it"})


def _form(message: str, name: str, field: Mapping[str, Any]) -> types.ElicitRequest:
    schema = {"type": "object", "properties": {name: field}, "required": [name]}
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def _called(params: types.CallToolRequestParams) -> _Called | None:
    name: Any = params.name
    arguments: Any = params.arguments or {}
    if name == CALL_TOOL.name:
        name, arguments = arguments.get("name"), arguments.get("arguments", {})
    tool = TOOLS.get(name) if isinstance(name, str) else None
    return _Called(tool, arguments) if tool is not None and isinstance(arguments, Mapping) else None
