"""Scripts of a project, which its admins run in a sandbox."""

from typing import Annotated, Literal, cast

from pydantic import Field
from typing_extensions import TypedDict

from models.base import timestamp
from models.ids import Kind
from models.limits import NAME
from models.records import ScriptRecord, ScriptRunRecord
from models.script import COMMAND
from resolvers.inputs.script import MAX_SCRIPTS, ScriptCreate, ScriptReorder, ScriptStart, ScriptUpdate
from resolvers.kit.input import CardId, Input, ScriptId
from resolvers.kit.nouns import SCRIPT
from resolvers.script.run import cancel_script, run_of, run_script
from resolvers.script.script import create_script, delete_script, list_scripts, reorder_scripts, update_script
from resolvers.script.slash import list_slash_commands
from rest.agent_board import guards
from rest.agent_board.dialect import board_routes
from rest.dialect import NO_CONTENT
from rest.present import Id, Timestamp
from rest.routing import Call

routes = board_routes(
    "scripts", guards.PROJECT_PATH + "/scripts", about="What the admins of a project run in a sandbox.", place=230
)

slash = board_routes("scripts", guards.PROJECT_PATH + "/slash-commands")

Status = Literal["idle", "running", "success", "error", "cancelled", "lost"]


class ScriptBody(Input):
    """A script: a name, and what a shell is given."""

    name: Annotated[str, NAME]
    command: Annotated[str, COMMAND]


class ScriptOrder(Input):
    """All scripts of a project in another order."""

    ids: Annotated[list[ScriptId], Field(max_length=MAX_SCRIPTS)]


class RunBody(Input):
    """The card in whose worktree the script runs; without one in a copy of the project's files."""

    card_id: CardId | None = None


class ScriptData(TypedDict):
    """A script."""

    id: Id
    name: str
    command: str
    position: int


class RunData(TypedDict):
    """How far a script is, by its last run. `output` is the last 8 KB of what it wrote."""

    scriptId: Id
    status: Status
    exitCode: int | None
    startedAt: Timestamp | None
    finishedAt: Timestamp | None
    output: str


class SlashCommandData(TypedDict):
    """What may be called by a word."""

    name: str
    description: str


@routes.get("", "List the scripts of a project", runs=list_scripts)
async def find(call: Call) -> list[ScriptData]:
    return _scripts(await list_scripts(call.ctx, call.id("projectId", Kind.PROJECT)))


@routes.post("", "Create a script", runs=create_script, body=ScriptBody, reads=[list_scripts])
async def create(call: Call) -> ScriptData:
    """Behind the others; at most 50. For admins of the project."""
    project, values = await guards.project(call), call.body(ScriptBody)
    given = ScriptCreate.of(project_id=project["_id"], name=values.name, command=values.command)
    return await _script(call, (await create_script(call.ctx, given)).value)


@routes.put(
    "/reorder",
    "Put the scripts of a project into another order",
    runs=reorder_scripts,
    body=ScriptOrder,
    reads=[list_scripts],
)
async def reorder(call: Call) -> list[ScriptData]:
    """All of them, each once: else 409."""
    project = await guards.project(call)
    await reorder_scripts(call.ctx, ScriptReorder(project_id=project["_id"], ids=call.body(ScriptOrder).ids))
    return _scripts(await list_scripts(call.ctx, project["_id"]))


@routes.get("/status", "Read how far the scripts of a project are", runs=list_scripts)
async def status(call: Call) -> list[RunData]:
    """By the last run of each."""
    found = await list_scripts(call.ctx, call.id("projectId", Kind.PROJECT))
    runs = await run_of(call.ctx, found, None) if found else []
    return [run_data(script["_id"], run) for script, run in zip(found, runs, strict=True)]


@routes.put("/{scriptId}", "Change a script", runs=update_script, body=ScriptBody, reads=[list_scripts])
async def update(call: Call) -> ScriptData:
    """A run that is under way goes on as it began."""
    found, values = await guards.inside(call, SCRIPT, "scriptId"), call.body(ScriptBody)
    given = ScriptUpdate.of(name=values.name, command=values.command)
    return await _script(call, (await update_script(call.ctx, found["_id"], given)).value)


@routes.delete("/{scriptId}", "Delete a script", runs=delete_script, body=None)
async def delete(call: Call) -> None:
    """A run that is under way ends."""
    await delete_script(call.ctx, (await guards.inside(call, SCRIPT, "scriptId"))["_id"])


@routes.post("/{scriptId}/run", "Run a script", runs=run_script, body=RunBody, may_be_empty=True)
async def run(call: Call) -> RunData:
    """In a sandbox without network, for ten minutes at most. 409 while it runs already, 503 where the operator lets no
    scripts run."""
    found = await guards.inside(call, SCRIPT, "scriptId")
    started = await run_script(call.ctx, found["_id"], ScriptStart(card_id=call.body(RunBody).card_id))
    return run_data(found["_id"], started.value)


@routes.post("/{scriptId}/cancel", "Cancel a running script", runs=cancel_script, status=NO_CONTENT)
async def cancel(call: Call) -> None:
    """With all that it began. One that has ended stays as it is."""
    await cancel_script(call.ctx, (await guards.inside(call, SCRIPT, "scriptId"))["_id"])


@slash.get("", "List the slash commands of a project", runs=list_slash_commands)
async def commands(call: Call) -> list[SlashCommandData]:
    """Its scripts, the workspace's skills, and the commands that its repository keeps as Markdown."""
    found = await list_slash_commands(call.ctx, call.id("projectId", Kind.PROJECT))
    return [{"name": command.name, "description": command.description} for command in found]


def run_data(script_id: object, run: ScriptRunRecord | None) -> RunData:
    """A run as it is shown; of a script that was never run, that nothing happened."""
    if run is None:
        nothing: RunData = {
            "scriptId": str(script_id),
            "status": "idle",
            "exitCode": None,
            "startedAt": None,
            "finishedAt": None,
            "output": "",
        }
        return nothing
    return {
        "scriptId": str(script_id),
        "status": cast("Status", run["status"]),
        "exitCode": run["exit_code"],
        "startedAt": timestamp(run["started_at"]),
        "finishedAt": None if run["finished_at"] is None else timestamp(run["finished_at"]),
        "output": run["tail"],
    }


def _scripts(found: list[ScriptRecord]) -> list[ScriptData]:
    return [
        {"id": str(script["_id"]), "name": script["name"], "command": script["command"], "position": place}
        for place, script in enumerate(found)
    ]


async def _script(call: Call, script: ScriptRecord) -> ScriptData:
    shown = _scripts(await list_scripts(call.ctx, script["project_id"]))
    return next(each for each in shown if each["id"] == str(script["_id"]))
