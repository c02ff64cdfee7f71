"""Missions of agents."""

import httpx

from models import MissionActivity
from models.base import collection
from models.enums import MissionActivityKind
from models.errors import Forbidden
from resolvers.inputs.mission import MissionActivityInput, MissionComplete, MissionCreate, MissionFail, MissionReport
from resolvers.kit.page import Window
from resolvers.mission import drive as mission_drive
from resolvers.mission.mission import cancel_mission, create_mission
from tests.gateway.replay.state import JSON, State, put, put_under
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import MISSION, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

RUNTIME = WORKSPACE + "/agent-runtime"
MISSIONS = WORKSPACE + "/missions"


async def make(world: World) -> None:
    """The caller "agent" meets one that is the other agent's; one of its own is never needed here. It is about no card:
    nobody could delete that."""
    ids = world.ids
    asked = MissionCreate(agent_id=ids["other agent"], project_id=ids["project"], prompt="Look around")
    ids["mission"] = (await world.made(create_mission, asked))["_id"]
    await mission_drive.claim_mission(await world.context("other agent"), ids["workspace"])
    said = MissionReport(activities=[MissionActivityInput(kind=MissionActivityKind.THOUGHT, content="Hm")])
    await mission_drive.report_mission(await world.context("other agent"), ids["mission"], said)
    activity = await collection(MissionActivity).find_one({"mission_id": ids["mission"]}, {"_id": 1})
    assert activity is not None
    ids["mission_activity"] = activity["_id"]


async def queue_mission(world: World) -> None:
    """A mission that the other agent can claim."""
    await create_mission(again(world.owner), MissionCreate(agent_id=world.ids["other agent"], prompt="Next"))


async def end_mission(world: World) -> None:
    """A mission about the card that has ended."""
    asked = MissionCreate(agent_id=world.ids["agent"], card_id=world.ids["card"], prompt="Next")
    world.ids["ended mission"] = (await create_mission(again(world.owner), asked)).value["_id"]
    await cancel_mission(again(world.owner), world.ids["ended mission"])


def _activity_added(state: State, event: JSON) -> None:
    put(state, "Mission", event["mission"])
    put(state, "MissionActivity", event["activity"], event["mission"]["id"])


async def story(cast: Cast) -> None:
    api, ann, agents, missions = cast.api, cast.ann, f"{cast.workspace}/agents", f"{cast.workspace}/missions"
    created = await made(ann, agents, name="Reviewer", slug="reviewer")
    agent, driver = f"{agents}/{created['id']}", api.client(created["token"])
    await changed(ann, agent, autonomyMode="approval")
    assert (await read(ann, agent))["autonomyMode"] == "approval"
    card = await made(ann, f"{cast.path}/cards", title="Review me")
    ids = [(await made(ann, f"{agent}/missions", prompt=text, cardId=card["id"]))["id"] for text in "abc"]
    claimed = await made(driver, f"{missions}/claim")
    assert claimed["mission"]["id"] == ids[0]
    mission = f"{missions}/{ids[0]}"
    activity = {"kind": "action", "content": "Read the card", "tool": "read_board", "data": {"n": 1}}
    await made(driver, f"{mission}/report", activities=[activity], progress=0.5, outputDelta="Hel")
    await _gated(cast, driver, f"{cast.path}/cards/{card['id']}/comments")
    assert len(await read(ann, f"{mission}/proposals")) == 2
    followed = await ann.get(f"{mission}/stream", params={"follow": "false"})
    assert followed.text.count("event: mission_status") == 1, followed.text
    await _begun(cast, created["userId"])
    assert (await made(driver, f"{mission}/complete", summary="Fine"))["status"] == "completed"
    assert (await read(ann, mission))["activities"][0]["data"] == {"n": 1}
    await made(driver, f"{missions}/claim")
    assert (await made(driver, f"{missions}/{ids[1]}/fail", error="No way"))["status"] == "failed"
    assert (await made(ann, f"{missions}/{ids[2]}/cancel"))["status"] == "cancelled"
    assert await made(driver, f"{missions}/claim") == {"mission": None}
    assert [one["id"] for one in await read(ann, f"{agent}/missions")][-3:] == ids[::-1]
    assert [one["id"] for one in await read(ann, f"{missions}?status=failed")] == [ids[1]]
    await deleted(ann, agent)


async def _gated(cast: Cast, driver: httpx.AsyncClient, comments: str) -> None:
    """What the agent wants to say waits for somebody, who lets it once, and once not."""
    ann, workspace = cast.ann, cast.workspace
    for decide, became in (("approve", "applied"), ("reject", "rejected")):
        asked = await driver.post(comments, json={"content": f"To {decide}"})
        told = asked.json()["details"]
        assert (asked.status_code, told["kind"]) == (403, "APPROVAL_REQUIRED"), asked.text
        [waits] = await read(ann, f"{workspace}/agent-runtime/proposals")
        assert waits["id"] == told["proposalId"]
        decided = await made(ann, f"{workspace}/proposals/{waits['id']}/{decide}", reason="So be it")
        assert decided["status"] == became


async def _begun(cast: Cast, agent_user_id: str) -> None:
    """Two that are begun by a person, and called off."""
    ann, runtime = cast.ann, f"{cast.workspace}/agent-runtime"
    run = await made(ann, f"{runtime}/run", agentUserId=agent_user_id, objective="Tidy up", maxSteps=8)
    about = await made(ann, f"{cast.path}/cards", title="Start me")
    started = await made(ann, f"{runtime}/card-mission", cardId=about["id"], projectId=cast.project_id)
    for begun in (run, started):
        await made(ann, f"{cast.workspace}/missions/{begun['id']}/cancel")


SAMPLE = Sample(
    # What agents have written comes back from an export as somebody else's.
    after=("agent", "project", "transfer"),
    make=make,
    calls={
        "mission": lambda ids: (ids["mission"],),
        "missions": lambda ids: (ids["workspace"], Window.read()),
        "agentMissions": lambda ids: (ids["agent"], Window.read()),
        "missionActivity": lambda ids: (ids["mission_activity"],),
        "missionCreate": lambda ids: (MissionCreate(agent_id=ids["agent"], prompt="More"),),
        "missionCancel": lambda ids: (ids["mission"],),
        "missionClaim": lambda ids: (ids["workspace"],),
        "missionReport": lambda ids: (ids["mission"], MissionReport(progress=0.5)),
        "missionComplete": lambda ids: (ids["mission"], MissionComplete()),
        "missionFail": lambda ids: (ids["mission"], MissionFail(error="Broken")),
        "missionEvents": lambda ids: (ids["mission"],),
    },
    # An agent drives its own missions alone.
    beyond={(name, "agent"): Forbidden for name in ("missionReport", "missionComplete", "missionFail")},
    makes_another={"missionCreate"},
    refused_there={"missionCancel", "missionFail"},
    routes={
        ("GET", WORKSPACE + "/agents/{agentId}/missions"): None,
        ("POST", WORKSPACE + "/agents/{agentId}/missions"): sent(prompt="More"),
        ("GET", MISSIONS): None,
        ("POST", MISSIONS + "/claim"): None,
        ("GET", MISSION): None,
        ("POST", MISSION + "/cancel"): None,
        ("POST", MISSION + "/report"): sent(progress=0.5),
        ("POST", MISSION + "/complete"): sent(),
        ("POST", MISSION + "/fail"): sent(error="Broken"),
        ("POST", RUNTIME + "/run"): lambda ids: {"agentUserId": str(ids["agent"]), "objective": "Look"},
        ("POST", RUNTIME + "/card-mission"): lambda ids: {
            "cardId": str(ids["second_card"]),
            "projectId": str(ids["project"]),
            "agentId": str(ids["agent"]),
        },
        ("GET", MISSION + "/stream"): sent(follow="false"),
    },
    cases={
        "missionClaim": Case(caller="other agent", prepare=queue_mission),
        "missionReport": Case(caller="other agent"),
        "missionComplete": Case(caller="other agent"),
        "missionFail": Case(caller="other agent"),
    },
    kept={
        "Mission": Kept(
            "agent { id } card { id } project { id } createdBy { id } continues { id } engine { id }",
            {"Workspace": "missions(first: 50) { nodes { ...MissionFields } }"},
            outlives=True,
        ),
        "MissionActivity": Kept(
            "author { id }",
            {"Mission": "activities(first: 50) { nodes { ...MissionActivityFields } }"},
            below_parent=True,
        ),
    },
    rules={
        "MissionStatusChanged": put_under("mission", "Mission"),
        "MissionActivityAdded": ("mission { ...MissionFields } activity { ...MissionActivityFields }", _activity_added),
    },
    story=story,
)
