"""The logs of agents: who writes them, and how they are found."""

from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models.errors import BadUserInput, Forbidden, NotFound, RateLimited
from models.installation_enums import LogLevel
from models.records import LogLineRecord, WorkspaceRecord
from resolvers.activity import log_line
from resolvers.activity.log_line import create_log_line, list_log_lines
from resolvers.inputs.log_line import LogLineCreate, LogLineList
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import People, again, events
from tests.resolvers.missions import Crew
from tests.resolvers.test_indexes import has_index, recorded


async def write(ctx: Context, workspace_id: ObjectId, message: str, **values: Any) -> LogLineRecord:
    given = {"workspaceId": workspace_id, "agentName": "atlas", "message": message, **values}
    return (await create_log_line(again(ctx), read_input(LogLineCreate, given))).value


async def test_a_line_is_written_by_agents_without_an_approval_and_found_by_name_level_and_part(
    owner: Context,
    people: People,
    workspace: WorkspaceRecord,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given an agent that changes nothing by itself
    atlas = await Crew(people, owner, workspace).hire(autonomyMode="supervised", tools=[])

    # When it, and a person in the name of a program, write lines
    begun = await write(atlas.caller, workspace["_id"], "Begun", meta={"run": 1})
    failed = await write(atlas.caller, workspace["_id"], "It failed (100%)", level="ERROR")
    kept = await write(owner, workspace["_id"], "Backed up", agentName="backup.sh", level="info")

    # Then each is told of, and names the agent that is called so
    assert (begun["agent_id"], begun["recorded_by"]) == (atlas.record["_id"], atlas.record["user_id"])
    assert (kept["agent_id"], kept["recorded_by"], kept["meta"]) == (None, owner.user_id, None)
    told = [event["data"]["log_line"] for event in await events(workspace["_id"]) if "LogLine" in event["type"]]
    assert told == [begun, failed, kept]

    # And found, the newest first, on indexes
    for values, lines in (
        ({}, [kept, failed, begun]),
        ({"limit": 2}, [kept, failed]),
        ({"agent_name": "atlas"}, [failed, begun]),
        ({"level": LogLevel.ERROR}, [failed]),
        ({"search": "(100%"}, [failed]),
        ({"search": "B", "before": failed["_id"]}, [begun]),
        ({"search": "nothing"}, []),
    ):
        with recorded() as queries:
            assert await list_log_lines(again(owner), workspace["_id"], LogLineList.of(**values)) == lines
        assert [query for query in queries if not await has_index(database, query)] == []

    # By what they say, the latest alone are searched
    monkeypatch.setattr(log_line, "LOOKED_THROUGH", 2)
    assert await list_log_lines(again(owner), workspace["_id"], LogLineList(search="b")) == [kept]

    # And nobody else writes any, nor too many
    with pytest.raises(NotFound):
        await write(await people.register("Oz"), workspace["_id"], "Mine")
    with pytest.raises(Forbidden):
        await write(await people.with_token(owner, ["projects:write"]), workspace["_id"], "Mine")
    with pytest.raises(BadUserInput):
        await write(owner, workspace["_id"], "Mine", meta={"much": "x" * 10_000})
    monkeypatch.setattr(log_line, "MAX_A_MINUTE", 1)
    with pytest.raises(RateLimited):
        await write(owner, workspace["_id"], "More")
