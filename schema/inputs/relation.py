"""Inputs about relations."""

import strawberry

from schema.enums import RelationType
from schema.inputs.base import required


@strawberry.input(description="A new relation between two cards of one workspace.")
class RelationCreateInput:
    card_id: strawberry.ID = required("The card.")
    target_card_id: strawberry.ID = required("The other card, of any project of the workspace.")
    type: RelationType = required("What the card is to the other.")
