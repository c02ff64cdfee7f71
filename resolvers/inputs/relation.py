"""Inputs of the operations on relations."""

from pydantic import Field

from models.enums import RelationType
from resolvers.kit.input import CardId, Input


class RelationCreate(Input):
    """A new relation between two cards of one workspace.

    `type` is how the card stands to the target: it blocks it, is blocked by it, and so on.
    """

    card_id: CardId = Field(description="The card.")
    target_card_id: CardId = Field(description="The other card, of any project of the workspace.")
    type: RelationType = Field(description="What the card is to the other.")
