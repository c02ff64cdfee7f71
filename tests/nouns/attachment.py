"""Files at a card."""

from urllib.parse import parse_qsl

from bson import ObjectId

from resolvers.attachment import attachment
from resolvers.files.attachment_link import link_to
from resolvers.inputs.attachment import AttachmentCreate
from tests.gateway.replay.state import JSON, State, put, take
from tests.resolvers.attaching import upload
from tests.rest.story import Cast, ask_board, deleted, read
from tests.world.paths import B_CARD, BOARD, CARD
from tests.world.sample import Kept, Sample
from tests.world.world import Ids, World


async def make(world: World) -> None:
    file = AttachmentCreate(card_id=world.ids["card"], file=upload(b"Hello", name="hello.txt"))
    world.ids["attachment"] = (await world.made(attachment.create_attachment, file))["_id"]
    world.ids["link"] = link_to(world.owner.services, world.ids["attachment"]).partition("?")[2]


def link_of(ids: Ids) -> dict[str, str]:
    """The query of the link to the world's attachment."""
    return dict(parse_qsl(ids["link"]))


def _added(state: State, event: JSON) -> None:
    put(state, "Attachment", event["attachment"])
    _count(state, event["attachment"]["card"]["id"], event)


def _deleted(state: State, event: JSON) -> None:
    take(state, "Attachment", event["attachmentId"])
    _count(state, event["cardId"], event)


def _count(state: State, card_id: str, event: JSON) -> None:
    if card := state.get("Card", {}).get(card_id):
        card["attachmentCount"] = event["attachmentCount"]


async def story(cast: Cast) -> None:
    ann, attachments = cast.ann, f"{cast.card_path}/attachments"
    answer = await ann.post(attachments, files={"file": ("a.txt", b"Hello")})
    assert (answer.status_code, answer.json()["mimeType"]) == (201, "text/plain")
    file = answer.json()["id"]
    assert await read(ann, attachments) == [answer.json()]
    assert (await ann.get(f"{attachments}/{file}")).content == b"Hello"
    link = link_to(cast.api.ctx.services, ObjectId(file))
    assert (await cast.api.client().get(link, headers={"range": "bytes=1-2"})).content == b"el"
    await deleted(ann, f"{attachments}/{file}")


async def board_story(cast: Cast) -> None:
    ann, path = cast.ann, f"/projects/{cast.project_id}/cards/{cast.card}/attachments"
    answer = await ann.post(BOARD + path, files={"file": ("screenshot.txt", b"Hello")})
    assert answer.status_code == 201, answer.text
    [listed] = await ask_board(ann, "GET", path)
    assert listed == answer.json()["data"]
    assert (await ann.get(f"{BOARD}/attachments/{listed['id']}")).content == b"Hello"


SAMPLE = Sample(
    after=("card",),
    make=make,
    calls={
        "attachment": lambda ids: (ids["attachment"],),
        "attachments": lambda ids: (ids["card"],),
        "attachmentLinked": lambda ids: (ids["attachment"], *link_of(ids).values()),
        "attachmentCreate": lambda ids: (AttachmentCreate(card_id=ids["card"], file=upload(b"More")),),
        "attachmentDelete": lambda ids: (ids["attachment"],),
    },
    makes_another={"attachmentCreate"},
    routes={
        ("GET", CARD + "/attachments"): None,
        ("POST", CARD + "/attachments"): None,
        ("GET", CARD + "/attachments/{attachmentId}"): None,
        ("DELETE", CARD + "/attachments/{attachmentId}"): None,
        ("GET", "/attachments/{attachmentId}"): link_of,
        ("GET", B_CARD + "/attachments"): None,
        ("POST", B_CARD + "/attachments"): None,
        ("GET", BOARD + "/attachments/{attachmentId}"): None,
    },
    kept={"Attachment": Kept("uploadedBy { id } card { id }", {"Card": "attachments { ...AttachmentFields }"})},
    rules={
        "AttachmentAdded": ("attachmentCount attachment { ...AttachmentFields }", _added),
        "AttachmentDeleted": ("attachmentCount attachmentId cardId", _deleted),
    },
    story=story,
    board_story=board_story,
)
