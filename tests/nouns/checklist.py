"""Steps of a card."""

from resolvers.card.checklist import add_checklist_item
from resolvers.inputs.card import ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import CARD
from tests.world.sample import Case, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    card = await world.made(add_checklist_item, world.ids["card"], ChecklistItemAdd(title="Step"))
    world.ids["item"] = card["checklist"][-1]["id"]


async def add_step(world: World) -> None:
    """A second step of the card."""
    await add_checklist_item(again(world.owner), world.ids["card"], ChecklistItemAdd(title="Next"))


async def story(cast: Cast) -> None:
    ann, checklist = cast.ann, f"{cast.card_path}/checklist"
    item = await made(ann, checklist, title="Step")
    ticked = await changed(ann, f"{checklist}/{item['id']}", done=True)
    assert (ticked["_id"], ticked["checklistProgress"]) == (item["id"], 1.0)
    await deleted(ann, f"{checklist}/{item['id']}")
    steps = [await made(ann, checklist, title=title) for title in ("Part", "Next")]
    answer = await ann.post(f"{checklist}/{steps[1]['id']}/move", json={"order": 0})
    assert answer.json()["order"] == 0
    part = (await made(ann, f"{checklist}/{steps[0]['id']}/convert"))["card"]
    assert [one["targetCardId"] for one in await read(ann, f"{cast.card_path}/relations")] == [part["id"]]
    await deleted(ann, f"{cast.path}/cards/{part['id']}")


SAMPLE = Sample(
    after=("comment",),
    make=make,
    places={"itemId": "item"},
    calls={
        "checklistItemAdd": lambda ids: (ids["card"], ChecklistItemAdd(title="More")),
        "checklistItemUpdate": lambda ids: (ids["card"], ids["item"], ChecklistItemUpdate(done=True)),
        "checklistItemMove": lambda ids: (ids["card"], ids["item"], ChecklistItemMove(order=0)),
        "checklistItemConvert": lambda ids: (ids["card"], ids["item"]),
        "checklistItemRemove": lambda ids: (ids["card"], ids["item"]),
    },
    makes_another={"checklistItemAdd"},
    refused_there={"checklistItemRemove"},
    routes={
        ("POST", CARD + "/checklist"): sent(title="More"),
        ("PATCH", CARD + "/checklist/{itemId}"): sent(done=True),
        ("DELETE", CARD + "/checklist/{itemId}"): None,
        ("POST", CARD + "/checklist/{itemId}/move"): sent(order=0),
        ("POST", CARD + "/checklist/{itemId}/convert"): None,
    },
    cases={
        "checklistItemMove": Case(
            arguments=lambda ids: (ids["card"], ids["item"], ChecklistItemMove(order=1)), prepare=add_step
        )
    },
    story=story,
)
