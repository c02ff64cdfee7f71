"""Comments on a card."""

from models.errors import Forbidden
from resolvers.card import comment
from resolvers.inputs.card import CommentCreate
from tests.gateway.replay.state import JSON, State, put, take
from tests.rest.conftest import made
from tests.rest.story import Cast, deleted, read
from tests.world.paths import CARD
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    said = CommentCreate(card_id=world.ids["card"], content="Hello")
    world.ids["comment"] = (await world.made(comment.create_comment, said))["_id"]


def _added(state: State, event: JSON) -> None:
    put(state, "Comment", event["comment"])
    _count(state, event["comment"]["card"]["id"], event)


def _deleted(state: State, event: JSON) -> None:
    take(state, "Comment", event["commentId"])
    _count(state, event["cardId"], event)


def _count(state: State, card_id: str, event: JSON) -> None:
    if card := state.get("Card", {}).get(card_id):
        card["commentCount"] = event["commentCount"]


async def story(cast: Cast) -> None:
    ann, comments = cast.ann, f"{cast.card_path}/comments"
    comment = await made(ann, comments, content="Good")
    assert [one["authorName"] for one in await read(ann, comments)] == ["Ann"]
    assert (await read(ann, cast.card_path))["commentCount"] == 1
    await deleted(ann, f"{comments}/{comment['id']}")


SAMPLE = Sample(
    after=("card",),
    make=make,
    calls={
        "comment": lambda ids: (ids["comment"],),
        "comments": lambda ids: (ids["card"],),
        "commentCreate": lambda ids: (CommentCreate(card_id=ids["card"], content="More"),),
        "commentDelete": lambda ids: (ids["comment"],),
    },
    # It is the owner's.
    beyond={("commentDelete", caller): Forbidden for caller in ("member", "agent")},
    makes_another={"commentCreate"},
    routes={
        ("GET", CARD + "/comments"): None,
        ("POST", CARD + "/comments"): sent(content="More"),
        ("DELETE", CARD + "/comments/{commentId}"): None,
    },
    kept={"Comment": Kept("author { id } card { id }", {"Card": "comments(first: 20) { nodes { ...CommentFields } }"})},
    rules={
        "CommentAdded": ("commentCount comment { ...CommentFields }", _added),
        "CommentDeleted": ("commentCount commentId cardId", _deleted),
    },
    story=story,
)
