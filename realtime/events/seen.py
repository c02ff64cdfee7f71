"""Events of what a person has looked at, in their own stream."""

from typing import Annotated

from models.enums import TokenScope
from realtime.events.base import Event, Id, Shown
from realtime.events.notification import PERSONAL


class CardSeen(Event, topics=PERSONAL, token_scope=TokenScope.PROJECTS_READ):
    """The viewer has looked at a card: it is not unread, until somebody else does something with it."""

    card_id: Annotated[Id | None, Shown("The id of the card.")] = None


class ProjectSeen(Event, topics=PERSONAL, token_scope=TokenScope.PROJECTS_READ):
    """The viewer has seen all cards of a project."""

    project_id: Annotated[Id | None, Shown("The id of the project.")] = None
