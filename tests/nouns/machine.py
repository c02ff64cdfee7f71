"""Files of the machine that a project is bound to, the worktrees of its cards, and its scripts."""

from dataclasses import replace

import httpx

from models.errors import Forbidden, NotFound
from resolvers.inputs.script import ScriptCreate, ScriptReorder, ScriptStart, ScriptUpdate
from resolvers.kit.context import Context
from resolvers.script import run as script_run
from resolvers.script import script
from resolvers.script.run import run_script
from resolvers.script.script import create_script
from resolvers.worktree import worktree
from tests.gateway.replay.state import JSON, State, put, take, take_below
from tests.machine import FILES, folder_of, repository
from tests.resolvers.lab import again
from tests.rest.story import Cast, ask_board
from tests.world.paths import B_CARD, B_PROJECT, BOARD
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

SCRIPTS = B_PROJECT + "/scripts"
BY_ADMINS = ("scriptCreate", "scriptUpdate", "scriptReorder", "scriptRun", "scriptCancel", "scriptDelete")
"""Scripts are for the admins of their project."""


async def make(world: World) -> None:
    ids = world.ids
    ids["worktree"] = (await world.made(worktree.create_worktree, ids["card"]))["_id"]
    tests = ScriptCreate.of(project_id=ids["project"], name="Test", command="make test")
    ids["script"] = (await world.made(script.create_script, tests))["_id"]
    # Also where the gateway around this world lets none run.
    lets_run = replace(world.owner.services, runs_scripts=True)
    await script_run.run_script(Context(world.owner.subject, lets_run), ids["script"], ScriptStart())
    ids["script_run"] = (await world.made(script_run.cancel_script, ids["script"]))["_id"]


async def run_again(world: World) -> None:
    """A run of the script, which nobody has begun with."""
    await run_script(again(world.owner), world.ids["script"], ScriptStart())


async def add_script(world: World) -> None:
    """A script behind the other."""
    values = ScriptCreate.of(project_id=world.ids["project"], name="Next", command="true")
    world.ids["next_script"] = (await create_script(again(world.owner), values)).value["_id"]


def _run_changed(state: State, event: JSON) -> None:
    run = event["scriptRun"]
    take_below(state, "script", run["script"]["id"], "ScriptRun")
    put(state, "ScriptRun", run)


def _output_added(state: State, event: JSON) -> None:
    if run := state.get("ScriptRun", {}).get(event["scriptRunId"]):
        run["tail"] = (run["tail"] + event["text"]).encode()[-8192:].decode(errors="ignore")


def _script_deleted(state: State, event: JSON) -> None:
    take(state, "Script", event["scriptId"])
    take_below(state, "script", event["scriptId"], "ScriptRun")


async def board_story(cast: Cast) -> None:
    ann, folder = cast.ann, folder_of("acme")
    repository(folder)
    found = await ask_board(ann, "GET", f"/filesystem/browse?path={folder.parent}")
    assert found["entries"] == [{"name": folder.name, "path": str(folder), "isGitRepo": True}]
    read = await ask_board(ann, "GET", f"/filesystem/read?path={folder}/README.md")
    assert (read["content"], read["size"]) == (FILES["README.md"], 9)
    [acme] = [each for each in await ask_board(ann, "GET", "/organizations") if each["name"] == "Acme"]
    bound = await ask_board(ann, "POST", "/projects", 201, name="Files", path=str(folder), organizationId=acme["id"])
    assert bound["isGit"] is True
    assert await ask_board(ann, "GET", f"/projects/{bound['id']}/files") == sorted(FILES)
    created = await ask_board(ann, "POST", "/cards", 201, projectId=bound["id"], title="Fix it")
    diff = await ask_board(ann, "GET", f"/projects/{bound['id']}/cards/{created['id']}/diff")
    assert (diff["diff"], diff["stats"]["filesChanged"]) == ("", 0)
    await _scripts(ann, f"/projects/{bound['id']}/scripts")


async def _scripts(ann: httpx.AsyncClient, path: str) -> None:
    lint = await ask_board(ann, "POST", path, 201, name="Lint", command="make lint")
    test = await ask_board(ann, "POST", path, 201, name="Test", command="make")
    changed = await ask_board(ann, "PUT", f"{path}/{test['id']}", name="Test", command="make test")
    assert (changed["command"], changed["position"]) == ("make test", 1)
    order = [test["id"], lint["id"]]
    assert [each["id"] for each in await ask_board(ann, "PUT", f"{path}/reorder", ids=order)] == order
    assert [each["name"] for each in await ask_board(ann, "GET", path)] == ["Test", "Lint"]
    assert (await ask_board(ann, "POST", f"{path}/{test['id']}/run", 201, cardId=None))["status"] == "running"
    await ask_board(ann, "POST", f"{path}/{test['id']}/cancel", 204)
    assert [each["status"] for each in await ask_board(ann, "GET", f"{path}/status")] == ["cancelled", "idle"]
    await ask_board(ann, "DELETE", f"{path}/{lint['id']}", 204)
    [command] = await ask_board(ann, "GET", path.removesuffix("/scripts") + "/slash-commands")
    assert command == {"name": "/test", "description": "Run Test"}


SAMPLE = Sample(
    after=("relation",),
    make=make,
    calls={
        "cardDiff": lambda ids: (ids["card"],),
        "worktree": lambda ids: (ids["worktree"],),
        "worktreeCreate": lambda ids: (ids["second_card"],),
        "worktreeDelete": lambda ids: (ids["worktree"],),
        "slashCommands": lambda ids: (ids["project"],),
        "scripts": lambda ids: (ids["project"],),
        "script": lambda ids: (ids["script"],),
        "scriptCreate": lambda ids: (ScriptCreate.of(project_id=ids["project"], name="More", command="true"),),
        "scriptUpdate": lambda ids: (ids["script"], ScriptUpdate.of(name="Other")),
        "scriptReorder": lambda ids: (ScriptReorder(project_id=ids["project"], ids=[ids["script"]]),),
        "scriptRun": lambda ids: (ids["script"], ScriptStart()),
        "scriptCancel": lambda ids: (ids["script"],),
        "scriptDelete": lambda ids: (ids["script"],),
        "folder": lambda ids: (ids["folder"],),
        "textFile": lambda ids: (ids["folder"] + "/README.md",),
        "projectFiles": lambda ids: (ids["project"],),
    },
    beyond={
        **{(name, "member"): Forbidden for name in BY_ADMINS},
        # A folder of the machine is seen by those who run its organization.
        **{
            (name, caller): NotFound
            for name in ("folder", "textFile")
            for caller in ("outsider", "bystander", "member", "viewer")
        },
    },
    makes_another={"scriptCreate"},
    routes={
        ("GET", B_PROJECT + "/files"): None,
        ("GET", B_PROJECT + "/slash-commands"): None,
        ("GET", SCRIPTS): None,
        ("POST", SCRIPTS): sent(name="More", command="true"),
        ("PUT", SCRIPTS + "/reorder"): lambda ids: {"ids": [str(ids["script"])]},
        ("GET", SCRIPTS + "/status"): None,
        ("PUT", SCRIPTS + "/{scriptId}"): sent(name="Other", command="true"),
        ("DELETE", SCRIPTS + "/{scriptId}"): None,
        ("POST", SCRIPTS + "/{scriptId}/run"): None,
        ("POST", SCRIPTS + "/{scriptId}/cancel"): None,
        ("GET", BOARD + "/filesystem/browse"): lambda ids: {"path": ids["folder"]},
        ("GET", BOARD + "/filesystem/read"): lambda ids: {"path": ids["folder"] + "/README.md"},
        ("GET", B_CARD + "/diff"): None,
    },
    cases={
        "scriptReorder": Case(
            arguments=lambda ids: (ScriptReorder(project_id=ids["project"], ids=[ids["next_script"], ids["script"]]),),
            prepare=add_script,
        ),
        "scriptCancel": Case(prepare=run_again),
    },
    kept={
        "Worktree": Kept("project { id } card { id } createdBy { id }", {"Card": "worktree { ...WorktreeFields }"}),
        "Script": Kept("project { id } createdBy { id }", {"Project": "scripts { ...ScriptFields }"}),
        "ScriptRun": Kept("script { id } card { id } startedBy { id }", {"Script": "run { ...ScriptRunFields }"}),
    },
    rules={
        "ScriptRunChanged": ("scriptRun { ...ScriptRunFields }", _run_changed),
        "ScriptOutputAdded": ("scriptRunId text", _output_added),
        "ScriptDeleted": ("scriptId", _script_deleted),
    },
    board_story=board_story,
)
