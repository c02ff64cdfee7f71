"""Relations between cards."""

from models.enums import RelationType
from resolvers.card.card import create_card
from resolvers.inputs.card import CardCreate
from resolvers.inputs.relation import RelationCreate
from resolvers.relation import relation
from tests.gateway.replay.state import put_under
from tests.rest.conftest import made
from tests.rest.story import Cast, deleted, read
from tests.world.paths import CARD, PROJECT
from tests.world.sample import Kept, Sample
from tests.world.world import World


async def make(world: World) -> None:
    """Between the first card and another; a third has none."""
    ids = world.ids
    for name in ("second_card", "third_card"):
        ids[name] = (await world.made(create_card, CardCreate.of(project_id=ids["project"], title=name)))["_id"]
    waits = RelationCreate(card_id=ids["card"], target_card_id=ids["second_card"], type=RelationType.BLOCKS)
    ids["relation"] = (await world.made(relation.create_relation, waits))["_id"]


async def story(cast: Cast) -> None:
    ann, relations = cast.ann, f"{cast.card_path}/relations"
    other = await made(ann, f"{cast.path}/cards", title="Other")
    related = await made(ann, relations, targetCardId=other["id"], type="blocked_by")
    assert [one["targetCardId"] for one in await read(ann, relations)] == [other["id"]]
    await deleted(ann, f"{cast.path}/relations/{related['id']}")
    await deleted(ann, f"{cast.path}/cards/{other['id']}")


SAMPLE = Sample(
    after=("automation",),
    make=make,
    calls={
        "relations": lambda ids: (ids["card"],),
        "relationCreate": lambda ids: (
            RelationCreate(card_id=ids["card"], target_card_id=ids["third_card"], type=RelationType.RELATED_TO),
        ),
        "relationDelete": lambda ids: (ids["relation"],),
    },
    routes={
        ("GET", CARD + "/relations"): None,
        ("POST", CARD + "/relations"): lambda ids: {"targetCardId": str(ids["third_card"]), "type": "related_to"},
        ("DELETE", PROJECT + "/relations/{relationId}"): None,
    },
    kept={
        "Relation": Kept(
            "source { id } target { id } createdBy { id }", {"Card": "relations { relation { ...RelationFields } }"}
        )
    },
    rules={"RelationCreated": put_under("relation", "Relation")},
    story=story,
)
