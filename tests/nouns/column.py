"""Columns of a board."""

from resolvers.column.column import create_column
from resolvers.inputs.column import ColumnCreate, ColumnReorder, ColumnUpdate
from tests.gateway.replay.state import JSON, State, below, take
from tests.nouns.card import card_gone
from tests.nouns.document import document_gone
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import B_PROJECT, PROJECT
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    to_do = ColumnCreate.of(project_id=world.ids["project"], name="To do")
    world.ids["column"] = (await world.made(create_column, to_do))["_id"]


async def add_column(world: World) -> None:
    """A second column of the project's board."""
    values = ColumnCreate.of(project_id=world.ids["project"], name="Next")
    world.ids["next_column"] = (await create_column(again(world.owner), values)).value["_id"]


def board_gone(state: State, field: str, gone: str) -> None:
    """What is on a board, or in a column, that is gone, is gone too."""
    for card in below(state, "Card", field, gone):
        card_gone(state, card)
    for document in below(state, "Document", field, gone) if field != "column" else ():
        document_gone(state, document)


def _deleted(state: State, event: JSON) -> None:
    take(state, "Column", event["columnId"])
    board_gone(state, "column", event["columnId"])


def _cleaned(state: State, event: JSON) -> None:
    board_gone(state, "column", event["columnId"])


async def story(cast: Cast) -> None:
    ann, path = cast.ann, f"{cast.path}/columns"
    column = await made(ann, path, name="Later")
    await changed(ann, f"{path}/{column['id']}", name="Soon", order=0)
    assert (await read(ann, f"{path}/{column['id']}"))["order"] == 0
    columns = await read(ann, path)
    assert [(one["name"], one["order"]) for one in columns] == [("Soon", 0), ("To do", 1), ("Done", 2)]
    await deleted(ann, f"{path}/{column['id']}")


SAMPLE = Sample(
    after=("scope",),
    make=make,
    calls={
        "column": lambda ids: (ids["column"],),
        "columns": lambda ids: (ids["project"],),
        "columnCreate": lambda ids: (ColumnCreate.of(project_id=ids["project"], name="More"),),
        "columnUpdate": lambda ids: (ids["column"], ColumnUpdate.of(name="Other")),
        "columnReorder": lambda ids: (ColumnReorder(project_id=ids["project"], ids=[ids["column"]]),),
        "columnClean": lambda ids: (ids["column"],),
        "columnDelete": lambda ids: (ids["column"],),
    },
    makes_another={"columnCreate"},
    routes={
        ("GET", PROJECT + "/columns"): None,
        ("POST", PROJECT + "/columns"): sent(name="More"),
        ("GET", PROJECT + "/columns/{columnId}"): None,
        ("PATCH", PROJECT + "/columns/{columnId}"): sent(name="Other"),
        ("DELETE", PROJECT + "/columns/{columnId}"): None,
        ("POST", B_PROJECT + "/columns/{columnId}/clean-all"): None,
        ("GET", B_PROJECT + "/columns"): None,
        ("POST", B_PROJECT + "/columns"): lambda ids: {
            "name": "More",
            "columnType": "active",
            "boardId": str(ids["project"]),
        },
        ("PATCH", B_PROJECT + "/columns/{columnId}"): sent(name="Other"),
        ("DELETE", B_PROJECT + "/columns/{columnId}"): None,
        ("PATCH", B_PROJECT + "/columns/reorder"): lambda ids: {"ids": [str(ids["column"])]},
    },
    cases={
        "columnReorder": Case(
            arguments=lambda ids: (ColumnReorder(project_id=ids["project"], ids=[ids["next_column"], ids["column"]]),),
            prepare=add_column,
        )
    },
    kept={
        "Column": Kept(
            "project { id } scope { id }", dict.fromkeys(("Project", "Scope"), "columns { ...ColumnFields }")
        )
    },
    rules={"ColumnCleaned": ("columnId", _cleaned), "ColumnDeleted": ("columnId", _deleted)},
    story=story,
)
