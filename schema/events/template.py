"""Events of the templates of a workspace."""

import strawberry

from schema.events.base import ActorRef, Event, actor, carried, event
from schema.template import Template


@event("A template was made of a project.")
class TemplateCreated(Event):
    actor: ActorRef = actor()
    template: Template = carried("The template.")


@event("A template was deleted; the projects that began with it stay.")
class TemplateDeleted(Event):
    actor: ActorRef = actor()
    template_id: strawberry.ID = carried("The id of the template.", key="deleted_id")
