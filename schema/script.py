"""Scripts of projects, and their runs."""

import strawberry

import models
from resolvers.script import run as run_edges
from schema.fields import shows
from schema.loading import edge
from schema.node import Node


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
