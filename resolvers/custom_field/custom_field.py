"""Custom fields of a project: their definitions. `resolvers.custom_field.change` says what a change does to values."""

from collections.abc import Sequence

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import CustomField, Project
from models.base import AnyRecord, collection, to_record
from models.custom_field import FieldOption
from models.enums import FieldType, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.facts import CREATE
from models.ids import Kind, new_id
from models.rank import rank_between
from models.records import CustomFieldRecord, FieldOptionRecord, ProjectRecord
from models.text import canonical
from realtime.events.custom_field import CustomFieldCreated, CustomFieldDeleted
from realtime.log import Change, Committed
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.custom_field import MAX_FIELDS, CustomFieldCreate, CustomFieldOptionInput
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CUSTOM_FIELD, PROJECT
from resolvers.kit.operation import edge, operation

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
BY_RANK = [("rank", 1), ("_id", 1)]
TAKEN = "is taken by another custom field of the project"


@operation("customFields", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_custom_fields(ctx: Context, project: ProjectRecord) -> list[CustomFieldRecord]:
    """A project's custom fields in order, each with its `order`."""
    return (await custom_fields_of_project(ctx, [project], None))[0]


@operation("customFieldCreate", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def create_custom_field(
    ctx: Context, project: ProjectRecord, values: CustomFieldCreate
) -> Committed[CustomFieldRecord]:
    """Create a custom field at the end of a project's.

    A new custom field at the end of a project's; its name is unique there.
    """
    options = options_of(values.type, values.options, ())

    async def body(change: Change) -> CustomFieldRecord:
        await require_parent(change, Project, project["_id"])
        siblings = await fields_in_order(change, project["_id"])
        if len(siblings) >= MAX_FIELDS:
            raise Conflict(f"A project has at most {MAX_FIELDS} custom fields")
        made = CustomField(
            workspace_id=project["workspace_id"],
            project_id=project["_id"],
            **values_of(values, CustomField, CREATE),
            rank=rank_between(siblings[-1]["rank"] if siblings else None, None),
            created_at=change.at,
        )
        field: CustomFieldRecord = {**to_record(made), "options": options}
        try:
            await collection(CustomField).insert_one(field, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="name") from error
        event = CustomFieldCreated(custom_field=field, order=len(siblings), project_id=field["project_id"])
        change.append(field["workspace_id"], event)
        return {**field, "order": len(siblings)}

    return await ctx.write(project["workspace_id"], body)


@operation("customFieldDelete", opens=CUSTOM_FIELD.whole, permission=board.WRITE, scope=WRITE)
async def delete_custom_field(ctx: Context, field: CustomFieldRecord) -> Committed[ObjectId]:
    """Delete a custom field with its values on all cards.

    Its values are out of sight with it, and what they take up is given back.
    """

    async def body(change: Change) -> ObjectId:
        deleted = await collection(CustomField).delete_one({"_id": field["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Custom field")
        event = CustomFieldDeleted(deleted_id=field["_id"], project_id=field["project_id"])
        change.append(field["workspace_id"], event)
        await bury(change, field["_id"], field["workspace_id"], project_id=field["project_id"])
        return ObjectId(field["_id"])

    return await delete(ctx, field["workspace_id"], body)


def options_of(
    type: FieldType, given: Sequence[CustomFieldOptionInput], before: Sequence[AnyRecord]
) -> list[FieldOptionRecord]:
    """The options as stored. One that was there before keeps its id, named by that or by its label.

    Raises BadUserInput for options of a type without any, for an unknown id, and for two of one label.
    """
    if given and not type.has_options:
        raise BadUserInput(f"a {type} field has none", field="options")
    ids = {option["id"] for option in before}
    labels = {canonical(option["label"]): option["id"] for option in before}
    found: list[FieldOptionRecord] = []
    for place, option in enumerate(given):
        if option.id is not None and option.id not in ids:
            raise BadUserInput("is not an option of the field", field=f"options.{place}.id")
        option_id = option.id or labels.get(option.label) or new_id(Kind.CUSTOM_FIELD_OPTION)
        made = FieldOption(id=PydanticObjectId(option_id), label=option.label, color=option.color)
        found.append({"id": made.id, "label": made.label, "color": made.color})
    for key, values in (("label", {record["label"] for record in found}), ("id", {record["id"] for record in found})):
        if len(values) != len(found):
            raise BadUserInput(f"has two options with one {key}", field="options")
    return found


async def fields_in_order(change: Change, project_id: ObjectId) -> list[CustomFieldRecord]:
    """A project's custom fields as they stand in the transaction."""
    query = {"project_id": project_id}
    return await collection(CustomField).find(query, session=change.session).sort(BY_RANK).to_list()


@edge(scope=READ)
async def custom_fields_of_project(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[CustomFieldRecord]]:
    """A project's custom fields, in order."""
    found = await to_list(CustomField, projects, "project_id", sort=BY_RANK, fields=fields)
    for siblings in found:
        for place, field in enumerate(siblings):
            field["order"] = place
    return found


@edge(scope=READ)
async def order_of(ctx: Context, fields_: Sequence[CustomFieldRecord], fields: Fields) -> list[int]:
    """A field's place among its project's, from 0. Those that came with the others know it already."""
    unknown = [field for field in fields_ if "order" not in field]
    if unknown:
        query = {"project_id": {"$in": list({field["project_id"] for field in unknown})}}
        siblings = await collection(CustomField).find(query, {"project_id": 1}).sort(BY_RANK).to_list()
        per_project: dict[ObjectId, int] = {}
        places: dict[ObjectId, int] = {}
        for sibling in siblings:
            places[sibling["_id"]] = per_project.get(sibling["project_id"], 0)
            per_project[sibling["project_id"]] = places[sibling["_id"]] + 1
        for field in unknown:
            field["order"] = places.get(field["_id"], 0)
    return [field["order"] for field in fields_]
