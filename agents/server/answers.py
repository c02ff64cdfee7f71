"""What a call of a tool is answered with: its result, or why it was refused, as the model is to read it."""

from collections.abc import Mapping
from typing import Any

import mcp_types as types
import orjson

from agents.server.ask import is_declined, with_choices
from agents.tools.catalogue import TOOLS, call_tool
from agents.tools.tool import Result
from auth.subject import Subject
from models.errors import ApprovalRequired, OrreryError
from models.reach import reachable
from resolvers.kit.context import Context
from resolvers.kit.idempotency import Claim, Reply, check_key, fingerprint, once
from serving.failures import error_of, masked
from serving.graph.engine import GraphEngine

KEY = "orrery/idempotencyKey"
"""In `_meta` of a call: the same call with the same key is done once, and answered alike."""

_DECLINED = {"code": "FORBIDDEN", "kind": "DECLINED"}


async def answered(engine: GraphEngine, subject: Subject, params: types.CallToolRequestParams) -> types.CallToolResult:
    """The answer to a call of a tool that there is."""
    arguments = with_choices(params).arguments or {}
    key = (params.meta or {}).get(KEY)
    if is_declined(params):
        return refused(
            {"message": "The person whose client this is was asked, and did not agree", "extensions": _DECLINED}
        )
    try:
        with reachable():
            if key is None or TOOLS[params.name].read_only:
                return await _called(engine, engine.context_of(subject), params.name, arguments)
            return await _once(engine, subject, check_key(key, f"_meta.{KEY}"), params.name, arguments)
    except OrreryError as error:
        return refused(error_of(error))
    except Exception as error:
        return refused(masked(error, f"the tool {params.name}"))


async def _called(engine: GraphEngine, ctx: Context, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
    try:
        return done(await call_tool(ctx, name, arguments, engine))
    except ApprovalRequired as error:
        proposal = {"id": str(error.proposal["_id"])}
        return done({"status": "PENDING", "proposal": proposal, "message": error.message})


async def _once(
    engine: GraphEngine, subject: Subject, key: str, name: str, arguments: Mapping[str, Any]
) -> types.CallToolResult:
    async def run(claim: Claim) -> Reply:
        ctx = engine.context_of(subject)
        ctx.marks = (claim,)
        try:
            result = await _called(engine, ctx, name, arguments)
        except OrreryError as error:
            return Reply(error.status, _dumped(refused(error_of(error))), "", failed=True)
        return Reply(200, _dumped(result), "")

    request = fingerprint(b"TOOL", name.encode(), orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS))
    return types.CallToolResult.model_validate_json((await once(subject, key, request, run)).body)


def _dumped(result: types.CallToolResult) -> bytes:
    return result.model_dump_json(by_alias=True, exclude_none=True).encode()


def done(result: Result) -> types.CallToolResult:
    """Text as it is; an object as structured content, and as text for clients that read none."""
    if isinstance(result, str):
        return types.CallToolResult(content=[types.TextContent(text=result)])
    text = orjson.dumps(result).decode()
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=result)


def refused(error: Mapping[str, Any]) -> types.CallToolResult:
    """Why a call was refused: the model reads it, and may do better."""
    extensions = error["extensions"]
    beside = {name: value for name, value in extensions.items() if name != "code"}
    told = f"{extensions['code']}: {error['message']}"
    text = f"{told}\n{orjson.dumps(beside, default=str).decode()}" if beside else told
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)
