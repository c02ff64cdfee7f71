"""Lists that are sorted by a text: as a reader expects it, page by page, also after a change and a migration."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import Card, Document, Project
from models.base import Record
from resolvers.card.graph import cards_of_project, labels_of_project
from resolvers.custom_field.change import update_custom_field
from resolvers.document.graph import documents_by
from resolvers.inputs.custom_field import CustomFieldUpdate
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Page
from resolvers.kit.sort_keys_rebuild import SORT_STEPS
from resolvers.project.project import create_project, projects_of, update_project
from tests.resolvers.custom import Fields
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.stubs import stubs

WORDS = ["Zeta", "beta", "ärger", "Alpha", "zeta", "Ärger", "alpha", "Øl", "oz", "éa", "Eb", "\u0391lpha", "Straße"]
SORTED = ["alpha", "Alpha", "ärger", "Ärger", "beta", "éa", "Eb", "Øl", "oz", "Straße", "zeta", "Zeta", "\u0391lpha"]

List = Callable[..., Awaitable[list[Page]]]


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def walked(ctx: Context, listed: List, parent: Any, order: Any, key: str) -> list[str]:
    """A list read in pages of three."""
    found: list[str] = []
    after: str | None = None
    while True:
        [page] = await listed(again(ctx), [parent], frozenset({key}), first=3, after=after, order_by=[order])
        found += [one[key] for one in page.nodes]
        if not page.has_next:
            return found
        after = page.cursor(page.nodes[-1])


async def sorts(ctx: Context, listed: List, parent: Any, key: str, **order: Any) -> None:
    field = {"field": "TITLE" if key == "title" else "NAME", **order}
    assert await walked(ctx, listed, parent, field, key) == SORTED
    assert await walked(ctx, listed, parent, {**field, "direction": "DESC"}, key) == SORTED[::-1]


@pytest.mark.parametrize("before", ["new", "renamed", "migrated"])
async def test_cards_and_documents_are_sorted_by_title(board: Board, workspace: Any, before: str) -> None:
    shelf, documents_of = Shelf(board.caller, workspace["_id"]), documents_by("workspace_id")
    for word in WORDS:
        card, document = await board.card(title=word), await shelf.document(word)
        if before == "renamed":
            card, document = await board.update(card, title="x"), await shelf.update(document, title="x")
            await board.update(card, title=word)
            await shelf.update(document, title=word)
    if before == "migrated":
        await forget_and_migrate(board)

    await sorts(board.ctx, cards_of_project, board.project, "title")
    await sorts(board.ctx, documents_of, workspace, "title")


@pytest.mark.parametrize("before", ["new", "renamed", "migrated"])
async def test_projects_are_sorted_by_name(board: Board, workspace: Record, before: str) -> None:
    await update_project(board.ctx, board.project["_id"], ProjectUpdate.of(name=WORDS[0]))
    for word in WORDS[1:]:
        values = {"workspaceId": workspace["_id"], "name": "x" if before == "renamed" else word}
        project = (await create_project(board.ctx, read_input(ProjectCreate, values))).value
        if before == "renamed":
            await update_project(board.ctx, project["_id"], ProjectUpdate.of(name=word))
    if before == "migrated":
        await forget_and_migrate(board)

    await sorts(board.ctx, projects_of, workspace, "name")


@pytest.mark.parametrize("before", ["new", "changed", "converted", "migrated"])
async def test_cards_are_sorted_by_a_text_field(board: Board, before: str) -> None:
    fields = Fields(board)
    await fields.add(
        "Word", "select" if before == "converted" else "text", tuple(WORDS) if before == "converted" else ()
    )
    for word in WORDS:
        card = await board.card(title=word)
        if before == "changed":
            await fields.set(card, {"Word": "x"})
        await fields.set(card, {"Word": word})
    if before == "converted":
        change = read_input(CustomFieldUpdate, {"type": "text"})
        await update_custom_field(board.ctx, fields.id("Word"), change)
    if before == "migrated":
        await forget_and_migrate(board)

    await sorts(
        board.ctx, cards_of_project, board.project, "title", field="CUSTOM_FIELD", custom_field_id=fields.id("Word")
    )


async def test_labels_are_sorted_by_name(board: Board) -> None:
    for word in WORDS:
        await board.label(word)

    [labels] = await labels_of_project(board.ctx, [board.project], None)

    assert [one["name"] for one in labels] == SORTED


async def forget_and_migrate(board: Board) -> None:
    """What an earlier version has written had no keys."""
    for model in (Card, Document, Project):
        keys = dict.fromkeys(("title_key", "name_key", "text_keys"), "")
        await stubs(model).update_many({"workspace_id": board.workspace_id}, {"$unset": keys})
    for step in SORT_STEPS:
        await step.run(NoWork())


class NoWork:
    """Nobody is told how far it is."""

    place: Any = None

    def expect(self, total: int) -> None:
        pass

    async def reached(self, place: Any, units: int) -> None:
        pass
