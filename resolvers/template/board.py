"""Boards that begin with a template."""

from auth.policies import board
from models.enums import TemplateKind, TokenScope
from models.records import ProjectRecord, ScopeRecord
from realtime.log import Change, Committed
from resolvers.column.scope import check_dates, insert_scope
from resolvers.inputs.scope import ScopeCreate
from resolvers.inputs.template import ScopeCreateFromTemplate
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT
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
    """Create a scope with the columns of a template of a board."""
    check_dates(values.model_dump())
    return await ctx.write(
        project["workspace_id"], lambda change: insert_board(change, project, values, values.template)
    )


async def insert_board(change: Change, project: ProjectRecord, values: ScopeCreate, template: str) -> ScopeRecord:
    """Write a scope with the columns of a template, within a change that may go on."""
    found = await find_template(change, project["workspace_id"], template, TemplateKind.BOARD)
    scope = await insert_scope(change, project, values)
    await fill_board(change, scope, found["content"])
    return scope
