"""Driving missions: every transition, the race to claim, reports."""

import asyncio
from typing import Any

import pytest

from models import LoggedEvent, MissionActivity
from models.base import collection
from models.enums import MissionStatus as Status
from models.errors import BadUserInput, Conflict
from models.records import MissionRecord, WorkspaceRecord
from resolvers.inputs.mission import MissionComplete, MissionFail, MissionReport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mission.drive import claim_mission
from resolvers.mission.mission import (
    cancel_mission,
    get_mission_activity,
)
from tests.resolvers.lab import People, again, events
from tests.resolvers.missions import Crew, Hand, as_told, life, mission_events, stored

FINAL = {Status.COMPLETED, Status.FAILED, Status.CANCELLED}


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def atlas(crew: Crew) -> Hand:
    return await crew.hire("atlas")


# --- transitions -------------------------------------------------------------------------------------------------

ALLOWED = {
    "claim": {Status.QUEUED: Status.RUNNING},
    "ask for approval": {Status.RUNNING: Status.AWAITING_APPROVAL},
    "go on": {Status.AWAITING_APPROVAL: Status.RUNNING},
    "complete": {Status.RUNNING: Status.COMPLETED, Status.AWAITING_APPROVAL: Status.COMPLETED},
    "fail": {Status.RUNNING: Status.FAILED, Status.AWAITING_APPROVAL: Status.FAILED},
    "cancel": dict.fromkeys((Status.QUEUED, Status.RUNNING, Status.AWAITING_APPROVAL), Status.CANCELLED),
}
UNCHANGED = {("ask for approval", Status.AWAITING_APPROVAL), ("go on", Status.RUNNING)}


async def act(what: str, crew: Crew, agent: Hand, mission: MissionRecord) -> Any:
    match what:
        case "claim":
            return await agent.claim()
        case "ask for approval":
            return await agent.report(mission, awaitingApproval=True)
        case "go on":
            return await agent.report(mission, awaitingApproval=False)
        case "complete":
            return await agent.complete(mission)
        case "fail":
            return await agent.fail(mission)
    return (await cancel_mission(again(crew.owner), mission["_id"])).value


@pytest.mark.parametrize(
    ("what", "before", "after"), [(what, *pair) for what, pairs in ALLOWED.items() for pair in pairs.items()]
)
async def test_a_transition_that_there_is(crew: Crew, atlas: Hand, what: str, before: Status, after: Status) -> None:
    # Given a mission
    mission = await crew.mission_at(atlas, before)
    told = len(await mission_events(mission))

    # When it is taken on
    now = await act(what, crew, atlas, mission)

    # Then it is there, with one event, and its times are set
    assert now["status"] == after
    assert await stored(mission) == now
    assert (now["started_at"] is None) == (before is Status.QUEUED and after is Status.CANCELLED)
    assert (now["finished_at"] is None) == (after not in FINAL)
    assert now["progress"] == (1.0 if after is Status.COMPLETED else 0.0)
    assert (now["summary"], now["error"]) == (
        "Done" if after is Status.COMPLETED else None,
        "Out of polish" if after is Status.FAILED else None,
    )
    [event] = (await mission_events(mission))[told:]
    assert event["data"] == {"mission": as_told(now), "from_status": before, "to_status": after}


@pytest.mark.parametrize(
    ("what", "before"),
    [
        (what, before)
        for what, pairs in ALLOWED.items()
        if what != "claim"
        for before in Status
        if before not in pairs and (what, before) not in UNCHANGED
    ],
)
async def test_a_transition_that_there_is_not(crew: Crew, atlas: Hand, what: str, before: Status) -> None:
    # Given a mission
    mission = await crew.mission_at(atlas, before)
    told = await mission_events(mission)

    # When it is taken where it cannot go
    with pytest.raises(Conflict) as refused:
        await act(what, crew, atlas, mission)

    # Then the answer names where it stands and where it was to go, or what a report takes; nothing changed
    assert f"is {before} " in refused.value.message
    targets = {"complete": "completed", "fail": "failed", "cancel": "cancelled"}
    assert targets.get(what, "running or awaiting_approval") in refused.value.message
    assert refused.value.details["from"] == before
    assert await stored(mission) == mission
    assert await mission_events(mission) == told


@pytest.mark.parametrize(("what", "before"), sorted(UNCHANGED))
async def test_reporting_the_status_it_has_changes_nothing(crew: Crew, atlas: Hand, what: str, before: Status) -> None:
    mission = await crew.mission_at(atlas, before)
    told = await mission_events(mission)

    assert await act(what, crew, atlas, mission) == mission

    assert await mission_events(mission) == told


@pytest.mark.parametrize("before", [status for status in Status if status is not Status.QUEUED])
async def test_only_a_queued_mission_is_claimed(crew: Crew, atlas: Hand, before: Status) -> None:
    mission = await crew.mission_at(atlas, before)

    assert await atlas.claim() is None
    assert await stored(mission) == mission


# --- claiming ----------------------------------------------------------------------------------------------------


async def test_missions_are_claimed_in_the_order_they_were_asked_for(crew: Crew, atlas: Hand) -> None:
    borealis = await crew.hire("borealis")
    asked = [await crew.ask(atlas, f"{n}") for n in range(3)]
    await crew.ask(borealis)

    claimed = [await atlas.claim() for _ in range(4)]

    assert [one and one["_id"] for one in claimed] == [*(mission["_id"] for mission in asked), None]


async def test_two_agents_race_for_50_missions_and_each_is_claimed_once(crew: Crew, atlas: Hand) -> None:
    # Given 50 missions of two agents
    borealis = await crew.hire("borealis")
    agents = [atlas, borealis]
    missions = await asyncio.gather(*(crew.ask(agents[n % 2], f"{n}") for n in range(50)))

    async def work(agent: Hand) -> list[MissionRecord]:
        claimed = []
        while mission := await agent.claim():
            claimed.append(mission)
        return claimed

    # When eight workers of them claim as fast as they can
    found = await asyncio.gather(*(work(agents[n % 2]) for n in range(8)))

    # Then each mission has one winner, of its own agent, and one event
    claimed = [mission["_id"] for some in found for mission in some]
    assert sorted(claimed) == sorted(mission["_id"] for mission in missions)
    for n, some in enumerate(found):
        assert {mission["agent_id"] for mission in some} <= {agents[n % 2].record["_id"]}
    for mission in missions:
        assert await life(mission) == [(None, "queued"), ("queued", "running")]


async def test_a_claim_without_a_mission_is_no_event(crew: Crew, atlas: Hand, workspace: WorkspaceRecord) -> None:
    before = await events(workspace["_id"])

    committed = await claim_mission(atlas.ctx, workspace["_id"])

    assert (committed.value, committed.cursor.seq) == (None, before[-1]["seq"])
    assert await events(workspace["_id"]) == before


# --- reporting ---------------------------------------------------------------------------------------------------


async def test_a_report_keeps_its_activities_in_order(crew: Crew, atlas: Hand) -> None:
    # Given a running mission
    mission = await crew.mission_at(atlas, Status.RUNNING)
    told = len(await mission_events(mission))

    # When its agent reports twice
    tree: dict[str, Any] = {"steps": [1, {"depth": 0.5}], "note": None}
    await atlas.report(mission, activities=[{"kind": "thought", "content": "Dusty."}])
    now = await atlas.report(
        mission,
        progress=0.25,
        activities=[
            {"kind": "action", "content": "Wipe", "tool": "cloth", "data": tree},
            {"kind": "elicitation", "content": "More?", "data": [True, "x", None]},
        ],
    )

    # Then the activities are numbered through, and one event tells of each
    found = await collection(MissionActivity).find({"mission_id": mission["_id"]}).sort("position", 1).to_list()
    assert [(one["position"], one["kind"], one["content"]) for one in found] == [
        (1, "thought", "Dusty."),
        (2, "action", "Wipe"),
        (3, "elicitation", "More?"),
    ]
    assert (found[1]["tool"], found[1]["data"], found[2]["data"]) == ("cloth", tree, [True, "x", None])
    assert (now["progress"], now["activity_count"], now["status"]) == (0.25, 3, "running")
    assert await stored(mission) == now
    happened = (await mission_events(mission))[told:]
    assert [event["type"] for event in happened] == ["MissionActivityAdded"] * 3
    assert [event["data"]["activity"] for event in happened] == found
    assert happened[-1]["data"]["mission"] == as_told(now)
    assert await get_mission_activity(again(crew.owner), found[0]["_id"]) == found[0]


async def test_events_of_a_report_carry_no_prompt_of_their_mission(crew: Crew, atlas: Hand) -> None:
    prompt = "Polish the largest of all lenses"
    mission = await crew.ask(atlas, prompt)
    await atlas.claim()

    await atlas.report(mission, activities=[{"kind": "thought", "content": "Dusty."}] * 2)

    told = {"mission_id": mission["_id"], "type": "MissionActivityAdded"}
    logged = await collection(LoggedEvent).find(told).to_list()
    assert [event["data"]["mission"]["_id"] for event in logged] == [mission["_id"]] * 2
    for event in logged:
        assert "prompt" not in event["data"]["mission"]
        assert prompt not in str(event)
    assert (await stored(mission))["prompt"] == prompt


async def test_progress_alone_is_an_event_of_its_own_unless_it_is_the_same(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    told = len(await mission_events(mission))

    now = await atlas.report(mission, progress=0.5)
    await atlas.report(mission, progress=0.5)

    [event] = (await mission_events(mission))[told:]
    assert (event["type"], event["data"]) == ("MissionProgressed", {"mission": as_told(now)})
    assert now["progress"] == 0.5


async def test_a_report_may_ask_for_approval_with_what_it_did(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)

    now = await atlas.report(
        mission, awaitingApproval=True, progress=0.75, activities=[{"kind": "elicitation", "content": "May I?"}]
    )

    assert (now["status"], now["progress"], now["activity_count"]) == ("awaiting_approval", 0.75, 1)
    assert await stored(mission) == now
    types = [event["type"] for event in await mission_events(mission)]
    assert types[-2:] == ["MissionStatusChanged", "MissionActivityAdded"]


async def test_reports_at_once_number_their_activities_without_a_gap(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    activities = [{"kind": "thought", "content": f"{n}"} for n in range(3)]

    await asyncio.gather(*(atlas.report(mission, activities=activities) for _ in range(10)))

    found = await collection(MissionActivity).find({"mission_id": mission["_id"]}).sort("position", 1).to_list()
    assert [one["position"] for one in found] == list(range(1, 31))
    assert (await stored(mission))["activity_count"] == 30


async def test_an_output_delta_is_neither_logged_nor_stored(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    told = await mission_events(mission)

    assert await atlas.report(mission, outputDelta="The lens is") == mission

    assert await mission_events(mission) == told
    assert await stored(mission) == mission


@pytest.mark.parametrize("status", [Status.QUEUED, *sorted(FINAL)])
async def test_an_output_delta_takes_a_mission_that_is_under_way(crew: Crew, atlas: Hand, status: Status) -> None:
    mission = await crew.mission_at(atlas, status)

    with pytest.raises(Conflict):
        await atlas.report(mission, outputDelta="The lens is")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("input", {}),
        ("progress", {"progress": None}),
        ("progress", {"progress": 1.01}),
        ("progress", {"progress": -0.1}),
        ("progress", {"progress": float("nan")}),
        ("progress", {"progress": float("inf")}),
        ("progress", {"progress": "0.5"}),
        ("progress", {"progress": True}),
        ("activities", {"activities": [{"kind": "thought", "content": "x"}] * 51}),
        ("activities.0.kind", {"activities": [{"kind": "song", "content": "x"}]}),
        ("activities.1.content", {"activities": [{"kind": "thought", "content": c} for c in ("x", "")]}),
        ("activities.0.content", {"activities": [{"kind": "thought", "content": "c" * 20_001}]}),
        ("activities.0.tool", {"activities": [{"kind": "action", "content": "x", "tool": "t" * 101}]}),
        ("activities.0.data", {"activities": [{"kind": "action", "content": "x", "data": {"$where": "1"}}]}),
        ("activities.0.data", {"activities": [{"kind": "action", "content": "x", "data": {"a.b": 1}}]}),
        ("activities.0.data", {"activities": [{"kind": "action", "content": "x", "data": [2**63]}]}),
        ("activities.0.data", {"activities": [{"kind": "action", "content": "x", "data": "\ud800"}]}),
        ("activities.0.data", {"activities": [{"kind": "action", "content": "x", "data": "d" * 65_536}]}),
        ("activities.0.position", {"activities": [{"kind": "action", "content": "x", "position": 1}]}),
        ("outputDelta", {"outputDelta": "o" * 20_001}),
        ("awaitingApproval", {"awaitingApproval": "yes"}),
        ("status", {"status": "completed"}),
    ],
)
def test_a_bad_field_of_a_report_is_named(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(MissionReport, given)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (MissionComplete, {"summary": "s" * 20_001}),
        (MissionFail, {"error": ""}),
        (MissionFail, {"error": None}),
        (MissionFail, {"error": "e" * 20_001}),
    ],
)
def test_a_bad_end_of_a_mission_is_refused(model: Any, given: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(model, given)

    assert refused.value.field == next(iter(given))


async def test_the_life_of_a_mission_is_told_in_order(crew: Crew, atlas: Hand) -> None:
    mission = await crew.ask(atlas)
    await atlas.claim()
    await atlas.report(mission, activities=[{"kind": "thought", "content": "Dusty."}])
    await atlas.report(mission, progress=0.5)
    await atlas.report(mission, awaitingApproval=True)
    await atlas.report(mission, awaitingApproval=False)
    await atlas.complete(mission, None)

    types = [event["type"] for event in await mission_events(mission)]
    assert types == [
        "MissionStatusChanged",
        "MissionStatusChanged",
        "MissionActivityAdded",
        "MissionProgressed",
        *["MissionStatusChanged"] * 3,
    ]
    assert await life(mission) == [
        (None, "queued"),
        ("queued", "running"),
        ("running", "awaiting_approval"),
        ("awaiting_approval", "running"),
        ("running", "completed"),
    ]
