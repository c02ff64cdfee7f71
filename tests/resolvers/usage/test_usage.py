"""The ledger: what is reserved before a call and settled after it, and that no budget is ever overspent."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from models import Activity, Budget, UsageRecord, UsageSum
from models.base import collection, utc_now
from models.enums import ActivityType, Role, UsageState
from models.errors import BudgetExhausted
from models.records import MissionRecord, OrganizationRecord, WorkspaceRecord
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.mission.mission import create_mission
from resolvers.notification.follow import follow
from resolvers.notification.notification import list_notifications
from resolvers.usage.spending import day_of
from resolvers.usage.sums import usage_of_agent, usage_of_mission, usage_of_workspace
from resolvers.usage.usage import Usage
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.missions import Crew
from tests.resolvers.usage.lab import call, calls_of, held, reserve_call, set_budget, settle_call, stored_budget

USED = Usage(input_tokens=300, cached_tokens=100, output_tokens=50, cost=40)


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def mission(crew: Crew) -> MissionRecord:
    return await crew.ask(await crew.hire())


async def test_a_call_is_reserved_at_its_worst_and_settled_at_what_it_came_to(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=1)

    usage_id = await reserve_call(owner, mission, cost=500, tokens=4_000)
    between = await stored_budget(budget)
    settled = await settle_call(owner, mission, usage_id, USED)
    after = await stored_budget(budget)

    assert held(between) == (0, 0, 500, 4_000)
    assert held(after) == (40, 350, 0, 0)
    assert (settled["state"], settled["cost"], settled["cached_tokens"]) == (UsageState.SETTLED, 40, 100)
    assert (settled["agent_id"], settled["user_id"]) == (mission["agent_id"], owner.user_id)
    assert (await event_types(mission["workspace_id"]))[-1] == "UsageSettled"


@pytest.mark.parametrize(
    "limits", [{"limitUsd": 0.0001}, {"limitTokens": 100}, {"limitUsd": 0}], ids=["money", "tokens", "nothing"]
)
@pytest.mark.parametrize("whose", ["organization", "workspace", "agent", "mission", "user"])
async def test_a_call_that_a_budget_has_no_room_for_reserves_nothing_in_any(
    whose: str, limits: dict[str, float], owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    subjects = {
        "organization": organization["_id"],
        "workspace": mission["workspace_id"],
        "agent": mission["agent_id"],
        "mission": mission["_id"],
        "user": owner.user_id,
    }
    tight = await set_budget(owner, organization, subjects[whose], period="day", **limits)
    wide = await set_budget(owner, organization, subjects[whose], period="total", limitUsd=1)

    with pytest.raises(BudgetExhausted) as refused:
        await reserve_call(owner, mission, cost=101, tokens=101)

    assert refused.value.details["budgetId"] == str(tight["_id"])
    assert held(await stored_budget(wide)) == (0, 0, 0, 0)
    assert await calls_of(mission) == []


async def test_what_a_mission_begins_counts_for_it_and_for_who_asked(
    owner: Context, crew: Crew, organization: OrganizationRecord
) -> None:
    # Given a mission whose agent asked another one, which asked a third
    first = await crew.ask(agent := await crew.hire())
    mission, hands = first, [agent, await crew.hire("boreas"), await crew.hire("castor")]
    for by, for_whom in pairwise(hands):
        ctx = replace(by.ctx, mission_id=mission["_id"])
        given = {"agentId": for_whom.record["_id"], "prompt": "Help"}
        mission = (await create_mission(ctx, read_input(MissionCreate, given))).value
    budgets = [await set_budget(owner, organization, whose, limitUsd=1) for whose in (owner.user_id, first["_id"])]

    # When the last one calls a model
    await call(owner, mission, USED)

    # Then it counts once for the first one, and for the person
    assert [held(await stored_budget(budget)) for budget in budgets] == [(40, 350, 0, 0)] * 2
    [sums] = await usage_of_mission(owner, [first], None)
    assert (mission["created_by"], sums["cost"]) == (hands[1].record["user_id"], 40)
    of_person = await collection(UsageSum).find({"subject_id": owner.user_id}).to_list()
    assert [row["workspace_id"] for row in of_person] == [None]


async def test_a_call_whose_end_nobody_hears_of_stays_reserved(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    await set_budget(owner, organization, mission["_id"], limitUsd=0.00015)

    await reserve_call(owner, mission, cost=100)

    with pytest.raises(BudgetExhausted):
        await reserve_call(owner, mission, cost=100)


async def test_settling_again_changes_nothing(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=1)
    usage_id = await reserve_call(owner, mission)
    first = await settle_call(owner, mission, usage_id, USED)

    again = await settle_call(owner, mission, usage_id, Usage(1, 1, 1))

    assert again == first
    assert held(await stored_budget(budget)) == (40, 350, 0, 0)
    assert await collection(UsageSum).count_documents({"subject_id": mission["_id"], "calls": 1}) == 1


async def test_what_was_reserved_before_a_budget_was_set_is_counted_when_it_is_settled(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    usage_id = await reserve_call(owner, mission)
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=1)

    await settle_call(owner, mission, usage_id, USED)

    assert held(await stored_budget(budget)) == (40, 350, 0, 0)


async def test_another_day_begins_with_nothing_and_a_call_counts_on_the_day_that_it_was_made(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=0.00015, period="day")
    late = await reserve_call(owner, mission, cost=100)
    yesterday = utc_now() - timedelta(days=1)
    await collection(Budget).update_one({"_id": budget["_id"]}, {"$set": {"current": day_of(yesterday)}})
    await collection(UsageRecord).update_one({"_id": late}, {"$set": {"created_at": yesterday}})

    await reserve_call(owner, mission, cost=100)
    await settle_call(owner, mission, late, USED)

    assert held(await stored_budget(budget)) == (0, 0, 100, 1_000)
    [row] = await collection(UsageSum).find({"subject_id": mission["_id"]}).to_list()
    assert row["day"] == day_of(yesterday)


async def test_a_new_budget_counts_what_was_spent_in_its_period_already(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord
) -> None:
    await call(owner, mission, USED)
    await call(owner, mission, USED, model="large")

    day, month, total = [
        await set_budget(owner, organization, mission["agent_id"], limitUsd=1, period=period)
        for period in ("day", "month", "total")
    ]

    assert (held(day), held(month), held(total)) == ((80, 700, 0, 0), (80, 700, 0, 0), (0, 0, 0, 0))


async def test_fifty_missions_of_two_workspaces_never_spend_more_than_a_budget(
    owner: Context, crew: Crew, organization: OrganizationRecord, people: People
) -> None:
    # Given: a budget of the organization, and missions whose calls may come to three times as much
    limit = 3_500
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=limit / 1_000_000)
    values = WorkspaceCreate(organization_id=organization["_id"], name="Other", slug=f"other-{secrets.token_hex(4)}")
    other = Crew(people, owner, (await create_workspace(again(owner), values)).value)
    hands = [(side, await side.hire()) for side in (crew, other)]
    missions = [await side.ask(hand) for side, hand in hands for _ in range(25)]
    chance = Random(7)
    worst = 200
    billed: list[int] = []

    async def run(mission: MissionRecord) -> None:
        try:
            usage_id = await reserve_call(owner, mission, cost=worst)
        except BudgetExhausted:
            return
        cost = chance.randint(1, worst)
        billed.append(cost)  # the provider's bill, whether its end is heard of or not
        if cost % 10:
            await settle_call(owner, mission, usage_id, Usage(100, 10, cost))

    # When
    await asyncio.gather(*map(run, missions))

    # Then
    after = await stored_budget(budget)
    calls = [each for mission in missions for each in await calls_of(mission)]
    open_calls = [each for each in calls if each["state"] == UsageState.RESERVED]
    assert sum(billed) <= limit
    assert after["cost_reserved"] == worst * len(open_calls)
    assert after["cost_spent"] == sum(each["cost"] for each in calls)
    assert after["cost_spent"] + after["cost_reserved"] <= limit
    assert len(calls) >= limit // worst


async def test_it_is_told_once_a_period_that_little_is_left(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    admin = await join(workspace, "ada", Role.ADMIN)
    await join(workspace, "ben")
    await set_budget(owner, organization, workspace["_id"], limitUsd=0.0001)

    await call(owner, mission, Usage(1, 1, 79))
    before = await event_types(organization["_id"])
    await call(owner, mission, Usage(1, 1, 1))
    await call(owner, mission, Usage(1, 1, 1))
    await follow(owner.services)

    assert "BudgetNearlySpent" not in before
    assert (await event_types(organization["_id"])).count("BudgetNearlySpent") == 1
    told = {"workspace_id": workspace["_id"], "type": ActivityType.BUDGET_NEARLY_SPENT}
    [activity] = await collection(Activity).find(told).to_list()
    assert (activity["meta"]["subject"], activity["meta"]["costSpent"], activity["meta"]["costLimit"]) == (
        "workspace",
        80,
        100,
    )
    for person in (owner, admin):
        listed = await list_notifications(again(person), Window.read())
        assert [each["activity_id"] for each in listed.nodes if each["activity_id"] == activity["_id"]]


async def test_of_an_organizations_budget_its_people_are_told_and_no_reviewer(
    owner: Context, mission: MissionRecord, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    reviewer = await join(workspace, "ada", Role.ADMIN)
    await set_budget(owner, organization, organization["_id"], limitUsd=0.0001)

    await call(owner, mission, Usage(1, 1, 90))
    await follow(owner.services)

    [activity] = (
        await collection(Activity)
        .find({"workspace_id": workspace["_id"], "type": ActivityType.BUDGET_NEARLY_SPENT})
        .to_list()
    )
    told = {}
    for name, ctx in {"owner": owner, "reviewer": reviewer}.items():
        listed = await list_notifications(again(ctx), Window.read())
        told[name] = [each for each in listed.nodes if each["activity_id"] == activity["_id"]]

    assert (len(told["owner"]), told["reviewer"]) == (1, [])


async def test_usage_adds_up_by_day_and_by_model(
    owner: Context, crew: Crew, mission: MissionRecord, workspace: WorkspaceRecord
) -> None:
    other = await crew.ask(await crew.hire("borealis"))
    await call(owner, mission, USED)
    await call(owner, mission, USED, model="large")
    await call(owner, other, USED)
    await reserve_call(owner, other)

    [of_workspace] = await usage_of_workspace(again(owner), [workspace], None)
    [of_agent] = await usage_of_agent(again(owner), [{"_id": mission["agent_id"]}], None)  # type: ignore[typeddict-item]
    of_missions = await usage_of_mission(again(owner), [mission, other], None)

    assert (of_workspace["calls"], of_workspace["cost"], of_workspace["input_tokens"]) == (3, 120, 900)
    assert [(each["model"], each["calls"]) for each in of_workspace["models"]] == [("large", 1), ("small", 2)]
    assert [(each["day"], each["cost"]) for each in of_workspace["days"]] == [(day_of(utc_now()), 120)]
    assert of_agent["calls"] == 2
    assert [each["calls"] for each in of_missions] == [2, 1]
