"""Missions that are handed over: a new one goes on with a summary, where the context of the old one has grown long."""

from dataclasses import dataclass, replace

from bson import ObjectId

from auth.policies import mission as policy
from models import MissionRun, Organization, Workspace
from models.base import collection
from models.enums import MissionActivityKind, MissionReason, MissionStatus, MissionWait, TokenScope
from models.errors import Conflict
from models.organization import RELAY_THRESHOLD, RelayMode
from models.records import MissionRecord
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.nouns import MISSION
from resolvers.kit.operation import Caller, operation
from resolvers.mission.again import begin_again
from resolvers.mission.board_run import card_in
from resolvers.mission.calls import has_proposed, said_since
from resolvers.mission.handoff import SO_FAR, summary_of, task_of
from resolvers.mission.mission import Asked, find_mission
from resolvers.mission.report import Report, add_reports
from resolvers.mission.run import Held
from resolvers.state.mission_status import change_status
from resolvers.state.mission_time import seconds_left

LONGEST_REST = 32
"""Turns between two tries to hand a mission over."""
UNDER_WAY = (MissionStatus.RUNNING, MissionStatus.AWAITING_APPROVAL)


@dataclass(frozen=True, slots=True)
class RelaySetting:
    """How an organization has missions handed over; by themselves, from `threshold` of the model's context on."""

    mode: RelayMode
    threshold: float


NO_RELAY = RelaySetting(RelayMode.OFF, RELAY_THRESHOLD)


@operation(
    "missionRelay",
    opens=MISSION,
    permission=policy.WRITE,
    scope=TokenScope.PILOTAGE_WRITE,
    includes=("missionCreate",),
    caller=Caller.NO_AGENT,
)
async def relay_mission(ctx: Context, door: MissionRecord) -> Committed[MissionRecord]:
    """Hand a mission that is under way over to a new one, which begins with a summary instead of all that was said.

    An organization may have none handed over.
    """
    workspace = await collection(Workspace).find_one({"_id": door["workspace_id"]}, {"organization_id": 1})
    setting = await relay_setting(None if workspace is None else workspace["organization_id"])

    async def body(change: Change) -> MissionRecord:
        mission = await find_mission(change, door["_id"])
        if setting.mode is RelayMode.OFF:
            raise Conflict("The organization has no missions handed over")
        if mission["status"] not in UNDER_WAY:
            raise Conflict(f"A mission that is {mission['status']} has nothing to hand over")
        if mission.get("waiting_for") == MissionWait.PROPOSALS or await has_proposed(mission["_id"], change):
            # They would be withdrawn with it.
            waits = {"waitingFor": MissionWait.PROPOSALS.value}
            raise Conflict("Somebody has to decide on what it proposes first, and it has to hear of that", **waits)
        return await _relay(ctx, change, mission, mission["max_steps"])

    return await ctx.write(door["workspace_id"], body)


async def relay_held(held: Held) -> bool:
    """Hand a mission over that the runtime works on; the new one may take the turns that are left. Whether it was:
    not while its card has another one beside it, for which nobody could begin."""

    async def body(change: Change, mission: MissionRecord) -> None:
        ctx = replace(held.ctx, mission_id=mission["_id"])
        await _relay(ctx, change, mission, mission["max_steps"] - mission["step_count"])

    try:
        await held.write(body)
    except Conflict:
        return False
    return True


@dataclass(slots=True)
class Relaying:
    """When a mission is to be handed over by itself: not before the turn `next_at`. Where another one stands in the
    way, that is not tried again for some turns, and for twice as many each time."""

    next_at: int = 0
    rest: int = 2

    async def try_at(self, turn: int, held: Held) -> bool:
        """Hand it over at a turn, if it is time; whether it was."""
        if turn < self.next_at:
            return False
        if await relay_held(held):
            return True
        self.next_at, self.rest = turn + self.rest, min(2 * self.rest, LONGEST_REST)
        return False


async def relay_setting(organization_id: ObjectId | None) -> RelaySetting:
    """What an organization has set, or what holds where it has not."""
    wanted = {"relay_mode": 1, "relay_threshold": 1}
    found = await collection(Organization).find_one({"_id": organization_id}, wanted)
    if found is None:
        return NO_RELAY
    mode = RelayMode(found.get("relay_mode", RelayMode.MANUAL))
    return RelaySetting(mode, found.get("relay_threshold", RELAY_THRESHOLD))


async def _relay(ctx: Context, change: Change, mission: MissionRecord, max_steps: int) -> MissionRecord:
    """End a mission that is under way, and begin the one that takes it over, which reads what was not read yet. Its
    card goes no further with that."""
    run = await collection(MissionRun).find_one({"_id": mission["_id"]}, session=change.session)
    unread = [] if run is None else await said_since(mission["_id"], run["read_until"], change)
    summary = await summary_of(mission)
    await change_status(change, mission, MissionStatus.COMPLETED, {"summary": summary, "handed_over": True})
    card = await card_in(change, mission["card_id"])
    asked = Asked(
        f"{task_of(mission['prompt'])}{SO_FAR}{summary}",
        max_steps=max_steps,
        deadline=mission["deadline"],
        max_seconds=seconds_left(mission, change.at),
        continues_id=mission["_id"],
        reason=MissionReason.RELAY,
    )
    made = await begin_again(ctx, change, mission, card, asked)
    said = [Report(MissionActivityKind.PROMPT, each["content"], author_id=each["author_id"]) for each in unread]
    return await add_reports(ctx, change, made, said)
