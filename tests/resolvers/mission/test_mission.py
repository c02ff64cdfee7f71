"""Missions: asking for them, reading them, and who may do what."""

from typing import Any

import pytest

from models import Mission, OrganizationMember
from models.base import collection
from models.enums import MissionStatus as Status
from models.errors import BadUserInput, Forbidden, NotFound, OrreryError
from models.ids import Kind, new_id
from models.records import MissionRecord, OrganizationRecord, WorkspaceRecord
from resolvers.inputs.mission import MissionComplete, MissionCreate, MissionFail, MissionReport
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.mission.drive import claim_mission, complete_mission, fail_mission, report_mission
from resolvers.mission.mission import (
    activities_of,
    cancel_mission,
    card_of,
    create_mission,
    get_mission,
    list_missions,
    list_missions_of_agent,
    missions_of_agent,
    missions_of_card,
    missions_of_workspace,
    project_of,
)
from resolvers.user.user import users_by
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew, Hand, as_told, mission_events, stored
from tests.resolvers.projects import Board, make_board


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def atlas(crew: Crew) -> Hand:
    return await crew.hire("atlas")


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


# --- creating ----------------------------------------------------------------------------------------------------


async def test_a_new_mission_waits_for_its_agent(crew: Crew, atlas: Hand, board: Board) -> None:
    # When somebody asks an agent for something about a card
    card = await board.card(title="Lens 4")
    values = MissionCreate(agent_id=atlas.record["_id"], card_id=card["_id"], prompt="Polish it")
    committed = await create_mission(again(crew.owner), values)

    # Then it is queued, and belongs to the card's project
    mission = committed.value
    assert (mission["status"], mission["progress"], mission["prompt"]) == ("queued", 0.0, "Polish it")
    assert (mission["card_id"], mission["project_id"]) == (card["_id"], board.project["_id"])
    assert (mission["created_by"], mission["started_at"], mission["finished_at"]) == (crew.owner.user_id, None, None)
    assert await get_mission(again(crew.owner), mission["_id"]) == mission
    [event] = await mission_events(mission)
    assert event["data"] == {"mission": as_told(mission), "from_status": None, "to_status": "queued"}
    assert (event["project_id"], event["card_id"]) == (board.project["_id"], card["_id"])
    assert committed.cursor.seq == event["seq"]


async def test_a_card_keeps_which_mission_about_it_is_not_finished(crew: Crew, atlas: Hand, board: Board) -> None:
    card = await board.card()
    seq = await board.seq()

    # When a second mission is asked for, and they end one after the other
    first, second = [await crew.ask(atlas, cardId=card["_id"]) for _ in range(2)]
    assert (await board.stored(card))["active_mission_id"] == first["_id"]
    await atlas.claim()
    await atlas.complete(first)
    assert (await board.stored(card))["active_mission_id"] == second["_id"]
    await cancel_mission(again(crew.owner), second["_id"])

    # Then none is left, each change is told, and the card's version is that of before
    now = await board.stored(card)
    updates = [event for event in await board.events_since(seq) if event["type"] == "CardUpdated"]
    assert (now["active_mission_id"], now["version"]) == (None, card["version"])
    assert [event["data"]["changed_fields"] for event in updates] == [["activeMission"]] * 3
    assert [event["data"]["card"]["active_mission_id"] for event in updates] == [first["_id"], second["_id"], None]


async def test_a_mission_reaches_neither_cards_nor_agents_of_another_workspace(
    crew: Crew, atlas: Hand, organization: OrganizationRecord
) -> None:
    # Given another workspace of the same owner, with a card and an agent
    values = WorkspaceCreate(organization_id=organization["_id"], name="Lenses", slug="lenses")
    other = (await create_workspace(again(crew.owner), values)).value
    card = await (await make_board(crew.owner, other)).card()
    stranger = await Crew(crew.people, crew.owner, other).hire("stranger")

    # When a mission mixes the two
    for attempt in (crew.ask(atlas, cardId=card["_id"]), crew.ask(stranger, cardId=str(new_id(Kind.CARD)))):
        with pytest.raises(NotFound):
            await attempt

    # Then nothing is written, and an agent does not even see the other one
    with pytest.raises(NotFound):
        await create_mission(atlas.ctx, MissionCreate(agent_id=stranger.record["_id"], prompt="Hello"))
    assert await collection(Mission).count_documents({"created_by": crew.owner.user_id}) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agentId", "atlas"),
        pytest.param("agentId", str(new_id(Kind.USER)), id="agentId-of a user"),
        pytest.param("cardId", str(new_id(Kind.PROJECT)), id="cardId-of a project"),
        ("prompt", ""),
        ("prompt", "p" * 20_001),
        ("prompt", "\ud800"),
        ("prompt", None),
        ("status", "completed"),
    ],
)
def test_a_bad_field_of_a_new_mission_is_named(field: str, value: Any) -> None:
    given = {"agentId": str(new_id(Kind.AGENT)), "prompt": "Polish it", field: value}

    with pytest.raises(BadUserInput) as refused:
        read_input(MissionCreate, given)

    assert refused.value.field == field


# --- who may -----------------------------------------------------------------------------------------------------


def driving(ctx: Context, mission: MissionRecord) -> list[Any]:
    """Everything that an agent may do to a mission, not yet done."""
    return [
        report_mission(again(ctx), mission["_id"], MissionReport(progress=0.5)),
        report_mission(again(ctx), mission["_id"], MissionReport(output_delta="x")),
        complete_mission(again(ctx), mission["_id"], MissionComplete()),
        fail_mission(again(ctx), mission["_id"], MissionFail(error="x")),
    ]


async def test_an_agent_drives_its_own_missions_alone(crew: Crew, atlas: Hand, workspace: WorkspaceRecord) -> None:
    # Given a running mission, another agent beside it, and one of another tenant
    mission = await crew.mission_at(atlas, Status.RUNNING)
    neighbour = await crew.hire("borealis")
    elsewhere = await crew.people.register("eve")
    own = await crew.people.register("mallory")
    values = WorkspaceCreate(organization_id=await own_organization(own), name="Away", slug="away")
    away = (await create_workspace(again(own), values)).value
    stranger = await Crew(crew.people, own, away).hire("stranger")

    # When they try
    cancel = cancel_mission(neighbour.ctx, mission["_id"])
    for attempt in [*driving(neighbour.ctx, mission), cancel]:
        with pytest.raises(Forbidden):
            await attempt
    for ctx in (stranger.ctx, elsewhere):
        expected: tuple[type[OrreryError], ...] = (NotFound,) if ctx is not elsewhere else (Forbidden, NotFound)
        for attempt in driving(ctx, mission):
            with pytest.raises(expected):
                await attempt
    with pytest.raises(NotFound):
        await claim_mission(stranger.ctx, workspace["_id"])

    # Then the mission is as it was, though the neighbour reads it
    assert await stored(mission) == mission
    assert await get_mission(neighbour.ctx, mission["_id"]) == mission


async def own_organization(ctx: Context) -> Any:
    found = await collection(OrganizationMember).find_one({"user_id": ctx.user_id})
    assert found is not None
    return found["organization_id"]


async def test_people_cannot_drive_not_even_with_a_token(crew: Crew, atlas: Hand, workspace: WorkspaceRecord) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    token = await crew.people.with_token(crew.owner, ["pilotage:read", "pilotage:write"])

    for ctx in (crew.owner, token):
        for attempt in [*driving(ctx, mission), claim_mission(again(ctx), workspace["_id"])]:
            with pytest.raises(Forbidden):
                await attempt

    assert await stored(mission) == mission


async def test_what_an_agent_asks_of_another_counts_for_it_its_maker_and_what_it_works_on(
    crew: Crew, atlas: Hand
) -> None:
    other = await crew.hire("quill")
    wanted = MissionCreate(agent_id=other.record["_id"], prompt="Help")

    # When it works on nothing, and when it works on a mission
    alone = (await create_mission(atlas.ctx, wanted)).value
    mission = await crew.mission_at(atlas, Status.RUNNING)
    within = (await create_mission(atlas.ctx, wanted)).value

    # Then
    mine = [atlas.record["_id"], crew.owner.user_id]
    assert alone["charged_to"] == mine
    assert within["charged_to"] == [mission["_id"], *reversed(mine)]


async def test_members_create_and_cancel_and_outsiders_find_nothing(
    crew: Crew, atlas: Hand, join: Join, workspace: WorkspaceRecord
) -> None:
    # Given a member and an outsider
    member, outsider = await join(workspace, "grace"), await crew.people.register("eve")

    # When the member asks, and the outsider tries
    values = MissionCreate(agent_id=atlas.record["_id"], prompt="Polish it")
    mission = (await create_mission(again(member), values)).value
    for attempt in (
        create_mission(again(outsider), values),
        cancel_mission(again(outsider), mission["_id"]),
        get_mission(again(outsider), mission["_id"]),
        list_missions(again(outsider), workspace["_id"], Window.read()),
        list_missions_of_agent(again(outsider), atlas.record["_id"], Window.read()),
    ):
        with pytest.raises(NotFound):
            await attempt

    # Then nothing changed until the member cancels
    assert await stored(mission) == mission
    assert (await cancel_mission(again(member), mission["_id"])).value["status"] == "cancelled"


@pytest.mark.parametrize("scope", ["projects:write", "pilotage:read"])
async def test_creating_and_cancelling_take_the_scope_pilotage_write(crew: Crew, atlas: Hand, scope: str) -> None:
    mission = await crew.ask(atlas)
    ctx = await crew.people.with_token(crew.owner, [scope])

    for attempt in (
        create_mission(ctx, MissionCreate(agent_id=atlas.record["_id"], prompt="x")),
        cancel_mission(ctx, mission["_id"]),
    ):
        with pytest.raises(Forbidden):
            await attempt

    assert await stored(mission) == mission


# --- reading -----------------------------------------------------------------------------------------------------


async def test_missions_are_reached_from_workspace_agent_and_card_the_newest_first(
    crew: Crew, atlas: Hand, board: Board, workspace: WorkspaceRecord
) -> None:
    # Given missions of two agents, some about cards
    borealis = await crew.hire("borealis")
    cards = [await board.card() for _ in range(2)]
    about = [await crew.ask(atlas, f"{n}", cardId=cards[n % 2]["_id"]) for n in range(4)]
    others = [await crew.ask(borealis, f"{n}") for n in range(2)]
    ctx, fields = again(crew.owner), frozenset({"prompt"})

    # When they are read from each side, for several parents at once
    [of_workspace] = await missions_of_workspace(ctx, [workspace], fields)
    of_agents = await missions_of_agent(ctx, [atlas.record, borealis.record], fields)
    of_cards = await missions_of_card(ctx, [*cards, cards[0]], fields)

    # Then each has its own
    def ids(missions: list[MissionRecord]) -> list[Any]:
        return [mission["_id"] for mission in missions]

    assert ids(of_workspace.nodes) == ids([*about, *others])[::-1]
    assert [ids(page.nodes) for page in of_agents] == [ids(about)[::-1], ids(others)[::-1]]
    assert [ids(page.nodes) for page in of_cards] == [
        ids([about[2], about[0]]),
        ids([about[3], about[1]]),
        ids([about[2], about[0]]),
    ]
    assert set(of_workspace.nodes[0]) <= {"_id", "prompt", "workspace_id"}

    # And pages go on where the last one ended
    [first] = await missions_of_workspace(ctx, [workspace], fields, first=4)
    cursor = first.cursor(first.nodes[-1])
    [rest] = await missions_of_workspace(ctx, [workspace], fields, first=4, after=cursor)
    assert ids(first.nodes + rest.nodes) == ids(of_workspace.nodes)
    assert (first.has_next, rest.has_next) == (True, False)


async def test_missions_are_filtered_by_status_and_agent(crew: Crew, atlas: Hand, workspace: WorkspaceRecord) -> None:
    # Given missions of two agents at several statuses
    borealis = await crew.hire("borealis")
    done = await crew.mission_at(atlas, Status.COMPLETED)
    running = await crew.mission_at(atlas, Status.RUNNING)
    queued = await crew.mission_at(borealis, Status.QUEUED)

    async def found(**filter: Any) -> list[Any]:
        [page] = await missions_of_workspace(again(crew.owner), [workspace], None, filter=filter)
        listed = await list_missions(again(crew.owner), workspace["_id"], Window.read(), filter)
        assert listed.nodes == page.nodes
        return [mission["_id"] for mission in page.nodes]

    assert await found(status={"eq": Status.RUNNING}) == [running["_id"]]
    assert await found(status={"in": [Status.RUNNING, Status.QUEUED]}) == [queued["_id"], running["_id"]]
    assert await found(agent={"eq": str(atlas.record["_id"])}) == [running["_id"], done["_id"]]
    assert await found(agent={"in": [str(borealis.record["_id"])]}, status={"eq": Status.COMPLETED}) == []
    page = await list_missions_of_agent(
        again(crew.owner), atlas.record["_id"], Window.read(), {"agent": {"eq": str(borealis.record["_id"])}}
    )
    assert page.nodes == []
    with pytest.raises(BadUserInput):
        await found(agent={"eq": "atlas"})


async def test_what_a_mission_leads_to(crew: Crew, atlas: Hand, board: Board) -> None:
    # Given a mission about a card, and one about nothing
    card = await board.card(title="Lens 4")
    missions = [await crew.ask(atlas, cardId=card["_id"]), await crew.ask(atlas)]
    await atlas.claim()
    await atlas.report(missions[0], activities=[{"kind": "thought", "content": f"{n}"} for n in range(5)])
    ctx = again(crew.owner)

    # When its edges are followed
    [about, none] = await card_of(ctx, missions, frozenset({"title"}))
    assert (about and about["title"], none) == ("Lens 4", None)
    [project, nothing] = await project_of(ctx, missions, frozenset({"name"}))
    assert (project and project["_id"], nothing) == (board.project["_id"], None)
    creators = await users_by("created_by")(ctx, missions, None)
    first, empty = await activities_of(ctx, missions, frozenset({"content"}), first=3)
    [rest] = await activities_of(ctx, missions[:1], None, first=3, after=first.cursor(first.nodes[-1]))

    # Then they lead where they should, activities in their order, and users without secrets
    assert [creator and creator["_id"] for creator in creators] == [crew.owner.user_id] * 2
    assert all("password_hash" not in creator for creator in creators if creator)
    assert [one["content"] for one in first.nodes + rest.nodes] == ["0", "1", "2", "3", "4"]
    assert empty.nodes == []


@pytest.mark.parametrize(
    ("wanted", "error"), [(str(new_id(Kind.MISSION)), NotFound), ("x", BadUserInput)], ids=["unknown", "no id"]
)
async def test_an_unknown_mission_is_not_found(crew: Crew, atlas: Hand, wanted: str, error: type[OrreryError]) -> None:
    for attempt in (
        get_mission(again(crew.owner), wanted),
        cancel_mission(again(crew.owner), wanted),
        complete_mission(atlas.ctx, wanted, MissionComplete()),
    ):
        with pytest.raises(error):
            await attempt
