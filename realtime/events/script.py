"""Events of scripts, and of their runs."""

from typing import Annotated

from models.records import ScriptRecord, ScriptRunRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class ScriptCreated(Event, topics=IN_PROJECT):
    """A script was created."""

    script: Annotated[ScriptRecord, Shown("The script as it was then.")]


class ScriptUpdated(Event, topics=IN_PROJECT):
    """A script was changed, or put elsewhere."""

    script: Annotated[ScriptRecord, Shown("The script as it was then.")]


class ScriptDeleted(Event, topics=IN_PROJECT):
    """A script was deleted, with its last run."""

    deleted_id: Annotated[Id, Shown("The id of the script.", name="script_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None


class ScriptRunChanged(Event, topics=IN_PROJECT):
    """A script was started, or its run ended. The run before is gone."""

    script_run: Annotated[ScriptRunRecord, Shown("The run as it was then.")]


class ScriptOutputAdded(Event, topics=IN_PROJECT):
    """A script wrote something: at most the last 8 KB of a second."""

    script_id: Annotated[Id, Shown("The id of the script.")]
    script_run_id: Annotated[Id, Shown("The id of the run.")]
    text: Annotated[str, Shown("What it wrote.")]
