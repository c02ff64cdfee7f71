"""Events of the templates of a workspace."""

from models.base import Record
from realtime.events.base import Event, Id


class TemplateCreated(Event):
    template: Record


class TemplateDeleted(Event):
    deleted_id: Id
