"""Events of the skills of a workspace."""

from typing import Annotated

from models.enums import TokenScope
from models.records import SkillRecord
from realtime.events.base import Event, Id, Shown, Topic


class SkillEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about a skill."""


class SkillCreated(SkillEvent):
    """A skill was created."""

    skill: Annotated[SkillRecord, Shown("The skill as it was then.")]


class SkillUpdated(SkillEvent):
    """A skill changed."""

    skill: Annotated[SkillRecord, Shown("The skill as it was then.")]


class SkillDeleted(SkillEvent):
    """A skill was deleted; the agents that had it have it no more."""

    deleted_id: Annotated[Id, Shown("The id of the skill.", name="skill_id")]
