"""Templates of projects."""

from typing import Literal

from typing_extensions import TypedDict

from models.enums import FieldType
from models.records import TemplateRecord
from rest.present import Id, Timestamp, shown, word
from rest.stellary.present.base import id_or_none, timestamp_or_none

FieldWord = Literal["text", "number", "select", "multi-select", "date", "boolean"]


class TemplateScope(TypedDict):
    """Days count from the creation of the project."""

    name: str
    description: str | None
    startDay: int | None
    endDay: int | None


class TemplateColumn(TypedDict):
    """`scope` is the name of the scope whose board it is on."""

    name: str
    scope: str | None


class TemplateLabel(TypedDict):
    name: str
    color: str


class TemplateField(TypedDict):
    name: str
    type: FieldWord
    options: list[str]


class Template(TypedDict):
    """`id` is what a new project takes as its `template`."""

    id: str
    name: str
    description: str | None
    builtIn: bool
    scopes: list[TemplateScope]
    columns: list[TemplateColumn]
    labels: list[TemplateLabel]
    customFields: list[TemplateField]
    cardCount: int
    createdBy: Id | None
    createdAt: Timestamp | None


def template(record: TemplateRecord) -> Template:
    content = record["content"]
    names = [scope["name"] for scope in content["scopes"]]
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "description": record["description"],
        "builtIn": "workspace_id" not in record,
        "scopes": [shown(TemplateScope, scope) for scope in content["scopes"]],
        "columns": [
            {"name": column["name"], "scope": None if column["scope"] is None else names[column["scope"]]}
            for column in content["columns"]
        ],
        "labels": [shown(TemplateLabel, label) for label in content["labels"]],
        "customFields": [
            {
                "name": custom_field["name"],
                "type": word(FieldType(custom_field["type"])),
                "options": [option["name"] for option in custom_field["options"]],
            }
            for custom_field in content["custom_fields"]
        ],
        "cardCount": len(content["cards"]),
        "createdBy": id_or_none(record["created_by"]),
        "createdAt": timestamp_or_none(record["created_at"]),
    }
