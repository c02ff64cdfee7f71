"""Mutations on scopes, columns and labels."""

from typing import Annotated

import strawberry

from resolvers import column, label, scope
from resolvers.inputs.board import ColumnCreate, ColumnUpdate, LabelCreate, LabelUpdate, ScopeCreate, ScopeUpdate
from resolvers.inputs.board import ScopeViewSet as ScopeViewSetValues
from schema.arguments import CHANGES, VALUES, ColumnId, LabelId, ScopeId
from schema.column import Column
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.board import (
    ColumnCreateInput,
    ColumnUpdateInput,
    LabelCreateInput,
    LabelUpdateInput,
    ScopeCreateInput,
    ScopeUpdateInput,
    ScopeViewSetInput,
)
from schema.label import Label
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted
from schema.scalars import Cursor
from schema.scope import Scope


@strawberry.type(description="What a change of a scope returns.")
class ScopePayload:
    scope: Scope = strawberry.field(description="The scope as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a column returns.")
class ColumnPayload:
    column: Column = strawberry.field(description="The column as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a label returns.")
class LabelPayload:
    label: Label = strawberry.field(description="The label as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type
class BoardMutation:
    @mutation("Create a scope.")
    async def scope_create(self, info: Info, input: Annotated[ScopeCreateInput, VALUES]) -> ScopePayload:
        done = await scope.create_scope(info.context.ctx, read(ScopeCreate, input))
        return committed(ScopePayload, "scope", done)

    @mutation("Change a scope.")
    async def scope_update(self, info: Info, id: ScopeId, input: Annotated[ScopeUpdateInput, CHANGES]) -> ScopePayload:
        done = await scope.update_scope(info.context.ctx, id, read(ScopeUpdate, input))
        return committed(ScopePayload, "scope", done)

    @mutation("Switch the view that a scope opens with.")
    async def scope_set_view(
        self, info: Info, id: ScopeId, input: Annotated[ScopeViewSetInput, VALUES]
    ) -> ScopePayload:
        done = await scope.set_scope_view(info.context.ctx, id, read(ScopeViewSetValues, input))
        return committed(ScopePayload, "scope", done)

    @mutation("Delete a scope with its columns, cards and documents.")
    async def scope_delete(self, info: Info, id: ScopeId) -> DeletePayload:
        return deleted(await scope.delete_scope(info.context.ctx, id))

    @mutation("Create a column at the end of a board.")
    async def column_create(self, info: Info, input: Annotated[ColumnCreateInput, VALUES]) -> ColumnPayload:
        done = await column.create_column(info.context.ctx, read(ColumnCreate, input))
        return committed(ColumnPayload, "column", done)

    @mutation("Rename a column, or move it to another place on its board.")
    async def column_update(
        self, info: Info, id: ColumnId, input: Annotated[ColumnUpdateInput, CHANGES]
    ) -> ColumnPayload:
        done = await column.update_column(info.context.ctx, id, read(ColumnUpdate, input))
        return committed(ColumnPayload, "column", done)

    @mutation("Delete a column with its cards, the archived ones included (`archivedCardCount`).")
    async def column_delete(self, info: Info, id: ColumnId) -> DeletePayload:
        return deleted(await column.delete_column(info.context.ctx, id))

    @mutation("Create a label.")
    async def label_create(self, info: Info, input: Annotated[LabelCreateInput, VALUES]) -> LabelPayload:
        done = await label.create_label(info.context.ctx, read(LabelCreate, input))
        return committed(LabelPayload, "label", done)

    @mutation("Rename or recolour a label.")
    async def label_update(self, info: Info, id: LabelId, input: Annotated[LabelUpdateInput, CHANGES]) -> LabelPayload:
        done = await label.update_label(info.context.ctx, id, read(LabelUpdate, input))
        return committed(LabelPayload, "label", done)

    @mutation("Delete a label; it is taken off every card.")
    async def label_delete(self, info: Info, id: LabelId) -> DeletePayload:
        return deleted(await label.delete_label(info.context.ctx, id))
