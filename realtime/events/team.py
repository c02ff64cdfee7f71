"""Events of teams and their members, in the history of their organization."""

from typing import Annotated

from models.records import TeamMemberRecord, TeamRecord
from realtime.events.base import Carried, Event, Id


class TeamCreated(Event):
    team: Annotated[TeamRecord, Carried()]


class TeamUpdated(Event):
    team: Annotated[TeamRecord, Carried()]


class TeamDeleted(Event):
    """With all its members, of which nothing is told one by one."""

    deleted_id: Id


class TeamMemberAdded(Event):
    member: Annotated[TeamMemberRecord, Carried()]


class TeamMemberUpdated(Event):
    member: Annotated[TeamMemberRecord, Carried()]


class TeamMemberRemoved(Event):
    team_id: Id
    user_id: Id
