"""The changelog of a workspace."""

from models import Card, ChangelogEntry
from models.base import collection
from resolvers.kit.page import Window
from resolvers.lane.changelog import entry_of
from tests.gateway.replay.state import gone, put_under
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample
from tests.world.world import World

CHANGELOG = ORKOSI + "/changelog"


async def make(world: World) -> None:
    """As if the card had been done: the board of the world tells no card so."""
    done = await collection(Card).find_one({"_id": world.ids["third_card"]})
    assert done is not None
    entry = entry_of({**done, "completed_at": done["created_at"]}, {}, None)
    await collection(ChangelogEntry).insert_one(entry)
    world.ids["changelog_entry"] = entry["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, changelog = cast.ann, f"{cast.orkosi}/changelog"
    card = await made(ann, f"{cast.path}/columns/{cast.done}/cards", title="Light the beacon")
    [entry] = [one for one in await ask_orkosi(ann, "GET", changelog) if one["title"] == card["title"]]
    assert await ask_orkosi(ann, "GET", f"{changelog}?task_id={card['id']}") == [entry]
    assert await ask_orkosi(ann, "GET", f"{changelog}?agent=nobody") == []
    [day] = await ask_orkosi(ann, "GET", f"{changelog}/summary")
    assert (day["areas"][0]["area"], "Light the beacon" in day["areas"][0]["titles"]) == ("Launch", True)
    feed = await ann.get(f"{changelog}/feed?limit=1")
    assert (feed.status_code, feed.headers["content-type"]) == (200, "application/rss+xml")


SAMPLE = Sample(
    after=("relation",),
    make=make,
    calls={
        "changelogEntry": lambda ids: (ids["changelog_entry"],),
        "changelog": lambda ids: (ids["workspace"], Window.read()),
        "changelogSummary": lambda ids: (ids["workspace"],),
    },
    routes={
        ("GET", CHANGELOG): None,
        ("GET", CHANGELOG + "/summary"): None,
        ("GET", CHANGELOG + "/feed"): None,
    },
    kept={
        "ChangelogEntry": Kept(
            "project { id } card { id } agent { id }",
            {"Workspace": "changelog(first: 50) { nodes { ...ChangelogEntryFields } }"},
        )
    },
    rules={
        "ChangelogEntryAdded": put_under("changelogEntry", "ChangelogEntry"),
        "ChangelogEntryRemoved": gone("changelogEntryId", "ChangelogEntry"),
    },
    orkosi_story=orkosi_story,
)
