"""Events of organizations and their members, on the streams of those whom they concern."""

from models.base import Record
from realtime.events.base import Event, Id


class OrganizationCreated(Event):
    organization: Record


class OrganizationUpdated(Event):
    organization: Record


class OrganizationDeleted(Event):
    deleted_id: Id


class OrganizationMemberAdded(Event):
    member: Record


class OrganizationMemberUpdated(Event):
    member: Record


class OrganizationMemberRemoved(Event):
    user_id: Id
