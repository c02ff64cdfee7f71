"""A mission that its agent has claimed is its own for as long as something is heard of it."""

from datetime import datetime, timedelta

import pytest

from gateway.database import Database
from models import Mission, MissionActivity
from models.base import collection, utc_now
from models.enums import MissionStatus as Status
from models.errors import Conflict
from models.records import MissionRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.mission.lease import LEASE, end_lapsed
from tests.conftest import empty
from tests.resolvers.lab import People
from tests.resolvers.missions import Crew, Hand, mission_events, stored


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def atlas(crew: Crew, database: Database) -> Hand:
    await empty(database, Mission)
    return await crew.hire("atlas")


async def silent(crew: Crew, mission: MissionRecord, since: datetime | None = None) -> MissionRecord:
    """The mission once nothing was heard of it since its lease began, or for as long as `since` a moment."""
    until = (await stored(mission)).get("lease_until") if since is None else since + LEASE
    if until is not None:
        await end_lapsed(crew.owner.services, until + timedelta(seconds=1))
    return await stored(mission)


async def test_a_claimed_mission_that_nothing_is_heard_of_waits_to_be_claimed_again(crew: Crew, atlas: Hand) -> None:
    # Given
    mission = await crew.mission_at(atlas, Status.RUNNING)
    await end_lapsed(crew.owner.services)
    assert (await stored(mission))["status"] == Status.RUNNING

    # When
    given_back = await silent(crew, mission)

    # Then it is told, and its agent may go on only once it has claimed it
    assert (given_back["status"], given_back["lease_until"]) == (Status.QUEUED, None)
    told = [event["type"] for event in await mission_events(mission)]
    assert told[-2:] == ["MissionActivityAdded", "MissionStatusChanged"]
    with pytest.raises(Conflict, match="is queued takes no report"):
        await atlas.report(mission, progress=0.5)
    claimed = await atlas.claim()
    assert claimed is not None
    assert claimed["_id"] == mission["_id"]


async def test_the_third_silence_in_a_row_ends_it(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    for _ in range(2):
        assert (await silent(crew, mission))["status"] == Status.QUEUED
        await atlas.claim()

    ended = await silent(crew, mission)

    assert ended["status"] == Status.FAILED
    assert ended["error"] == "Nothing was heard of its agent for 5 minutes, 3 times in a row"
    assert await collection(MissionActivity).count_documents({"mission_id": mission["_id"]}) == 3


async def test_a_report_renews_the_lease_and_forgets_the_silences_before(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    await silent(crew, mission)
    await atlas.claim()
    soon = utc_now() + timedelta(minutes=2)
    await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": {"lease_until": soon}})

    await atlas.report(mission, progress=0.5)
    reported = await stored(mission)

    assert reported["lapses"] == 0
    assert reported["lease_until"] is not None
    assert reported["lease_until"] > soon + timedelta(minutes=2)
    # And the next one, just now, writes nothing
    await atlas.report(mission, progress=0.5)
    assert await stored(mission) == reported


async def test_text_that_is_not_kept_renews_the_lease_now_and_then(crew: Crew, atlas: Hand) -> None:
    mission = await crew.mission_at(atlas, Status.RUNNING)
    fresh = (await stored(mission))["lease_until"]
    await atlas.report(mission, outputDelta="Once ")
    assert (await stored(mission))["lease_until"] == fresh

    soon = utc_now() + timedelta(minutes=2)
    await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": {"lease_until": soon}})
    await atlas.report(mission, outputDelta="upon a time")

    renewed = (await stored(mission))["lease_until"]
    assert renewed is not None
    assert renewed > soon + timedelta(minutes=2)


async def test_nothing_lapses_while_people_are_waited_for_nor_once_it_is_over(crew: Crew, atlas: Hand) -> None:
    for status in (Status.AWAITING_APPROVAL, Status.COMPLETED, Status.CANCELLED):
        mission = await crew.mission_at(atlas, status)
        assert (await silent(crew, mission, utc_now()))["status"] == status

    # And it does again once the agent goes on
    waiting = await crew.mission_at(atlas, Status.AWAITING_APPROVAL)
    await atlas.report(waiting, awaitingApproval=False)
    assert (await silent(crew, waiting))["status"] == Status.QUEUED
