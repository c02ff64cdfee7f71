"""Inputs of the operations on scripts."""

from typing import Annotated

from pydantic import Field

from models import Script
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import CardId, Input, ProjectId, ScriptId

MAX_SCRIPTS = 50
"""Of one project; the list is read whole."""


@fields_of(Script, CREATE)
class ScriptCreate(Input):
    """A new script, behind the others of its project."""

    project_id: ProjectId = Field(description="The project.")


@fields_of(Script, UPDATE)
class ScriptUpdate(Input):
    """What changes of a script. Only what is given changes; a run that is under way goes on as it began."""


class ScriptStart(Input):
    """Where a script runs."""

    card_id: CardId | None = Field(
        None,
        description="The card in whose worktree; without one in a copy of the project's files, which goes afterwards.",
    )


class ScriptReorder(Input):
    """All scripts of a project in another order."""

    project_id: ProjectId = Field(description="The project.")
    ids: Annotated[list[ScriptId], Field(max_length=MAX_SCRIPTS)] = Field(
        description="All of its scripts, each once, in the order that they are to have."
    )
