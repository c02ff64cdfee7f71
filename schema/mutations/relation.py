"""Mutations on relations."""

from typing import Annotated

import strawberry

from resolvers import relation
from resolvers.inputs.relation import RelationCreate
from schema.arguments import VALUES, RelationId
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.relation import RelationCreateInput
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted
from schema.relation import Relation
from schema.scalars import Cursor


@strawberry.type(description="What a new relation returns.")
class RelationPayload:
    relation: Relation = strawberry.field(description="The relation.")
    cursor: Cursor = cursor_field()


@strawberry.type
class RelationMutation:
    @mutation("Relate a card to another one of the workspace.")
    async def relation_create(self, info: Info, input: Annotated[RelationCreateInput, VALUES]) -> RelationPayload:
        done = await relation.create_relation(info.context.ctx, read(RelationCreate, input))
        return committed(RelationPayload, "relation", done)

    @mutation("End a relation, for both cards.")
    async def relation_delete(self, info: Info, id: RelationId) -> DeletePayload:
        return deleted(await relation.delete_relation(info.context.ctx, id))
