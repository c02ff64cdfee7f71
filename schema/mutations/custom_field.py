"""Mutations on custom fields and their values."""

from typing import Annotated

import strawberry

from resolvers import card_custom, custom_field, custom_field_change
from resolvers.inputs.custom_field import CardCustomFieldsSet, CustomFieldCreate, CustomFieldUpdate
from schema.arguments import CHANGES, VALUES, CardId, CustomFieldId
from schema.context import Info
from schema.custom_field import CustomField
from schema.inputs.base import read
from schema.inputs.custom_field import CardCustomFieldsSetInput, CustomFieldCreateInput, CustomFieldUpdateInput
from schema.loading import mutation
from schema.mutations.card import CardPayload
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor


@strawberry.type(description="What the creation of a custom field returns.")
class CustomFieldPayload:
    custom_field: CustomField = strawberry.field(description="The field as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a custom field returns.")
class CustomFieldUpdatePayload:
    custom_field: CustomField = strawberry.field(description="The field as it is now.")
    affected_cards: int = strawberry.field(description="How many cards had a value that could not stay as it was.")
    cleared_values: int = strawberry.field(description="How many of the values are gone.")
    converted_values: int = strawberry.field(
        description="How many became another value: of the new type, or a list of options without those that are gone."
    )
    cursor: Cursor = cursor_field()


@strawberry.type
class CustomFieldMutation:
    @mutation("Create a custom field at the end of a project's.")
    async def custom_field_create(
        self, info: Info, input: Annotated[CustomFieldCreateInput, VALUES]
    ) -> CustomFieldPayload:
        done = await custom_field.create_custom_field(info.context.ctx, read(CustomFieldCreate, input))
        return committed(CustomFieldPayload, "custom_field", done)

    @mutation("Rename, move or retype a custom field, or change its options; refused where values would be lost.")
    async def custom_field_update(
        self, info: Info, id: CustomFieldId, input: Annotated[CustomFieldUpdateInput, CHANGES]
    ) -> CustomFieldUpdatePayload:
        done = await custom_field_change.update_custom_field(info.context.ctx, id, read(CustomFieldUpdate, input))
        return payload(
            CustomFieldUpdatePayload,
            custom_field=done.value.field,
            affected_cards=done.value.affected_cards,
            cleared_values=done.value.cleared_values,
            converted_values=done.value.converted_values,
            cursor=str(done.cursor),
        )

    @mutation("Delete a custom field with its values on all cards.")
    async def custom_field_delete(self, info: Info, id: CustomFieldId) -> DeletePayload:
        return deleted(await custom_field.delete_custom_field(info.context.ctx, id))

    @mutation("Set or clear custom fields of a card.")
    async def card_custom_fields_set(
        self, info: Info, id: CardId, input: Annotated[CardCustomFieldsSetInput, CHANGES]
    ) -> CardPayload:
        done = await card_custom.set_card_custom_fields(info.context.ctx, id, read(CardCustomFieldsSet, input))
        return committed(CardPayload, "card", done)
