"""What takes something away for good is confirmed by the person whose client calls it, where the client can ask."""

import mcp_types as types

from agents.tools.catalogue import CALL_TOOL, TOOLS
from agents.tools.render import inline
from agents.tools.tool import Tool
from auth.subject import Subject

CONFIRM = "confirm"
"""What the question is called, and the one field of its answer."""

_SCHEMA = {"type": "object", "properties": {CONFIRM: {"type": "boolean", "title": "Do it"}}, "required": [CONFIRM]}


def question(
    subject: Subject, params: types.CallToolRequestParams, capabilities: types.ClientCapabilities | None
) -> types.InputRequiredResult | None:
    """What a person is to be asked before a call; None where nothing is. What an agent may do, its policy says."""
    tool = _called(params)
    can_ask = capabilities is not None and capabilities.elicitation is not None
    if tool is None or not tool.destructive or subject.agent_id is not None or not can_ask:
        return None
    if CONFIRM in (params.input_responses or {}):
        return None
    message = f"{tool.title}: {inline(dict(params.arguments or {}))}. This cannot be undone."
    form = types.ElicitRequestFormParams(message=message, requested_schema=_SCHEMA)
    return types.InputRequiredResult(input_requests={CONFIRM: types.ElicitRequest(params=form)})


def is_declined(params: types.CallToolRequestParams) -> bool:
    """Whether the person was asked, and has not said yes."""
    answered = (params.input_responses or {}).get(CONFIRM)
    if answered is None:
        return False
    return not (
        isinstance(answered, types.ElicitResult)
        and answered.action == "accept"
        and (answered.content or {}).get(CONFIRM) is True
    )


def _called(params: types.CallToolRequestParams) -> Tool | None:
    """The tool that a call comes to."""
    name = (params.arguments or {}).get("name") if params.name == CALL_TOOL.name else params.name
    return TOOLS.get(name) if isinstance(name, str) else None
