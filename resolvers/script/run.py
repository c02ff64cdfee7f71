"""Runs of scripts: starting one, stopping it, and what it has come to. `resolvers.script.carry` carries them out."""

from collections.abc import Sequence

from auth.policies import board
from models import Card, Project, Script, ScriptRun, Worktree
from models.base import collection, to_record, with_changes, without
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotBound, NotConfigured, NotFound
from models.ids import among
from models.records import ScriptRecord, ScriptRunRecord
from models.script_status import ScriptStatus
from realtime.events.script import ScriptRunChanged
from realtime.log import Change, Committed
from resolvers.inputs.script import ScriptStart
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import SCRIPT
from resolvers.kit.operation import Caller, edge, operation
from resolvers.machine.reach import FIELDS, place_of
from resolvers.member.project_member import check_admin
from resolvers.script.script import project_of

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_RUNNING = 3
"""Of one workspace, that run or wait: fewer than a gateway runs at once, so that it keeps no other one waiting."""
OUTPUT = "output"
NOT_TOLD = {OUTPUT: 0}


@operation("scriptRun", opens=SCRIPT.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def run_script(ctx: Context, script: ScriptRecord, values: ScriptStart) -> Committed[ScriptRunRecord]:
    """Run a script in a sandbox without network, for ten minutes at most: for the admins of its project.

    What it writes, and how it ends, events tell. Its run before is gone. Raises Conflict while it runs already, or
    three of its workspace do; NotBound where the project has no folder that is reached, NotConfigured where the
    operator lets no scripts run.
    """
    await check_admin(ctx, project_of(script))
    if not ctx.services.runs_scripts:
        raise NotConfigured("Scripts are not run here: the operator would set ORRERY_SCRIPTS")
    project = await collection(Project).find_one({"_id": script["project_id"]}, dict.fromkeys(FIELDS, 1))
    if project is None:
        raise NotBound
    await place_of(ctx, project)
    if values.card_id is not None:
        inside = {"_id": values.card_id, "project_id": script["project_id"]}
        if await collection(Card).find_one(inside, {"_id": 1}) is None:
            raise BadUserInput("is not a card of the project", field="cardId")
        if (
            await collection(Worktree).find_one(
                {"card_id": values.card_id, "project_id": script["project_id"]}, {"_id": 1}
            )
            is None
        ):
            raise Conflict("The card has no worktree", field="cardId")

    async def body(change: Change) -> ScriptRunRecord:
        await require_parent(change, Script, script["_id"])
        mine = {"script_id": script["_id"]}
        before = await collection(ScriptRun).find_one(mine, {"status": 1}, session=change.session)
        if before is not None and before["status"] == ScriptStatus.RUNNING:
            raise Conflict("The script runs already")
        await collection(ScriptRun).delete_many(mine, session=change.session)
        running = {"workspace_id": script["workspace_id"], "status": ScriptStatus.RUNNING.value}
        await require_room(change, ScriptRun, running, MAX_RUNNING, "scripts running in this workspace")
        run = to_record(
            ScriptRun(
                workspace_id=script["workspace_id"],
                project_id=script["project_id"],
                script_id=script["_id"],
                card_id=values.card_id,
                command=script["command"],
                started_by=change.actor_id,
                started_at=change.at,
                created_at=change.at,
            )
        )
        await collection(ScriptRun).insert_one(run, session=change.session)
        return tell_run(change, run)

    done = await ctx.write(script["workspace_id"], body)
    ctx.services.scripts_due.set()
    return done


@operation("scriptCancel", opens=SCRIPT, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def cancel_script(ctx: Context, script: ScriptRecord) -> Committed[ScriptRunRecord]:
    """Stop the run of a script with all that it began: for the admins of its project.

    One that has ended stays as it is. Raises NotFound for a script that was never run.
    """
    found = await collection(Script).find_one({"_id": script["_id"]}, {"project_id": 1, "workspace_id": 1})
    if found is None:
        raise NotFound("Script")
    await check_admin(ctx, project_of(found))

    async def body(change: Change) -> ScriptRunRecord:
        mine = {"script_id": script["_id"]}
        run = await collection(ScriptRun).find_one(mine, NOT_TOLD, session=change.session)
        if run is None:
            raise NotFound("Script run")
        if run["status"] != ScriptStatus.RUNNING or run["is_cancelled"]:
            return run
        changes: dict[str, object] = {"is_cancelled": True}
        if run["holder"] is None:  # nobody has begun with it
            changes |= {"status": ScriptStatus.CANCELLED.value, "finished_at": change.at}
        await collection(ScriptRun).update_one({"_id": run["_id"]}, {"$set": changes}, session=change.session)
        cancelled = with_changes(run, changes)
        return tell_run(change, cancelled) if "status" in changes else cancelled

    done = await ctx.write(script["workspace_id"], body)
    ctx.services.scripts_due.set()
    return done


def tell_run(change: Change, run: ScriptRunRecord) -> ScriptRunRecord:
    """Tell of a run as it is now; what is told of it."""
    told = without(run, [OUTPUT])
    event = ScriptRunChanged(script_run=told, project_id=run["project_id"], card_id=run["card_id"])
    change.append(run["workspace_id"], event)
    return told


@edge(scope=READ)
async def run_of(ctx: Context, scripts: Sequence[ScriptRecord], fields: Fields) -> list[ScriptRunRecord | None]:
    """The last run of each script."""
    ids = [script["_id"] for script in scripts]
    runs = await collection(ScriptRun).find({"script_id": among(ids)}, NOT_TOLD).to_list()
    found = {run["script_id"]: run for run in runs}
    return [found.get(script_id) for script_id in ids]


@edge(scope=READ)
async def output_of(ctx: Context, runs: Sequence[ScriptRunRecord], fields: Fields) -> list[str]:
    """What each run wrote, at most 1 MB."""
    ids = [run["_id"] for run in runs]
    found = await collection(ScriptRun).find({"_id": among(ids)}, {OUTPUT: 1}).to_list()
    texts = {run["_id"]: "".join(run["output"]) for run in found}
    return [texts.get(run_id, "") for run_id in ids]
