"""Scripts of projects, and their runs."""

import strawberry

import models
from resolvers.machine.reach import FIELDS as FOLDER_FIELDS
from resolvers.script import run as run_edges
from resolvers.script.script import scripts_of
from resolvers.script.slash import slash_commands_of
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef


@shows(models.ScriptRun, "The last run of a script.", without=("created_at",))
class ScriptRun(Node):
    output: str = edge(run_edges.output_of, description="What it wrote, at most 1 MB.")


@shows(models.Script, "A command that the admins of a project run in a sandbox.")
class Script(Node):
    run: ScriptRun | None = edge(run_edges.run_of, description="Its last run, if it was ever run.")


@strawberry.type(description="What may be called by a word in a project.")
class SlashCommand:
    name: str = strawberry.field(description="The word, with its slash.")
    description: str = strawberry.field(description="What it is for.")


@extends(ProjectRef, after="files")
class OfProject:
    slash_commands: list[SlashCommand] = edge(
        slash_commands_of,
        needs=FOLDER_FIELDS,
        description="Its scripts, the workspace's skills and its repository's commands, by the words that call them.",
    )
    scripts: list[Script] = edge(scripts_of, description="What its admins may run, in order.")
