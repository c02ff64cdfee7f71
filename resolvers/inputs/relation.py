"""Inputs of the operations on relations."""

from models.enums import RelationType
from resolvers.inputs.base import CardId, Input


class RelationCreate(Input):
    """`type` is how the card stands to the target: it blocks it, is blocked by it, and so on."""

    card_id: CardId
    target_card_id: CardId
    type: RelationType
