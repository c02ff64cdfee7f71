"""Custom fields of a project, and their values on cards."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

import models
from models.custom_field import FieldOption
from resolvers.custom_field import custom_field as custom_field_edges
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import ProjectRef


@shows(FieldOption, "A choice of a select field.")
class CustomFieldOption:
    id: strawberry.ID = derived(lambda option: str(option["id"]), description="The id, unique in the field.")


@shows(models.CustomField, "What the cards of a project can tell beside what every card tells.")
class CustomField(Node):
    options: list[CustomFieldOption] = strawberry.field(
        description="The choices of a select field, in order; none for any other."
    )
    order: int = edge(
        custom_field_edges.order_of, needs=("project_id",), description="Its place among the project's fields, from 0."
    )


@strawberry.type(
    description="What a card has for a custom field. The one of the five that the field's type names is set."
)
class CustomFieldValue:
    field: CustomField = derived(lambda record: record["field"], description="The field.")
    value: JSON = derived(
        lambda record: record["value"],
        description="The value as JSON: of options their ids, of a date its ISO 8601 text.",
    )
    text_value: str | None = strawberry.field(description="The text of a text field.")
    number_value: float | None = strawberry.field(description="The number of a number field.")
    date_value: datetime | None = strawberry.field(description="The moment of a date field.")
    boolean_value: bool | None = strawberry.field(description="The yes or no of a boolean field.")
    options: list[CustomFieldOption] = strawberry.field(description="What a select field has chosen, in its order.")


@strawberry.type(description="The value that a card has for a custom field now.")
class CustomFieldChange:
    card_id: strawberry.ID = strawberry.field(description="The id of the card.")
    value: JSON | None = strawberry.field(description="The value; null where it has none any more.")


@extends(ProjectRef, after="cards")
class OfProject:
    custom_fields: list[CustomField] = edge(
        custom_field_edges.custom_fields_of_project, description="Its custom fields, in order."
    )
