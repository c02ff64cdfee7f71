"""How long whoever works on a card may take: the time that an agent has it, and not what it waits for others."""

from datetime import timedelta

from models import Mission
from models.base import Record, collection
from models.enums import MissionStatus
from models.records import MissionRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.mission.relay import relay_mission
from resolvers.state.mission_time import overdue, seconds_left
from tests.resolvers.lab import People
from tests.resolvers.missions import Crew, stored
from tests.resolvers.projects import make_board

MINUTE = timedelta(minutes=1)


async def later(mission: MissionRecord, *names: str) -> MissionRecord:
    """The mission, of which some moments are moved a minute into the past."""
    now = await stored(mission)
    moved: Record = {name: now[name] - MINUTE for name in names}  # type: ignore[literal-required]
    await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": moved})
    return await stored(mission)


async def test_the_time_that_a_card_gives_is_counted_while_its_agent_has_it(
    people: People, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a mission about a card that gives five minutes, which waits in the queue
    crew, board = Crew(people, owner, workspace), await make_board(owner, workspace)
    atlas, card = await crew.hire(), await board.card(maxDurationSeconds=300)
    mission = await crew.ask(atlas, cardId=card["_id"])
    assert (mission["max_seconds"], mission["ends_by"], mission["deadline"]) == (300, None, None)

    # When an agent begins with it, it has all of that
    await atlas.claim()
    begun = await stored(mission)
    ends_by, started_at = begun["ends_by"], begun["started_at"]
    assert ends_by is not None
    assert started_at is not None
    assert ends_by == started_at + 5 * MINUTE
    assert overdue(begun, ends_by - timedelta(seconds=1)) is None
    assert overdue(begun, ends_by) == "It was not done within 300 seconds, which is what its card gives"

    # When it waits for people for a minute, that is given back
    await atlas.report(mission, awaitingApproval=True)
    waiting = await later(mission, "ends_by", "waits_since")
    await atlas.report(mission, awaitingApproval=False)
    goes_on = (await stored(mission))["ends_by"]
    assert waiting["ends_by"] == ends_by - MINUTE
    assert goes_on is not None
    assert ends_by <= goes_on < ends_by + MINUTE / 2

    # When it is handed over, the next one has what is left
    left = seconds_left(await later(mission, "ends_by"), goes_on - 2 * MINUTE)
    over = (await relay_mission(board.ctx, mission["_id"])).value
    assert left == 60
    assert over["max_seconds"] in range(200, 241)

    # And one that another is asked for has all again, as one about no such card has as long as it takes
    await atlas.claim()
    await atlas.complete(over)
    assert (await crew.ask(atlas, cardId=card["_id"]))["max_seconds"] == 300
    endless = await crew.ask(atlas)
    assert (endless["max_seconds"], seconds_left(endless, endless["created_at"])) == (None, None)
    assert endless["status"] == MissionStatus.QUEUED
