"""Templates of boards."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId
from pydantic import Field

from models.enums import TemplateKind
from models.errors import Conflict
from models.ids import Kind
from models.records import WorkspaceRecord
from resolvers.inputs.template import MAX_BOARD_COLUMNS, TemplateCreate, TemplateUpdate
from resolvers.kit.input import Flag, Input, Name, NotNull, OrganizationId, read_input
from resolvers.kit.joined import EVERYTHING
from resolvers.kit.load import by_name
from resolvers.organization.organization import list_organizations
from resolvers.template.builtin import BUILT_IN
from resolvers.template.template import (
    create_board_template,
    delete_template,
    kind_of_template,
    list_templates,
    templates_of,
    update_template,
)
from resolvers.workspace.workspace import list_workspaces, viewer_workspaces
from rest.agent_board.bodies import ColumnTypeWord, Part, Prompt, kind_of
from rest.agent_board.dialect import board_routes
from rest.agent_board.organization_context import OrganizationQuery, named, workspace_of_call, workspaces_in
from rest.agent_board.present.board import TemplateData, template
from rest.routing import Call

routes = board_routes("board templates", "/board-templates", about="What boards begin with.", place=210)


class TemplateColumnBody(Part):
    """A column of a board that begins with a template."""

    name: Name
    column_type: ColumnTypeWord
    prompt: Prompt | None = None
    requires_approval: Flag = False


TemplateColumns = Annotated[list[TemplateColumnBody], Field(min_length=1, max_length=MAX_BOARD_COLUMNS)]


class TemplateBody(Input):
    """A new template of boards."""

    name: Name
    columns: TemplateColumns
    organization_id: OrganizationId | None = None


class TemplateChange(Input):
    """What changes of a template. Only what is given does."""

    name: Annotated[Name | None, NotNull] = None
    columns: Annotated[TemplateColumns | None, NotNull] = None


@routes.get("", "List the templates of boards", runs=list_templates, query=OrganizationQuery, names_object=True)
async def find(call: Call) -> list[TemplateData]:
    """The built-in ones, then those of the caller's workspaces by name, or of their workspaces in an organization."""
    workspaces = await _workspaces(call, named(call, call.query(OrganizationQuery).organization_id))
    found = [record for records in await templates_of(call.ctx, workspaces, None) for record in records]
    own = sorted((record for record in found if record["_id"] not in BUILT_IN), key=by_name)
    boards = [*BUILT_IN.values(), *own]
    return [template(record) for record in boards if kind_of_template(record) is TemplateKind.BOARD]


@routes.post(
    "",
    "Create a template of boards",
    runs=create_board_template,
    body=TemplateBody,
    names_object=True,
    reads=[list_workspaces, list_organizations],
)
async def create(call: Call) -> TemplateData:
    """In the organization's workspace that new projects go to."""
    values = call.body(TemplateBody)
    workspace_id = await workspace_of_call(call, values.organization_id)
    given = {"workspaceId": workspace_id, "name": values.name, "columns": _columns(values.columns)}
    return template((await create_board_template(call.ctx, read_input(TemplateCreate, given))).value)


@routes.patch("/{boardTemplateId}", "Change a template of boards", runs=update_template, body=TemplateChange)
async def update(call: Call) -> TemplateData:
    """What began with it stays as it is. A built-in one is not changed: 409."""
    template_id, values = _own(call), call.body(TemplateChange)
    given: dict[str, Any] = {} if values.name is None else {"name": values.name}
    if values.columns is not None:
        given["columns"] = _columns(values.columns)
    return template((await update_template(call.ctx, template_id, read_input(TemplateUpdate, given))).value)


@routes.delete("/{boardTemplateId}", "Delete a template of boards", runs=delete_template, body=None)
async def delete(call: Call) -> None:
    """What began with it stays. A built-in one is not deleted: 409."""
    await delete_template(call.ctx, _own(call))


async def _workspaces(call: Call, organization_id: ObjectId | None) -> Sequence[WorkspaceRecord]:
    """The caller's workspaces, or those of an organization; raises NotFound where they are in none of it."""
    if organization_id is not None:
        return await workspaces_in(call, organization_id)
    mine = [organization["_id"] for organization in (await list_organizations(call.ctx)).nodes]
    pages = await viewer_workspaces(call.ctx, mine, EVERYTHING)
    return [workspace for page in pages.values() for workspace in page.nodes]


def _own(call: Call) -> ObjectId:
    if call.path["boardTemplateId"] in BUILT_IN:
        raise Conflict("This template is built in: it is neither changed nor deleted")
    return call.id("boardTemplateId", Kind.TEMPLATE)


def _columns(bodies: list[TemplateColumnBody]) -> list[dict[str, Any]]:
    found = []
    for body in bodies:
        told = {"requires_approval": body.requires_approval, **kind_of(body.column_type)}
        shown = {"name": body.name, "prompt": body.prompt, "kind": told["kind"].value}
        found.append({**shown, "requiresApproval": told["requires_approval"]})
    return found
