import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models import Card, Comment, Document, Project, Relation
from models.base import collection
from models.enums import Role, StatsInterval
from models.errors import BadUserInput
from resolvers.column.scope import update_scope
from resolvers.document.link import link_document
from resolvers.document.review import submit_document
from resolvers.figures.stats import get_project_stats
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeUpdate
from resolvers.inputs.transfer import ProjectImport
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.periods import Periods
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.relation.relation import create_relation
from resolvers.transfer.transfer import export_project, import_in_parts, import_project, open_export
from resolvers.workspace.workspace import create_workspace
from rest.stellary.present.transfer import written
from tests.resolvers.conftest import Join
from tests.resolvers.custom import make_fields
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.projects import Board, make_board

TIPTAP = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Brass & wood"}]}]}


async def make_whole(owner: Context, workspace: Any, helper: Context) -> Board:
    """A project with something of everything."""
    board = await make_board(owner, workspace, columns=2)
    await board.add_member(helper)
    fields = await make_fields(board)
    scope = await board.scope("Phase")
    changes = {"description": "First", "startDate": "2026-01-01", "endDate": "2026-02-01", "activeView": "roadmap"}
    await update_scope(board.ctx, scope["_id"], read_input(ScopeUpdate, changes))
    inner = await board.column("Inner", scope["_id"])
    mark = await board.label("brass")
    steps = [{"title": "Turn", "done": True}, {"title": "Polish"}]
    first = await board.card(
        0, title="Sun", labelIds=[mark["_id"]], checklist=steps, assigneeId=helper.user_id, priority="high"
    )
    second = await board.card(None, columnId=inner["_id"], title="Moon", dueDate="2026-03-01")
    third = await board.card(1, title="Old")
    await board.update(third, archived=True)
    for one, type_, other in ((second, "blocks", first), (third, "related_to", first), (first, "child_of", third)):
        given = {"cardId": one["_id"], "targetCardId": other["_id"], "type": type_}
        await create_relation(board.ctx, read_input(RelationCreate, given))
    await board.comment(first, "Shines")
    await Board(helper, board.project, board.columns).comment(first, "Too much")
    shelf = Shelf(owner, workspace["_id"])
    inside = {"contextType": "project", "contextId": str(board.project["_id"])}
    spec = await shelf.document("Spec", content="# Sun\n\nRound", docType="spec", tags=["a", "b"], **inside)
    await shelf.document("Notes", content=TIPTAP, parentId=str(spec["_id"]))
    about = await shelf.document("Phase", content="", contextType="scope", contextId=str(scope["_id"]))
    await link_document(board.ctx, spec["_id"], first["_id"])
    await submit_document(board.ctx, about["_id"])
    assert fields.cards
    return board


@pytest.fixture
async def elsewhere(owner: Context, workspace: Any) -> Any:
    values = WorkspaceCreate(organization_id=workspace["organization_id"], name="Elsewhere", slug="elsewhere")
    return (await create_workspace(again(owner), values)).value


async def test_everything_of_a_project_comes_back_from_an_import_elsewhere(
    owner: Context, workspace: Any, elsewhere: Any, join: Join, people: People
) -> None:
    helper = await join(workspace, "helper", Role.MEMBER)
    board = await make_whole(owner, workspace, helper)
    exported = json.loads(orjson.dumps(await export_project(board.ctx, board.project["_id"])))

    done = (await import_project(again(owner), elsewhere["_id"], read_input(ProjectImport, exported))).value

    # the helper is no member there: all but what is about them is the same
    again_exported = json.loads(orjson.dumps(await export_project(again(owner), done["_id"])))
    email = people.email(helper)
    assert done["warnings"] == [f"members.{exported['members'].index(email)}: {email} is not a member of the workspace"]
    exported["members"].remove(email)
    for card in exported["cards"]:
        card["assignee"] = None if card["assignee"] == email else card["assignee"]
    assert again_exported == exported
    # and there is something of everything
    assert all(exported[name] for name in exported)
    sun = exported["cards"][[one["title"] for one in exported["cards"]].index("Sun")]
    assert [one["content"] for one in sun["comments"]] == ["Shines", "Too much"]
    assert [one["author"] for one in sun["comments"]] == [people.email(owner), email]
    assert {one["type"] for one in exported["relations"]} == {"blocks", "related_to", "parent_of"}
    documents = exported["documents"]
    assert [one["title"] for one in documents] == ["Spec", "Notes", "Phase"]
    assert (documents[1]["content"], documents[1]["parentIndex"]) == (TIPTAP, 0)
    assert (documents[2]["scopeIndex"], documents[2]["status"]) == (0, "pending_review")
    assert documents[0]["cardIndexes"] == [exported["cards"].index(sun)]
    assert any(card["customFields"] for card in exported["cards"])


async def test_within_its_workspace_a_project_comes_back_with_its_people(
    owner: Context, workspace: Any, join: Join, people: People
) -> None:
    helper = await join(workspace, "helper", Role.MEMBER)
    board = await make_whole(owner, workspace, helper)
    exported = await export_project(board.ctx, board.project["_id"])

    done = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, exported))).value

    assert done["warnings"] == []
    assert await export_project(again(owner), done["_id"]) == exported
    card = await collection(Card).find_one({"project_id": done["_id"], "title": "Sun"})
    assert card is not None
    assert (card["assignee_id"], card["comment_count"]) == (helper.user_id, 2)
    comment = await collection(Comment).find_one({"card_id": card["_id"], "content": "Too much"})
    assert comment is not None
    assert (comment["author_id"], comment["original_author"]) == (owner.user_id, people.email(helper))


async def test_a_file_holds_no_address_of_who_has_left_the_workspace(
    owner: Context, workspace: Any, join: Join, people: People
) -> None:
    helper = await join(workspace, "helper", Role.MEMBER)
    board = await make_whole(owner, workspace, helper)

    await remove_workspace_member(again(owner), workspace["_id"], helper.user_id)
    exported = await export_project(again(owner), board.project["_id"])

    assert people.email(helper) not in str(exported)
    authors = [one["author"] for card in exported["cards"] for one in card["comments"]]
    assert authors == [people.email(owner), "helper"]


async def test_an_import_tells_of_all_that_it_writes(owner: Context, workspace: Any, join: Join) -> None:
    board = await make_whole(owner, workspace, await join(workspace, "helper", Role.MEMBER))
    exported = await export_project(board.ctx, board.project["_id"])
    before = len(await event_types(workspace["_id"]))

    await import_project(again(owner), workspace["_id"], read_input(ProjectImport, exported))

    told = (await event_types(workspace["_id"]))[before:]
    counts = {
        "ScopeCreated": len(exported["scopes"]),
        "ColumnCreated": len(exported["columns"]),
        "LabelCreated": len(exported["labels"]),
        "CustomFieldCreated": len(exported["customFields"]),
        "CardCreated": len(exported["cards"]),
        "CommentAdded": 2,
        "RelationCreated": 3,
        "DocumentCreated": 3,
        "DocumentLinked": 1,
        "ProjectMemberAdded": 2,
        "ProjectCreated": 1,
        "ChangelogEntryAdded": 1,
    }
    assert {name: told.count(name) for name in counts} == counts
    assert len(told) == sum(counts.values())


async def test_the_written_file_is_the_export_as_json(owner: Context, workspace: Any, join: Join) -> None:
    board = await make_whole(owner, workspace, await join(workspace, "helper", Role.MEMBER))
    empty = await make_board(owner, workspace, columns=0)

    for project in (board.project, empty.project):
        text = b"".join([chunk async for chunk in written(await open_export(board.ctx, project["_id"]))])

        whole = await export_project(board.ctx, project["_id"])
        assert read_input(ProjectImport, json.loads(text)) == read_input(ProjectImport, whole)
        assert list(json.loads(text)) == ["format", "version", "project", *list(whole)[:8]]


def relation(type_: str, source: int, target: int) -> dict[str, Any]:
    return {"type": type_, "source": source, "target": target}


@pytest.mark.parametrize(
    ("relations", "refused"),
    [
        ([relation("blocks", 0, 1), relation("blocks", 1, 2), relation("blocks", 2, 0)], ["relations.2: would close"]),
        ([relation("blocks", 0, 0)], ["relations.0: relates a card to itself"]),
        ([relation("blocks", 0, 1), relation("blocks", 0, 1)], ["relations.1: is there already"]),
        ([relation("related_to", 0, 1), relation("related_to", 1, 0)], ["relations.1: is there already"]),
        ([relation("duplicates", 0, 1), relation("duplicates", 1, 0)], ["relations.1: is there already"]),
        ([relation("parent_of", 0, 1), relation("parent_of", 2, 1)], ["relations.1: would be a second parent"]),
        ([relation("parent_of", 0, 1), relation("parent_of", 1, 0)], ["relations.1: would make a card its own"]),
        ([relation("blocks", 0, 1), relation("blocks", 0, 2), relation("blocks", 1, 3), relation("blocks", 2, 3)], []),
    ],
)
async def test_relations_that_cannot_be_are_left_out_with_a_warning(
    relations: list[dict[str, Any]], refused: list[str], owner: Context, workspace: Any
) -> None:
    given = {"project": {"name": "x"}, "cards": [{"title": str(n)} for n in range(4)], "relations": relations}

    done = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, given))).value

    assert len(done["warnings"]) == len(refused)
    assert all(told.startswith(start) for told, start in zip(done["warnings"], refused, strict=True))
    written_ = await collection(Relation).count_documents({"project_ids": done["_id"]})
    assert written_ == len(relations) - len(refused)


async def test_who_may_not_review_imports_decided_documents_as_drafts(
    owner: Context, workspace: Any, join: Join
) -> None:
    helper = await join(workspace, "helper", Role.MEMBER)
    document = {"title": "Spec", "status": "approved", "reviewNotes": "Fine"}
    values = read_input(ProjectImport, {"project": {"name": "x"}, "documents": [document]})

    for caller, status, warned in ((owner, "approved", 0), (helper, "draft", 1)):
        done = (await import_project(again(caller), workspace["_id"], values)).value

        stored = await collection(Document).find_one({"project_id": done["_id"]})
        assert stored is not None
        assert (stored["status"], len(done["warnings"])) == (status, warned)


FIELDS = [{"name": "Level", "type": "select", "options": ["Low"]}]
CARD = {"title": "x"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"format": "other"}, "format"),
        ({"version": 2}, "version"),
        ({"columns": [{"name": "x", "scopeIndex": 0}]}, "columns.0.scopeIndex"),
        ({"scopes": [{"name": "x", "startDate": "2026-02-01", "endDate": "2026-01-01"}]}, "scopes.0.endDate"),
        ({"labels": [{"name": "x", "color": "red"}]}, "labels.0.color"),
        ({"labels": [{"name": "x", "color": "#000000"}] * 2}, "labels.1.name"),
        ({"customFields": FIELDS * 2}, "customFields.1.name"),
        ({"customFields": [{"name": "x", "type": "text", "options": ["a"]}]}, "customFields.0.options"),
        ({"cards": [CARD | {"customFields": [{"field": "x", "value": 1}]}]}, "cards.0.customFields.0.field"),
        (
            {"customFields": FIELDS, "cards": [CARD, CARD | {"customFields": [{"field": "Level", "value": "High"}]}]},
            "cards.1.customFields.0.value",
        ),
        (
            {"cards": [CARD | {"startedAt": "2026-02-02", "completedAt": "2026-02-01"}]},
            "cards.0.completedAt",
        ),
        ({"cards": [CARD, CARD | {"comments": [{"content": ""}]}]}, "cards.1.comments.0.content"),
        ({"cards": [CARD], "relations": [relation("blocks", 0, 1)]}, "relations.0.target"),
        ({"cards": [CARD], "relations": [relation("blocked_by", 0, 0)]}, "relations.0.type"),
        ({"documents": [{"title": "x", "parentIndex": 0}]}, "documents.0.parentIndex"),
        ({"documents": [{"title": "x", "scopeIndex": 0}]}, "documents.0.scopeIndex"),
        ({"documents": [{"title": "x", "cardIndexes": [0]}]}, "documents.0.cardIndexes.0"),
        ({"documents": [{"title": "x", "contentFormat": "tiptap_json", "content": "x"}]}, "documents.0.content"),
        (
            {"documents": [{"title": "x"}] + [{"title": "x", "parentIndex": n} for n in range(20)]},
            "documents.20.parentIndex",
        ),
    ],
)
async def test_what_points_nowhere_is_refused_by_its_place(
    given: dict[str, Any], field: str, owner: Context, workspace: Any
) -> None:
    with pytest.raises(BadUserInput) as caught:
        await import_project(
            again(owner), workspace["_id"], read_input(ProjectImport, {"project": {"name": "x"}} | given)
        )

    assert caught.value.field == field


async def test_an_import_in_parts_is_the_same_project_and_tells_how_far_it_is(
    owner: Context, workspace: Any, join: Join
) -> None:
    board = await make_whole(owner, workspace, await join(workspace, "helper", Role.MEMBER))
    exported = await export_project(board.ctx, board.project["_id"])
    sizes: list[int] = []

    values = read_input(ProjectImport, exported)
    done = (await import_in_parts(again(owner), workspace["_id"], values, sizes.append)).value

    assert await export_project(again(owner), done["_id"]) == exported
    assert sizes == [len(exported["cards"]), len(exported["relations"]), len(exported["documents"])]


async def test_an_import_in_parts_that_fails_takes_what_it_wrote_with_it(owner: Context, workspace: Any) -> None:
    def fail(_: int) -> None:
        raise BadUserInput("no", field="late")

    cards = [{"title": str(n)} for n in range(201)]
    values = read_input(ProjectImport, {"project": {"name": "Half"}, "cards": cards})

    with pytest.raises(BadUserInput, match="late"):
        await import_in_parts(again(owner), workspace["_id"], values, fail)

    assert await collection(Project).count_documents({"workspace_id": workspace["_id"], "name": "Half"}) == 0
    await finish_deletions(owner.services)
    assert await collection(Card).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_when_work_began_and_ended_is_the_files_or_else_follows_from_the_column(
    owner: Context, workspace: Any
) -> None:
    columns = [{"name": "To do"}, {"name": "Doing"}, {"name": "Done"}, {"name": "Alone", "scopeIndex": 0}]
    told = {"startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-03T00:00:00Z"}
    silent = {"startedAt": None, "completedAt": None}
    cards = [
        *({"title": f"in {place}", "columnIndex": place} for place in range(4)),
        {"title": "beside"},
        {"title": "told", "columnIndex": 2, **told},
        {"title": "silent", "columnIndex": 2, **silent},
    ]
    given = {"project": {"name": "x"}, "scopes": [{"name": "x"}], "columns": columns, "cards": cards}

    done = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, given))).value

    inside = {"project_id": done["_id"]}
    found = {one["title"]: one async for one in collection(Card).find(inside)}
    at = done["created_at"]
    assert {title: (one["started_at"], one["completed_at"]) for title, one in found.items()} == {
        "in 0": (None, None),
        "in 1": (at, None),
        "in 2": (None, at),
        "in 3": (None, None),
        "beside": (None, None),
        "told": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)),
        "silent": (None, None),
    }
    week = Periods.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC), StatsInterval.DAY)
    stats = await get_project_stats(again(owner), done["_id"], week)
    assert (stats["cycle_time"]["count"], stats["cycle_time"]["median_hours"]) == (1, 48)
    assert sum(one["completed"] for one in stats["throughput"]) == 1
