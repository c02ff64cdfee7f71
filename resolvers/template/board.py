"""Boards that begin with a template."""

from bson import ObjectId

from auth.policies import board
from models.enums import TemplateKind, TokenScope
from models.errors import BadUserInput, NotFound
from models.records import ProjectRecord, ScopeRecord
from realtime.log import Change, Committed
from resolvers.column.scope import check_dates, insert_scope
from resolvers.inputs.template import ScopeCreateFromTemplate
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT, TEMPLATE
from resolvers.kit.operation import operation
from resolvers.template.apply import fill_board
from resolvers.template.template import find_template


@operation(
    "scopeCreateFromTemplate",
    inside=PROJECT.whole,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    tool="create_board",
    in_project=False,
    includes=("scopeCreate", "columnCreate"),
)
async def create_scope_from_template(
    ctx: Context, project: ProjectRecord, values: ScopeCreateFromTemplate
) -> Committed[ScopeRecord]:
    """Create a scope with the columns of a template of a board, of any workspace that the viewer is in."""
    check_dates(values.model_dump())
    workspace_id = await _home_of(ctx, project, values.template)

    async def body(change: Change) -> ScopeRecord:
        found = await find_template(change, workspace_id, values.template, TemplateKind.BOARD)
        scope = await insert_scope(change, project, values)
        await fill_board(change, scope, found["content"])
        return scope

    return await ctx.write(project["workspace_id"], body)


async def _home_of(ctx: Context, project: ProjectRecord, template: str) -> ObjectId:
    """The workspace of a template that the caller may read; for any other, built-in ones too, that of the project."""
    try:
        found = await access(ctx, TEMPLATE, template, TEMPLATE.reads, fields=frozenset({"workspace_id"}))
    except (BadUserInput, NotFound):
        return project["workspace_id"]
    return found["workspace_id"]
