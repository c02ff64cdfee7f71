"""Mutations on templates."""

from typing import Annotated

import strawberry

from resolvers import template
from resolvers.inputs.template import TemplateCreateFromProject
from schema.arguments import VALUES, TemplateId
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.template import TemplateCreateFromProjectInput
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted
from schema.scalars import Cursor
from schema.template import Template


@strawberry.type(description="What making a template returns.")
class TemplatePayload:
    template: Template = strawberry.field(description="The template.")
    cursor: Cursor = cursor_field()


@strawberry.type
class TemplateMutation:
    @mutation("Make a template of a project; dates become days from the earliest of them.")
    async def template_create_from_project(
        self, info: Info, input: Annotated[TemplateCreateFromProjectInput, VALUES]
    ) -> TemplatePayload:
        done = await template.create_template(info.context.ctx, read(TemplateCreateFromProject, input))
        return committed(TemplatePayload, "template", done)

    @mutation("Delete a template of a workspace; the projects that began with it stay.")
    async def template_delete(self, info: Info, id: TemplateId) -> DeletePayload:
        return deleted(await template.delete_template(info.context.ctx, id))
