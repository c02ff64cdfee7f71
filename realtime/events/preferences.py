"""Events of what a person has set for themselves, in their own stream."""

from typing import Annotated

from models.enums import TokenScope
from models.records import PreferencesRecord
from realtime.events.base import Event, Id, Shown
from realtime.events.notification import PERSONAL


class PreferencesChanged(Event, topics=PERSONAL, token_scope=TokenScope.ACCOUNT_READ):
    """The viewer has set something else."""

    preferences: Annotated[PreferencesRecord, Shown("What is set now.")]


class PanelStatesChanged(Event, topics=PERSONAL, token_scope=TokenScope.PROJECTS_READ):
    """The viewer has left panels of a project's cards otherwise."""

    project_id: Annotated[Id | None, Shown("The id of the project.")] = None
