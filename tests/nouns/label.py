"""Labels of a project."""

from resolvers.card.label import create_label, remove_card_label
from resolvers.inputs.label import LabelCreate, LabelUpdate
from tests.gateway.replay.state import JSON, State, everywhere_in, take
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import CARD, PROJECT
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

LABELS = PROJECT + "/labels"


async def make(world: World) -> None:
    bug = LabelCreate.of(project_id=world.ids["project"], name="bug")
    world.ids["label"] = (await world.made(create_label, bug))["_id"]


async def take_label_off(world: World) -> None:
    """A card without the label."""
    await remove_card_label(again(world.owner), world.ids["card"], world.ids["label"])


def _deleted(state: State, event: JSON) -> None:
    take(state, "Label", event["labelId"])
    everywhere_in(state, "Card", "labels", event["labelId"])


async def story(cast: Cast) -> None:
    ann, labels = cast.ann, f"{cast.path}/labels"
    card = f"{cast.path}/cards/{(await made(ann, f'{cast.path}/cards', title='A'))['id']}"
    await made(ann, f"{card}/checklist", title="Next")
    label = await made(ann, labels, name="bug", color="#FF0000")
    await changed(ann, f"{labels}/{label['id']}", name="defect")
    assert (await made(ann, f"{card}/labels/{label['id']}"))["labels"][0]["name"] == "defect"
    await deleted(ann, f"{card}/labels/{label['id']}")
    assert len(await read(ann, labels)) == 1
    await deleted(ann, f"{labels}/{label['id']}")
    await deleted(ann, card)


SAMPLE = Sample(
    after=("column",),
    make=make,
    calls={
        "label": lambda ids: (ids["label"],),
        "labels": lambda ids: (ids["project"],),
        "labelCreate": lambda ids: (LabelCreate.of(project_id=ids["project"], name="more"),),
        "labelUpdate": lambda ids: (ids["label"], LabelUpdate.of(name="other")),
        "labelDelete": lambda ids: (ids["label"],),
        "cardLabelAdd": lambda ids: (ids["card"], ids["label"]),
        "cardLabelRemove": lambda ids: (ids["card"], ids["label"]),
    },
    routes={
        ("GET", LABELS): None,
        ("POST", LABELS): sent(name="more"),
        ("PATCH", LABELS + "/{labelId}"): sent(name="other"),
        ("DELETE", LABELS + "/{labelId}"): None,
        ("POST", CARD + "/labels/{labelId}"): None,
        ("DELETE", CARD + "/labels/{labelId}"): None,
    },
    cases={"cardLabelAdd": Case(prepare=take_label_off)},
    kept={"Label": Kept("project { id }", {"Project": "labels { ...LabelFields }"})},
    rules={"LabelDeleted": ("labelId", _deleted)},
    story=story,
)
