"""Inputs of the operations on the cards of a whole workspace."""

from typing import Annotated

from pydantic import Field

from models import Card
from models.card_enums import CardStage, CardType
from models.facts import CREATE
from models.limits import Text
from resolvers.inputs.card import ASSIGNEE, ESTIMATE, LONGEST, Assignee
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, Minutes, PriorityWord, Seconds, WorkspaceId
from resolvers.kit.page import WindowInput

ProjectWord = Annotated[str, Text(1, 60)]


@fields_of(Card, CREATE)
class CardSubmit(Input):
    """A new card of a workspace, in words.

    It goes to the end of the column of its stage on its project's board, which is given one where it lacks it.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    project: ProjectWord | None = Field(
        None, description="Its project, by slug, number (`#7`) or id; without one it goes to the workspace's inbox."
    )
    stage: CardStage = Field(CardStage.TODO, description="How far it is; TODO without one.")
    assignee: Assignee | None = Field(None, description=f"{ASSIGNEE}; without one nobody.")
    estimate_minutes: Minutes | None = Field(None, description=ESTIMATE)
    max_duration_seconds: Seconds | None = Field(None, description=LONGEST)


class CardSearch(WindowInput):
    """Which cards of a workspace; all that is given must hold."""

    workspace_id: WorkspaceId = Field(description="The workspace.")
    stages: Annotated[list[CardStage], Field(max_length=len(CardStage))] | None = Field(
        None, description="Of one of these stages; without them all but what is archived."
    )
    priorities: Annotated[list[PriorityWord], Field(max_length=4)] | None = Field(
        None, description="Of one of these priorities."
    )
    types: Annotated[list[CardType], Field(max_length=len(CardType))] | None = Field(
        None, description="Of one of these types."
    )
    assignee: Assignee | None = Field(None, description=f"{ASSIGNEE}.")
    project: ProjectWord | None = Field(None, description="Of this project, by slug, number (`#7`) or id.")
    search: Annotated[str, Text(1, 200)] | None = Field(
        None,
        description="With these words, or what begins with them, in the title, the description or the steps: of the "
        "1,000 such cards that were changed last.",
    )


class CardNext(Input):
    """Among which cards of a workspace the next one is looked for; all that is given must hold."""

    workspace_id: WorkspaceId = Field(description="The workspace.")
    assignee: Assignee | None = Field(None, description=f"{ASSIGNEE}.")
    project: ProjectWord | None = Field(None, description="Of this project, by slug, number (`#7`) or id.")
