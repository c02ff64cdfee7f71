"""Tools of other servers: asked for, approved, and called once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from gateway.remote_calls import RemoteCalls
from models import Activity, Notification, Proposal, RemoteCall
from models.base import collection, utc_now
from models.enums import ActivityType, MissionStatus, MissionWait, RemoteCallState
from models.errors import ApprovalRequired, BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from models.outbound import Outbound
from models.records import OrganizationRecord, RemoteCallRecord, WorkspaceRecord
from resolvers.credential.credential import create_credential
from resolvers.inputs.credential import CredentialCreate
from resolvers.inputs.plugin import PluginInstall, RemoteCallSettle, RemoteToolCall
from resolvers.inputs.proposal import ProposalApprove
from resolvers.kit.context import Context
from resolvers.notification.follow import follow
from resolvers.plugin import remote_client
from resolvers.plugin.plugin import install_plugin
from resolvers.plugin.remote import call_remote_tool, list_remote_servers, settle_remote_call
from resolvers.plugin.remote_work import carry_out
from resolvers.proposal.decide import approve_proposal
from tests.agents.lab import desk, results, working
from tests.agents.model_server import Json, Turn
from tests.conftest import empty
from tests.patience import PATIENCE
from tests.resolvers.lab import People, again
from tests.resolvers.mcp_server import ToolServer, serving_tools
from tests.resolvers.missions import Crew

SECRET = "a token that nobody is told"


@dataclass
class Bench:
    """A workspace with a plugin for a server of tools; `owner` may ask it."""

    owner: Context
    server: ToolServer
    workspace_id: ObjectId
    plugin_id: ObjectId

    async def call(self, tool: str = "echo", **arguments: Any) -> RemoteCallRecord:
        values = RemoteToolCall(
            workspace_id=self.workspace_id, plugin_id=self.plugin_id, tool=tool, arguments=arguments
        )
        return (await call_remote_tool(again(self.owner), values)).value

    async def made(self, call: RemoteCallRecord) -> RemoteCallRecord:
        """A call, once it is made."""
        await carry_out(self.owner.services, call["_id"])
        return await self.stored(call)

    async def stored(self, call: RemoteCallRecord) -> RemoteCallRecord:
        found = await collection(RemoteCall).find_one({"_id": call["_id"]})
        assert found is not None
        return found


@pytest.fixture
async def bench(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord, database: Database
) -> AsyncIterator[Bench]:
    await empty(database, RemoteCall)
    async with serving_tools() as server:
        reaching = Context(owner.subject, replace(owner.services, outbound=Outbound(frozenset({server.host}))))
        values = CredentialCreate.of(organization_id=organization["_id"], key="tools", value=SECRET)
        token = (await create_credential(again(owner), values)).value["_id"]
        settings = {"url": f"http://{server.host}/mcp", "token": str(token), "tools": ["echo"]}
        wanted = PluginInstall.of(workspace_id=workspace["_id"], plugin="mcp", name="Tools", settings=settings)
        plugin = (await install_plugin(again(reaching), wanted)).value
        yield Bench(reaching, server, workspace["_id"], plugin["_id"])


async def test_the_tools_of_a_server_are_told_as_far_as_they_may_be_called(bench: Bench) -> None:
    [told] = await list_remote_servers(again(bench.owner), bench.workspace_id)

    assert (told.plugin_id, told.name, told.error) == (bench.plugin_id, "Tools", None)
    assert [(tool.name, tool.description) for tool in told.tools] == [("echo", "Says it again.")]
    assert bench.server.tokens == {f"Bearer {SECRET}"}
    assert bench.server.calls == []


async def test_a_server_that_cannot_be_reached_is_told_without_its_tools(bench: Bench) -> None:
    closed = Context(bench.owner.subject, replace(bench.owner.services, outbound=Outbound()))

    [told] = await list_remote_servers(closed, bench.workspace_id)

    assert told.tools == []
    assert told.error is not None
    assert "ORRERY_ALLOWED_PRIVATE_HOSTS" in told.error


async def test_a_call_is_written_down_marked_and_made_once(bench: Bench) -> None:
    call = await bench.call(text="hello")
    assert (call["state"], bench.server.calls) == (RemoteCallState.QUEUED, [])

    # When two make it at once
    await asyncio.gather(carry_out(bench.owner.services, call["_id"]), carry_out(bench.owner.services, call["_id"]))

    # Then
    done = await bench.stored(call)
    assert (done["state"], done["result"]) == (RemoteCallState.DONE, "you said {'text': 'hello'}")
    assert [asked["name"] for asked in bench.server.calls] == ["echo"]


@pytest.mark.parametrize(
    ("fate", "state", "error"),
    [
        ("list nothing", RemoteCallState.DONE, ""),
        ("fail", RemoteCallState.FAILED, "you said {}"),
        ("refuse", RemoteCallState.FAILED, "Not today"),
        ("hang up", RemoteCallState.UNKNOWN, ""),
        ("say nothing", RemoteCallState.UNKNOWN, "TimeoutError"),
    ],
)
async def test_a_call_that_is_not_answered_well_is_never_made_again(
    bench: Bench, fate: str, state: RemoteCallState, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.server.fate = fate
    monkeypatch.setattr(remote_client, "SECONDS", 1.0 if fate == "say nothing" else PATIENCE)
    call = await bench.made(await bench.call())

    again_ = await bench.made(call)

    assert again_ == call
    assert call["state"] == state
    assert error in (call["error"] or "")
    assert len(bench.server.calls) == 1


async def test_a_call_to_a_server_that_cannot_be_reached_has_failed(bench: Bench) -> None:
    call = await bench.call()
    closed = replace(bench.owner.services, outbound=Outbound())

    await carry_out(closed, call["_id"])

    assert (await bench.stored(call))["state"] == RemoteCallState.FAILED
    assert bench.server.calls == []


async def test_a_call_whose_maker_died_is_a_persons_to_find_out_about(bench: Bench) -> None:
    # Given a call that was sent by somebody who went away
    call = await bench.call()
    sent = {"state": RemoteCallState.SENT.value, "sent_at": utc_now(), "due_at": utc_now()}
    await collection(RemoteCall).update_one({"_id": call["_id"]}, {"$set": sent})

    # When it is come upon
    unknown = await bench.made(call)

    # Then it is not made, and who asked for it is told
    assert (unknown["state"], unknown["due_at"], bench.server.calls) == (RemoteCallState.UNKNOWN, None, [])
    await follow(bench.owner.services)
    [notice] = await collection(Notification).find({"user_id": bench.owner.user_id}).to_list()
    activity = await collection(Activity).find_one({"_id": notice["activity_id"]})
    assert activity is not None
    assert activity["type"] == ActivityType.REMOTE_CALL_UNKNOWN
    assert activity["meta"]["remoteCallId"] == str(call["_id"])
    # And says what became of it, once
    found = RemoteCallSettle(done=True, note="It is there")
    settled = (await settle_remote_call(again(bench.owner), call["_id"], found)).value
    assert (settled["state"], settled["result"], settled["error"]) == (RemoteCallState.DONE, "It is there", None)
    assert settled["settled_by"] == bench.owner.user_id
    with pytest.raises(Conflict, match="needs nobody"):
        await settle_remote_call(again(bench.owner), call["_id"], found)


async def test_only_tools_that_are_named_and_plugins_of_the_workspace_are_called(bench: Bench) -> None:
    with pytest.raises(BadUserInput, match="tool: is none of the tools"):
        await bench.call("drop")
    elsewhere = replace(bench, plugin_id=new_id(Kind.PLUGIN))
    with pytest.raises(NotFound, match="Plugin"):
        await elsewhere.call()


async def test_whatever_its_policy_says_an_agent_asks_for_each_call(
    bench: Bench, people: People, workspace: WorkspaceRecord
) -> None:
    crew = Crew(people, bench.owner, workspace)
    agent = await crew.hire(policy={"*": "ALLOW", "call_remote_tool": "ALLOW"})
    values = RemoteToolCall(workspace_id=bench.workspace_id, plugin_id=bench.plugin_id, tool="echo")

    with pytest.raises(ApprovalRequired):
        await call_remote_tool(agent.ctx, values)


async def test_a_mission_goes_on_with_what_the_server_answered(
    bench: Bench, workspace: WorkspaceRecord, nothing_due: None
) -> None:
    # Given an autonomous agent whose model calls a tool of another server
    def script(request: Json, before: int) -> Turn:
        if before == 0:
            given = {"workspaceId": str(bench.workspace_id), "pluginId": str(bench.plugin_id), "tool": "echo"}
            return Turn("", (("call_remote_tool", {**given, "arguments": {"text": "hello"}}),))
        return Turn("Done.")

    async with desk(bench.owner, workspace, script) as at, working(at.owner.services):
        mission_id = await at.ask()
        await at.until(mission_id, lambda mission: mission["waiting_for"] == MissionWait.PROPOSALS)
        assert bench.server.calls == []

        # When a person approves it, and a gateway makes it
        [proposal] = await collection(Proposal).find({"mission_id": mission_id}).to_list()
        await approve_proposal(again(bench.owner), proposal["_id"], ProposalApprove())
        calls = RemoteCalls(bench.owner.services)
        await calls.start()
        try:
            mission = await at.ended(mission_id)
        finally:
            async with asyncio.timeout(PATIENCE):
                await calls.stop()

        # Then the model reads the answer, and nobody was asked twice
        assert mission["status"] == MissionStatus.COMPLETED
        assert "you said {'text': 'hello'}" in results(at.model.requests[1])[0]
        assert len(bench.server.calls) == 1
