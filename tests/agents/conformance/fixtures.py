"""The tools, prompts and resources that the official conformance suite calls, as its documentation asks for them. The
product's endpoint and transport serve them; they are no part of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, PromptsListChanged, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from agents.server.server import Running
from serving.graph.engine import GraphEngine

Content = types.TextContent | types.ImageContent | types.AudioContent | types.EmbeddedResource
Answer = types.CallToolResult | types.InputRequiredResult
Tool = Callable[[ServerRequestContext, types.CallToolRequestParams], Awaitable[Answer]]

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
REST = 0.05
"""Seconds between the notes of a tool."""
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
HINT = CacheHint(ttl_ms=1_000, scope="private")

TOOLS: dict[str, Tool] = {}
BUS = InMemorySubscriptionBus()


class Sessions(Running):
    """Every answer as an event stream, with sessions for the revisions with a handshake, in which a server asks its
    client in the middle of a call."""

    def __init__(self, server: Server[dict[str, object]], engine: GraphEngine) -> None:
        super().__init__(server, engine)
        self._streaming = StreamableHTTPSessionManager(server)

    def streams(self, message: Any, version: str | None) -> bool:
        return True


def tool(function: Tool) -> Tool:
    """A tool, called as its function is."""
    TOOLS[function.__name__] = function
    return function


def said(*content: Content | str, is_error: bool = False) -> types.CallToolResult:
    parts = [types.TextContent(text=part) if isinstance(part, str) else part for part in content]
    return types.CallToolResult(content=list(parts), is_error=is_error)


def resource(uri: str, mime_type: str, text: str) -> types.EmbeddedResource:
    return types.EmbeddedResource(resource=types.TextResourceContents(uri=uri, mime_type=mime_type, text=text))


@tool
async def test_simple_text(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return said("This is a simple text response for testing.")


@tool
async def test_image_content(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return said(types.ImageContent(data=PIXEL, mime_type="image/png"))


@tool
async def test_audio_content(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return said(types.AudioContent(data=SILENCE, mime_type="audio/wav"))


@tool
async def test_embedded_resource(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return said(resource("test://embedded-resource", "text/plain", "This is an embedded resource content."))


@tool
async def test_multiple_content_types(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    beside = resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')
    return said("Multiple content types test:", types.ImageContent(data=PIXEL, mime_type="image/png"), beside)


@tool
async def test_error_handling(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return said("This tool intentionally returns an error for testing", is_error=True)


@tool
async def test_tool_with_logging(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    if ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS or LOG_LEVEL in (params.meta or {}):
        for text in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            note = types.LoggingMessageNotificationParams(level="info", data=text)
            await ctx.session.send_notification(types.LoggingMessageNotification(params=note), ctx.request_id)
            await asyncio.sleep(REST)
    return said("Logged")


TOOLS["test_logging_tool"] = test_tool_with_logging


@tool
async def test_tool_with_progress(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    for progress in (0, 50, 100):
        await ctx.session.report_progress(progress, 100)
        await asyncio.sleep(REST)
    return said("Progressed")


async def asked(ctx: ServerRequestContext, request: Any, result: Any) -> Any:
    """What the client answers to a request in the middle of a call."""
    metadata = ServerMessageMetadata(related_request_id=ctx.request_id)
    return await ctx.session.send_request(request, result, metadata=metadata)


def sampling(text: str, tokens: int = 100) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(text=text))
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[message], max_tokens=tokens))


def form(message: str, required: tuple[str, ...] = (), **properties: Mapping[str, Any]) -> types.ElicitRequest:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


@tool
async def test_sampling(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    request = sampling(str((params.arguments or {})["prompt"]))
    answered: types.CreateMessageResult = await asked(ctx, request, types.CreateMessageResult)
    assert isinstance(answered.content, types.TextContent)
    return said(f"LLM response: {answered.content.text}")


async def elicited(ctx: ServerRequestContext, request: types.ElicitRequest) -> types.ElicitResult:
    answered: types.ElicitResult = await asked(ctx, request, types.ElicitResult)
    return answered


@tool
async def test_elicitation(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    user = {name: {"type": "string", "description": f"User's {name}"} for name in ("username", "email")}
    answer = await elicited(ctx, form(str((params.arguments or {})["message"]), tuple(user), **user))
    return said(f"User response: action={answer.action}, content={json.dumps(answer.content)}")


@tool
async def test_elicitation_sep1034_defaults(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    request = form(
        "Please review",
        name={"type": "string", "default": "John Doe"},
        age={"type": "integer", "default": 30},
        score={"type": "number", "default": 95.5},
        status={"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        verified={"type": "boolean", "default": True},
    )
    answer = await elicited(ctx, request)
    return said(f"Elicitation completed: action={answer.action}, content={json.dumps(answer.content)}")


@tool
async def test_elicitation_sep1330_enums(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    ways = ["First", "Second", "Third"]
    options = [f"option{place}" for place in (1, 2, 3)]
    titled = [{"const": f"value{place}", "title": f"{way} Option"} for place, way in enumerate(ways, 1)]
    choices = [{"const": f"value{place}", "title": f"{way} Choice"} for place, way in enumerate(ways, 1)]
    legacy = {"enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]}
    request = form(
        "Please choose",
        untitledSingle={"type": "string", "enum": options},
        titledSingle={"type": "string", "oneOf": titled},
        legacyEnum={"type": "string", **legacy},
        untitledMulti={"type": "array", "items": {"type": "string", "enum": options}},
        titledMulti={"type": "array", "items": {"anyOf": choices}},
    )
    answer = await elicited(ctx, request)
    return said(f"Elicitation completed: action={answer.action}, content={json.dumps(answer.content)}")


@tool
async def test_missing_capability(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    capabilities = ctx.session.client_capabilities
    if capabilities is None or capabilities.sampling is None:
        needed: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "Missing required client capability", needed)
    return said("Sampling is there")


@tool
async def test_streaming_elicitation(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    return types.InputRequiredResult(input_requests={"name": NAME})


@tool
async def test_trigger_tool_change(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    await BUS.publish(ToolsListChanged())
    return said("Told")


@tool
async def test_trigger_prompt_change(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    await BUS.publish(PromptsListChanged())
    return said("Told")


TEXT = {"type": "string"}
NAME = form("What is your name?", ("name",), name=TEXT)
COLOUR = form("Step 2: What is your favorite color?", ("color",), color=TEXT)
CONFIRM = form("Please confirm", ("ok",), ok={"type": "boolean"})
ROOTS = types.ListRootsRequest()
ROUNDS: dict[str, list[dict[str, Any]]] = {
    "elicitation": [{"user_name": NAME}],
    "sampling": [{"capital_question": sampling("What is the capital of France?")}],
    "list_roots": [{"client_roots": ROOTS}],
    "request_state": [{"confirm": CONFIRM}],
    "multiple_inputs": [{"user_name": NAME, "greeting": sampling("Generate a greeting", 50), "client_roots": ROOTS}],
    "multi_round": [{"step1": form("Step 1: What is your name?", ("name",), name=TEXT)}, {"step2": COLOUR}],
    "tampered_state": [{"confirm": CONFIRM}],
    "capabilities": [{"user_name": NAME, "capital_question": sampling("What is the capital of France?")}],
}
"""What each tool asks its client for, round by round, before it answers."""
STATELESS = ("elicitation", "sampling", "list_roots", "capabilities")


def asks(name: str) -> None:
    """A tool that asks for what its client is able to tell; those that keep a state say at which round they are."""

    async def rounds(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
        place = int(params.request_state or 0)
        requests = _able(ctx, ROUNDS[name][place])
        if params.input_responses is not None and requests.keys() <= params.input_responses.keys():
            place += 1
            if place == len(ROUNDS[name]):
                told = {key: answer.model_dump(mode="json") for key, answer in params.input_responses.items()}
                return said(f"state-ok: {json.dumps(told)}")
            requests = _able(ctx, ROUNDS[name][place])
        state = None if name in STATELESS else str(place)
        return types.InputRequiredResult(input_requests=requests, request_state=state)

    TOOLS[f"test_input_required_result_{name}"] = rounds


def _able(ctx: ServerRequestContext, requests: Mapping[str, Any]) -> dict[str, Any]:
    """Of requests, those that the client says it is able to answer."""
    capabilities = ctx.session.client_capabilities or types.ClientCapabilities()
    able = {
        "elicitation/create": capabilities.elicitation,
        "sampling/createMessage": capabilities.sampling,
        "roots/list": capabilities.roots,
    }
    return {key: request for key, request in requests.items() if able[request.method] is not None}


for _name in ROUNDS:
    asks(_name)

RESOURCES: dict[str, types.TextResourceContents | types.BlobResourceContents] = {
    "test://static-text": types.TextResourceContents(
        uri="test://static-text", mime_type="text/plain", text="This is the content of the static text resource."
    ),
    "test://static-binary": types.BlobResourceContents(uri="test://static-binary", mime_type="image/png", blob=PIXEL),
    "test://watched-resource": types.TextResourceContents(
        uri="test://watched-resource", mime_type="text/plain", text="Watched"
    ),
}
TEMPLATE = ("test://template/", "/data")


def _argument(name: str) -> types.PromptArgument:
    return types.PromptArgument(name=name, description="An argument", required=True)


PROMPTS = {
    "test_simple_prompt": (),
    "test_prompt_with_arguments": ("arg1", "arg2"),
    "test_prompt_with_embedded_resource": ("resourceUri",),
    "test_prompt_with_image": (),
    "test_input_required_result_prompt": (),
}


async def list_tools(ctx: ServerRequestContext, params: Any) -> types.ListToolsResult:
    schema: dict[str, Any] = {"type": "object"}
    return types.ListToolsResult(
        tools=[types.Tool(name=name, description=f"Fixture {name}", input_schema=schema) for name in TOOLS]
    )


async def call_tool(ctx: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
    if params.name not in TOOLS:
        raise MCPError(types.INVALID_PARAMS, "Unknown tool")
    return await TOOLS[params.name](ctx, params)


async def list_resources(ctx: ServerRequestContext, params: Any) -> types.ListResourcesResult:
    found = [
        types.Resource(uri=uri, name=uri, description="A fixture", mime_type=held.mime_type)
        for uri, held in RESOURCES.items()
    ]
    return types.ListResourcesResult(resources=found)


async def list_templates(ctx: ServerRequestContext, params: Any) -> types.ListResourceTemplatesResult:
    template = types.ResourceTemplate(
        name="template", uri_template="{id}".join(TEMPLATE), description="A fixture", mime_type="application/json"
    )
    return types.ListResourceTemplatesResult(resource_templates=[template])


async def read_resource(ctx: ServerRequestContext, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    found = RESOURCES.get(params.uri)
    if found is None and params.uri.startswith(TEMPLATE[0]) and params.uri.endswith(TEMPLATE[1]):
        named = params.uri.removeprefix(TEMPLATE[0]).removesuffix(TEMPLATE[1])
        text = json.dumps({"id": named, "templateTest": True, "data": f"Data for ID: {named}"})
        found = types.TextResourceContents(uri=params.uri, mime_type="application/json", text=text)
    if found is None:
        raise MCPError(types.INVALID_PARAMS, "Resource not found", {"uri": params.uri})
    return types.ReadResourceResult(contents=[found])


async def list_prompts(ctx: ServerRequestContext, params: Any) -> types.ListPromptsResult:
    return types.ListPromptsResult(
        prompts=[
            types.Prompt(name=name, description=f"Fixture {name}", arguments=list(map(_argument, arguments)) or None)
            for name, arguments in PROMPTS.items()
        ]
    )


async def get_prompt(
    ctx: ServerRequestContext, params: types.GetPromptRequestParams
) -> types.GetPromptResult | types.InputRequiredResult:
    given, parts = params.arguments or {}, list[Content]()
    match params.name:
        case "test_simple_prompt":
            parts = [types.TextContent(text="This is a simple prompt for testing.")]
        case "test_prompt_with_arguments":
            told = f"Prompt with arguments: arg1='{given['arg1']}', arg2='{given['arg2']}'"
            parts = [types.TextContent(text=told)]
        case "test_prompt_with_embedded_resource":
            held = resource(given["resourceUri"], "text/plain", "Embedded resource content for testing.")
            parts = [held, types.TextContent(text="Please process the embedded resource above.")]
        case "test_prompt_with_image":
            image = types.ImageContent(data=PIXEL, mime_type="image/png")
            parts = [image, types.TextContent(text="Please analyze the image above.")]
        case "test_input_required_result_prompt":
            if "user_context" not in (params.input_responses or {}):
                asked_for = form("What context should the prompt use?", ("context",), context=TEXT)
                return types.InputRequiredResult(input_requests={"user_context": asked_for})
            parts = [types.TextContent(text="With the context that was told")]
        case _:
            raise MCPError(types.INVALID_PARAMS, "Unknown prompt")
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=part) for part in parts])


async def complete(ctx: ServerRequestContext, params: types.CompleteRequestParams) -> types.CompleteResult:
    return types.CompleteResult(completion=types.Completion(values=["paris", "park"], total=2, has_more=False))


async def nothing(ctx: ServerRequestContext, params: Any) -> types.EmptyResult:
    return types.EmptyResult()


async def start(engine: GraphEngine, version: str) -> Running:
    """A server of the fixtures over the product's transport."""
    server: Server[dict[str, object]] = Server(
        "orrery-fixtures",
        version=version,
        cache_hints={
            "tools/list": HINT,
            "prompts/list": HINT,
            "resources/list": HINT,
            "resources/templates/list": HINT,
            "resources/read": HINT,
            "server/discover": HINT,
        },
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_subscribe_resource=nothing,
        on_unsubscribe_resource=nothing,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_completion=complete,
        on_subscriptions_listen=ListenHandler(BUS),
    )
    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, nothing)
    server.middleware.append(RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience="fixtures"))
    return await Sessions(server, engine).ready()
