"""Scripts of projects: what there is to run. For the admins of a project alone; its members see them."""

from collections.abc import Sequence

from bson import ObjectId

from auth.policies import board
from models import Project, Script, ScriptRun
from models.base import collection, to_record
from models.enums import TokenScope
from models.errors import NotFound
from models.facts import CREATE
from models.rank import rank_between
from models.records import ProjectRecord, ScriptRecord
from models.write import find_and_delete
from realtime.events.script import ScriptCreated, ScriptDeleted, ScriptUpdated
from realtime.log import Change, Committed
from resolvers.column.reorder import write_order
from resolvers.inputs.script import MAX_SCRIPTS, ScriptCreate, ScriptReorder, ScriptUpdate
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT, SCRIPT
from resolvers.kit.operation import Caller, edge, operation, reader
from resolvers.lane.card_place import BY_RANK
from resolvers.member.project_member import check_admin

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE

get_script = reader("script", SCRIPT)


@operation("scripts", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_scripts(ctx: Context, project: ProjectRecord) -> list[ScriptRecord]:
    """The scripts of a project, in order."""
    [found] = await scripts_of(ctx, [project], None)
    return found


@operation("scriptCreate", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def create_script(ctx: Context, project: ProjectRecord, values: ScriptCreate) -> Committed[ScriptRecord]:
    """Write a script for a project: for its admins."""
    await check_admin(ctx, project)

    async def body(change: Change) -> ScriptRecord:
        await require_parent(change, Project, project["_id"])
        mine = {"project_id": project["_id"]}
        await require_room(change, Script, mine, MAX_SCRIPTS, "scripts in this project")
        last = await collection(Script).find_one(mine, {"rank": 1}, sort=[("rank", -1)], session=change.session)
        script = to_record(
            Script(
                workspace_id=project["workspace_id"],
                project_id=project["_id"],
                **values_of(values, Script, CREATE),
                rank=rank_between(None if last is None else last["rank"], None),
                created_by=change.actor_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(Script).insert_one(script, session=change.session)
        change.append(project["workspace_id"], ScriptCreated(script=script, project_id=project["_id"]))
        return script

    return await ctx.write(project["workspace_id"], body)


@operation("scriptUpdate", opens=SCRIPT.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def update_script(ctx: Context, door: ScriptRecord, values: ScriptUpdate) -> Committed[ScriptRecord]:
    """Change a script: for the admins of its project."""
    await check_admin(ctx, project_of(door))

    async def body(change: Change) -> ScriptRecord:
        script, differs = await set_fields(change, Script, door["_id"], values.given())
        if differs:
            change.append(script["workspace_id"], ScriptUpdated(script=script, project_id=script["project_id"]))
        return script

    return await ctx.write(door["workspace_id"], body)


@operation("scriptReorder", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def reorder_scripts(ctx: Context, project: ProjectRecord, values: ScriptReorder) -> Committed[ProjectRecord]:
    """Put the scripts of a project into another order: for its admins."""
    await check_admin(ctx, project)

    async def body(change: Change) -> ProjectRecord:
        query = {"project_id": project["_id"]}
        stored = await collection(Script).find(query, session=change.session).sort(BY_RANK).to_list()
        for _, script in await write_order(change, Script, stored, values.ids):
            change.append(script["workspace_id"], ScriptUpdated(script=script, project_id=script["project_id"]))
        return project

    return await ctx.write(project["workspace_id"], body)


@operation("scriptDelete", opens=SCRIPT.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def delete_script(ctx: Context, script: ScriptRecord) -> Committed[ObjectId]:
    """Delete a script with its last run, which ends if it is under way: for the admins of its project."""
    await check_admin(ctx, project_of(script))

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Script, {"_id": script["_id"]}, change.session) is None:
            raise NotFound("Script")
        await collection(ScriptRun).delete_one({"script_id": script["_id"]}, session=change.session)
        event = ScriptDeleted(deleted_id=script["_id"], project_id=script["project_id"])
        change.append(script["workspace_id"], event)
        return ObjectId(script["_id"])

    return await ctx.write(script["workspace_id"], body)


def project_of(script: ScriptRecord) -> ProjectRecord:
    """What is asked of a script's project to tell whose it is."""
    found: ProjectRecord = {"_id": script["project_id"], "workspace_id": script["workspace_id"]}  # type: ignore[typeddict-item]
    return found


@edge(scope=READ)
async def scripts_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[list[ScriptRecord]]:
    """The scripts of each project, in order."""
    return await to_list(Script, projects, "project_id", sort=BY_RANK, fields=fields)
