"""The changelog of a workspace: entries, summaries by day, and a feed."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId
from pydantic import Field, WithJsonSchema
from starlette.responses import Response

from auth.subject import Subject
from models.errors import Forbidden, NotFound
from models.limits import NAME, Text
from models.records import ChangelogEntryRecord
from resolvers.changelog.changelog import list_changelog, summarize_changelog
from resolvers.filing.project_word import find_project
from resolvers.inputs.filing import ProjectWord
from resolvers.kit.load import one_by
from resolvers.kit.nouns import AGENT, CARD, PROJECT, WORKSPACE
from resolvers.kit.numbered import find_counted
from resolvers.kit.page import Window
from resolvers.kit.slugs import INBOX, agent_by_slug
from rest.orkosi.bodies import Query
from rest.orkosi.dialect import FEED, orkosi_routes
from rest.orkosi.ids import NUMBER_OR_ID, read_number_or_id
from rest.orkosi.paging import PageQuery, listed, whole_of
from rest.orkosi.present.changelog import ChangelogDay, ChangelogEntry, Named, day, entry
from rest.orkosi.present.feed import RSS, feed
from rest.orkosi.workspace import workspace_of
from rest.routing import Call
from serving.revalidation import revalidated

routes = orkosi_routes("changelog", "/changelog", about="What tasks came to.", place=150, tag_place=110)

Word = Annotated[str, NAME]
Number = Annotated[str, Text(1, 24), WithJsonSchema(dict(NUMBER_OR_ID))]
"""In an address: digits, or an id."""
cards_of, agents_of, projects_of = one_by(CARD, "card_id"), one_by(AGENT, "agent_id"), one_by(PROJECT, "project_id")
workspaces_of = one_by(WORKSPACE, "workspace_id")


class ChangelogQuery(PageQuery):
    """Which entries: of an agent, by its name, or of one task: none, where there is none of the name or the number."""

    agent: Word | None = None
    task_id: Number | None = None


class FeedQuery(Query):
    """Which entries: of an agent or a product, by their names. `token` is that of a reader, who sends no header."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    agent: Word | None = None
    product: ProjectWord | None = None
    token: Annotated[str, Text(1, 200)] | None = None


@routes.get(
    "", "List changelog entries from completed tasks", runs=list_changelog, query=ChangelogQuery, names_object=True
)
async def find(call: Call) -> list[ChangelogEntry]:
    """The latest first."""
    workspace_id, wanted = await workspace_of(call), call.query(ChangelogQuery)
    where = await _of_agent(workspace_id, wanted.agent)
    if wanted.task_id is not None:
        where["card"] = {"in": await _tasks_called(workspace_id, wanted.task_id)}
    found = await listed(
        call,
        wanted,
        lambda first, after: list_changelog(call.ctx, workspace_id, Window.read(first, after), where),
    )
    return [entry(record, named) for record, named in zip(found, await _named(call, found), strict=True)]


@routes.get("/summary", "Aggregated changelog grouped by date and area", runs=summarize_changelog, names_object=True)
async def summary(call: Call) -> list[ChangelogDay]:
    """By day in UTC, the latest first, and by product: of the latest 1,000 entries."""
    days = whole_of(call, await summarize_changelog(call.ctx, await workspace_of(call)))
    areas = [area for found in days for area in found["areas"]]
    projects = await projects_of(call.ctx, areas, frozenset({"name"}))
    names = {area["project_id"]: project["name"] for area, project in zip(areas, projects, strict=True) if project}
    return [day(found, names) for found in days]


@routes.get(
    "/feed",
    "RSS 2.0 feed of changelog entries",
    runs=list_changelog,
    query=FeedQuery,
    names_object=True,
    gives=(RSS,),
    dialect=FEED,
)
async def read_feed(call: Call) -> Response:
    """The latest first. `token` is a token that only reads, and one workspace alone."""
    workspace_id, wanted = await workspace_of(call), call.query(FeedQuery)
    if wanted.token is not None:
        _check_reader(call.ctx.subject)
    where = await _of_agent(workspace_id, wanted.agent)
    if wanted.product is not None:
        where["project"] = {"in": await _projects_called(call, workspace_id, wanted.product)}
    page = await list_changelog(call.ctx, workspace_id, Window.read(wanted.limit), where)
    [workspace] = await workspaces_of(call.ctx, [{"workspace_id": workspace_id}], frozenset({"name"}))
    content = feed(workspace["name"], call.ctx.services.base_url, page.nodes, await _named(call, page.nodes))
    return revalidated(call.request, Response(content, media_type=RSS))


async def _projects_called(call: Call, workspace_id: ObjectId, word: str) -> list[str]:
    """The id of the project that is called so, if there is one."""
    try:
        return [str((await find_project(call.ctx, workspace_id, word))["_id"])]
    except NotFound:
        return []


async def _tasks_called(workspace_id: ObjectId, given: str) -> list[str]:
    """The id of the task that is called so, if there is one."""
    called = read_number_or_id(given, CARD.kind, field="task_id")
    try:
        return [str(called if isinstance(called, ObjectId) else await find_counted(CARD, called, workspace_id))]
    except NotFound:
        return []


def _check_reader(subject: Subject) -> None:
    """Raise Forbidden for a token in an address that does more than read one workspace: those are written down."""
    if subject.workspace_id is None or not all(scope.endswith(":read") for scope in subject.scopes):
        raise Forbidden("A token in the address only reads, and one workspace alone: a key with such scopes")


async def _of_agent(workspace_id: ObjectId, name: str | None) -> dict[str, Any]:
    """The condition that an entry is of the agent of a name: of nobody, where there is none."""
    if name is None:
        return {}
    agent_id = await agent_by_slug(workspace_id, name)
    return {"agent": {"in": [] if agent_id is None else [str(agent_id)]}}


async def _named(call: Call, entries: Sequence[ChangelogEntryRecord]) -> list[Named]:
    """What the entries of a list are about. The inbox is no product."""
    projects = await projects_of(call.ctx, entries, frozenset({"number", "name", "slug"}))
    found = [
        await cards_of(call.ctx, entries, frozenset({"number"})),
        [None if project is None or project.get("slug") == INBOX else project for project in projects],
        await agents_of(call.ctx, entries, frozenset({"slug"})),
    ]
    return [Named(*about) for about in zip(*found, strict=True)]
