"""What the gateway logs of itself, and what agents log of their work."""

from resolvers.activity.log_line import create_log_line
from resolvers.inputs.installation import LogExportUpdate, LogList
from resolvers.inputs.log_line import LogFileSearch, LogLineCreate, LogLineList
from resolvers.installation.log_export import update_log_export
from tests.gateway.logged import log_to_file
from tests.gateway.replay.state import nothing
from tests.rest.story import Cast, ask_board, ask_orkosi, root_of
from tests.world.paths import BOARD, ORKOSI
from tests.world.sample import Case, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    begun = LogLineCreate.of(workspace_id=world.ids["workspace"], agent_name="planner", message="Begun")
    world.ids["log_line"] = (await world.made(create_log_line, begun))["_id"]


async def set_log_export(world: World) -> None:
    """A collector of the log, at an address that no request is made to."""
    await update_log_export(await world.context("outsider"), LogExportUpdate.of(endpoint="https://127.0.0.1/"))


async def board_story(cast: Cast) -> None:
    root = await root_of(cast.api)
    assert await ask_board(root, "GET", "/logs?level=error&limit=5") == []
    export = {"enabled": False, "endpoint": "https://127.0.0.1/v1/logs", "headers": {"x-api-key": "secret"}}
    changed = await ask_board(root, "PUT", "/settings/log-export", **export)
    assert changed["headers"] == {"x-api-key": "****"}
    assert changed == await ask_board(root, "GET", "/settings/log-export")
    assert (await ask_board(root, "POST", "/settings/log-export/test"))["success"] is False


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    line = await ask_orkosi(ann, "POST", f"{base}/logs", 201, agent="felix", message="Shipped", meta={"run": 7})
    assert await ask_orkosi(ann, "GET", f"{base}/logs?agent=felix&q=ship&level=info") == [line]
    assert await ask_orkosi(ann, "GET", f"{base}/logs?source=all&q=shipped") == [line]
    refused = await ann.get(f"{base}/logs?source=file")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")

    # What the gateway says of itself is for whoever runs it
    log_to_file(cast.api.ctx.services, "the dome is stuck")
    root = await root_of(cast.api)
    assert "gateway.log" in [file["name"] for file in await ask_orkosi(root, "GET", f"{ORKOSI}/logs/files")]
    [found] = await ask_orkosi(root, "GET", f"{ORKOSI}/logs?level=warn&q=stuck&limit=1")
    assert (found["source"], found["id"], found["message"]) == ("file", None, "the dome is stuck")


SAMPLE = Sample(
    make=make,
    calls={
        "logEntries": lambda _: (LogList(),),
        "logExport": lambda _: (),
        "logFiles": lambda _: (),
        "logFileLines": lambda _: (LogFileSearch(),),
        "logExportUpdate": lambda _: (LogExportUpdate.of(endpoint="https://logs.example", headers={"x-key": "1"}),),
        "logExportTest": lambda _: (),
        "logLine": lambda ids: (ids["log_line"],),
        "logLines": lambda ids: (ids["workspace"], LogLineList()),
        "logLineCreate": lambda ids: (
            LogLineCreate.of(workspace_id=ids["workspace"], agent_name="planner", message="Begun"),
        ),
    },
    makes_another={"logLineCreate"},
    refused_there={"logExportTest"},
    routes={
        ("GET", BOARD + "/logs"): sent(level="error"),
        ("GET", BOARD + "/settings/log-export"): None,
        ("PUT", BOARD + "/settings/log-export"): sent(endpoint="https://logs.example"),
        ("POST", BOARD + "/settings/log-export/test"): None,
        ("GET", ORKOSI + "/logs"): None,
        ("POST", ORKOSI + "/logs"): sent(agent="planner", message="Begun"),
        ("GET", ORKOSI + "/logs/files"): None,
    },
    cases={
        "logExportUpdate": Case(caller="outsider"),
        "logExportTest": Case(caller="outsider", prepare=set_log_export),
    },
    unseen={
        **dict.fromkeys(("logExportUpdate", "logExportTest"), "what is set for the installation is no workspace's"),
        "logLineCreate": "what happened is history, which no client keeps",
    },
    rules={"LogLineCreated": ("logLine { id }", nothing)},
    board_story=board_story,
    orkosi_story=orkosi_story,
)
