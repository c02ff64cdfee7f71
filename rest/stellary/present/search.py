"""What a search finds, as the interface answers it."""

from typing import Literal

from typing_extensions import TypedDict

from resolvers.search.search import Found
from resolvers.words.query import Fragment
from rest.present import Id, word
from rest.stellary.present.base import id_or_none


class HitFragment(TypedDict):
    """A piece of a text, and whether it is what was searched for."""

    text: str
    match: bool


class Hit(TypedDict):
    """Something that was found; a comment is on the card `cardId`."""

    type: Literal["card", "comment", "document", "project"]
    id: Id
    projectId: Id | None
    cardId: Id | None
    score: float
    title: list[HitFragment]
    excerpt: list[HitFragment]


def hit(found: Found) -> Hit:
    node = found.node
    return {
        "type": word(found.hit.type),
        "id": str(node["_id"]),
        "projectId": id_or_none(node.get("project_id")),
        "cardId": id_or_none(node.get("card_id")),
        "score": -found.hit.rank,
        "title": _fragments(found.hit.title),
        "excerpt": _fragments(found.hit.excerpt),
    }


def _fragments(fragments: list[Fragment]) -> list[HitFragment]:
    return [{"text": fragment.text, "match": fragment.is_match} for fragment in fragments]
