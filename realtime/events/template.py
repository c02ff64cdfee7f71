"""Events of the templates of a workspace."""

from typing import Annotated

from models.records import TemplateRecord
from realtime.events.base import Event, Id, Shown, Topic


class TemplateCreated(Event, topics=(Topic.WORKSPACE,)):
    """A template was made."""

    template: Annotated[TemplateRecord, Shown("The template.")]


class TemplateUpdated(Event, topics=(Topic.WORKSPACE,)):
    """A template changed; what began with it stays as it is."""

    template: Annotated[TemplateRecord, Shown("The template as it was then.")]


class TemplateDeleted(Event, topics=(Topic.WORKSPACE,)):
    """A template was deleted; the projects that began with it stay."""

    deleted_id: Annotated[Id, Shown("The id of the template.", name="template_id")]
