"""Missions: read and cancelled by people, driven with the agent's own token."""

from resolvers.inputs.mission import MissionComplete, MissionFail, MissionReport
from resolvers.kit.page import Page, Window
from resolvers.mission.drive import claim_mission, complete_mission, fail_mission, report_mission
from resolvers.mission.mission import activities_of, cancel_mission, get_mission, list_missions
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import MissionQuery, whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.agent import ClaimedMission, Mission, MissionDetails, mission, mission_activity

routes = Routes(
    "Missions",
    WORKSPACE + "/missions",
    about="Read and cancelled by people, driven with the agent's own token.",
    place=400,
)


@routes.get("", "List the missions of a workspace, the newest first", runs=list_missions, query=MissionQuery)
async def find(call: Call) -> list[Mission]:
    workspace = await guards.workspace(call)
    wanted = call.query(MissionQuery)

    async def read(size: int, after: str | None) -> Page:
        return await list_missions(call.ctx, workspace["_id"], Window.read(size, after), wanted.filter())

    return [mission(record) for record in await whole(read, wanted.limit)]


@routes.get("/{missionId}", "Read a mission with what its agent reported", runs=get_mission)
async def get(call: Call) -> MissionDetails:
    found = await guards.mission(call)
    record = await get_mission(call.ctx, found["_id"])

    async def read(size: int, after: str | None) -> Page:
        return (await activities_of(call.ctx, [record], None, first=size, after=after))[0]

    return {**mission(record), "activities": [mission_activity(item) for item in await whole(read)]}


@routes.post("/{missionId}/cancel", "Cancel a mission that is not finished", runs=cancel_mission)
async def cancel(call: Call) -> Mission:
    found = await guards.mission(call)
    return mission((await cancel_mission(call.ctx, found["_id"])).value)


@routes.post("/claim", "Claim the agent's next queued mission", runs=claim_mission)
async def claim(call: Call) -> ClaimedMission:
    """With the agent's own token. However many ask at once, each mission goes to one."""
    workspace = await guards.workspace(call)
    claimed = (await claim_mission(call.ctx, workspace["_id"])).value
    return {"mission": None if claimed is None else mission(claimed)}


@routes.post("/{missionId}/report", "Report on a mission", runs=report_mission)
async def report(call: Call) -> Mission:
    """With the agent's own token: activities, progress, output as it is written, and whether it awaits approval."""
    found = await guards.mission(call)
    return mission((await report_mission(call.ctx, found["_id"], call.body(MissionReport))).value)


@routes.post("/{missionId}/complete", "Complete a mission", runs=complete_mission)
async def complete(call: Call) -> Mission:
    """With the agent's own token."""
    found = await guards.mission(call)
    return mission((await complete_mission(call.ctx, found["_id"], call.body(MissionComplete))).value)


@routes.post("/{missionId}/fail", "Fail a mission", runs=fail_mission)
async def fail(call: Call) -> Mission:
    """With the agent's own token."""
    found = await guards.mission(call)
    return mission((await fail_mission(call.ctx, found["_id"], call.body(MissionFail))).value)
