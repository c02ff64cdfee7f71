"""Every query that the delivery operations and edges send runs on an index."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from bson import ObjectId
from pymongo import monitoring

from gateway.database import Database
from models import Card
from models.errors import PayloadTooLarge
from resolvers.activity.activity import actor_of, card_of, project_of
from resolvers.attachment import attachment
from resolvers.attachment import graph as attachment_graph
from resolvers.card import checklist, comment, label
from resolvers.card import custom as card_custom
from resolvers.card import graph as card_graph
from resolvers.card.card import delete_card, get_card, list_cards
from resolvers.card.update import update_cards
from resolvers.column import column, scope
from resolvers.custom_field import change as custom_field_change
from resolvers.custom_field import custom_field
from resolvers.files.store import remove_leftovers
from resolvers.inputs.card import CardUpdate, ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.custom_field import CustomFieldUpdate
from resolvers.inputs.label import LabelUpdate
from resolvers.inputs.project import ProjectUpdate
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeUpdate
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.kit.input import read_input
from resolvers.kit.upload import MAX_FILE
from resolvers.lane.totals import totals
from resolvers.member import project_member
from resolvers.project import project
from resolvers.relation import graph as relation_graph
from resolvers.relation import relation
from resolvers.transfer import transfer
from resolvers.user.user import users_by
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.attaching import attach, content_of
from tests.resolvers.conftest import Join
from tests.resolvers.custom import Fields, make_fields
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub

Query = tuple[str, str, Mapping[str, Any]]
"""The command, the collection and the filter."""


class Recorder(monitoring.CommandListener):
    """What is sent to the database while `queries` is a list."""

    queries: list[Query] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.queries is not None and event.database_name == "orrery":
            self.queries += _queries(event.command_name, event.command)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def _queries(command: str, sent: Mapping[str, Any]) -> Iterator[Query]:
    name = sent[command]
    if command == "find":
        yield command, name, sent.get("filter", {})
    elif command in ("count", "distinct", "findAndModify"):
        yield command, name, sent.get("query", {})
    elif command in ("update", "delete"):
        for one in sent[f"{command}s"]:
            yield command, name, one["q"]
    elif command == "aggregate":
        first, *rest = sent["pipeline"]
        yield command, name, first.get("$match", {})
        for stage in rest:
            if join := stage.get("$lookup"):
                yield "$lookup", join["from"], {join["foreignField"]: ObjectId()}


# Only clients that are made later have it, so it stands here.
RECORDER = Recorder()
monitoring.register(RECORDER)


@contextmanager
def recorded() -> Iterator[list[Query]]:
    """The queries that the block sends."""
    seen: list[Query] = []
    RECORDER.queries = seen
    try:
        yield seen
    finally:
        RECORDER.queries = None


async def has_index(database: Database, query: Query) -> bool:
    """Whether a query begins at an index.

    MongoDB would for all that have a field with one. The embedded database reads the whole collection where a filter
    has an operator at its top, and for findAndModify, count and distinct; where several fields have no index together
    it takes the first that has one alone, and does not say so.
    """
    command, name, where = query
    if not where or command in ("findAndModify", "count") or any(key.startswith("$") for key in where):
        return False
    alone = [{key: value} for key, value in where.items()]
    for one in (where, *alone):
        asked = {"find": name, "filter": one}
        plan = await database.db.command("explain", asked, verbosity="queryPlanner")
        if "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]):
            return True
    return False


async def examined(database: Database, query: Query) -> int:
    """How many documents the database looks at for a find."""
    command, name, asked = query
    assert command == "find"
    plan = await database.db.command("explain", {"find": name, "filter": asked}, verbosity="executionStats")
    return int(plan["executionStats"]["totalDocsExamined"])


async def check(database: Database, queries: list[Query]) -> None:
    assert queries
    shapes = {(command, name, str(_shape(where))): (command, name, where) for command, name, where in queries}
    scans = [shape for shape, query in shapes.items() if not await has_index(database, query)]
    assert scans == []


def _shape(where: Any) -> Any:
    if isinstance(where, Mapping):
        return {key: _shape(value) for key, value in where.items()}
    return type(where).__name__


@pytest.fixture
async def board(owner: Context, workspace: Any, join: Join) -> Board:
    board = await make_board(owner, workspace, columns=2)
    await board.add_member(await join(workspace, "ada"))
    return board


async def test_a_query_without_an_index_is_found_out(database: Database) -> None:
    one = ObjectId()

    for query in (
        ("find", "cards", {}),
        ("find", "cards", {"title": "x"}),
        ("find", "cards", {"$or": [{"_id": one}, {"column_id": one}]}),
        ("findAndModify", "cards", {"_id": one}),
    ):
        assert not await has_index(database, query), query
    assert await has_index(database, ("find", "cards", {"column_id": one, "archived": False}))


async def attach_too_large(board: Board, card: Any) -> None:
    """An upload whose bytes are discarded."""
    with pytest.raises(PayloadTooLarge):
        await attach(board, card, bytes(MAX_FILE + 1))


async def test_every_change_of_a_board_runs_on_indexes(board: Board, owner: Context, database: Database) -> None:
    with recorded() as queries:
        step = await board.scope()
        scoped = await board.column("Doing", step["_id"])
        mark = await board.label()
        card = await board.card(0, assigneeId=owner.user_id, labelIds=[mark["_id"]], checklist=[{"title": "x"}])
        other, loose = await board.card(1), await board.card(None)
        said = await board.comment(card)
        files = [await attach(board, one) for one in (card, card, other, loose)]
        await attachment.delete_attachment(board.ctx, files[0]["_id"])
        await attach_too_large(board, card)
        await remove_leftovers()
        for values in ({"order": 0, "columnId": scoped["_id"]}, {"order": 3, "columnId": None}, {"order": 0}):
            await board.move(card, **values)
        await board.move(card, afterCardId=loose["_id"])
        await board.move(card, beforeCardId=loose["_id"])
        await board.update(card, title="x", assigneeId=None, labelIds=[], columnId=board.column_id(1), archived=True)
        await update_cards(board.ctx, [card["_id"], other["_id"]], read_input(CardUpdate, {"title": "y"}))
        await label.add_card_label(board.ctx, card["_id"], mark["_id"])
        await label.remove_card_label(board.ctx, card["_id"], mark["_id"])
        item = card["checklist"][0]["id"]
        await checklist.add_checklist_item(board.ctx, card["_id"], ChecklistItemAdd(title="y"))
        await checklist.update_checklist_item(board.ctx, card["_id"], item, ChecklistItemUpdate(done=True))
        added = await checklist.add_checklist_item(board.ctx, card["_id"], ChecklistItemAdd(title="z"))
        await checklist.remove_checklist_item(board.ctx, card["_id"], added.value["checklist"][-1]["id"])
        await checklist.move_checklist_item(board.ctx, card["_id"], item, ChecklistItemMove())
        child = (await checklist.convert_checklist_item(board.ctx, card["_id"], item)).value
        fields = await make_fields(board)
        await fields.set(card, {"Level": "High", "Tags": ["x"]})
        for type_ in ("blocks", "duplicates", "related_to", "child_of"):
            given = {"cardId": card["_id"], "targetCardId": other["_id"], "type": type_}
            related = await relation.create_relation(board.ctx, read_input(RelationCreate, given))
        await relation.delete_relation(board.ctx, related.value["_id"])
        for retyped in ({"type": "text"}, {"type": "select", "options": ["Low", "x"], "onIncompatible": "clear"}):
            wanted = read_input(CustomFieldUpdate, retyped)
            await custom_field_change.update_custom_field(board.ctx, fields.id("Level"), wanted)
        fewer = read_input(CustomFieldUpdate, {"options": ["x"], "onIncompatible": "clear", "order": 0})
        await custom_field_change.update_custom_field(board.ctx, fields.id("Tags"), fewer)
        await custom_field.delete_custom_field(board.ctx, fields.id("Tags"))
        await delete_card(board.ctx, child.card["_id"])
        await column.update_column(board.ctx, scoped["_id"], ColumnUpdate.of(name="x", order=0))
        await label.update_label(board.ctx, mark["_id"], LabelUpdate.of(name="x"))
        await scope.update_scope(board.ctx, step["_id"], ScopeUpdate.of(name="x"))
        await project.update_project(board.ctx, board.project["_id"], ProjectUpdate.of(name="x"))
        await comment.delete_comment(board.ctx, said["_id"])
        await board.comment(card)
        await delete_card(board.ctx, card["_id"])
        await label.delete_label(board.ctx, mark["_id"])
        await board.card(None, columnId=scoped["_id"])
        await scope.delete_scope(board.ctx, step["_id"])
        await column.delete_column(board.ctx, board.columns[1]["_id"])
        await project_member.remove_project_member(board.ctx, board.project["_id"], owner.user_id)
        file = {"project": {"name": "x"}, "columns": [{"name": "x"}], "cards": [{"title": "x", "labels": ["x"]}]}
        await transfer.import_project(board.ctx, board.workspace_id, read_input(ProjectImport, file))
        await project.delete_project(board.ctx, board.project["_id"])

    await check(database, queries)


async def test_deleting_a_workspace_runs_on_indexes(board: Board, owner: Context, database: Database) -> None:
    await attach(board, await board.card())

    with recorded() as queries:
        await delete_workspace(again(owner), board.workspace_id)

    await check(database, queries)


async def test_every_list_and_edge_runs_on_indexes(
    board: Board, owner: Context, workspace: Any, database: Database
) -> None:
    step, mark = await board.scope(), await board.label()
    cards = [await board.card(0, labelIds=[mark["_id"]]), await board.card(None), await board.card(1)]
    said, file = await board.comment(cards[0]), await attach(board, cards[0])
    fields = await make_fields(board)
    level = fields["Level"]
    given = {"cardId": cards[1]["_id"], "targetCardId": cards[0]["_id"], "type": "blocks"}
    await relation.create_relation(board.ctx, read_input(RelationCreate, given))
    other = await make_board(owner, workspace, columns=1)
    ctx, projects = board.ctx, [board.project, other.project]

    with recorded() as queries:
        for read, one in (
            (project.get_project, board.project),
            (scope.get_scope, step),
            (column.get_column, board.columns[0]),
            (label.get_label, mark),
            (get_card, cards[0]),
            (comment.get_comment, said),
            (attachment.get_attachment, file),
        ):
            await read(again(owner), one["_id"])
        for listing in (
            scope.list_scopes,
            column.list_columns,
            label.list_labels,
            list_cards,
            project_member.list_project_members,
            transfer.export_project,
        ):
            await listing(again(owner), board.project["_id"])
        await project.list_projects(ctx, workspace["_id"])
        await comment.list_comments(ctx, cards[0]["_id"])
        await attachment.list_attachments(ctx, cards[0]["_id"])
        await attachment_graph.attachments_of(ctx, cards, frozenset({"name"}))
        await attachment_graph.card_of(ctx, [file], frozenset({"title"}))
        await attachment_graph.uploader_of(ctx, [file], frozenset({"name"}))
        assert await content_of(file["_id"], file["size"]) == b"Hello"
        await project.workspace_of(ctx, projects, frozenset({"name"}))
        await project.members_of(ctx, projects, None)
        await project.card_count_of(ctx, projects, None)
        await scope.scopes_of(ctx, projects, None)
        await scope.scope_of(ctx, [*cards, {"scope_id": step["_id"]}], frozenset({"name"}))
        await scope.progress_of(ctx, [step], None)
        await column.columns_of_project(ctx, projects, None)
        await column.columns_of_scope(ctx, [step], None)
        await column.column_of(ctx, cards, frozenset({"name"}))
        await column.order_of(
            ctx, stub([{"_id": one["_id"], "project_id": one["project_id"]} for one in board.columns]), None
        )
        await column.card_count_of(ctx, board.columns, None)
        await card_graph.order_of(ctx, [_without_order(one) for one in cards], None)
        await card_graph.labels_of(ctx, cards, None)
        await card_graph.labels_of_project(ctx, projects, None)
        await users_by("created_by")(ctx, cards, None)
        [page, *_] = await card_graph.activity_of(ctx, cards, None)
        await card_graph.activity_of(ctx, cards[:1], None)
        await card_graph.comments_of(ctx, cards, None)
        await card_graph.comments_of(ctx, cards[:1], None)
        await custom_field.list_custom_fields(again(owner), board.project["_id"])
        await custom_field.custom_fields_of_project(ctx, projects, None)
        await custom_field.order_of(ctx, stub([{"_id": level["_id"], "project_id": level["project_id"]}]), None)
        await card_custom.custom_fields_of(ctx, [await board.stored(one) for one in fields.cards], None)
        await relation.list_relations(again(owner), cards[0]["_id"])
        [seen, *_] = await relation_graph.relations_of(ctx, cards, None)
        await relation_graph.other_of(ctx, seen, None)
        for reach in (
            relation_graph.blocked_by_of,
            relation_graph.blocks_of,
            relation_graph.children_of,
            relation_graph.parent_of,
            relation_graph.is_blocked_of,
        ):
            await reach(ctx, cards, frozenset({"title"}))
        for end in (relation_graph.source_of, relation_graph.target_of, users_by("created_by")):
            await end(ctx, [one["relation"] for one in seen], None)
        for about in (actor_of, project_of, card_of):
            await about(ctx, page.nodes, frozenset({"name"}))

    await check(database, queries)


def _without_order(record: Any) -> Any:
    return {key: value for key, value in record.items() if key != "order"}


FILTERS: list[dict[str, Any] | None] = [
    None,
    {"archived": {"eq": True}},
    {"title": {"contains": "x"}, "priority": {"null": False}},
    {"or": [{"assignee": {"null": True}}, {"due_date": {"null": False}}]},
    {"not": {"title": {"eq": "x"}}, "label": {"null": False}},
    {"column": {"null": False}, "scope": {"null": True}},
]


@pytest.mark.parametrize("filter", FILTERS, ids=str)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_every_page_of_cards_runs_on_an_index(
    filter: dict[str, Any] | None, direction: str, board: Board, database: Database
) -> None:
    for place in (0, 0, 1):
        await board.update(await board.card(place), archived=bool(filter and "archived" in filter))
    step = await board.scope()

    with recorded() as queries:
        for field in sorted_by(Card):
            order = [{"field": field, "direction": direction}]
            for edge, parents in (
                (card_graph.cards_of_column, board.columns[:1]),
                (card_graph.cards_of_column, board.columns),
                (card_graph.cards_of_project, [board.project]),
                (card_graph.cards_of_scope, [step]),
            ):
                found = await edge(board.ctx, parents, None, first=1, filter=filter, order_by=order)
                await totals(found)
                if found[0].nodes:
                    cursor = found[0].cursor(found[0].nodes[-1])
                    await edge(board.ctx, parents, None, first=1, after=cursor, filter=filter, order_by=order)

    await check(database, queries)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_every_page_by_custom_fields_runs_on_an_index(direction: str, board: Board, database: Database) -> None:
    fields = Fields(board)
    for name, type_ in (("Level", "select"), ("Note", "text")):
        await fields.add(name, type_, ("Low", "High") if type_ == "select" else ())
    step = await board.scope()
    for place in (0, 0, 1):
        await fields.set(await board.card(place), {"Level": "Low", "Note": "x"})
    where = {"custom_field": {"field_id": fields.id("Note"), "text": {"contains": "x"}}}

    with recorded() as queries:
        for name in ("Level", "Note"):
            order = [{"field": "CUSTOM_FIELD", "custom_field_id": fields.id(name), "direction": direction}]
            for edge, parents in (
                (card_graph.cards_of_column, board.columns[:1]),
                (card_graph.cards_of_column, board.columns),
                (card_graph.cards_of_project, [board.project]),
                (card_graph.cards_of_scope, [step]),
            ):
                found = await edge(board.ctx, parents, None, first=1, filter=where, order_by=order)
                await totals(found)
                if found[0].nodes:
                    cursor = found[0].cursor(found[0].nodes[-1])
                    await edge(board.ctx, parents, None, first=1, after=cursor, filter=where, order_by=order)

    await check(database, queries)
