"""What tests of the delivery operations are written with: a board to work on, and looks at what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from models import Card, StreamHead
from models.base import collection
from models.records import (
    CardRecord,
    ColumnRecord,
    CommentRecord,
    LabelRecord,
    LoggedEventRecord,
    ProjectMemberRecord,
    ProjectRecord,
    ScopeRecord,
    TemplateColumnRecord,
    WorkspaceRecord,
)
from realtime.log import Change
from resolvers.card.card import create_card
from resolvers.card.comment import create_comment
from resolvers.card.label import create_label
from resolvers.card.update import move_card, update_card
from resolvers.column.column import create_column, list_columns
from resolvers.column.scope import create_scope
from resolvers.inputs.card import CardCreate, CardMove, CardUpdate, CommentCreate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.label import LabelCreate
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd
from resolvers.inputs.scope import ScopeCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.lane.card_place import BY_RANK
from resolvers.member.project_member import add_project_member
from resolvers.project.project import insert_project
from resolvers.template.apply import fill_project
from tests.resolvers.lab import again, events


@dataclass(slots=True)
class Board:
    """A project with columns, and the one who works on it. Every call is a request of its own."""

    caller: Context
    project: ProjectRecord
    columns: list[ColumnRecord] = field(default_factory=list)

    @property
    def ctx(self) -> Context:
        return again(self.caller)

    @property
    def workspace_id(self) -> ObjectId:
        return ObjectId(self.project["workspace_id"])

    def column_id(self, place: int | None) -> ObjectId | None:
        """The id of the column at a place; None for the cards without a column."""
        return None if place is None else ObjectId(self.columns[place]["_id"])

    async def column(self, name: str = "Column", scope_id: ObjectId | None = None) -> ColumnRecord:
        values = {"projectId": self.project["_id"], "scopeId": scope_id, "name": name}
        return (await create_column(self.ctx, read_input(ColumnCreate, values))).value

    async def scope(self, name: str = "Scope") -> ScopeRecord:
        values = read_input(ScopeCreate, {"projectId": self.project["_id"], "name": name})
        return (await create_scope(self.ctx, values)).value

    async def label(self, name: str = "Label") -> LabelRecord:
        values = read_input(LabelCreate, {"projectId": self.project["_id"], "name": name})
        return (await create_label(self.ctx, values)).value

    async def card(self, column: int | None = 0, **values: Any) -> CardRecord:
        """A new card at the end of a column; `values` as clients write them."""
        given = {"projectId": self.project["_id"], "columnId": self.column_id(column), "title": "Card", **values}
        return (await create_card(self.ctx, read_input(CardCreate, given))).value

    async def update(self, card: CardRecord, **values: Any) -> CardRecord:
        return (await update_card(self.ctx, card["_id"], read_input(CardUpdate, values))).value

    async def move(self, card: CardRecord, **values: Any) -> CardRecord:
        return (await move_card(self.ctx, card["_id"], read_input(CardMove, values))).value

    async def comment(self, card: CardRecord, content: str = "Done?") -> CommentRecord:
        values = read_input(CommentCreate, {"cardId": card["_id"], "content": content})
        return (await create_comment(self.ctx, values)).value

    async def add_member(self, person: Context) -> ProjectMemberRecord:
        """Make a member of the workspace a member of the project."""
        values = read_input(ProjectMemberAdd, {"userId": person.user_id})
        return (await add_project_member(self.ctx, self.project["_id"], values)).value

    async def lane(self, column: int | None, *, archived: bool = False) -> list[ObjectId]:
        """The ids of a lane's cards in order; archived ones only with `archived`."""
        where = {"project_id": self.project["_id"], "column_id": self.column_id(column)} | (
            {} if archived else {"archived": False}
        )
        return [card["_id"] for card in await collection(Card).find(where).sort(BY_RANK).to_list()]

    async def stored(self, card: CardRecord) -> CardRecord:
        """The card as the database holds it now."""
        found = await collection(Card).find_one({"_id": card["_id"]})
        assert found is not None
        return found

    async def seq(self) -> int:
        """The number of the workspace's last event."""
        head = await collection(StreamHead).find_one({"_id": self.workspace_id})
        return 0 if head is None else int(head["seq"])

    async def events_since(self, seq: int) -> list[LoggedEventRecord]:
        """The workspace's events after a number."""
        return [event for event in await events(self.workspace_id) if event["seq"] > seq]

    async def types_since(self, seq: int) -> list[str]:
        return [event["type"] for event in await self.events_since(seq)]


async def make_board(caller: Context, workspace: WorkspaceRecord, columns: int = 3) -> Board:
    """A new project of a workspace with some columns."""
    names = [f"Column {place}" for place in range(columns)]

    async def body(change: Change) -> ProjectRecord:
        return await insert_board(change, workspace["_id"], caller.user_id, "Mirror", names)

    project = (await again(caller).write(workspace["_id"], body)).value
    return Board(caller, project, await list_columns(again(caller), project["_id"]))


async def insert_board(
    change: Change, workspace_id: ObjectId, creator_id: ObjectId, name: str, columns: Sequence[str]
) -> ProjectRecord:
    """Write a project and its columns within a change, since a thousand tests begin with them.

    All is told as if they were created one by one.
    """
    values = read_input(ProjectCreate, {"workspaceId": workspace_id, "name": name})
    named: list[TemplateColumnRecord] = [
        {"name": column, "scope": None, "kind": None, "prompt": None, "requires_approval": False} for column in columns
    ]
    project = await insert_project(change, values, creator_id)
    await fill_project(
        change, project, {"scopes": [], "columns": named, "labels": [], "custom_fields": [], "cards": []}
    )
    return project
