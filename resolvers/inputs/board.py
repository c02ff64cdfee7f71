"""What is asked for of a board: its columns with the first of their cards, and its cards in pages."""

from typing import Annotated

from pydantic import Field

from models.limits import Text
from resolvers.kit.input import ColumnId, Date, Flag, Input, LabelId, PriorityWord, ProjectId, ScopeId, UserId
from resolvers.kit.page import After

MAX_CARDS = 100

Some = Annotated[int, Field(strict=True, ge=1, le=MAX_CARDS)]


class BoardRead(Input):
    """Which board, and how much of it."""

    project_id: ProjectId = Field(description="The project.")
    scope_id: ScopeId | None = Field(None, description="The scope whose board it is; by default the project's own.")
    first: Some = Field(10, description="How many cards of each column.")


class CardList(Input):
    """Which cards of a project; all conditions that are given must hold."""

    project_id: ProjectId = Field(description="The project.")
    scope_id: ScopeId | None = Field(None, description="In this scope.")
    column_id: ColumnId | None = Field(None, description="In this column.")
    assignee_id: UserId | None = Field(None, description="Assigned to this user.")
    label_id: LabelId | None = Field(None, description="With this label.")
    priority: PriorityWord | None = Field(None, description="Of this priority.")
    title: Annotated[str, Text(0, 500, strip=False)] | None = Field(None, description="Whose title holds this text.")
    due_before: Date | None = Field(None, description="Due before this.")
    archived: Flag = Field(False, description="The archived ones instead of the others.")
    first: Some = Field(50, description="How many.")
    after: After | None = Field(None, description="Those that follow this cursor.")
