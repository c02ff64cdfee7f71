"""Events of organizations and their members, on the streams of those whom they concern."""

from typing import Annotated

from models.records import OrganizationMemberRecord, OrganizationRecord
from realtime.events.base import Carried, Event, Id


class OrganizationCreated(Event):
    organization: Annotated[OrganizationRecord, Carried()]


class OrganizationUpdated(Event):
    organization: Annotated[OrganizationRecord, Carried()]


class OrganizationDeleted(Event):
    deleted_id: Id


class OrganizationRestored(Event):
    organization: Annotated[OrganizationRecord, Carried()]


class OrganizationMemberAdded(Event):
    member: Annotated[OrganizationMemberRecord, Carried()]


class OrganizationMemberUpdated(Event):
    member: Annotated[OrganizationMemberRecord, Carried()]


class OrganizationMemberRemoved(Event):
    user_id: Id
