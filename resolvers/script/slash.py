"""Slash commands: what there is in a project to be called by a word, in what people write to those who work there."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from auth.policies import board
from models import Script, Skill
from models.base import collection
from models.enums import TokenScope
from models.ids import among
from models.project_roots import Place
from models.records import ProjectRecord
from resolvers.inputs.script import MAX_SCRIPTS
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.machine.beneath import AbsentError, TooLargeError, open_folder, read_file
from resolvers.machine.reach import FIELDS, folders_of
from resolvers.machine.work import FOLDERS

READ = TokenScope.PROJECTS_READ
FOLDERS_OF_COMMANDS = ((".claude", "commands"), (".agents", "commands"))
"""Where repositories keep theirs, a Markdown file each; the first one of a name counts."""
MAX_COMMANDS = 100
"""Of skills, and of a repository."""
_MAX_LOOKED_AT = 1_000
_MAX_FILE = 64 * 1024
_MAX_DESCRIPTION = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_DESCRIPTION = re.compile(r"^description:[ \t]*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command: its `name` begins with a slash."""

    name: str
    description: str


@operation(
    "slashCommands", opens=PROJECT.by("project_id").reading(*FIELDS), permission=board.READ, scope=READ, read_only=True
)
async def list_slash_commands(ctx: Context, project: ProjectRecord) -> list[SlashCommand]:
    """The slash commands of a project by their names: its scripts, the workspace's skills, and the commands that its
    repository keeps as Markdown. Of one name the first of these."""
    [found] = await slash_commands_of(ctx, [project], None)
    return found


@edge(scope=READ)
async def slash_commands_of(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[SlashCommand]]:
    """The slash commands of each project."""
    ids = [project["_id"] for project in projects]
    workspaces = list(dict.fromkeys(project["workspace_id"] for project in projects))
    scripts = await collection(Script).find({"project_id": among(ids)}).limit(MAX_SCRIPTS * len(ids)).to_list()
    inside = {"workspace_id": among(workspaces)}
    skills = await collection(Skill).find(inside, {"workspace_id": 1, "slug": 1, "description": 1}).to_list()
    places = await folders_of(ctx, projects)
    kept = await FOLDERS.run(lambda: [[] if place is None else _of_repository(place) for place in places])
    found = []
    for project, own in zip(projects, kept, strict=True):
        commands = [
            *(
                SlashCommand(f"/{_word(script['name'])}", f"Run {script['name']}")
                for script in sorted(scripts, key=lambda script: script["rank"])
                if script["project_id"] == project["_id"]
            ),
            *(
                SlashCommand(f"/{skill['slug']}", _line(skill["description"]))
                for skill in skills
                if skill["workspace_id"] == project["workspace_id"]
            ),
            *own,
        ]
        by_name = {command.name: command for command in reversed(commands) if command.name != "/"}
        found.append(sorted(by_name.values(), key=lambda command: command.name))
    return found


def _of_repository(place: Place) -> list[SlashCommand]:
    found: dict[str, SlashCommand] = {}
    for names in FOLDERS_OF_COMMANDS:
        folder = place.inside(*names)
        for name in _markdown_in(folder):
            if name not in found and len(found) < MAX_COMMANDS:
                try:
                    text = read_file(folder.inside(f"{name}.md"), _MAX_FILE).decode(errors="replace")
                except (AbsentError, TooLargeError):
                    continue
                found[name] = SlashCommand(f"/{name}", _described(text))
    return list(found.values())


def _markdown_in(folder: Place) -> list[str]:
    try:
        with open_folder(folder) as descriptor, os.scandir(descriptor) as entries:
            names = [entry.name for _, entry in zip(range(_MAX_LOOKED_AT), entries, strict=False)]
    except AbsentError:
        return []
    return sorted(name[:-3] for name in names if name.endswith(".md") and _NAME.fullmatch(name[:-3]))


def _described(text: str) -> str:
    """What a command says of itself: the `description` at its head, else its first line."""
    head, body = "", text
    if text.startswith("---\n"):
        head, _, body = text[4:].partition("\n---")
    said = _DESCRIPTION.search(head)
    if said is not None:
        return _line(said[1].strip().strip("\"'"))
    return _line(next((line.lstrip("#").strip() for line in body.splitlines() if line.strip("#- \t")), ""))


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_DESCRIPTION]


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
