"""What the built-in runtime keeps of a mission: whose work it is, the turns of its model, and their calls of tools."""

from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.enums import MissionCallState
from models.ids import Kind, id_of
from models.records import MissionCallRecord, MissionRunRecord, MissionStepRecord


class MissionRun(Stored[MissionRunRecord]):
    """The work on a mission that the runtime does or is to do: `id` is the mission's. It ends with the mission.

    It is due at `due_at`, which a `holder` puts off again and again while it works (then it is a lease), and never
    where the mission waits for people. Each change of a run is made with the `fence` that its holder was given:
    whoever takes a run over, or ends it, takes that away, and nothing that was begun before is committed any more.
    `losses` counts holders that went away since the last turn was stored, `failures` how often the work itself failed.

    `attempt` counts requests to models. `output` is what the last one has written so far, a few seconds old.
    `read_until` is the position of the last report that the model has read. `bad_turns` counts turns in a row that
    came to nothing; of the steps before `elided_before` the model is shown no results any more. `told` is what was last
    reported of why it cannot go on, `waits` how often in a row it waited for that, `waits_on` the budget or the keys
    whose change would help (`resolvers.state.mission_wake`), `news_at` when something happened that it may be about to
    wait for.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    agent_id: PydanticObjectId
    due_at: datetime | None
    holder: str | None = None
    fence: int = 0
    losses: int = 0
    failures: int = 0
    attempt: int = 0
    output: str = ""
    read_until: int = 0
    bad_turns: int = 0
    elided_before: int = 0
    told: str | None = None
    waits: int = 0
    waits_on: list[str] = Field(default_factory=list)
    news_at: datetime | None = None

    class Settings:
        name = "mission_runs"
        indexes = [
            IndexModel([("due_at", ASCENDING)]),
            IndexModel([("holder", ASCENDING)]),
            IndexModel([("waits_on", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0x75)
class MissionStep(Stored[MissionStepRecord]):
    """A turn of a model: what it was sent beyond the turns before, and what it answered, as JSON in the `format` of the
    library that speaks to models. `n` counts from 1. Tokens are those of the request; `cost` is in millionths of a US
    dollar, None where nobody knows it."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION_STEP))
    workspace_id: PydanticObjectId
    mission_id: PydanticObjectId
    n: int
    attempt: int
    model: str
    format: str
    messages: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int | None = None

    class Settings:
        name = "mission_steps"
        indexes = [
            IndexModel([("mission_id", ASCENDING), ("n", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0x76)
class MissionCall(Stored[MissionCallRecord]):
    """A call of a tool: the one of `index`, from 0, in the turn `n`. Its id follows from these, so that it is there
    once. `arguments` is JSON, and `result` what the model is told of it; `late` says that it was told first that people
    decide on it, and has not been told since what they decided."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION_CALL))
    workspace_id: PydanticObjectId
    mission_id: PydanticObjectId
    n: int
    index: int
    tool: str
    arguments: str
    state: MissionCallState = MissionCallState.PENDING
    result: str | None = None
    proposal_id: PydanticObjectId | None = None
    late: bool = False
    finished_at: datetime | None = None

    class Settings:
        name = "mission_calls"
        indexes = [
            IndexModel([("mission_id", ASCENDING), ("n", ASCENDING), ("index", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("proposal_id", ASCENDING)]),
        ]


def step_id(mission_id: ObjectId, n: int) -> ObjectId:
    """The id of a turn."""
    return id_of(Kind.MISSION_STEP, mission_id, _number(n))


def call_id(mission_id: ObjectId, n: int, index: int) -> ObjectId:
    """The id of a call."""
    return id_of(Kind.MISSION_CALL, mission_id, _number(n), _number(index))


def _number(value: int) -> ObjectId:
    return ObjectId(value.to_bytes(12))
