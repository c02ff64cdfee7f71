"""Agents: service users with a token of their own, and what becomes of them."""

from typing import Any

import pytest

from auth.authenticate import authenticate
from auth.policies.permission import ADMINS
from models import Agent, ApiToken, OrganizationMember, User, WorkspaceMember
from models.base import collection
from models.enums import MissionStatus, Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, OrreryError, Unauthenticated
from models.ids import Kind, kind_of, new_id
from resolvers.agent.agent import (
    TOKEN_SCOPES,
    agents_of,
    create_agent,
    delete_agent,
    get_agent,
    list_agents,
    update_agent,
)
from resolvers.agent.agent_rebuild import AGENT_STEP
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberUpdate
from resolvers.kit.context import Context
from resolvers.kit.groups import DEFAULT_TOOLS
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import update_workspace_member
from resolvers.mission.mission import agent_of
from resolvers.node import get_node, get_nodes
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types, events
from tests.resolvers.missions import Crew, stored
from tests.resolvers.test_sorting import NoWork
from tests.stubs import stubs


@pytest.fixture
def crew(people: People, owner: Context, workspace: Any) -> Crew:
    return Crew(people, owner, workspace)


def given(workspace: Any, **values: Any) -> AgentCreate:
    return read_input(AgentCreate, {"workspaceId": workspace["_id"], "name": "Atlas", "slug": "atlas", **values})


async def test_a_new_agent_is_a_service_user_of_the_workspace(crew: Crew, workspace: Any) -> None:
    # When the owner makes an agent
    committed = await create_agent(again(crew.owner), given(workspace, tools=["lens", "cloth"], mcpOnly=True))

    # Then it is as it was asked for, supervised unless said otherwise
    agent = committed.value.agent
    assert kind_of(agent["_id"]) is Kind.AGENT
    assert (agent["name"], agent["slug"], agent["autonomy_mode"]) == ("Atlas", "atlas", "supervised")
    assert (agent["tools"], agent["mcp_only"], agent["description"]) == (["lens", "cloth"], True, None)
    assert await get_agent(again(crew.owner), agent["_id"]) == agent

    # And its user is a member of the workspace that nobody can sign in as
    user = await collection(User).find_one({"_id": agent["user_id"]})
    assert user is not None
    assert (user["name"], user["is_agent"], user["password_hash"]) == ("Atlas", True, None)
    member = await collection(WorkspaceMember).find_one({"user_id": user["_id"]})
    assert member is not None
    assert (member["workspace_id"], member["role"]) == (workspace["_id"], Role.MEMBER)

    # And the event carries the cursor
    created = (await events(workspace["_id"]))[-1]
    assert (created["type"], created["data"]) == ("AgentCreated", {"agent": agent})
    assert committed.cursor.seq == created["seq"]


async def test_its_token_is_shown_once_and_works_in_its_workspace_alone(
    crew: Crew, organization: Any, workspace: Any
) -> None:
    # Given an agent, and another workspace of its owner
    atlas = await crew.hire()
    values = WorkspaceCreate(organization_id=organization["_id"], name="Lenses", slug="lenses")
    other = (await create_workspace(again(crew.owner), values)).value

    # When its token is used
    subject = await authenticate(crew.owner.services.signer, authorization=f"Bearer {atlas.token}", cookie=None)

    # Then it has the scopes of an agent, and only a hash of it is stored
    assert atlas.token.startswith("sl_")
    assert (subject.agent_id, subject.workspace_id) == (atlas.record["_id"], workspace["_id"])
    assert subject.scopes == set(TOKEN_SCOPES)
    assert TokenScope.NOTIFICATIONS_READ not in subject.scopes
    [token] = await collection(ApiToken).find({"agent_id": atlas.record["_id"]}).to_list()
    assert atlas.token not in str(token)
    assert token["expires_at"] is None

    # And it reads its own workspace and no other
    assert [agent["_id"] for agent in await list_agents(atlas.ctx, workspace["_id"])] == [atlas.record["_id"]]
    with pytest.raises(NotFound):
        await list_agents(atlas.ctx, other["_id"])


async def test_a_slug_is_taken_within_the_workspace_alone(crew: Crew, organization: Any, workspace: Any) -> None:
    await crew.hire("atlas")
    values = WorkspaceCreate(organization_id=organization["_id"], name="Lenses", slug="lenses")
    other = (await create_workspace(again(crew.owner), values)).value
    users = await collection(User).count_documents({"is_agent": True})

    with pytest.raises(Conflict) as refused:
        await create_agent(again(crew.owner), given(workspace))

    # Then the answer names the field, and no user of it is left
    assert refused.value.field == "slug"
    assert await collection(User).count_documents({"is_agent": True}) == users
    assert (await create_agent(again(crew.owner), given(other))).value.agent["slug"] == "atlas"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("workspaceId", "telescopes"),
        pytest.param("workspaceId", str(new_id(Kind.PROJECT)), id="workspaceId-of a project"),
        ("name", ""),
        ("name", "n" * 101),
        ("name", "nul\x00"),
        ("name", None),
        ("slug", "a"),
        ("slug", "Upper"),
        ("slug", "s" * 61),
        ("description", "d" * 5001),
        ("autonomyMode", "wild"),
        ("tools", ["t"] * 101),
        ("tools.0", ["t" * 101]),
        ("tools.0", [""]),
        ("tools.1", ["a", {"$ne": 1}]),
        ("mcpOnly", "yes"),
        pytest.param("userId", str(new_id(Kind.USER)), id="userId"),
    ],
)
async def test_a_bad_field_is_named(workspace: Any, field: str, value: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        given(workspace, **{field.partition(".")[0]: value})

    assert refused.value.field == field


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
async def test_only_admins_make_change_and_delete_agents(crew: Crew, join: Join, workspace: Any, role: Role) -> None:
    # Given an agent, and a member of the workspace
    atlas = await crew.hire()
    member = await join(workspace, "grace", role)

    async def attempts() -> None:
        await create_agent(again(member), given(workspace, slug="borealis"))
        await update_agent(again(member), atlas.record["_id"], AgentUpdate.of(name="Atlas II"))
        await delete_agent(again(member), atlas.record["_id"])

    # When the member tries
    if role in ADMINS:
        await attempts()
        assert [agent["slug"] for agent in await list_agents(again(member), workspace["_id"])] == ["borealis"]
    else:
        for attempt in (
            create_agent(again(member), given(workspace, slug="borealis")),
            update_agent(again(member), atlas.record["_id"], AgentUpdate.of(name="Atlas II")),
            delete_agent(again(member), atlas.record["_id"]),
            create_agent(atlas.ctx, given(workspace, slug="borealis")),
            delete_agent(atlas.ctx, atlas.record["_id"]),
        ):
            with pytest.raises(Forbidden):
                await attempt
        # Then nothing changed, though a member reads
        assert await list_agents(again(member), workspace["_id"]) == [atlas.record]


async def test_whoever_is_no_member_finds_no_agent(crew: Crew, people: People, workspace: Any) -> None:
    atlas = await crew.hire()
    outsider = await people.register("eve")

    for attempt in (
        get_agent(again(outsider), atlas.record["_id"]),
        list_agents(again(outsider), workspace["_id"]),
        update_agent(again(outsider), atlas.record["_id"], AgentUpdate.of(name="Mine")),
        delete_agent(again(outsider), atlas.record["_id"]),
        create_agent(again(outsider), given(workspace)),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await get_agent(again(crew.owner), atlas.record["_id"]) == atlas.record


@pytest.mark.parametrize("scopes", [["projects:write", "account:write"], ["pilotage:read"]])
async def test_writing_takes_the_scope_pilotage_write(
    crew: Crew, people: People, workspace: Any, scopes: list[str]
) -> None:
    ctx = await people.with_token(crew.owner, scopes)

    with pytest.raises(Forbidden):
        await create_agent(ctx, given(workspace))

    assert await list_agents(again(crew.owner), workspace["_id"]) == []


async def test_no_token_makes_an_agent_whose_own_would_outlive_it(crew: Crew, people: People, workspace: Any) -> None:
    every = await people.with_token(crew.owner, list(TokenScope))

    with pytest.raises(Forbidden):
        await create_agent(every, given(workspace))

    assert await list_agents(again(crew.owner), workspace["_id"]) == []


async def test_an_agent_makes_no_other_even_as_an_admin(crew: Crew, workspace: Any) -> None:
    atlas = await crew.hire()
    values = WorkspaceMemberUpdate(role=Role.ADMIN)
    await update_workspace_member(again(crew.owner), workspace["_id"], atlas.record["user_id"], values)

    with pytest.raises(Forbidden):
        await create_agent(atlas.ctx, given(workspace, slug="another"))


async def test_an_update_changes_what_is_given_and_the_users_name(crew: Crew, workspace: Any) -> None:
    # Given an agent
    atlas = await crew.hire(description="Polishes")

    # When some of it changes
    values = read_input(AgentUpdate, {"name": "Atlas II", "slug": "atlas-2", "autonomyMode": "approval", "tools": []})
    changed = (await update_agent(again(crew.owner), atlas.record["_id"], values)).value

    # Then the rest stays, the user has the new name, and one event tells of it
    kept = {"_id", "workspace_id", "user_id", "description", "mcp_only", "created_at", "deleted_at"}
    assert {name: changed.get(name) for name in kept} == {name: atlas.record.get(name) for name in kept}
    assert (changed["name"], changed["slug"], changed["autonomy_mode"]) == ("Atlas II", "atlas-2", "approval")
    user = await collection(User).find_one({"_id": atlas.record["user_id"]})
    assert user is not None
    assert user["name"] == "Atlas II"
    updated = (await events(workspace["_id"]))[-1]
    assert (updated["type"], updated["data"]) == ("AgentUpdated", {"agent": changed})
    assert await get_agent(again(crew.owner), atlas.record["_id"]) == changed


async def test_an_update_that_changes_nothing_is_no_event(crew: Crew, workspace: Any) -> None:
    atlas = await crew.hire()
    before = await event_types(workspace["_id"])

    same = await update_agent(again(crew.owner), atlas.record["_id"], AgentUpdate.of(name="Atlas"))

    assert same.value == atlas.record
    assert await event_types(workspace["_id"]) == before


async def test_an_update_to_a_taken_slug_is_refused(crew: Crew) -> None:
    await crew.hire("atlas")
    borealis = await crew.hire("borealis")

    with pytest.raises(Conflict) as refused:
        await update_agent(again(crew.owner), borealis.record["_id"], AgentUpdate.of(slug="atlas", name="Atlas"))

    assert refused.value.field == "slug"
    assert await get_agent(again(crew.owner), borealis.record["_id"]) == borealis.record


async def test_deleting_an_agent_cancels_what_is_unfinished_and_ends_its_token(crew: Crew, workspace: Any) -> None:
    # Given an agent with a mission at every status, and another agent
    atlas, borealis = await crew.hire("atlas"), await crew.hire("borealis")
    missions = {status: await crew.mission_at(atlas, status) for status in reversed(MissionStatus)}
    other = await crew.ask(borealis)
    before = len(await events(workspace["_id"]))

    # When it is deleted
    committed = await delete_agent(again(crew.owner), atlas.record["_id"])

    # Then its unfinished missions are cancelled, the others are as they were
    unfinished = {MissionStatus.QUEUED, MissionStatus.RUNNING, MissionStatus.AWAITING_APPROVAL}
    for status, mission in missions.items():
        now = await stored(mission)
        if status in unfinished:
            assert now["status"] == "cancelled"
            assert now["finished_at"] is not None
        else:
            assert now == mission
    assert await stored(other) == other

    # And events tell all of it, the deletion last
    happened = (await events(workspace["_id"]))[before:]
    assert [event["type"] for event in happened] == [
        *["MissionStatusChanged"] * 3,
        "WorkspaceMemberRemoved",
        "AgentDeleted",
    ]
    assert {event["data"]["from_status"] for event in happened[:3]} == unfinished
    assert committed.cursor.seq == happened[-1]["seq"]

    # And its token and memberships are gone, while the user stays
    with pytest.raises(Unauthenticated):
        await crew.people.by_jwt(atlas.token)
    user = {"user_id": atlas.record["user_id"]}
    for model in (ApiToken, WorkspaceMember, OrganizationMember):
        assert await stubs(model).count_documents(user) == 0
    assert await collection(User).count_documents({"_id": atlas.record["user_id"]}) == 1


async def test_a_deleted_agent_is_found_by_its_missions_alone(crew: Crew, workspace: Any) -> None:
    # Given a deleted agent with a past
    atlas = await crew.hire()
    mission = await crew.mission_at(atlas, MissionStatus.COMPLETED)
    await delete_agent(again(crew.owner), atlas.record["_id"])

    # Then every door to it is closed
    ctx, agent_id = again(crew.owner), atlas.record["_id"]
    for attempt in (
        get_agent(ctx, agent_id),
        get_agent(ctx, agent_id, fields=frozenset({"name"})),
        update_agent(ctx, agent_id, AgentUpdate.of(name="Back")),
        delete_agent(ctx, agent_id),
        crew.ask(atlas),
        get_node(ctx, agent_id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await get_nodes(ctx, [agent_id]) == [None]
    assert await list_agents(ctx, workspace["_id"]) == []
    [page] = await agents_of(ctx, [workspace], None)
    assert page.nodes == []

    # But the mission still names it, and the slug is free again
    [found] = await agent_of(ctx, [mission], frozenset({"name"}))
    assert found == {"_id": agent_id, "name": "Atlas"}
    again_hired = await crew.hire("atlas")
    await delete_agent(again(crew.owner), again_hired.record["_id"])
    assert (await crew.hire("atlas")).record["slug"] == "atlas"


async def test_the_agents_of_workspaces_come_in_pages(crew: Crew, workspace: Any) -> None:
    hands = [await crew.hire(f"agent-{n}") for n in range(3)]

    [first] = await agents_of(again(crew.owner), [workspace], frozenset({"slug"}), first=2)
    after = first.cursor(first.nodes[-1])
    [second] = await agents_of(again(crew.owner), [workspace], frozenset({"slug"}), first=2, after=after)

    assert [agent["slug"] for agent in first.nodes + second.nodes] == [hand.record["slug"] for hand in hands]
    assert (first.has_next, second.has_next) == (True, False)


async def test_an_unknown_agent_is_not_found(crew: Crew) -> None:
    for wanted, error in ((str(new_id(Kind.AGENT)), NotFound), ("nobody", BadUserInput)):
        with pytest.raises(OrreryError) as refused:
            await get_agent(again(crew.owner), wanted)
        assert type(refused.value) is error
    assert await collection(Agent).count_documents({"workspace_id": crew.workspace["_id"]}) == 0


async def test_agents_of_before_keep_all_tools_and_others_what_they_were_given(crew: Crew) -> None:
    # Given
    old, new = await crew.hire("old"), await crew.hire("new", tools=[])
    of_before = {"$set": {"tools": []}, "$unset": {"policy": ""}}
    await stubs(Agent).update_one({"_id": old.record["_id"]}, of_before)

    # When
    await AGENT_STEP.run(NoWork())

    # Then
    found = [await get_agent(again(crew.owner), hand.record["_id"]) for hand in (old, new)]
    assert [agent["tools"] for agent in found] == [["*"], []]


async def test_an_agent_that_is_given_no_tools_has_those_that_work_takes(crew: Crew) -> None:
    values = {"workspaceId": crew.workspace["_id"], "name": "Plain", "slug": "plain"}
    made = (await create_agent(again(crew.owner), read_input(AgentCreate, values))).value.agent
    assert made["tools"] == list(DEFAULT_TOOLS)
    assert "write_workspace" not in made["tools"]
